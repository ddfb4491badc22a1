/** What the palette shows: commands by how well they fit what is typed, those that cannot be done now at the end. */
import { COMMANDS, type Command, type Group } from './commands';
import { here } from './commands/here';
import { fold } from './fold';
import type { App } from './state/app.svelte';
import type { Row } from './types/Row';

/** Holds a command as it stands now. */
export interface Line {
  command: Command;
  words: string;
  /** Why it cannot be done now. */
  why: string | null;
  /** Its words as they are compared, and with what it is also called. */
  plain: string;
  also: string;
}

/** Names a stretch of lines. */
export type Part = 'recent' | 'here' | 'more' | 'commands' | 'cannot';

export interface Stretch {
  part: Part;
  lines: Line[];
}

/** Where the likeliest are, while nothing is typed. */
const LIKELY: readonly Group[] = ['conversation', 'order', 'writing'];
const LAST_GROUPS: readonly Group[] = ['views', 'everywhere', 'list', 'look'];

/** Returns every command there is, as it stands. */
export function lines(app: App, now: number): Line[] {
  return [...COMMANDS, ...here(app, now)].map((command) => {
    const words = command.words(app);
    const comparable = plain(words);
    const also = `${comparable} ${plain(command.also())}`;
    return { command, words, why: command.why(app), plain: comparable, also };
  });
}

/** Returns the commands for what is typed; without a text the ones last used, then the likeliest. */
export function found(all: readonly Line[], text: string, recent: readonly string[]): Stretch[] {
  const wanted = plain(text).split(' ').filter(Boolean);
  return wanted.length === 0 ? offered(all, recent) : fitting(all, wanted);
}

/** Tells whether a text looks for a command rather than for a person: one begins so, and nobody found is called so. */
export function meansCommand(all: readonly Line[], text: string, hits: readonly Row[]): boolean {
  const wanted = plain(text);
  if (wanted === '') return false;
  if (hits.length === 0) return true;
  const called = hits.some((row) => startsAWord(plain(row.name ?? ''), wanted));
  return !called && all.some((line) => line.why === null && line.plain.startsWith(wanted));
}

function offered(all: readonly Line[], recent: readonly string[]): Stretch[] {
  const can = all.filter((line) => line.why === null);
  const again = recent
    .map((name) => can.find((line) => line.command.name === name))
    .filter((line) => line !== undefined);
  const rest = can.filter((line) => !again.includes(line));
  const of = (groups: readonly Group[]) =>
    groups.flatMap((group) => rest.filter((line) => line.command.group === group));
  return stretches([
    ['recent', again],
    ['here', of(LIKELY)],
    ['more', of(LAST_GROUPS)],
    ['cannot', all.filter((line) => line.why !== null)],
  ]);
}

function fitting(all: readonly Line[], wanted: readonly string[]): Stretch[] {
  const ranked = all
    .map((line) => ({ line, rank: fit(line, wanted) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .map(({ line }) => line);
  return stretches([
    ['commands', ranked.filter((line) => line.why === null)],
    ['cannot', ranked.filter((line) => line.why !== null)],
  ]);
}

/** Returns how well a command fits: begun so, else each word begun in its order, else found in what it is also called; 0 for not at all. */
function fit(line: Line, wanted: readonly string[]): number {
  if (line.plain.startsWith(wanted.join(' '))) return 4;
  if (wanted.every((word) => startsAWord(line.plain, word))) return 3;
  if (wanted.every((word) => startsAWord(line.also, word))) return 2;
  return wanted.every((word) => line.plain.includes(word)) ? 1 : 0;
}

/** Returns a text as it is compared: without accents, case and signs. */
function plain(text: string): string {
  return fold(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function startsAWord(text: string, start: string): boolean {
  return ` ${text}`.includes(` ${start}`);
}

function stretches(parts: readonly [Part, Line[]][]): Stretch[] {
  return parts.filter(([, lines]) => lines.length > 0).map(([part, lines]) => ({ part, lines }));
}
