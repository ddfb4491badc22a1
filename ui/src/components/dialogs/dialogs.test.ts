import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import { COMMANDS } from '../../lib/commands';
import { HostError } from '../../lib/host';
import Main from '../../Main.svelte';

async function open(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 60, ...options });
  render(Main, { host });
  await screen.findByTestId('list');
  await screen.findAllByTestId('row');
  return host;
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const input = () => screen.getByTestId<HTMLInputElement>('search-input');
const type = (text: string) => fireEvent.input(input(), { target: { value: text } });
const command = (name: string) => screen.queryAllByTestId('command').find((one) => one.dataset.name === name);

async function palette(): Promise<void> {
  await press('k', { ctrlKey: true });
  await waitFor(() => expect(document.activeElement).toBe(input()));
}

beforeEach(() => (document.body.innerHTML = ''));

describe('the palette', () => {
  test('opens without asking the host, and draws few of many commands', async () => {
    const host = await open();
    const asked: string[] = [];
    for (const name of ['search', 'members', 'filterValues', 'views', 'templates'] as const) {
      const real = host[name] as (...args: never[]) => unknown;
      Object.assign(host, { [name]: (...args: never[]) => (asked.push(name), real(...args)) });
    }
    await palette();
    expect(asked).toEqual([]);
    expect(screen.getAllByTestId('command').length).toBeLessThanOrEqual(60);
    await type('pix');
    expect(asked).toContain('search');
  });

  test('dims what cannot be done now, says why, and does not do it', async () => {
    await open();
    await palette();
    await type('Copiar PIX');
    await waitFor(() => expect(command('copyPix')).toBeDefined());
    const copy = command('copyPix');
    expect(copy).toHaveAttribute('aria-disabled', 'true');
    expect(copy?.textContent).toContain('Abra uma conversa antes');
    await press('Enter');
    await waitFor(() => expect(input()).toBeInTheDocument());
  });

  test('is walked by arrows and read as a list box', async () => {
    await open();
    await palette();
    expect(input()).toHaveAttribute('role', 'combobox');
    expect(input()).toHaveAttribute('aria-controls', 'palette-list');
    const first = input().getAttribute('aria-activedescendant');
    await press('ArrowDown');
    expect(input().getAttribute('aria-activedescendant')).not.toBe(first);
    const active = document.getElementById(input().getAttribute('aria-activedescendant') ?? '');
    expect(active).toHaveAttribute('aria-selected', 'true');
    await press('ArrowUp');
    expect(input().getAttribute('aria-activedescendant')).toBe(first);
  });

  test('does a setting’s choice by name, without accents, and offers it first the next time', async () => {
    await open();
    await palette();
    await type('tema escuro');
    await waitFor(() => expect(command('theme.dark')).toBeDefined());
    await press('Enter');
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('dark'));
    await palette();
    await type('tema claro');
    await press('Enter');
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('light'));
    await palette();
    expect(screen.getAllByTestId('command')[0]?.dataset.name).toBe('theme.dark');
  });

  test('Enter waits for the people before it decides who comes first', async () => {
    const host = await open({ delay: 20 });
    const name = host.world[3]?.person.name ?? '';
    await palette();
    await type(name);
    await press('Enter');
    const opened = await screen.findByTestId('thread-name', {}, { timeout: 4_000 });
    expect(opened.textContent).toContain(name);
  });

  test('says that the people could not be searched, never that nobody was found, and searches again', async () => {
    const host = await open();
    const name = host.world[3]?.person.name ?? '';
    vi.spyOn(host, 'search').mockRejectedValueOnce(new HostError('storage'));
    await palette();
    await type(name);
    const failed = await screen.findByTestId('palette-failed');
    expect(screen.queryByText(/^Nada encontrado/)).toBeNull();
    await fireEvent.click(within(failed).getByRole('button'));
    await waitFor(() => expect(screen.getAllByTestId('search-hit')[0]?.textContent).toContain(name));
    expect(screen.queryByTestId('palette-failed')).toBeNull();
    expect(document.activeElement).toBe(input());
  });

  test('knows the open conversation: its templates by name, times to wait, its state', async () => {
    await open();
    await fireEvent.click(screen.getByTestId('view-pix'));
    await screen.findAllByTestId('row');
    await press('j');
    await screen.findByTestId('template-1');
    await palette();
    await type('modelo reenviar');
    await waitFor(() => expect(command('template1')?.textContent).toContain('Reenviar PIX'));
    await type('adiar ate pagar');
    await waitFor(() => expect(command('snooze.paid')).toBeDefined());
    await type('desfazer');
    await waitFor(() => expect(command('undo')?.textContent).toContain('Nada para desfazer'));
  });

  test('prints the key a command has now', async () => {
    await open({ settings: { keys: { claim: 'y', note: '' } } });
    await palette();
    await type('assumir');
    await waitFor(() => expect(within(command('claim')!).getByText('y')).toBeInTheDocument());
    await type('escrever nota');
    await waitFor(() => expect(command('note')?.querySelector('kbd')).toBeNull());
    await type('ir para chargebacks');
    await waitFor(() =>
      expect([...command('goto.chargeback')!.querySelectorAll('kbd')].map((one) => one.textContent)).toEqual([
        'g',
        'h',
      ]),
    );
  });

  test('does what it names to the open conversation', async () => {
    const host = await open({ state: 'offline' });
    await fireEvent.click(screen.getByTestId('view-pix'));
    await screen.findAllByTestId('row');
    await press('j');
    await screen.findByTestId('template-1');
    const give = async (text: string, name: string) => {
      await palette();
      await type(text);
      await waitFor(() => expect(command(name)).toHaveAttribute('aria-selected', 'true'));
      await press('Enter');
      await waitFor(() => expect(screen.queryByTestId('search-input')).toBeNull());
    };
    await give('modelo reenviar', 'template1');
    await waitFor(() => expect(screen.getByTestId<HTMLTextAreaElement>('composer').value).toContain('PIX'));
    await give('adiar ate pagar', 'snooze.paid');
    await waitFor(() => expect(host.outboxItems.map(({ kind }) => kind)).toEqual(['snooze']));
    await give('exportar dados', 'export');
    await waitFor(() =>
      expect(screen.getAllByTestId('toast').at(-1)?.textContent).toContain('balcao-dados-'),
    );
    await give('apagar dados', 'erase');
    expect(await screen.findByTestId('erase-sheet')).toBeInTheDocument();
  });

  test('an agent is told whose the sources are', async () => {
    await open({ role: 'agent' });
    await palette();
    await type('fontes');
    await waitFor(() => expect(command('sources')?.textContent).toContain('Só líderes'));
    expect(document.querySelector('.palette [aria-selected="true"]')).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  });
});

describe('the page of keys', () => {
  async function keysPage(options: Partial<FakeOptions> = {}) {
    const host = await open(options);
    await fireEvent.click(screen.getByTestId('settings'));
    await fireEvent.click(await screen.findByTestId('settings-keys'));
    await screen.findByTestId('keys-sheet');
    return host;
  }
  const line = (name: string) =>
    within(screen.getAllByTestId('key-line').find((one) => one.dataset.name === name)!);
  const keyOf = async (host: FakeHost, name: string) => (await host.boot()).settings.keys[name];

  test('lists every command; a press sets a key, and what prints it follows', async () => {
    const host = await keysPage();
    expect(screen.getAllByTestId('key-line').length).toBe(COMMANDS.length);
    await fireEvent.click(line('claim').getByTestId('key-set'));
    line('claim').getByTestId('key-set').focus();
    await press('y');
    await waitFor(async () => expect(await keyOf(host, 'claim')).toBe('y'));
    expect(line('claim').getByTestId('key-set').textContent).toContain('y');
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('keys-sheet')).toBeNull());
    await press('j');
    const claim = await screen.findByTestId('resolve');
    expect(claim.textContent).toContain('e');
    await press('c');
    expect(host.outboxItems).toEqual([]);
  });

  test('a key of another command is told with both names, and swapped', async () => {
    const host = await keysPage();
    const set = line('note').getByTestId('key-set');
    await fireEvent.click(set);
    set.focus();
    await press('x');
    const conflict = await line('note').findByTestId('key-conflict');
    expect(conflict.textContent).toContain('Escrever nota');
    const other = COMMANDS.find(({ name }) => name === 'pick')!.words();
    expect(conflict.textContent).toContain(other);
    await fireEvent.click(line('note').getByTestId('key-swap'));
    await waitFor(async () => expect(await keyOf(host, 'note')).toBe('x'));
    expect(await keyOf(host, 'pick')).toBe('n');
  });

  test('Esc ends the waiting, then the page', async () => {
    await keysPage();
    const set = line('note').getByTestId('key-set');
    await fireEvent.click(set);
    set.focus();
    expect(set.textContent).toContain('Pressione');
    await press('Escape');
    await waitFor(() => expect(set.textContent).not.toContain('Pressione'));
    expect(screen.getByTestId('keys-sheet')).toBeInTheDocument();
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('keys-sheet')).toBeNull());
  });

  test('one key, or all, go back to the original; one is turned off', async () => {
    const host = await keysPage({ settings: { keys: { claim: 'y', resolve: 'w' } } });
    await fireEvent.click(line('claim').getByTestId('key-reset'));
    await waitFor(async () => expect(await keyOf(host, 'claim')).toBeUndefined());
    await fireEvent.click(line('snooze').getByTestId('key-off'));
    await waitFor(async () => expect(await keyOf(host, 'snooze')).toBe(''));
    await fireEvent.click(screen.getByTestId('keys-reset-all'));
    await fireEvent.click(await screen.findByTestId('keys-reset-yes'));
    await waitFor(async () => expect((await host.boot()).settings.keys).toEqual({}));
  });

  test('a chosen key acts, the old one does not', async () => {
    const host = await open({ state: 'offline', settings: { keys: { claim: 'y' } } });
    await fireEvent.click(screen.getByTestId('view-unassigned'));
    await screen.findAllByTestId('row');
    await press('j');
    const claim = await screen.findByTestId('claim');
    expect(claim.querySelector('kbd')?.textContent).toBe('y');
    await press('c');
    expect(host.outboxItems).toEqual([]);
    await press('y');
    await waitFor(() => expect(host.outboxItems.map(({ kind }) => kind)).toEqual(['claim']));
  });
});

describe('keys', () => {
  test('say why nothing comes of them', async () => {
    await open();
    await press('z', { ctrlKey: true });
    expect((await screen.findByTestId('toast')).textContent).toContain('Nada para desfazer');
  });

  test('the letter of an accent never acts', async () => {
    await open();
    await press('j');
    await screen.findByTestId('composer');
    screen.getByTestId('list').focus();
    await press('Dead');
    await press('n');
    expect(screen.queryByTestId('message-mode')).toBeNull();
    await press('n');
    expect(await screen.findByTestId('message-mode')).toBeInTheDocument();
  });

  test('size goes by steps, also over a dialog, and stops at the ends', async () => {
    const host = await open({ settings: { zoom: 110 } });
    const zoom = async () => (await host.boot()).settings.zoom;
    await press('+', { ctrlKey: true, shiftKey: true });
    await waitFor(async () => expect(await zoom()).toBe(125));
    await palette();
    await press('=', { ctrlKey: true });
    await waitFor(async () => expect(await zoom()).toBe(150));
    await press('=', { ctrlKey: true });
    await press('0', { ctrlKey: true });
    await waitFor(async () => expect(await zoom()).toBe(100));
    for (let n = 0; n < 4; n += 1) await press('-', { ctrlKey: true });
    await waitFor(async () => expect(await zoom()).toBe(80));
  });
});

describe('help', () => {
  const groups = () =>
    [...screen.getByTestId('help-keys').querySelectorAll('section[data-group]')].map((one) =>
      one.getAttribute('data-group'),
    );
  const help = () => screen.findByTestId('help-keys');

  test('tells the keys of the list, and of the conversation beside it', async () => {
    await open();
    await press('?');
    expect(await help()).toHaveAttribute('data-at', 'list');
    expect(groups()).toEqual(['list', 'everywhere']);
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('help-keys')).toBeNull());
    await fireEvent.click(screen.getByTestId('view-pix'));
    await press('j');
    await screen.findByTestId('copy-pix');
    await press('?');
    await help();
    expect(groups()).toEqual(['list', 'conversation', 'order', 'everywhere']);
    const order = document.querySelector('section[data-group="order"]')?.textContent ?? '';
    expect(order).toContain('Copiar PIX');
    expect(order).not.toContain('boleto');
  });

  test('from the message, by the palette, tells what one can press while writing', async () => {
    await open();
    await press('j');
    const field = await screen.findByTestId('composer');
    field.focus();
    await press('k', { ctrlKey: true });
    await waitFor(() => expect(document.activeElement).toBe(input()));
    await type('mostrar atalhos');
    await waitFor(() => expect(command('help')).toBeDefined());
    await press('Enter');
    expect(await help()).toHaveAttribute('data-at', 'writing');
    expect(screen.getByTestId('help-keys').textContent).toContain('Nova linha');
    expect(groups()).toEqual(['writing', 'everywhere']);
  });

  test('is a key away while one types', async () => {
    await open();
    await press('j');
    (await screen.findByTestId('composer')).focus();
    await press('F1');
    expect(await help()).toHaveAttribute('data-at', 'writing');
    expect(screen.getByTestId('help-keys').textContent).toContain('F1');
  });

  test('over a dialog tells the dialog’s, and leaves it open', async () => {
    await open();
    await fireEvent.click(screen.getByTestId('settings'));
    const sheet = await screen.findByTestId('settings-sheet');
    within(sheet).getByTestId('settings-keys').focus();
    await press('?');
    expect(await help()).toHaveAttribute('data-at', 'dialog');
    expect(screen.getByTestId('help-keys').textContent).toContain('Próximo campo');
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('help-keys')).toBeNull());
    expect(screen.getByTestId('settings-sheet')).toBeInTheDocument();
  });

  test('tells all keys on demand, as they are now', async () => {
    await open({ settings: { keys: { claim: 'y' } } });
    await press('?');
    await help();
    await fireEvent.click(screen.getByTestId('help-all'));
    expect(groups()).toContain('views');
    const claim = [...document.querySelectorAll('section[data-group="conversation"] dt')].find((one) =>
      one.textContent?.includes('Assumir'),
    );
    expect(claim?.nextElementSibling?.textContent).toContain('y');
  });
});
