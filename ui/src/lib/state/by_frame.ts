/** Draws again one part a frame where much changed at once, so that a key never waits for all of it. Knows no app. */
import { nextFrame } from '../frame';
import type { Change } from '../types/Change';

/** From how many conversations on a change counts as much; fewer are drawn at once. */
const MUCH = 20;

/** Reads a part of the page again and puts it in place. */
export type Part = () => Promise<unknown>;

/** Tells whether a change is too much for one frame. */
export function isMuch(change: Change): boolean {
  return change.everything || change.conversations.length > MUCH;
}

export class ByFrame {
  #parts: (change: Change) => readonly Part[];
  #waiting: Change | null = null;
  #work: Promise<void> | null = null;

  constructor(parts: (change: Change) => readonly Part[]) {
    this.#parts = parts;
  }

  /** Draws again what a change is about; what changes meanwhile is gathered and drawn after it, once. */
  take(change: Change): Promise<void> {
    this.#waiting = this.#waiting ? joined(this.#waiting, change) : change;
    return (this.#work ??= this.#draw().finally(() => (this.#work = null)));
  }

  async #draw(): Promise<void> {
    for (let change = this.#waiting; change; change = this.#waiting) {
      this.#waiting = null;
      for (const part of this.#parts(change)) {
        await part();
        await nextFrame();
      }
    }
  }
}

function joined(one: Change, other: Change): Change {
  return {
    conversations: [...new Set([...one.conversations, ...other.conversations])],
    everything: one.everything || other.everything,
    counters: one.counters || other.counters,
    freshness: one.freshness || other.freshness,
    outbox: one.outbox || other.outbox,
    presence: one.presence || other.presence,
    templates: one.templates || other.templates,
    views: one.views || other.views,
    sold: [...new Set([...one.sold, ...other.sold])],
  };
}
