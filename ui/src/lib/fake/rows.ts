/** Reads the invented world into rows and views, by the same rules as the real desk. */
import type { OrderCard } from '../types/OrderCard';
import type { Row } from '../types/Row';
import type { View } from '../types/View';
import { fold } from '../fold';
import { HOUR } from '../time';
import type { Conversation } from './world';

export const VIEWS: readonly View[] = [
  'due',
  'mine',
  'unassigned',
  'all',
  'pix',
  'boleto',
  'cart',
  'refused',
  'approved',
  'refund',
  'chargeback',
];

const OPEN = ['cart', 'pix', 'boleto', 'analysis', 'overdue', 'refused', 'refund', 'chargeback'];

/** Shows a conversation as a row. */
export function rowOf(from: Conversation): Row {
  const order = from.orders[0];
  const lastAt = from.timeline.at(-1)?.at ?? order?.lastAt ?? 0;
  return {
    id: from.id,
    name: from.person.name ?? from.person.email ?? from.person.phone,
    amount: order?.amount ?? null,
    product: order?.items[0]?.name ?? null,
    moreItems: Math.max(0, (order?.items.length ?? 0) - 1),
    stage: order?.stage ?? null,
    group: order?.group ?? null,
    platform: order?.platform ?? null,
    owner: from.owner,
    deadline: order?.deadline ?? null,
    lastAt,
    unread: lastAt > from.readAt,
    isTest: order?.isTest ?? false,
  };
}

/** Tells whether a conversation is in a view. */
export function inView(from: Conversation, view: View, now: number): boolean {
  const order = from.orders[0];
  if (!order) return view === 'all';
  switch (view) {
    case 'all':
      return true;
    case 'mine':
      return from.owner?.isMe ?? false;
    case 'unassigned':
      return (
        from.owner === null &&
        OPEN.includes(order.group) &&
        (order.deadline === null || order.deadline.at > now)
      );
    case 'due':
      return order.deadline !== null && order.deadline.at > now;
    case 'refund':
      return from.orders.some((order) => order.hasRefund);
    case 'chargeback':
      return from.orders.some((order) => order.hasDispute);
    case 'pix':
      return order.group === 'pix' && order.deadline !== null && order.deadline.at > now;
    default:
      return order.group === view;
  }
}

/** Returns what a view is sorted by, lowest first. */
export function sortKey(from: Conversation, view: View): number {
  if (view === 'due') return pressure(from.orders[0]);
  return -(from.timeline.at(-1)?.at ?? 0);
}

function pressure(order: OrderCard | undefined): number {
  const bonus = Math.log2(1 + (order?.amount?.minor ?? 0)) * 120_000;
  const soft = order?.deadline?.kind === 'recovery' ? 12 * HOUR : 0;
  return (order?.deadline?.at ?? Infinity) + soft - bonus;
}

/** Tells whether a conversation is what someone looks for. */
export function matches(from: Conversation, text: string): boolean {
  const wanted = fold(text);
  const digits = text.replace(/\D/g, '');
  const words = fold(
    [
      from.person.name,
      from.full.email,
      ...from.orders.flatMap((order) => [order.reference, order.items[0]?.name]),
    ].join(' '),
  );
  if (wanted.split(/\s+/).every((word) => words.includes(word))) return true;
  const phone = from.full.phone?.replace(/\D/g, '') ?? '';
  return digits.length >= 4 && (phone.includes(digits) || phone.replace(/^(55\d\d)9/, '$1').includes(digits));
}
