/** Names what the page asks about sequences. Knows no transport. */
import type { SharedSequences } from './types/SharedSequences';

/** Everything that can be asked about sequences; everybody reads and takes steps up, leads also change. */
export interface SequencesHost {
  sequences(): Promise<SharedSequences>;
  /** Saves on top of the version they were made from. */
  sequencesSave(sequences: SharedSequences): Promise<SharedSequences>;
  /** Takes up the step that is due, claiming the conversation where nobody has it; answers its template's key. */
  stepTake(asked: { conversationId: string; orderKey: string }): Promise<string>;
}
