/** How fresh the page is, as it is shown: short drops are not, for most heal before anyone would notice. */
import type { Freshness } from '../types/Freshness';

/** How long a drop is kept quiet. */
export const HOLD = 1_500;
/** How long it then counts as reconnecting. */
export const PATIENCE = 8_000;

export type Shown = 'live' | 'reconnecting' | 'offline' | 'catching_up' | 'stopped';

/** Returns what the footer shows of a freshness at a time. */
export function shown(freshness: Freshness | null, now: number): Shown {
  if (!freshness) return 'reconnecting';
  if (freshness.state !== 'offline') return freshness.state;
  const down = now - freshness.since;
  if (down < HOLD && freshness.heardAt !== null) return 'live';
  return down < PATIENCE ? 'reconnecting' : 'offline';
}
