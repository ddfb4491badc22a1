/** What time and payment do to an invented conversation. */
import { HostError, type CopyWhat } from '../host';
import type { OrderCard } from '../types/OrderCard';
import { qrRows } from './codes';
import type { Conversation } from './world';

/** Moves all of a conversation's times so that the last thing happened just now. */
export function movedTo(from: Conversation, now: number): Conversation {
  const by = now - (from.timeline.at(-1)?.at ?? now);
  return {
    ...from,
    timeline: from.timeline.map((item) => ({ ...item, at: item.at + by })),
    orders: from.orders.map((order) => ({
      ...order,
      lastAt: order.lastAt + by,
      steps: order.steps.map((step) => ({ ...step, at: step.at + by })),
      deadline: order.deadline && {
        ...order.deadline,
        from: order.deadline.from + by,
        at: order.deadline.at + by,
      },
    })),
  };
}

/** Returns an order that was paid at a time. */
export function paid(order: OrderCard, at: number): OrderCard {
  const step = { stage: 'purchase_approved' as const, group: 'approved' as const, at };
  return {
    ...order,
    stage: step.stage,
    group: step.group,
    steps: [...order.steps, step],
    deadline: null,
    pix: null,
    boleto: null,
    primary: 'nothing',
    lastAt: at,
  };
}

/** Draws the code of an order that has one. */
export function drawn(order: OrderCard): OrderCard {
  if (!order.pix?.code) return order;
  return { ...order, pix: { ...order.pix, modules: qrRows(order.pix.code) } };
}

/** Returns what is copied of an order; a code that does not pay any more is not. */
export function codeOf(order: OrderCard, what: CopyWhat): string {
  if (what === 'pix' && order.pix && order.pix.state !== 'alive') throw new HostError('pix_expired');
  const text =
    what === 'pix' ? order.pix?.code : what === 'boleto' ? order.boleto?.line : order.checkout?.url;
  if (!text) throw new HostError('nothing_to_copy');
  return text;
}
