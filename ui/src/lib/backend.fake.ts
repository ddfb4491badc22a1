/**
 * A host in memory, for development in a browser and for tests: invented people, the real desk's rules in short.
 * Never part of what is shipped.
 */
import { passes, valuesOf } from './fake/filters';
import { afterNews, handlingOf, lay, stays, team, type ItemKind } from './fake/handling';
import { codeOf, drawn, movedTo, paid } from './fake/moved';
import { bootOf, NO_CHANGE, optionsOf, SETTINGS, USUAL, type FakeOptions } from './fake/options';
import { FakeOutbox } from './fake/outbox';
import { decide, settle, whole } from './fake/persons';
import { provenanceOf, rawOf } from './fake/provenance';
import { Chance } from './fake/random';
import { inView, matches, rowOf, sortKey, VIEWS } from './fake/rows';
import { FakeSources } from './fake/sources';
import { FakeTemplateDesk } from './fake/template_desk';
import { chips, fill } from './fake/templates';
import { only } from './fake/timeline';
import { trouble } from './fake/troubled';
import { FakeViews } from './fake/views';
import { ME, conversations, order, type Conversation } from './fake/world';
import { NO_FILTER } from './filters';
import { HostError, type Boot, type CopyWhat, type Host, type RowsAsked, type ViewToSave } from './host';
import { HOUR, MINUTE } from './time';
import type { Action } from './types/Action';
import type { BulkPreview } from './types/BulkPreview';
import type { Change } from './types/Change';
import type { Freshness } from './types/Freshness';
import type { OrderCard } from './types/OrderCard';
import type { PageAsked } from './types/PageAsked';
import type { Present } from './types/Present';
import type { Role } from './types/Role';
import type { Row } from './types/Row';
import type { Settings } from './types/Settings';
import type { TimelineAsked } from './types/TimelineAsked';
import type { TimelineItem } from './types/TimelineItem';

export type { FakeOptions };

const NEWEST = 50;

/** Makes a fake from an address such as `?fake=10000&theme=dark&locale=en&state=offline&live=1&fail=listPage`. */
export function fakeFromAddress(asked: URLSearchParams): FakeHost {
  const host = new FakeHost(optionsOf(asked));
  if (asked.has('live')) setInterval(() => host.arrive(), 4_000);
  if (asked.has('refused')) host.refuseSomething();
  // A page that stands still has nothing that moves.
  if (!asked.has('now')) setInterval(() => host.sources.advance(0.02), 700);
  trouble(host, asked);
  return host;
}

export class FakeHost implements Host {
  world: Conversation[];
  copiedTexts: string[] = [];
  opened: string[] = [];
  read: string[] = [];
  drafts = new Map<string, string>();
  readonly sources: FakeSources;
  readonly saved = new FakeViews();
  readonly written: FakeOutbox;

  #options: FakeOptions;
  #settings: Settings;
  #phase: Boot['phase'];
  #mode: NonNullable<Boot['mode']>;
  #fresh: Freshness;
  #byId: Map<string, Conversation>;
  #orders = new Map<string, Conversation[]>();
  #told = new Set<(change: Change) => void>();
  readonly templateDesk = new FakeTemplateDesk({
    now: () => this.#options.now(),
    answer: (make) => this.#answer(make),
    role: () => this.#role,
    live: () => this.#live,
    world: () => this.world,
    told: () => this.tell({ templates: true }),
  });
  templateList = this.templateDesk.templateList;
  templateCheck = this.templateDesk.templateCheck;
  templateSave = this.templateDesk.templateSave;
  templateRemove = this.templateDesk.templateRemove;
  templateVersions = this.templateDesk.templateVersions;
  templateExport = this.templateDesk.templateExport;
  templateImport = this.templateDesk.templateImport;
  #made = 0;
  #present: Present = { conversationId: null, writing: false };
  #chance = new Chance(77);

  constructor(options: Partial<FakeOptions> = {}) {
    this.#options = { ...USUAL, ...options };
    this.templateDesk.begin();
    const now = this.#options.now();
    this.world = this.#options.phase === 'ready' ? conversations(this.#options.count, now) : [];
    this.#byId = new Map(this.world.map((one) => [one.id, one]));
    this.#phase = this.#options.phase;
    this.#mode = this.#options.mode;
    this.#settings = { ...SETTINGS, ...this.#options.settings };
    this.#fresh = {
      state: this.#options.state,
      since: now - (this.#options.state === 'live' ? HOUR : 21 * MINUTE),
      heardAt: this.#options.state === 'live' ? now : now - 21 * MINUTE,
      behind: this.#options.state === 'catching_up' ? 1_284 : 0,
      fillingIn: false,
      trouble: this.#options.state === 'offline' ? 'unreachable' : null,
    };
    this.written = new FakeOutbox({
      now: this.#options.now,
      live: () => this.#live,
      tell: (change) => this.tell(change),
    });
    this.sources = new FakeSources(
      {
        now: this.#options.now,
        answer: (make) => this.#answer(make),
        role: () => this.#role,
        copied: (text) => void this.copiedTexts.push(text),
      },
      this.#options.phase === 'ready' && this.#options.sources,
    );
  }

  get outboxItems() {
    return this.written.items;
  }

  get #role(): Role {
    return this.#mode === 'team' ? this.#options.role : 'admin';
  }

  get #live(): boolean {
    return this.#fresh.state === 'live';
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
    const done = paid(first, at);
    from.orders[0] = done;
    from.handling = afterNews(from, 'paid', at);
    this.#add(from, {
      kind: 'stage',
      orderKey: first.orderKey,
      stage: done.stage,
      group: done.group,
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
    if (from) this.written.refused(from, 'Rafael Tanaka');
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
  listPage = (asked: PageAsked) =>
    this.#answer(() => {
      const all = this.#sorted(asked);
      const from = Number(asked.after ?? 0);
      const rows = all.slice(from, from + asked.limit).map((one) => rowOf(one, this.#options.now()));
      const next = from + asked.limit < all.length ? String(from + asked.limit) : null;
      return { rows, next, total: all.length };
    });
  rows = (asked: RowsAsked) =>
    this.#answer((): Row[] => {
      const now = this.#options.now();
      return asked.ids
        .map((id) => this.#byId.get(id))
        .filter((one) => one !== undefined)
        .filter((one) => this.#isIn(one, asked, now))
        .map((one) => rowOf(one, now));
    });
  counters = () =>
    this.#answer(() => ({
      views: VIEWS.map((view) => ({ view, count: this.#sorted({ view }).length })),
      saved: this.saved.kept.map(({ id }) => ({
        id,
        count: this.#sorted({ view: 'all', saved: id }).length,
        filling: false,
      })),
    }));
  filterValues = () => this.#answer(() => valuesOf(this.world));
  members = () => this.#answer(() => team(this.#role));
  views = () => this.#answer(() => this.saved.list());
  viewSave = (asked: ViewToSave) =>
    this.#answer(() => {
      const view = this.saved.save(asked, this.#role, this.#live);
      this.tell({ views: true, counters: true });
      return view;
    });
  viewRemove = (id: string) =>
    this.#answer(() => {
      this.saved.remove(id, this.#role, this.#live);
      this.tell({ views: true, counters: true });
    });
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
        labels: from.labels,
        handling: handlingOf(from, this.#options.now()),
      };
    });
  timeline = (asked: TimelineAsked) =>
    this.#answer(() => {
      const all = only(whole(this.#find(asked.id)).timeline, asked.only ?? null);
      const until = asked.at ?? Infinity;
      const to = asked.before ? Number(asked.before) : all.filter((item) => item.at <= until).length;
      const cut = Math.max(0, to - NEWEST);
      return { items: all.slice(cut, to), older: cut > 0 ? String(cut) : null };
    });
  reveal = (asked: { id: string; part: 'phone' | 'email' | 'document' }) =>
    this.#answer(() => this.#find(asked.id).full[asked.part] ?? '');
  eraseCustomer = (id: string) =>
    this.#answer(() => {
      this.#find(id);
      this.world = this.world.filter((one) => one.id !== id);
      this.#byId.delete(id);
      this.tell({ conversations: [id], counters: true });
      return { conversationIds: [id], entries: 4, deliveries: 2, checkouts: 0, jobs: 0 };
    });
  exportCustomer = (id: string) =>
    this.#answer(() => (this.#find(id), { path: '/home/ana/Downloads/balcao-dados-2026-11-21-140200.json' }));
  search = (asked: { text: string; limit: number }) =>
    this.#answer(() => ({
      rows: this.world
        .filter((one) => matches(one, asked.text))
        .slice(0, asked.limit)
        .map((one) => rowOf(one, this.#options.now())),
      searched: this.world.length,
    }));
  templates = (asked: { conversationId: string; orderKey: string }) =>
    this.#answer(() => chips(this.#find(asked.conversationId), this.#order(asked), this.#options.now()));
  fill: Host['fill'] = (asked) =>
    this.#answer(() =>
      fill(
        this.#find(asked.conversationId),
        this.#order(asked),
        asked.templateKey,
        this.#options.now(),
        asked.answers,
      ),
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
      const back = () => {
        from.timeline = from.timeline.filter((known) => known !== item);
      };
      return this.written.write(from, 'message.handed_over', { back });
    });
  act = (asked: { conversationId: string; action: Action }) =>
    this.#answer(() => this.#act(this.#find(asked.conversationId), asked.action));
  bulkPreview = (asked: { ids: string[]; action: Action }) => this.#answer(() => this.#preview(asked));
  bulk = (asked: { ids: string[]; action: Action }) =>
    this.#answer(() => this.#preview(asked).will.map((id) => this.#act(this.#find(id), asked.action)));
  undo = (commandId: string) => this.#answer(() => this.written.takeBack(commandId));
  undoMany = (ids: string[]) =>
    this.#answer(() => [...ids].reverse().filter((id) => this.written.takeBack(id)).length);
  present = (asked: Present) =>
    this.#answer(() => {
      const moved = asked.conversationId !== this.#present.conversationId;
      this.#present = asked;
      if (moved) this.tell({ presence: true });
    });
  presence = () =>
    this.#answer(() => {
      const { conversationId } = this.#present;
      const colleague = team(this.#role)[2];
      if (!this.#options.company || !conversationId || !colleague) return [];
      const member = { id: colleague.id, name: colleague.name };
      return [{ member, conversationId, writing: conversationId.endsWith('1') }];
    });
  provenance = (asked: { conversationId: string; orderKey: string }) =>
    this.#answer(() => {
      if (!this.#live) throw new HostError('offline');
      return provenanceOf(this.#order(asked));
    });
  rawEvent = (id: string) =>
    this.#answer(() => {
      if (!this.#live) throw new HostError('offline');
      if (this.#role === 'agent') throw new HostError('forbidden');
      return rawOf(id, this.world);
    });
  copy = (asked: { conversationId: string; orderKey: string; what: CopyWhat }) =>
    this.#answer(() => {
      this.copiedTexts.push(codeOf(this.#order(asked), asked.what));
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
  outboxRetry = (id: string) => this.#answer(() => this.written.settle(id));
  outboxDiscard = (id: string) => this.#answer(() => this.written.settle(id));
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
    return bootOf(this.#phase, this.#mode, this.#role, this.#settings);
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

  #sorted(asked: Listed): Conversation[] {
    const key = JSON.stringify([asked.view, asked.saved, asked.filter]);
    let known = this.#orders.get(key);
    if (!known) {
      const now = this.#options.now();
      const view = asked.saved ? 'all' : asked.view;
      known = this.world
        .filter((one) => this.#isIn(one, asked, now))
        .sort((a, b) => sortKey(a, view) - sortKey(b, view));
      this.#orders.set(key, known);
    }
    return known;
  }

  #isIn(one: Conversation, asked: Listed, now: number): boolean {
    const viewed = asked.saved
      ? passes(one, this.saved.filterOf(asked.saved), now)
      : inView(one, asked.view, now);
    return viewed && passes(one, asked.filter ?? NO_FILTER, now);
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

  #act(from: Conversation, action: Action): { commandId: string } {
    if (action.kind === 'merge' || action.kind === 'unmerge' || action.kind === 'keep_apart') {
      return this.#decide(from, action);
    }
    const { owner, handling, labels, timeline } = from;
    const told = lay(from, action, this.#role, this.#options.now());
    if (told) this.#add(from, told);
    const back = () => void Object.assign(from, { owner, handling, labels, timeline });
    const refusedBy = () => (action.kind === 'claim' && owner && !owner.isMe ? owner.name : null);
    return this.written.write(from, action.kind, { back, refusedBy });
  }

  #preview(asked: { ids: string[]; action: Action }): BulkPreview {
    const now = this.#options.now();
    const wont = asked.ids
      .map((id) => stays(this.#byId.get(id), id, asked.action, this.#role, now))
      .filter((one) => one !== null);
    return { will: asked.ids.filter((id) => !wont.some((one) => one.id === id)), wont };
  }

  #decide(from: Conversation, action: Decision): { commandId: string } {
    const id = action.kind === 'unmerge' ? action.body.from : action.body.other;
    const other = from.taken.find((one) => one.id === id) ?? this.#find(id);
    const back = decide(from, other, action, this.#options.now());
    const done = () => {
      const told = settle(from, other, action.kind);
      if (told) this.#add(from, told);
      if (action.kind === 'merge') {
        this.world = this.world.filter((one) => one !== other);
        this.#byId.set(other.id, from);
        const separate: Decision = { kind: 'unmerge', body: { from: other.id } };
        this.written.backBy(queued.commandId, () => void this.#decide(from, separate));
      } else if (action.kind === 'unmerge') {
        this.world = [...this.world, other];
        this.#byId.set(other.id, other);
      }
      this.tell({ conversations: [from.id, other.id], counters: true });
    };
    const queued = this.written.write(from, action.kind, { back, done });
    return queued;
  }
}

type Listed = Pick<RowsAsked, 'view' | 'saved' | 'filter'>;

type Decision = Extract<Action, { kind: 'merge' | 'unmerge' | 'keep_apart' }>;

export { order as inventOrder };
