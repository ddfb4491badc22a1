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
}

const PAYABLE: readonly StageGroup[] = ['cart', 'pix', 'boleto', 'analysis', 'overdue', 'refused', 'expired'];

/** Tells whether an order in this group can still be asked for. */
export const isPayable = (group: StageGroup): boolean => PAYABLE.includes(group);

/** Returns why a text that was begun while its order stood in a group must not go out any more. */
export function stopOf(order: OrderCard | null, begunIn: StageGroup | null): Stop | null {
  if (!order || !begunIn || !isPayable(begunIn) || isPayable(order.group)) return null;
  return { stage: order.stage, group: order.group, at: order.steps.at(-1)?.at ?? order.lastAt };
}

/** Returns what the host found to have happened since a draft was saved. */
export function stopOfDraft(order: OrderCard | null, draft: Draft): Stop | null {
  return order && draft.stop ? { ...draft.stop, group: order.group } : null;
}

/** Returns the group an order stood in when a draft was saved. */
export function groupAtDraft(order: OrderCard | null, draft: Draft): StageGroup | null {
  return order?.steps.findLast((step) => step.at <= draft.savedAt)?.group ?? null;
}

/** How long a customer can be written to freely after they wrote. */
export const WINDOW = 24 * HOUR;

/** Returns when the 24 hours since the customer last wrote on WhatsApp are over; `null` where they have not. */
export function windowEnds(timeline: readonly TimelineItem[]): number | null {
  const written = timeline.filter((item) => item.kind === 'received' && item.channel === 'whatsapp');
  return written.length > 0 ? Math.max(...written.map((item) => item.at)) + WINDOW : null;
}
