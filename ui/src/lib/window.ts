/** Works out which rows of a long list are in sight. All rows have one height. Knows no DOM. */
import type { Density } from './types/Density';

export const HEIGHTS: Readonly<Record<Density, number>> = { compact: 44, standard: 60, cozy: 76 };
const BEYOND = 6;

/** Returns the rows to draw: those in sight and a few beyond. */
export function around(
  top: number,
  portHeight: number,
  rowHeight: number,
  count: number,
): { from: number; to: number } {
  const first = Math.floor(top / rowHeight);
  const last = Math.ceil((top + portHeight) / rowHeight);
  const to = Math.min(count, last + BEYOND);
  return { from: Math.max(0, Math.min(first - BEYOND, to)), to };
}

/** Returns where to scroll so that a row is wholly in sight, or `null` where it already is. */
export function scrollFor(at: number, rowHeight: number, top: number, portHeight: number): number | null {
  if (portHeight === 0) return null;
  if (at * rowHeight < top) return at * rowHeight;
  if ((at + 1) * rowHeight > top + portHeight) return (at + 1) * rowHeight - portHeight;
  return null;
}
