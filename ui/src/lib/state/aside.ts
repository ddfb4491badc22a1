/** What was left in other conversations, for when one comes back: notes and answers, and where values stand in a message. */
import type { Mark } from '../types/Mark';
import type { Mode } from './composing';

/** What was in the fields of a conversation. */
export interface LeftThere {
  mode: Mode;
  note: string;
  answer: string;
  text: string;
  marks: Mark[];
}

export class Aside {
  #begun = new Map<string, Pick<LeftThere, 'mode' | 'note' | 'answer'>>();
  #marked = new Map<string, Pick<LeftThere, 'text' | 'marks'>>();

  /** Keeps what is in the fields of a conversation that is left. */
  put(id: string, { mode, note, answer, text, marks }: LeftThere): void {
    if (note === '' && answer === '') this.#begun.delete(id);
    else this.#begun.set(id, { mode, note, answer });
    if (marks.length === 0) this.#marked.delete(id);
    else this.#marked.set(id, { text, marks });
  }

  /** Returns the note and the answer that were begun in a conversation. */
  begun(id: string): Pick<LeftThere, 'mode' | 'note' | 'answer'> | null {
    return this.#begun.get(id) ?? null;
  }

  /** Returns where values stood in a message when it was left, if it was this one. */
  marks(id: string, text: string): Mark[] | null {
    const left = this.#marked.get(id);
    return left?.text === text ? left.marks : null;
  }

  /** Lets go of a note or an answer that left for good, so that it is not found there again. */
  left(id: string, part: 'note' | 'answer', text: string): boolean {
    const begun = this.#begun.get(id);
    if (!begun) return true;
    if (begun[part] !== text) return false;
    this.#begun.set(id, { ...begun, mode: 'message', [part]: '' });
    return true;
  }

  /** What came back elsewhere is on the host; what is remembered here of having sent it is not true any more. */
  recalled(): void {
    for (const [id, { note, answer }] of this.#begun) if (!note || !answer) this.#begun.delete(id);
  }
}
