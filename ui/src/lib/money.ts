/** Writes amounts for the eye. Amounts are minor units with their currency, as they come. */
import type { Locale } from './i18n.svelte';
import type { Amount } from './types/Amount';

const formats = new Map<string, { format: Intl.NumberFormat; digits: number }>();

function formatFor(locale: Locale, currency: string) {
  const key = `${locale} ${currency}`;
  let known = formats.get(key);
  if (!known) {
    const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
    known = { format, digits: format.resolvedOptions().maximumFractionDigits ?? 2 };
    formats.set(key, known);
  }
  return known;
}

/** Returns `R$ 1.234,56` or `R$1,234.56`. */
export function money(amount: Amount, locale: Locale): string {
  const { format, digits } = formatFor(locale, amount.currency);
  return format.format(amount.minor / 10 ** digits);
}
