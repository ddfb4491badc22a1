/** Says why a conversation stands where it does under what is due: money × time left, by the rule the list is ordered by. */
import { locale, t } from './i18n.svelte';
import { money } from './money';
import { clockTime, HOUR, MINUTE, shortDate, span, daysBetween } from './time';
import type { Row } from './types/Row';

/** What one doubling of the amount is worth against the clock. */
export const DOUBLING = 20 * MINUTE;

/** Returns how far an amount of minor units moves its deadline forward: twenty minutes each doubling, straight in between. */
export function headStart(minor: number): number {
  const whole = Math.floor(Math.max(0, minor) / 100) + 1;
  const power = Math.floor(Math.log2(whole));
  const rest = whole - 2 ** power;
  return DOUBLING * power + Math.floor((rest * DOUBLING) / 2 ** power);
}

/** What the order of one row follows from, in words. */
export interface Why {
  /** What ends, and when. */
  ends: string;
  /** What the amount counts. */
  counts: string;
  /** The moment it is ranked by. */
  ranked: string;
}

/** Returns why a row stands where it does; `null` where nothing ends. */
export function whyOf(row: Row, now: number): Why | null {
  const { deadline, amount } = row;
  if (!deadline) return null;
  const left = deadline.at - now;
  const when = moment(deadline.at, now);
  const ends =
    deadline.kind === 'snooze'
      ? t('why.snooze', { when })
      : t(left > 0 ? `why.${deadline.kind}` : 'why.over', { when, left: span(Math.max(0, left)) });
  const ahead = headStart(amount?.minor ?? 0);
  const counts = amount
    ? t('why.amount', { amount: money(amount, locale()), ahead: spanFine(ahead) })
    : t('why.noAmount');
  return { ends, counts, ranked: t('why.ranked', { when: moment(deadline.at - ahead, now) }) };
}

function moment(at: number, now: number): string {
  return daysBetween(at, now) === 0 ? clockTime(at) : `${shortDate(at, now)} ${clockTime(at)}`;
}

/** Returns `2 h 33 min`: a span told to the minute. */
function spanFine(millis: number): string {
  const hours = Math.floor(millis / HOUR);
  const rest = Math.floor((millis % HOUR) / MINUTE);
  const parts = [
    hours > 0 ? t('time.hours', { n: hours }) : '',
    rest > 0 ? t('time.minutes', { n: rest }) : '',
  ];
  return parts.filter(Boolean).join(' ') || t('time.minutes', { n: 0 });
}
