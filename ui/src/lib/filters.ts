/** Conditions that narrow a list: what none is, and whether two are the same. Knows no host. */
import type { Filter } from './types/Filter';

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

/** Tells whether two filters ask the same. */
export function sameFilter(one: Filter, other: Filter): boolean {
  return KEYS.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]));
}

/** Tells whether every conversation passes. */
export const isEmpty = (filter: Filter): boolean => sameFilter(filter, NO_FILTER);

const KEYS = Object.keys(NO_FILTER) as (keyof Filter)[];
