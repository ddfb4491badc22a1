import { expect, test } from 'vitest';
import { replaceIn } from './replace_in';

test.each<[string, number, number, string, string, number]>([
  ['Oi {pro', 3, 7, '{{ product }}', 'Oi {{ product }}', 16],
  ['a{{ b }}c', 1, 8, '', 'ac', 1],
  ['', 0, 0, 'x', 'x', 1],
])('%j with %i to %i made %j', (before, start, end, by, after, caret) => {
  const field = document.createElement('textarea');
  document.body.append(field);
  field.value = before;
  const told: string[] = [];
  field.addEventListener('input', () => told.push(field.value));
  replaceIn(field, start, end, by);
  expect([field.value, field.selectionStart, field.selectionEnd]).toEqual([after, caret, caret]);
  expect(told).toEqual([after]);
  expect(document.activeElement).toBe(field);
  field.remove();
});
