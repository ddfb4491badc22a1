/** Invented sources: one that is well, one with trouble of each kind, one that waits. */
import { DAY, HOUR, MINUTE } from '../time';
import type { Delivery } from '../types/Delivery';
import type { DeliveryResult } from '../types/DeliveryResult';
import type { Last24h } from '../types/Last24h';
import type { Source } from '../types/Source';
import type { SourceHealth } from '../types/SourceHealth';
import { PLATFORMS } from './platforms';
import { Chance } from './random';
import type { FakeSource } from './sources';

const NOTHING: Last24h = { accepted: 0, duplicate: 0, ignored: 0, unmapped: 0, rejected: 0, badProof: 0 };
const EVENTS = [
  'pix_created',
  'order_approved',
  'billet_created',
  'abandoned_cart',
  'order_rejected',
  'order_refunded',
];

interface Told {
  name: string;
  secret?: string;
  credentials?: string[];
  day?: Partial<Last24h>;
  last?: number | null;
  usual?: number;
  late?: boolean;
  active?: boolean;
  failed?: number;
  deliveries?: number;
}

/** Returns the sources as they stand now. */
export function sources(now: number): FakeSource[] {
  return [
    make(now, 'kiwify', {
      name: 'Kiwify principal',
      secret: 'segredo-kiwify-4d1f',
      credentials: ['clientId', 'clientSecret', 'accountId'],
      day: { accepted: 412, duplicate: 31, ignored: 18 },
      last: 2 * MINUTE,
      usual: 210,
      deliveries: 900,
    }),
    make(now, 'hotmart', {
      name: 'Hotmart cursos',
      secret: 'segredo-hotmart-77aa',
      day: { accepted: 86, duplicate: 4, unmapped: 3, badProof: 3, rejected: 1 },
      last: 11 * MINUTE,
      usual: 900,
      deliveries: 140,
    }),
    make(now, 'yampi', {
      name: 'Yampi · Doces do Vale',
      secret: 'segredo-yampi-c0de',
      credentials: ['userToken', 'secretKey'],
      day: { accepted: 24, duplicate: 2 },
      last: 17 * HOUR + 20 * MINUTE,
      usual: 2_400,
      late: true,
      failed: 2,
      deliveries: 60,
    }),
    make(now, 'shopify', { name: 'Loja Shopify', last: null }),
    make(now, 'vega', { name: 'Vega Checkout', last: 3 * DAY, active: false, deliveries: 12 }),
  ];
}

function make(now: number, slug: string, told: Told): FakeSource {
  const platform = PLATFORMS.find((known) => known.slug === slug);
  const id = `int_${slug}`;
  const source: Source = {
    id,
    slug,
    provider: slug,
    providerName: platform?.name ?? slug,
    name: told.name,
    webhookUrl: `https://balcao.example.com/api/v1/webhooks/${slug}/whk_3f9d2c7a51be48609e2b7d10c4a8f6e5`,
    settings: slug === 'shopify' ? { shopDomain: 'doces.myshopify.com' } : {},
    active: told.active ?? true,
    signs: platform?.signs ?? true,
    secrets: told.secret ? [{ lastFour: told.secret.slice(-4), validUntil: null }] : [],
    credentials: (told.credentials ?? []).map((name) => ({
      name,
      lastFour: name.endsWith('Id') ? '31ab' : '',
    })),
    createdAt: now - 40 * DAY,
  };
  const last = told.last ?? null;
  const health: SourceHealth = {
    id,
    state: 'good',
    setup: { complete: true, missing: [] },
    probe: null,
    lastEvent:
      last === null
        ? null
        : { at: now - last, usualGapSeconds: told.usual ?? null, late: told.late ?? false },
    last24h: { ...NOTHING, ...told.day },
    registration: null,
    jobs: { waiting: 0, failed: told.failed ?? 0 },
    paused: null,
    erasure: null,
  };
  return { source, health, deliveries: deliveries(id, now, last, told), secret: told.secret ?? null };
}

function deliveries(id: string, now: number, last: number | null, told: Told): Delivery[] {
  const chance = new Chance(told.name.length);
  const made: Delivery[] = [];
  let at = now - (last ?? 0);
  const odd: DeliveryResult[] = [
    ...Array<DeliveryResult>(told.day?.unmapped ?? 0).fill('unmapped'),
    ...Array<DeliveryResult>(told.day?.rejected ?? 0).fill('rejected'),
  ];
  for (let n = 0; n < (told.deliveries ?? 0); n += 1) {
    const usual = chance.often(0.08) ? 'duplicate' : chance.often(0.05) ? 'ignored' : 'accepted';
    const result = n % 3 === 1 ? (odd.shift() ?? usual) : usual;
    made.push(delivery(`dlv_${id}_${n}`, id, at, result, EVENTS[n % EVENTS.length] ?? ''));
    at -= Math.round((told.usual ?? 3_600) * 1_000 * (0.3 + (n % 5) * 0.35));
  }
  return made;
}

function delivery(id: string, source: string, at: number, result: DeliveryResult, event: string): Delivery {
  const why: Partial<Record<DeliveryResult, string>> = {
    unmapped: 'the event is not known',
    rejected: 'bad_amount',
    ignored: 'not a stage of a purchase',
  };
  const whyCode: Partial<Record<DeliveryResult, string>> = {
    unmapped: 'unknown_event',
    ignored: 'no_purchase',
  };
  return {
    id,
    integrationId: source,
    receivedAt: at,
    result,
    event: result === 'unmapped' ? 'installment_paid' : result === 'rejected' ? '' : event,
    why: why[result] ?? '',
    whyCode: whyCode[result] ?? '',
    path: result === 'rejected' ? 'Commissions.charge_amount' : '',
    entryCount: result === 'accepted' ? 1 : 0,
    duplicateOf: null,
    bodyBytes: 1_180 + (at % 900),
  };
}

/** Returns a body as such a platform might send it. */
export function sampleBody(delivery: Delivery): string {
  const body = {
    order_id: delivery.id.slice(-12),
    webhook_event_type: delivery.event,
    Customer: { full_name: 'Mariana Duarte', email: 'mariana@example.com', mobile: '+5511900000000' },
    Product: { product_name: 'Curso de Confeitaria' },
    Commissions: { charge_amount: 19_700, currency: 'BRL' },
    pix_code: delivery.event === 'pix_created' ? '00020101021226…6304A1B2' : null,
  };
  return JSON.stringify(body, null, 2);
}
