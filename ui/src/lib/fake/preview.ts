/** Reads samples by a blueprint in short: plain paths only, which is enough to see the page react. */
import type { Preview } from '../types/Preview';
import type { PreviewAsked } from '../types/PreviewAsked';
import type { PreviewCard } from '../types/PreviewCard';
import type { PreviewResult } from '../types/PreviewResult';
import type { PreviewSample } from '../types/PreviewSample';
import type { Stage } from '../types/Stage';
import type { StageGroup } from '../types/StageGroup';

interface Blueprint {
  stageFrom?: string;
  event?: string;
  stages?: Record<string, string>;
  fields?: Record<string, string>;
}

const GROUPS: Partial<Record<Stage, StageGroup>> = {
  pix_generated: 'pix',
  purchase_approved: 'approved',
  cancelled: 'expired',
  refunded: 'refund',
  cart_abandoned: 'cart',
};

/** Tells what samples become. */
export function preview(asked: PreviewAsked, now: number): Preview {
  const blueprint = (asked.settings.blueprint ?? {}) as Blueprint;
  const problems: Preview['problems'] = [];
  if (!blueprint.event) problems.push({ path: 'blueprint.event', code: 'missing', detail: '' });
  for (const [word, stage] of Object.entries(blueprint.stages ?? {})) {
    if (!(stage in GROUPS))
      problems.push({ path: `blueprint.stages.${word}`, code: 'unknown_name', detail: '' });
  }
  const results = problems.length > 0 ? [] : asked.samples.map((sample) => read(sample, blueprint, now));
  return { problems, results };
}

function read(sample: PreviewSample, blueprint: Blueprint, now: number): PreviewResult {
  const none: PreviewResult = {
    name: sample.name,
    proof: { holds: false, scheme: null, reason: 'no_secret' },
    reading: 'unreadable',
    cards: [],
    event: null,
    why: null,
    path: null,
    code: null,
    doubts: [],
  };
  let body: unknown;
  try {
    body = typeof sample.body === 'string' ? JSON.parse(sample.body) : sample.body;
  } catch {
    return { ...none, code: 'not_json' };
  }
  const word = String(at(body, blueprint.stageFrom ?? blueprint.event ?? ''));
  const stage = blueprint.stages?.[word] as Stage | undefined;
  if (!stage) return { ...none, reading: 'unmapped', event: word };
  return { ...none, reading: 'events', cards: [card(body, blueprint, stage, now)] };
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

function card(body: unknown, blueprint: Blueprint, stage: Stage, now: number): PreviewCard {
  const text = (name: string) => {
    const found = at(body, blueprint.fields?.[name] ?? '');
    return found === undefined || found === null ? null : String(found);
  };
  const minor = Number(text('amount') ?? 0);
  return {
    order: {
      orderKey: `custom:${text('externalId') ?? ''}`,
      stage,
      group: GROUPS[stage] ?? 'pix',
      amount: { minor, currency: 'BRL' },
      refunded: null,
      items: [{ name: 'Curso de Confeitaria', quantity: 1, amount: { minor, currency: 'BRL' } }],
      method: 'pix',
      refusal: null,
      coupon: null,
      platform: 'custom',
      source: 'int_custom',
      sourceName: null,
      sourceStanding: 'active',
      reference: text('orderNumber') ?? text('externalId') ?? '',
      platformId: null,
      steps: [{ stage, group: GROUPS[stage] ?? 'pix', at: now }],
      deadline: null,
      pix: null,
      boleto: null,
      checkout: { url: 'https://loja.example.com/c/1', host: 'loja.example.com' },
      orderLink: null,
      primary: 'nothing',
      hasRefund: false,
      hasDispute: false,
      isTest: false,
      recoveredBy: null,
      paidBy: null,
      bumps: [],
      bumpOf: null,
      sequence: null,
      lastAt: now,
    },
    person: {
      name: text('name'),
      phone: '+55 11 9••••-0000',
      whatsapp: true,
      hoursEarlier: 0,
      email: 'mari•••@example.com',
      document: null,
      origin: null,
      purchases: 0,
      spent: null,
      reversals: 0,
    },
  };
}
