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
  return format.format(decimal(amount.minor, digits));
}

/** Places the point by text: dividing would lose the last cent of a large amount. */
function decimal(minor: number, digits: number): Intl.StringNumericLiteral {
  const figures = String(Math.abs(minor)).padStart(digits + 1, '0');
  const cut = figures.length - digits;
  const text = digits === 0 ? figures : `${figures.slice(0, cut)}.${figures.slice(cut)}`;
  return (minor < 0 ? `-${text}` : text) as Intl.StringNumericLiteral;
}
