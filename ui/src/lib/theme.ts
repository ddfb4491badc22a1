/** Puts the theme on the document. */
import type { Theme } from './types/Theme';

const dark = () => window.matchMedia?.('(prefers-color-scheme: dark)');

/** Paints a theme; `system` follows what the system prefers now. */
export function paintTheme(theme: Theme): void {
  const isDark = theme === 'dark' || (theme === 'system' && (dark()?.matches ?? false));
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

/** Calls back when the system's preference changes; call what it returns to stop. */
export function onSystemTheme(changed: () => void): () => void {
  const query = dark();
  query?.addEventListener('change', changed);
  return () => query?.removeEventListener('change', changed);
}
