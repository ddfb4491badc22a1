/** What was read last: it stays while it cannot be read again, and then tells why not. Knows no DOM. */
import { hostError } from '../host';

export class Known<T> {
  is: T;
  /** Code of why the last reading failed; `null` where none did. */
  failure = $state<string | null>(null);

  readonly #none: T;
  readonly #ask: () => Promise<T>;
  #turn = 0;

  constructor(none: T, ask: () => Promise<T>) {
    this.is = $state.raw(none);
    this.#none = none;
    this.#ask = ask;
  }

  /** Reads it anew; of several readings under way the one begun last counts. */
  async read(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const read = await this.#ask();
      if (turn !== this.#turn) return;
      this.is = read;
      this.failure = null;
    } catch (thrown) {
      if (turn === this.#turn) this.failure = hostError(thrown).code;
    }
  }

  /** Lets go of what is known, as when another member sits down; a reading under way counts no more. */
  forget(): void {
    this.#turn += 1;
    this.is = this.#none;
    this.failure = null;
  }
}
