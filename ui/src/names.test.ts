/** Every control of every screen has a name, in both languages: what a screen reader says of it. */
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import Gallery from './gallery/Gallery.svelte';
import { FakeHost, type FakeOptions } from './lib/backend.fake';
import Main from './Main.svelte';

const CONTROLS = [
  'button',
  'a[href]',
  'input:not([type="hidden"])',
  'select',
  'textarea',
  'summary',
  ...['button', 'checkbox', 'combobox', 'dialog', 'listbox', 'log', 'menuitem', 'option', 'radiogroup']
    .concat('separator', 'slider', 'switch', 'tab', 'tablist', 'toolbar', 'progressbar', 'img')
    .map((role) => `[role="${role}"]`),
].join(', ');

/** Returns the controls that are seen or heard. */
function controls(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(CONTROLS)].filter(
    (one) => one.closest('[aria-hidden="true"], [hidden]') === null,
  );
}

const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const click = async (testid: string) => fireEvent.click((await screen.findAllByTestId(testid))[0]!);
const seen = async (testid: string) => void (await screen.findAllByTestId(testid));

interface Screen {
  options?: Partial<FakeOptions>;
  go?: () => Promise<unknown>;
  stands: string;
}

const openFirst = async () => {
  await press('j');
  await seen('thread-name');
  await seen('template-1');
};

const openPeople = async () => (await click('settings'), await click('settings-people'), seen('person'));

const SCREENS: Record<string, Screen> = {
  'the first run': { options: { phase: 'first_run' }, stands: 'door-team' },
  'joining a team': {
    options: { phase: 'first_run' },
    go: () => click('door-team'),
    stands: 'field-invite',
  },
  'a service here': {
    options: { phase: 'first_run' },
    go: () => click('door-here'),
    stands: 'field-workspace',
  },
  'an empty list': { options: { count: 0 }, stands: 'empty' },
  'a list': { stands: 'row' },
  'a conversation': { options: { company: true }, go: openFirst, stands: 'composer' },
  'who is assigned': { go: async () => (await openFirst(), press('a')), stands: 'assign-find' },
  'putting aside': { go: async () => (await openFirst(), press('h')), stands: 'snooze-find' },
  labels: { go: async () => (await openFirst(), press('t')), stands: 'label-find' },
  filters: { go: () => press('f'), stands: 'filter-find' },
  'picked rows': { go: async () => (await openFirst(), press('x')), stands: 'bulk' },
  'a search': { go: () => press('/'), stands: 'list-search' },
  'the palette': { go: () => press('k', { ctrlKey: true }), stands: 'search-input' },
  settings: { go: () => click('settings'), stands: 'settings-sheet' },
  notices: { go: async () => (await click('settings'), click('settings-notices')), stands: 'notices-sheet' },
  'the team': { go: () => openPeople(), stands: 'person' },
  'a member': {
    go: async () => (await openPeople(), fireEvent.click((await screen.findAllByTestId('person'))[1]!)),
    stands: 'device',
  },
  'inviting somebody': {
    go: async () => (await openPeople(), await click('invite'), click('make-invite')),
    stands: 'entry-code',
  },
  templates: { go: () => press('m'), stands: 'new-template' },
  'a template': {
    go: async () => (await press('m'), await click('language-pt-BR'), click('template-card')),
    stands: 'preview-one',
  },
  'templates from a file': { go: async () => (await press('m'), click('bring')), stands: 'bring-text' },
  sources: { go: () => press('s'), stands: 'source' },
  platforms: { go: async () => (await press('s'), click('add-source')), stands: 'platform-search' },
  'a source': { go: async () => (await press('s'), click('source')), stands: 'tile-accepted' },
  'a table of a source': {
    go: async () => {
      await press('s');
      await seen('source');
      await fireEvent.click(document.querySelector('[data-provider="hotmart"]')!);
      await click('tab-settings');
      await click('table-add');
    },
    stands: 'table-remove',
  },
  'its deliveries': {
    go: async () => (await press('s'), await click('source'), click('tab-deliveries')),
    stands: 'delivery',
  },
  'its settings': {
    go: async () => (await press('s'), await click('source'), click('tab-settings')),
    stands: 'rename',
  },
};

beforeEach(() => (document.body.innerHTML = ''));

/** Shows a screen and returns the names on it. */
async function names({ options, go, stands }: Screen, locale: 'pt-BR' | 'en'): Promise<string[]> {
  const host = new FakeHost({ count: 12, ...options, settings: { ...options?.settings, locale } });
  const shown = render(Main, { host });
  await waitFor(() => expect(document.documentElement.lang).toBe(locale));
  const ready = options?.phase === 'first_run' ? 'door-team' : options?.count === 0 ? 'empty' : 'row';
  await seen(ready);
  await go?.();
  await seen(stands);
  const found = controls();
  for (const one of found) expect(one, one.outerHTML.slice(0, 200)).toHaveAccessibleName();
  // A name that is a key of the catalogue was never written.
  const told = found.map((one) => one.getAttribute('aria-label') ?? one.textContent ?? '');
  for (const one of told) expect(one).not.toMatch(/^[a-z]+\.[a-zA-Z.]+$/);
  shown.unmount();
  return told;
}

// Names are worked out from all of the page's styles, which takes its time where no engine does it.
describe.each(Object.entries(SCREENS))('%s', { timeout: 30_000 }, (_, about) => {
  test('has a name for every control, in both languages', async () => {
    const portuguese = await names(about, 'pt-BR');
    const english = await names(about, 'en');
    expect(portuguese.length).toBeGreaterThan(2);
    expect(english).not.toEqual(portuguese);
  });
});

test('every part in every state has its names', { timeout: 60_000 }, () => {
  render(Gallery);
  const found = controls();
  expect(found.length).toBeGreaterThan(100);
  for (const one of found) expect(one, one.outerHTML.slice(0, 200)).toHaveAccessibleName();
});
