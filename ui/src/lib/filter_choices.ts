/** What the filter menu offers: values to choose, and those that typing makes. Reads no clock. */
import {
  chipsOf,
  FIELDS,
  minutes,
  ownerWords,
  periodWords,
  sameFilter,
  amountWords,
  without,
} from './filters';
import type { Field, Names } from './filters';
import { t } from './i18n.svelte';
import { DAY, dayOf } from './time';
import type { Filter } from './types/Filter';
import type { Period } from './types/Period';
import type { StageGroup } from './types/StageGroup';

/** One thing to choose: a value, which is put on or taken off. */
export interface Offer {
  id: string;
  field: Field;
  words: string;
  on: boolean;
  /** The filter once it is chosen. */
  next: Filter;
}

const STAGES: readonly StageGroup[] = [
  'cart',
  'pix',
  'boleto',
  'analysis',
  'refused',
  'overdue',
  'expired',
  'approved',
  'refund',
  'chargeback',
];
const AMOUNTS = [5_000, 10_000, 50_000, 100_000];
const DAYS = [1, 2, 7, 30, 90];
const ENDS = [10, 30, 60, 240, 1_440];
const MOST_DAYS = 366;

/** Returns the fields there is something to choose in. */
export function fieldsOf(names: Names): Field[] {
  return FIELDS.filter((field) => {
    // One source a platform says nothing that the platform does not.
    if (field === 'sources')
      return (names.values?.sources.length ?? 0) > (names.values?.platforms.length ?? 0);
    if (field === 'endsWithin' || field === 'amount' || field === 'period') return true;
    return field === 'stages' || field === 'owners' || (names.values?.[field].length ?? 0) > 0;
  });
}

/** Returns what can be chosen in a field, with what the typed text makes first. */
export function offersOf(field: Field, filter: Filter, names: Names, text: string, now: number): Offer[] {
  switch (field) {
    case 'amount':
      return amounts(filter, text);
    case 'period':
      return periods(filter, text, now);
    case 'endsWithin':
      return ends(filter, text);
    case 'stages':
      return many(field, STAGES, (group) => t(`group.${group}`), filter);
    case 'owners': {
      const others = names.members
        .filter((one) => !one.isMe)
        .map((one) => ({ is: 'member' as const, id: one.id }));
      const all = [{ is: 'me' as const }, { is: 'nobody' as const }, ...others];
      return many(field, all, (owner) => ownerWords(owner, names), filter);
    }
    case 'platforms': {
      const known = names.values?.platforms ?? [];
      return many(
        field,
        known.map((one) => one.value),
        (value) => nameIn(known, value),
        filter,
      );
    }
    case 'sources': {
      const known = (names.values?.sources ?? []).map((one) => ({ value: one.id, name: one.name }));
      return many(
        field,
        known.map((one) => one.value),
        (value) => nameIn(known, value),
        filter,
      );
    }
    default:
      return many(field, names.values?.[field] ?? [], (value) => value, filter);
  }
}

function nameIn(known: readonly { value: string; name: string }[], value: string): string {
  return known.find((one) => one.value === value)?.name ?? value;
}

type ListField = Exclude<Field, 'amount' | 'period' | 'endsWithin'>;

function many<T>(field: ListField, all: readonly T[], words: (value: T) => string, filter: Filter): Offer[] {
  const chosen: readonly unknown[] = filter[field];
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return all.map((value) => {
    const on = chosen.some((one) => same(one, value));
    const left = on ? chosen.filter((one) => !same(one, value)) : [...chosen, value];
    const id = `${field}-${typeof value === 'string' ? value : JSON.stringify(value)}`;
    return { id, field, words: words(value), on, next: { ...filter, [field]: left } };
  });
}

function one(field: Field, filter: Filter, words: string, change: Partial<Filter>): Offer {
  const next = { ...filter, ...change };
  const on = sameFilter(filter, next);
  return { id: `${field}-${words}`, field, words, on, next: on ? without(filter, field) : next };
}

function amounts(filter: Filter, text: string): Offer[] {
  const offer = (from: number | null, to: number | null) =>
    one('amount', filter, amountWords(from, to) ?? '', { amountFrom: from, amountTo: to });
  const typed = typedAmounts(text);
  const made = typed.map(([from, to]) => offer(from, to));
  return unique([...made, ...AMOUNTS.map((minor) => offer(minor, null))]);
}

/** Returns the spans an amount's text can mean: `40` is at least, at most, or exactly so much; `40-90` is between. */
export function typedAmounts(text: string): [number | null, number | null][] {
  const found = [...text.matchAll(/\d[\d.,]*/g)].map(([figures]) => minorOf(figures));
  const [first, second] = found;
  if (first === undefined) return [];
  if (second !== undefined) return [[Math.min(first, second), Math.max(first, second)]];
  if (/^\s*[<≤]/.test(text)) return [[null, first]];
  if (/^\s*[>≥]/.test(text)) return [[first, null]];
  return [
    [first, null],
    [null, first],
    [first, first],
  ];
}

/** Reads `1.234,56`, `1234.5` and `40` as minor units: the last separator before one or two digits is the decimal one. */
export function minorOf(figures: string): number {
  const [, whole = '', cents = ''] = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(figures.replace(/[.,]+$/, '')) ?? [];
  return Number(whole.replace(/\D/g, '') || '0') * 100 + Number(cents.padEnd(2, '0') || '0');
}

function periods(filter: Filter, text: string, now: number): Offer[] {
  const offer = (period: Period) => one('period', filter, periodWords(period), { period });
  const typed = typedPeriod(text, now);
  return unique([...(typed ? [offer(typed)] : []), ...DAYS.map((count) => offer({ kind: 'days', count }))]);
}

/** Reads `14` as the last fourteen days, `3/11` as that day, `1/11 a 7/11` as those. The year is the last in which it was past. */
export function typedPeriod(text: string, now: number): Period | null {
  const dates = [...text.matchAll(/(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?/g)].map((found) =>
    dayNamed(found, now),
  );
  const [first, last = first] = dates;
  if (first && last) {
    const [from, to] = [Math.min(first, last), Math.max(first, last) + DAY];
    return { kind: 'between', from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  }
  const count = Number(/^\s*(\d{1,3})\b(?!\s*\/)/.exec(text)?.[1] ?? '0');
  return count >= 1 && count <= MOST_DAYS ? { kind: 'days', count } : null;
}

function dayNamed(found: RegExpMatchArray, now: number): number | null {
  const [, day = '', month = '', told] = found;
  const pad = (figures: string) => figures.padStart(2, '0');
  const start = (year: number) => Date.parse(`${year}-${pad(month)}-${pad(day)}T00:00:00-03:00`);
  const year = Number(told ?? dayOf(now).slice(0, 4));
  const at = start(year);
  if (Number.isNaN(at)) return null;
  return told === undefined && at > now ? start(year - 1) : at;
}

function ends(filter: Filter, text: string): Offer[] {
  const offer = (count: number) =>
    one('endsWithin', filter, t('filter.endsIn', { span: minutes(count) }), { endsWithin: count });
  const [, figures = '', unit = ''] = /^\s*(\d{1,4})\s*(h|d|m)?/i.exec(text) ?? [];
  const each = { h: 60, d: 1_440 }[unit.toLowerCase()] ?? 1;
  const typed = Number(figures || '0') * each;
  return unique([...(typed > 0 ? [offer(typed)] : []), ...ENDS.map(offer)]);
}

function unique(offers: readonly Offer[]): Offer[] {
  return offers.filter((offer, at) => offers.findIndex((other) => other.id === offer.id) === at);
}

/** Returns how a field's condition is said now, for the list of fields. */
export function saidOf(field: Field, filter: Filter, names: Names): string {
  return chipsOf(filter, names).find((chip) => chip.field === field)?.words ?? '';
}
