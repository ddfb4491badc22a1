/** How the zones stand: widths and what is folded away. Kept in the page's own storage, for it is worth nothing elsewhere. */
export const LIST_LEAST = 280;
export const LIST_MOST = 440;
/** By how much a key makes the list wider or narrower. */
export const LIST_STEP = 16;
const LIST_USUAL = 344;
/** How long the letter after `g` is waited for. */
const GO_WAITS = 3_000;
const KEPT_AS = 'balcao.layout';

interface Kept {
  railFolded: boolean;
  listWidth: number;
}

export class Layout {
  /** The window is too narrow for an open rail. */
  narrow = $state(false);
  #chosenFold = $state(false);
  #openedNarrow = $state(false);
  listWidth = $state(LIST_USUAL);
  /** The drawer of the context panel is open, in narrow windows. */
  drawer = $state(false);

  /** `g` was pressed: the next letter names a view. */
  going = $state(false);
  #goTimer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    const kept = recall();
    this.#chosenFold = kept.railFolded ?? false;
    this.listWidth = clampWidth(kept.listWidth ?? LIST_USUAL);
  }

  get railFolded(): boolean {
    return this.narrow ? !this.#openedNarrow : this.#chosenFold;
  }

  /** Waits a moment for the letter of a view. */
  go(): void {
    this.stay();
    this.going = true;
    this.#goTimer = setTimeout(() => (this.going = false), GO_WAITS);
  }

  /** Waits for no letter any more. */
  stay(): void {
    this.going = false;
    if (this.#goTimer) clearTimeout(this.#goTimer);
  }

  /** Folds the rail, or opens it. */
  toggleRail(): void {
    if (this.narrow) this.#openedNarrow = !this.#openedNarrow;
    else this.#chosenFold = !this.#chosenFold;
    this.#keep();
  }

  /** Sets the list's width, within its bounds. */
  resize(width: number): void {
    this.listWidth = clampWidth(width);
    this.#keep();
  }

  #keep(): void {
    const kept: Kept = { railFolded: this.#chosenFold, listWidth: this.listWidth };
    try {
      localStorage.setItem(KEPT_AS, JSON.stringify(kept));
    } catch {
      // Without storage the layout is merely forgotten.
    }
  }
}

function recall(): Partial<Kept> {
  try {
    return JSON.parse(localStorage.getItem(KEPT_AS) ?? '{}') as Partial<Kept>;
  } catch {
    return {};
  }
}

function clampWidth(width: number): number {
  return Math.round(Math.min(LIST_MOST, Math.max(LIST_LEAST, Number.isFinite(width) ? width : LIST_USUAL)));
}
