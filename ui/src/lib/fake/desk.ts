/** The invented desk: its conversations, who sits at it and how it stands to its service. Answers and acts are built on it. */
import { Changes } from '../changes';
import { NO_FILTER } from '../filters';
import { HostError, type Boot, type RowsAsked } from '../host';
import { HOUR, MINUTE } from '../time';
import type { Change } from '../types/Change';
import type { Freshness } from '../types/Freshness';
import type { OrderCard } from '../types/OrderCard';
import type { Role } from '../types/Role';
import type { Settings } from '../types/Settings';
import type { TimelineItem } from '../types/TimelineItem';
import { passes } from './filters';
import type { ItemKind } from './handling';
import { ODD_NAMES } from './people';
import { bootOf, SETTINGS, USUAL, type FakeOptions } from './options';
import { whole } from './persons';
import { inView, sortKey } from './rows';
import { FakeViews } from './views';
import { conversations, type Conversation } from './world';

/** What a list is asked by. */
export type Listed = Pick<RowsAsked, 'view' | 'saved' | 'filter'>;

export class FakeDesk {
  readonly options: FakeOptions;
  readonly changes = new Changes();
  readonly saved = new FakeViews();
  world: Conversation[];
  settings: Settings;
  phase: Boot['phase'];
  fresh: Freshness;

  #mode: NonNullable<Boot['mode']>;
  #byId: Map<string, Conversation>;
  #orders = new Map<string, Conversation[]>();
  #made = 0;

  constructor(options: Partial<FakeOptions>) {
    this.options = { ...USUAL, ...options };
    const { state, phase, count } = this.options;
    const now = this.now();
    this.world = phase === 'ready' ? conversations(count, now) : [];
    this.#byId = new Map(this.world.map((one) => [one.id, one]));
    if (this.options.odd) for (const [place, one] of this.world.entries()) rename(one, ODD_NAMES[place]);
    this.phase = phase;
    this.#mode = this.options.mode;
    this.settings = { ...SETTINGS, ...this.options.settings };
    this.fresh = {
      state,
      since: now - (state === 'live' ? HOUR : 21 * MINUTE),
      heardAt: state === 'live' ? now : now - 21 * MINUTE,
      behind: state === 'catching_up' ? 1_284 : 0,
      fillingIn: false,
      trouble: state === 'offline' ? 'unreachable' : null,
    };
  }

  get role(): Role {
    return this.#mode === 'team' ? this.options.role : 'admin';
  }

  get live(): boolean {
    return this.fresh.state === 'live';
  }

  now(): number {
    return this.options.now();
  }

  /** Lets something happen, as the feed would tell it. */
  tell(change: Partial<Change>): void {
    this.#orders.clear();
    this.changes.tell(change);
  }

  /** Answers as the host does: later, and with a copy. */
  async answer<T>(make: () => T): Promise<T> {
    if (this.options.delay > 0) await new Promise((done) => setTimeout(done, this.options.delay));
    return structuredClone(make());
  }

  /** Says who sits here. */
  boot(): Boot {
    return bootOf(this.phase, this.#mode, this.role, this.settings);
  }

  /** Goes through a door. */
  begin(mode: NonNullable<Boot['mode']>): Boot {
    this.phase = 'ready';
    this.#mode = mode;
    if (mode === 'sample') {
      this.world = conversations(40, this.now());
      this.#byId = new Map(this.world.map((one) => [one.id, one]));
      this.#orders.clear();
    }
    return this.boot();
  }

  /** Returns a conversation that may be there. */
  seek(id: string): Conversation | undefined {
    return this.#byId.get(id);
  }

  /** Returns a conversation that has to be there. */
  find(id: string): Conversation {
    const found = this.#byId.get(id);
    if (!found) throw new HostError('not_found');
    return found;
  }

  /** Has an id lead to a conversation. */
  lead(id: string, to: Conversation): void {
    this.#byId.set(id, to);
  }

  /** Takes a conversation out for good. */
  erase(id: string): void {
    this.world = this.world.filter((one) => one.id !== id);
    this.#byId.delete(id);
  }

  order(asked: { conversationId: string; orderKey: string }): OrderCard {
    const { orders } = whole(this.find(asked.conversationId));
    const found = orders.find((order) => order.orderKey === asked.orderKey);
    if (!found) throw new HostError('not_found');
    return found;
  }

  /** Returns the conversations of a list in their order, worked out once until something changes. */
  sorted(asked: Listed): Conversation[] {
    const key = JSON.stringify([asked.view, asked.saved, asked.filter]);
    let known = this.#orders.get(key);
    if (!known) {
      const now = this.now();
      const view = asked.saved ? 'all' : asked.view;
      known = this.world
        .filter((one) => this.isIn(one, asked, now))
        .sort((a, b) => sortKey(a, view, now) - sortKey(b, view, now));
      this.#orders.set(key, known);
    }
    return known;
  }

  isIn(one: Conversation, asked: Listed, now: number): boolean {
    const viewed = asked.saved
      ? passes(one, this.saved.filterOf(asked.saved), now)
      : inView(one, asked.view, now);
    return viewed && passes(one, asked.filter ?? NO_FILTER, now);
  }

  /** Adds to a conversation's history. */
  add(from: Conversation, what: ItemKind): TimelineItem {
    const item = { id: `item_${++this.#made}`, at: this.now(), ...what } as TimelineItem;
    from.timeline = [...from.timeline, item];
    return item;
  }
}

function rename(one: Conversation, name: string | undefined): void {
  if (name !== undefined) one.person = { ...one.person, name };
}
