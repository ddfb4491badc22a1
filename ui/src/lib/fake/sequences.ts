/** The invented team's sequences, and taking up the step that is due. */
import { HostError } from '../host';
import type { SequencesHost } from '../sequences_host';
import { MOST_STEPS } from '../sequences';
import { DAY, dayOf, MINUTE } from '../time';
import type { OrderCard } from '../types/OrderCard';
import type { PlannedStep } from '../types/PlannedStep';
import type { SequenceCheck } from '../types/SequenceCheck';
import type { SequenceTrial } from '../types/SequenceTrial';
import type { SharedSequences } from '../types/SharedSequences';
import type { StageGroup } from '../types/StageGroup';
import type { StageSequence } from '../types/StageSequence';
import type { StepAt } from '../types/StepAt';
import { momentOf } from '../zone';
import type { FakeActing } from './acting';
import type { FakeDesk } from './desk';
import type { Conversation } from './world';

const HOUR = 60;
const TRIED = 3;
const MORNING = 9;

function stage(group: StageGroup, ...steps: readonly (readonly [number, string])[]) {
  return {
    group,
    on: true,
    steps: steps.map(([minutes, template]) => ({ at: { from: 'stage' as const, minutes }, template })),
  };
}

/** What the invented team follows. */
export const SEQUENCES: SharedSequences = {
  stages: [
    stage('cart', [HOUR, 'cart.first'], [24 * HOUR, 'cart.link']),
    stage('pix', [15, 'pix.code'], [3 * HOUR, 'pix.steps']),
    {
      group: 'boleto',
      on: true,
      steps: [{ at: { from: 'due_day', days: -1 }, template: 'boleto.line' }],
    },
    stage('refused', [15, 'refused.link']),
  ],
  restDays: false,
  silentHours: 24,
  version: 0,
};

export class FakeSequences implements SequencesHost {
  kept: SharedSequences = SEQUENCES;
  readonly #desk: FakeDesk;
  readonly #acting: FakeActing;

  constructor(desk: FakeDesk, acting: FakeActing) {
    this.#desk = desk;
    this.#acting = acting;
  }

  sequences = () => this.#desk.answer(() => this.kept);

  sequenceCheck = ({ stage }: { stage: StageSequence; restDays: boolean }) =>
    this.#desk.answer((): SequenceCheck => {
      const all = this.#desk.world.flatMap((from) => from.orders.map((order) => [from, order] as const));
      const there = all.filter(([, order]) => order.group === stage.group);
      const newest = there.sort(([, one], [, other]) => other.lastAt - one.lastAt).slice(0, TRIED);
      return { fault: faultOf(stage), orders: newest.map(([from, order]) => trial(from, order, stage)) };
    });

  sequencesSave = (sequences: SharedSequences) =>
    this.#desk.answer(() => {
      if (!this.#desk.live) throw new HostError('offline');
      if (this.#desk.role === 'agent') throw new HostError('forbidden');
      if (sequences.version !== this.kept.version) throw new HostError('version_conflict');
      this.kept = { ...sequences, version: sequences.version + 1 };
      return this.kept;
    });

  stepTake = async (asked: { conversationId: string; orderKey: string }): Promise<string> => {
    const from = this.#desk.find(asked.conversationId);
    const due = from.orders.find(({ orderKey }) => orderKey === asked.orderKey)?.sequence;
    if (from.owner !== null && !from.owner.isMe) throw new HostError('already_claimed');
    if (due?.state !== 'due') throw new HostError('no_step_due');
    if (from.owner === null)
      await this.#acting.act({ conversationId: from.id, action: { kind: 'claim', body: {} } });
    return due.template;
  };
}

/** Names what the service would refuse, as far as the page has to be seen reacting to it. */
function faultOf({ on, steps }: StageSequence): string | null {
  if (steps.length > MOST_STEPS || (on && steps.length === 0)) return 'steps';
  if (new Set(steps.map(({ template }) => template)).size < steps.length) return 'template';
  const of = (from: StepAt['from']) => steps.filter(({ at }) => at.from === from).map(({ at }) => count(at));
  const rises = (times: number[]) => times.every((time, place) => place === 0 || time > times[place - 1]!);
  const fits = of('stage').every((minutes) => minutes >= 5 && minutes <= 43_200);
  return fits && rises(of('stage')) && rises(of('due_day')) ? null : 'at';
}

const count = (at: StepAt) => (at.from === 'stage' ? at.minutes : at.days);

function trial(from: Conversation, order: OrderCard, stage: StageSequence): SequenceTrial {
  const since = order.steps.find(({ group }) => group === order.group)?.at ?? order.lastAt;
  const ends = order.deadline?.at ?? null;
  const others = from.owner !== null && !from.owner.isMe ? from.owner.name : null;
  return {
    conversationId: from.id,
    orderKey: order.orderKey,
    name: from.person.name,
    stage: order.stage,
    since,
    ends,
    plan: {
      steps: stage.steps.map((step) => planned(step.template, step.at, since, ends)),
      stopped: others === null ? null : 'taken_over',
    },
    takenBy: others,
  };
}

/** When a step comes; the invented shop knows no night. */
function planned(template: string, at: StepAt, since: number, ends: number | null): PlannedStep {
  const morning = (days: number) => (ends === null ? null : momentOf(dayOf(ends + days * DAY), MORNING));
  const from = at.from === 'stage' ? since + at.minutes * MINUTE : morning(at.days);
  if (from === null) return { template, at: null, moved: false, skipped: 'no_day' };
  const expired = template === 'pix.code' && ends !== null && from >= ends;
  if (expired || from < since)
    return { template, at: null, moved: false, skipped: expired ? 'expired' : 'before' };
  return { template, at: from, moved: false, skipped: null };
}
