/** Every command of the app, once: keyboard, palette, help, the page of keys and each printed key read from here. */
import { CONVERSATION, WRITING } from './commands/conversation';
import type { Command } from './commands/command';
import { EVERYWHERE } from './commands/everywhere';
import { LIST } from './commands/list';
import { LOOK } from './commands/look';
import { ORDER } from './commands/order';
import { VIEWS } from './commands/views';

export { GROUPS, type Command, type Group } from './commands/command';

const ALL = [...LIST, ...CONVERSATION, ...ORDER, ...WRITING, ...EVERYWHERE, ...VIEWS, ...LOOK];

/** Lists the names of the commands. */
export type Act = (typeof ALL)[number]['name'];

export const COMMANDS: readonly Command[] = ALL;

const BY_NAME: ReadonlyMap<string, Command> = new Map(COMMANDS.map((one) => [one.name, one]));

/** Returns the command of a name. */
export function commandNamed(name: string): Command | undefined {
  return BY_NAME.get(name);
}
