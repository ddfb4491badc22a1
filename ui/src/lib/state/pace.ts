/** When what was typed is written: soon, at a steady pace, or at once. Knows neither a text nor a host. */
import type { Mode } from './composing';

/** How long typing rests before the draft is written. */
export const DRAFT_REST = 250;

export class Pace {
  #write: (mode: Mode) => void;
  #waiting = new Set<Mode>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(write: (mode: Mode) => void) {
    this.#write = write;
  }

  /** Tells whether what was typed there waits to be written. */
  waits(mode: Mode): boolean {
    return this.#waiting.has(mode);
  }

  /** Has what was typed written soon. A running timer is left alone: a fast typist's draft is written at this pace, not after the last key. */
  soon(mode: Mode): void {
    this.#waiting.add(mode);
    this.#timer ??= setTimeout(() => this.#all(), DRAFT_REST);
  }

  /** Has it written at once, with all that waits. */
  now(mode: Mode): void {
    this.#waiting.add(mode);
    this.#all();
  }

  /** Writes at once what waits to be written. */
  flush(): void {
    if (this.#timer !== null) this.#all();
  }

  #all(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const mode of this.#waiting) this.#write(mode);
    this.#waiting.clear();
  }
}
