/** Keeps the marks of filled values in place while a text is edited. Offsets are UTF-16 units, as in the page's own strings. */
import type { Mark } from './types/Mark';

export interface Piece {
  text: string;
  variable: string | null;
}

/** Moves marks along with an edit; a mark whose value was touched is dropped, for it is no longer the value. */
export function shiftMarks(before: string, after: string, marks: readonly Mark[]): Mark[] {
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < limit - start && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1;
  const end = before.length - tail;
  const moved = after.length - before.length;
  return marks.flatMap((mark) => {
    if (mark.end <= start) return [mark];
    if (mark.start >= end) return [{ ...mark, start: mark.start + moved, end: mark.end + moved }];
    return [];
  });
}

/** Cuts a text at its marks. */
export function pieces(text: string, marks: readonly Mark[]): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    if (mark.start < at || mark.end > text.length) continue;
    if (mark.start > at) out.push({ text: text.slice(at, mark.start), variable: null });
    out.push({ text: text.slice(mark.start, mark.end), variable: mark.variable });
    at = mark.end;
  }
  if (at < text.length) out.push({ text: text.slice(at), variable: null });
  return out;
}
