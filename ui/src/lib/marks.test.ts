import { describe, expect, test } from 'vitest';
import { holesIn, pieces, shiftMarks } from './marks';

const TEXT = 'Oi, Ana! São R$ 10.';
const MARKS = [
  { start: 4, end: 7, variable: 'customer.first_name' },
  { start: 13, end: 18, variable: 'amount' },
];

describe('marks follow an edit', () => {
  test.each([
    ['text put before both', `Olá, bom dia. ${TEXT}`, ['Ana', 'R$ 10']],
    ['text put between', 'Oi, Ana! Hoje são R$ 10.', ['Ana', 'R$ 10']],
    ['text put after', `${TEXT} Ok?`, ['Ana', 'R$ 10']],
    ['a value touched is no longer the value', 'Oi, Anna! São R$ 10.', ['R$ 10']],
    ['a value removed', 'Oi! São R$ 10.', ['R$ 10']],
    ['everything removed', '', []],
    ['nothing changed', TEXT, ['Ana', 'R$ 10']],
  ])('%s', (_, after, left) => {
    expect(shiftMarks(TEXT, after, MARKS).map((mark) => after.slice(mark.start, mark.end))).toEqual(left);
  });
});

test('pieces put together are the text', () => {
  const cut = pieces(TEXT, MARKS);
  expect(cut.map((piece) => piece.text).join('')).toBe(TEXT);
  expect(cut.filter((piece) => piece.mark).map((piece) => piece.text)).toEqual(['Ana', 'R$ 10']);
});

test('marks that cannot be are left out', () => {
  const wild = [
    { start: 0, end: 5, variable: 'a' },
    { start: 3, end: 6, variable: 'b' },
    { start: 90, end: 99, variable: 'c' },
  ];
  expect(
    pieces(TEXT, wild)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(TEXT);
});

test.each<[string, string[], string[]]>([
  ['Oi, {{ customer.first_name }}', ['{{ customer.first_name }}'], ['customer.first_name']],
  ['{{?quando}} e {{amount}}', ['{{?quando}}', '{{amount}}'], ['?quando', 'amount']],
  ['Oi, {{ nome', ['{{'], ['']],
  ['{% if %}', ['{%', '%}'], ['', '']],
  ['{ } { {', [], []],
])('%j holds %j', (text, holes, names) => {
  const found = holesIn(text);
  expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(holes);
  expect(found.map(({ variable }) => variable)).toEqual(names);
});
