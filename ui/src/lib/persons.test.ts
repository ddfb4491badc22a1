import { afterEach, expect, test } from 'vitest';
import { setLocale } from './i18n.svelte';
import { mergedWords, reasonWords, suggestionWords } from './persons';
import type { MergedPerson } from './types/MergedPerson';
import type { Suggestion } from './types/Suggestion';

afterEach(() => setLocale('pt-BR'));

const merged = (change: Partial<MergedPerson>): MergedPerson => ({
  id: 'cnv_2',
  name: 'Rita de Teste',
  reason: 'phone',
  byName: null,
  byMe: false,
  at: 0,
  state: 'merged',
  ...change,
});

test.each<[Pick<Suggestion, 'reason' | 'differs'>, string]>([
  [{ reason: 'email', differs: [] }, 'mesmo e-mail'],
  [{ reason: 'email', differs: ['phone'] }, 'mesmo e-mail, outro telefone'],
  [{ reason: 'order', differs: ['phone', 'document'] }, 'mesmo pedido, outro telefone, outro CPF ou CNPJ'],
  [{ reason: 'document', differs: ['email'] }, 'mesmo CPF ou CNPJ, outro e-mail'],
])('%o is said as %s', (suggestion, words) => {
  expect(suggestionWords({ id: 'cnv_2', name: null, ...suggestion })).toBe(words);
});

test.each<[Partial<MergedPerson>, string]>([
  [{}, 'mesmo telefone'],
  [{ reason: 'person', byName: 'Bia', byMe: false }, 'unida por Bia'],
  [{ reason: 'person', byName: 'Ana', byMe: true }, 'unida por você'],
  [{ state: 'merging', byName: 'Ana', byMe: true }, 'unindo, aguardando o serviço'],
  [{ state: 'separating' }, 'desfazendo, aguardando o serviço'],
])('a merge with %o is said as %s', (change, words) => {
  expect(mergedWords(merged(change))).toBe(words);
});

test('a reason of a newer service is shown as it came', () => {
  expect(reasonWords('palm_reading')).toBe('palm_reading');
});

test('the words follow the language', () => {
  setLocale('en');
  expect(suggestionWords({ id: 'cnv_2', name: null, reason: 'email', differs: ['phone'] })).toBe(
    'same e-mail, another phone',
  );
});
