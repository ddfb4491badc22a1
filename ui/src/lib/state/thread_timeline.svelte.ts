/**
 * The stretch of a conversation's history that is on screen: pages of it, a bounded number at a time, narrowed or from
 * another day where asked. Knows no DOM.
 */
import type { Host } from '../host';
import { MINUTE } from '../time';
import type { ConversationView } from '../types/ConversationView';
import type { TimelineItem } from '../types/TimelineItem';
import type { TimelineOnly } from '../types/TimelineOnly';
import type { TimelinePage } from '../types/TimelinePage';

/** Pages kept; what lies beyond is read again when it is scrolled to, so that a long history costs no more than a short one. */
export const KEPT = 4;

export class ThreadTimeline {
  items = $state.raw<TimelineItem[]>([]);
  /** There is more before the first item. */
  older = $state(false);
  /** There is more after the last item. */
  newer = $state(false);
  only = $state<TimelineOnly | null>(null);
  loading = $state<'older' | 'newer' | 'whole' | null>(null);
  /** The last reading failed; what is on screen stays. */
  failed = $state(false);

  #host: Host;
  #id: string | null = null;
  #pages: TimelinePage[] = [];
  #generation = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Turns to a conversation that was just read. */
  open(view: ConversationView): void {
    this.#generation += 1;
    this.#id = view.id;
    this.only = null;
    this.loading = null;
    this.failed = false;
    this.#show([{ items: view.timeline, older: view.older }], false);
  }

  /** Shows nothing. */
  close(): void {
    this.#generation += 1;
    this.#id = null;
    this.#show([], false);
  }

  /** Takes in the conversation as it was read again. */
  async refresh(view: ConversationView): Promise<void> {
    this.#id = view.id;
    if (this.newer) return this.#mend(view.timeline);
    const newest = this.only
      ? await this.#read({ only: this.only })
      : { items: view.timeline, older: view.older };
    if (!newest || this.newer) return;
    const last = this.#pages.at(-1);
    if (!last || this.#pages.length === 1) {
      const stretched = last !== undefined && last.items[0]?.id !== newest.items[0]?.id;
      const items = stretched ? merge(last.items, newest.items) : newest.items;
      return this.#show([{ items, older: stretched ? last.older : newest.older }], false);
    }
    const items = merge(last.items, newest.items);
    this.#show([...this.#pages.slice(0, -1), { items, older: last.older }], false);
  }

  /** Narrows to one kind of item, from the newest on; `null` shows all. */
  async narrow(only: TimelineOnly | null): Promise<void> {
    if (only === this.only) return;
    this.only = only;
    await this.toNewest();
  }

  /** Shows the newest items. */
  async toNewest(): Promise<void> {
    const page = await this.#read({}, 'whole');
    if (page) this.#show([page], false);
  }

  /** Shows the items up to a moment. */
  async jump(at: number): Promise<void> {
    const page = await this.#read({ at }, 'whole');
    if (!page) return;
    const newest = await this.#read({});
    if (!newest) return;
    const last = page.items.at(-1);
    this.#show([page], newest.items.length > 0 && newest.items.at(-1)?.id !== last?.id);
  }

  /** Shows the first items there are. */
  async toStart(): Promise<void> {
    let to = Date.now();
    let page = await this.#read({}, 'whole');
    // The first page is the one that nothing comes before: halving the time finds it in a few steps.
    for (let from = 0; page?.older && to > from;) {
      const middle = Math.floor((from + to) / 2);
      const earlier = await this.#read({ at: middle }, 'whole');
      if (!earlier) return;
      if (earlier.items.length === 0) from = middle + 1;
      else [page, to] = [earlier, middle];
    }
    // More than a page happened in the first moment.
    while (page?.older) page = await this.#read({ before: page.older }, 'whole');
    const newest = await this.#read({});
    if (!page || !newest) return;
    this.#show([page], page.items.at(-1)?.id !== newest.items.at(-1)?.id);
  }

  /** Adds the items before the first one, and lets go of as many at the other end. */
  async loadOlder(): Promise<void> {
    const before = this.#pages[0]?.older;
    if (!before || this.loading) return;
    const page = await this.#read({ before }, 'older');
    if (!page) return;
    const pages = [page, ...this.#pages];
    this.#show(pages.slice(0, KEPT), this.newer || pages.length > KEPT);
  }

  /** Adds the items after the last one, and lets go of as many at the other end. */
  async loadNewer(): Promise<void> {
    const last = this.items.at(-1);
    if (!this.newer || this.loading) return;
    if (!last) return this.toNewest();
    const found = await this.#after(last);
    if (!found) return;
    this.#show([...this.#pages, found.page].slice(-KEPT), !found.isNewest);
  }

  /**
   * Finds the page that begins where an item ends. Pages are asked for by their end, so the end is moved: onwards while
   * nothing new is on the page, back towards the item while something between would be left out.
   */
  async #after(item: TimelineItem): Promise<{ page: TimelinePage; isNewest: boolean } | null> {
    const newest = await this.#read({}, 'newer');
    if (!newest) return null;
    if (meets(newest, item)) return { page: newest, isNewest: true };
    let beyond = newest;
    let near = item.at;
    let far = newest.items[0]?.at ?? item.at;
    // As much as the last page holds is the likeliest to be on the next.
    let step = Math.max(MINUTE, item.at - (this.#pages.at(-1)?.items[0]?.at ?? item.at));
    while (far - near > 1) {
      const to = near + step < far ? near + step : Math.floor((near + far) / 2);
      const page = await this.#read({ at: to }, 'newer');
      if (!page) return null;
      const brings = page.items.some((one) => one.at > item.at);
      if (brings && meets(page, item)) return { page, isNewest: false };
      if (brings) [far, beyond] = [to, page];
      else near = to;
      step = brings ? Math.ceil((far - near) / 2) : step * 4;
    }
    // More than a page happened within one moment: what lies between is walked back to.
    const page = await this.#walkBack(beyond, item);
    return page && { page, isNewest: page === newest };
  }

  async #walkBack(from: TimelinePage, item: TimelineItem): Promise<TimelinePage | null> {
    let after = from;
    while (!meets(after, item) && after.older) {
      const page = await this.#read({ before: after.older }, 'newer');
      if (!page) return null;
      // The item ends this page, so the one just left begins right after it.
      if (page.items.at(-1)?.id === item.id) return after;
      after = page;
    }
    return after;
  }

  /** Puts items that changed in place of those shown, without adding any. */
  #mend(fresh: readonly TimelineItem[]): void {
    const byId = new Map(fresh.map((item) => [item.id, item]));
    const pages = this.#pages.map((page) => ({
      ...page,
      items: page.items.map((item) => byId.get(item.id) ?? item),
    }));
    this.#show(pages, this.newer);
  }

  async #read(
    asked: { before?: string; at?: number; only?: TimelineOnly },
    loading: 'older' | 'newer' | 'whole' | null = null,
  ): Promise<TimelinePage | null> {
    const id = this.#id;
    if (!id) return null;
    // A whole reading overtakes those under way; what they bring belongs to another stretch.
    const generation = loading === 'whole' ? ++this.#generation : this.#generation;
    if (loading) this.loading = loading;
    try {
      const page = await this.#host.timeline({ id, only: this.only, ...asked });
      if (generation !== this.#generation) return null;
      this.failed = false;
      return page;
    } catch {
      if (generation === this.#generation) this.failed = true;
      return null;
    } finally {
      if (generation === this.#generation && loading) this.loading = null;
    }
  }

  #show(pages: TimelinePage[], newer: boolean): void {
    this.#pages = pages;
    this.items = joined(pages);
    this.older = (pages[0]?.older ?? null) !== null;
    this.newer = newer;
  }
}

/** Tells whether nothing lies between an item and a page that ends after it. */
function meets(page: TimelinePage, item: TimelineItem): boolean {
  if (page.items.some((one) => one.id === item.id)) return true;
  return page.older === null;
}

function joined(pages: readonly TimelinePage[]): TimelineItem[] {
  const known = new Set<string>();
  return pages
    .flatMap((page) => page.items)
    .filter((item) => !known.has(item.id) && known.add(item.id) !== undefined);
}

/** Puts the newest items in place of the same stretch, keeping older ones that were paged in. */
export function merge(shown: readonly TimelineItem[], newest: readonly TimelineItem[]): TimelineItem[] {
  const first = newest[0];
  if (!first) return [];
  const fresh = new Set(newest.map((item) => item.id));
  const kept = shown.filter((item) => item.at <= first.at && !fresh.has(item.id));
  return [...kept, ...newest];
}
