/** Says in words how an order's sequence stands. */
import { t } from './i18n.svelte';
import { whenWords } from './snooze';
import { ago } from './time';
import type { SequenceState } from './types/SequenceState';
import type { StepAt } from './types/StepAt';

const HOUR = 60;
const DAY = 24 * HOUR;

/** Returns `Passo 2 de 3 · devido há 12 min`, `Sequência parada: pago`. */
export function stepWords(sequence: SequenceState, now: number): string {
  switch (sequence.state) {
    case 'due':
      return t('step.due', { n: sequence.step, of: sequence.of, ago: ago(sequence.since, now) });
    case 'waiting':
      return t('step.waiting', { n: sequence.step, of: sequence.of, when: whenWords(sequence.at, now) });
    case 'paused':
      return t('step.paused', { n: sequence.step, of: sequence.of, ago: ago(sequence.heardAt, now) });
    case 'stopped':
      return t('step.stopped', { why: t(`step.stop.${sequence.reason}`, { who: sequence.by ?? '' }) });
    case 'done':
      return t('step.done');
  }
}

/** Returns `3 horas depois`, `1 dia antes do vencimento`. */
export function stepTime(at: StepAt): string {
  if (at.from === 'due_day') {
    if (at.days === 0) return t('sequences.dueDay');
    return t(at.days < 0 ? 'sequences.beforeDue' : 'sequences.afterDue', { n: Math.abs(at.days) });
  }
  const { minutes } = at;
  if (minutes % DAY === 0) return t('sequences.days', { n: minutes / DAY });
  if (minutes % HOUR === 0) return t('sequences.hours', { n: minutes / HOUR });
  return t('sequences.minutes', { n: minutes });
}
