/** What the invented desk has written down and not yet seen confirmed, and how each is taken back. */
import { MINUTE } from '../time';
import type { Change } from '../types/Change';
import type { OutboxItem } from '../types/OutboxItem';
import type { WrittenDown } from '../types/WrittenDown';
import type { Conversation } from './world';

/** How long the invented service takes to confirm. */
const CONFIRMS_AFTER = 600;
/** What has been said cannot be unsaid once it is confirmed; it is held back so long. */
const SAID = ['note', 'message.handed_over', 'message.received', 'keep_apart'];
const HOLD = 5_000;

export interface Written {
  /** Takes it back. */
  back: () => void;
  /** Tells who is in the way, where the service would refuse. */
  refusedBy?: () => string | null;
  /** Does what follows from its confirmation. */
  done?: () => void;
}

export class FakeOutbox {
  items: OutboxItem[] = [];
  #undo = new Map<string, () => void>();
  #made = 0;

  constructor(
    readonly world: {
      now: () => number;
      live: () => boolean;
      tell: (change: Partial<Change>) => void;
    },
  ) {}

  /** Writes an action down; confirms it shortly after while the service is there. */
  write(from: Conversation, kind: string, written: Written): WrittenDown {
    const id = `cmd_${++this.#made}`;
    const state = { state: 'waiting' as const };
    const madeAt = this.world.now();
    this.items = [
      ...this.items,
      { id, conversationId: from.id, name: from.person.name, kind, state, madeAt, tries: 0 },
    ];
    this.#undo.set(id, written.back);
    this.world.tell({ conversations: [from.id], outbox: true, counters: true });
    const hold = SAID.includes(kind) ? HOLD : 0;
    if (this.world.live()) setTimeout(() => this.#answer(from, id, written), hold + CONFIRMS_AFTER);
    return { commandId: id, backUntil: hold > 0 ? Date.now() + hold : null };
  }

  /** Has an action be taken back in another way than so far. */
  backBy(id: string, back: () => void): void {
    this.#undo.set(id, back);
  }

  /** Takes an action back; tells whether it could be. */
  takeBack(id: string): boolean {
    const back = this.#undo.get(id);
    const item = this.items.find((item) => item.id === id);
    back?.();
    this.#undo.delete(id);
    this.items = this.items.filter((item) => item.id !== id);
    // A confirmed one is no item any more: whose it was is not known here.
    this.world.tell({
      outbox: true,
      counters: true,
      conversations: item ? [item.conversationId] : [],
      everything: !item,
    });
    return back !== undefined;
  }

  /** Puts in a claim that was refused a few minutes ago. */
  refused(from: Conversation, by: string): void {
    const state = { state: 'refused' as const, code: 'already_claimed' as const, by };
    const madeAt = this.world.now() - 3 * MINUTE;
    const item = { id: 'cmd_refused', conversationId: from.id, name: from.person.name, kind: 'claim' };
    this.items = [{ ...item, state, madeAt, tries: 1 }];
    this.world.tell({ outbox: true });
  }

  /** Forgets an item. */
  settle(id: string): void {
    this.items = this.items.filter((item) => item.id !== id);
    this.world.tell({ outbox: true });
  }

  #answer(from: Conversation, id: string, written: Written): void {
    const item = this.items.find((item) => item.id === id);
    if (!item) return;
    const by = written.refusedBy?.() ?? null;
    if (by) {
      written.back();
      this.#undo.delete(id);
      const state = { state: 'refused' as const, code: 'already_claimed' as const, by };
      this.items = this.items.map((one) => (one === item ? { ...one, state, tries: 1 } : one));
      this.world.tell({ conversations: [from.id], outbox: true, counters: true });
      return;
    }
    written.done?.();
    confirm(from);
    if (SAID.includes(item.kind)) this.#undo.delete(id);
    this.settle(id);
    this.world.tell({ conversations: [from.id] });
  }
}

function confirm(from: Conversation): void {
  from.timeline = from.timeline.map((item) => ('pending' in item ? { ...item, pending: false } : item));
  if (from.owner) from.owner = { ...from.owner, pending: false };
  if ('pending' in from.handling) from.handling = { ...from.handling, pending: false };
}
