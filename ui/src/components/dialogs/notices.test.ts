import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import Main from '../../Main.svelte';

const kept = async (host: FakeHost) => (await host.boot()).settings;
const at = <E extends HTMLElement = HTMLInputElement>(testid: string) => screen.getByTestId<E>(testid);

async function open(settings: FakeOptions['settings'] = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 20, settings });
  render(Main, { host });
  await screen.findAllByTestId('row');
  await fireEvent.click(screen.getByTestId('settings'));
  await fireEvent.click(await screen.findByTestId('settings-notices'));
  await screen.findByTestId('notices-sheet');
  return host;
}

beforeEach(() => (document.body.innerHTML = ''));

test('the settings lead to the notices, and every approved sale is chosen at first', async () => {
  await open();
  expect(screen.queryByTestId('settings-sheet')).toBeNull();
  expect(at('notify-sales').checked).toBe(true);
  expect(at('notify-sound').checked).toBe(false);
  expect(at('notify-from').value).toBe('');
  const rows = within(at('notices-sheet')).getAllByRole('radiogroup');
  expect(rows).toHaveLength(10);
  for (const row of rows) {
    const chosen = within(row).getByRole('radio', { checked: true });
    expect(chosen).toHaveAccessibleName(row === rows[7] ? 'Todas' : 'Nenhuma');
  }
  expect(rows[7]).toHaveAccessibleName('Aprovada');
});

test('a stage’s choice is kept and leaves the others', async () => {
  const host = await open();
  await fireEvent.click(at('reach-pix-unclaimed'));
  await waitFor(async () =>
    expect((await kept(host)).notifyOf).toEqual({ approved: 'all', pix: 'unclaimed' }),
  );
  await fireEvent.click(at('reach-approved-mine'));
  await waitFor(async () =>
    expect((await kept(host)).notifyOf).toEqual({ approved: 'mine', pix: 'unclaimed' }),
  );
  expect(at('reach-pix-unclaimed').checked).toBe(true);
});

test('the smallest amount is kept when its field is left, and what is no amount is not', async () => {
  const host = await open();
  const field = at('notify-from');
  await fireEvent.input(field, { target: { value: 'muito' } });
  expect(field).toHaveAttribute('aria-invalid', 'true');
  expect(screen.getByRole('alert')).toHaveTextContent('Escreva um valor');
  await fireEvent.change(field);
  expect((await kept(host)).notifyFrom).toBe(0);
  await fireEvent.input(field, { target: { value: '150' } });
  expect(field).not.toHaveAttribute('aria-invalid');
  await fireEvent.change(field);
  await waitFor(() => expect(field.value).toBe('R$\u00a0150,00'));
  expect((await kept(host)).notifyFrom).toBe(15_000);
  await fireEvent.input(field, { target: { value: '' } });
  await fireEvent.change(field);
  await waitFor(async () => expect((await kept(host)).notifyFrom).toBe(0));
});

test('an amount still being typed is kept when the sheet is closed', async () => {
  const host = await open({ notifyFrom: 15_000 });
  expect(at('notify-from').value).toBe('R$\u00a0150,00');
  await fireEvent.input(at('notify-from'), { target: { value: '99,90' } });
  await fireEvent.keyDown(at('notify-from'), { key: 'Escape' });
  await waitFor(() => expect(screen.queryByTestId('notices-sheet')).toBeNull());
  expect((await kept(host)).notifyFrom).toBe(9_990);
});

test('with the notices of orders off, only the colleagues’ are left to choose', async () => {
  const host = await open();
  await fireEvent.click(at('notify-sound'));
  await waitFor(async () => expect((await kept(host)).notifySound).toBe(true));
  await fireEvent.click(at('notify-sales'));
  await waitFor(() => expect(screen.queryByTestId('notify-from')).toBeNull());
  expect(screen.queryByTestId('notify-sound')).toBeNull();
  expect(at('notify-mine').checked).toBe(true);
  expect((await kept(host)).notifySales).toBe(false);
});
