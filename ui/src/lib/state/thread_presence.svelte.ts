/** Who else looks at the open conversation, and what the others are told of us. Knows no DOM. */
import type { Host } from '../host';
import type { PresentMember } from '../types/PresentMember';

/** How long after the last key a text counts as being written. */
export const WRITING_FOR = 5_000;

export class Presence {
  #everybody = $state.raw<PresentMember[]>([]);
  #host: Host;
  #me = '';
  #at: string | null = null;
  #writing = false;
  #hidden = false;
  #rest: ReturnType<typeof setTimeout> | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Says who sits here; nobody is told of themselves. */
  sits(memberId: string): void {
    this.#me = memberId;
  }

  /** Returns who else is at a conversation, those who write first. */
  others(conversationId: string): PresentMember[] {
    return this.#everybody
      .filter((one) => one.conversationId === conversationId && one.member.id !== this.#me)
      .sort((one, other) => Number(other.writing) - Number(one.writing));
  }

  /** Reads who is where. */
  async read(): Promise<void> {
    try {
      this.#everybody = await this.#host.presence();
    } catch {
      this.#everybody = [];
    }
  }

  /** Says which conversation is open here. */
  go(conversationId: string | null): void {
    this.#at = conversationId;
    this.#stopWriting();
    void this.#tell();
  }

  /** Says that a text is being written here; it counts until the keys have rested. */
  write(): void {
    if (this.#rest) clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#stopWriting();
      void this.#tell();
    }, WRITING_FOR);
    if (this.#writing) return;
    this.#writing = true;
    void this.#tell();
  }

  /** Says whether the window is out of sight: who looks elsewhere is not here. */
  hide(hidden: boolean): void {
    if (this.#hidden === hidden) return;
    this.#hidden = hidden;
    void this.#tell();
  }

  #stopWriting(): void {
    if (this.#rest) clearTimeout(this.#rest);
    this.#rest = null;
    this.#writing = false;
  }

  async #tell(): Promise<void> {
    const conversationId = this.#hidden ? null : this.#at;
    const writing = conversationId !== null && this.#writing;
    try {
      await this.#host.present({ conversationId, writing });
    } catch {
      // Being seen is a courtesy: without the service nobody is told, and nothing is lost.
    }
  }
}
