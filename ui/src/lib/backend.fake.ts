/**
 * A host in memory, for development in a browser and for tests: invented people, the real desk's rules in short.
 * Never part of what is shipped.
 */
import { FakeActing } from './fake/acting';
import { FakeDesk } from './fake/desk';
import { afterNews } from './fake/handling';
import { movedTo, paid } from './fake/moved';
import { optionsOf, type FakeOptions } from './fake/options';
import { FakePeople } from './fake/people_desk';
import { Chance } from './fake/random';
import { FakeReading } from './fake/reading';
import { FakeSequences } from './fake/sequences';
import { inView } from './fake/rows';
import { FakeSources } from './fake/sources';
import { FakeTemplateDesk } from './fake/template_desk';
import { trouble } from './fake/troubled';
import { conversations, order } from './fake/world';
import { HostError, type Host } from './host';
import type { Change } from './types/Change';
import type { Freshness } from './types/Freshness';
import type { Settings } from './types/Settings';

export type { FakeOptions };

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

/** What the host is put together from: made before the host's own members name what each part answers. */
class Parts {
  protected readonly desk: FakeDesk;
  protected readonly reading: FakeReading;
  protected readonly acting: FakeActing;
  readonly sources: FakeSources;
  readonly people: FakePeople;
  readonly templateDesk: FakeTemplateDesk;
  readonly sequenceDesk: FakeSequences;

  constructor(options: Partial<FakeOptions> = {}) {
    const desk = new FakeDesk(options);
    const acting = new FakeActing(desk);
    const around = {
      now: () => desk.now(),
      answer: <T>(make: () => T) => desk.answer(make),
      role: () => desk.role,
      live: () => desk.live,
    };
    const { phase, sources } = desk.options;
    this.desk = desk;
    this.acting = acting;
    this.sequenceDesk = new FakeSequences(desk, acting);
    this.reading = new FakeReading(desk);
    this.sources = new FakeSources(
      { ...around, copied: (text) => void acting.copiedTexts.push(text) },
      phase === 'ready' && sources,
    );
    this.people = new FakePeople({ ...around, told: () => desk.tell({ views: true }) });
    this.templateDesk = new FakeTemplateDesk({
      ...around,
      world: () => desk.world,
      told: () => desk.tell({ templates: true }),
    });
    this.templateDesk.begin();
  }
}

export class FakeHost extends Parts implements Host {
  #chance = new Chance(77);
  #made = 0;

  get world() {
    return this.desk.world;
  }
  get saved() {
    return this.desk.saved;
  }
  get written() {
    return this.acting.written;
  }
  get outboxItems() {
    return this.acting.written.items;
  }
  get copiedTexts() {
    return this.acting.copiedTexts;
  }
  get opened() {
    return this.acting.opened;
  }
  get drafts() {
    return this.acting.drafts;
  }

  /** Lets something happen, as the feed would tell it. */
  tell(change: Partial<Change>): void {
    this.desk.tell(change);
  }

  /** Changes how the desk stands to the service. */
  setFreshness(change: Partial<Freshness>): void {
    this.desk.fresh = { ...this.desk.fresh, ...change };
    this.desk.tell({ freshness: true });
  }

  /** Lets a sale arrive: a new cart, or a payment of an open PIX. */
  arrive(): void {
    const { desk } = this;
    const now = desk.now();
    desk.fresh = { ...desk.fresh, heardAt: now };
    const paying = this.#chance.often(0.4) ? desk.world.find((one) => inView(one, 'pix', now)) : undefined;
    if (paying) return this.pay(paying.id);
    const [made] = conversations(1, now, 9_000 + ++this.#made);
    if (!made) return;
    const born = movedTo(made, now);
    born.id = `con_new_${this.#made}`;
    born.readAt = 0;
    desk.world.unshift(born);
    desk.lead(born.id, born);
    desk.tell({ conversations: [born.id], counters: true, freshness: true });
  }

  /** Lets the first order of a conversation be paid. */
  pay(id: string): void {
    const from = this.desk.find(id);
    const first = from.orders[0];
    if (!first) return;
    const at = this.desk.now();
    const done = paid(first, at);
    from.orders[0] = done;
    from.handling = afterNews(from, 'paid', at);
    this.desk.add(from, {
      kind: 'stage',
      orderKey: first.orderKey,
      stage: done.stage,
      group: done.group,
      amount: first.amount,
      product: first.items[0]?.name ?? null,
      platform: first.platform,
      isTest: false,
    });
    this.desk.tell({ conversations: [id], counters: true, sold: [id] });
  }

  /** Puts a refused claim into the outbox. */
  refuseSomething(): void {
    const from = this.world[2];
    if (from) this.written.refused(from, 'Rafael Tanaka');
  }

  boot = () => this.desk.answer(() => this.desk.boot());
  joinTeam = (asked: { server: string; invite: string; name: string }) =>
    this.desk.answer(() => {
      if (!/^https?:\/\/\S+\.\S+/.test(asked.server)) throw new HostError('bad_address');
      if (asked.invite.length < 4) throw new HostError('bad_invite');
      return this.desk.begin('team');
    });
  startHere = (_asked: { workspace: string; name: string }) =>
    this.desk.answer(() => this.desk.begin('here'));
  startSample = (_asked: { name: string }) => this.desk.answer(() => this.desk.begin('sample'));
  signOut = () =>
    this.desk.answer(() => {
      this.desk.phase = 'first_run';
      return this.desk.boot();
    });
  settingsPut = (settings: Settings) => this.desk.answer(() => (this.desk.settings = settings));
  onChange = (told: (change: Change) => void) => this.desk.changes.hear(told);
  onOpen = () => Promise.resolve(() => undefined);
  openLink = () => this.desk.answer(() => undefined);
  painted = () => this.desk.answer(() => undefined);
  /** The number on the icon. */
  badged = 0;
  badge = (count: number) => this.desk.answer(() => void (this.badged = count));

  listPage = this.reading.listPage;
  rows = this.reading.rows;
  counters = this.reading.counters;
  filterValues = this.reading.filterValues;
  members = this.reading.members;
  views = this.reading.views;
  viewSave = this.reading.viewSave;
  viewRemove = this.reading.viewRemove;
  freshness = this.reading.freshness;
  conversation = this.reading.conversation;
  timeline = this.reading.timeline;
  reveal = this.reading.reveal;
  exportCustomer = this.reading.exportCustomer;
  search = this.reading.search;
  templates = this.reading.templates;
  fill = this.reading.fill;
  saleValues = this.reading.saleValues;
  present = this.reading.present;
  presence = this.reading.presence;
  provenance = this.reading.provenance;
  rawEvent = this.reading.rawEvent;
  markRead = this.reading.markRead;

  act = this.acting.act;
  bulkPreview = this.acting.bulkPreview;
  bulk = this.acting.bulk;
  undo = this.acting.undo;
  undoMany = this.acting.undoMany;
  outbox = this.acting.outbox;
  outboxRetry = this.acting.outboxRetry;
  outboxDiscard = this.acting.outboxDiscard;
  eraseCustomer = this.acting.eraseCustomer;
  handOver = this.acting.handOver;
  copy = this.acting.copy;
  copyText = this.acting.copyText;
  saveDraft = this.acting.saveDraft;

  sequences = this.sequenceDesk.sequences;
  sequenceCheck = this.sequenceDesk.sequenceCheck;
  sequencesSave = this.sequenceDesk.sequencesSave;
  stepTake = this.sequenceDesk.stepTake;

  templateList = this.templateDesk.templateList;
  templateCheck = this.templateDesk.templateCheck;
  templateSave = this.templateDesk.templateSave;
  templateRemove = this.templateDesk.templateRemove;
  templateVersions = this.templateDesk.templateVersions;
  templateExport = this.templateDesk.templateExport;
  templateImport = this.templateDesk.templateImport;
}

export { order as inventOrder };
