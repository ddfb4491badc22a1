/** Puts the look on the document: light or dark, with usual or with more contrast. */
import type { Contrast } from './types/Contrast';
import type { Theme } from './types/Theme';

const PREFERENCES = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'] as const;
const asked = (query: (typeof PREFERENCES)[number]) => window.matchMedia?.(query);
const prefers = (query: (typeof PREFERENCES)[number]) => asked(query)?.matches ?? false;

/** Paints a theme and a contrast; `system` follows what the system prefers now. */
export function paintLook(theme: Theme = 'system', contrast: Contrast = 'system'): void {
  const [dark, more] = PREFERENCES;
  const isDark = theme === 'dark' || (theme === 'system' && prefers(dark));
  const isStrong = contrast === 'more' || (contrast === 'system' && prefers(more));
  const { dataset } = document.documentElement;
  dataset.theme = isDark ? 'dark' : 'light';
  dataset.contrast = isStrong ? 'more' : 'normal';
}

/** Calls back when one of the system's preferences changes; call what it returns to stop. */
export function onSystemLook(changed: () => void): () => void {
  const queries = PREFERENCES.map(asked);
  for (const query of queries) query?.addEventListener('change', changed);
  return () => {
    for (const query of queries) query?.removeEventListener('change', changed);
  };
}
