/** The one ticker of the page. `second` moves each second, `coarse` every five: most texts need no more. */
const COARSE = 5;

class Clock {
  second = $state(Date.now());
  coarse = $state(Date.now());
  #ticks = 0;

  /** Starts ticking; call what it returns to stop. */
  start(): () => void {
    const timer = setInterval(() => this.tick(Date.now()), 1_000);
    return () => clearInterval(timer);
  }

  /** Moves to a time. A leap of more than a few seconds, as after sleep, moves both hands at once. */
  tick(now: number): void {
    const leapt = Math.abs(now - this.second) > 3_000;
    this.second = now;
    this.#ticks += 1;
    if (leapt || this.#ticks % COARSE === 0) this.coarse = now;
  }
}

export const clock = new Clock();
