/** The orders a text is about: how each stood when it was begun, and what changed since so that it must not go out. */
import { begunAtDraft, begunNow, stopOf, stopOfDraft, type Begun, type Stop } from '../chasing';
import type { ConversationView } from '../types/ConversationView';
import type { Draft } from '../types/Draft';
import type { OrderCard } from '../types/OrderCard';

/** What was known of the orders of a text. */
export interface Stood {
  stop: Stop | null;
  begun: ReadonlyMap<string, Begun>;
}

export class Standing {
  stop = $state.raw<Stop | null>(null);

  /** How each order stood when the text was first about it. */
  #begun = new Map<string, Begun>();

  /** Forgets what the text was about. */
  clear(): void {
    this.stop = null;
    this.#begun.clear();
  }

  /** Takes a draft that came back: what happened since it was saved counts. */
  resume(order: OrderCard | null, draft: Draft | null): void {
    this.#begun.clear();
    const begun = draft ? begunAtDraft(order, draft) : null;
    if (order && begun) this.#begun.set(order.orderKey, begun);
    this.stop = (draft && stopOfDraft(order, draft)) ?? stopOf(order, begun);
  }

  /** Remembers how an order stands now that the text is about it. */
  beginAbout(order: OrderCard | null): void {
    if (order && !this.#begun.has(order.orderKey)) this.#begun.set(order.orderKey, begunNow(order));
  }

  /** Forgets what the text was about; one that is begun now is about the given order. */
  beginAnew(order: OrderCard | null): void {
    this.clear();
    this.beginAbout(order);
  }

  /** Takes in how the orders stand now; a text that makes no sense any more is stopped. */
  follow(view: ConversationView): void {
    for (const order of view.orders) this.stop ??= stopOf(order, this.#begun.get(order.orderKey) ?? null);
  }

  /** Returns what is known, for when the text comes back. */
  kept(): Stood {
    return { stop: this.stop, begun: new Map(this.#begun) };
  }

  /** Takes what was known of a text that came back. */
  restore({ stop, begun }: Stood): void {
    this.stop = stop;
    this.#begun = new Map(begun);
  }
}
