/** The commands last given, kept in the page's own storage. Names that stand for one customer's things are not. */
import { commandNamed } from './commands';

const KEPT_AS = 'balcao.recent';
const MOST = 5;
const LASTING = /^(saved|snooze)\./;

/** Returns the names of the commands last given, the last one first. */
export function recentCommands(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? '[]');
    return Array.isArray(kept) ? kept.filter((name) => typeof name === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Keeps that a command was given. */
export function keepRecent(name: string): void {
  if (!commandNamed(name) && !LASTING.test(name)) return;
  const kept = [name, ...recentCommands().filter((one) => one !== name)].slice(0, MOST);
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(kept));
  } catch {
    // Without storage nothing is recent.
  }
}
