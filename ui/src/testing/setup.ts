/** What jsdom lacks and components use. */
import '@testing-library/jest-dom/vitest';
import { afterEach } from 'vitest';
import { setLocale } from '../lib/i18n.svelte';

class NoResize implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoResize;
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.scrollTo ??= () => undefined;
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as never;

afterEach(() => {
  setLocale('pt-BR');
  localStorage.clear();
  delete document.documentElement.dataset.painted;
});
