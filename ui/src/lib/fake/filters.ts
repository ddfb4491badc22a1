/** Narrows the invented world as the real desk does, and lists what there is to narrow it by. */
import { fold } from '../fold';
import { DAY, MINUTE, dayOf } from '../time';
import type { Filter } from '../types/Filter';
import type { FilterValues } from '../types/FilterValues';
import type { OrderCard } from '../types/OrderCard';
import type { OwnerIs } from '../types/OwnerIs';
import type { Period } from '../types/Period';
import type { Conversation } from './world';

/** Returns the value a platform goes by. */
export const slugOf = (platform: string) => platform.toLowerCase();
/** Returns the source an order came through. */
export const sourceOf = (order: OrderCard) => order.source;

/** Tells whether a conversation meets every condition. */
export function passes(from: Conversation, filter: Filter, now: number): boolean {
  const labels = from.labels.map(fold);
  return (
    any(filter.owners, (owner) => holds(from, owner)) &&
    any(filter.labels, (label) => labels.includes(fold(label))) &&
    any(filter.utmSources, (value) => from.utms.source === value) &&
    any(filter.utmMediums, (value) => from.utms.medium === value) &&
    any(filter.utmCampaigns, (value) => from.utms.campaign === value) &&
    from.orders.some((order) => meets(order, filter, now))
  );
}

function any<T>(wanted: readonly T[], is: (one: T) => boolean): boolean {
  return wanted.length === 0 || wanted.some(is);
}

function holds(from: Conversation, owner: OwnerIs): boolean {
  if (owner.is === 'nobody') return from.owner === null;
  return owner.is === 'me' ? (from.owner?.isMe ?? false) : from.owner?.id === owner.id;
}

function meets(order: OrderCard, filter: Filter, now: number): boolean {
  const minor = order.amount?.minor ?? null;
  const left = order.deadline ? order.deadline.at - now : -1;
  return (
    any(filter.stages, (stage) => order.group === stage) &&
    any(filter.platforms, (platform) => slugOf(order.platform) === platform) &&
    any(filter.sources, (source) => sourceOf(order) === source) &&
    any(filter.products, (product) => order.items.some((item) => fold(item.name) === fold(product))) &&
    (filter.amountFrom === null || (minor !== null && minor >= filter.amountFrom)) &&
    (filter.amountTo === null || (minor !== null && minor <= filter.amountTo)) &&
    (filter.endsWithin === null || (left > 0 && left <= filter.endsWithin * MINUTE)) &&
    within(filter.period, order.lastAt, now)
  );
}

function within(period: Period | null, at: number, now: number): boolean {
  if (!period) return true;
  if (period.kind === 'between') return at >= Date.parse(period.from) && at < Date.parse(period.to);
  return at >= Date.parse(`${dayOf(now)}T00:00:00-03:00`) - (period.count - 1) * DAY;
}

/** Lists what there is, the most frequent first. */
export function valuesOf(world: readonly Conversation[]): FilterValues {
  const orders = world.flatMap((one) => one.orders);
  const platforms = frequent(orders.map((order) => order.platform));
  return {
    platforms: platforms.map((name) => ({ value: slugOf(name), name })),
    sources: platforms.map((name) => ({ id: `int_${slugOf(name)}`, name, standing: 'active' as const })),
    products: frequent(orders.flatMap((order) => order.items.map((item) => item.name))),
    labels: frequent(world.flatMap((one) => one.labels)),
    utmSources: frequent(world.map((one) => one.utms.source)),
    utmMediums: frequent(world.map((one) => one.utms.medium)),
    utmCampaigns: frequent(world.map((one) => one.utms.campaign)),
  };
}

function frequent(values: readonly (string | null | undefined)[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value);
}
