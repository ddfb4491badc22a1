/** Says in words what the team did with a conversation. Reads no clock. */
import { t } from './i18n.svelte';
import { reasonWords } from './persons';
import { untilWords } from './snooze';
import type { TimelineItem } from './types/TimelineItem';

/** Returns the line for a hand-over between people, a label, a putting aside; empty for what is drawn otherwise. */
export function turnWords(item: TimelineItem, now: number): string {
  switch (item.kind) {
    case 'claimed':
      return item.byMe ? t('thread.claimedMe') : t('thread.claimed', { who: item.by });
    case 'released':
      return item.byMe ? t('thread.releasedMe') : t('thread.released', { who: item.by });
    case 'assigned':
      return assignedWords(item);
    case 'resolved':
      return item.byMe ? t('happened.resolvedMe') : t('happened.resolved', { who: item.by });
    case 'reopened':
      return item.byMe ? t('happened.reopenedMe') : t('happened.reopened', { who: item.by });
    case 'snoozed': {
      const until = untilWords(item.until, now);
      return item.byMe ? t('happened.snoozedMe', { until }) : t('happened.snoozed', { who: item.by, until });
    }
    case 'woken':
      return item.byMe ? t('happened.wokenMe') : t('happened.woken', { who: item.by });
    case 'labelled': {
      const what = [...item.add.map((label) => `+ ${label}`), ...item.remove.map((label) => `− ${label}`)];
      const params = { who: item.by, what: what.join(', ') };
      return item.byMe ? t('happened.labelledMe', params) : t('happened.labelled', params);
    }
    case 'revealed': {
      const part = t(`happened.part.${item.part}`);
      return item.byMe ? t('happened.revealedMe', { part }) : t('happened.revealed', { who: item.by, part });
    }
    case 'unmerged':
      return item.byMe ? t('thread.unmergedMe') : t('thread.unmerged', { who: item.by });
    case 'merged':
      if (item.byMe) return t('thread.mergedMe');
      return item.by
        ? t('thread.mergedBy', { who: item.by })
        : t('thread.merged', { reason: reasonWords(item.reason) });
    default:
      return '';
  }
}

function assignedWords(item: Extract<TimelineItem, { kind: 'assigned' }>): string {
  if (item.byMe && item.toMe) return t('happened.assignedMyself');
  if (item.byMe) return t('happened.assignedMe', { to: item.to });
  if (item.toMe) return t('happened.assignedToMe', { who: item.by });
  return t('happened.assigned', { who: item.by, to: item.to });
}
