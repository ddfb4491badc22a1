import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../backend.fake';
import { locale, setLocale } from '../i18n.svelte';
import { App } from './app.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const later = () => vi.advanceTimersByTimeAsync(5_000);

test('where one was is kept once one rests there', async () => {
  const host = new FakeHost({ count: 20 });
  const app = new App(host);
  await app.start();
  await app.show('all');
  await later();
  expect((await host.boot()).settings.place.view).toBe('all');
});

test('a page that is gone neither keeps a place nor chooses the language of the next', async () => {
  const host = new FakeHost({ count: 20 });
  const app = new App(host);
  await app.start();
  await app.show('all');
  app.end();
  setLocale('en');
  await later();
  expect(locale()).toBe('en');
  expect((await host.boot()).settings.place.view).toBeNull();
});

test('a page that is gone before its host has answered says nothing', async () => {
  const app = new App(new FakeHost({ count: 20, delay: 100 }));
  const started = app.start();
  app.end();
  setLocale('en');
  await later();
  await started;
  expect(locale()).toBe('en');
  expect(app.boot).toBeNull();
});
