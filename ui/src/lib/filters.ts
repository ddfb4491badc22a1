/** Conditions that narrow a list: what none is, how each is said, and how it is taken away again. Knows no host. */
import { locale, t } from './i18n.svelte';
import { money } from './money';
import { shortDate } from './time';
import type { Colleague } from './types/Colleague';
import type { Filter } from './types/Filter';
import type { FilterValues } from './types/FilterValues';
import type { OwnerIs } from './types/OwnerIs';
import type { Period } from './types/Period';

/** Lists what a list can be narrowed by, in the order it is offered. */
export const FIELDS = [
  'stages',
  'endsWithin',
  'amount',
  'period',
  'owners',
  'labels',
  'platforms',
  'sources',
  'products',
  'utmSources',
  'utmMediums',
  'utmCampaigns',
] as const;
export type Field = (typeof FIELDS)[number];

/** Holds no condition: every conversation passes. */
export const NO_FILTER: Filter = {
  stages: [],
  platforms: [],
  sources: [],
  products: [],
  amountFrom: null,
  amountTo: null,
  owners: [],
  labels: [],
  period: null,
  endsWithin: null,
  utmSources: [],
  utmMediums: [],
  utmCampaigns: [],
};

const KEYS = Object.keys(NO_FILTER) as (keyof Filter)[];

/** Tells whether two filters ask the same. */
export function sameFilter(one: Filter, other: Filter): boolean {
  return KEYS.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]));
}

/** Tells whether every conversation passes. */
export const isEmpty = (filter: Filter): boolean => sameFilter(filter, NO_FILTER);

/** Holds the names that conditions are said with. */
export interface Names {
  values: FilterValues | null;
  members: readonly Colleague[];
}

/** One field's condition in words, as a chip shows it. */
export interface Chip {
  field: Field;
  words: string;
}

/** Returns a filter's conditions in words, one a field. */
export function chipsOf(filter: Filter, names: Names): Chip[] {
  return FIELDS.flatMap((field) => {
    const words = wordsOf(filter, field, names);
    return words === null ? [] : [{ field, words }];
  });
}

/** Returns a filter without a field's condition. */
export function without(filter: Filter, field: Field): Filter {
  if (field === 'amount') return { ...filter, amountFrom: null, amountTo: null };
  return { ...filter, [field]: NO_FILTER[field] };
}

function wordsOf(filter: Filter, field: Field, names: Names): string | null {
  switch (field) {
    case 'amount':
      return amountWords(filter.amountFrom, filter.amountTo);
    case 'period':
      return filter.period && periodWords(filter.period);
    case 'endsWithin':
      return filter.endsWithin === null ? null : t('filter.endsIn', { span: minutes(filter.endsWithin) });
    case 'stages':
      return several(filter.stages.map((group) => t(`group.${group}`)));
    case 'owners':
      return several(filter.owners.map((owner) => ownerWords(owner, names)));
    case 'platforms':
      return several(filter.platforms.map((value) => platformName(value, names)));
    case 'sources':
      return several(filter.sources.map((id) => sourceName(id, names)));
    case 'products':
    case 'labels':
      return several(filter[field]);
    default:
      return several(filter[field].map((value) => `${t(`filter.short.${field}`)}: ${value}`));
  }
}

/** Joins what any of which will do; beyond two, how many more. */
function several(words: readonly string[]): string | null {
  if (words.length === 0) return null;
  if (words.length <= 2) {
    return new Intl.ListFormat(locale(), { type: 'disjunction' }).format(words);
  }
  return t('filter.several', { first: words[0] ?? '', n: words.length - 1 });
}

/** Returns `≥ R$ 40,00`, `≤ R$ 90,00`, `R$ 40,00 a R$ 90,00`. */
export function amountWords(from: number | null, to: number | null): string | null {
  const written = (minor: number) => money({ minor, currency: 'BRL' }, locale());
  if (from !== null && to !== null) {
    return from === to ? written(from) : t('filter.between', { from: written(from), to: written(to) });
  }
  if (from !== null) return `≥ ${written(from)}`;
  return to === null ? null : `≤ ${written(to)}`;
}

/** Returns `hoje`, `desde ontem`, `últimos 7 dias`, `1/11 a 7/11`. */
export function periodWords(period: Period): string {
  if (period.kind === 'days') {
    if (period.count === 1) return t('filter.today');
    return period.count === 2 ? t('filter.yesterday') : t('filter.lastDays', { n: period.count });
  }
  const [from, to] = [Date.parse(period.from), Date.parse(period.to) - 1];
  const [first, last] = [shortDate(from, to), shortDate(to, from)];
  return first === last ? first : t('filter.between', { from: first, to: last });
}

/** Returns `30 min`, `4 h`. */
export function minutes(count: number): string {
  if (count < 60 || count % 60 !== 0) return t('time.minutes', { n: count });
  return t('time.hours', { n: count / 60 });
}

/** Returns who has the conversation, in words. */
export function ownerWords(owner: OwnerIs, names: Names): string {
  if (owner.is === 'me') return t('list.ownerMe');
  if (owner.is === 'nobody') return t('list.ownerNone');
  return names.members.find((one) => one.id === owner.id)?.name ?? t('filter.gone');
}

/** Returns a platform's name as people say it. */
export function platformName(value: string, names: Names): string {
  return names.values?.platforms.find((one) => one.value === value)?.name ?? value;
}

/** Returns a source's name. */
export function sourceName(id: string, names: Names): string {
  return names.values?.sources.find((one) => one.id === id)?.name ?? t('filter.gone');
}
