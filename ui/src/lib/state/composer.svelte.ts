/**
 * What is being written: a message begun from a template or freely, or a note. Drafts are saved as they are typed and never
 * cross from one conversation to another. Knows no DOM.
 */
import { hostError, type Host } from '../host';
import { locale } from '../i18n.svelte';
import { shiftMarks } from '../marks';
import type { Channel } from '../types/Channel';
import type { Draft } from '../types/Draft';
import type { Mark } from '../types/Mark';
import type { Missing } from '../types/Missing';
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
}

export class Composer {
  conversationId = $state<string | null>(null);
  orderKey = $state<string | null>(null);
  text = $state('');
  note = $state('');
  mode = $state<'message' | 'note'>('message');
  marks = $state.raw<Mark[]>([]);
  templateKey = $state<string | null>(null);
  chips = $state.raw<TemplateChip[]>([]);
  channel = $state<Channel>('whatsapp');
  saved = $state<Saved>('nothing');
  blocked = $state.raw<Blocked | null>(null);
  /** Code of what stood in the way of the last hand-over. */
  failure = $state<string | null>(null);
  busy = $state(false);
  /** Grows each time the field shall take the focus. */
  focusAsked = $state(0);

  #host: Host;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #chipsFor = '';

  constructor(host: Host) {
    this.#host = host;
  }

  /** Turns to a conversation with what was typed there before. */
  enter(id: string, orderKey: string | null, draft: Draft | null, whatsapp: boolean, email: boolean): void {
    this.flush();
    this.conversationId = id;
    this.orderKey = draft?.orderKey ?? orderKey;
    this.text = draft?.text ?? '';
    this.templateKey = draft?.templateKey ?? null;
    this.marks = [];
    this.mode = 'message';
    this.note = '';
    this.saved = draft ? 'saved' : 'nothing';
    this.blocked = null;
    this.failure = null;
    this.channel = whatsapp ? 'whatsapp' : email ? 'email' : 'clipboard';
    this.chips = [];
    this.#chipsFor = '';
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

  /** Fills the template under a key; a blocked one says what is missing instead. */
  async use(n: number): Promise<void> {
    const chip = this.chips.find((chip) => chip.key === n);
    const { conversationId, orderKey } = this;
    if (!chip || !conversationId || !orderKey) return;
    this.mode = 'message';
    this.failure = null;
    try {
      const asked = { conversationId, orderKey, templateKey: chip.templateKey, locale: locale() };
      const fill = await this.#host.fill(asked);
      if (this.conversationId !== conversationId) return;
      if (fill.result === 'blocked') {
        const instead = this.chips.find((chip) => chip.templateKey === fill.instead) ?? null;
        this.blocked = { name: chip.name, missing: fill.missing, instead };
        return;
      }
      this.blocked = null;
      this.text = fill.text;
      this.marks = fill.marks;
      this.templateKey = chip.templateKey;
      this.focusAsked += 1;
      this.#saveSoon();
    } catch (thrown) {
      this.failure = hostError(thrown).code;
    }
  }

  /** Takes in what was typed. */
  type(text: string): void {
    if (this.mode === 'note') {
      this.note = text;
      return;
    }
    this.marks = shiftMarks(this.text, text, this.marks);
    this.text = text;
    if (text === '') this.templateKey = null;
    this.failure = null;
    this.#saveSoon();
  }

  /** Turns to writing a note, or back. */
  turn(mode: 'message' | 'note'): void {
    this.mode = mode;
    this.focusAsked += 1;
  }

  /** Opens the text in the chosen channel; returns the action's id, or `null` with the reason in `failure`. */
  async handOver(): Promise<string | null> {
    const { conversationId, orderKey, templateKey, text, channel } = this;
    if (!conversationId || text.trim() === '' || this.busy) return null;
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

  /** Writes the note; returns the action's id. */
  async writeNote(): Promise<string | null> {
    const { conversationId, note } = this;
    if (!conversationId || note.trim() === '' || this.busy) return null;
    this.busy = true;
    try {
      const action = { kind: 'note' as const, body: { text: note.trim() } };
      const { commandId } = await this.#host.act({ conversationId, action });
      this.note = '';
      this.mode = 'message';
      return commandId;
    } catch (thrown) {
      this.failure = hostError(thrown).code;
      return null;
    } finally {
      this.busy = false;
    }
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
    try {
      await this.#host.saveDraft({ conversationId, text, templateKey, orderKey });
      if (this.conversationId === conversationId && this.text === text)
        this.saved = text === '' ? 'nothing' : 'saved';
    } catch {
      if (this.conversationId === conversationId) this.saved = 'failed';
    }
  }
}
