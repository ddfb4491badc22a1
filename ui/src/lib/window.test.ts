import { expect, test } from 'vitest';
import { around, scrollFor } from './window';

test.each([
  [0, 600, 60, 10_000, { from: 0, to: 16 }],
  [6_000, 600, 60, 10_000, { from: 94, to: 116 }],
  [599_700, 600, 60, 10_000, { from: 9_989, to: 10_000 }],
  [0, 600, 60, 3, { from: 0, to: 3 }],
  [90_000, 600, 60, 3, { from: 3, to: 3 }],
])('scrolled to %i in %i pixels', (top, port, height, count, rows) => {
  expect(around(top, port, height, count)).toEqual(rows);
});

test('however long the list, few rows are drawn', () => {
  const { from, to } = around(3_000_000, 900, 44, 100_000);
  expect(to - from).toBeLessThan(40);
});

test.each([
  [0, 0, null],
  [9, 0, null],
  [10, 0, 60],
  [3, 300, 180],
  [12, 300, null],
])('row %i from %i', (at, top, to) => expect(scrollFor(at, 60, top, 600)).toBe(to));
