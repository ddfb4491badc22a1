/** One action on many conversations: what it would do is shown before it is done, and it is taken back as one. Knows no DOM. */
import { hostError, type Host } from '../host';
import { t } from '../i18n.svelte';
import type { Action } from '../types/Action';
import type { BulkPreview } from '../types/BulkPreview';
import type { DoneStack } from './done.svelte';
import { Picked } from './picked.svelte';

/** What is asked before an action is known. */
export type BulkAsk = 'assign' | 'label' | 'snooze' | null;

/** An action that waits for a yes. */
export interface Proposed {
  action: Action;
  /** The action in words, as `Adiar até amanhã 09:00`. */
  words: string;
  preview: BulkPreview;
}

export class Bulk {
  readonly picked = new Picked();
  asking = $state<BulkAsk>(null);
  proposed = $state.raw<Proposed | null>(null);
  /** Why it could not be done. */
  failure = $state<string | null>(null);
  working = $state(false);

  #host: Host;
  #done: DoneStack;

  constructor(host: Host, done: DoneStack) {
    this.#host = host;
    this.#done = done;
  }

  /** Asks what an action would change and shows it. */
  async propose(action: Action, words: string): Promise<void> {
    this.asking = null;
    this.failure = null;
    const ids = [...this.picked.ids];
    if (ids.length === 0) return;
    try {
      this.proposed = { action, words, preview: await this.#host.bulkPreview({ ids, action }) };
    } catch (thrown) {
      this.failure = hostError(thrown).code;
    }
  }

  /** Proposes to take them all. */
  claim(): Promise<void> {
    return this.propose({ kind: 'claim', body: {} }, t('bulk.claim'));
  }

  /** Proposes that nothing is left to be done in any. */
  resolve(): Promise<void> {
    return this.propose({ kind: 'resolve', body: {} }, t('bulk.resolve'));
  }

  /** Does what was proposed to those that it changes. */
  async confirm(): Promise<void> {
    const { proposed } = this;
    if (!proposed || this.working) return;
    this.working = true;
    try {
      const { action, words, preview } = proposed;
      const ids = preview.will.map((one) => one.id);
      const written = await this.#done.during(this.#host.bulk({ ids, action }));
      this.#done.did(
        written.map((one) => one.commandId),
        t('bulk.did', { what: words, n: written.length }),
      );
      this.proposed = null;
      this.failure = null;
      this.picked.clear();
    } catch (thrown) {
      this.failure = hostError(thrown).code;
    } finally {
      this.working = false;
    }
  }

  /** Leaves everything as it is; what is picked stays picked. */
  cancel(): void {
    this.proposed = null;
    this.asking = null;
    this.failure = null;
  }
}
