/** Finds who a note calls: `@` and a whole name of the team. Pure. */
import type { Mark } from './types/Mark';

interface Named {
  id: string;
  name: string;
}

export interface Mention {
  id: string;
  start: number;
  end: number;
}

/** Returns who is called and where, in order of appearance; a name within a longer one gives way to it. */
export function mentionsIn(text: string, people: readonly Named[]): Mention[] {
  const byLength = [...people].sort((one, other) => other.name.length - one.name.length);
  const found: Mention[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) continue;
    const who = byLength.find(({ name }) => calls(text, at + 1, name));
    if (who) found.push({ id: who.id, start: at, end: at + 1 + who.name.length });
  }
  return found;
}

/** Returns the marks that names get while they are written. */
export function mentionMarks(text: string, people: readonly Named[]): Mark[] {
  return mentionsIn(text, people).map(({ start, end }) => ({ start, end, variable: 'mention' }));
}

function calls(text: string, from: number, name: string): boolean {
  const there = text.slice(from, from + name.length);
  const next = text[from + name.length] ?? '';
  return name !== '' && there.toLowerCase() === name.toLowerCase() && !/[\p{L}\p{N}]/u.test(next);
}
