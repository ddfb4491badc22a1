/** Keys that fields and dialogs read by themselves: told with the others, but nobody's to choose. */
import type { Key } from '../i18n.svelte';

/** Holds what a few keys do there. */
export interface Hint {
  keys: readonly string[];
  words: Key;
}

export const WRITING_HINTS: readonly Hint[] = [
  { keys: ['Shift+Enter'], words: 'hint.newLine' },
  { keys: ['/'], words: 'hint.slash' },
  { keys: ['{'], words: 'hint.brace' },
  { keys: ['@'], words: 'hint.mention' },
  { keys: ['Escape'], words: 'hint.leaveField' },
  { keys: ['F1'], words: 'act.help' },
];

export const DIALOG_HINTS: readonly Hint[] = [
  { keys: ['Tab'], words: 'hint.nextControl' },
  { keys: ['Shift+Tab'], words: 'hint.previousControl' },
  { keys: ['ArrowUp', 'ArrowDown'], words: 'hint.choices' },
  { keys: ['Enter'], words: 'hint.press' },
  { keys: ['Escape'], words: 'hint.closeDialog' },
];
