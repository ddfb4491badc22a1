import { describe, expect, test } from 'vitest';
import { setLocale } from './i18n.svelte';
import {
  ago,
  countdown,
  dayHeading,
  daysBetween,
  isQuietThere,
  needsSeconds,
  theirClock,
  timeForm,
} from './time';
import type { Deadline } from './types/Deadline';

const NOW = Date.parse('2026-11-21T14:00:00-03:00');
const MIN = 60_000;
const H = 60 * MIN;
const D = 24 * H;

const pix = (left: number): Deadline => ({ kind: 'pix', from: NOW - 10 * MIN, at: NOW + left });
const until = (kind: Deadline['kind'], at: string): Deadline => ({ kind, from: NOW - D, at: Date.parse(at) });

describe('the form of a time gets louder as it runs out', () => {
  test.each<[string, Deadline | null, string, string]>([
    ['more than an hour', pix(3 * H), 'text', 'em 3 h'],
    ['an hour', pix(H), 'bold', '60 min'],
    ['less than an hour', pix(22 * MIN), 'bold', '22 min'],
    ['a begun minute counts', pix(21 * MIN + 1), 'bold', '22 min'],
    ['ten minutes', pix(10 * MIN), 'filled', '10 min'],
    ['last two minutes', pix(2 * MIN), 'filled', '02:00'],
    ['last seconds', pix(7_001), 'filled', '00:08'],
    ['at its end', pix(0), 'struck', 'expirado'],
    ['long over', pix(-D), 'struck', 'expirado'],
    ['boleto today', until('boleto', '2026-11-21T23:59:59-03:00'), 'text', 'vence hoje'],
    ['boleto tomorrow', until('boleto', '2026-11-22T23:59:59-03:00'), 'text', 'amanhã'],
    ['boleto in days', until('boleto', '2026-11-24T23:59:59-03:00'), 'text', 'em 3 dias'],
    ['boleto due today, to its end', until('boleto', '2026-11-22T00:00:00-03:00'), 'text', 'vence hoje'],
    ['boleto due tomorrow, to its end', until('boleto', '2026-11-23T00:00:00-03:00'), 'text', 'amanhã'],
    ['boleto due in days, to its end', until('boleto', '2026-11-25T00:00:00-03:00'), 'text', 'em 3 dias'],
    ['boleto over', until('boleto', '2026-11-20T23:59:59-03:00'), 'struck', 'vencido'],
    ['dispute far', until('dispute', '2026-11-25T15:00:00-03:00'), 'bold', '4 dias'],
    ['dispute near', until('dispute', '2026-11-21T14:30:00-03:00'), 'bold', '30 min'],
    ['our own time, calmly', { kind: 'recovery', from: NOW, at: NOW + 3 * H + MIN }, 'text', 'faltam 3 h'],
    ['our own last hour', { kind: 'recovery', from: NOW, at: NOW + H }, 'text', 'falta 1 h'],
    ['our own last minutes', { kind: 'recovery', from: NOW, at: NOW + 5 * MIN }, 'text', 'faltam 5 min'],
    ['our own last seconds', { kind: 'recovery', from: NOW, at: NOW + 1 }, 'text', 'falta 1 min'],
    ['our own time over', { kind: 'recovery', from: NOW, at: NOW }, 'text', 'há 34 min'],
    ['a window, near its end', { kind: 'window', from: NOW, at: NOW + 9 * MIN }, 'filled', '9 min'],
    ['a window that closed', { kind: 'window', from: NOW, at: NOW }, 'text', 'há 34 min'],
    ['back, and nothing ends', { kind: 'snooze', from: NOW, at: NOW }, 'text', 'há 34 min'],
    ['nothing ends', null, 'text', 'há 34 min'],
  ])('%s', (_, deadline, form, text) => {
    expect(timeForm(deadline, NOW - 34 * MIN, NOW)).toMatchObject({ form, text });
  });

  test('the ring drains from full to empty', () => {
    expect(timeForm(pix(10 * MIN), 0, NOW).left).toBeCloseTo(0.5);
    expect(timeForm({ kind: 'pix', from: NOW, at: NOW + 5 * MIN }, 0, NOW).left).toBe(1);
    expect(timeForm({ kind: 'pix', from: NOW + MIN, at: NOW + MIN }, 0, NOW).left).toBeNull();
  });
});

test.each([
  [0, 'agora'],
  [59_999, 'agora'],
  [MIN, 'há 1 min'],
  [3 * H, 'há 3 h'],
  [25 * H, 'ontem'],
  [3 * D, '18/11'],
  [400 * D, '17/10/25'],
])('%i ms ago reads %s', (passed, text) => {
  expect(ago(NOW - passed, NOW)).toBe(text);
});

test('days are those of São Paulo, not of the machine', () => {
  const lateEvening = Date.parse('2026-11-21T23:30:00-03:00');
  expect(daysBetween(NOW, lateEvening)).toBe(0);
  expect(daysBetween(lateEvening, lateEvening + H)).toBe(1);
  expect(dayHeading(NOW, NOW)).toBe('Hoje');
  expect(dayHeading(NOW - D, NOW)).toBe('Ontem');
  expect(dayHeading(NOW - 3 * D, NOW)).toBe('Quarta-feira, 18 de novembro');
});

test('seconds are only looked at near the end', () => {
  expect(needsSeconds(NOW + 3 * MIN, NOW)).toBe(false);
  expect(needsSeconds(NOW + 2 * MIN, NOW)).toBe(true);
  expect(needsSeconds(NOW - 4_000, NOW)).toBe(true);
  expect(needsSeconds(NOW - MIN, NOW)).toBe(false);
});

test('a countdown never shows less than nothing', () => {
  expect(countdown(348_000)).toBe('05:48');
  expect(countdown(-5)).toBe('00:00');
});

test('English says the same', () => {
  setLocale('en');
  expect(timeForm(pix(3 * H), 0, NOW).text).toBe('in 3 h');
  expect(ago(NOW - 34 * MIN, NOW)).toBe('34 min ago');
  expect(timeForm(until('dispute', '2026-11-22T15:00:00-03:00'), 0, NOW).text).toBe('1 day');
});

test.each([
  ['2026-11-21T09:59:00-03:00', 2, '07:59', true],
  ['2026-11-21T10:00:00-03:00', 2, '08:00', false],
  ['2026-11-21T21:59:00-03:00', 1, '20:59', false],
  ['2026-11-21T22:00:00-03:00', 1, '21:00', true],
  ['2026-11-21T00:30:00-03:00', 1, '23:30', true],
])('at %s it is, %i h earlier, %s; too early or late: %s', (at, hours, time, quiet) => {
  expect([theirClock(Date.parse(at), hours), isQuietThere(Date.parse(at), hours)]).toEqual([time, quiet]);
});
