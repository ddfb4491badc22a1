/** Where one is, kept once one rests there so that the next start begins there. Knows no DOM. */
import type { Settings } from '../types/Settings';

type Where = Settings['place'];

/** How long one rests before it is kept. */
const RESTS = 800;

export class Place {
  readonly #now: () => Where | null;
  readonly #keep: (place: Where) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Asks where one is when it is time to keep it; `null` where there is nothing to keep. */
  constructor(now: () => Where | null, keep: (place: Where) => void) {
    this.#now = now;
    this.#keep = keep;
  }

  /** Notes that one went elsewhere. */
  moved(): void {
    this.stop();
    this.#timer = setTimeout(() => {
      const place = this.#now();
      if (place) this.#keep(place);
    }, RESTS);
  }

  /** Keeps nothing that is not kept yet. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
