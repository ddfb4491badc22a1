/** What jsdom lacks and components use. */
import '@testing-library/jest-dom/vitest';
import { afterEach } from 'vitest';
import { setLocale } from '../lib/i18n.svelte';

/** Tells sizes as a page of 344 x 900 pixels would: what holds a row is as high as the row says, all else is the whole page. */
class Laid implements ResizeObserver {
  #told: ResizeObserverCallback;
  constructor(told: ResizeObserverCallback) {
    this.#told = told;
  }
  observe(target: Element): void {
    const row = target.querySelector<HTMLElement>(':scope > [role="option"]');
    const height = row ? parseFloat(row.style.height) : 900;
    const entry = { target, contentRect: { width: 344, height } } as unknown as ResizeObserverEntry;
    queueMicrotask(() => this.#told([entry], this));
  }
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= Laid;
Object.defineProperty(HTMLElement.prototype, 'offsetParent', {
  configurable: true,
  get(this: HTMLElement) {
    return this.parentElement;
  },
});
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
