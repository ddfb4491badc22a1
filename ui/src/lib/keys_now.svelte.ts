/** The keys as they are now, for whoever prints or reads them. Told by the app when settings come or change. */
import { bind, byKey, type Chosen } from './bindings';
import { commandNamed, type Act, type Command } from './commands';
import { isSingle, printed } from './keys';

const MAC = typeof navigator !== 'undefined' && /^Mac/.test(navigator.platform);

let told = '{} true';
let single = $state.raw(true);
let keys = $state.raw(bind({}));
let commands = $state.raw(byKey(bind({}), true));

/** Takes in what the member chose. */
export function setKeys(chosen: Chosen, singleKeys: boolean): void {
  const asked = `${JSON.stringify(chosen)} ${singleKeys}`;
  if (asked === told) return;
  told = asked;
  single = singleKeys;
  keys = bind(chosen);
  commands = byKey(keys, singleKeys);
}

/** Returns the command a key stands for. */
export function commandAt(key: string): Command | undefined {
  return commands.get(key);
}

/** Returns a command's key if it acts, else an empty text. */
export function keyNow(name: string): string {
  const key = keys.get(name) ?? '';
  return single || !isSingle(key) ? key : '';
}

/** Returns the keys of a command as they are printed: its own, or the ones that lead to it one after the other. */
export function printedKeys(command: Pick<Command, 'name' | 'after'>): string[] {
  const key = keyNow(command.name);
  if (key !== '') return [printed(key, MAC)];
  const go = command.after === '' ? '' : keyNow('go');
  return go === '' ? [] : [printed(go, MAC), command.after];
}

/** Returns a key as it is printed on this machine. */
export function print(key: string): string {
  return printed(key, MAC);
}

/** Returns a tooltip's end that names the command's key: ` (c)`; empty where it has none. */
export function inBrackets(name: Act): string {
  const command = commandNamed(name);
  const printedNow = command ? printedKeys(command) : [];
  return printedNow.length > 0 ? ` (${printedNow.join(' ')})` : '';
}
