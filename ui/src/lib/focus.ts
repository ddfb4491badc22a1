/** Where the focus is, and how it gets to where keys walk. */
import type { Whereabouts } from './state/app.svelte';

const PALETTE = '.palette';
/** Where one was when the palette was opened. */
let before: Whereabouts = 'list';

/** Puts the focus on the list, where keys walk; the practice's own lies over the real one and comes last in the page. */
export function focusList(): void {
  [...document.querySelectorAll<HTMLElement>('[data-testid="list"]')].at(-1)?.focus();
}

/** Keeps where one is, before the palette takes the focus. */
export function leaveForPalette(): void {
  before = whereabouts();
}

/** Tells where one is; in the palette, where one came from. */
export function whereabouts(): Whereabouts {
  const focus = document.activeElement;
  if (focus?.closest(PALETTE)) return before;
  if (document.querySelector(`[data-dialog-open]:not(${PALETTE})`)) return 'dialog';
  if (focus?.matches('textarea[data-testid="composer"]')) return 'writing';
  if (focus?.closest('[data-testid="conversation"], [data-testid="context"]')) return 'conversation';
  return 'list';
}
