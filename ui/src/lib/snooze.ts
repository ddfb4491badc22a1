/** What a conversation can be put aside until, in words. Reads no clock. */
import { locale, t } from './i18n.svelte';
import { clockTime, dayHeading, dayOf, daysBetween, HOUR, shortDate, ZONE } from './time';
import type { OrderCard } from './types/OrderCard';
import type { SnoozeUntil } from './types/SnoozeUntil';
import { dayAfter, momentOf, nextWeekday, typedTime } from './zone';

export interface Preset {
  id: string;
  words: string;
  /** When that is, where the words do not say it. */
  hint: string;
  until: SnoozeUntil;
}

const PAYABLE = ['cart', 'pix', 'boleto', 'analysis', 'overdue', 'refused', 'expired'];
const EVENING = 18;
const MORNING = 9;

/** Returns what is offered for an order: times first, then what may happen to it. */
export function presets(order: OrderCard | null, now: number): Preset[] {
  const morning = momentOf(dayAfter(now, 1), MORNING);
  const evening = momentOf(dayOf(now), EVENING);
  const monday = momentOf(nextWeekday(now, 1), MORNING);
  const times = [
    preset('hour', t('snooze.hour'), until(now + HOUR), clockTime(now + HOUR)),
    ...(evening > now
      ? [preset('today', t('snooze.today', { time: clockTime(evening) }), until(evening))]
      : []),
    preset('tomorrow', t('snooze.tomorrow', { time: clockTime(morning) }), until(morning)),
    ...(monday > morning ? [preset('monday', weekday(monday), until(monday), shortDate(monday, now))] : []),
  ];
  const reply = preset('reply', t('snooze.reply'), { kind: 'reply' });
  if (!order || !PAYABLE.includes(order.group)) return [...times, reply];
  const { orderKey } = order;
  const paid = preset('paid', t('snooze.paid'), { kind: 'paid', orderKey });
  const ends = order.deadline && order.deadline.kind !== 'recovery' && order.deadline.at > now;
  if (!ends) return [...times, paid, reply];
  const what = order.group === 'pix' || order.group === 'boleto' ? order.group : 'other';
  const hint = order.deadline ? whenWords(order.deadline.at, now) : '';
  return [
    ...times,
    paid,
    preset('expired', t(`snooze.expired.${what}`), { kind: 'expired', orderKey }, hint),
    reply,
  ];
}

/** Returns the time that was typed as something to choose, if it is one. */
export function typedPreset(text: string, now: number): Preset | null {
  const at = typedTime(text, now);
  return at === null ? null : preset('typed', whenWords(at, now), until(at));
}

/** Returns `até 25/11 14:00`, `até o cliente responder`. */
export function untilWords(asked: SnoozeUntil, now: number): string {
  if (asked.kind !== 'time') return t(`until.${asked.kind}`);
  return t('until.time', { when: whenWords(Date.parse(asked.at), now) });
}

/** Returns `18:00` for today, `amanhã 9:00`, `segunda-feira 09:00` within a week, else the date. */
export function whenWords(at: number, now: number): string {
  const days = daysBetween(now, at);
  const time = clockTime(at);
  if (days === 0) return time;
  if (days === 1) return t('snooze.tomorrow', { time });
  if (days > 1 && days < 7) return weekday(at);
  if (days < 0 && days > -2) return `${dayHeading(at, now).toLocaleLowerCase(locale())} ${time}`;
  return `${shortDate(at, now)} ${time}`;
}

function weekday(at: number): string {
  const day = new Intl.DateTimeFormat(locale(), { timeZone: ZONE, weekday: 'long' }).format(at);
  return t('snooze.day', { day: day.replace('-feira', ''), time: clockTime(at) });
}

const until = (at: number): SnoozeUntil => ({ kind: 'time', at: new Date(at).toISOString() });

function preset(id: string, words: string, asked: SnoozeUntil, hint = ''): Preset {
  return { id, words, hint, until: asked };
}
