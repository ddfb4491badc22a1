/** The invented team's sequences, and taking up the step that is due. */
import { HostError } from '../host';
import type { SequencesHost } from '../sequences_host';
import type { SharedSequences } from '../types/SharedSequences';
import type { StageGroup } from '../types/StageGroup';
import type { FakeActing } from './acting';
import type { FakeDesk } from './desk';

const HOUR = 60;

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

  sequencesSave = (sequences: SharedSequences) =>
    this.#desk.answer(() => {
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
