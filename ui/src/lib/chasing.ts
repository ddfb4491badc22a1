/** Tells whether what is being written still makes sense for its order, and how long a customer can be written to. Pure. */
import { HOUR } from './time';
import type { Draft } from './types/Draft';
import type { OrderCard } from './types/OrderCard';
import type { Stage } from './types/Stage';
import type { StageGroup } from './types/StageGroup';
import type { TimelineItem } from './types/TimelineItem';

/** Says what changed under a text while it was written. */
export interface Stop {
  stage: Stage;
  group: StageGroup;
  at: number;
  /** The other order by which the same thing was paid, as people call it. */
  paidBy?: string | null;
}

/** Says how an order stood when a text about it was begun. */
export interface Begun {
  group: StageGroup;
  /** The same thing was paid by another order already. */
  paid: boolean;
}

const PAYABLE: readonly StageGroup[] = ['cart', 'pix', 'boleto', 'analysis', 'overdue', 'refused', 'expired'];

/** Tells whether an order in this group can still be asked for. */
export const isPayable = (group: StageGroup): boolean => PAYABLE.includes(group);

/** Says how an order stands now, for a text that is begun about it. */
export const begunNow = ({ group, paidBy }: OrderCard): Begun => ({ group, paid: paidBy !== null });

/** Returns why a text that was begun while its order stood so must not go out any more. */
export function stopOf(order: OrderCard | null, begun: Begun | null): Stop | null {
  if (!order || !begun || !isPayable(begun.group)) return null;
  if (!isPayable(order.group)) {
    return { stage: order.stage, group: order.group, at: order.steps.at(-1)?.at ?? order.lastAt };
  }
  if (!order.paidBy || begun.paid) return null;
  const { stage, group, at, reference } = order.paidBy;
  return { stage, group, at, paidBy: reference };
}

/** Returns what the host found to have happened since a draft was begun. */
export function stopOfDraft(order: OrderCard | null, draft: Draft): Stop | null {
  if (!order || !draft.stop) return null;
  const { paidBy } = draft.stop;
  return { ...draft.stop, group: paidBy ? (order.paidBy?.group ?? 'approved') : order.group };
}

/** Says how an order stood when a draft was saved. */
export function begunAtDraft(order: OrderCard | null, draft: Draft): Begun | null {
  const group = order?.steps.findLast((step) => step.at <= draft.savedAt)?.group;
  if (!order || !group) return null;
  return { group, paid: order.paidBy !== null && order.paidBy.at <= draft.savedAt };
}

/** How long a customer can be written to freely after they wrote. */
export const WINDOW = 24 * HOUR;

/** Returns when the 24 hours since the customer last wrote on WhatsApp are over; `null` where they have not. */
export function windowEnds(timeline: readonly TimelineItem[]): number | null {
  const written = timeline.filter((item) => item.kind === 'received' && item.channel === 'whatsapp');
  return written.length > 0 ? Math.max(...written.map((item) => item.at)) + WINDOW : null;
}
