/** What was typed, on its way to the host: newer than what the host tells of it. Knows no field. */
import type { Host } from '../host';
import type { ConversationView } from '../types/ConversationView';
import type { Draft } from '../types/Draft';
import type { DraftAsked } from '../types/DraftAsked';
import type { DraftKind } from '../types/DraftKind';

const nameOf = (conversationId: string, kind: DraftKind) => `${kind} ${conversationId}`;

export class Drafts {
  #host: Host;
  #saving = new Map<string, DraftAsked>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Returns what was typed last where the host may not have written it yet, or could not. */
  newest(conversationId: string, kind: DraftKind): DraftAsked | null {
    return this.#saving.get(nameOf(conversationId, kind)) ?? null;
  }

  /** Returns a conversation's draft as it was typed last. */
  of(view: ConversationView): Draft | null {
    const saving = this.newest(view.id, 'message');
    if (!saving) return view.draft;
    if (saving.text === '') return null;
    const { text, templateKey, orderKey } = saving;
    return { ...(view.draft ?? { savedAt: Infinity, stop: null, marks: [] }), text, templateKey, orderKey };
  }

  /** Has a text kept, or forgotten where it is empty; tells whether it was. */
  async save(asked: DraftAsked & { kind: DraftKind }): Promise<boolean> {
    const name = nameOf(asked.conversationId, asked.kind);
    this.#saving.set(name, asked);
    try {
      await this.#host.saveDraft(asked);
      if (this.#saving.get(name) === asked) this.#saving.delete(name);
      return true;
    } catch {
      return false;
    }
  }
}
