/** Tells of changes, for hosts that live in the page. Knows neither whose they are nor who listens. */
import type { Change } from './types/Change';

/** A change of nothing: what does not tell anything else says this. */
export const NOTHING: Change = {
  conversations: [],
  everything: false,
  counters: false,
  freshness: false,
  outbox: false,
  presence: false,
  templates: false,
  views: false,
  sold: [],
};

export class Changes {
  #told = new Set<(change: Change) => void>();

  /** Calls back with each change, until what is returned is called. */
  hear(told: (change: Change) => void): Promise<() => void> {
    this.#told.add(told);
    return Promise.resolve(() => void this.#told.delete(told));
  }

  /** Tells that something changed. */
  tell(change: Partial<Change>): void {
    for (const told of this.#told) told({ ...NOTHING, ...change });
  }
}
