/** Says why a conversation stands where it does under what is due, as the host told what ranks it. Counts nothing itself. */
import { locale, t } from './i18n.svelte';
import { money } from './money';
import { clockTime, daysBetween, HOUR, lastMoment, MINUTE, shortDate, span } from './time';
import type { Deadline } from './types/Deadline';
import type { Row } from './types/Row';

/** What the order of one row follows from, in words. */
export interface Why {
  /** What ends, and when. */
  ends: string;
  /** What the amount counts. */
  counts: string;
  /** The moment it is ranked by. */
  ranked: string;
  /** What ends before, where that is something else. */
  before: string | null;
}

/** Returns why a row stands where it does; `null` where it is not ranked. */
export function whyOf(row: Row, now: number): Why | null {
  const { deadline, pressure } = row;
  if (!pressure) return null;
  const { ends, amount, at } = pressure;
  const counts = amount
    ? t('why.amount', { amount: money(amount, locale()), ahead: spanFine(ends.at - at) })
    : t('why.noAmount');
  const isBefore = deadline !== null && deadline.at > now && (deadline.at < ends.at || ends.at <= now);
  return {
    ends: endWords(ends, now),
    counts,
    ranked: t('why.ranked', { at: pointWords(at, now) }),
    before: isBefore ? t('why.before', { ends: endWords(deadline, now) }) : null,
  };
}

function endWords(deadline: Deadline, now: number): string {
  const { kind, at } = deadline;
  const left = at - now;
  const end = lastMoment(deadline);
  const [when, point] = [moment(end, now), pointWords(end, now)];
  if (kind === 'snooze') return t('why.snooze', { at: point });
  return t(left > 0 ? `why.${kind}` : 'why.over', { when, at: point, left: span(Math.max(0, left)) });
}

function moment(at: number, now: number): string {
  return daysBetween(at, now) === 0 ? clockTime(at) : `${shortDate(at, now)} ${clockTime(at)}`;
}

/** Returns `às 14:06`, `em 22/11 às 14:06`: a moment as something happens at it. */
function pointWords(at: number, now: number): string {
  const time = clockTime(at);
  return daysBetween(at, now) === 0
    ? t('time.atClock', { time })
    : t('time.atDay', { date: shortDate(at, now), time });
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
