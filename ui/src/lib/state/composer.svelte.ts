/**
 * What is being written: a message begun from a template or freely, a note, or what the customer answered. Drafts are saved
 * as they are typed and never cross from one conversation to another. Knows no DOM.
 */
import type { Stop } from '../chasing';
import { hostError, type Host } from '../host';
import { locale } from '../i18n.svelte';
import { editOf, shiftMarks } from '../marks';
import { mentionsIn } from '../mentions';
import { TakenBack } from '../taken_back';
import type { VariableName } from '../templates';
import type { Action } from '../types/Action';
import type { Channel } from '../types/Channel';
import type { Colleague } from '../types/Colleague';
import type { ConversationView } from '../types/ConversationView';
import type { DraftKind } from '../types/DraftKind';
import type { Mark } from '../types/Mark';
import type { OrderCard } from '../types/OrderCard';
import type { SaleValue } from '../types/SaleValue';
import type { TemplateChip } from '../types/TemplateChip';
import type { WrittenDown } from '../types/WrittenDown';
import { Aside } from './aside';
import { AtHand, type About } from './at_hand.svelte';
import { doneBefore, eachMode, KIND, withValue } from './composing';
import type { Blocked, Mode, Prompting, Saved, Written } from './composing';
import { Drafts } from './drafts';
import { Known } from './known.svelte';
import { Pace } from './pace';
import { Standing } from './standing.svelte';

export const LONGEST = 4_000;

export class Composer {
  conversationId = $state<string | null>(null);
  orderKey = $state<string | null>(null);
  text = $state('');
  note = $state('');
  answer = $state('');
  mode = $state<Mode>('message');
  marks = $state.raw<Mark[]>([]);
  templateKey = $state<string | null>(null);
  channel = $state<Channel>('whatsapp');
  saved = $state<Saved>('nothing');
  blocked = $state.raw<Blocked | null>(null);
  /** What the chosen template asks first. */
  prompting = $state<Prompting | null>(null);
  /** Code of what stood in the way of the last hand-over. */
  failure = $state<string | null>(null);
  /** Who did it before, and when, where that is why not. */
  about = $state.raw<{ who: string; when: string } | null>(null);
  busy = $state(false);
  /** Grows each time the field shall take the focus. */
  focusAsked = $state(0);

  #host: Host;
  #drafts: Drafts;
  #pace = new Pace((mode) => void this.#save(mode));
  readonly atHand: AtHand;
  /** Who can be called in a note. */
  readonly colleagues: Known<Colleague[]>;
  #standing = new Standing();
  #view: ConversationView | null = null;
  /** What was in each field before, while its conversation is on screen. */
  #before = eachMode(() => new TakenBack<Written>());
  #aside = new Aside();
  /** The step that the text was prepared for. */
  #step: { orderKey: string; templateKey: string } | null = null;

  constructor(host: Host) {
    this.#host = host;
    this.#drafts = new Drafts(host);
    this.atHand = new AtHand(host);
    this.colleagues = new Known<Colleague[]>([], () => host.members());
  }

  /** Returns what is in the field. */
  get current(): string {
    return this.#typed(this.mode);
  }

  /** Returns what to wait for until the templates under the keys are the order's; `null` once they are. */
  get choosing(): Promise<void> | null {
    return this.atHand.choosing;
  }

  /** Returns the order's templates, those under keys first. */
  get chips(): TemplateChip[] {
    return this.atHand.chips;
  }

  /** Returns what variables are for the order, as they were read last. */
  get values(): SaleValue[] {
    return this.atHand.values;
  }

  /** Returns what changed under the text so that it must not go out. */
  get stop(): Stop | null {
    return this.#standing.stop;
  }

  #typed(mode: Mode): string {
    return { message: this.text, note: this.note, received: this.answer }[mode];
  }

  /** Turns to a conversation with what was typed there before. */
  enter(view: ConversationView, orderKey: string | null): void {
    this.leave();
    const { person } = view;
    const begun = this.#aside.begun(view.id);
    const typed = (kind: DraftKind) => this.#drafts.newest(view.id, kind)?.text;
    this.conversationId = view.id;
    this.orderKey = orderKey;
    this.note = begun?.note || (typed('note') ?? view.begunNote ?? '');
    this.answer = begun?.answer || (typed('answer') ?? view.begunAnswer ?? '');
    this.channel = person.whatsapp ? 'whatsapp' : person.email !== null ? 'email' : 'clipboard';
    this.#resume(view);
    this.mode = begun?.mode ?? this.#begunMode();
    this.saved = this.current === '' ? 'nothing' : 'saved';
    if (this.mode === 'note') void this.colleagues.read();
    void this.loadChips();
  }

  /** Leaves the conversation; what was typed there is kept. */
  leave(): void {
    this.flush();
    if (this.conversationId) this.#aside.put(this.conversationId, this);
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
    this.#standing.clear();
    this.blocked = null;
    this.prompting = null;
    this.failure = null;
    this.atHand.clear();
    for (const before of Object.values(this.#before)) before.clear();
  }

  /** Returns what was being written when all that is known of it is on disk. */
  #begunMode(): Mode {
    if (this.text !== '') return 'message';
    return this.note !== '' ? 'note' : this.answer !== '' ? 'received' : 'message';
  }

  /** Takes a text that came back, as one that was taken back does, unless something was typed since. */
  async recall(): Promise<void> {
    this.#aside.recalled();
    const { conversationId } = this;
    if (!conversationId) return;
    const view = await this.#host.conversation(conversationId).catch(() => null);
    if (!view || this.conversationId !== view.id) return;
    if (this.note === '') this.note = view.begunNote ?? '';
    if (this.answer === '') this.answer = view.begunAnswer ?? '';
    if (!view.draft || this.text !== '') return;
    this.#before.message.clear();
    this.#resume(view);
    await this.loadChips();
  }

  #resume(view: ConversationView): void {
    const draft = this.#drafts.of(view);
    this.#view = view;
    this.orderKey = draft?.orderKey ?? this.orderKey;
    this.text = draft?.text ?? '';
    this.templateKey = draft?.templateKey ?? null;
    this.marks =
      this.#aside.marks(view.id, this.text) ?? (draft && view.draft?.text === draft.text ? draft.marks : []);
    this.saved = draft ? 'saved' : 'nothing';
    this.#standing.resume(this.#order(), draft);
  }

  /** Takes in how the conversation stands now; a text that makes no sense any more is stopped. */
  follow(view: ConversationView): void {
    if (view.id !== this.conversationId) return;
    this.#view = view;
    if (this.text.trim() !== '') this.#standing.follow(view);
  }

  /** Turns to another order; what is being written is about that one too, and what stopped it still does. */
  turnTo(orderKey: string, view: ConversationView | null): void {
    this.orderKey = orderKey;
    this.prompting = null;
    this.blocked = null;
    if (view) this.#view = view;
    if (this.text !== '') this.#standing.beginAbout(this.#order());
    void this.loadChips();
  }

  /** Reads which templates lie under the keys now; called again when the order changes. */
  async loadChips(): Promise<void> {
    await this.atHand.read(this.#about());
  }

  /** Reads what the variables are for the order at this moment. */
  async readValues(): Promise<void> {
    const about = this.#about();
    if (about) await this.atHand.readValues(about);
  }

  #about(): About | null {
    const { conversationId, orderKey } = this;
    return conversationId && orderKey ? { conversationId, orderKey } : null;
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

  /** Takes up the step that is due for the order, once nobody else can, and fills its template. */
  async takeStep(): Promise<void> {
    const { conversationId, orderKey } = this;
    if (!conversationId || !orderKey || this.busy) return;
    this.busy = true;
    this.failure = null;
    try {
      const templateKey = await this.#host.stepTake({ conversationId, orderKey });
      await this.choosing;
      if (this.conversationId !== conversationId || this.orderKey !== orderKey) return;
      if (!this.chips.some((chip) => chip.templateKey === templateKey)) {
        this.failure = 'no_step_template';
        return;
      }
      await this.useNamed(templateKey);
      this.#step = { orderKey, templateKey };
    } catch (thrown) {
      if (this.conversationId === conversationId) this.failure = hostError(thrown).code;
    } finally {
      this.busy = false;
    }
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
      this.#before.message.replaced(this.#written('message'));
      this.text = fill.text;
      this.marks = fill.marks;
      this.templateKey = chip.templateKey;
      this.#standing.beginAnew(this.#order());
      this.focusAsked += 1;
      this.#saveSoon('message');
    } catch (thrown) {
      if (this.conversationId === conversationId) this.failure = hostError(thrown).code;
    }
  }

  /** Puts the value of a variable in place of a stretch of the text; returns where the caret goes, `null` without a value. */
  insertValue(start: number, end: number, variable: VariableName): number | null {
    const value = this.values.find((one) => one.variable === variable)?.value ?? null;
    if (value === null) return null;
    const next = withValue(this, { start, end }, variable, value);
    this.#before.message.replaced(this.#written('message'));
    this.text = next.text;
    this.marks = next.marks;
    this.#saveSoon('message');
    return next.to;
  }

  /** Takes back what was last done to the text, or makes it again; returns where the caret goes, `null` where nothing was. */
  turnBack(forth = false): number | null {
    const { mode } = this;
    const [before, now] = [this.#before[mode], this.#written(mode)];
    const then = forth ? before.forth(now) : before.back(now);
    if (!then) return null;
    if (mode === 'note') this.note = then.text;
    else if (mode === 'received') this.answer = then.text;
    else this.#rewrite(then);
    this.failure = null;
    this.#saveSoon(mode);
    return editOf(now.text, then.text).now;
  }

  #rewrite({ text, marks, templateKey, stood }: Written): void {
    this.text = text;
    this.marks = marks;
    this.templateKey = templateKey;
    this.blocked = null;
    this.#standing.restore(stood);
    if (text !== '') this.#standing.beginAbout(this.#order());
    // What happened while the text was another one counts for this one.
    if (this.#view) this.follow(this.#view);
  }

  /** Returns what is in a field with all that belongs to it. */
  #written(mode: Mode): Written {
    const { marks, templateKey } = this;
    return { text: this.#typed(mode), marks, templateKey, stood: this.#standing.kept() };
  }

  /** Takes in what was typed. */
  type(text: string): void {
    if (text !== this.current) this.#before[this.mode].typed(this.#written(this.mode), text);
    if (this.mode === 'note') this.note = text;
    else if (this.mode === 'received') this.answer = text;
    else return this.#write(text);
    this.failure = null;
    this.#saveSoon(this.mode);
  }

  #write(text: string): void {
    if (this.text === '') this.#standing.beginAnew(this.#order());
    this.marks = shiftMarks(this.text, text, this.marks);
    this.text = text;
    if (text === '') {
      this.templateKey = null;
      this.#standing.clear();
    }
    this.failure = null;
    this.#saveSoon('message');
  }

  /** Turns to writing something else, or back. */
  turn(mode: Mode): void {
    this.mode = mode;
    this.prompting = null;
    this.failure = null;
    this.saved = this.current === '' ? 'nothing' : this.#pace.waits(mode) ? 'saving' : 'saved';
    this.focusAsked += 1;
    if (mode === 'note') void this.colleagues.read();
  }

  /** Drops a text that was stopped. */
  discard(): void {
    this.#before.message.replaced(this.#written('message'));
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
    const step = this.#step?.orderKey === orderKey && this.#step.templateKey === templateKey;
    const written = await this.#leaves('message', (conversationId, text) =>
      this.#host.handOver({ conversationId, orderKey, templateKey, text, channel, step }),
    );
    if (written) this.#step = null;
    return written;
  }

  /** Writes the note, for those it calls too. */
  async writeNote(): Promise<WrittenDown | null> {
    const text = this.note.trim();
    if (text === '') return null;
    const mentions = [...new Set(mentionsIn(text, this.colleagues.is).map(({ id }) => id))];
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
      const { code, problems } = hostError(thrown);
      if (this.conversationId === conversationId) [this.failure, this.about] = [code, doneBefore(problems)];
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** Empties a field of what left it; what was typed on meanwhile stays. */
  #left(mode: Mode, text: string): void {
    if (this.#typed(mode) !== text) return;
    this.#before[mode].clear();
    if (mode === 'message') return this.#empty();
    if (mode === 'note') this.note = '';
    else this.answer = '';
    this.#pace.now(mode);
    if (this.mode === mode) this.mode = 'message';
  }

  /** Lets go of what left a conversation that is not the one on screen any more, so that it is not found there again. */
  #leftBehind(conversationId: string, mode: Mode, text: string): void {
    if (mode !== 'message' && !this.#aside.left(conversationId, mode === 'note' ? 'note' : 'answer', text))
      return;
    void this.#drafts.save({ conversationId, kind: KIND[mode], text: '', templateKey: null, orderKey: null });
  }

  /** Returns the order that the text is about. */
  #order(): OrderCard | null {
    const orders = this.#view?.orders ?? [];
    return orders.find((order) => order.orderKey === this.orderKey) ?? orders[0] ?? null;
  }

  /** Writes at once what waits to be written. */
  flush(): void {
    this.#pace.flush();
  }

  #empty(): void {
    this.text = '';
    this.marks = [];
    this.templateKey = null;
    this.#standing.clear();
    this.failure = null;
    this.saved = 'nothing';
    this.#pace.now('message');
  }

  #saveSoon(mode: Mode): void {
    this.saved = this.#typed(mode) === '' ? 'nothing' : 'saving';
    this.#pace.soon(mode);
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
