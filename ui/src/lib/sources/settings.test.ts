import { describe, expect, test } from 'vitest';
import { ptBR } from '../i18n/pt-BR';
import type { FieldForm } from '../types/FieldForm';
import type { SourceField } from '../types/SourceField';
import { entered, faults, placeOf, STAGES, typedOf, type Row, type Typed } from './settings';

const field = ([name, form]: [string, FieldForm]): SourceField => ({
  name,
  required: false,
  secret: false,
  form,
});
const FORMS: [string, FieldForm][] = [
  ['shopDomain', 'text'],
  ['abandonAfterMinutes', 'number'],
  ['statusWords', 'stages'],
  ['checkoutUrls', 'links'],
  // Settings that no page was ever told of, as a new platform's are.
  ['returnsTo', 'link'],
  ['paidIn', 'currency'],
];
const FIELDS = FORMS.map(field);
const KEPT = {
  shopDomain: 'doces.example.com',
  abandonAfterMinutes: 20,
  statusWords: { Separando: 'fulfilled', Pago: { stage: 'purchase_approved', since: 2025 } },
  apiBaseUrl: 'https://api.example.com',
};
const rows = (...pairs: [string, string][]): Row[] => pairs.map(([word, is]) => ({ word, is }));

function typed(change: { texts?: Typed['texts']; tables?: Typed['tables'] } = {}): Typed {
  const read = typedOf(FIELDS, KEPT);
  return { texts: { ...read.texts, ...change.texts }, tables: { ...read.tables, ...change.tables } };
}
const saved = (change: Parameters<typeof typed>[0], kept: Record<string, unknown> = KEPT) =>
  entered(kept, FIELDS, typedOf(FIELDS, kept), { ...typed(change) });

test('every stage has its words', () => {
  const named = Object.keys(ptBR).filter((key) => key.startsWith('stage.'));
  expect(named.toSorted()).toEqual(STAGES.map((stage) => `stage.${stage}`).toSorted());
});

describe('what is saved', () => {
  test.each<[string, Parameters<typeof typed>[0], Record<string, unknown>]>([
    ['untouched, everything as it was', {}, KEPT],
    [
      'minutes as a number, the table whole',
      { texts: { abandonAfterMinutes: ' 45 ' } },
      { ...KEPT, abandonAfterMinutes: 45 },
    ],
    ['an emptied text is taken out', { texts: { shopDomain: ' ' } }, { ...KEPT, shopDomain: undefined }],
    [
      'another row, the others as they were',
      { tables: { statusWords: [...typed().tables.statusWords!, { word: ' Retirou ', is: 'delivered' }] } },
      { ...KEPT, statusWords: { ...KEPT.statusWords, Retirou: 'delivered' } },
    ],
    [
      'a row that means another stage',
      { tables: { statusWords: rows(['Separando', 'delivered'], ['Pago', 'purchase_approved']) } },
      { ...KEPT, statusWords: { Separando: 'delivered', Pago: KEPT.statusWords.Pago } },
    ],
    [
      'a table without rows is taken out',
      { tables: { statusWords: rows(['', '']) } },
      { ...KEPT, statusWords: undefined },
    ],
    [
      'a table that was not there',
      { tables: { checkoutUrls: rows(['788921', 'https://pay.example.com/a'], ['', '']) } },
      { ...KEPT, checkoutUrls: { 788921: 'https://pay.example.com/a' } },
    ],
  ])('%s', (_, change, expected) => {
    expect(JSON.parse(JSON.stringify(saved(change)))).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  test('a text where a table belongs is never read, and goes', () => {
    const kept = { checkoutUrls: 'https://pay.example.com' };
    const read = typedOf(FIELDS, kept);
    expect(entered(kept, FIELDS, read, read)).toEqual({});
  });
});

test('what is drawn follows from the form the service tells, whatever the setting is called', () => {
  const fields = [field(['situations', 'stages']), field(['statusWords', 'text'])];
  const read = typedOf(fields, { situations: { Pago: 'purchase_approved' }, statusWords: 'x' });
  expect(read.tables).toEqual({ situations: rows(['Pago', 'purchase_approved']) });
  expect(read.texts).toEqual({ statusWords: 'x' });
});

test.each<[string, Parameters<typeof typed>[0], [string, number | null, string][]]>([
  ['nothing', {}, []],
  ['an empty row', { tables: { checkoutUrls: rows(['', '']) } }, []],
  [
    'letters for minutes',
    { texts: { abandonAfterMinutes: 'abc' } },
    [['abandonAfterMinutes', null, 'not_number']],
  ],
  ['half a minute', { texts: { abandonAfterMinutes: '0,5' } }, [['abandonAfterMinutes', null, 'not_number']]],
  [
    'no link, no currency',
    { texts: { returnsTo: 'http://a.example.com', paidIn: 'R$' } },
    [
      ['returnsTo', null, 'no_link'],
      ['paidIn', null, 'no_currency'],
    ],
  ],
  ['a link and a currency', { texts: { returnsTo: 'https://a.example.com', paidIn: 'brl' } }, []],
  [
    'a link without a product',
    { tables: { checkoutUrls: rows(['', 'https://a.example.com']) } },
    [['checkoutUrls', 0, 'no_word']],
  ],
  [
    'a product without a link',
    { tables: { checkoutUrls: rows(['1', '']) } },
    [['checkoutUrls', 0, 'no_link']],
  ],
  [
    'no https',
    { tables: { checkoutUrls: rows(['1', 'http://a.example.com']) } },
    [['checkoutUrls', 0, 'no_link']],
  ],
  [
    'a word without a stage',
    { tables: { statusWords: rows(['Pago', '']) } },
    [['statusWords', 0, 'no_stage']],
  ],
  [
    'a stage that is none',
    { tables: { statusWords: rows(['Pago', 'toString']) } },
    [['statusWords', 0, 'no_stage']],
  ],
  [
    'a word twice, in other letters',
    { tables: { statusWords: rows(['Separação', 'fulfilled'], ['separacao', 'delivered']) } },
    [['statusWords', 1, 'twice']],
  ],
])('wrong is %s', (_, change, expected) => {
  expect(faults(FIELDS, typed(change)).map(({ field, row, code }) => [field, row, code])).toEqual(expected);
});

test.each([
  ['settings.abandonAfterMinutes', { field: 'abandonAfterMinutes', row: null }],
  ['statusWords', { field: 'statusWords', row: null }],
  ['settings.statusWords.Pago', { field: 'statusWords', row: 1 }],
  ['statusWords.Gone', { field: 'statusWords', row: null }],
  ['statusWordsToo', null],
  ['', null],
])('the service’s word of %s has its place', (path, expected) => {
  expect(placeOf({ path, code: 'wrong_type', detail: '' }, FIELDS, typed())).toEqual(expected);
});
