/** Reads the invented world into rows and views, by the same rules as the real desk. */
import { fold } from '../fold';
import { DAY, MINUTE } from '../time';
import type { Deadline } from '../types/Deadline';
import type { Pressure } from '../types/Pressure';
import type { Row } from '../types/Row';
import type { View } from '../types/View';
import { handlingOf } from './handling';
import type { Conversation } from './world';

export const VIEWS: readonly View[] = [
  'due',
  'mine',
  'unassigned',
  'all',
  'snoozed',
  'resolved',
  'steps',
  'pix',
  'boleto',
  'cart',
  'refused',
  'approved',
  'refund',
  'chargeback',
];

/** What one doubling of the amount is worth against the clock. */
export const DOUBLING = 20 * MINUTE;

const OPEN = ['cart', 'pix', 'boleto', 'analysis', 'overdue', 'refused', 'refund', 'chargeback'];

/** Shows a conversation as a row. */
export function rowOf(from: Conversation, now: number): Row {
  const order = from.orders[0];
  const handling = handlingOf(from, now);
  const back = handling.state === 'back' ? handling : null;
  const due = dueStep(from);
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
    deadline: nearest(from, now),
    pressure: inView(from, 'due', now) ? pressureOf(from, now) : null,
    step: due === null ? null : { step: due.step, of: due.of, since: due.since },
    lastAt,
    unread: lastAt > from.readAt,
    isTest: order?.isTest ?? false,
    labels: from.labels,
    hasDraft: from.draft !== null || from.begunNote !== null || from.begunAnswer !== null,
    back: back?.reason ?? null,
    snoozedUntil: handling.state === 'snoozed' ? handling.at : null,
  };
}

/** Returns the step that is due for whoever sits here. */
function dueStep(from: Conversation) {
  const due = from.orders.map(({ sequence }) => sequence).find((one) => one?.state === 'due');
  return due?.state === 'due' && (from.owner?.isMe ?? true) ? due : null;
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
    case 'steps':
      return dueStep(from) !== null;
    case 'due':
      return pressureOf(from, now) !== null;
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
export function sortKey(from: Conversation, view: View, now: number): number {
  if (view === 'steps') return dueStep(from)?.since ?? Infinity;
  if (view === 'due') return pressureOf(from, now)?.at ?? Infinity;
  if (view === 'snoozed') return from.handling.state === 'snoozed' ? (from.handling.at ?? Infinity) : 0;
  return -(from.timeline.at(-1)?.at ?? 0);
}

/** Returns how far an amount of minor units moves an end ahead: twenty minutes each doubling, straight in between. */
export function headStart(minor: number): number {
  const whole = Math.floor(Math.max(0, minor) / 100) + 1;
  const power = Math.floor(Math.log2(whole));
  const rest = whole - 2 ** power;
  return DOUBLING * power + Math.floor((rest * DOUBLING) / 2 ** power);
}

/** Returns what ranks a conversation among what is due: what ends of it, or that it is back. */
function pressureOf(from: Conversation, now: number): Pressure | null {
  const amount = from.orders[0]?.amount ?? null;
  const ranked = [windowOf(from, now), orderEnds(from, now), returned(from, now)]
    .filter((ends) => ends !== null)
    .map((ends) => ({ ends, amount, at: ends.at - headStart(amount?.minor ?? 0) }));
  return ranked.sort((a, b) => a.at - b.at)[0] ?? null;
}

/** Returns what ends first of a conversation; where nothing does, what ran out, or when it came back. */
function nearest(from: Conversation, now: number): Deadline | null {
  const alive = [windowOf(from, now), orderEnds(from, now)].filter((ends) => ends !== null);
  const [first] = alive.sort((a, b) => a.at - b.at);
  return first ?? from.orders[0]?.deadline ?? returned(from, now);
}

function orderEnds(from: Conversation, now: number): Deadline | null {
  const ends = from.orders[0]?.deadline ?? null;
  return ends !== null && ends.at > now ? ends : null;
}

/** Returns the time in which a customer can be answered who wrote and was not. */
function windowOf(from: Conversation, now: number): Deadline | null {
  const last = from.timeline.findLast((item) => item.kind === 'received' || item.kind === 'handed_over');
  if (last?.kind !== 'received' || last.channel !== 'whatsapp' || last.at + DAY <= now) return null;
  return { kind: 'window', from: last.at, at: last.at + DAY };
}

function returned(from: Conversation, now: number): Deadline | null {
  const handling = handlingOf(from, now);
  return handling.state === 'back' ? { kind: 'snooze', from: handling.at, at: handling.at } : null;
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
