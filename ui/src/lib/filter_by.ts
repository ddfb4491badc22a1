/** Makes a condition of a value on screen, so that any value can be filtered by where it stands. */
import { NO_FILTER } from './filters';
import { dayOf } from './time';
import type { Filter } from './types/Filter';
import type { FilterValues } from './types/FilterValues';
import type { OwnerIs } from './types/OwnerIs';
import type { StageGroup } from './types/StageGroup';
import { dayAfter, momentOf } from './zone';

/** What a value on screen is a value of. */
export type Value =
  | { of: 'stage'; is: StageGroup }
  /** By the name people say. */
  | { of: 'platform'; is: string }
  | { of: 'source'; is: string }
  | { of: 'product'; is: string }
  /** In minor units: that much and no other. */
  | { of: 'amount'; is: number }
  | { of: 'owner'; is: OwnerIs }
  /** The day of a moment, in Unix milliseconds. */
  | { of: 'day'; is: number }
  | { of: 'label'; is: string }
  | { of: 'utmSource'; is: string }
  | { of: 'utmMedium'; is: string }
  | { of: 'utmCampaign'; is: string };

/** Returns the filter of one value alone. */
export function filterOf(value: Value, values: FilterValues | null): Filter {
  return { ...NO_FILTER, ...condition(value, values) };
}

function condition(value: Value, values: FilterValues | null): Partial<Filter> {
  switch (value.of) {
    case 'stage':
      return { stages: [value.is] };
    case 'platform': {
      const known = values?.platforms.find((one) => one.name === value.is);
      return { platforms: [known?.value ?? value.is.toLowerCase()] };
    }
    case 'source':
      return { sources: [value.is] };
    case 'product':
      return { products: [value.is] };
    case 'amount':
      return { amountFrom: value.is, amountTo: value.is };
    case 'owner':
      return { owners: [value.is] };
    case 'day': {
      const [from, to] = [dayOf(value.is), dayAfter(value.is, 1)].map((day) => momentOf(day, 0));
      if (from === undefined || to === undefined) return {};
      return {
        period: { kind: 'between', from: new Date(from).toISOString(), to: new Date(to).toISOString() },
      };
    }
    case 'label':
      return { labels: [value.is] };
    case 'utmSource':
      return { utmSources: [value.is] };
    case 'utmMedium':
      return { utmMediums: [value.is] };
    case 'utmCampaign':
      return { utmCampaigns: [value.is] };
  }
}

/** Lays one filter's conditions over another's: a field that both narrow is the second's. */
export function joined(filter: Filter, more: Filter): Filter {
  const asked = Object.entries(more).filter(
    ([, is]) => is !== null && !(Array.isArray(is) && is.length === 0),
  );
  const next = { ...filter, ...Object.fromEntries(asked) };
  const amount = more.amountFrom !== null || more.amountTo !== null;
  return amount ? { ...next, amountFrom: more.amountFrom, amountTo: more.amountTo } : next;
}
