/** Names what the page asks about sequences. Knows no transport. */
import type { SequenceCheck } from './types/SequenceCheck';
import type { SharedSequences } from './types/SharedSequences';
import type { StageSequence } from './types/StageSequence';

/** Everything that can be asked about sequences; everybody reads and takes steps up, leads also change. */
export interface SequencesHost {
  sequences(): Promise<SharedSequences>;
  /** Tells what a stage is worth before it is saved: what the service would refuse, and what it comes to for real orders. */
  sequenceCheck(asked: { stage: StageSequence; restDays: boolean }): Promise<SequenceCheck>;
  /** Saves on top of the version they were made from. */
  sequencesSave(sequences: SharedSequences): Promise<SharedSequences>;
  /** Takes up the step that is due, claiming the conversation where nobody has it; answers its template's key. */
  stepTake(asked: { conversationId: string; orderKey: string }): Promise<string>;
}
