/** What is done with the open conversation: who has it, until when it waits, its labels, who it is. Knows no DOM. */
import { hostError, type Host } from '../host';
import { t } from '../i18n.svelte';
import type { Action } from '../types/Action';
import type { Colleague } from '../types/Colleague';
import type { SnoozeUntil } from '../types/SnoozeUntil';
import type { DoneStack } from './done.svelte';
import { failureText } from './failures';
import { Known } from './known.svelte';
import type { Thread } from './thread.svelte';
import type { Toasts } from './toasts.svelte';

/** Lists what the conversation's head can ask for. */
export type Asking = 'assign' | 'snooze' | 'label' | 'jump' | 'merge' | 'erase' | null;

export class ThreadActs {
  /** What is being asked for in the conversation's head. */
  asking = $state<Asking>(null);
  readonly team: Known<Colleague[]>;
  /** Labels the team uses. */
  readonly tags: Known<string[]>;

  #host: Host;
  #thread: Thread;
  #toasts: Toasts;
  #done: DoneStack;
  #knowsTeam = false;

  constructor(host: Host, thread: Thread, toasts: Toasts, done: DoneStack) {
    this.#host = host;
    this.#thread = thread;
    this.#toasts = toasts;
    this.#done = done;
    this.team = new Known<Colleague[]>([], () => host.members());
    this.tags = new Known<string[]>([], async () => (await host.filterValues()).labels);
  }

  get members(): Colleague[] {
    return this.team.is;
  }

  /** Returns the labels the team uses. */
  get labels(): string[] {
    return this.tags.is;
  }

  /** Asks for something about the open conversation, and reads what there is to choose from. */
  ask(what: Asking): void {
    if (what !== null && !this.#thread.view) return;
    // What is resolved waits for nothing; the question would have no place to hang from.
    if (what === 'snooze' && this.#thread.view?.handling.state === 'resolved') return;
    this.asking = what;
    if (what === 'assign') void this.readTeam();
    if (what === 'label') void this.tags.read();
  }

  /** Reads who is in the team, once. */
  async readTeam(): Promise<void> {
    if (this.#knowsTeam) return;
    await this.team.read();
    this.#knowsTeam = this.team.failure === null;
  }

  /** Reads the team and its labels, for whoever names them. */
  readNames(): void {
    void this.readTeam();
    if (this.labels.length === 0 || this.tags.failure !== null) void this.tags.read();
  }

  /** Has the team read again the next time it is needed. */
  forgetTeam(): void {
    this.#knowsTeam = false;
  }

  /** Takes the conversation, or gives it back where it is ours. */
  async claimOrRelease(): Promise<void> {
    const { view } = this.#thread;
    const owner = view?.owner;
    if (owner && !owner.isMe) {
      this.#toasts.say(t('refusal.already_claimed', { who: owner.name }), null, 'refused', null, view.id);
      return;
    }
    if (owner) await this.#here({ kind: 'release', body: {} }, t('toast.released'));
    else await this.#here({ kind: 'claim', body: {} }, t('toast.claimed'));
  }

  /** Gives the conversation to a member. */
  async assign(to: Colleague): Promise<void> {
    if (this.#thread.view?.owner?.id === to.id) return;
    const words = to.isMe ? t('toast.claimed') : t('handling.didAssign', { who: to.name });
    await this.#here({ kind: 'assign', body: { to: to.id } }, words);
  }

  /** Puts the conversation aside. */
  async snooze(until: SnoozeUntil): Promise<void> {
    await this.#here({ kind: 'snooze', body: { until } }, t('handling.didSnooze'));
  }

  /** Brings the conversation back. */
  async wake(): Promise<void> {
    await this.#here({ kind: 'wake', body: {} }, t('handling.didWake'));
  }

  /** Says that nothing is left to be done, or takes that back. */
  async resolveOrReopen(): Promise<void> {
    const resolved = this.#thread.view?.handling.state === 'resolved';
    if (resolved) await this.#here({ kind: 'reopen', body: {} }, t('handling.didReopen'));
    else await this.#here({ kind: 'resolve', body: {} }, t('handling.didResolve'));
  }

  /** Puts a label on, or takes it off. */
  async toggleLabel(label: string): Promise<void> {
    const known = this.#thread.view?.labels ?? [];
    const same = known.find((one) => one.toLowerCase() === label.toLowerCase());
    const body = same ? { add: [], remove: [same] } : { add: [label], remove: [] };
    const words = t(same ? 'label.didRemove' : 'label.didAdd', { label: same ?? label });
    await this.#here({ kind: 'label', body }, words);
  }

  /** Says that another conversation is the same person's. */
  async merge(other: string): Promise<void> {
    await this.#here({ kind: 'merge', body: { other } }, t('toast.merged'));
  }

  /** Undoes a merge. */
  async separate(from: string): Promise<void> {
    await this.#here({ kind: 'unmerge', body: { from } }, t('toast.separated'));
  }

  /** Says that another conversation is somebody else's. */
  async keepApart(other: string): Promise<void> {
    await this.#here({ kind: 'keep_apart', body: { other } }, t('toast.apart'));
  }

  async #here(action: Action, words: string): Promise<void> {
    const { view } = this.#thread;
    if (!view) return;
    try {
      const doing = this.#host.act({ conversationId: view.id, action });
      const { commandId, backUntil } = await this.#done.during(doing);
      this.#done.did([commandId], words, backUntil);
    } catch (thrown) {
      this.#toasts.say(failureText(hostError(thrown).code), null, 'refused');
    }
  }
}
