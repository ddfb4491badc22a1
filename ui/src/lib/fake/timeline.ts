/** Narrows an invented timeline to one kind of happening. */
import type { TimelineItem } from '../types/TimelineItem';
import type { TimelineOnly } from '../types/TimelineOnly';

const MESSAGES: readonly TimelineItem['kind'][] = ['handed_over', 'received'];

/** Returns the items of a kind, or all. */
export function only(items: TimelineItem[], kind: TimelineOnly | null): TimelineItem[] {
  switch (kind) {
    case null:
      return items;
    case 'purchases':
      return items.filter((item) => item.kind === 'stage');
    case 'messages':
      return items.filter((item) => MESSAGES.includes(item.kind));
    case 'notes':
      return items.filter((item) => item.kind === 'note');
    case 'handling':
      return items.filter((item) => !['stage', 'note', ...MESSAGES].includes(item.kind));
  }
}
