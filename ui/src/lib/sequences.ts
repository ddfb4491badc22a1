/** What a team's sequences are made of, for whoever draws them up. Pure. */
import type { Locale } from './types/Locale';
import type { SequenceStep } from './types/SequenceStep';
import type { SharedSequences } from './types/SharedSequences';
import type { StageGroup } from './types/StageGroup';
import type { StageSequence } from './types/StageSequence';
import type { StepAt } from './types/StepAt';
import type { TemplateCard } from './types/TemplateCard';

/** Most steps of one sequence. */
export const MOST_STEPS = 6;

/** Stages in which there is something to be won by a word, in the order they come. */
export const CHASED: readonly StageGroup[] = ['cart', 'pix', 'boleto', 'refused', 'overdue'];

/** How a step's time is counted, in the words people choose from. */
export type Unit = 'minutes' | 'hours' | 'days' | 'before' | 'on' | 'after';

const HOUR = 60;
const DAY = 24 * HOUR;
const FROM_STAGE: readonly Unit[] = ['minutes', 'hours', 'days'];
const FROM_DUE_DAY: readonly Unit[] = ['before', 'on', 'after'];
const OF: Record<'minutes' | 'hours' | 'days', number> = { minutes: 1, hours: HOUR, days: DAY };

/** Returns sequences with every stage that may have one, in their order; what is missing is empty and not followed. */
export function whole(shared: SharedSequences): SharedSequences {
  const stages = CHASED.map(
    (group) => shared.stages.find((stage) => stage.group === group) ?? { group, on: false, steps: [] },
  );
  return { ...shared, stages };
}

/** Lists the ways in which a step of a stage can be timed; only a boleto has a last day. */
export function unitsOf(group: StageGroup): readonly Unit[] {
  return group === 'boleto' ? [...FROM_STAGE, ...FROM_DUE_DAY] : FROM_STAGE;
}

/** Splits a time into a number and its unit, the coarsest that is exact. */
export function parted(at: StepAt): { n: number; unit: Unit } {
  if (at.from === 'due_day') {
    return { n: Math.abs(at.days), unit: at.days === 0 ? 'on' : at.days < 0 ? 'before' : 'after' };
  }
  const { minutes } = at;
  if (minutes > 0 && minutes % DAY === 0) return { n: minutes / DAY, unit: 'days' };
  if (minutes > 0 && minutes % HOUR === 0) return { n: minutes / HOUR, unit: 'hours' };
  return { n: minutes, unit: 'minutes' };
}

/** Puts a number and its unit together; what is no number is none. */
export function timed(n: number, unit: Unit): StepAt {
  const count = Number.isFinite(n) ? Math.max(0, Math.min(100_000, Math.round(n))) : 0;
  if (unit === 'on') return { from: 'due_day', days: 0 };
  // A day before or after is one at least: none would be the day itself.
  if (unit === 'before') return { from: 'due_day', days: -Math.max(1, count) };
  if (unit === 'after') return { from: 'due_day', days: Math.max(1, count) };
  return { from: 'stage', minutes: count * OF[unit] };
}

/** Returns the steps with one more, a day after the last, or at the end of what is allowed. */
export function added(stage: StageSequence, template: string): SequenceStep[] {
  return [...stage.steps, { at: next(stage), template }];
}

function next({ group, steps }: StageSequence): StepAt {
  const last = steps.at(-1)?.at;
  if (last?.from === 'due_day') return { from: 'due_day', days: Math.min(10, last.days + 1) };
  if (!last && group === 'boleto') return { from: 'due_day', days: -1 };
  return { from: 'stage', minutes: last ? Math.min(30 * DAY, last.minutes + DAY) : HOUR };
}

/** Returns a stage without one of its steps; without any it is not followed. */
export function removed(stage: StageSequence, at: number): StageSequence {
  const steps = stage.steps.filter((_, place) => place !== at);
  return { ...stage, steps, on: stage.on && steps.length > 0 };
}

/** Exchanges the text of a step with that of the one before or after it; the times stay where they are. */
export function moved(steps: readonly SequenceStep[], at: number, by: -1 | 1): SequenceStep[] {
  const [one, other] = [steps[at], steps[at + by]];
  if (!one || !other) return [...steps];
  return steps.map((step) => {
    if (step === one) return { ...step, template: other.template };
    if (step === other) return { ...step, template: one.template };
    return step;
  });
}

/** Lists the templates that suit a stage, in a language, in the order of their keys on the desk. */
export function templatesFor(
  cards: readonly TemplateCard[],
  group: StageGroup,
  locale: Locale,
): { key: string; name: string }[] {
  const all = cards.filter(({ template }) => template.stages.includes(group));
  const spoken = all.filter(({ template }) => template.locale === locale);
  const elsewhere = all.filter(({ template }) => !spoken.some((card) => card.template.key === template.key));
  const unique = elsewhere.filter(
    ({ template }, place) => elsewhere.findIndex((card) => card.template.key === template.key) === place,
  );
  return [...spoken, ...unique]
    .sort((one, other) => one.template.place - other.template.place)
    .map(({ template }) => ({ key: template.key, name: template.name }));
}

/** Tells whether two are the same to the team, whatever their versions. */
export function same(one: SharedSequences, other: SharedSequences): boolean {
  const plain = ({ stages, restDays, silentHours }: SharedSequences) =>
    JSON.stringify([
      silentHours,
      restDays,
      stages.map(({ group, on, steps }) => [
        group,
        on,
        steps.map(({ at, template }) => [at.from, at.from === 'due_day' ? at.days : at.minutes, template]),
      ]),
    ]);
  return plain(one) === plain(other);
}
