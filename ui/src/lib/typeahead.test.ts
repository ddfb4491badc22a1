import { expect, test } from 'vitest';
import { braceToken, slashToken, valueByBrace, valueToken } from './typeahead';

test.each<[string, string | null]>([
  ['/', ''],
  ['/val', 'val'],
  ['Oi, são /val', 'val'],
  ['Oi,\n/pix copia', 'pix copia'],
  ['(/val', 'val'],
  ['e/ou', null],
  ['21/11', null],
  ['https://pay.example.com/c/1', null],
  ['sim / não', null],
  ['/val\nmais', null],
  [`/${'a'.repeat(60)}`, null],
])('before the caret %j looks for %j', (text, wanted) => {
  const token = valueToken(text, text.length);
  expect(token?.text ?? null).toBe(wanted);
  if (token) expect(text.slice(token.start, token.end)).toBe(`/${wanted}`);
});

test('only a text that is nothing else looks for templates', () => {
  expect(slashToken('/pix')?.text).toBe('pix');
  expect(slashToken('Oi /pix')).toBeNull();
});

test.each([
  ['Oi, {', 5, { start: 4, end: 5, text: '' }],
  ['Oi, {{ no', 9, { start: 4, end: 9, text: 'no' }],
  ['Oi, {{ no }} tudo', 9, { start: 4, end: 12, text: 'no' }],
  ['Oi, {{primeiro\u00a0no}}', 17, { start: 4, end: 19, text: 'primeiro no' }],
  ['{{ amount }} e', 14, null],
  ['{\nOi', 4, null],
  ['Oi', 2, null],
])('in %j at %i the unfinished variable is %j', (text, caret, expected) =>
  expect(braceToken(text, caret)).toEqual(expected),
);

test.each([
  ['/{', 2, { start: 0, end: 2, text: '' }],
  ['/{{ va', 6, { start: 0, end: 6, text: 'va' }],
  ['são {va', 7, { start: 4, end: 7, text: 'va' }],
  ['e/{', 3, { start: 2, end: 3, text: '' }],
  ['/pix', 4, null],
])('a brace in %j at %i looks for a value alone: %j', (text, caret, expected) =>
  expect(valueByBrace(text, caret)).toEqual(expected),
);
