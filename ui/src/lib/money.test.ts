import { expect, test } from 'vitest';
import { money } from './money';

const NBSP = '\u00a0';

test.each([
  [123_456, 'BRL', 'pt-BR', `R$${NBSP}1.234,56`],
  [123_456, 'BRL', 'en', 'R$1,234.56'],
  [5, 'BRL', 'pt-BR', `R$${NBSP}0,05`],
  [0, 'BRL', 'pt-BR', `R$${NBSP}0,00`],
  [1_990, 'CLP', 'pt-BR', `CLP${NBSP}1.990`],
  [123_456, 'USD', 'en', '$1,234.56'],
  [-1_050, 'BRL', 'en', '-R$10.50'],
  [9_007_199_254_740_991, 'BRL', 'pt-BR', `R$${NBSP}90.071.992.547.409,91`],
] as const)('%i %s in %s', (minor, currency, locale, text) => {
  expect(money({ minor, currency }, locale)).toBe(text);
});
