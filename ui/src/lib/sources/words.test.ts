import { describe, expect, test } from 'vitest';
import { locale, setLocale, t } from '../i18n.svelte';
import { en } from '../i18n/en';
import { ptBR } from '../i18n/pt-BR';
import { fieldName, whyText } from './words';

const told = (
  why: string,
  whyCode: string,
  result: 'ignored' | 'unmapped' | 'rejected' = 'ignored',
  path = '',
) => whyText({ why, whyCode, result, path });

describe('why a delivery became what it is', () => {
  test('is said by its name, in the language of the page', () => {
    const before = locale();
    try {
      setLocale('pt-BR');
      expect(told('the app is gone', 'access_ended')).toBe(
        'O aplicativo foi retirado da loja. A fonte foi pausada',
      );
      setLocale('en');
      expect(told('the app is gone', 'access_ended')).toContain('The source was paused');
    } finally {
      setLocale(before);
    }
  });

  test('falls back to its kind where the name is new or there is none', () => {
    expect(told('x', '')).toBe(t('deliveryWhy.ignored'));
    expect(told('x', 'of_tomorrow', 'unmapped')).toBe(t('deliveryWhy.unmapped'));
    expect(told('', 'privacy')).toBe('');
    expect(told('wrong_type', 'wrong_type', 'rejected', 'a.b')).toBe(`${t('deliveryWhy.wrong_type')}: a.b`);
    expect(told('bad_json', 'not_json', 'rejected', '.')).toBe(t('deliveryWhy.not_json'));
  });
});

test("a field has the words of its platform's panel, else the common ones, else its key", () => {
  expect(fieldName('accessToken', 'shopify')).toBe(t('field.shopify.accessToken'));
  expect(fieldName('accessToken', 'other')).toBe(t('field.accessToken'));
  expect(fieldName('newField', 'shopify')).toBe('newField');
  const names = (all: object) => Object.keys(all).filter((key) => key.startsWith('field.'));
  expect(names(en)).toEqual(names(ptBR));
});
