import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { en } from './i18n/en';
import { ptBR } from './i18n/pt-BR';
import {
  asking,
  blank,
  byLabel,
  byStage,
  inserted,
  keptAs,
  keyFor,
  offered,
  same,
  shownAs,
  type VariableName,
  VARIABLES,
  writtenIn,
} from './templates';
import type { TemplateCard } from './types/TemplateCard';
import type { TemplateDraft } from './types/TemplateDraft';

describe('the variables offered are those the program knows, by the same names', () => {
  test.each([
    ['pt-BR', ptBR],
    ['en', en],
  ] as const)('%s', (tag, catalogue) => {
    const file = readFileSync(`../crates/follow_up/texts/words.${tag}.json`, 'utf8');
    const told = (JSON.parse(file) as { variables: Record<string, { label: string }> }).variables;
    expect([...VARIABLES].sort()).toEqual(Object.keys(told).sort());
    for (const name of VARIABLES) {
      expect(catalogue[`templates.var.${name}`].replace('’', "'"), name).toBe(told[name]?.label);
    }
  });
});

test.each([
  ['Oi, {', 4, 5, 'customer.first_name', 'Oi, {{ customer.first_name }}'],
  ['Código: { obrigado', 8, 9, 'pix.code', 'Código: \n{{ pix.code }}\n obrigado'],
  ['Código:\n{', 8, 9, 'boleto.line', 'Código:\n{{ boleto.line }}'],
] as const)('in %j %s stands where it may', (text, start, end, name, expected) => {
  const done = inserted(text, start, end, name);
  expect(done.text).toBe(expected);
  expect(done.text.slice(0, done.to)).toContain(`{{ ${name} }}`);
});

describe('on screen', () => {
  const LABELS: Partial<Record<VariableName, string>> = {
    product: 'produto',
    'customer.first_name': 'primeiro nome',
  };
  const label = (name: VariableName) => LABELS[name] ?? name;

  test.each([
    ['Oi, {{ customer.first_name }}! O {{ product }}.', 'Oi, {{primeiro\u00a0nome}}! O {{produto}}.'],
    ['Oi\n{{ pix.code }}\n', 'Oi\n{{pix.code}}\n'],
    ['{{?o que houve}} e {{ nome }}', '{{?o\u00a0que\u00a0houve}} e {{ nome }}'],
    ['sem nada {', 'sem nada {'],
  ])('%j is written %j, and kept as it was', (kept, shown) => {
    expect(shownAs(kept, label)).toBe(shown);
    expect(keptAs(shown, label)).toBe(kept);
  });

  test.each([
    ['{{ Primeiro Nome }}', '{{ customer.first_name }}'],
    ['{{ customer.name }}', '{{ customer.name }}'],
    ['{{ qualquer coisa }}', '{{ qualquer coisa }}'],
  ])('%j, typed, is kept as %j', (typed, kept) => expect(keptAs(typed, label)).toBe(kept));

  test('both forms are found, and what is offered begins within one', () => {
    const names = writtenIn('{{primeiro\u00a0nome}} {{ product }}', label).map(({ name }) => name);
    expect(names).toEqual(['customer.first_name', 'product']);
    const done = inserted('Oi, {', 4, 5, 'product', byLabel('product', label));
    expect(done.text).toBe('Oi, {{produto}}');
  });
});

test('a question has its name selected, to be written over', () => {
  const done = asking('Oi {', 3, 4, 'motivo');
  expect(done.text).toBe('Oi {{?motivo}}');
  expect(done.text.slice(done.from, done.to)).toBe('motivo');
});

test('a variable is found by its label, accents aside, and by its name', () => {
  const label = (name: (typeof VARIABLES)[number]) => ptBR[`templates.var.${name}`];
  expect(offered('numero', label)).toEqual(['order.ref']);
  expect(offered('pix.', label)).toEqual(['pix.code', 'pix.expires_in']);
  expect(offered('cu', label)[0]).toBe('coupon');
  expect(offered('', label).length).toBe(VARIABLES.length);
});

test('a key comes from the name, and is nobody else’s', () => {
  expect(keyFor('Última chamada: 10% OFF!', new Set())).toBe('team.ultima-chamada-10-off');
  expect(keyFor('Prazo', new Set(['team.prazo', 'team.prazo-2']))).toBe('team.prazo-3');
  expect(keyFor('???', new Set())).toBe('team.template');
});

test('templates stand by stage, each stage in its order, in one language', () => {
  const card = (key: string, change: Partial<TemplateDraft>): TemplateCard => ({
    template: { ...blank('pt-BR', 'pix'), key, name: key, ...change },
    version: 0,
    builtIn: true,
    changedBy: null,
    changedAt: null,
  });
  const cards = [
    card('late', { place: 20 }),
    card('both', { place: 10, stages: ['pix', 'cart'] }),
    card('english', { locale: 'en' }),
  ];
  const told = byStage(cards, 'pt-BR').map((group) => [
    group.stage,
    group.cards.map((one) => one.template.key),
  ]);
  expect(told).toEqual([
    ['cart', ['both']],
    ['pix', ['both', 'late']],
  ]);
});

test('the order of fields makes no difference', () => {
  const one = blank('en', 'pix');
  const other = Object.fromEntries(Object.entries(one).reverse()) as TemplateDraft;
  expect(same(one, other)).toBe(true);
  expect(same(one, { ...other, text: 'x' })).toBe(false);
});

test.each([
  ['', []],
  ['Oi, {{ customer.first_name }}!', [[4, 29, 'customer.first_name']]],
  [
    '{{product}}{{ amount }}',
    [
      [0, 11, 'product'],
      [11, 23, 'amount'],
    ],
  ],
  ['Por {{?motivo da troca}}', [[4, 24, '?motivo da troca']]],
  ['{{ nome }} e {{ product', []],
  ['{ product } {{}} {{ product\n}}', []],
] as [string, [number, number, string][]][])('in %j stand %j', (text, expected) => {
  const found = writtenIn(text).map(({ start, end, name, asks }) => [start, end, name ?? `?${asks}`]);
  expect(found).toEqual(expected);
});
