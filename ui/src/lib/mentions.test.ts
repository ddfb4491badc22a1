import { expect, test } from 'vitest';
import { mentionsIn } from './mentions';
import { atToken, beginsWith, slashToken } from './typeahead';

const TEAM = ['Larissa', 'Larissa Nogueira', 'Rafael Tanaka', 'Íris'].map((name) => ({ id: name, name }));
const called = (text: string) => mentionsIn(text, TEAM).map(({ id }) => id);

test.each([
  ['@Larissa Nogueira, confirma?', ['Larissa Nogueira']],
  ['fala com @larissa e @Rafael Tanaka.', ['Larissa', 'Rafael Tanaka']],
  ['(@Íris)', ['Íris']],
  ['ana@Larissa.example.com', []],
  ['@Larissandra', []],
  ['@', []],
  ['sem ninguém', []],
])('%j calls %j', (text, who) => expect(called(text)).toEqual(who));

test.each([
  ['@', 1, ''],
  ['oi @lar', 7, 'lar'],
  ['oi @larissa nog', 15, 'larissa nog'],
  ['oi @lar depois', 7, 'lar'],
  ['ana@example', 11, null],
  ['oi @ lar', 8, null],
  ['@lar\noi', 7, null],
])('%j with the caret at %i looks for %j', (text, caret, wanted) =>
  expect(atToken(text, caret)?.text ?? null).toBe(wanted),
);

test.each([
  ['/', ''],
  ['/pix', 'pix'],
  ['/reenviar p', 'reenviar p'],
  ['12/03', null],
  ['oi /pix', null],
  ['/pix\n', null],
  ['https://', null],
])('%j is a template looked for: %j', (text, wanted) => expect(slashToken(text)?.text ?? null).toBe(wanted));

test('a name is found by any of its words, without accents', () => {
  expect(beginsWith('Íris Nogueira', 'iris')).toBe(true);
  expect(beginsWith('Íris Nogueira', 'nog')).toBe(true);
  expect(beginsWith('Íris Nogueira', 'ris')).toBe(false);
});
