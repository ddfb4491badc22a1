/** Finds what is being looked for in a text under its caret: a template or value after `/`, a value after `{`, a colleague after `@`. Pure. */
import { fold } from './fold';

export interface Token {
  /** Where its sign stands. */
  start: number;
  end: number;
  /** What follows the sign. */
  text: string;
}

const LONGEST = 40;

/** Returns what follows the `/` that a text consists of: anywhere else a slash is a slash. */
export function slashToken(text: string): Token | null {
  const found = /^\/([^\n/]*)$/.exec(text);
  if (!found || text.length > LONGEST) return null;
  return { start: 0, end: text.length, text: found[1] ?? '' };
}

/** Returns what follows the `/` before the caret where a word could begin: not in an address, a date or between words. */
export function valueToken(text: string, caret: number): Token | null {
  const found = /(?:^|[\s([{"“])\/((?:[^\s/][^\n/]*)?)$/.exec(text.slice(0, caret));
  const typed = found?.[1] ?? '';
  if (!found || typed.length > LONGEST) return null;
  return { start: caret - typed.length - 1, end: caret, text: typed };
}

/** Returns the unfinished variable before the caret: what follows `{` or `{{` on its line, with the braces that close it. */
export function braceToken(text: string, caret: number): Token | null {
  const line = text.lastIndexOf('\n', caret - 1) + 1;
  const found = /\{\{?\s*([\p{L}\d_. \u00a0]{0,40})$/u.exec(text.slice(line, caret));
  if (!found) return null;
  const closing = /^[ ]*\}{1,2}/.exec(text.slice(caret))?.[0].length ?? 0;
  const typed = (found[1] ?? '').replaceAll('\u00a0', ' ').trim();
  return { start: line + found.index, end: caret + closing, text: typed };
}

/** Returns the value looked for by a brace; the `/` that a text began with goes with it, since it meant the same. */
export function valueByBrace(text: string, caret: number): Token | null {
  const found = braceToken(text, caret);
  return found?.start === 1 && text.startsWith('/') ? { ...found, start: 0 } : found;
}

/** Returns what follows the `@` before the caret; one within a word, as in an address, is none. */
export function atToken(text: string, caret: number): Token | null {
  const start = text.lastIndexOf('@', caret - 1);
  if (start < 0 || caret - start > LONGEST) return null;
  const before = text[start - 1];
  if (before !== undefined && !/[\s([{"“]/.test(before)) return null;
  const after = text.slice(start + 1, caret);
  if (/[\n@]|^\s|\s\s/.test(after)) return null;
  return { start, end: caret, text: after };
}

/** Tells whether a name begins with what was typed, in any of its words; accents and case do not count. */
export function beginsWith(name: string, typed: string): boolean {
  const wanted = fold(typed);
  const whole = fold(name);
  return whole.startsWith(wanted) || whole.split(/\s+/).some((word) => word.startsWith(wanted));
}
