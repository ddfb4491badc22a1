/** Choices that could not be read say so where they are shown, keep what was known, and are read again on demand. */
import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../lib/backend.fake';
import { HostError } from '../lib/host';
import Main from '../Main.svelte';

vi.setConfig({ testTimeout: 20_000 });
const WAIT = { timeout: 8_000 };
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const click = async (testid: string) => fireEvent.click((await screen.findAllByTestId(testid, {}, WAIT))[0]!);
const seen = (testid: string) => screen.findAllByTestId(testid, {}, WAIT);
const openFirst = async () => (await press('j'), await seen('composer'));

type Asked = 'members' | 'filterValues' | 'people.openInvites';

/** Has the host refuse a question until the returned function is called. */
function refuse(host: FakeHost, asked: Asked): () => void {
  const [holder, name] =
    asked === 'people.openInvites' ? [host.people, 'openInvites' as const] : [host, asked];
  const answers = holder as unknown as Record<string, () => Promise<unknown>>;
  const real = answers[name]!;
  answers[name] = () => Promise.reject(new HostError('storage'));
  return () => (answers[name] = real);
}

interface Place {
  asked: Asked;
  go: () => Promise<unknown>;
  line: string;
  words: string;
  /** What is there once it was read. */
  then: string;
}

const PLACES: Record<string, Place> = {
  'whom to give a conversation to': {
    asked: 'members',
    go: async () => (await openFirst(), press('a')),
    line: 'assign-unread',
    words: 'A equipe não carregou.',
    then: 'assign-choice',
  },
  'labels to put on': {
    asked: 'filterValues',
    go: async () => (await openFirst(), press('t')),
    line: 'label-unread',
    words: 'As etiquetas não carregaram.',
    then: 'label-choice',
  },
  'whom to give many to': {
    asked: 'members',
    go: async () => (await openFirst(), await press('x'), click('bulk-assign')),
    line: 'bulk-assign-unread',
    words: 'A equipe não carregou.',
    then: 'bulk-assign-choice',
  },
  'labels for many': {
    asked: 'filterValues',
    go: async () => (await openFirst(), await press('x'), click('bulk-label')),
    line: 'bulk-label-unread',
    words: 'As etiquetas não carregaram.',
    then: 'bulk-label-choice',
  },
  'values to filter by': {
    asked: 'filterValues',
    go: () => press('f'),
    line: 'filter-unread',
    words: 'Os valores para filtrar não carregaram.',
    then: 'filter-field',
  },
  'owners to filter by': {
    asked: 'members',
    go: async () => {
      await press('f');
      const owners = (await seen('filter-field')).find((one) => one.dataset.id === 'owners');
      await fireEvent.click(owners!);
    },
    line: 'filter-unread',
    words: 'A equipe não carregou.',
    then: 'filter-value',
  },
  'colleagues to call in a note': {
    asked: 'members',
    go: async () => {
      await openFirst();
      await press('n');
      const field = screen.getByTestId<HTMLTextAreaElement>('composer');
      await waitFor(() => expect(document.activeElement).toBe(field));
      field.value = '@';
      field.setSelectionRange(1, 1);
      await fireEvent.input(field);
    },
    line: 'suggestions-unread',
    words: 'A equipe não carregou.',
    then: 'suggestion-option',
  },
  'commands that name colleagues': {
    asked: 'members',
    go: async () => {
      await openFirst();
      await press('k', { ctrlKey: true });
      await fireEvent.input((await seen('search-input'))[0]!, { target: { value: 'atribuir' } });
    },
    line: 'palette-unnamed',
    words: 'A equipe não carregou.',
    then: 'command',
  },
  'platforms of a template': {
    asked: 'filterValues',
    go: async () => (await press('m'), await click('language-pt-BR'), click('template-card')),
    line: 'platforms-unread',
    words: 'As plataformas não carregaram.',
    then: 'on-kiwify',
  },
  'open invites': {
    asked: 'people.openInvites',
    go: async () => (await click('settings'), click('settings-people')),
    line: 'invites-unread',
    words: 'Os convites em aberto não carregaram.',
    then: 'open-invite',
  },
};

beforeEach(() => (document.body.innerHTML = ''));

test.each(Object.entries(PLACES))('%s', async (_, { asked, go, line, words, then }) => {
  const host = new FakeHost({ count: 120 });
  if (asked === 'people.openInvites') await host.people.invite('agent');
  render(Main, { host });
  await seen('row');
  await click('view-all');
  await seen('row');
  const mend = refuse(host, asked);
  await go();
  const [told] = await seen(line);
  expect(told).toHaveTextContent(words);
  expect(told).toHaveAttribute('data-code', 'storage');
  const before = screen.queryAllByTestId(then).length;
  mend();
  await fireEvent.click(within(told!).getByRole('button', { name: 'Tentar de novo' }));
  await waitFor(() => expect(screen.queryByTestId(line)).toBeNull(), WAIT);
  expect(screen.getAllByTestId(then).length).toBeGreaterThan(before);
});

test('colleagues that were read before stay, and the line says that they may be old', async () => {
  const host = new FakeHost({ count: 40 });
  render(Main, { host });
  await seen('row');
  await click('view-all');
  await openFirst();
  await press('a');
  const known = (await seen('assign-choice')).length;
  await press('Escape');
  refuse(host, 'members');
  host.tell({ views: true });
  await press('a');
  const [told] = await seen('assign-unread');
  expect(told).toHaveTextContent('A equipe não carregou. Mostrando o que já estava aqui.');
  expect(screen.getAllByTestId('assign-choice')).toHaveLength(known);
});
