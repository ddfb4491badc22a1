import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../backend.fake';
import { App } from './app.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DELAY = 30;
const later = (ms = 5_000) => vi.advanceTimersByTimeAsync(ms);

/** An app with a list on screen, whose host takes a while for each answer, and how often it is asked for conversations. */
async function atWork() {
  const host = new FakeHost({ count: 60, delay: DELAY });
  const app = new App(host);
  void app.start().then(() => app.show('pix'));
  await later();
  app.move(1);
  await later();
  const asked = vi.spyOn(host, 'conversation');
  const [, next, other] = app.list.rows;
  return { app, host, asked, next: next!.id, other: other!.id };
}

test('a conversation that the pointer rests on is there as soon as it is opened, read once', async () => {
  const { app, asked, next } = await atWork();
  app.nears(next);
  await later(DELAY + 10);
  void app.open(next);
  await later(0);
  expect(app.thread.view?.id).toBe(next);
  expect(asked.mock.calls).toEqual([[next]]);
});

test('walking reads what it comes to rest on, and nothing of what is passed by', async () => {
  const { app, asked, next } = await atWork();
  app.move(1);
  expect(asked.mock.calls).toEqual([[next]]);
  app.move(1);
  app.move(1);
  await later();
  const reached = app.list.rows[3]!.id;
  expect(app.thread.view?.id).toBe(reached);
  expect(asked.mock.calls).toEqual([[next], [reached]]);
});

test('what happens to a conversation after it was read ahead is on screen when it is opened', async () => {
  const { app, host, next } = await atWork();
  app.nears(next);
  await later(DELAY + 10);
  host.pay(next);
  await later(DELAY);
  void app.open(next);
  await later();
  expect(app.thread.order?.group).toBe('approved');
});

test('what happens to a conversation while it is being opened is on screen too', async () => {
  const { app, host, next } = await atWork();
  const before = await promised(host.conversation(next));
  host.conversation = vi
    .fn(host.conversation.bind(host))
    .mockImplementationOnce(() => new Promise((done) => setTimeout(() => done(before), 400)));
  void app.open(next);
  await later(10);
  host.pay(next);
  await later();
  expect(app.thread.order?.group).toBe('approved');
});

test('what could not be read ahead is read when it is opened', async () => {
  const { app, asked, next } = await atWork();
  asked.mockRejectedValueOnce(new Error('disk'));
  app.nears(next);
  await later(DELAY);
  void app.open(next);
  await later();
  expect(app.thread.view?.id).toBe(next);
});

test('what was read ahead long ago is read anew', async () => {
  const { app, asked, next } = await atWork();
  app.nears(next);
  await later(6_000);
  void app.open(next);
  await later();
  expect(asked).toHaveBeenCalledTimes(2);
});

test('the conversation on screen is not read because the pointer rests on its row', async () => {
  const { app, asked } = await atWork();
  app.nears(app.thread.id!);
  expect(asked).not.toHaveBeenCalled();
});

/** Waits for the host while the clock is the test's. */
async function promised<T>(asked: Promise<T>): Promise<T> {
  await later();
  return asked;
}
