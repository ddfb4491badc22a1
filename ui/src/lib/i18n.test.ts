import { describe, expect, test } from 'vitest';
import { setLocale, systemLocale, t } from './i18n.svelte';
import { en } from './i18n/en';
import { ptBR, type Key } from './i18n/pt-BR';

const keys = Object.keys(ptBR) as Key[];
const flat = (text: string | { one: string; other: string }) =>
  typeof text === 'string' ? [text] : [text.one, text.other];
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

describe('the two catalogues say the same', () => {
  test.each(keys)('%s', (key) => {
    const [source, english] = [flat(ptBR[key]), flat(en[key])];
    expect(english.length).toBe(source.length);
    for (const [place, text] of english.entries()) {
      expect(text.trim()).not.toBe('');
      expect(holes(text)).toEqual(holes(source[place] ?? ''));
    }
  });
  test('and no key is left over', () => expect(Object.keys(en).sort()).toEqual([...keys].sort()));
});

test('plurals follow the language', () => {
  expect(t('list.new', { n: 1 })).toBe('1 nova');
  expect(t('list.new', { n: 2 })).toBe('2 novas');
  expect(t('rail.outboxWaiting', { n: 1_200 })).toBe('1.200 ações aguardam envio');
  setLocale('en');
  expect(t('rail.outboxWaiting', { n: 1 })).toBe('1 action waits to be sent');
  expect(t('time.days', { n: 0 })).toBe('0 days');
});

test('Brazil counts zero as one', () => expect(t('time.days', { n: 0 })).toBe('0 dia'));

test('a value is shown as it is, braces and all', () => {
  expect(t('palette.none', { text: '{n}' })).toBe('Nada encontrado para “{n}”.');
});

test('a name written from right to left is set apart from what stands around it', () => {
  expect(t('people.since', { date: '21/11' })).toBe('desde 21/11');
  expect(t('list.owner', { name: 'مريم' })).toBe(
    t('list.owner', { name: '@' }).replace('@', '\u2068مريم\u2069'),
  );
});

test.each([
  [['pt-PT'], 'pt-BR'],
  [['en-GB', 'pt-BR'], 'en'],
  [['de', 'en'], 'en'],
  [['fr'], 'pt-BR'],
  [[], 'pt-BR'],
])('a system that prefers %j reads %s', (tags, locale) => expect(systemLocale(tags)).toBe(locale));

test('pt-BR does not shout', () => {
  for (const key of keys)
    for (const text of flat(ptBR[key])) expect(text, key).not.toMatch(/!|\b[A-ZÀ-Ú]{5,}\b/);
});

test('no text is left unused', () => {
  const sources = import.meta.glob(['../**/*.svelte', '../**/*.ts', '!./i18n/*', '!../**/*.test.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const code = Object.values(sources).join('\n');
  const made = [...code.matchAll(/`([\w.]+\.)\$\{/g)].map((found) => found[1] ?? '');
  const unused = keys.filter(
    (key) => !code.includes(`'${key}'`) && !made.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});
