/** An invented shop's conversations, each with its orders and what happened. */
import { DAY, HOUR, MINUTE, dayOf } from '../time';
import type { Amount } from '../types/Amount';
import type { Deadline } from '../types/Deadline';
import type { Draft } from '../types/Draft';
import type { Handling } from '../types/Handling';
import type { MergedPerson } from '../types/MergedPerson';
import type { OrderCard } from '../types/OrderCard';
import type { Owner } from '../types/Owner';
import type { Person } from '../types/Person';
import type { Stage } from '../types/Stage';
import type { StageGroup } from '../types/StageGroup';
import type { Suggestion } from '../types/Suggestion';
import type { TimelineItem } from '../types/TimelineItem';
import type { Utms } from '../types/Utms';
import { boleto, pixCode } from './codes';
import { CAMPAIGNS, GOODS, LABELS, ORIGINS, PLATFORM_NAMES, REFUSALS, TEAM, personName } from './people';
import { Chance } from './random';

export const ME: Owner = { id: 'mem_me', name: 'Marina Salles', isMe: true, pending: false };

export interface Full {
  phone: string | null;
  email: string | null;
  document: string | null;
}

export interface Conversation {
  id: string;
  person: Person;
  full: Full;
  owner: Owner | null;
  orders: OrderCard[];
  timeline: TimelineItem[];
  draft: Draft | null;
  begunNote: string | null;
  begunAnswer: string | null;
  readAt: number;
  merged: MergedPerson[];
  /** What was joined to it, as it was by itself. */
  taken: Conversation[];
  suggestions: Suggestion[];
  shared: number | null;
  labels: string[];
  /** How the work on it stands, as last said; whether a time has come is for whoever reads it. */
  handling: Handling;
  utms: Utms;
}

export const STAGE_GROUP: Partial<Record<Stage, StageGroup>> = {
  cart_abandoned: 'cart',
  pix_generated: 'pix',
  boleto_generated: 'boleto',
  in_analysis: 'analysis',
  payment_refused: 'refused',
  payment_expired: 'expired',
  purchase_approved: 'approved',
  delivered: 'approved',
  refund_requested: 'refund',
  refunded: 'refund',
  chargeback: 'chargeback',
};

const WAYS: readonly (readonly [Stage[], number])[] = [
  [['cart_abandoned'], 20],
  [['cart_abandoned', 'pix_generated'], 10],
  [['pix_generated'], 8],
  [['boleto_generated'], 12],
  [['payment_refused'], 7],
  [['cart_abandoned', 'pix_generated', 'payment_expired'], 8],
  [['pix_generated', 'purchase_approved'], 24],
  [['purchase_approved', 'delivered'], 8],
  [['in_analysis'], 3],
  [['purchase_approved', 'refund_requested'], 3],
  [['purchase_approved', 'refunded'], 2],
  [['purchase_approved', 'chargeback'], 2],
];

const brl = (minor: number): Amount => ({ minor, currency: 'BRL' });

/** Invents conversations, the newest first. */
export function conversations(count: number, now: number, seed = 20_261_121): Conversation[] {
  const chance = new Chance(seed);
  const out = Array.from({ length: count }, (_, place) => conversation(chance, place, now));
  suggest(out);
  return out;
}

/** Has a few people look like one, and a few share a contact. */
function suggest(all: Conversation[]): void {
  for (let place = 0; place + 4 < all.length; place += 40) {
    const [one, other] = [all[place + 1], all[place + 2]];
    if (!one || !other) return;
    const common = { reason: 'email', differs: ['phone' as const] };
    one.suggestions = [{ id: other.id, name: other.person.name, ...common }];
    other.suggestions = [{ id: one.id, name: one.person.name, ...common }];
    const many = all[place + 4];
    if (many) many.shared = 6;
  }
}

function conversation(chance: Chance, place: number, now: number): Conversation {
  const full = contacts(chance);
  const name = chance.often(0.985) ? personName(chance) : null;
  const recent = place < 60 ? place * MINUTE * 1.7 : 60 * MINUTE + (place - 60) * MINUTE * 9;
  const first = order(
    chance,
    `${place}-0`,
    now - recent - chance.next() * MINUTE,
    pickWay(chance, place),
    now,
  );
  const orders = [first];
  const more = chance.often(0.35) ? chance.whole(1, 3) : 0;
  for (let n = 1; n <= more; n += 1) {
    const way: Stage[] = chance.often(0.85) ? ['purchase_approved'] : ['payment_expired'];
    orders.push(order(chance, `${place}-${n}`, first.lastAt - chance.whole(4, 200) * DAY, way, now));
  }
  const owner = chance.often(0.35) ? member(chance) : null;
  const timeline = happened(chance, orders, owner, name, now);
  return {
    id: `con_${String(place).padStart(6, '0')}`,
    person: person(chance, name, full, orders),
    full,
    owner,
    orders,
    timeline,
    draft: null,
    begunNote: null,
    begunAnswer: null,
    readAt: chance.often(0.7) ? now : 0,
    merged: [],
    taken: [],
    suggestions: [],
    shared: null,
    ...handled(place, orders, timeline, now),
  };
}

/** Invents how far the work on a conversation has come: labels, what was put aside, what is back, what is done. */
function handled(
  place: number,
  orders: readonly OrderCard[],
  timeline: TimelineItem[],
  now: number,
): Pick<Conversation, 'labels' | 'handling' | 'utms'> {
  const chance = new Chance(place + 1);
  const labels = chance.often(0.22) ? [...new Set([chance.one(LABELS), chance.one(LABELS)])] : [];
  if (chance.often(0.02)) labels.push(...LABELS.filter((label) => !labels.includes(label)).slice(0, 2));
  const [source, medium] = chance.one(CAMPAIGNS);
  const utms = chance.often(0.6) ? { source, medium, campaign: chance.one(['volta-as-aulas', 'natal']) } : {};
  const by = { by: ME.name, byMe: true };
  const told = (item: Handled) =>
    timeline.push({ id: `con_${place}-handled`, at: now - HOUR, ...by, ...item });
  const group = orders[0]?.group;
  let handling: Handling = { state: 'open' };
  if (place >= 6 && chance.often(0.03)) {
    const at = now + chance.whole(1, 40) * HOUR;
    const until = { kind: 'time' as const, at: new Date(at).toISOString() };
    handling = { state: 'snoozed', until, at, ...by, pending: false };
    told({ kind: 'snoozed', until });
  } else if (place >= 3 && place < 300 && chance.often(0.02)) {
    const reason = chance.one(['time', 'expired', 'replied', 'news'] as const);
    handling = { state: 'back', reason, at: now - chance.whole(2, 90) * MINUTE };
  } else if (place >= 6 && (group === 'approved' ? chance.often(0.5) : chance.often(0.05))) {
    handling = { state: 'resolved', at: now - HOUR, ...by, pending: false };
    told({ kind: 'resolved' });
  }
  return { labels: labels.sort((a, b) => a.localeCompare(b, 'pt-BR')), handling, utms };
}

type Handled = { kind: 'resolved' } | { kind: 'snoozed'; until: { kind: 'time'; at: string } };

function member(chance: Chance): Owner {
  if (chance.often(0.3)) return ME;
  const name = chance.one(TEAM);
  return { id: `mem_${name}`, name, isMe: false, pending: false };
}

function pickWay(chance: Chance, place: number): Stage[] {
  if (place < 30 && chance.often(0.4))
    return chance.often(0.6) ? ['cart_abandoned', 'pix_generated'] : ['pix_generated'];
  let left = chance.next() * WAYS.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [way, weight] of WAYS) {
    left -= weight;
    if (left <= 0) return way;
  }
  return ['purchase_approved'];
}

function contacts(chance: Chance): Full {
  const area = chance.one(['11', '21', '31', '41', '51', '62', '71', '81']);
  const handle = chance.one(['mari', 'contato', 'casa', 'loja', 'ana', 'rafa']) + chance.digits(3);
  return {
    phone: chance.often(0.95) ? `+55 ${area} 90000-${chance.digits(4)}` : null,
    email: chance.often(0.93) ? `${handle}@example.com` : null,
    document: chance.often(0.7) ? `000.${chance.digits(3)}.${chance.digits(3)}-00` : null,
  };
}

function person(chance: Chance, name: string | null, full: Full, orders: OrderCard[]): Person {
  const paid = orders.filter((order) => order.group === 'approved');
  return {
    name,
    phone: full.phone && `${full.phone.slice(0, 8)}••••-${full.phone.slice(-4)}`,
    whatsapp: full.phone !== null,
    hoursEarlier: 0,
    email: full.email && `${full.email.slice(0, 4)}•••${full.email.slice(full.email.indexOf('@'))}`,
    document: full.document && `•••${full.document.slice(3, 11)}-••`,
    origin: chance.often(0.7) ? chance.one(ORIGINS) : null,
    purchases: paid.length,
    spent: paid.length > 0 ? brl(paid.reduce((sum, order) => sum + (order.amount?.minor ?? 0), 0)) : null,
    reversals: orders.filter((order) => order.hasRefund || order.hasDispute).length,
  };
}

/** Invents an order that came a way, its last stage at a time. */
export function order(
  chance: Chance,
  key: string,
  lastAt: number,
  way: readonly Stage[],
  now: number,
): OrderCard {
  const goods = chance.one(GOODS);
  const items = [{ name: goods.name, quantity: 1, amount: brl(goods.minor) }];
  if (goods.extra && chance.often(0.5))
    items.push({ name: goods.extra.name, quantity: 1, amount: brl(goods.extra.minor) });
  const minor = items.reduce((sum, item) => sum + item.amount.minor, 0);
  const platform = chance.one(PLATFORM_NAMES);
  const steps = way.map((stage, place) => ({
    stage,
    group: STAGE_GROUP[stage] ?? 'analysis',
    at: Math.round(lastAt - (way.length - 1 - place) * chance.whole(8, 50) * MINUTE),
  }));
  const stage = way.at(-1) ?? 'cart_abandoned';
  const group = STAGE_GROUP[stage] ?? 'analysis';
  const at = Math.round(lastAt);
  const deadline = deadlineOf(chance, group, at);
  const host = `pay.${platform.toLowerCase()}.example.com`;
  const alive = group === 'pix' && deadline !== null && deadline.at > now;
  const code = group === 'pix' ? pixCode(chance, minor) : null;
  const slip = group === 'boleto' && deadline ? boleto(chance, minor, dayOf(deadline.at)) : null;
  return {
    orderKey: `ord_${key}`,
    stage,
    group,
    amount: chance.often(0.985) ? brl(minor) : null,
    refunded: stage === 'refunded' ? brl(minor) : null,
    items,
    method: group === 'boleto' ? 'boleto' : group === 'pix' ? 'pix' : group === 'refused' ? 'card' : null,
    refusal: group === 'refused' ? chance.one(REFUSALS) : null,
    coupon: chance.often(0.1) ? 'VOLTA10' : null,
    platform,
    source: `int_${platform.toLowerCase()}`,
    sourceName: null,
    sourceStanding: 'active',
    reference: chance.digits(6),
    platformId: null,
    steps,
    deadline,
    pix: code
      ? {
          code: alive ? code : null,
          short: alive ? `${code.slice(0, 8)}…${code.slice(-6)}` : null,
          modules: [],
          state: alive ? 'alive' : 'expired',
          amountDiffers: false,
          receiver: null,
        }
      : null,
    boleto: slip
      ? {
          ...slip,
          dueOn: dayOf(deadline?.at ?? at),
          overdue: (deadline?.at ?? at) < now,
          bank: 'Bradesco',
          amountDiffers: false,
          page: { url: `https://${host}/boleto/${key}`, host },
        }
      : null,
    checkout: chance.often(0.9) ? { url: `https://${host}/c/${key}`, host } : null,
    orderLink: null,
    primary: group === 'pix' ? 'copy_pix' : group === 'boleto' ? 'copy_boleto' : 'copy_link',
    hasRefund: group === 'refund',
    hasDispute: group === 'chargeback',
    recoveredBy: null,
    paidBy: null,
    bumps: [],
    bumpOf: null,
    sequence: null,
    isTest: chance.often(0.004),
    lastAt: at,
  };
}

function deadlineOf(chance: Chance, group: StageGroup, at: number): Deadline | null {
  const endOfDay = (time: number) => Date.parse(`${dayOf(time)}T23:59:59-03:00`);
  switch (group) {
    case 'pix':
      return { kind: 'pix', from: at, at: at + chance.one([15, 30, 30, 60, 24 * 60]) * MINUTE };
    case 'boleto':
      return { kind: 'boleto', from: at, at: endOfDay(at + chance.whole(0, 3) * DAY) };
    case 'cart':
    case 'refused':
      return { kind: 'recovery', from: at, at: at + 24 * HOUR };
    case 'chargeback':
      return { kind: 'dispute', from: at, at: at + 7 * DAY };
    default:
      return null;
  }
}

function happened(
  chance: Chance,
  orders: OrderCard[],
  owner: Owner | null,
  name: string | null,
  now: number,
): TimelineItem[] {
  const items: TimelineItem[] = orders.flatMap((order) =>
    order.steps.map((step, place) => ({
      id: `${order.orderKey}-${place}`,
      at: step.at,
      kind: 'stage' as const,
      orderKey: order.orderKey,
      stage: step.stage,
      group: step.group,
      amount: order.amount,
      product: order.items[0]?.name ?? null,
      platform: order.platform,
      isTest: order.isTest,
    })),
  );
  const first = orders[0];
  if (owner && first) {
    const at = (first.steps[0]?.at ?? first.lastAt) + 3 * MINUTE;
    const by = { by: owner.name, byMe: owner.isMe };
    const product = first.items[0]?.name ?? '';
    const text = `Oi, ${name?.split(' ')[0] ?? ''}! Vi que você separou o ${product}. Ficou alguma dúvida antes de concluir?`;
    items.push({ id: `${first.orderKey}-claim`, at, kind: 'claimed', ...by });
    items.push({
      id: `${first.orderKey}-sent`,
      at: at + MINUTE,
      kind: 'handed_over',
      channel: 'whatsapp',
      text,
      pending: false,
      ...by,
    });
    if (chance.often(0.4)) {
      const asked = Number(first.reference) % 3 === 0;
      const note = asked
        ? 'Pediu nota fiscal no CNPJ da confeitaria. @Rafael Tanaka, confirma antes de responder?'
        : 'Pediu nota fiscal no CNPJ da confeitaria. Confirmar com o financeiro antes de responder.';
      items.push({
        id: `${first.orderKey}-note`,
        at: first.lastAt + 2 * MINUTE,
        kind: 'note',
        text: note,
        pending: false,
        mentions: asked ? ['Rafael Tanaka'] : [],
        mentionsMe: false,
        ...by,
      });
    }
  }
  for (const item of items) item.at = Math.min(item.at, now);
  return items.sort((a, b) => a.at - b.at);
}
