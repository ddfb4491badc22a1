/** Writes times for the eye. Times are Unix milliseconds; days are those of São Paulo. Reads no clock. */
import { locale, t } from './i18n.svelte';
import type { Deadline } from './types/Deadline';

export const ZONE = 'America/Sao_Paulo';
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How loud a time is: plain, bold with a ring, filled, or struck out. */
export type Form = 'text' | 'bold' | 'filled' | 'struck';

export interface TimeForm {
  form: Form;
  text: string;
  /** Share of the time that is left, 0 to 1, where a ring is drawn. */
  left: number | null;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = tag + JSON.stringify(options);
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(tag, { timeZone: ZONE, ...options });
    formats.set(key, known);
  }
  return known;
}

/** Returns the day in São Paulo as `YYYY-MM-DD`. By parts, for engines differ in how they write a date. */
export function dayOf(at: number): string {
  const parts = format('en-US', { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at);
  const part = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Returns how many calendar days in São Paulo lie between two times. */
export function daysBetween(from: number, to: number): number {
  return Math.round((Date.parse(dayOf(to)) - Date.parse(dayOf(from))) / DAY);
}

/** Returns `14:02`. */
export function clockTime(at: number): string {
  return format(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** Returns the hour where somebody is for whom it is so many hours earlier than in São Paulo. */
export const theirClock = (at: number, hoursEarlier: number): string => clockTime(at - hoursEarlier * HOUR);

/** How many hours of a day are good to write in: from the first on, before the second. */
const OPENS = 8;
const CLOSES = 21;

/** Tells whether it is too early or too late there to write. */
export function isQuietThere(at: number, hoursEarlier: number): boolean {
  const hour = Number(theirClock(at, hoursEarlier).slice(0, 2));
  return hour < OPENS || hour >= CLOSES;
}

/** Returns `21/11`, with the year where it is not this one. */
export function shortDate(at: number, now: number): string {
  const sameYear = dayOf(at).slice(0, 4) === dayOf(now).slice(0, 4);
  const options: Intl.DateTimeFormatOptions = sameYear
    ? { day: '2-digit', month: '2-digit' }
    : { day: '2-digit', month: '2-digit', year: '2-digit' };
  return format(locale() === 'en' ? 'en-GB' : 'pt-BR', options).format(at);
}

/** Returns the date a boleto bears, `YYYY-MM-DD`, as people of this language write it. */
export function plainDate(date: string): string {
  const noon = Date.parse(`${date}T15:00:00Z`);
  return Number.isNaN(noon) ? date : format(locale(), { day: 'numeric', month: 'long' }).format(noon);
}

/** Returns the day of the week: `domingo`. */
export function weekday(at: number): string {
  return format(locale(), { weekday: 'long' }).format(at);
}

/** Returns the heading of a day in a thread: today, yesterday, or the weekday and date. */
export function dayHeading(at: number, now: number): string {
  const ago = daysBetween(at, now);
  if (ago === 0) return t('time.today');
  if (ago === 1) return t('time.yesterday');
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  const text = format(locale(), ago > 300 ? { ...options, year: 'numeric' } : options).format(at);
  return text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);
}

/** Returns a span in its coarsest useful unit: `34 min`, `3 h`, `4 dias`. */
export function span(millis: number): string {
  if (millis < MINUTE) return t('time.seconds', { n: Math.max(0, Math.floor(millis / SECOND)) });
  if (millis < HOUR) return t('time.minutes', { n: Math.floor(millis / MINUTE) });
  if (millis < DAY) return t('time.hours', { n: Math.floor(millis / HOUR) });
  return t('time.days', { n: Math.floor(millis / DAY) });
}

/** Returns how long ago something was, to the minute; a date once it is older than two days. */
export function ago(at: number, now: number): string {
  const passed = now - at;
  if (passed < MINUTE) return t('time.now');
  if (passed < DAY) return t('time.ago', { span: span(passed) });
  if (daysBetween(at, now) === 1) return t('time.yesterdayShort');
  return shortDate(at, now);
}

/** Returns `05:48`: minutes and seconds, for the docked countdown. */
export function countdown(millis: number): string {
  const seconds = Math.max(0, Math.ceil(millis / SECOND));
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
}

/** Returns the time a row shows: its deadline in the form that fits how near it is, else when it last moved. */
export function timeForm(deadline: Deadline | null, lastAt: number, now: number): TimeForm {
  const remaining = deadline === null ? 0 : deadline.at - now;
  const isOver = remaining <= 0;
  // Our own time and WhatsApp's leave nothing behind that ran out; coming back is no end.
  const passes = deadline?.kind === 'recovery' || deadline?.kind === 'window';
  if (!deadline || deadline.kind === 'snooze' || (passes && isOver))
    return { form: 'text', text: ago(lastAt, now), left: null };
  if (deadline.kind === 'recovery') return { form: 'text', text: leftWords(remaining), left: null };
  const left = share(deadline, now);
  if (isOver) {
    return { form: 'struck', text: t(deadline.kind === 'pix' ? 'time.expired' : 'time.overdue'), left: null };
  }
  if (remaining <= 10 * MINUTE) return { form: 'filled', text: near(remaining), left };
  if (remaining <= HOUR) return { form: 'bold', text: near(remaining), left };
  if (deadline.kind === 'dispute') return { form: 'bold', text: span(remaining), left: null };
  return { form: 'text', text: far(deadline, remaining, now), left: null };
}

/** Returns when what was put aside comes back: a span within the day, else the day. */
export function returnForm(at: number, now: number): TimeForm {
  const days = daysBetween(now, at);
  const when =
    at - now < HOUR
      ? t('time.in', { span: span(Math.max(MINUTE, at - now)) })
      : days === 0
        ? clockTime(at)
        : days === 1
          ? t('time.dueTomorrow')
          : shortDate(at, now);
  return { form: 'text', text: t('list.returns', { when }), left: null };
}

/** Returns `faltam 3 h`: how long a word is worth it, which nobody has to count by the second. */
function leftWords(remaining: number): string {
  const unit = remaining < HOUR ? MINUTE : HOUR;
  const n = Math.max(1, Math.floor(remaining / unit));
  return t('time.left', { n, span: span(n * unit) });
}

function near(remaining: number): string {
  if (remaining <= 2 * MINUTE) return countdown(remaining);
  return t('time.minutes', { n: Math.ceil(remaining / MINUTE) });
}

/** Returns the last moment before an end: a boleto's day ends at midnight, which is the next day's already. */
export function lastMoment(deadline: Deadline): number {
  return deadline.kind === 'boleto' ? deadline.at - 1 : deadline.at;
}

function far(deadline: Deadline, remaining: number, now: number): string {
  const days = daysBetween(now, lastMoment(deadline));
  if (deadline.kind === 'boleto') {
    if (days === 0) return t('time.dueToday');
    if (days === 1) return t('time.dueTomorrow');
    return t('time.in', { span: t('time.days', { n: days }) });
  }
  return t('time.in', { span: span(remaining) });
}

function share(deadline: Deadline, now: number): number | null {
  const whole = deadline.at - deadline.from;
  return whole > 0 ? Math.min(1, Math.max(0, (deadline.at - now) / whole)) : null;
}

/** Tells whether a time needs the second to be right: it is within the last two minutes, or just over. */
export function needsSeconds(at: number, now: number): boolean {
  return at - now <= 2 * MINUTE + 5 * SECOND && at - now > -5 * SECOND;
}
