import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeHost, type FakeOptions } from './lib/backend.fake';
import Main from './Main.svelte';

async function open(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 200, ...options });
  render(Main, { host });
  if (options.phase !== 'first_run') await screen.findByTestId('list');
  return host;
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const field = () => screen.getByTestId<HTMLTextAreaElement>('composer');

beforeEach(() => (document.body.innerHTML = ''));

describe('the first run', () => {
  test('each door opens by its key and says what is wrong beside the fields', async () => {
    await open({ phase: 'first_run' });
    await screen.findByTestId('door-team');
    expect(screen.getByTestId('door-here')).toBeInTheDocument();
    expect(screen.getByTestId('door-sample')).toBeInTheDocument();
    await press('1');
    await fireEvent.input(await screen.findByTestId('field-server'), { target: { value: 'nowhere' } });
    await fireEvent.input(screen.getByTestId('field-name'), { target: { value: 'Marina' } });
    await fireEvent.click(screen.getByTestId('door-go'));
    expect(await screen.findByTestId('door-failure')).toHaveAttribute('data-code', 'bad_address');
    expect(screen.getByTestId('field-server')).toHaveValue('nowhere');
    await press('Escape');
    expect(await screen.findByTestId('door-team')).toBeInTheDocument();
  });

  test('samples lead to a filled list', async () => {
    await open({ phase: 'first_run' });
    await fireEvent.click(await screen.findByTestId('door-sample'));
    await fireEvent.input(await screen.findByTestId('field-name'), { target: { value: 'Marina' } });
    await fireEvent.click(screen.getByTestId('door-go'));
    expect((await screen.findAllByTestId('row')).length).toBeGreaterThan(0);
  });

  test('starting here shows the addresses to paste, and takes a source', async () => {
    await open({ phase: 'first_run' });
    await fireEvent.click(await screen.findByTestId('door-here'));
    await fireEvent.input(await screen.findByTestId('field-name'), { target: { value: 'Marina' } });
    await fireEvent.click(screen.getByTestId('door-go'));
    await screen.findByTestId('sources-sheet');
    await fireEvent.click(await screen.findByTestId('platform-kiwify'));
    await fireEvent.click(await screen.findByTestId('create-source'));
    expect((await screen.findByTestId('webhook-url')).textContent).toContain('/api/v1/webhooks/kiwify/');
  });
});

describe('the list', () => {
  test('draws few of many rows, with their place among all', async () => {
    await open({ count: 5_000 });
    await fireEvent.click(screen.getByTestId('view-all'));
    await waitFor(() => expect(screen.getByTestId('list')).toHaveAttribute('data-total', '5000'));
    const rows = screen.getAllByTestId('row');
    expect(rows.length).toBeLessThan(40);
    expect(rows[0]).toHaveAttribute('aria-setsize', '5000');
    expect(rows[0]).toHaveAttribute('aria-posinset', '1');
  });

  test('scrolled on, draws other rows, reads the next page and keeps the active row in the page', async () => {
    await open({ count: 5_000 });
    await fireEvent.click(screen.getByTestId('view-all'));
    await waitFor(() => expect(screen.getByTestId('list')).toHaveAttribute('data-total', '5000'));
    await press('j');
    const list = screen.getByTestId('list');
    const active = list.getAttribute('aria-activedescendant') ?? '';
    for (const top of [6_000, 13_000]) {
      list.scrollTop = top;
      await fireEvent.scroll(list);
      const first = String(Math.floor(top / 76) + 1);
      await waitFor(() =>
        expect(screen.getAllByTestId('row').map((row) => row.getAttribute('aria-posinset'))).toContain(first),
      );
    }
    expect(screen.getAllByTestId('row').length).toBeLessThan(40);
    expect(document.getElementById(active)).toHaveAttribute('aria-posinset', '1');
  });

  test('tells in its title and on its icon how many conversations end now', async () => {
    const host = await open();
    const count = () => screen.getByTestId('count-due').dataset.count;
    await waitFor(() => expect(Number(count())).toBeGreaterThan(0));
    await waitFor(() => expect(document.title).toBe(`(${count()}) Balcão`));
    expect(host.badged).toBe(Number(count()));
  });

  test('says that the rest could not be read, and reads it by a press', async () => {
    const host = await open();
    const { listPage } = host;
    host.listPage = (asked) => (asked.after ? Promise.reject(new Error('gone')) : listPage(asked));
    await fireEvent.click(screen.getByTestId('view-all'));
    const port = screen.getByTestId('list');
    await screen.findAllByTestId('row');
    port.scrollTop = 1e6;
    await fireEvent.scroll(port);
    const line = await screen.findByTestId('list-cut-off');
    host.listPage = listPage;
    await fireEvent.click(line.parentElement!.querySelector('button')!);
    await waitFor(() => expect(screen.queryByTestId('list-cut-off')).toBeNull());
  });

  test('marks that it was painted', async () => {
    await open();
    await waitFor(() => expect(document.documentElement.dataset.painted).toBe('true'));
    expect(performance.getEntriesByName('balcao:list').length).toBeGreaterThan(0);
  });

  test.each([
    ['nothing yet', { count: 0 }, 'nothing'],
    ['still filling', { count: 0, state: 'catching_up' as const }, 'syncing'],
    ['no connection', { count: 0, state: 'offline' as const }, 'silent'],
  ])('empty, %s', async (_, options, kind) => {
    await open(options);
    await waitFor(() => expect(screen.getByTestId('empty')).toHaveAttribute('data-kind', kind));
  });
});

describe('a shift without a mouse', () => {
  test('walk, fill, hand over: three keys', async () => {
    const host = await open();
    await fireEvent.click(screen.getByTestId('view-pix'));
    await waitFor(() => expect(screen.getAllByTestId('row').length).toBeGreaterThan(1));
    await press('j');
    await waitFor(() => expect(screen.getByTestId('template-1')).toHaveAttribute('data-fills', 'true'));
    await press('1');
    await waitFor(() => expect(field().value).not.toBe(''));
    expect(document.activeElement).toBe(field());
    const text = field().value;
    await press('Enter');
    await waitFor(() => expect(host.opened).toEqual([text]));
    expect(await screen.findByTestId('toast')).toBeInTheDocument();
    expect(field().value).toBe('');
    expect(document.activeElement).toBe(screen.getByTestId('list'));
    expect(screen.getAllByTestId('handed-over').length).toBeGreaterThan(0);
  });

  /** Lets a hand-over take until it is told how it ends. */
  function slow(host: FakeHost): (works: boolean) => void {
    const handOver = host.handOver.bind(host);
    let end!: (works: boolean) => void;
    const ended = new Promise<boolean>((resolve) => (end = resolve));
    host.handOver = async (asked) => {
      if (await ended) return handOver(asked);
      throw { code: 'opener', retry: false };
    };
    return end;
  }

  test('keys pressed while a text is on its way out walk on, and add nothing to it', async () => {
    const host = await open();
    const end = slow(host);
    await press('j');
    await screen.findByTestId('composer');
    const first = screen.getByTestId('thread-name').textContent;
    await fireEvent.input(field(), { target: { value: 'Oi' } });
    field().focus();
    await press('Enter');
    expect(document.activeElement).toBe(screen.getByTestId('list'));
    await press('j');
    await waitFor(() => expect(screen.getByTestId('thread-name').textContent).not.toBe(first));
    end(true);
    await waitFor(() => expect(host.opened).toEqual(['Oi']));
    await press('k');
    await waitFor(() => expect(screen.getByTestId('thread-name').textContent).toBe(first));
    expect(field().value).toBe('');
  });

  test('a text that could not leave is in its field again, or told of elsewhere', async () => {
    const host = await open();
    let end = slow(host);
    await press('j');
    await screen.findByTestId('composer');
    const first = screen.getByTestId('thread-name').textContent;
    await fireEvent.input(field(), { target: { value: 'Oi' } });
    field().focus();
    await press('Enter');
    end(false);
    await screen.findByTestId('composer-failure');
    await waitFor(() => expect(document.activeElement).toBe(field()));
    expect(field().value).toBe('Oi');

    end = slow(host);
    await press('Enter');
    await press('j');
    await waitFor(() => expect(screen.getByTestId('thread-name').textContent).not.toBe(first));
    end(false);
    expect((await screen.findByTestId('toast')).textContent).toContain(first);
    await press('k');
    await waitFor(() => expect(field().value).toBe('Oi'));
  });

  test('Ctrl Z right after takes a hand-over back', async () => {
    const host = await open({ state: 'offline' });
    await press('j');
    await screen.findByTestId('composer');
    await fireEvent.input(field(), { target: { value: 'Oi' } });
    field().focus();
    await press('Enter');
    await waitFor(() => expect(host.outboxItems).toHaveLength(1));
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(host.outboxItems).toEqual([]));
  });

  test('letters typed into the field are text', async () => {
    const host = await open();
    await press('j');
    await screen.findByTestId('composer');
    field().focus();
    await press('c');
    await press('p');
    expect(host.copiedTexts).toEqual([]);
    expect(host.outboxItems).toEqual([]);
  });

  test('p copies the living PIX code of the order in hand', async () => {
    const host = await open();
    await fireEvent.click(screen.getByTestId('view-pix'));
    await waitFor(() => expect(screen.getAllByTestId('row').length).toBeGreaterThan(1));
    await press('j');
    await screen.findByTestId('copy-pix');
    await press('p');
    await waitFor(() => expect(host.copiedTexts[0]).toMatch(/^000201.*6304[0-9A-F]{4}$/));
  });

  test('a claim is shown at once, pending, and can be undone', async () => {
    const host = await open({ state: 'offline' });
    await fireEvent.click(screen.getByTestId('view-unassigned'));
    await screen.findAllByTestId('row');
    await press('j');
    await screen.findByTestId('claim');
    await press('c');
    expect(await screen.findByTestId('owner')).toHaveAttribute('data-pending', 'true');
    expect(await screen.findByTestId('outbox')).toHaveAttribute('data-waiting', '1');
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(host.outboxItems).toEqual([]));
    await waitFor(() => expect(screen.queryByTestId('owner')).toBeNull());
  });

  test('n writes a note that joins the thread', async () => {
    await open();
    await press('j');
    await screen.findByTestId('composer');
    await press('n');
    await fireEvent.input(field(), { target: { value: 'Pediu nota fiscal' } });
    await press('Enter');
    await waitFor(() =>
      expect(screen.getAllByTestId('note-item').at(-1)?.textContent).toContain('Pediu nota fiscal'),
    );
  });

  test('what is resolved is not asked until when to put it aside, nor after it is open again', async () => {
    await open();
    await press('j');
    await screen.findByTestId('composer');
    await press('e');
    await waitFor(() => expect(screen.getByTestId('handling')).toHaveAttribute('data-state', 'resolved'));
    await press('h');
    await press('e');
    await waitFor(() => expect(screen.queryByTestId('handling')).toBeNull());
    expect(screen.queryByTestId('ask-snooze')).toBeNull();
  });

  test('a template that a colleague renames lies under its key by its new name at once', async () => {
    const host = await open();
    await fireEvent.click(screen.getByTestId('view-pix'));
    await waitFor(() => expect(screen.getAllByTestId('row').length).toBeGreaterThan(1));
    await press('j');
    await screen.findByTestId('template-1');
    const chips = host.templates;
    host.templates = async (asked) =>
      (await chips(asked)).map((chip) => ({ ...chip, name: `${chip.name} (novo)` }));
    host.tell({ templates: true });
    await waitFor(() => expect(screen.getByTestId('template-1').textContent).toContain('(novo)'));
  });

  test('the palette finds people without accents and opens them', async () => {
    const host = await open();
    const name = host.world.find((one) => /^[ÍÉ]/.test(one.person.name ?? ''))?.person.name ?? 'Íris';
    await press('k', { ctrlKey: true });
    const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    await fireEvent.input(await screen.findByTestId('search-input'), { target: { value: plain } });
    const hit = await screen.findByTestId('search-hit');
    expect(hit.textContent).toContain(name);
    await fireEvent.click(hit);
    await waitFor(() => expect(screen.getByTestId('thread-name').textContent).toBe(name));
  });
});

describe('the dock', () => {
  test('an expired PIX cannot be copied and offers the link', async () => {
    const host = await open();
    const from = host.world.find((one) => one.orders[0]?.pix?.state === 'expired' && one.orders[0].checkout);
    expect(from).toBeDefined();
    await fireEvent.click(screen.getByTestId('view-all'));
    host.world.unshift(...host.world.splice(host.world.indexOf(from!), 1));
    await press('k', { ctrlKey: true });
    const input = await screen.findByTestId('search-input');
    await fireEvent.input(input, { target: { value: from!.orders[0]!.reference } });
    await fireEvent.click(await screen.findByTestId('search-hit'));
    const dock = await screen.findByTestId('dock');
    await waitFor(() =>
      expect(within(dock).getByTestId('copy-pix')).toHaveAttribute('aria-disabled', 'true'),
    );
    await press('p');
    await waitFor(() =>
      expect(screen.getByTestId('copy-failure')).toHaveAttribute('data-code', 'pix_expired'),
    );
    expect(host.copiedTexts).toEqual([]);
    await fireEvent.click(within(dock).getByTestId('copy-link'));
    await waitFor(() => expect(host.copiedTexts[0]).toMatch(/^https:/));
  });

  test('personal data is masked until asked for', async () => {
    await open();
    await press('j');
    const phone = await screen.findByTestId('person-email');
    expect(phone.textContent).toContain('•');
    await fireEvent.click(within(phone).getByTestId('reveal-email'));
    await waitFor(() => expect(phone.textContent).toMatch(/^\s*\w+@example\.com/));
  });
});

describe('one person or two', () => {
  const suggesting = (host: FakeHost) => host.world.find((one) => one.suggestions.length > 0)!;
  async function openSuggesting(options: Partial<FakeOptions> = {}) {
    const host = await open(options);
    const from = suggesting(host);
    await press('k', { ctrlKey: true });
    await fireEvent.input(await screen.findByTestId('search-input'), {
      target: { value: from.orders[0]!.reference },
    });
    await fireEvent.click(await screen.findByTestId('search-hit'));
    return { host, from, suggestion: await screen.findByTestId('suggestion') };
  }

  test('a suggestion says why; joining is shown at once, and taken back by Ctrl Z', async () => {
    const { host, suggestion } = await openSuggesting({ state: 'offline' });
    expect(suggestion.textContent).toContain('mesmo e-mail, outro telefone');
    await fireEvent.click(within(suggestion).getByTestId('merge'));
    const merged = await screen.findByTestId('merged-person');
    expect(merged).toHaveAttribute('data-state', 'merging');
    expect(merged.textContent).toContain('aguardando o serviço');
    expect(screen.queryByTestId('suggestion')).toBeNull();
    expect(host.outboxItems.map((item) => item.kind)).toEqual(['merge']);
    await press('z', { ctrlKey: true });
    expect(await screen.findByTestId('suggestion')).toBeInTheDocument();
    expect(screen.queryByTestId('merged-person')).toBeNull();
    expect(host.outboxItems).toEqual([]);
  });

  test('what was joined is one conversation until it is separated again', async () => {
    const { host, from, suggestion } = await openSuggesting();
    const before = host.world.length;
    const other = host.world.find((one) => one.id === from.suggestions[0]!.id)!;
    await fireEvent.click(within(suggestion).getByTestId('merge'));
    const separate = await screen.findByTestId('separate', {}, { timeout: 2_000 });
    const merged = screen.getByTestId('merged-person');
    expect(merged).toHaveAttribute('data-state', 'merged');
    expect(merged.textContent).toContain('unida por você');
    expect(host.world.length).toBe(before - 1);
    expect((await host.conversation(other.id)).id).toBe(from.id);
    await fireEvent.click(separate);
    await waitFor(() => expect(merged).toHaveAttribute('data-state', 'separating'));
    await waitFor(() => expect(screen.queryByTestId('merged-person')).toBeNull(), { timeout: 2_000 });
    expect(host.world.length).toBe(before);
    expect((await host.conversation(other.id)).id).toBe(other.id);
    expect(screen.getByTestId('timeline').textContent).toContain('Você desfez a união');
  });

  test('two people stay two', async () => {
    const { host, suggestion } = await openSuggesting();
    await fireEvent.click(within(suggestion).getByTestId('keep-apart'));
    await waitFor(() => expect(screen.queryByTestId('suggestion')).toBeNull());
    expect(host.outboxItems.map((item) => item.kind)).toEqual(['keep_apart']);
  });

  test('contact data of several people is said in words', async () => {
    const host = new FakeHost({ count: 200 });
    const many = host.world.find((one) => one.shared !== null)!;
    render(Main, { host });
    await screen.findByTestId('list');
    await press('k', { ctrlKey: true });
    const input = await screen.findByTestId('search-input');
    await fireEvent.input(input, { target: { value: many.orders[0]!.reference } });
    await fireEvent.click(await screen.findByTestId('search-hit'));
    expect((await screen.findByTestId('shared-contact')).textContent).toContain(
      'Este contato é de várias pessoas: 6 nomes',
    );
  });
});

describe('settings', () => {
  test('theme, language and density act at once', async () => {
    await open();
    await fireEvent.click(screen.getByTestId('settings'));
    await fireEvent.click(await screen.findByTestId('theme-dark'));
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('dark'));
    await fireEvent.click(screen.getByTestId('locale-en'));
    await waitFor(() => expect(screen.getByTestId('view-due').textContent).toContain('Due now'));
    await fireEvent.click(screen.getByTestId('density-compact'));
    await waitFor(() => expect(screen.getAllByTestId('row')[0]).toHaveStyle({ height: '44px' }));
  });

  test('single keys can be turned off', async () => {
    const host = await open({ settings: { singleKeys: false } });
    await press('ArrowDown');
    await screen.findByTestId('composer');
    await press('c');
    await press('n');
    expect(host.outboxItems).toEqual([]);
  });
});

test('a refused action stays in sight until it is dealt with', async () => {
  const host = await open();
  host.refuseSomething();
  const line = await screen.findByTestId('outbox');
  expect(line).toHaveAttribute('data-refused', '1');
  await fireEvent.click(line);
  expect((await screen.findByTestId('outbox-item')).textContent).toContain('Rafael Tanaka já assumiu');
});

test('the freshness is told as it is', async () => {
  const host = await open();
  expect(screen.getByTestId('freshness')).toHaveAttribute('data-state', 'live');
  host.setFreshness({ state: 'offline', since: Date.now() - 60_000, trouble: 'unreachable' });
  await waitFor(() => expect(screen.getByTestId('freshness')).toHaveAttribute('data-state', 'offline'));
  expect(screen.getByTestId('line').textContent).toMatch(/^Sem o serviço/);
  host.setFreshness({ state: 'live', since: Date.now(), heardAt: Date.now(), trouble: null });
  await waitFor(() => expect(screen.getByTestId('line').textContent).toBe('Serviço de volta'));
});

test('how long a PIX lasts is said once a threshold is passed, with the time that is left and whose it is', async () => {
  const host = await open();
  const one = host.world.find((one) => one.orders[0]?.deadline?.kind === 'pix')!;
  const order = one.orders[0]!;
  order.deadline = { ...order.deadline!, at: Date.now() + 4.5 * 60_000 };
  one.orders = [order];
  await fireEvent.click(screen.getByTestId('view-pix'));
  const row = await waitFor(() => {
    const found = screen.getAllByTestId('row').find((row) => row.dataset.id === one.id);
    expect(found).toBeDefined();
    return found!;
  });
  await fireEvent.click(row);
  await waitFor(() =>
    expect(screen.getByTestId('ends').textContent).toBe(`PIX de ${one.person.name ?? ''} vence em 5 min`),
  );
});
