/** The conversation on screen: read as a whole, read again when it changes. Knows no DOM. */
import { hostError, type Host } from '../host';
import type { ConversationView } from '../types/ConversationView';
import type { OrderCard } from '../types/OrderCard';
import type { TimelineItem } from '../types/TimelineItem';
import { ReadAhead } from './read_ahead';
import { ThreadTimeline } from './thread_timeline.svelte';

export type ThreadState = 'none' | 'loading' | 'ready' | 'failed';

export class Thread {
  id = $state<string | null>(null);
  view = $state.raw<ConversationView | null>(null);
  status = $state<ThreadState>('none');
  /** Why it could not be opened, while it is `failed`. */
  failure = $state<string | null>(null);
  /** How many things happened here since the conversation was opened. */
  happened = $state(0);
  /** The order that keys and templates are about. */
  orderKey = $state<string | null>(null);

  readonly timeline: ThreadTimeline;
  readonly ahead: ReadAhead;
  #host: Host;
  #generation = 0;
  #reading = false;
  #again = false;

  constructor(host: Host) {
    this.#host = host;
    this.timeline = new ThreadTimeline(host);
    this.ahead = new ReadAhead(host);
  }

  /** Returns the order that keys and templates are about. */
  get order(): OrderCard | null {
    const orders = this.view?.orders ?? [];
    return orders.find((order) => order.orderKey === this.orderKey) ?? orders[0] ?? null;
  }

  /** Opens a conversation; what was on screen stays until the new one is here. */
  async open(id: string): Promise<ConversationView | null> {
    if (this.id === id && this.status === 'ready') return this.view;
    const generation = ++this.#generation;
    this.id = id;
    this.status = 'loading';
    this.#again = false;
    try {
      const view = await this.ahead.take(id);
      if (generation !== this.#generation) return null;
      this.view = view;
      this.happened = 0;
      this.timeline.open(view);
      this.orderKey = view.draft?.orderKey ?? view.orders[0]?.orderKey ?? null;
      this.status = 'ready';
      // Something happened to it after it was read and before it was here.
      if (this.#again) void this.refresh();
      return view;
    } catch (thrown) {
      if (generation !== this.#generation) return null;
      // Nothing may be done to the one before in place of this one.
      this.view = null;
      this.timeline.close();
      this.status = 'failed';
      this.failure = hostError(thrown).code;
      return null;
    }
  }

  /** Shows no conversation. */
  close(): void {
    this.#generation += 1;
    this.id = null;
    this.view = null;
    this.timeline.close();
    this.status = 'none';
  }

  /** Reads the open conversation again; calls that come meanwhile become one. */
  async refresh(): Promise<void> {
    if (!this.id) return;
    if (this.#reading || this.status === 'loading') {
      this.#again = true;
      return;
    }
    if (this.status !== 'ready') return;
    this.#reading = true;
    try {
      do {
        this.#again = false;
        await this.#readAgain();
      } while (this.#again);
    } finally {
      this.#reading = false;
    }
  }

  async #readAgain(): Promise<void> {
    const generation = this.#generation;
    const id = this.id;
    if (!id) return;
    try {
      const view = await this.#host.conversation(id);
      if (generation !== this.#generation) return;
      this.happened += newIn(view.timeline, this.view?.timeline ?? []);
      this.view = view;
      await this.timeline.refresh(view);
    } catch (thrown) {
      // An erased customer goes from the screen too; anything else stays readable, and the next change asks again.
      if (generation === this.#generation && hostError(thrown).code === 'not_found') this.close();
    }
  }
}

/** Counts the items that came after the last one known. */
function newIn(fresh: readonly TimelineItem[], known: readonly TimelineItem[]): number {
  const last = known.at(-1);
  const ids = new Set(known.map((item) => item.id));
  return fresh.filter((item) => !ids.has(item.id) && (!last || item.at >= last.at)).length;
}
