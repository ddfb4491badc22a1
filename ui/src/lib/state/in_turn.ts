/** Does what was asked for in its turn: what has to wait keeps what comes after it waiting too. Knows no app. */

/** Returns what has to happen first, or `null` where nothing has. */
export type Needs = () => Promise<unknown> | null;

const nothing: Needs = () => null;

export class InTurn {
  #waiting: { needs: Needs; act: () => void }[] = [];

  /** Does something at once where nothing has to happen first and nothing waits; else in its turn. */
  do(act: () => void, needs: Needs = nothing): void {
    if (this.#waiting.length === 0 && needs() === null) return act();
    this.#waiting.push({ needs, act });
    if (this.#waiting.length === 1) void this.#work();
  }

  /** Forgets what waits. */
  forget(): void {
    this.#waiting = [];
  }

  async #work(): Promise<void> {
    for (let [next] = this.#waiting; next; [next] = this.#waiting) {
      // What comes to the same end again is not waited for a second time.
      let last: unknown = null;
      for (let first = next.needs(); first !== null && first !== last; first = next.needs()) {
        last = first;
        await first;
      }
      // It may have been forgotten meanwhile.
      if (this.#waiting[0] !== next) continue;
      this.#waiting.shift();
      next.act();
    }
  }
}
