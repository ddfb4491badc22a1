/** Reads the conversation that is likely to be opened next, so that opening it waits for no answer. Knows no DOM. */
import type { Host } from '../host';
import type { ConversationView } from '../types/ConversationView';

/** How long what was read stays good: whatever changes in it is told, this only bounds how long that is relied on. */
const GOOD_FOR = 5_000;

export class ReadAhead {
  #host: Host;
  #ahead: { id: string; view: Promise<ConversationView>; began: number } | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Begins to read a conversation, unless that was just begun. */
  begin(id: string): void {
    if (this.#known(id)) return;
    const ahead = { id, view: this.#host.conversation(id), began: Date.now() };
    this.#ahead = ahead;
    // Nobody may come for it; whoever opens it then reads it anew, and is told if that fails.
    ahead.view.catch(() => {
      if (this.#ahead === ahead) this.#ahead = null;
    });
  }

  /** Returns a conversation as it was read ahead, or reads it now. */
  take(id: string): Promise<ConversationView> {
    const known = this.#known(id);
    this.#ahead = null;
    return known?.view ?? this.#host.conversation(id);
  }

  /** Lets go of what was read: something happened, be it to another conversation that took this one in. */
  forget(): void {
    this.#ahead = null;
  }

  #known(id: string) {
    const ahead = this.#ahead;
    return ahead?.id === id && Date.now() - ahead.began < GOOD_FOR ? ahead : null;
  }
}
