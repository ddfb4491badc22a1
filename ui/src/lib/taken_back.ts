/**
 * What a text was before each of its changes, so that they can be taken back and made again: a word at a time where it was
 * typed, at once where it was replaced. Keeps beside the text whatever belongs to it. Knows no field.
 */
import { editOf } from './marks';

/** The most steps that can be taken back. */
const MOST = 200;

interface Run {
  kind: 'typed' | 'deleted';
  /** Where the next letter continues it. */
  at: number;
}

export class TakenBack<S extends { text: string }> {
  #past: S[] = [];
  #future: S[] = [];
  #run: Run | null = null;

  /** Takes in that one typed: what was there becomes a step of its own where a word begins, or the caret had moved. */
  typed(before: S, after: string): void {
    const run = runOf(before.text, after);
    if (!run || !this.#run || !goesOn(this.#run, run, before.text, after)) this.#step(before);
    this.#future = [];
    this.#run = run && { kind: run.kind, at: run.to };
  }

  /** Takes in that the text was replaced at once. */
  replaced(before: S): void {
    this.#step(before);
    this.#future = [];
    this.#run = null;
  }

  /** Returns what there was before the last step; `null` at the first. */
  back(now: S): S | null {
    return this.#turn(this.#past, this.#future, now);
  }

  /** Returns what was taken back last; `null` where nothing was since the text changed. */
  forth(now: S): S | null {
    return this.#turn(this.#future, this.#past, now);
  }

  /** Forgets everything: the text is another one now. */
  clear(): void {
    this.#past = [];
    this.#future = [];
    this.#run = null;
  }

  #step(before: S): void {
    this.#past.push(before);
    if (this.#past.length > MOST) this.#past.shift();
  }

  #turn(from: S[], to: S[], now: S): S | null {
    const then = from.pop() ?? null;
    if (then) to.push(now);
    this.#run = null;
    return then;
  }
}

/** What was typed or deleted, from where to where the caret went; `null` for anything else. */
function runOf(before: string, after: string): { kind: Run['kind']; from: number; to: number } | null {
  const { start, end, now } = editOf(before, after);
  if (end === start) return { kind: 'typed', from: start, to: now };
  return now === start ? { kind: 'deleted', from: end, to: start } : null;
}

function goesOn(
  run: Run,
  next: { kind: Run['kind']; from: number; to: number },
  before: string,
  after: string,
): boolean {
  if (run.kind !== next.kind) return false;
  // The Delete key takes what is ahead of a caret that stays.
  if (next.kind === 'deleted') return next.from === run.at || next.to === run.at;
  const begins = /\s/.test(before[next.from - 1] ?? '') && /\S/.test(after[next.from] ?? '');
  return next.from === run.at && !begins;
}
