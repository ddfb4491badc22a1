/** The conversation on screen: read as a whole, read again when it changes, older items added on demand. Knows no DOM. */
import type { Host } from '../host';
import type { ConversationView } from '../types/ConversationView';
import type { OrderCard } from '../types/OrderCard';
import type { TimelineItem } from '../types/TimelineItem';

export type ThreadState = 'none' | 'loading' | 'ready' | 'failed';

export class Thread {
  id = $state<string | null>(null);
  view = $state.raw<ConversationView | null>(null);
  status = $state<ThreadState>('none');
  timeline = $state.raw<TimelineItem[]>([]);
  older = $state<string | null>(null);
  loadingOlder = $state(false);
  /** The order that keys and templates are about. */
  orderKey = $state<string | null>(null);

  #host: Host;
  #generation = 0;
  #reading = false;
  #again = false;

  constructor(host: Host) {
    this.#host = host;
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
    try {
      const view = await this.#host.conversation(id);
      if (generation !== this.#generation) return null;
      this.view = view;
      this.timeline = view.timeline;
      this.older = view.older;
      this.orderKey = view.draft?.orderKey ?? view.orders[0]?.orderKey ?? null;
      this.status = 'ready';
      return view;
    } catch {
      if (generation === this.#generation) this.status = 'failed';
      return null;
    }
  }

  /** Shows no conversation. */
  close(): void {
    this.#generation += 1;
    this.id = null;
    this.view = null;
    this.timeline = [];
    this.status = 'none';
  }

  /** Reads the open conversation again; calls that come meanwhile become one. */
  async refresh(): Promise<void> {
    if (!this.id || this.status !== 'ready') return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
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

  /** Adds the items before the first one shown. */
  async loadOlder(): Promise<void> {
    if (!this.id || !this.older || this.loadingOlder) return;
    const generation = this.#generation;
    this.loadingOlder = true;
    try {
      const page = await this.#host.timelineBefore({ id: this.id, before: this.older });
      if (generation !== this.#generation) return;
      this.timeline = join(page.items, this.timeline);
      this.older = page.older;
    } catch {
      // The items on screen stay; scrolling up asks again.
    } finally {
      this.loadingOlder = false;
    }
  }

  async #readAgain(): Promise<void> {
    const generation = this.#generation;
    const id = this.id;
    if (!id) return;
    try {
      const view = await this.#host.conversation(id);
      if (generation !== this.#generation) return;
      const paged = this.timeline.length > 0 && this.timeline[0]?.id !== view.timeline[0]?.id;
      this.view = view;
      this.timeline = paged ? merge(this.timeline, view.timeline) : view.timeline;
      if (!paged) this.older = view.older;
    } catch {
      // What is on screen stays readable; the next change asks again.
    }
  }
}

function join(older: readonly TimelineItem[], shown: readonly TimelineItem[]): TimelineItem[] {
  const known = new Set(shown.map((item) => item.id));
  return [...older.filter((item) => !known.has(item.id)), ...shown];
}

/** Puts the newest items in place of the same stretch, keeping older ones that were paged in. */
export function merge(shown: readonly TimelineItem[], newest: readonly TimelineItem[]): TimelineItem[] {
  const first = newest[0];
  if (!first) return [...shown];
  const fresh = new Set(newest.map((item) => item.id));
  const kept = shown.filter((item) => item.at <= first.at && !fresh.has(item.id));
  return [...kept, ...newest];
}
