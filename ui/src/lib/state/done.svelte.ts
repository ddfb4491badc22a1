/** What was just done and can be taken back, newest last. Knows nothing of what the acts mean. */
import type { Host } from '../host';
import { t } from '../i18n.svelte';
import type { Toasts } from './toasts.svelte';

/** How many acts can be taken back, one after the other. */
export const DEEPEST = 20;

/** Names one act by the commands it was written down as, and says it in words. */
export interface Done {
  ids: readonly string[];
  words: string;
}

export class DoneStack {
  #acts = $state.raw<Done[]>([]);
  #host: Host;
  #toasts: Toasts;
  /** What is being done and not told of yet. */
  #underway = new Set<Promise<unknown>>();

  constructor(host: Host, toasts: Toasts) {
    this.#host = host;
    this.#toasts = toasts;
  }

  /** Tells whether there is an act to take back. */
  get any(): boolean {
    return this.#acts.length > 0 || this.#underway.size > 0;
  }

  /** Notes that something is being done: to take back what comes right after it is about this. */
  during<T>(doing: Promise<T>): Promise<T> {
    this.#underway.add(doing);
    const over = () => void this.#underway.delete(doing);
    doing.then(over, over);
    return doing;
  }

  /** Notes that something was done, and says so, with the way back for as long as there is one; `null` for no end. */
  did(ids: readonly string[], words: string, backUntil: number | null = null): void {
    const [first] = ids;
    if (first === undefined) return;
    if (backUntil !== null && backUntil <= Date.now()) return this.#toasts.say(words);
    this.#acts = [...this.#acts, { ids, words }].slice(-DEEPEST);
    this.#toasts.say(words, first, 'done', backUntil);
  }

  /** Takes back the last act, or the one that a command belongs to; says what became of it. */
  async undo(commandId: string | null = null): Promise<void> {
    await Promise.allSettled(this.#underway);
    const act = commandId
      ? (this.#acts.find((act) => act.ids.includes(commandId)) ?? { ids: [commandId], words: '' })
      : this.#acts.at(-1);
    if (!act) return;
    this.#acts = this.#acts.filter((one) => one !== act);
    for (const toast of this.#toasts.list) {
      if (toast.undo !== null && act.ids.includes(toast.undo)) this.#toasts.drop(toast.id);
    }
    const back = await this.#takeBack(act.ids).catch(() => 0);
    const { words } = act;
    if (back === 0) this.#toasts.say(t('toast.notUndone'), null, 'refused');
    else if (back < act.ids.length) {
      this.#toasts.say(t('undo.some', { n: back, all: act.ids.length }), null, 'refused');
    } else this.#toasts.say(words ? t('undo.what', { what: words }) : t('toast.undone'));
  }

  /** Forgets everything, as when another member sits down. */
  forget(): void {
    this.#acts = [];
  }

  async #takeBack(ids: readonly string[]): Promise<number> {
    const [only, ...more] = ids;
    if (only === undefined) return 0;
    if (more.length > 0) return this.#host.undoMany([...ids]);
    return (await this.#host.undo(only)) ? 1 : 0;
  }
}
