/** Arranges a timeline for the thread: days, plain lines, and one card an order where that order stands now. Pure. */
import { dayOf } from './time';
import type { OrderCard } from './types/OrderCard';
import type { TimelineItem } from './types/TimelineItem';

export type Block =
  | { kind: 'day'; id: string; at: number }
  | { kind: 'item'; id: string; item: TimelineItem }
  | { kind: 'card'; id: string; order: OrderCard; at: number };

/** Returns the blocks of a thread, oldest first. An order's last stage told is where its card stands. */
export function blocks(timeline: readonly TimelineItem[], orders: readonly OrderCard[]): Block[] {
  const cardAt = cardPlaces(timeline, orders);
  const out: Block[] = [];
  let day = '';
  for (const item of timeline) {
    const itsDay = dayOf(item.at);
    if (itsDay !== day) {
      day = itsDay;
      out.push({ kind: 'day', id: `day-${itsDay}`, at: item.at });
    }
    const order = cardAt.get(item.id);
    if (order) out.push({ kind: 'card', id: `card-${order.orderKey}`, order, at: item.at });
    else out.push({ kind: 'item', id: item.id, item });
  }
  return out;
}

function cardPlaces(timeline: readonly TimelineItem[], orders: readonly OrderCard[]): Map<string, OrderCard> {
  const byKey = new Map(orders.map((order) => [order.orderKey, order]));
  const last = new Map<string, string>();
  for (const item of timeline) {
    if (item.kind === 'stage' && byKey.has(item.orderKey)) last.set(item.orderKey, item.id);
  }
  const places = new Map<string, OrderCard>();
  for (const [key, id] of last) {
    const order = byKey.get(key);
    if (order) places.set(id, order);
  }
  return places;
}
