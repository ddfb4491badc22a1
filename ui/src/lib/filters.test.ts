import { describe, expect, test } from 'vitest';
import { FakeHost } from './backend.fake';
import { fieldsOf, offersOf, typedAmounts, typedPeriod } from './filter_choices';
import { filterOf, joined, type Value } from './filter_by';
import { chipsOf, FIELDS, isEmpty, NO_FILTER, sameFilter, without, type Names } from './filters';
import type { Filter } from './types/Filter';

const NOW = Date.parse('2026-11-21T14:00:00-03:00');
const NAMES: Names = {
  values: {
    platforms: [{ value: 'hotmart', name: 'Hotmart' }],
    sources: [{ id: 'int_1', name: 'Hotmart 2', standing: 'active' }],
    products: ['Curso Violão do Zero'],
    labels: ['VIP', 'Atacado'],
    utmSources: ['facebook'],
    utmMediums: [],
    utmCampaigns: [],
  },
  members: [{ id: 'mem_1', name: 'Rafael Tanaka', role: 'agent', isMe: false }],
};

describe('each condition in words, and gone without a trace', () => {
  const cases: [Partial<Filter>, string][] = [
    [{ stages: ['pix'] }, 'PIX gerado'],
    [{ stages: ['pix', 'boleto'] }, 'PIX gerado ou Boleto'],
    [{ stages: ['pix', 'boleto', 'cart'] }, 'PIX gerado +2'],
    [{ platforms: ['hotmart'] }, 'Hotmart'],
    [{ platforms: ['unheard'] }, 'unheard'],
    [{ sources: ['int_1'] }, 'Hotmart 2'],
    [{ sources: ['int_gone'] }, 'que não existe mais'],
    [{ products: ['Curso Violão do Zero'] }, 'Curso Violão do Zero'],
    [{ amountFrom: 4_000 }, '≥ R$ 40,00'],
    [{ amountTo: 9_050 }, '≤ R$ 90,50'],
    [{ amountFrom: 4_000, amountTo: 9_000 }, 'R$ 40,00 a R$ 90,00'],
    [{ amountFrom: 19_700, amountTo: 19_700 }, 'R$ 197,00'],
    [{ owners: [{ is: 'me' }] }, 'com você'],
    [{ owners: [{ is: 'nobody' }] }, 'sem responsável'],
    [{ owners: [{ is: 'member', id: 'mem_1' }] }, 'Rafael Tanaka'],
    [{ labels: ['VIP', 'Atacado'] }, 'VIP ou Atacado'],
    [{ period: { kind: 'days', count: 1 } }, 'hoje'],
    [{ period: { kind: 'days', count: 7 } }, 'últimos 7 dias'],
    [{ endsWithin: 30 }, 'vence em até 30 min'],
    [{ endsWithin: 240 }, 'vence em até 4 h'],
    [{ utmSources: ['facebook'] }, 'origem: facebook'],
  ];
  test.each(cases)('%j', (condition, words) => {
    const filter = { ...NO_FILTER, ...condition };
    const chips = chipsOf(filter, NAMES);
    expect(chips.map((chip) => chip.words.replace(/\u00a0/g, ' '))).toEqual([words]);
    expect(isEmpty(filter)).toBe(false);
    expect(isEmpty(without(filter, chips[0]!.field))).toBe(true);
  });

  test('no condition, no chip', () => expect(chipsOf(NO_FILTER, NAMES)).toEqual([]));
});

test.each([
  [
    '40',
    [
      [4_000, null],
      [null, 4_000],
      [4_000, 4_000],
    ],
  ],
  ['> 100', [[10_000, null]]],
  ['<1.234,56', [[null, 123_456]]],
  ['90 - 40', [[4_000, 9_000]]],
  [
    '1234.5',
    [
      [123_450, null],
      [null, 123_450],
      [123_450, 123_450],
    ],
  ],
  ['', []],
  ['muito', []],
])('an amount typed as %j', (text, spans) => expect(typedAmounts(text)).toEqual(spans));

test.each([
  ['14 dias', { kind: 'days', count: 14 }],
  ['3/11', { kind: 'between', from: '2026-11-03T03:00:00.000Z', to: '2026-11-04T03:00:00.000Z' }],
  ['1/11 a 7/11', { kind: 'between', from: '2026-11-01T03:00:00.000Z', to: '2026-11-08T03:00:00.000Z' }],
  ['25/12', { kind: 'between', from: '2025-12-25T03:00:00.000Z', to: '2025-12-26T03:00:00.000Z' }],
  ['0', null],
  ['999', null],
  ['45/13', null],
  ['', null],
])('a period typed as %j', (text, period) => expect(typedPeriod(text, NOW)).toEqual(period));

describe('what is offered', () => {
  test('only fields with something to choose, and a source only where it says more than its platform', () => {
    expect(fieldsOf(NAMES)).not.toContain('sources');
    expect(fieldsOf(NAMES)).not.toContain('utmMediums');
    expect(fieldsOf(NAMES)).toContain('labels');
  });

  test.each(FIELDS)('choosing in %s narrows, choosing again widens', (field) => {
    const [offer] = offersOf(field, NO_FILTER, NAMES, '', NOW);
    if (!offer) return expect(['utmMediums', 'utmCampaigns']).toContain(field);
    expect(isEmpty(offer.next)).toBe(false);
    const again = offersOf(field, offer.next, NAMES, '', NOW).find((one) => one.id === offer.id);
    expect(again?.on).toBe(true);
    expect(isEmpty(again!.next)).toBe(true);
  });
});

describe('a value on screen', () => {
  const values: [Value, Partial<Filter>][] = [
    [{ of: 'stage', is: 'pix' }, { stages: ['pix'] }],
    [{ of: 'platform', is: 'Hotmart' }, { platforms: ['hotmart'] }],
    [{ of: 'source', is: 'int_1' }, { sources: ['int_1'] }],
    [{ of: 'product', is: 'Kit' }, { products: ['Kit'] }],
    [
      { of: 'day', is: Date.parse('2026-11-20T23:30:00-03:00') },
      { period: { kind: 'between', from: '2026-11-20T03:00:00.000Z', to: '2026-11-21T03:00:00.000Z' } },
    ],
    [{ of: 'utmMedium', is: 'cpc' }, { utmMediums: ['cpc'] }],
    [
      { of: 'amount', is: 500 },
      { amountFrom: 500, amountTo: 500 },
    ],
    [{ of: 'owner', is: { is: 'me' } }, { owners: [{ is: 'me' }] }],
    [{ of: 'label', is: 'VIP' }, { labels: ['VIP'] }],
    [{ of: 'utmCampaign', is: 'natal' }, { utmCampaigns: ['natal'] }],
  ];
  test.each(values)('%j is a filter', (value, filter) => {
    expect(filterOf(value, NAMES.values)).toEqual({ ...NO_FILTER, ...filter });
  });

  test('joins what narrows already, in place of the same field', () => {
    const before = { ...NO_FILTER, labels: ['VIP'], amountFrom: 5_000 };
    const after = joined(before, filterOf({ of: 'amount', is: 700 }, null));
    expect(sameFilter(after, { ...NO_FILTER, labels: ['VIP'], amountFrom: 700, amountTo: 700 })).toBe(true);
  });
});

test('every value there is brings at least one conversation, and every count is its list’s length', async () => {
  const host = new FakeHost({ count: 400, now: () => NOW });
  const names = { values: await host.filterValues(), members: await host.members() };
  for (const field of ['platforms', 'products', 'labels', 'utmSources', 'utmCampaigns'] as const) {
    for (const { next } of offersOf(field, NO_FILTER, names, '', NOW)) {
      const page = await host.listPage({ view: 'all', filter: next, after: null, limit: 200 });
      expect(page.total, JSON.stringify(next)).toBeGreaterThan(0);
    }
  }
  const counters = await host.counters();
  for (const { id, count } of counters.saved) {
    expect((await host.listPage({ view: 'all', saved: id, after: null, limit: 1 })).total).toBe(count);
  }
});
