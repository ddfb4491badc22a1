/**
 * A host in memory, for development in a browser and for tests: invented people, the real desk's rules in short.
 * Never part of what is shipped.
 */
import { qrRows } from './fake/codes';
import { decide, settle, whole } from './fake/persons';
import { Chance } from './fake/random';
import { inView, matches, rowOf, sortKey, VIEWS } from './fake/rows';
import { FakeSources } from './fake/sources';
import { chips, fill } from './fake/templates';
import { ME, conversations, order, type Conversation } from './fake/world';
import { HostError, type Boot, type CopyWhat, type Host } from './host';
import { HOUR, MINUTE } from './time';
import type { Action } from './types/Action';
import type { Change } from './types/Change';
import type { Freshness } from './types/Freshness';
import type { OrderCard } from './types/OrderCard';
import type { OutboxItem } from './types/OutboxItem';
import type { Role } from './types/Role';
import type { Row } from './types/Row';
import type { Settings } from './types/Settings';
import type { TimelineItem } from './types/TimelineItem';
import type { View } from './types/View';

const NEWEST = 50;
export interface FakeOptions {
  count: number;
  phase: Boot['phase'];
  mode: NonNullable<Boot['mode']>;
  role: Role;
  /** Sources are there already. */
  sources: boolean;
  state: Freshness['state'];
  settings: Partial<Settings>;
  now: () => number;
  /** How long each answer takes. */
  delay: number;
}

const USUAL: FakeOptions = {
  count: 200,
  phase: 'ready',
  mode: 'team',
  role: 'admin',
  sources: true,
  state: 'live',
  settings: {},
  now: () => Date.now(),
  delay: 0,
};

const NO_CHANGE: Change = {
  conversations: [],
  everything: false,
  counters: false,
  freshness: false,
  outbox: false,
  sold: [],
};

/** Makes a fake from an address such as `?fake=10000&theme=dark&locale=en&state=offline&live=1`. */
export function fakeFromAddress(asked: URLSearchParams): FakeHost {
  const settings: Partial<Settings> = {};
  const pick = (key: keyof Settings) => {
    const value = asked.get(key);
    if (value) Object.assign(settings, { [key]: value });
  };
  pick('theme');
  pick('locale');
  pick('density');
  const host = new FakeHost({
    count: Number(asked.get('fake') ?? 10_000),
    phase: asked.get('phase') === 'first_run' ? 'first_run' : 'ready',
    role: (asked.get('role') as Role | null) ?? 'admin',
    sources: asked.get('sources') !== '0',
    mode: (asked.get('mode') as FakeOptions['mode'] | null) ?? 'team',
    state: (asked.get('state') as FakeOptions['state'] | null) ?? 'live',
    delay: Number(asked.get('delay') ?? 0),
    settings,
  });
  if (asked.has('live')) setInterval(() => host.arrive(), 4_000);
  if (asked.has('refused')) host.refuseSomething();
  setInterval(() => host.sources.advance(0.02), 700);
  return host;
}

export class FakeHost implements Host {
  world: Conversation[];
  outboxItems: OutboxItem[] = [];
  copiedTexts: string[] = [];
  opened: string[] = [];
  read: string[] = [];
  drafts = new Map<string, string>();
  readonly sources: FakeSources;

  #options: FakeOptions;
  #settings: Settings;
  #phase: Boot['phase'];
  #mode: NonNullable<Boot['mode']>;
  #fresh: Freshness;
  #byId: Map<string, Conversation>;
  #orders = new Map<View, Conversation[]>();
  #told = new Set<(change: Change) => void>();
  #made = 0;
  #undo = new Map<string, () => void>();
  #chance = new Chance(77);

  constructor(options: Partial<FakeOptions> = {}) {
    this.#options = { ...USUAL, ...options };
    const now = this.#options.now();
    this.world = this.#options.phase === 'ready' ? conversations(this.#options.count, now) : [];
    this.#byId = new Map(this.world.map((one) => [one.id, one]));
    this.#phase = this.#options.phase;
    this.#mode = this.#options.mode;
    this.#settings = {
      theme: 'system',
      locale: 'pt-BR',
      density: 'cozy',
      singleKeys: true,
      notifySales: true,
      ...this.#options.settings,
    };
    this.#fresh = {
      state: this.#options.state,
      since: now - (this.#options.state === 'live' ? HOUR : 21 * MINUTE),
      heardAt: this.#options.state === 'live' ? now : now - 21 * MINUTE,
      behind: this.#options.state === 'catching_up' ? 1_284 : 0,
      fillingIn: false,
      trouble: this.#options.state === 'offline' ? 'unreachable' : null,
    };
    this.sources = new FakeSources(
      {
        now: this.#options.now,
        answer: (make) => this.#answer(make),
        role: () => (this.#mode === 'team' ? this.#options.role : 'admin'),
        copied: (text) => void this.copiedTexts.push(text),
      },
      this.#options.phase === 'ready' && this.#options.sources,
    );
  }

  /** Lets something happen, as the feed would tell it. */
  tell(change: Partial<Change>): void {
    this.#orders.clear();
    for (const told of this.#told) told({ ...NO_CHANGE, ...change });
  }

  /** Changes how the desk stands to the service. */
  setFreshness(change: Partial<Freshness>): void {
    this.#fresh = { ...this.#fresh, ...change };
    this.tell({ freshness: true });
  }

  /** Lets a sale arrive: a new cart, or a payment of an open PIX. */
  arrive(): void {
    const now = this.#options.now();
    this.#fresh = { ...this.#fresh, heardAt: now };
    const paying = this.#chance.often(0.4) ? this.world.find((one) => inView(one, 'pix', now)) : undefined;
    if (paying) return this.pay(paying.id);
    const [made] = conversations(1, now, 9_000 + ++this.#made);
    if (!made) return;
    const born = movedTo(made, now);
    born.id = `con_new_${this.#made}`;
    born.readAt = 0;
    this.world.unshift(born);
    this.#byId.set(born.id, born);
    this.tell({ conversations: [born.id], counters: true, freshness: true });
  }

  /** Lets the first order of a conversation be paid. */
  pay(id: string): void {
    const from = this.#find(id);
    const first = from.orders[0];
    if (!first) return;
    const at = this.#options.now();
    const step = { stage: 'purchase_approved' as const, group: 'approved' as const, at };
    from.orders[0] = {
      ...first,
      stage: step.stage,
      group: step.group,
      steps: [...first.steps, step],
      deadline: null,
      pix: null,
      boleto: null,
      primary: 'nothing',
      lastAt: at,
    };
    this.#add(from, {
      kind: 'stage',
      orderKey: first.orderKey,
      stage: step.stage,
      group: step.group,
      amount: first.amount,
      product: first.items[0]?.name ?? null,
      platform: first.platform,
      isTest: false,
    });
    this.tell({ conversations: [id], counters: true, sold: [id] });
  }

  /** Puts a refused claim into the outbox. */
  refuseSomething(): void {
    const from = this.world[2];
    if (!from) return;
    this.outboxItems = [
      {
        id: 'cmd_refused',
        conversationId: from.id,
        name: from.person.name,
        kind: 'claim',
        state: { state: 'refused', code: 'already_claimed', by: 'Rafael Tanaka' },
        madeAt: this.#options.now() - 3 * MINUTE,
        tries: 1,
      },
    ];
    this.tell({ outbox: true });
  }

  boot = () => this.#answer(() => this.#boot());
  joinTeam = (asked: { server: string; invite: string; name: string }) =>
    this.#answer(() => {
      if (!/^https?:\/\/\S+\.\S+/.test(asked.server)) throw new HostError('bad_address');
      if (asked.invite.length < 4) throw new HostError('bad_invite');
      return this.#begin('team');
    });
  startHere = (_asked: { workspace: string; name: string }) => this.#answer(() => this.#begin('here'));
  startSample = (_asked: { name: string }) => this.#answer(() => this.#begin('sample'));
  signOut = () =>
    this.#answer(() => {
      this.#phase = 'first_run';
      return this.#boot();
    });
  listPage = (asked: { view: View; after: string | null; limit: number }) =>
    this.#answer(() => {
      const all = this.#sorted(asked.view);
      const from = Number(asked.after ?? 0);
      const rows = all.slice(from, from + asked.limit).map(rowOf);
      const next = from + asked.limit < all.length ? String(from + asked.limit) : null;
      return { rows, next, total: all.length };
    });
  rows = (asked: { view: View; ids: string[] }) =>
    this.#answer((): Row[] =>
      asked.ids
        .map((id) => this.#byId.get(id))
        .filter((one) => one !== undefined)
        .filter((one) => inView(one, asked.view, this.#options.now()))
        .map(rowOf),
    );
  counters = () =>
    this.#answer(() => ({ views: VIEWS.map((view) => ({ view, count: this.#sorted(view).length })) }));
  freshness = () =>
    this.#answer(() =>
      this.#fresh.state === 'live' ? { ...this.#fresh, heardAt: this.#options.now() } : this.#fresh,
    );
  conversation = (id: string) =>
    this.#answer(() => {
      const from = this.#find(id);
      const { orders, timeline } = whole(from);
      const cut = Math.max(0, timeline.length - NEWEST);
      return {
        id: from.id,
        person: from.person,
        owner: from.owner,
        orders: orders.map(drawn),
        timeline: timeline.slice(cut),
        older: cut > 0 ? String(cut) : null,
        draft: from.draft,
        merged: from.merged,
        suggestions: from.suggestions,
        shared: from.shared,
      };
    });
  timelineBefore = (asked: { id: string; before: string }) =>
    this.#answer(() => {
      const to = Number(asked.before);
      const cut = Math.max(0, to - NEWEST);
      const { timeline } = whole(this.#find(asked.id));
      return { items: timeline.slice(cut, to), older: cut > 0 ? String(cut) : null };
    });
  reveal = (asked: { id: string; part: 'phone' | 'email' | 'document' }) =>
    this.#answer(() => this.#find(asked.id).full[asked.part] ?? '');
  search = (asked: { text: string; limit: number }) =>
    this.#answer(() => ({
      rows: this.world
        .filter((one) => matches(one, asked.text))
        .slice(0, asked.limit)
        .map(rowOf),
      searched: this.world.length,
    }));
  templates = (asked: { conversationId: string; orderKey: string }) =>
    this.#answer(() => chips(this.#find(asked.conversationId), this.#order(asked), this.#options.now()));
  fill = (asked: { conversationId: string; orderKey: string; templateKey: string }) =>
    this.#answer(() =>
      fill(this.#find(asked.conversationId), this.#order(asked), asked.templateKey, this.#options.now()),
    );
  handOver: Host['handOver'] = (asked) =>
    this.#answer(() => {
      const from = this.#find(asked.conversationId);
      const about = from.orders.find((order) => order.orderKey === asked.orderKey);
      if (asked.templateKey && about?.group === 'approved' && asked.templateKey !== 'thanks') {
        throw new HostError('already_paid');
      }
      if (asked.channel === 'whatsapp' && !from.full.phone) throw new HostError('no_phone');
      this.opened.push(asked.text);
      from.draft = null;
      const item = this.#add(from, {
        kind: 'handed_over',
        channel: asked.channel,
        text: asked.text,
        by: ME.name,
        byMe: true,
        pending: true,
      });
      return this.#queue(from, 'message.handed_over', () => {
        from.timeline = from.timeline.filter((known) => known !== item);
      });
    });
  act = (asked: { conversationId: string; action: Action }) =>
    this.#answer(() => {
      const from = this.#find(asked.conversationId);
      const before = from.owner;
      const { action } = asked;
      if (action.kind === 'merge' || action.kind === 'unmerge' || action.kind === 'keep_apart') {
        return this.#decide(from, action);
      }
      if (action.kind === 'claim') from.owner = { ...ME, pending: true };
      else if (action.kind === 'release') from.owner = null;
      else if (action.kind === 'note') {
        this.#add(from, { kind: 'note', text: action.body.text, by: ME.name, byMe: true, pending: true });
      }
      return this.#queue(from, action.kind, () => {
        from.owner = before;
      });
    });
  undo = (commandId: string) =>
    this.#answer(() => {
      const back = this.#undo.get(commandId);
      const item = this.outboxItems.find((item) => item.id === commandId);
      back?.();
      this.#undo.delete(commandId);
      this.outboxItems = this.outboxItems.filter((item) => item.id !== commandId);
      this.tell({ outbox: true, counters: true, conversations: item ? [item.conversationId] : [] });
      return back !== undefined;
    });
  copy = (asked: { conversationId: string; orderKey: string; what: CopyWhat }) =>
    this.#answer(() => {
      const order = this.#order(asked);
      if (asked.what === 'pix' && order.pix && order.pix.state !== 'alive')
        throw new HostError('pix_expired');
      const text =
        asked.what === 'pix'
          ? order.pix?.code
          : asked.what === 'boleto'
            ? order.boleto?.line
            : order.checkout?.url;
      if (!text) throw new HostError('nothing_to_copy');
      this.copiedTexts.push(text);
      return { copied: asked.what };
    });
  openLink = () => this.#answer(() => undefined);
  painted = () => this.#answer(() => undefined);
  copyText = (text: string) => this.#answer(() => void this.copiedTexts.push(text));
  saveDraft: Host['saveDraft'] = (asked) =>
    this.#answer(() => {
      const { conversationId, text, templateKey, orderKey } = asked;
      this.drafts.set(conversationId, text);
      this.#find(conversationId).draft =
        text === '' ? null : { text, templateKey, orderKey, savedAt: this.#options.now() };
    });
  markRead = (id: string) =>
    this.#answer(() => {
      this.read.push(id);
      this.#find(id).readAt = this.#options.now() + MINUTE;
      this.tell({ conversations: [id] });
    });
  outbox = () => this.#answer(() => this.outboxItems);
  outboxRetry = (id: string) => this.#answer(() => this.#settle(id));
  outboxDiscard = (id: string) => this.#answer(() => this.#settle(id));
  settingsPut = (settings: Settings) => this.#answer(() => (this.#settings = settings));
  onChange = (told: (change: Change) => void) => {
    this.#told.add(told);
    return Promise.resolve(() => void this.#told.delete(told));
  };
  onOpen = () => Promise.resolve(() => undefined);

  async #answer<T>(make: () => T): Promise<T> {
    if (this.#options.delay > 0) await new Promise((done) => setTimeout(done, this.#options.delay));
    return structuredClone(make());
  }

  #boot(): Boot {
    const ready = this.#phase === 'ready';
    return {
      phase: this.#phase,
      desk: ready
        ? {
            workspace: 'Doces do Vale',
            member: ME.name,
            memberId: ME.id,
            role: this.#mode === 'team' ? this.#options.role : 'admin',
          }
        : null,
      mode: ready ? this.#mode : null,
      keychain: ready ? 'os' : null,
      settings: this.#settings,
      version: '0.1.0',
    };
  }

  #begin(mode: NonNullable<Boot['mode']>): Boot {
    this.#phase = 'ready';
    this.#mode = mode;
    if (mode === 'sample') {
      this.world = conversations(40, this.#options.now());
      this.#byId = new Map(this.world.map((one) => [one.id, one]));
      this.#orders.clear();
    }
    return this.#boot();
  }

  #sorted(view: View): Conversation[] {
    let known = this.#orders.get(view);
    if (!known) {
      const now = this.#options.now();
      known = this.world
        .filter((one) => inView(one, view, now))
        .sort((a, b) => sortKey(a, view) - sortKey(b, view));
      this.#orders.set(view, known);
    }
    return known;
  }

  #find(id: string): Conversation {
    const found = this.#byId.get(id);
    if (!found) throw new HostError('not_found');
    return found;
  }

  #order(asked: { conversationId: string; orderKey: string }): OrderCard {
    const { orders } = whole(this.#find(asked.conversationId));
    const found = orders.find((order) => order.orderKey === asked.orderKey);
    if (!found) throw new HostError('not_found');
    return found;
  }

  #add(from: Conversation, what: ItemKind): TimelineItem {
    const item = { id: `item_${++this.#made}`, at: this.#options.now(), ...what } as TimelineItem;
    from.timeline = [...from.timeline, item];
    return item;
  }

  #decide(from: Conversation, action: Decision): { commandId: string } {
    const id = action.kind === 'unmerge' ? action.body.from : action.body.other;
    const other = from.taken.find((one) => one.id === id) ?? this.#find(id);
    const back = decide(from, other, action, this.#options.now());
    const queued = this.#queue(from, action.kind, back, () => {
      const told = settle(from, other, action.kind);
      if (told) this.#add(from, told);
      if (action.kind === 'merge') {
        this.world = this.world.filter((one) => one !== other);
        this.#byId.set(other.id, from);
        const separate: Decision = { kind: 'unmerge', body: { from: other.id } };
        this.#undo.set(queued.commandId, () => void this.#decide(from, separate));
      } else if (action.kind === 'unmerge') {
        this.world = [...this.world, other];
        this.#byId.set(other.id, other);
      }
      this.tell({ conversations: [from.id, other.id], counters: true });
    });
    return queued;
  }

  #queue(
    from: Conversation,
    kind: string,
    back: () => void,
    done: () => void = () => undefined,
  ): { commandId: string } {
    const id = `cmd_${++this.#made}`;
    const state = { state: 'waiting' as const };
    const item = {
      id,
      conversationId: from.id,
      name: from.person.name,
      kind,
      state,
      madeAt: this.#options.now(),
      tries: 0,
    };
    this.outboxItems = [...this.outboxItems, item];
    this.#undo.set(id, back);
    this.tell({ conversations: [from.id], outbox: true, counters: true });
    if (this.#fresh.state === 'live') setTimeout(() => this.#confirm(from, id, done), 600);
    return { commandId: id };
  }

  #confirm(from: Conversation, id: string, done: () => void): void {
    if (!this.outboxItems.some((item) => item.id === id)) return;
    done();
    from.timeline = from.timeline.map((item) => ('pending' in item ? { ...item, pending: false } : item));
    if (from.owner) from.owner = { ...from.owner, pending: false };
    this.#settle(id);
    this.tell({ conversations: [from.id] });
  }

  #settle(id: string): void {
    this.outboxItems = this.outboxItems.filter((item) => item.id !== id);
    this.tell({ outbox: true });
  }
}

type Decision = Extract<Action, { kind: 'merge' | 'unmerge' | 'keep_apart' }>;
type WithoutFrame<T> = T extends unknown ? Omit<T, 'id' | 'at'> : never;
type ItemKind = WithoutFrame<TimelineItem>;

/** Moves all of a conversation's times so that the last thing happened just now. */
function movedTo(from: Conversation, now: number): Conversation {
  const by = now - (from.timeline.at(-1)?.at ?? now);
  return {
    ...from,
    timeline: from.timeline.map((item) => ({ ...item, at: item.at + by })),
    orders: from.orders.map((order) => ({
      ...order,
      lastAt: order.lastAt + by,
      steps: order.steps.map((step) => ({ ...step, at: step.at + by })),
      deadline: order.deadline && {
        ...order.deadline,
        from: order.deadline.from + by,
        at: order.deadline.at + by,
      },
    })),
  };
}

function drawn(order: OrderCard): OrderCard {
  if (!order.pix?.code) return order;
  return { ...order, pix: { ...order.pix, modules: qrRows(order.pix.code) } };
}

export { order as inventOrder };
