/** What the member chooses of notices: in whose conversations, and from which amount on. Knows no DOM. */
import { minorOf } from './filter_choices';
import { locale } from './i18n.svelte';
import { money } from './money';
import type { Reach } from './types/Reach';
import type { Settings } from './types/Settings';
import type { StageGroup } from './types/StageGroup';

/** Lists whose conversations can be chosen; each takes in those before it. */
export const REACHES: readonly Reach[] = ['none', 'mine', 'unclaimed', 'all'];

/** Returns in whose conversations something is announced. */
export function reachOf(settings: Settings, group: StageGroup): Reach {
  return settings.notifyOf[group] ?? 'none';
}

/** Returns the choice of all groups with one of them chosen anew. */
export function withReach(settings: Settings, group: StageGroup, reach: Reach): Pick<Settings, 'notifyOf'> {
  return { notifyOf: { ...settings.notifyOf, [group]: reach } };
}

/** Writes the smallest amount; nothing where there is none. */
export function writtenFrom(centavos: number): string {
  return centavos === 0 ? '' : money({ minor: centavos, currency: 'BRL' }, locale());
}

/** Reads the smallest amount in centavos, from `150`, `R$ 1.250,00` or nothing; `null` where it is no amount. */
export function typedFrom(text: string): number | null {
  const figures = text.trim().replace(/^R\$\s*/i, '');
  if (figures === '') return 0;
  return /^\d[\d.,]*$/.test(figures) ? minorOf(figures) : null;
}
