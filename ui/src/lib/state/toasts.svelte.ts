/** Short words below the conversation: what was just done, and how to take it back. */
const STAY = 6_000;

export interface Toast {
  id: number;
  text: string;
  /** The action that can be taken back. */
  undo: string | null;
  tone: 'done' | 'refused';
  /** The conversation it speaks of as the one on screen. */
  of: string | null;
}

export class Toasts {
  list = $state.raw<Toast[]>([]);
  #last = 0;

  /** Shows a toast; at most two stand at a time. The way back is offered until a time, where it has an end. */
  say(
    text: string,
    undo: string | null = null,
    tone: Toast['tone'] = 'done',
    undoUntil: number | null = null,
    of: string | null = null,
  ): void {
    const toast = { id: ++this.#last, text, undo, tone, of };
    this.list = [...this.list.slice(-1), toast];
    setTimeout(() => this.drop(toast.id), STAY);
    if (undoUntil !== null) setTimeout(() => this.#close(toast.id), undoUntil - Date.now());
  }

  /** Takes the way back from a toast. */
  #close(id: number): void {
    this.list = this.list.map((toast) => (toast.id === id ? { ...toast, undo: null } : toast));
  }

  /** Takes away what was said of the conversation on screen, now that it is another one. */
  turnTo(id: string): void {
    this.list = this.list.filter((toast) => toast.of === null || toast.of === id);
  }

  /** Takes a toast away. */
  drop(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
