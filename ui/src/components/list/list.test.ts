import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import Main from '../../Main.svelte';

vi.setConfig({ testTimeout: 20_000 });

async function open(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 200, ...options });
  render(Main, { host });
  await screen.findByTestId('list');
  return host;
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const listed = () => Number(screen.getByTestId('list').getAttribute('data-total'));

beforeEach(() => (document.body.innerHTML = ''));

test('g and a letter lead to each view; its count is its list’s length', async () => {
  await open();
  for (const [letter, view] of [
    ['a', 'snoozed'],
    ['r', 'resolved'],
    ['u', 'refused'],
    ['t', 'all'],
  ] as const) {
    await press('g');
    await press(letter);
    await waitFor(() => expect(screen.getByTestId(`view-${view}`)).toHaveAttribute('aria-current', 'page'));
    const count = Number(screen.getByTestId(`count-${view}`).getAttribute('data-count'));
    await waitFor(() => expect(listed()).toBe(count));
  }
  await press('g');
  await press('1');
  await waitFor(() => expect(screen.getByTestId('saved-view_1')).toHaveAttribute('aria-current', 'page'));
});

test('a filter is chosen by keyboard, shown as a chip, cleared by Esc', async () => {
  await open();
  await press('g');
  await press('t');
  await waitFor(() => expect(listed()).toBe(200));
  await press('f');
  const find = await screen.findByTestId('filter-find');
  await fireEvent.input(find, { target: { value: 'vip' } });
  await waitFor(() => expect(screen.getAllByTestId('filter-value')).toHaveLength(1));
  await fireEvent.keyDown(find, { key: 'Enter' });
  const chip = await screen.findByTestId('chip');
  expect(chip.textContent).toContain('VIP');
  await waitFor(() => expect(listed()).toBeLessThan(200));
  await fireEvent.keyDown(find, { key: 'Escape' });
  await waitFor(() => expect(screen.queryByTestId('filter-find')).toBeNull());
  screen.getByTestId('list').focus();
  await press('Escape');
  await waitFor(() => expect(screen.queryByTestId('chip')).toBeNull());
  expect(listed()).toBe(200);
});

test('a value on a card narrows the list from the keyboard as well', async () => {
  await open();
  await press('g');
  await press('t');
  await waitFor(() => expect(listed()).toBe(200));
  await press('j');
  const stage = await waitFor(() => {
    const [found] = screen.getAllByTestId('value').filter((one) => one.dataset.of === 'stage');
    expect(found).toBeDefined();
    return found!;
  });
  stage.focus();
  await press('Enter');
  await fireEvent.keyDown(await screen.findByTestId('filter-by'), { key: 'Enter' });
  await screen.findByTestId('chip');
  await waitFor(() => expect(listed()).toBeLessThan(200));
});

test('a filter that hides everything says so, with the way back', async () => {
  const host = await open();
  await press('g');
  await press('h');
  await waitFor(() => expect(screen.getByTestId('view-chargeback')).toHaveAttribute('aria-current', 'page'));
  await press('f');
  const find = await screen.findByTestId('filter-find');
  await fireEvent.input(find, { target: { value: 'carrinho' } });
  const only = host.world.filter((one) =>
    one.orders.some((order) => order.hasDispute && order.group === 'cart'),
  );
  expect(only).toEqual([]);
  await fireEvent.click((await screen.findAllByTestId('filter-value'))[0]!);
  await waitFor(() => expect(screen.getByTestId('empty')).toHaveAttribute('data-kind', 'filtered'));
  await fireEvent.click(screen.getByTestId('empty-clear'));
  await screen.findAllByTestId('row');
});

test('/ searches as one types and Esc gives the view back', async () => {
  const host = await open();
  await press('/');
  const field = await screen.findByTestId('list-search');
  await waitFor(() => expect(document.activeElement).toBe(field));
  const wanted = host.world[7]!;
  await fireEvent.input(field, { target: { value: wanted.orders[0]!.reference } });
  expect((await screen.findByTestId('found')).textContent).toContain('em 200 conversas');
  await waitFor(() => expect(screen.getAllByTestId('row').map((row) => row.dataset.id)).toContain(wanted.id));
  await fireEvent.input(field, { target: { value: 'nobody is called so' } });
  await waitFor(() => expect(screen.getByTestId('empty')).toHaveAttribute('data-kind', 'unfound'));
  await fireEvent.keyDown(field, { key: 'Escape' });
  await waitFor(() => expect(screen.queryByTestId('list-search')).toBeNull());
  await screen.findAllByTestId('row');
});

describe('many at once', () => {
  test('x and Shift pick, a preview is shown, Ctrl Z takes all back', async () => {
    const host = await open({ state: 'offline' });
    await press('g');
    await press('t');
    await waitFor(() => expect(listed()).toBe(200));
    await press('j');
    await press('x');
    await press('ArrowDown', { shiftKey: true });
    await press('ArrowDown', { shiftKey: true });
    expect((await screen.findByTestId('bulk')).textContent).toContain('3 selecionadas');
    await press('c');
    const preview = await screen.findByTestId('bulk-preview');
    const will = Number(within(preview).getByTestId('bulk-will').getAttribute('data-count'));
    expect(will).toBe(host.world.slice(0, 3).filter((one) => one.owner === null).length);
    await fireEvent.click(within(preview).getByTestId('bulk-go'));
    await waitFor(() => expect(host.outboxItems).toHaveLength(will));
    await waitFor(() => expect(screen.queryByTestId('bulk')).toBeNull());
    screen.getByTestId('list').focus();
    await press('z', { ctrlKey: true });
    await waitFor(() => expect(host.outboxItems).toEqual([]));
  });

  test('Ctrl A picks the whole list, Esc lets go', async () => {
    await open();
    await press('g');
    await press('t');
    await waitFor(() => expect(listed()).toBe(200));
    screen.getByTestId('list').focus();
    await press('a', { ctrlKey: true });
    expect((await screen.findByTestId('bulk')).textContent).toContain('200 selecionadas');
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('bulk')).toBeNull());
  });
});

test('rows say why they are back, what they are labelled with and that a draft waits', async () => {
  const host = await open();
  const [one] = host.world;
  one!.handling = { state: 'back', reason: 'replied', at: Date.now() };
  one!.labels = ['Atacado', 'Nota fiscal', 'VIP'];
  one!.draft = { text: 'Oi', templateKey: null, orderKey: null, savedAt: Date.now(), stop: null } as never;
  host.tell({ everything: true });
  await press('g');
  await press('t');
  const row = await waitFor(() => {
    const found = screen.getAllByTestId('row').find((row) => row.dataset.id === one!.id);
    expect(found).toBeDefined();
    return found!;
  });
  await waitFor(() => expect(within(row).getByTestId('row-back').textContent).toContain('voltou: respondeu'));
  expect(row.textContent).toContain('etiquetas: Atacado, Nota fiscal, VIP');
  expect(row.textContent).toContain('+1');
  expect(within(row).getByTestId('row-draft')).toBeInTheDocument();
});

test.each(['standard', 'compact'] as const)('%s rows tell their labels, too', async (density) => {
  const host = new FakeHost({ count: 60, settings: { density } });
  host.world[0]!.labels = ['Atacado', 'Nota fiscal'];
  render(Main, { host });
  await screen.findByTestId('list');
  await press('g');
  await press('t');
  const labels = await waitFor(() => {
    const row = screen.getAllByTestId('row').find((row) => row.dataset.id === host.world[0]!.id);
    return within(row!).getByTestId('row-labels');
  });
  expect(labels).toHaveAttribute('title', 'Atacado, Nota fiscal');
  expect(labels.textContent).toContain('etiquetas: Atacado, Nota fiscal');
  expect(labels.textContent.trim().endsWith(density === 'compact' ? '2' : '+1')).toBe(true);
});

test('a filter is saved as a view and removed again', async () => {
  await open();
  await press('f');
  const find = await screen.findByTestId('filter-find');
  await fireEvent.input(find, { target: { value: 'vip' } });
  await fireEvent.click((await screen.findAllByTestId('filter-value'))[0]!);
  await fireEvent.keyDown(find, { key: 'Escape' });
  await fireEvent.click(await screen.findByTestId('save-view'));
  await fireEvent.input(await screen.findByTestId('view-name'), { target: { value: 'Só VIP' } });
  await fireEvent.click(screen.getByTestId('view-go'));
  await waitFor(() => expect(screen.getByTestId('saved-view_3')).toHaveAttribute('aria-current', 'page'));
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Só VIP');
});
