/** A few invented sales to practise on. Reads no clock. */
import { t } from '../i18n.svelte';
import { DAY, HOUR, MINUTE } from '../time';
import type { Amount } from '../types/Amount';
import type { ConversationView } from '../types/ConversationView';
import type { Deadline } from '../types/Deadline';
import type { OrderCard } from '../types/OrderCard';
import type { Stage } from '../types/Stage';
import type { StageGroup } from '../types/StageGroup';

interface Sale {
  name: string;
  product: 1 | 2 | 3;
  minor: number;
  stage: Stage;
  group: StageGroup;
  platform: string;
  /** How long ago it happened, and how long it can still be acted upon. */
  ago: number;
  left: number;
}

const SALES: readonly Sale[] = [
  {
    name: 'Ana',
    product: 1,
    minor: 19_700,
    stage: 'pix_generated',
    group: 'pix',
    platform: 'Kiwify',
    ago: 6 * MINUTE,
    left: 54 * MINUTE,
  },
  {
    name: 'Bruno',
    product: 2,
    minor: 8_990,
    stage: 'pix_generated',
    group: 'pix',
    platform: 'Nuvemshop',
    ago: 20 * MINUTE,
    left: 100 * MINUTE,
  },
  {
    name: 'Carla',
    product: 3,
    minor: 49_700,
    stage: 'pix_generated',
    group: 'pix',
    platform: 'Hotmart',
    ago: 2 * HOUR,
    left: 10 * HOUR,
  },
  {
    name: 'Davi',
    product: 1,
    minor: 19_700,
    stage: 'cart_abandoned',
    group: 'cart',
    platform: 'Kiwify',
    ago: 40 * MINUTE,
    left: DAY - 40 * MINUTE,
  },
  {
    name: 'Elisa',
    product: 2,
    minor: 8_990,
    stage: 'payment_refused',
    group: 'refused',
    platform: 'Yampi',
    ago: 3 * HOUR,
    left: DAY - 3 * HOUR,
  },
];

/** Returns the conversations of the practice, the most pressing first. */
export function sampleConversations(now: number): ConversationView[] {
  return SALES.map((sale, place) => conversation(sale, place, now));
}

function conversation(sale: Sale, place: number, now: number): ConversationView {
  const at = now - sale.ago;
  const order = orderOf(sale, place, at, now);
  return {
    id: `practice-${place}`,
    person: {
      name: `${sale.name} ${t('practice.surname')}`,
      phone: `+55 11 9••••-000${place}`,
      whatsapp: true,
      hoursEarlier: 0,
      email: `${sale.name.toLowerCase()}@example.com`,
      document: null,
      origin: null,
      purchases: 0,
      spent: null,
      reversals: 0,
    },
    owner: null,
    orders: [order],
    timeline: [
      {
        id: `practice-${place}-0`,
        at,
        kind: 'stage',
        orderKey: order.orderKey,
        stage: sale.stage,
        group: sale.group,
        amount: order.amount,
        product: order.items[0]?.name ?? null,
        platform: sale.platform,
        isTest: false,
      },
    ],
    older: null,
    draft: null,
    begunNote: null,
    begunAnswer: null,
    merged: [],
    suggestions: [],
    shared: null,
    labels: [],
    handling: { state: 'open' },
  };
}

function orderOf(sale: Sale, place: number, at: number, now: number): OrderCard {
  const amount: Amount = { minor: sale.minor, currency: 'BRL' };
  const isPix = sale.group === 'pix';
  const deadline: Deadline = { kind: isPix ? 'pix' : 'recovery', from: at, at: now + sale.left };
  const host = 'pay.example.com';
  return {
    orderKey: `practice-order-${place}`,
    stage: sale.stage,
    group: sale.group,
    amount,
    refunded: null,
    items: [{ name: t(`practice.product${sale.product}`), quantity: 1, amount }],
    method: isPix ? 'pix' : sale.group === 'refused' ? 'card' : null,
    refusal: null,
    coupon: null,
    platform: sale.platform,
    source: `int_${sale.platform.toLowerCase()}`,
    sourceName: null,
    sourceStanding: 'active',
    reference: `100${place}`,
    platformId: null,
    steps: [{ stage: sale.stage, group: sale.group, at }],
    deadline,
    // Never copied to anywhere: what the practice copies stays in the page.
    pix: isPix
      ? {
          code: `practice-code-${place}`,
          short: '00020126…6304A1B2',
          modules: [],
          state: 'alive',
          amountDiffers: false,
          receiver: null,
        }
      : null,
    boleto: null,
    checkout: { url: `https://${host}/${place}`, host },
    orderLink: null,
    primary: isPix ? 'copy_pix' : 'copy_link',
    hasRefund: false,
    hasDispute: false,
    recoveredBy: null,
    paidBy: null,
    bumps: [],
    bumpOf: null,
    sequence: null,
    isTest: false,
    lastAt: at,
  };
}
