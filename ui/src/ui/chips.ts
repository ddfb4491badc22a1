/** A stretch of a text; with a label it is drawn as a chip, and is that text all the same. */
export interface ChipPiece {
  text: string;
  label: string | null;
  /** Where it begins, in UTF-16 units. */
  start: number;
}

/** What is chosen in a field. */
export interface Chosen {
  from: number;
  to: number;
}

/** How a chip is drawn: closed with its label, taken in by the selection, or open, as the text it is, for who is inside it. */
export type ChipForm = 'closed' | 'picked' | 'open';

/** Tells how a chip is drawn, given what is chosen in a field that has the focus. */
export function chipForm(start: number, end: number, chosen: Chosen | null): ChipForm {
  if (!chosen) return 'closed';
  const { from, to } = chosen;
  if (from < to && from <= start && end <= to) return 'picked';
  const inside = (at: number) => start < at && at < end;
  return inside(from) || inside(to) ? 'open' : 'closed';
}

/** Returns the chip that a deletion at the caret takes whole: the one it stands behind, or before. */
export function chipBeside(
  pieces: readonly ChipPiece[],
  caret: number,
  side: 'before' | 'after',
): ChipPiece | null {
  const chip = pieces.find(({ start, text, label }) =>
    label === null ? false : side === 'before' ? start + text.length === caret : start === caret,
  );
  return chip ?? null;
}
