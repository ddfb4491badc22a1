import { expect, test } from 'vitest';
import { slashToken, valueToken } from './typeahead';

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
