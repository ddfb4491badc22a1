/** How far the practice went, kept in the page's own storage so that it can be gone on with. */
const KEPT_AS = 'balcao.practice';

/** Returns how many keys were practised. */
export function practisedSoFar(): number {
  try {
    const kept = Number(localStorage.getItem(KEPT_AS) ?? 0);
    return Number.isInteger(kept) && kept > 0 ? kept : 0;
  } catch {
    return 0;
  }
}

/** Keeps how many keys were practised. */
export function keepPractised(n: number): void {
  try {
    localStorage.setItem(KEPT_AS, String(n));
  } catch {
    // Without storage the practice begins anew.
  }
}
