import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import Main from '../../Main.svelte';

/** Opens the page with a host that tells what it was asked. */
async function open(options: Partial<FakeOptions> = {}) {
  const host = new FakeHost({ count: 20, ...options, settings: { practised: false, ...options.settings } });
  const asked: string[] = [];
  const listening = new Proxy(host, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return (...args: unknown[]) => {
        asked.push(name);
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  render(Main, { host: listening });
  await screen.findAllByTestId('row');
  return { host, asked };
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const desk = () => within(screen.getByTestId('practice'));
const step = (name: string) =>
  waitFor(() => expect(screen.getByTestId('practice')).toHaveAttribute('data-step', name));

async function begin() {
  await fireEvent.click(await screen.findByTestId('practice-start'));
  await screen.findByTestId('practice');
  await waitFor(() => expect(document.activeElement).toBe(desk().getByTestId('list')));
}

beforeEach(() => (document.body.innerHTML = ''));

describe('the practice', () => {
  test('goes through eight keys without a mouse and without the host', { timeout: 20_000 }, async () => {
    const { host, asked } = await open();
    await begin();
    await new Promise((done) => setTimeout(done, 0));
    asked.length = 0;
    await step('walk');
    await press('j');
    await press('k');
    await step('claim');
    await press('c');
    await step('copyPix');
    await press('p');
    await step('template');
    await press('1');
    await step('send');
    const field = desk().getByTestId<HTMLTextAreaElement>('composer');
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(field.value).toContain('PIX');
    await press('Enter');
    await step('snooze');
    await waitFor(() => expect(document.activeElement).toBe(desk().getByTestId('list')));
    await press('h');
    // Nothing has a size here, by which a list of choices is known to take the focus.
    (await screen.findByTestId('snooze-find')).focus();
    await press('Enter');
    await step('resolve');
    await waitFor(() => expect(screen.queryByTestId('ask-snooze')).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(desk().getByTestId('list')));
    await press('e');
    await step('search');
    await press('k', { ctrlKey: true });
    const search = await screen.findByTestId('search-input');
    await waitFor(() => expect(document.activeElement).toBe(search));
    await fireEvent.input(search, { target: { value: 'carla' } });
    await press('Enter');
    await step('done');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('practice-finish')));
    expect(host.outboxItems).toEqual([]);
    expect(host.copiedTexts).toEqual([]);
    expect(host.opened).toEqual([]);
    // What the page itself asks for while nobody practises is the time and what was kept.
    expect(asked.filter((name) => name !== 'settingsPut' && name !== 'painted')).toEqual([]);
    await waitFor(async () => expect((await host.boot()).settings.practised).toBe(true));
    await fireEvent.click(screen.getByTestId('practice-finish'));
    await waitFor(() => expect(screen.queryByTestId('practice')).toBeNull());
    expect(screen.queryByTestId('practice-offer')).toBeNull();
  });

  test('is left by Esc and gone on with where it was', async () => {
    const { host } = await open();
    await begin();
    await press('j');
    await press('k');
    await step('claim');
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('practice')).toBeNull());
    expect((await host.boot()).settings.practised).toBe(false);
    expect((await screen.findByTestId('practice-start')).textContent).toContain('2 de 8');
    await begin();
    await step('claim');
  });

  test('Esc in the message leaves the message first', async () => {
    await open();
    await begin();
    await press('Enter');
    const field = await desk().findByTestId('composer');
    await waitFor(() => expect(document.activeElement).toBe(field));
    await press('Escape');
    await waitFor(() => expect(document.activeElement).toBe(desk().getByTestId('list')));
    expect(screen.getByTestId('practice')).toBeInTheDocument();
  });

  test('is about the keys as they are now, and leaves the settings alone', async () => {
    const { host } = await open({ settings: { keys: { claim: 'y' }, singleKeys: false } });
    await begin();
    await fireEvent.click(desk().getByTestId('practice-skip'));
    await step('claim');
    expect(desk().getByText('y', { selector: '.coach kbd' })).toBeInTheDocument();
    await press('c');
    await press('y');
    await step('copyPix');
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('practice')).toBeNull());
    expect((await host.boot()).settings).toMatchObject({ keys: { claim: 'y' }, singleKeys: false });
    await press('?');
    expect(screen.queryByTestId('help-sheet')).toBeNull();
  });

  test('is offered until it is turned down', async () => {
    const { host } = await open();
    await fireEvent.click(await screen.findByTestId('practice-later'));
    await waitFor(() => expect(screen.queryByTestId('practice-offer')).toBeNull());
    expect((await host.boot()).settings.practised).toBe(true);
  });

  test('a step can always be done: one that does not fit the open sale is tried on another', async () => {
    await open();
    localStorage.setItem('balcao.practice', '6');
    await begin();
    await step('resolve');
    for (const _ of [1, 2]) {
      await press('e');
      await step('search');
      await press('Escape');
      await waitFor(() => expect(screen.queryByTestId('practice')).toBeNull());
      localStorage.setItem('balcao.practice', '6');
      await begin();
      await step('resolve');
    }
  });
});
