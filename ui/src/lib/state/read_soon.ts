/** Marks a conversation as read once it has been on screen for a while, and somebody was there. */
import type { Host } from '../host';

/** How long a conversation must have been in sight before it counts as read. */
const READ_AFTER = 1_000;

export class ReadSoon {
  #host: Host;
  #isOpen: (id: string) => boolean;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(host: Host, isOpen: (id: string) => boolean) {
    this.#host = host;
    this.#isOpen = isOpen;
  }

  /** Begins to wait for a conversation that came on screen. */
  came(id: string): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#isOpen(id)) return;
      if (document.hasFocus() && document.visibilityState === 'visible') void this.#host.markRead(id);
      else this.came(id);
    }, READ_AFTER);
  }

  /** Begins to wait for what happened in the one on screen, unless it is waited for already. */
  happened(id: string): void {
    if (this.#timer === null) this.came(id);
  }

  /** Waits no more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
