import { expect, test } from 'vitest';
import { clockTime, dayOf } from './time';
import { momentOf, nextWeekday, typedDay, typedTime } from './zone';

// A Saturday, 14:00.
const NOW = Date.parse('2026-11-21T14:00:00-03:00');
const shown = (at: number | null) => at && `${dayOf(at)} ${clockTime(at)}`;

test.each([
  ['15:30', '2026-11-21 15:30'],
  ['15h', '2026-11-21 15:00'],
  ['15h30', '2026-11-21 15:30'],
  ['9', '2026-11-22 09:00'],
  ['às 9h', '2026-11-22 09:00'],
  ['amanhã', '2026-11-22 09:00'],
  ['Amanhã 9:00', '2026-11-22 09:00'],
  ['amanha às 8h', '2026-11-22 08:00'],
  ['tomorrow 3pm', '2026-11-22 15:00'],
  ['hoje 18:00', '2026-11-21 18:00'],
  ['segunda 9:00', '2026-11-23 09:00'],
  ['sex 14h', '2026-11-27 14:00'],
  ['terça-feira', '2026-11-24 09:00'],
  ['saturday 10', '2026-11-28 10:00'],
  ['em 2 h', '2026-11-21 16:00'],
  ['in 30 min', '2026-11-21 14:30'],
  ['3 dias', '2026-11-24 14:00'],
  ['25/11 9:00', '2026-11-25 09:00'],
  ['20/11', '2027-11-20 09:00'],
  ['25/11/2026', '2026-11-25 09:00'],
  ['hoje 9:00', null],
  ['31/02', null],
  ['25:00', null],
  ['ontem', null],
  ['quando der', null],
  ['', null],
])('%j is a time to come: %j', (text, at) => expect(shown(typedTime(text, NOW))).toBe(at));

test.each([
  ['ontem', '2026-11-20'],
  ['hoje', '2026-11-21'],
  ['12/03', '2026-03-12'],
  ['25/12', '2025-12-25'],
  ['12/03/25', '2025-03-12'],
  ['12.3.2024', '2024-03-12'],
  ['segunda', '2026-11-16'],
  ['amanhã', null],
  ['12/13', null],
  ['algum dia', null],
])('%j is a day gone by: %j', (text, day) => expect(typedDay(text, NOW)).toBe(day));

test('an hour is that of São Paulo, in years with summer time too', () => {
  for (const day of ['2026-07-01', '2018-07-01', '2018-12-24']) {
    expect(shown(momentOf(day, 9))).toBe(`${day} 09:00`);
  }
});

test('the next Monday is never today', () => {
  expect(nextWeekday(Date.parse('2026-11-23T10:00:00-03:00'), 1)).toBe('2026-11-30');
});
