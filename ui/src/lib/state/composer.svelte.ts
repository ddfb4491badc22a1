/**
 * What is being written: a message begun from a template or freely, a note, or what the customer answered. Drafts are saved
 * as they are typed and never cross from one conversation to another. Knows no DOM.
 */
import { groupAtDraft, stopOf, stopOfDraft, type Stop } from '../chasing';
import { hostError, type Host } from '../host';
import { locale } from '../i18n.svelte';
import { shiftMarks } from '../marks';
import { mentionsIn } from '../mentions';
import type { Action } from '../types/Action';
import type { Channel } from '../types/Channel';
import type { Colleague } from '../types/Colleague';
import type { ConversationView } from '../types/ConversationView';
import type { Draft } from '../types/Draft';
import type { DraftAsked } from '../types/DraftAsked';
import type { Mark } from '../types/Mark';
import type { Missing } from '../types/Missing';
import type { OrderCard } from '../types/OrderCard';
import type { StageGroup } from '../types/StageGroup';
import type { TemplateChip } from '../types/TemplateChip';

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
  #timer: ReturnType<typeof setTimeout> | null = null;
  #chipsFor = '';
  /** How the order stood when the text was begun. */
  #begunIn: StageGroup | null = null;
  #order: OrderCard | null = null;
  /** Drafts on their way to the host, by conversation: newer than what the host tells of it. */
  #saving = new Map<string, DraftAsked>();
  /** Notes and answers begun in other conversations. */
  #put = new Map<string, { mode: Mode; note: string; answer: string }>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Returns what is in the field. */
  get current(): string {
    return { message: this.text, note: this.note, received: this.answer }[this.mode];
  }

  /** Turns to a conversation with what was typed there before. */
  enter(view: ConversationView, orderKey: string | null): void {
    this.flush();
    this.#putAside();
    const { person } = view;
    const begun = this.#put.get(view.id);
    this.conversationId = view.id;
    this.orderKey = orderKey;
    this.mode = begun?.mode ?? 'message';
    this.note = begun?.note ?? '';
    this.answer = begun?.answer ?? '';
    this.blocked = null;
    this.prompting = null;
    this.failure = null;
    this.channel = person.whatsapp ? 'whatsapp' : person.email !== null ? 'email' : 'clipboard';
    this.chips = [];
    this.#chipsFor = '';
    this.#resume(view);
    if (this.mode === 'note') void this.#readTeam();
    void this.loadChips();
  }

  /** Takes a text that came back, as one whose hand-over was taken back does, unless something was typed since. */
  async recall(): Promise<void> {
    const { conversationId } = this;
    if (!conversationId || this.text !== '') return;
    const view = await this.#host.conversation(conversationId).catch(() => null);
    if (!view?.draft || this.conversationId !== view.id || this.text !== '') return;
    this.#resume(view);
    await this.loadChips();
  }

  #resume(view: ConversationView): void {
    const draft = this.#newest(view);
    this.orderKey = draft?.orderKey ?? this.orderKey;
    this.text = draft?.text ?? '';
    this.templateKey = draft?.templateKey ?? null;
    this.marks = [];
    this.saved = draft ? 'saved' : 'nothing';
    this.#order = this.#orderIn(view);
    this.#begunIn = draft ? groupAtDraft(this.#order, draft) : null;
    this.stop = (draft && stopOfDraft(this.#order, draft)) ?? stopOf(this.#order, this.#begunIn);
  }

  /** Returns the draft as it was typed last, which the host may not have written yet. */
  #newest(view: ConversationView): Draft | null {
    const saving = this.#saving.get(view.id);
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
    this.#order = this.#orderIn(view);
    if (this.text.trim() !== '') this.stop ??= stopOf(this.#order, this.#begunIn);
  }

  /** Turns to another order; what is being written is about that one from now on. */
  turnTo(orderKey: string, view: ConversationView | null): void {
    this.orderKey = orderKey;
    this.prompting = null;
    this.blocked = null;
    if (view) this.#order = this.#orderIn(view);
    this.#begunIn = this.text === '' ? null : (this.#order?.group ?? null);
    this.stop = null;
    void this.loadChips();
  }

  /** Reads which templates lie under the keys now; called again when the order changes. */
  async loadChips(): Promise<void> {
    const { conversationId, orderKey } = this;
    if (!conversationId || !orderKey) {
      this.chips = [];
      return;
    }
    const asked = `${conversationId} ${orderKey}`;
    this.#chipsFor = asked;
    try {
      const chips = await this.#host.templates({ conversationId, orderKey, locale: locale() });
      if (this.#chipsFor === asked) this.chips = chips;
    } catch {
      if (this.#chipsFor === asked) this.chips = [];
    }
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
      if (this.conversationId !== conversationId) return;
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
      this.stop = null;
      this.#begunIn = this.#order?.group ?? null;
      this.focusAsked += 1;
      this.#saveSoon();
    } catch (thrown) {
      this.failure = hostError(thrown).code;
    }
  }

  /** Takes in what was typed. */
  type(text: string): void {
    if (this.mode === 'note') this.note = text;
    else if (this.mode === 'received') this.answer = text;
    else this.#write(text);
  }

  #write(text: string): void {
    if (this.text === '') this.#begunIn = this.#order?.group ?? null;
    this.marks = shiftMarks(this.text, text, this.marks);
    this.text = text;
    if (text === '') {
      this.templateKey = null;
      this.stop = null;
    }
    this.failure = null;
    this.#saveSoon();
  }

  /** Turns to writing something else, or back. */
  turn(mode: Mode): void {
    this.mode = mode;
    this.prompting = null;
    this.failure = null;
    this.focusAsked += 1;
    if (mode === 'note') void this.#readTeam();
  }

  /** Drops a text that was stopped. */
  discard(): void {
    this.#empty();
  }

  /** Keeps a text that was stopped as a note for the team; returns the action's id. */
  async keepAsNote(): Promise<string | null> {
    const { text } = this;
    const commandId = await this.#act({ kind: 'note', body: { text: text.trim() } });
    if (commandId) this.#empty();
    return commandId;
  }

  /** Opens the text in the chosen channel; returns the action's id, or `null` with the reason in `failure`. */
  async handOver(): Promise<string | null> {
    const { conversationId, orderKey, templateKey, text, channel } = this;
    if (!conversationId || text.trim() === '' || this.busy || this.stop) return null;
    this.busy = true;
    this.failure = null;
    try {
      const { commandId } = await this.#host.handOver({
        conversationId,
        orderKey,
        templateKey,
        text,
        channel,
      });
      if (this.conversationId === conversationId) this.#empty();
      return commandId;
    } catch (thrown) {
      if (this.conversationId === conversationId) this.failure = hostError(thrown).code;
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** Writes the note, for those it calls too; returns the action's id. */
  async writeNote(): Promise<string | null> {
    const text = this.note.trim();
    if (text === '') return null;
    const mentions = [...new Set(mentionsIn(text, this.team).map(({ id }) => id))];
    const body = mentions.length > 0 ? { text, mentions } : { text };
    const commandId = await this.#act({ kind: 'note', body });
    if (commandId === null) return null;
    this.note = '';
    this.mode = 'message';
    return commandId;
  }

  /** Records that the customer answered, with what was said where it was written down; returns the action's id. */
  async recordAnswer(): Promise<string | null> {
    const body = { channel: this.channel, text: this.answer.trim() };
    const commandId = await this.#act({ kind: 'message.received', body });
    if (commandId === null) return null;
    this.answer = '';
    this.mode = 'message';
    return commandId;
  }

  async #act(action: Action): Promise<string | null> {
    const { conversationId } = this;
    if (!conversationId || this.busy) return null;
    this.busy = true;
    this.failure = null;
    try {
      return (await this.#host.act({ conversationId, action })).commandId;
    } catch (thrown) {
      if (this.conversationId === conversationId) this.failure = hostError(thrown).code;
      return null;
    } finally {
      this.busy = false;
    }
  }

  async #readTeam(): Promise<void> {
    this.team = await this.#host.members().catch(() => this.team);
  }

  #orderIn(view: ConversationView): OrderCard | null {
    return view.orders.find((order) => order.orderKey === this.orderKey) ?? view.orders[0] ?? null;
  }

  /** Writes the draft now if one waits to be written. */
  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    void this.#save();
  }

  #empty(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.text = '';
    this.marks = [];
    this.templateKey = null;
    this.stop = null;
    this.failure = null;
    this.saved = 'nothing';
    void this.#save();
  }

  #saveSoon(): void {
    this.saved = this.text === '' ? 'nothing' : 'saving';
    // A running timer is left alone: a fast typist's draft is written at this pace, not after the last key.
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#save();
    }, DRAFT_REST);
  }

  async #save(): Promise<void> {
    const { conversationId, text, templateKey, orderKey } = this;
    if (!conversationId) return;
    const asked = { conversationId, text, templateKey, orderKey };
    this.#saving.set(conversationId, asked);
    try {
      await this.#host.saveDraft(asked);
      if (this.conversationId === conversationId && this.text === text)
        this.saved = text === '' ? 'nothing' : 'saved';
    } catch {
      if (this.conversationId === conversationId) this.saved = 'failed';
    } finally {
      if (this.#saving.get(conversationId) === asked) this.#saving.delete(conversationId);
    }
  }
}
