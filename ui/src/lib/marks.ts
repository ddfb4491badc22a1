/** Keeps the marks of filled values in place while a text is edited. Offsets are UTF-16 units, as in the page's own strings. */
import type { Mark } from './types/Mark';

/** A stretch of a text; with a mark it is what the mark marks. */
export interface Piece<M extends Mark = Mark> {
  text: string;
  mark: M | null;
}

/** What an edit replaced: the stretch before it ran from `start` to `end`, after it to `now`. */
export interface Edit {
  start: number;
  end: number;
  now: number;
}

/** Finds the one stretch in which two texts differ. */
export function editOf(before: string, after: string): Edit {
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < limit - start && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1;
  return { start, end: before.length - tail, now: after.length - tail };
}

/** Moves marks along with an edit; a mark whose value was touched is dropped, for it is no longer the value. */
export function shiftMarks(before: string, after: string, marks: readonly Mark[]): Mark[] {
  const { start, end, now } = editOf(before, after);
  const moved = now - end;
  return marks.flatMap((mark) => {
    if (mark.end <= start) return [mark];
    if (mark.start >= end) return [{ ...mark, start: mark.start + moved, end: mark.end + moved }];
    return [];
  });
}

/** Cuts a text at its marks; those that cannot be, or lie over one before, are passed over. */
export function pieces<M extends Mark>(text: string, marks: readonly M[]): Piece<M>[] {
  const out: Piece<M>[] = [];
  let at = 0;
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    if (mark.start < at || mark.end > text.length) continue;
    if (mark.start > at) out.push({ text: text.slice(at, mark.start), mark: null });
    out.push({ text: text.slice(mark.start, mark.end), mark });
    at = mark.end;
  }
  if (at < text.length) out.push({ text: text.slice(at), mark: null });
  return out;
}

/** Finds what nobody should be sent: a variable or a question that was never filled in, or what is left of its braces. */
export function holesIn(text: string): Mark[] {
  return [...text.matchAll(/\{\{ *([^{}\n]*?) *\}\}|\{\{|\}\}|\{%|%\}/gu)].map((found) => ({
    start: found.index,
    end: found.index + found[0].length,
    variable: found[1] ?? '',
  }));
}
