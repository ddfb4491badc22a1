/** The page's state and what it does: one object, made with a host, handed to components by context. Knows no DOM. */
import { getContext, setContext } from 'svelte';
import { clock } from '../clock.svelte';
import type { Value } from '../filter_by';
import type { Boot, Host } from '../host';
import { setLocale, systemLocale, t } from '../i18n.svelte';
import { setKeys } from '../keys_now.svelte';
import type { Change } from '../types/Change';
import type { Counters } from '../types/Counters';
import type { Freshness } from '../types/Freshness';
import type { OutboxItem } from '../types/OutboxItem';
import type { SavedCount } from '../types/SavedCount';
import type { Settings } from '../types/Settings';
import type { View } from '../types/View';
import type { WrittenDown } from '../types/WrittenDown';
import { Bulk } from './bulk.svelte';
import { ByFrame, isMuch, type Part } from './by_frame';
import { Composer } from './composer.svelte';
import { DoneStack } from './done.svelte';
import { failureText } from './failures';
import { InTurn } from './in_turn';
import { Layout } from './layout.svelte';
import { Narrowing } from './narrowing.svelte';
import { PeopleDesk } from './people.svelte';
import { Place } from './place';
import { ReadSoon } from './read_soon';
import { RowList } from './row_list.svelte';
import { SourcesDesk } from './sources.svelte';
import { Taking } from './taking.svelte';
import { TemplateDesk } from './templates.svelte';
import { Thread } from './thread.svelte';
import { ThreadActs } from './thread_acts.svelte';
import { Presence } from './thread_presence.svelte';
import { Toasts } from './toasts.svelte';

/** How long the selection rests before the conversation beside it follows. */
const FOLLOW = 40;
/** Walked faster than this, rows are passed by: nothing of them is read. */
const PASSING = 150;

/** Says which values a menu is about, where it opens, and what gives the focus back. */
export interface ValueAsked {
  offered: readonly { value: Value; words: string }[];
  x: number;
  y: number;
  back: () => void;
}

export type Sheet =
  | 'settings'
  | 'keys'
  | 'notices'
  | 'signOut'
  | 'outbox'
  | 'sources'
  | 'people'
  | 'templates'
  | 'sequences'
  | 'practice'
  | 'palette'
  | null;

/** What of the selected conversation has to be on screen before something is done to it. */
export type Needed = 'nothing' | 'conversation' | 'templates';

/** Where one is, for whoever tells the keys that hold there. */
export type Whereabouts = 'list' | 'conversation' | 'writing' | 'dialog';

export class App {
  boot = $state.raw<Boot | null>(null);
  counts = $state.raw<Partial<Record<View, number>>>({});
  /** How many rows each saved view has, by its id. */
  savedCounts = $state.raw<Readonly<Record<string, SavedCount>>>({});
  freshness = $state.raw<Freshness | null>(null);
  outbox = $state.raw<OutboxItem[]>([]);
  sheet = $state<Sheet>(null);
  /** The value on screen whose menu is open. */
  valueAsked = $state.raw<ValueAsked | null>(null);
  /** The keys are told, for where one is. */
  helping = $state<Whereabouts | null>(null);

  readonly host: Host;
  readonly list: RowList;
  readonly narrowing: Narrowing;
  readonly bulk: Bulk;
  readonly thread: Thread;
  readonly composer: Composer;
  readonly sources: SourcesDesk;
  readonly people: PeopleDesk;
  readonly templates: TemplateDesk;
  readonly presence: Presence;
  readonly acts: ThreadActs;
  readonly done: DoneStack;
  readonly taking: Taking;
  readonly toasts = new Toasts();
  readonly layout = new Layout();

  #follow: ReturnType<typeof setTimeout> | null = null;
  #walked = 0;
  #read: ReadSoon;
  #place = new Place(
    () => this.#where(),
    (place) => void this.put({ place }),
  );
  #turns = new InTurn();
  #byFrame = new ByFrame((change) => this.#parts(change));
  #opening: { id: string; done: Promise<void> } | null = null;
  #ended = false;

  constructor(host: Host) {
    this.host = host;
    this.list = new RowList(host);
    this.narrowing = new Narrowing(host, this.list);
    this.thread = new Thread(host);
    this.#read = new ReadSoon(host, (id) => this.thread.id === id);
    this.composer = new Composer(host);
    this.sources = new SourcesDesk(host);
    this.people = new PeopleDesk(host);
    this.templates = new TemplateDesk(host);
    this.presence = new Presence(host);
    this.done = new DoneStack(host, this.toasts);
    this.bulk = new Bulk(host, this.done);
    this.taking = new Taking(host, this.thread, this.toasts);
    this.acts = new ThreadActs(host, this.thread, this.toasts, this.done);
  }

  get settings(): Settings | null {
    return this.boot?.settings ?? null;
  }

  /** Tells whether there is an action to take back. */
  get canUndo(): boolean {
    return this.done.any;
  }

  get ready(): boolean {
    return this.boot?.phase === 'ready';
  }

  /** Listens to the host and asks it where things stand and for the first view, all at once: each question takes a while. */
  async start(): Promise<void> {
    let listening = false;
    const listen = Promise.all([
      this.host.onChange((change) => void this.changed(change)),
      this.host.onOpen((id) => void this.openFromOutside(id)),
    ]).then(() => (listening = true));
    const boot = this.host.boot();
    // Nobody may be signed in yet; then it fails, and nothing shows it.
    const first = this.list.show('due').then(() => listening && this.ready);
    this.#take(await boot);
    const [complete] = await Promise.all([first, listen, this.ready ? this.#readRest() : null]);
    // What changed between the answer and the listening was told to nobody.
    if (this.ready && !complete) await this.list.changed([], true, Date.now());
    if (this.ready) await this.#returnToPlace();
  }

  /** Takes in a boot answer: the first run, or the inbox. */
  async enter(boot: Boot): Promise<void> {
    this.sources.forget();
    this.people.forget();
    this.templates.forget();
    this.narrowing.forget();
    this.bulk.picked.clear();
    this.#take(boot);
    if (this.ready) await Promise.all([this.list.show('due'), this.#readRest()]);
  }

  #take(boot: Boot): void {
    if (this.#ended) return;
    this.boot = boot;
    this.presence.sits(boot.desk?.memberId ?? '');
    this.#speak();
  }

  #readRest(): Promise<unknown> {
    return Promise.all([
      this.narrowing.readViews(),
      this.#readCounters(),
      this.#readFreshness(),
      this.#readOutbox(),
      this.presence.read(),
    ]);
  }

  /** Signs out and returns to the first run. */
  async signOut(): Promise<void> {
    this.composer.flush();
    const boot = await this.host.signOut();
    this.sheet = null;
    this.thread.close();
    this.composer.leave();
    this.done.forget();
    this.acts.forgetTeam();
    this.presence.go(null);
    await this.enter(boot);
  }

  /** Takes in what changed and reads again what is on screen: all of it at once, or a part a frame where it is much. */
  async changed(change: Change): Promise<void> {
    if (!this.ready) return;
    this.list.glow(change.sold);
    if (isMuch(change)) return this.#byFrame.take(change);
    await Promise.all(this.#parts(change).map((part) => part()));
  }

  /** Returns what a change asks to be drawn again, what is looked at first. */
  #parts(change: Change): Part[] {
    const { everything } = change;
    // One that was taken in by another is told of under the other's id.
    const { id, view } = this.thread;
    const isShared = everything || change.views;
    if (isShared || change.conversations.length > 0) this.thread.ahead.forget();
    const isOpen = (one: string) => one === id || one === view?.id;
    const touchesOpen = id !== null && (isShared || change.conversations.some(isOpen));
    const parts: [boolean, Part][] = [
      [touchesOpen, () => this.#refreshThread()],
      [(change.templates || everything) && !touchesOpen, () => this.composer.loadChips()],
      [
        everything || change.conversations.length > 0,
        () => this.list.changed(change.conversations, everything, Date.now()),
      ],
      [change.counters || everything, () => this.#readCounters()],
      [change.freshness || everything, () => this.#readFreshness()],
      [change.outbox || everything, () => this.#readOutbox()],
      [change.presence || everything, () => this.presence.read()],
      [isShared, () => this.#readTeam()],
      [(change.templates || everything) && this.sheet === 'templates', () => this.templates.load()],
    ];
    // Whoever signed out meanwhile has nothing to read.
    return parts.flatMap(([wanted, part]) => (wanted ? [async () => this.ready && (await part())] : []));
  }

  async #readTeam(): Promise<void> {
    this.acts.forgetTeam();
    await Promise.all([this.sheet === 'people' ? this.people.load() : null, this.narrowing.readViews()]);
  }

  /** Shows a view. */
  async show(view: View): Promise<void> {
    this.#leave();
    await this.narrowing.show(view);
  }

  /** Shows a saved view. */
  async showSaved(id: string): Promise<void> {
    this.#leave();
    await this.narrowing.showSaved(id);
  }

  /** Narrows the list on screen to a value that is on screen. */
  async filterBy(value: Value): Promise<void> {
    await this.narrowing.by(value);
  }

  /** Moves the selection; the conversation beside it follows once it rests. */
  move(by: number): void {
    this.list.touch(Date.now());
    const { arriving } = this.list;
    if (arriving) return void arriving.then(() => this.move(by));
    const id = this.list.move(by);
    if (!id) return;
    const now = Date.now();
    if (now - this.#walked > PASSING) this.nears(id);
    this.#walked = now;
    if (this.#follow) clearTimeout(this.#follow);
    this.#follow = setTimeout(() => void this.open(id), FOLLOW);
  }

  /** Notes that a conversation may be opened in a moment, as a pointer rests on its row. */
  nears(id: string): void {
    if (this.thread.id !== id && this.#opening?.id !== id) this.thread.ahead.begin(id);
  }

  /**
   * Does something once the selected conversation is the one on screen, as far as it is needed, and whatever is asked for
   * meanwhile after it: a key right after `j` is meant for the row that was walked to, never for the one before.
   */
  inTurn(needed: Needed, act: () => void): void {
    this.#turns.do(act, () => this.#lacking(needed));
  }

  /** Opens the first that was found, or walks to it, once the rows are the answer to what was typed. */
  leadIntoFound(how: 'open' | 'walk'): void {
    const act = () => {
      const [first] = this.list.rows;
      if (how === 'walk') this.move(this.list.selected ? 0 : 1);
      else if (first) void this.open(first.id);
    };
    this.#turns.do(act, () => this.list.answering);
  }

  #lacking(needed: Needed): Promise<void> | null {
    if (needed === 'nothing' || this.#ended) return null;
    const { selected } = this.list;
    if (selected !== null && !this.#isSettledOn(selected)) return this.open(selected);
    return needed === 'templates' ? this.composer.choosing : null;
  }

  #isSettledOn(id: string): boolean {
    return this.thread.id === id && this.thread.status !== 'loading';
  }

  /** Selects and opens a conversation; asked for again while it opens, the same opening goes on. */
  open(id: string): Promise<void> {
    if (this.#follow) clearTimeout(this.#follow);
    this.#follow = null;
    this.list.selected = id;
    if (this.#opening?.id === id) return this.#opening.done;
    if (this.thread.id === id && this.thread.status === 'ready') {
      this.#read.came(id);
      return Promise.resolve();
    }
    const opening = { id, done: this.#open(id).finally(() => this.#opened(opening)) };
    this.#opening = opening;
    return opening.done;
  }

  #opened(opening: { id: string }): void {
    if (this.#opening === opening) this.#opening = null;
  }

  async #open(id: string): Promise<void> {
    this.composer.flush();
    // A question about one customer is never answered for another.
    this.acts.ask(null);
    this.taking.forget();
    this.toasts.turnTo(id);
    const view = await this.thread.open(id);
    if (!view) {
      if (this.thread.status === 'failed') this.composer.leave();
      return;
    }
    this.presence.go(view.id);
    this.composer.enter(view, this.thread.orderKey);
    this.#read.came(id);
    this.#place.moved();
  }

  /** Opens a conversation that was asked for from outside the page. */
  async openFromOutside(id: string): Promise<void> {
    if (!this.ready) return;
    this.sheet = null;
    const here = this.list.rows.some((row) => row.id === id);
    // Opened beside the list's being read: what is asked for next is meant for this one already.
    await Promise.all([here ? null : this.show('all'), this.open(id)]);
  }

  /** Opens a conversation that was found beside the list, which stays as it is; walking goes on from where one was. */
  async openFound(id: string): Promise<void> {
    if (!this.ready) return;
    this.sheet = null;
    this.list.stepAside();
    await this.open(id);
  }

  /** Turns keys and templates to another order of the conversation. */
  chooseOrder(orderKey: string): void {
    this.thread.orderKey = orderKey;
    this.composer.turnTo(orderKey, this.thread.view);
    this.taking.forget();
  }

  /** Hands the text over, or saves the note; tells whether it was done. */
  async send(): Promise<boolean> {
    const { composer } = this;
    const { selected } = this.list;
    if (selected !== null && !this.#isSettledOn(selected)) {
      // The field is about to be another customer's: whose text was meant is not certain.
      this.toasts.say(t('cannot.opening'), null, 'refused');
      return false;
    }
    if (composer.mode === 'received') {
      return this.#did(composer.recordAnswer(), t('composer.didReceive'));
    }
    if (composer.mode === 'note') return this.#did(composer.writeNote(), t('toast.noted'));
    const { channel } = composer;
    const name = t(`channel.${channel}`);
    const words =
      channel === 'clipboard' ? t('toast.handedOverCopy') : t('toast.handedOver', { channel: name });
    return this.#did(composer.handOver(), words);
  }

  /** Keeps a text that must not go out any more as a note. */
  async keepAsNote(): Promise<void> {
    await this.#did(this.composer.keepAsNote(), t('toast.noted'));
  }

  /** Takes back an action, the last one unless told. */
  async undo(commandId: string | null = null): Promise<void> {
    await this.done.undo(commandId);
    await this.composer.recall();
  }

  /** Changes settings. */
  async put(change: Partial<Settings>): Promise<void> {
    if (!this.boot) return;
    const before = this.boot;
    this.boot = { ...before, settings: { ...before.settings, ...change } };
    this.#speak();
    try {
      const settings = await this.host.settingsPut(this.boot.settings);
      if (!this.#ended) this.boot = { ...this.boot, settings };
    } catch {
      if (this.#ended) return;
      this.boot = before;
      this.#speak();
    }
  }

  /** Lets go of everything: what is still under way changes nothing any more. */
  end(): void {
    this.#ended = true;
    this.#turns.forget();
    this.boot = null;
    this.#read.stop();
    this.taking.forget();
    this.#place.stop();
    if (this.#follow) clearTimeout(this.#follow);
  }

  /** Called each second. */
  tick(now: number): void {
    void this.list.settleWhenIdle(now);
  }

  async #did(doing: Promise<WrittenDown | null>, words: string): Promise<boolean> {
    const written = await this.done.during(doing);
    if (!written) return false;
    this.done.did([written.commandId], words, written.backUntil);
    return true;
  }

  /** Lets go of what was chosen in the view that is left. */
  #leave(): void {
    if (this.#follow) clearTimeout(this.#follow);
    this.#follow = null;
    this.list.selected = null;
    this.bulk.picked.clear();
    this.#place.moved();
  }

  #where(): Settings['place'] | null {
    const { view, saved } = this.list.listed;
    return this.ready ? { view, saved, conversation: this.thread.id } : null;
  }

  async #returnToPlace(): Promise<void> {
    if (!this.settings) return;
    const { view, saved, conversation } = this.settings.place;
    if (saved) await this.narrowing.showSaved(saved);
    else if (view && view !== 'due') await this.narrowing.show(view);
    if (conversation && this.list.rows.some((row) => row.id === conversation)) await this.open(conversation);
  }

  #speak(): void {
    const choice = this.boot?.settings.locale ?? 'system';
    setLocale(choice === 'system' ? systemLocale(navigator.languages) : choice);
    if (this.boot) setKeys(this.boot.settings.keys, this.boot.settings.singleKeys);
  }

  async #refreshThread(): Promise<void> {
    await this.thread.refresh();
    const { id, view, status } = this.thread;
    if (status === 'none') this.composer.leave();
    else if (view) this.composer.follow(view);
    // What happens before somebody's eyes is read as well.
    if (id) this.#read.happened(id);
    await this.composer.loadChips();
  }

  async #readCounters(): Promise<void> {
    const counters: Counters | null = await this.host.counters().catch(() => null);
    if (!counters) return;
    this.counts = Object.fromEntries(counters.views.map(({ view, count }) => [view, count]));
    this.savedCounts = Object.fromEntries(counters.saved.map((one) => [one.id, one]));
  }

  async #readFreshness(): Promise<void> {
    this.freshness = await this.host.freshness().catch(() => this.freshness);
    clock.tick(Date.now());
  }

  async #readOutbox(): Promise<void> {
    this.outbox = await this.host.outbox().catch(() => this.outbox);
  }
}

export { failureText };

const KEY = Symbol('app');

/** Hands the app to the components below. */
export function provideApp(app: App): App {
  return setContext(KEY, app);
}

/** Returns the app handed down. */
export function useApp(): App {
  return getContext<App>(KEY);
}
