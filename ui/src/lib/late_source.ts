/** Finds the source that has been silent for longer than it uses to be. */
import type { Host } from './host';

/** Returns the source that is the latest against its usual gap, or `null` where none is, or nobody may ask. */
export async function lateSource(host: Host): Promise<{ name: string; at: number; gap: number } | null> {
  try {
    const [sources, health] = await Promise.all([host.sources.list(), host.sources.health(false)]);
    const late = health
      .flatMap(({ id, lastEvent }) => (lastEvent?.late ? [{ id, ...lastEvent }] : []))
      .map((one) => ({ ...one, gap: (one.usualGapSeconds ?? 0) * 1_000 }))
      .sort((a, b) => a.at - b.at)[0];
    const source = sources.find((one) => one.id === late?.id);
    return late && source ? { name: source.name, at: late.at, gap: late.gap } : null;
  } catch {
    return null;
  }
}
