/** What is done at the invented desk: actions with their way back, hand-overs, copies, drafts. */
import { HostError, type CopyWhat, type Host } from '../host';
import type { Action } from '../types/Action';
import type { BulkPreview } from '../types/BulkPreview';
import type { WrittenDown } from '../types/WrittenDown';
import type { FakeDesk } from './desk';
import { handlingOf, lay, stays } from './handling';
import { codeOf } from './moved';
import { FakeOutbox } from './outbox';
import { decide, settle } from './persons';
import { ME, type Conversation } from './world';

type Decision = Extract<Action, { kind: 'merge' | 'unmerge' | 'keep_apart' }>;

export class FakeActing {
  copiedTexts: string[] = [];
  /** The texts that were handed over. */
  opened: string[] = [];
  drafts = new Map<string, string>();
  readonly written: FakeOutbox;

  constructor(readonly desk: FakeDesk) {
    this.written = new FakeOutbox({
      now: () => desk.now(),
      live: () => desk.live,
      tell: (change) => desk.tell(change),
    });
  }

  act = (asked: { conversationId: string; action: Action }) =>
    this.desk.answer(() => this.#act(this.desk.find(asked.conversationId), asked.action));
  bulkPreview = (asked: { ids: string[]; action: Action }) => this.desk.answer(() => this.#preview(asked));
  bulk = (asked: { ids: string[]; action: Action }) =>
    this.desk.answer(() =>
      this.#preview(asked).will.map(({ id }) => this.#act(this.desk.find(id), asked.action)),
    );
  undo = (commandId: string) => this.desk.answer(() => this.written.takeBack(commandId));
  undoMany = (ids: string[]) =>
    this.desk.answer(() => [...ids].reverse().filter((id) => this.written.takeBack(id)).length);
  outbox = () => this.desk.answer(() => this.written.items);
  outboxRetry = (id: string) => this.desk.answer(() => this.written.settle(id));
  outboxDiscard = (id: string) => this.desk.answer(() => this.written.settle(id));
  eraseCustomer = (id: string) =>
    this.desk.answer(() => {
      this.desk.find(id);
      this.desk.erase(id);
      this.desk.tell({ conversations: [id], counters: true });
      return { conversationIds: [id], entries: 4, deliveries: 2, checkouts: 0, jobs: 0 };
    });
  handOver: Host['handOver'] = (asked) =>
    this.desk.answer(() => {
      const from = this.desk.find(asked.conversationId);
      const about = from.orders.find((order) => order.orderKey === asked.orderKey);
      if (asked.templateKey && about?.group === 'approved' && asked.templateKey !== 'thanks') {
        throw new HostError('already_paid');
      }
      if (asked.channel === 'whatsapp' && !from.full.phone) throw new HostError('no_phone');
      this.opened.push(asked.text);
      from.draft = null;
      const item = this.desk.add(from, {
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
  copy = (asked: { conversationId: string; orderKey: string; what: CopyWhat }) =>
    this.desk.answer(() => {
      this.copiedTexts.push(codeOf(this.desk.order(asked), asked.what));
      return { copied: asked.what };
    });
  copyText = (text: string) => this.desk.answer(() => void this.copiedTexts.push(text));
  saveDraft: Host['saveDraft'] = (asked) =>
    this.desk.answer(() => {
      const { conversationId, text, templateKey, orderKey, kind = 'message' } = asked;
      const from = this.desk.find(conversationId);
      if (kind === 'note') from.begunNote = text || null;
      if (kind === 'answer') from.begunAnswer = text || null;
      if (kind !== 'message') return;
      this.drafts.set(conversationId, text);
      const draft = { text, templateKey, orderKey, savedAt: this.desk.now(), marks: [] };
      from.draft = text === '' ? null : draft;
    });

  #act(from: Conversation, action: Action): WrittenDown {
    if (action.kind === 'merge' || action.kind === 'unmerge' || action.kind === 'keep_apart') {
      return this.#decide(from, action);
    }
    const { owner, handling, labels, timeline } = from;
    const told = lay(from, action, this.desk.role, this.desk.now());
    if (told) this.desk.add(from, told);
    const back = () => void Object.assign(from, { owner, handling, labels, timeline });
    const refusedBy = () => (action.kind === 'claim' && owner && !owner.isMe ? owner.name : null);
    return this.written.write(from, action.kind, { back, refusedBy });
  }

  #preview(asked: { ids: string[]; action: Action }): BulkPreview {
    const now = this.desk.now();
    const wont = asked.ids
      .map((id) => stays(this.desk.seek(id), id, asked.action, this.desk.role, now))
      .filter((one) => one !== null);
    const will = asked.ids
      .filter((id) => !wont.some((one) => one.id === id))
      .map((id) => this.desk.find(id))
      .map((one) => {
        const { state } = handlingOf(one, now);
        const [snoozed, resolved] = [state === 'snoozed', state === 'resolved'];
        return { id: one.id, name: one.person.name, owner: one.owner, snoozed, resolved };
      });
    return { will, wont };
  }

  #decide(from: Conversation, action: Decision): WrittenDown {
    const { desk } = this;
    const id = action.kind === 'unmerge' ? action.body.from : action.body.other;
    const other = from.taken.find((one) => one.id === id) ?? desk.find(id);
    const back = decide(from, other, action, desk.now());
    const done = () => {
      const told = settle(from, other, action.kind);
      if (told) desk.add(from, told);
      if (action.kind === 'merge') {
        desk.world = desk.world.filter((one) => one !== other);
        desk.lead(other.id, from);
        const separate: Decision = { kind: 'unmerge', body: { from: other.id } };
        this.written.backBy(queued.commandId, () => void this.#decide(from, separate));
      } else if (action.kind === 'unmerge') {
        desk.world = [...desk.world, other];
        desk.lead(other.id, other);
      }
      desk.tell({ conversations: [from.id, other.id], counters: true });
    };
    const queued = this.written.write(from, action.kind, { back, done });
    return queued;
  }
}
