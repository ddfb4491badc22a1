/** Reads days and hours of São Paulo as people type them. Times are Unix milliseconds. Reads no clock. */
import { fold } from './fold';
import { clockTime, DAY, dayOf, HOUR, MINUTE } from './time';

/** Days are `YYYY-MM-DD`. */
export type Day = string;

const WEEKDAYS: readonly (readonly [string, string])[] = [
  ['domingo', 'sunday'],
  ['segunda', 'monday'],
  ['terca', 'tuesday'],
  ['quarta', 'wednesday'],
  ['quinta', 'thursday'],
  ['sexta', 'friday'],
  ['sabado', 'saturday'],
];

/** Returns the moment of an hour of a day. */
export function momentOf(day: Day, hour: number, minute = 0): number {
  const pad = (n: number) => String(n).padStart(2, '0');
  const guess = Date.parse(`${day}T${pad(hour)}:${pad(minute)}:00-03:00`);
  // Two hours from Greenwich in the summers that had summer time.
  return clockTime(guess) === `${pad(hour)}:${pad(minute)}` ? guess : guess - HOUR;
}

/** Returns the day that lies so many days after that of a moment. */
export function dayAfter(at: number, days: number): Day {
  return new Date(Date.parse(`${dayOf(at)}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Returns the next day of a weekday after that of a moment; 0 is Sunday. */
export function nextWeekday(at: number, weekday: number): Day {
  const today = new Date(`${dayOf(at)}T12:00:00Z`).getUTCDay();
  return dayAfter(at, (weekday - today + 7) % 7 || 7);
}

/** Returns the time to come that was typed, as `15:30`, `amanhã 9h`, `sexta 14h`, `em 2 h`, `25/11 9:00`; `null` if it is none. */
export function typedTime(text: string, now: number): number | null {
  const words = fold(text).replace(/\s+/g, ' ');
  const span = /^(?:em|in|daqui a)? ?(\d{1,3}) ?(min\w*|m|h|horas?|hours?|d|dias?|days?)$/.exec(words);
  if (span && !/^\d{1,2}h$/.test(words)) return now + Number(span[1]) * unitOf(span[2] ?? '');
  const hour = hourIn(words);
  const named = words
    .replace(HOUR_AT_END, '')
    .replace(/( as| at|,)$/, '')
    .trim();
  const day = named === '' ? null : dayIn(named, now, 'after');
  if (named !== '' && day === null) return null;
  if (day === null && hour === null) return null;
  const at = momentOf(day ?? dayOf(now), hour?.[0] ?? 9, hour?.[1] ?? 0);
  if (at > now) return at;
  // An hour that has passed today is tomorrow's.
  return day === null && hour ? momentOf(dayAfter(now, 1), hour[0], hour[1]) : null;
}

/** Returns the day gone by that was typed, as `12/03`, `12/03/2025`, `ontem`; `null` if it is none. */
export function typedDay(text: string, now: number): Day | null {
  const day = dayIn(fold(text), now, 'before');
  return day !== null && day <= dayOf(now) ? day : null;
}

const HOUR_AT_END = /(?:^| )(?:as |at )?(\d{1,2})(?:(?:[:h](\d{2})?)|(?= ?(?:am|pm)$)|$)(?: ?(am|pm))?$/;

function hourIn(words: string): [number, number] | null {
  const found = HOUR_AT_END.exec(words);
  if (!found) return null;
  const half = found[3] === 'pm' && Number(found[1]) < 12 ? 12 : 0;
  const [hour, minute] = [Number(found[1]) + half, Number(found[2] ?? 0)];
  return hour < 24 && minute < 60 ? [hour, minute] : null;
}

function dayIn(words: string, now: number, side: 'before' | 'after'): Day | null {
  const by = { hoje: 0, today: 0, amanha: 1, tomorrow: 1, ontem: -1, yesterday: -1 }[words];
  if (by !== undefined) return dayAfter(now, by);
  if (words.length >= 3) {
    const weekday = WEEKDAYS.findIndex(
      ([pt, en]) => pt.startsWith(words.replace('-feira', '')) || en.startsWith(words),
    );
    if (weekday >= 0) {
      const next = nextWeekday(now, weekday);
      return side === 'after' ? next : dayAfter(Date.parse(`${next}T15:00:00Z`), -7);
    }
  }
  return dateIn(words, now, side);
}

function dateIn(words: string, now: number, side: 'before' | 'after'): Day | null {
  const found = /^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2}|\d{4}))?$/.exec(words);
  if (!found) return null;
  const thisYear = Number(dayOf(now).slice(0, 4));
  const asked = found[3] ? Number(found[3].padStart(4, '20')) : thisYear;
  const day = dayFrom(asked, Number(found[2]), Number(found[1]));
  if (day === null || found[3]) return day;
  // Without a year it is the nearest one on the side that is asked for.
  const passed = day < dayOf(now);
  if (side === 'after' && passed) return dayFrom(thisYear + 1, Number(found[2]), Number(found[1]));
  if (side === 'before' && day > dayOf(now)) return dayFrom(thisYear - 1, Number(found[2]), Number(found[1]));
  return day;
}

function dayFrom(year: number, month: number, day: number): Day | null {
  const at = new Date(Date.UTC(year, month - 1, day));
  const same = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return same ? at.toISOString().slice(0, 10) : null;
}

function unitOf(word: string): number {
  if (word.startsWith('m')) return MINUTE;
  return word.startsWith('h') ? HOUR : DAY;
}
