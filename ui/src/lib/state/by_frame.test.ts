import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../backend.fake';
import { NOTHING } from '../changes';
import { App } from './app.svelte';

/** What waits for the next frame. */
let frames: (() => void)[] = [];

beforeEach(() => {
  frames = [];
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => frames.push(draw));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const soon = () => vi.advanceTimersByTimeAsync(0);

/** Draws a frame and lets whatever begins with it come to its end. */
async function frame(): Promise<void> {
  for (const draw of frames.splice(0)) draw();
  await vi.advanceTimersByTimeAsync(1);
}

/** An app with a conversation on screen, and the parts of the page in the order in which they are read from now on. */
async function watched(): Promise<[App, string[]]> {
  const host = new FakeHost({ count: 60 });
  const app = new App(host);
  await app.start();
  await app.openFromOutside(host.world[3]!.id);
  await vi.advanceTimersByTimeAsync(5_000);
  const read: string[] = [];
  for (const part of ['conversation', 'listPage', 'counters', 'freshness', 'outbox'] as const) {
    const ask = host[part].bind(host) as (asked?: unknown) => unknown;
    host[part] = ((asked?: unknown) => {
      read.push(part);
      return ask(asked);
    }) as never;
  }
  return [app, read];
}

test('much at once is read and drawn a part a frame, what is looked at first', async () => {
  const [app, read] = await watched();
  const done = app.changed({ ...NOTHING, everything: true });
  await soon();
  const seen: string[][] = [[...read]];
  while (frames.length > 0) {
    await frame();
    seen.push([...read]);
  }
  await done;
  expect(read).toEqual(['conversation', 'listPage', 'counters', 'freshness', 'outbox']);
  const most = seen.map((here, at) => here.length - (seen[at - 1]?.length ?? 0));
  expect(Math.max(...most), JSON.stringify(seen)).toBe(1);
});

test('what changes meanwhile is taken in after it, once', async () => {
  const [app, read] = await watched();
  let over = false;
  const all = [1, 2, 3, 4].map(() => app.changed({ ...NOTHING, everything: true }));
  void Promise.all(all).then(() => (over = true));
  while (!over) await frame();
  const once = ['conversation', 'listPage', 'counters', 'freshness', 'outbox'];
  expect(read).toEqual([...once, ...once]);
});

test('a page that draws no frames takes it in all the same', async () => {
  const [app, read] = await watched();
  const done = app.changed({ ...NOTHING, everything: true });
  await vi.advanceTimersByTimeAsync(5_000);
  await done;
  expect(read).toContain('outbox');
});

test('a little is drawn at once', async () => {
  const [app, read] = await watched();
  await app.changed({ ...NOTHING, counters: true, outbox: true });
  expect([read, frames.length]).toEqual([['counters', 'outbox'], 0]);
});
