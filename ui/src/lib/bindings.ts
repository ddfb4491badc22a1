/** Which key each command has, from what it has by itself and what the member chose. Knows no settings but those keys. */
import { COMMANDS, commandNamed, type Command } from './commands';
import { isKey, isSingle } from './keys';

/** Keys chosen by the member: from a command's name to its key; an empty key turns it off. */
export type Chosen = Readonly<Record<string, string>>;

/** Keys that fields, menus and dialogs live by, those of the clipboard, and the one everybody knows for help. */
const NOBODYS =
  /^((Shift\+)?(Enter|Space|Escape|Tab|Backspace|Delete|Arrow(Up|Down|Left|Right))|F1|Mod\+(Shift\+)?[cvx])$/;

/** Returns the key of each command; one that two would have is the one's who chose it. Unknown names and keys are passed over. */
export function bind(chosen: Chosen): ReadonlyMap<string, string> {
  const holders = new Map<string, string>();
  const keys = new Map<string, string>();
  const give = (name: string, key: string) => {
    if (key === '' || holders.has(key)) return;
    holders.set(key, name);
    keys.set(name, key);
  };
  for (const one of COMMANDS) {
    // A field reads its key by itself, so it takes none from the zones.
    if (one.fixed && one.holds === 'field') keys.set(one.name, one.key);
    else if (one.fixed) give(one.name, one.key);
  }
  const free = COMMANDS.filter((one) => !one.fixed);
  for (const one of free) give(one.name, chosenFor(one, chosen) ?? '');
  for (const one of free) if (chosenFor(one, chosen) === undefined) give(one.name, one.key);
  return keys;
}

/** Returns the commands by key: each one's own and those it has besides; single keys only where they act. */
export function byKey(keys: ReadonlyMap<string, string>, singleKeys: boolean): ReadonlyMap<string, Command> {
  const found = new Map<string, Command>();
  for (const one of COMMANDS) {
    if (one.holds === 'field') continue;
    const own = keys.get(one.name);
    for (const key of own === undefined ? one.besides : [own, ...one.besides]) {
      if (!found.has(key) && (singleKeys || !isSingle(key))) found.set(key, one);
    }
  }
  return found;
}

/** Tells whether a key may be chosen for a command. */
export function isFree(key: string): boolean {
  return isKey(key) && !NOBODYS.test(key);
}

/** Returns who has a key. */
export function holderOf(key: string, chosen: Chosen): Command | null {
  const found = [...bind(chosen)].find(([, its]) => its === key);
  return found ? (commandNamed(found[0]) ?? null) : null;
}

/** Returns the choices with another key for a command; without one, it is turned off. */
export function choose(chosen: Chosen, name: string, key: string): Record<string, string> {
  const { [name]: _, ...others } = chosen;
  return commandNamed(name)?.key === key ? others : { ...others, [name]: key };
}

/** Returns the choices with a key taken from another command, which gets the one that is let go. */
export function swap(chosen: Chosen, name: string, key: string, other: string): Record<string, string> {
  const before = bind(chosen).get(name) ?? '';
  return choose(choose(chosen, other, before), name, key);
}

/** Tells whether the member chose another key for a command. */
export function isChosen(chosen: Chosen, name: string): boolean {
  return chosen[name] !== undefined;
}

function chosenFor(one: Command, chosen: Chosen): string | undefined {
  const key = chosen[one.name];
  return key === undefined || key === '' || isFree(key) ? key : undefined;
}
