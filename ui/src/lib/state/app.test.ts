import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../backend.fake';
import { locale, setLocale } from '../i18n.svelte';
import { COMMANDS } from '../commands';
import { perform } from '../keyboard';
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

test('the list is as wide as commands make it, within its bounds', () => {
  const app = new App(new FakeHost({ count: 0 }));
  const command = (name: string) => COMMANDS.find((one) => one.name === name)!;
  const widths = (name: string) => {
    const seen = [app.layout.listWidth];
    while (command(name).why(app) === null) {
      command(name).run(app);
      seen.push(app.layout.listWidth);
    }
    return seen;
  };
  app.layout.resize(344);
  expect(widths('widenList')).toEqual([344, 376, 408, 440]);
  expect(widths('narrowList').at(-1)).toBe(280);
  expect(command('narrowList').why(app)).toBe('Já está na menor largura');
  expect(command('widenList').why(app)).toBeNull();
});

/** An app with a list of open orders whose first conversation is on screen. */
async function atWork(
  more: Partial<ConstructorParameters<typeof FakeHost>[0]> = {},
): Promise<[App, FakeHost]> {
  const host = new FakeHost({ count: 60, delay: 30, ...more });
  const app = new App(host);
  void app.start().then(() => app.show('pix'));
  await later();
  app.move(1);
  await later();
  return [app, host];
}
/** Presses keys as fast as they can follow one another. */
function press(app: App, ...names: string[]): void {
  for (const name of names) {
    const command = COMMANDS.find((command) => command.name === name);
    if (!command) throw new Error(name);
    perform(command, app);
  }
}

test('a key that walks while another list is coming walks that one, and is not lost', async () => {
  const [app] = await atWork();
  void app.show('approved');
  app.move(1);
  await later();
  expect(app.list.rows.length).toBeGreaterThan(0);
  expect(app.list.selected).toBe(app.list.rows[0]!.id);
});

test('a key right after one that walks acts on the row that was walked to', async () => {
  const [app, host] = await atWork();
  const [first, second, third] = app.list.rows;
  const acted = vi.spyOn(host, 'act');
  press(app, 'next', 'claim', 'next', 'resolve');
  await later();
  expect(acted.mock.calls.map(([{ conversationId, action }]) => [conversationId, action.kind])).toEqual([
    [second!.id, 'claim'],
    [third!.id, 'resolve'],
  ]);
  expect(app.thread.view?.id).toBe(third!.id);
  expect(first!.id).not.toBe(second!.id);
});

test('a template right after is the one of the row that was walked to, and lands there', async () => {
  const [app, host] = await atWork();
  const [first, second] = app.list.rows;
  const filled = vi.spyOn(host, 'fill');
  press(app, 'next', 'template1');
  await later();
  expect(filled.mock.calls.map(([asked]) => asked.conversationId)).toEqual([second!.id]);
  expect(app.composer.conversationId).toBe(second!.id);
  expect(app.composer.text).not.toBe('');
  expect((await promised(host.conversation(first!.id))).draft).toBeNull();
});

test('nothing is done to the one before where the next cannot be opened', async () => {
  const [app, host] = await atWork();
  const acted = vi.spyOn(host, 'act');
  host.conversation = () => Promise.reject(new Error('disk'));
  press(app, 'next', 'resolve');
  await later();
  expect(acted).not.toHaveBeenCalled();
  expect([app.thread.status, app.composer.conversationId]).toEqual(['failed', null]);
});

test('one who was found outside the list is the one that the next key is about', async () => {
  const [app, host] = await atWork();
  const found = host.world.find((one) => !app.list.rows.some((row) => row.id === one.id))!;
  const acted = vi.spyOn(host, 'act');
  void app.openFromOutside(found.id);
  press(app, 'resolve');
  await later();
  expect(acted.mock.calls.map(([asked]) => asked.conversationId)).toEqual([found.id]);
});

test('Enter in the search field opens who was found, not who stood there before', async () => {
  const [app, host] = await atWork();
  const wanted = host.world.at(-1)!;
  const before = app.list.rows[0]!.id;
  void app.list.search(wanted.orders[0]!.reference);
  app.leadIntoFound('open');
  press(app, 'resolve');
  const acted = vi.spyOn(host, 'act');
  await later();
  expect(app.thread.view?.id).toBe(wanted.id);
  expect(acted.mock.calls.map(([asked]) => asked.conversationId)).toEqual([wanted.id]);
  expect(wanted.id).not.toBe(before);
});

test('to take back right after an act is about that act', async () => {
  const [app, host] = await atWork();
  press(app, 'claim');
  await later();
  const undone = vi.spyOn(host, 'undo');
  press(app, 'resolve', 'undo');
  await later();
  const [last] = host.outboxItems.slice(-1);
  expect(undone).toHaveBeenCalledTimes(1);
  expect(app.thread.view?.handling.state).not.toBe('resolved');
  expect(last?.kind).not.toBe('resolve');
});

test('what happens in the conversation on screen is read as well', async () => {
  const [app, host] = await atWork();
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
  const read = vi.spyOn(host, 'markRead');
  host.pay(app.thread.view!.id);
  await later();
  expect(read).toHaveBeenCalledWith(app.thread.id);
});

/** Waits for the host while the clock is the test's. */
async function promised<T>(asked: Promise<T>): Promise<T> {
  await later();
  return asked;
}
