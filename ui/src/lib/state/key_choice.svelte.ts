/** Choosing another key for a command: the press that is waited for, what stands in its way, and what is done about it. Knows no DOM. */
import { choose, holderOf, isFree, swap, type Chosen } from '../bindings';
import { commandNamed, type Command } from '../commands';
import { keyOf, type Press } from '../keys';

/** Why a press was not taken: it composes characters, or the key is nobody's to choose. */
export type Refused = { why: 'accent' } | { why: 'nobodys'; key: string };

/** Names two commands that would have the same key. */
export interface Conflict {
  name: string;
  key: string;
  other: Command;
}

const ALONE = ['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'NumLock', 'ScrollLock'];

export class KeyChoice {
  /** The command whose key is waited for. */
  waiting = $state<string | null>(null);
  refused = $state.raw<Refused | null>(null);
  conflict = $state.raw<Conflict | null>(null);
  /** The command that was given another key last. */
  given = $state<string | null>(null);

  readonly #chosen: () => Chosen;
  readonly #put: (chosen: Record<string, string>) => void;

  constructor(chosen: () => Chosen, put: (chosen: Record<string, string>) => void) {
    this.#chosen = chosen;
    this.#put = put;
  }

  /** Waits for a command's key. */
  wait(name: string): void {
    this.refused = null;
    this.conflict = null;
    this.waiting = name;
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.waiting = null;
    this.refused = null;
  }

  /** Takes in a press while a key is waited for; tells whether it was meant for that. */
  press(press: Press): boolean {
    const name = this.waiting;
    if (name === null || ALONE.includes(press.key)) return name !== null;
    // Esc ends the waiting in the dialog, which else would close.
    if (press.key === 'Escape') return false;
    if (press.key === 'Tab') {
      this.stop();
      return false;
    }
    if (press.key === 'Backspace' || press.key === 'Delete') this.turnOff(name);
    else this.#take(name, keyOf(press));
    return true;
  }

  /** Gives a command its original key back. */
  reset(name: string): void {
    this.#take(name, commandNamed(name)?.key ?? '');
  }

  /** Leaves a command without a key. */
  turnOff(name: string): void {
    this.stop();
    this.conflict = null;
    this.#give(name, choose(this.#chosen(), name, ''));
  }

  /** Gives every command its original key back. */
  resetAll(): void {
    this.stop();
    this.conflict = null;
    this.#put({});
  }

  /** Has the two commands of a conflict swap their keys. */
  swap(): void {
    const { conflict } = this;
    if (!conflict) return;
    this.conflict = null;
    this.#give(conflict.name, swap(this.#chosen(), conflict.name, conflict.key, conflict.other.name));
  }

  /** Leaves the two commands of a conflict as they are. */
  cancel(): void {
    this.conflict = null;
  }

  #take(name: string, key: string | null): void {
    this.conflict = null;
    if (key === null) {
      this.refused = { why: 'accent' };
      return;
    }
    if (key !== '' && !isFree(key)) {
      this.refused = { why: 'nobodys', key };
      return;
    }
    this.stop();
    const other = key === '' ? null : holderOf(key, this.#chosen());
    if (other?.name === name) return;
    if (other) this.conflict = { name, key, other };
    else this.#give(name, choose(this.#chosen(), name, key));
  }

  #give(name: string, chosen: Record<string, string>): void {
    this.given = name;
    this.#put(chosen);
  }
}
