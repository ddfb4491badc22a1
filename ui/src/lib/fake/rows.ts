/** Reads the invented world into rows and views, by the same rules as the real desk. */
import type { Row } from '../types/Row';
import type { View } from '../types/View';
import { fold } from '../fold';
import { headStart } from '../pressure';
import { handlingOf } from './handling';
import type { Conversation } from './world';

export const VIEWS: readonly View[] = [
  'due',
  'mine',
  'unassigned',
  'all',
  'snoozed',
  'resolved',
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
export function rowOf(from: Conversation, now: number): Row {
  const order = from.orders[0];
  const handling = handlingOf(from, now);
  const back = handling.state === 'back' ? handling : null;
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
    deadline: back ? { kind: 'snooze', from: back.at, at: back.at } : (order?.deadline ?? null),
    lastAt,
    unread: lastAt > from.readAt,
    isTest: order?.isTest ?? false,
    labels: from.labels,
    hasDraft: from.draft !== null,
    back: back?.reason ?? null,
    snoozedUntil: handling.state === 'snoozed' ? handling.at : null,
  };
}

/** Tells whether a conversation is in a view. */
export function inView(from: Conversation, view: View, now: number): boolean {
  if (view === 'all') return true;
  const { state } = handlingOf(from, now);
  if (view === 'snoozed' || view === 'resolved') return state === view;
  const order = from.orders[0];
  if (!order || state === 'snoozed' || state === 'resolved') return false;
  switch (view) {
    case 'mine':
      return from.owner?.isMe ?? false;
    case 'unassigned':
      return (
        from.owner === null &&
        OPEN.includes(order.group) &&
        (order.deadline === null || order.deadline.at > now)
      );
    case 'due':
      return state === 'back' || (order.deadline !== null && order.deadline.at > now);
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
  if (view === 'due') return pressure(from);
  if (view === 'snoozed') return from.handling.state === 'snoozed' ? (from.handling.at ?? Infinity) : 0;
  return -(from.timeline.at(-1)?.at ?? 0);
}

function pressure(from: Conversation): number {
  const order = from.orders[0];
  const back = from.handling.state === 'back' ? from.handling.at : null;
  return (back ?? order?.deadline?.at ?? Infinity) - headStart(order?.amount?.minor ?? 0);
}

/** Tells whether a conversation is what someone looks for. */
export function matches(from: Conversation, text: string): boolean {
  const wanted = fold(text);
  const digits = text.replace(/\D/g, '');
  const words = fold(
    [
      from.person.name,
      from.full.email,
      ...from.labels,
      ...from.timeline.map((item) => ('text' in item ? item.text : '')),
      ...from.orders.flatMap((order) => [order.reference, order.items[0]?.name]),
    ].join(' '),
  );
  if (wanted.split(/\s+/).every((word) => words.includes(word))) return true;
  const phone = from.full.phone?.replace(/\D/g, '') ?? '';
  const codes = [
    from.full.document,
    ...from.orders.flatMap((order) => [order.pix?.code, order.boleto?.line]),
  ];
  if (digits.length >= 4 && codes.some((code) => code?.replace(/\D/g, '').endsWith(digits))) return true;
  return digits.length >= 4 && (phone.includes(digits) || phone.replace(/^(55\d\d)9/, '$1').includes(digits));
}
