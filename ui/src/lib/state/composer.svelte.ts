/**
 * What is being written: a message begun from a template or freely, a note, or what the customer answered. Drafts are saved
 * as they are typed and never cross from one conversation to another. Knows no DOM.
 */
import { begunAtDraft, begunNow, stopOf, stopOfDraft, type Begun, type Stop } from '../chasing';
import { hostError, type Host } from '../host';
import { locale } from '../i18n.svelte';
import { shiftMarks } from '../marks';
import { mentionsIn } from '../mentions';
import type { Action } from '../types/Action';
import type { Channel } from '../types/Channel';
import type { Colleague } from '../types/Colleague';
import type { ConversationView } from '../types/ConversationView';
import type { Draft } from '../types/Draft';
import type { DraftKind } from '../types/DraftKind';
import type { Mark } from '../types/Mark';
import type { Missing } from '../types/Missing';
import type { OrderCard } from '../types/OrderCard';
import type { TemplateChip } from '../types/TemplateChip';
import type { WrittenDown } from '../types/WrittenDown';
import { Drafts } from './drafts';

/** How long typing rests before the draft is written. */
export const DRAFT_REST = 250;
export const LONGEST = 4_000;

export type Saved = 'nothing' | 'saving' | 'saved' | 'failed';

/** Tells why a template cannot be used. */
export interface Blocked {
  name: string;
  missing: Missing[];
  instead: TemplateChip | null;
  /** What it would say, for the eye only, and where its values and holes stand. */
  preview: string;
  marks: Mark[];
}

/** Lists what can be written: to the customer, to the team, or what the customer said. */
export type Mode = 'message' | 'note' | 'received';

/** Holds what a template asks before it is filled. */
export interface Prompting {
  chip: TemplateChip;
  answers: Record<string, string>;
}

export class Composer {
  conversationId = $state<string | null>(null);
  orderKey = $state<string | null>(null);
  text = $state('');
  note = $state('');
  answer = $state('');
  mode = $state<Mode>('message');
  marks = $state.raw<Mark[]>([]);
  templateKey = $state<string | null>(null);
  chips = $state.raw<TemplateChip[]>([]);
  channel = $state<Channel>('whatsapp');
  saved = $state<Saved>('nothing');
  blocked = $state.raw<Blocked | null>(null);
  /** What the chosen template asks first. */
  prompting = $state<Prompting | null>(null);
  /** What changed under the text so that it must not go out. */
  stop = $state.raw<Stop | null>(null);
  /** Who can be called in a note. */
  team = $state.raw<Colleague[]>([]);
  /** Code of what stood in the way of the last hand-over. */
  failure = $state<string | null>(null);
  busy = $state(false);
  /** Grows each time the field shall take the focus. */
  focusAsked = $state(0);

  #host: Host;
  #drafts: Drafts;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** What was typed since it was last written. */
  #unsaved = new Set<Mode>();
  #chipsFor = '';
  /** The reading of the templates that lie under the keys, until they are the order's. */
  #choosing: Promise<void> | null = null;
  /** How each order stood when the text was first about it. */
  #begun = new Map<string, Begun>();
  #view: ConversationView | null = null;
  /** Notes and answers begun in other conversations. */
  #put = new Map<string, { mode: Mode; note: string; answer: string }>();

  constructor(host: Host) {
    this.#host = host;
    this.#drafts = new Drafts(host);
  }

  /** Returns what is in the field. */
  get current(): string {
    return this.#typed(this.mode);
  }

  /** Returns what to wait for until the templates under the keys are the order's; `null` once they are. */
  get choosing(): Promise<void> | null {
    return this.#choosing;
  }

  #typed(mode: Mode): string {
    return { message: this.text, note: this.note, received: this.answer }[mode];
  }

  /** Turns to a conversation with what was typed there before. */
  enter(view: ConversationView, orderKey: string | null): void {
    this.leave();
    const { person } = view;
    const begun = this.#put.get(view.id);
    const typed = (kind: DraftKind) => this.#drafts.newest(view.id, kind)?.text;
    this.conversationId = view.id;
    this.orderKey = orderKey;
    this.note = begun?.note || (typed('note') ?? view.begunNote ?? '');
    this.answer = begun?.answer || (typed('answer') ?? view.begunAnswer ?? '');
    this.channel = person.whatsapp ? 'whatsapp' : person.email !== null ? 'email' : 'clipboard';
    this.#resume(view);
    this.mode = begun?.mode ?? this.#begunMode();
    this.saved = this.current === '' ? 'nothing' : 'saved';
    if (this.mode === 'note') void this.#readTeam();
    void this.loadChips();
  }

  /** Leaves the conversation; what was typed there is kept. */
  leave(): void {
    this.flush();
    this.#putAside();
    this.conversationId = null;
    this.orderKey = null;
    this.#view = null;
    this.mode = 'message';
    this.text = '';
    this.note = '';
    this.answer = '';
    this.marks = [];
    this.templateKey = null;
    this.saved = 'nothing';
    this.stop = null;
    this.#begun.clear();
    this.blocked = null;
    this.prompting = null;
    this.failure = null;
    this.chips = [];
    this.#chipsFor = '';
    this.#choosing = null;
  }

  /** Returns what was being written when all that is known of it is on disk. */
  #begunMode(): Mode {
    if (this.text !== '') return 'message';
    return this.note !== '' ? 'note' : this.answer !== '' ? 'received' : 'message';
  }

  /** Takes a text that came back, as one that was taken back does, unless something was typed since. */
  async recall(): Promise<void> {
    // What came back elsewhere is on the host; what is remembered here of having sent it is not true any more.
    for (const [id, { note, answer }] of this.#put) if (!note || !answer) this.#put.delete(id);
    const { conversationId } = this;
    if (!conversationId) return;
    const view = await this.#host.conversation(conversationId).catch(() => null);
    if (!view || this.conversationId !== view.id) return;
    if (this.note === '') this.note = view.begunNote ?? '';
    if (this.answer === '') this.answer = view.begunAnswer ?? '';
    if (!view.draft || this.text !== '') return;
    this.#resume(view);
    await this.loadChips();
  }

  #resume(view: ConversationView): void {
    const draft = this.#newest(view);
    this.#view = view;
    this.orderKey = draft?.orderKey ?? this.orderKey;
    this.text = draft?.text ?? '';
    this.templateKey = draft?.templateKey ?? null;
    this.marks = [];
    this.saved = draft ? 'saved' : 'nothing';
    this.#begun.clear();
    const order = this.#order();
    const begun = draft ? begunAtDraft(order, draft) : null;
    if (order && begun) this.#begun.set(order.orderKey, begun);
    this.stop = (draft && stopOfDraft(order, draft)) ?? stopOf(order, begun);
  }

  /** Returns the draft as it was typed last, which the host may not have written yet. */
  #newest(view: ConversationView): Draft | null {
    const saving = this.#drafts.newest(view.id, 'message');
    if (!saving) return view.draft;
    if (saving.text === '') return null;
    const { text, templateKey, orderKey } = saving;
    return { ...(view.draft ?? { savedAt: Infinity, stop: null }), text, templateKey, orderKey };
  }

  /** Keeps a note or an answer that was begun, for when one comes back. */
  #putAside(): void {
    const { conversationId, mode, note, answer } = this;
    if (!conversationId) return;
    if (note === '' && answer === '') this.#put.delete(conversationId);
    else this.#put.set(conversationId, { mode, note, answer });
  }

  /** Takes in how the conversation stands now; a text that makes no sense any more is stopped. */
  follow(view: ConversationView): void {
    if (view.id !== this.conversationId) return;
    this.#view = view;
    if (this.text.trim() === '') return;
    for (const order of view.orders) this.stop ??= stopOf(order, this.#begun.get(order.orderKey) ?? null);
  }

  /** Turns to another order; what is being written is about that one too, and what stopped it still does. */
  turnTo(orderKey: string, view: ConversationView | null): void {
    this.orderKey = orderKey;
    this.prompting = null;
    this.blocked = null;
    if (view) this.#view = view;
    if (this.text !== '') this.#beginAbout(this.#order());
    void this.loadChips();
  }

  /** Remembers how an order stands now that the text is about it. */
  #beginAbout(order: OrderCard | null): void {
    if (order && !this.#begun.has(order.orderKey)) this.#begun.set(order.orderKey, begunNow(order));
  }

  /** Forgets what the text was about; one that is begun now is about the order in hand. */
  #beginAnew(): void {
    this.stop = null;
    this.#begun.clear();
    this.#beginAbout(this.#order());
  }

  /** Reads which templates lie under the keys now; called again when the order changes. */
  async loadChips(): Promise<void> {
    const { conversationId, orderKey } = this;
    if (!conversationId || !orderKey) {
      this.chips = [];
      this.#choosing = null;
      return;
    }
    const asked = `${conversationId} ${orderKey}`;
    const isNew = this.#chipsFor !== asked;
    this.#chipsFor = asked;
    const reading = this.#readChips(asked, conversationId, orderKey);
    // Those read anew for the same order are no reason to wait: the ones on screen are its own.
    if (isNew) this.#choosing = reading;
    await reading;
    if (this.#choosing === reading) this.#choosing = null;
  }

  async #readChips(asked: string, conversationId: string, orderKey: string): Promise<void> {
    const chips = await this.#host
      .templates({ conversationId, orderKey, locale: locale() })
      .catch((): TemplateChip[] => []);
    if (this.#chipsFor === asked) this.chips = chips;
  }

  /** Fills the template under a key; one with prompts asks first, a blocked one says what is missing instead. */
  async use(n: number): Promise<void> {
    const chip = this.chips.find((chip) => chip.key === n);
    if (chip) await this.#take(chip);
  }

  /** Fills a template that was found by its name, likewise. */
  async useNamed(templateKey: string): Promise<void> {
    const chip = this.chips.find((chip) => chip.templateKey === templateKey);
    if (chip) await this.#take(chip);
  }

  async #take(chip: TemplateChip): Promise<void> {
    this.mode = 'message';
    this.failure = null;
    this.blocked = null;
    if (chip.prompts.length > 0 && chip.fills) {
      this.prompting = { chip, answers: Object.fromEntries(chip.prompts.map((prompt) => [prompt, ''])) };
      return;
    }
    this.prompting = null;
    await this.#fill(chip, {});
  }

  /** Fills the template whose prompts were answered; tells whether nothing is left to answer. */
  async answerPrompts(): Promise<boolean> {
    const { prompting } = this;
    if (!prompting) return true;
    const { chip, answers } = prompting;
    if (chip.prompts.some((prompt) => (answers[prompt] ?? '').trim() === '')) return false;
    this.prompting = null;
    await this.#fill(chip, { ...answers });
    return true;
  }

  async #fill(chip: TemplateChip, answers: Record<string, string>): Promise<void> {
    const { conversationId, orderKey } = this;
    if (!conversationId || !orderKey) return;
    try {
      const asked = { conversationId, orderKey, templateKey: chip.templateKey, locale: locale(), answers };
      const fill = await this.#host.fill(asked);
      if (this.conversationId !== conversationId || this.orderKey !== orderKey) return;
      if (fill.result === 'blocked') {
        const instead = this.chips.find((chip) => chip.templateKey === fill.instead) ?? null;
        const { missing, preview, marks } = fill;
        this.blocked = { name: chip.name, missing, instead, preview, marks };
        if (this.text.startsWith('/')) this.type('');
        return;
      }
      this.text = fill.text;
      this.marks = fill.marks;
      this.templateKey = chip.templateKey;
      this.#beginAnew();
      this.focusAsked += 1;
      this.#saveSoon('message');
    } catch (thrown) {
      if (this.conversationId === conversationId) this.failure = hostError(thrown).code;
    }
  }

  /** Takes in what was typed. */
  type(text: string): void {
    if (this.mode === 'note') this.note = text;
    else if (this.mode === 'received') this.answer = text;
    else return this.#write(text);
    this.failure = null;
    this.#saveSoon(this.mode);
  }

  #write(text: string): void {
    if (this.text === '') this.#beginAnew();
    this.marks = shiftMarks(this.text, text, this.marks);
    this.text = text;
    if (text === '') {
      this.templateKey = null;
      this.stop = null;
      this.#begun.clear();
    }
    this.failure = null;
    this.#saveSoon('message');
  }

  /** Turns to writing something else, or back. */
  turn(mode: Mode): void {
    this.mode = mode;
    this.prompting = null;
    this.failure = null;
    this.saved = this.current === '' ? 'nothing' : this.#unsaved.has(mode) ? 'saving' : 'saved';
    this.focusAsked += 1;
    if (mode === 'note') void this.#readTeam();
  }

  /** Drops a text that was stopped. */
  discard(): void {
    this.#empty();
  }

  /** Keeps a text that was stopped as a note for the team. */
  async keepAsNote(): Promise<WrittenDown | null> {
    return this.#leaves('message', (conversationId, text) =>
      this.#act(conversationId, { kind: 'note', body: { text: text.trim() } }),
    );
  }

  /** Opens the text in the chosen channel; the reason why not is in `failure`. */
  async handOver(): Promise<WrittenDown | null> {
    const { orderKey, templateKey, channel } = this;
    if (this.text.trim() === '' || this.stop) return null;
    return this.#leaves('message', (conversationId, text) =>
      this.#host.handOver({ conversationId, orderKey, templateKey, text, channel }),
    );
  }

  /** Writes the note, for those it calls too. */
  async writeNote(): Promise<WrittenDown | null> {
    const text = this.note.trim();
    if (text === '') return null;
    const mentions = [...new Set(mentionsIn(text, this.team).map(({ id }) => id))];
    const body = mentions.length > 0 ? { text, mentions } : { text };
    return this.#leaves('note', (conversationId) => this.#act(conversationId, { kind: 'note', body }));
  }

  /** Records that the customer answered, with what was said where it was written down. */
  async recordAnswer(): Promise<WrittenDown | null> {
    const { channel } = this;
    return this.#leaves('received', (conversationId, text) =>
      this.#act(conversationId, { kind: 'message.received', body: { channel, text: text.trim() } }),
    );
  }

  #act(conversationId: string, action: Action): Promise<WrittenDown> {
    return this.#host.act({ conversationId, action });
  }

  /** Lets what was typed leave its field, and empties that one: the same conversation's, and only of what left. */
  async #leaves(
    mode: Mode,
    act: (conversationId: string, text: string) => Promise<WrittenDown>,
  ): Promise<WrittenDown | null> {
    const { conversationId } = this;
    const text = this.#typed(mode);
    if (!conversationId || this.busy) return null;
    this.busy = true;
    this.failure = null;
    // What is on its way out is on the disk first: a cut meanwhile costs no letter.
    this.flush();
    try {
      const written = await act(conversationId, text);
      if (this.conversationId === conversationId) this.#left(mode, text);
      else this.#leftBehind(conversationId, mode, text);
      return written;
    } catch (thrown) {
      if (this.conversationId === conversationId) this.failure = hostError(thrown).code;
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** Empties a field of what left it; what was typed on meanwhile stays. */
  #left(mode: Mode, text: string): void {
    if (this.#typed(mode) !== text) return;
    if (mode === 'message') return this.#empty();
    if (mode === 'note') this.note = '';
    else this.answer = '';
    this.#unsaved.add(mode);
    this.#saveNow();
    if (this.mode === mode) this.mode = 'message';
  }

  /** Lets go of what left a conversation that is not the one on screen any more, so that it is not found there again. */
  #leftBehind(conversationId: string, mode: Mode, text: string): void {
    const begun = this.#put.get(conversationId);
    if (begun && mode !== 'message') {
      const part = mode === 'note' ? 'note' : 'answer';
      if (begun[part] !== text) return;
      this.#put.set(conversationId, { ...begun, mode: 'message', [part]: '' });
    }
    void this.#drafts.save({ conversationId, kind: KIND[mode], text: '', templateKey: null, orderKey: null });
  }

  async #readTeam(): Promise<void> {
    this.team = await this.#host.members().catch(() => this.team);
  }

  /** Returns the order that the text is about. */
  #order(): OrderCard | null {
    const orders = this.#view?.orders ?? [];
    return orders.find((order) => order.orderKey === this.orderKey) ?? orders[0] ?? null;
  }

  /** Writes at once what waits to be written. */
  flush(): void {
    if (this.#timer === null) return;
    this.#saveNow();
  }

  #empty(): void {
    this.text = '';
    this.marks = [];
    this.templateKey = null;
    this.stop = null;
    this.#begun.clear();
    this.failure = null;
    this.saved = 'nothing';
    this.#unsaved.add('message');
    this.#saveNow();
  }

  #saveSoon(mode: Mode): void {
    this.saved = this.#typed(mode) === '' ? 'nothing' : 'saving';
    this.#unsaved.add(mode);
    // A running timer is left alone: a fast typist's draft is written at this pace, not after the last key.
    this.#timer ??= setTimeout(() => this.#saveNow(), DRAFT_REST);
  }

  #saveNow(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const mode of this.#unsaved) void this.#save(mode);
    this.#unsaved.clear();
  }

  async #save(mode: Mode): Promise<void> {
    const { conversationId } = this;
    if (!conversationId) return;
    const text = this.#typed(mode);
    const about =
      mode === 'message'
        ? { templateKey: this.templateKey, orderKey: this.orderKey }
        : { templateKey: null, orderKey: null };
    const kept = await this.#drafts.save({ conversationId, kind: KIND[mode], text, ...about });
    if (this.conversationId !== conversationId || this.mode !== mode || this.#typed(mode) !== text) return;
    this.saved = !kept ? 'failed' : text === '' ? 'nothing' : 'saved';
  }
}

/** What the host calls what is being written. */
const KIND: Record<Mode, DraftKind> = { message: 'message', note: 'note', received: 'answer' };
