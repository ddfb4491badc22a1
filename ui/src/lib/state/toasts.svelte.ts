/** Short words at the foot of the conversation: what was just done, and how to take it back. */
const STAY = 6_000;

export interface Toast {
  id: number;
  text: string;
  /** The action that can be taken back. */
  undo: string | null;
  tone: 'done' | 'refused';
}

export class Toasts {
  list = $state.raw<Toast[]>([]);
  #last = 0;

  /** Shows a toast; at most two stand at a time. */
  say(text: string, undo: string | null = null, tone: Toast['tone'] = 'done'): void {
    const toast = { id: ++this.#last, text, undo, tone };
    this.list = [...this.list.slice(-1), toast];
    setTimeout(() => this.drop(toast.id), STAY);
  }

  /** Takes a toast away. */
  drop(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
