import { expect, test } from 'vitest';
import { SETTINGS } from './fake/options';
import { reachOf, typedFrom, withReach, writtenFrom } from './notices';

test.each([
  ['', 0],
  ['  ', 0],
  ['0', 0],
  ['150', 15_000],
  ['150,5', 15_050],
  ['R$ 1.250,00', 125_000],
  ['r$99,90', 9_990],
  ['R$\u00a01.250,00', 125_000],
  ['1,250.00', 125_000],
  ['muito', null],
  ['-5', null],
  ['150 reais', null],
])('%j is %s centavos', (text, centavos) => expect(typedFrom(text)).toBe(centavos));

test('what is written is read as the same amount', () => {
  for (const centavos of [0, 1, 9_990, 15_000, 125_000, 100_000_000]) {
    expect(typedFrom(writtenFrom(centavos))).toBe(centavos);
  }
});

test('a group that is not named reaches nobody, and choosing one leaves the others', () => {
  expect(reachOf(SETTINGS, 'approved')).toBe('all');
  expect(reachOf(SETTINGS, 'pix')).toBe('none');
  expect(withReach(SETTINGS, 'pix', 'mine').notifyOf).toEqual({ approved: 'all', pix: 'mine' });
});
