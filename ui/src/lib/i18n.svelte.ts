/** Turns keys into texts of the language in use. Knows nothing of who shows them. */
import { en } from './i18n/en';
import { ptBR, type Catalogue, type Key, type Plural } from './i18n/pt-BR';
import { setApart } from './set_apart';

export type { Key };
export type Locale = 'pt-BR' | 'en';
export type Params = Record<string, string | number>;

const CATALOGUES: Record<Locale, Catalogue> = { 'pt-BR': ptBR, en };

let current = $state<Locale>('pt-BR');
const rules: Record<Locale, Intl.PluralRules> = {
  'pt-BR': new Intl.PluralRules('pt-BR'),
  en: new Intl.PluralRules('en'),
};

// Making one takes longer than all it writes on a screen.
const numbers: Record<Locale, Intl.NumberFormat> = {
  'pt-BR': new Intl.NumberFormat('pt-BR'),
  en: new Intl.NumberFormat('en'),
};

/** Returns the language in use. */
export function locale(): Locale {
  return current;
}

/** Chooses the language. */
export function setLocale(next: Locale): void {
  current = next;
}

/** Picks the nearest language there is for what the system prefers. */
export function systemLocale(preferred: readonly string[]): Locale {
  const first = preferred.find((tag) => /^(pt|en)\b/i.test(tag));
  return first?.toLowerCase().startsWith('en') ? 'en' : 'pt-BR';
}

/** Returns the text of a key; plural texts choose their form by `n`. */
export function t(key: Key, params: Params = {}): string {
  const text: string | Plural = CATALOGUES[current][key];
  const pattern = typeof text === 'string' ? text : pluralForm(text, Number(params.n ?? 0));
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => shown(params[name]) ?? whole);
}

/** Writes a number as the language in use writes it. */
export function figure(n: number): string {
  return numbers[current].format(n);
}

function pluralForm(text: Plural, n: number): string {
  return rules[current].select(n) === 'one' ? text.one : text.other;
}

function shown(value: string | number | undefined): string | undefined {
  if (typeof value === 'number') return figure(value);
  return value === undefined ? undefined : setApart(value);
}
