/** Who is one person in the invented world: suggestions, merges and their undoing, in short. */
import type { Action } from '../types/Action';
import type { MergedPerson } from '../types/MergedPerson';
import type { TimelineItem } from '../types/TimelineItem';
import { ME, type Conversation } from './world';

/** Returns everything that is shown of a conversation, with what it took in. */
export function whole(from: Conversation): Pick<Conversation, 'orders' | 'timeline'> {
  if (from.taken.length === 0) return from;
  const parts = [from, ...from.taken];
  return {
    orders: parts.flatMap((part) => part.orders),
    timeline: parts.flatMap((part) => part.timeline).sort((a, b) => a.at - b.at),
  };
}

/** Lays a decision over two conversations, as it is shown while it waits; returns how to take it back. */
export function decide(from: Conversation, other: Conversation, action: Action, now: number): () => void {
  const kept = [from, other].map(({ merged, suggestions }) => ({ merged, suggestions }));
  const back = () =>
    [from, other].forEach((one, place) => {
      Object.assign(one, kept[place]);
    });
  if (action.kind === 'unmerge') {
    from.merged = from.merged.map((one) => (one.id === other.id ? { ...one, state: 'separating' } : one));
    return back;
  }
  from.suggestions = from.suggestions.filter((one) => one.id !== other.id);
  other.suggestions = other.suggestions.filter((one) => one.id !== from.id);
  if (action.kind === 'merge') from.merged = [...from.merged, mergedOf(other, now)];
  return back;
}

/** Does what was decided, as the feed would show it; returns what is told of it, if anything. */
export function settle(
  from: Conversation,
  other: Conversation,
  kind: Action['kind'],
): TimelineOf<'merged' | 'unmerged'> | null {
  if (kind === 'merge') {
    from.merged = from.merged.map((one) => (one.id === other.id ? { ...one, state: 'merged' } : one));
    from.taken = [...from.taken, other];
    return { kind: 'merged', reason: 'person', by: ME.name, byMe: true };
  }
  if (kind !== 'unmerge') return null;
  from.merged = from.merged.filter((one) => one.id !== other.id);
  from.taken = from.taken.filter((one) => one !== other);
  return { kind: 'unmerged', by: ME.name, byMe: true };
}

function mergedOf(other: Conversation, now: number): MergedPerson {
  const { name } = other.person;
  return { id: other.id, name, reason: 'person', byName: ME.name, byMe: true, at: now, state: 'merging' };
}

type TimelineOf<K> = TimelineItem extends infer T
  ? T extends { kind: K }
    ? Omit<T, 'id' | 'at'>
    : never
  : never;
