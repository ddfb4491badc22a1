import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../lib/backend.fake';
import Main from '../Main.svelte';

vi.setConfig({ testTimeout: 20_000 });
beforeEach(() => (document.body.innerHTML = ''));

async function asked(of: string): Promise<{ host: FakeHost; value: HTMLElement }> {
  const host = new FakeHost({ count: 200 });
  render(Main, { host });
  await fireEvent.click((await screen.findAllByTestId('row'))[0]!);
  const value = await waitFor(() => {
    const found = screen.getAllByTestId('value').find((one) => one.dataset.of === of);
    if (!found) throw new Error(`no ${of} is on screen`);
    return found;
  });
  const kept = fireEvent.contextMenu(value, { clientX: 40, clientY: 40 });
  expect(await kept, 'the page’s own menu stays away').toBe(false);
  return { host, value };
}

test('a value asked by right click narrows the list to what is like it', async () => {
  await asked('product');
  await fireEvent.click(await screen.findByTestId('filter-by'));
  await waitFor(() => expect(screen.getByTestId('chip')).toBeInTheDocument());
});

test('a value asked by right click is copied as people read it', async () => {
  const { host, value } = await asked('amount');
  const copy = vi.spyOn(host, 'copyText');
  const words = value.textContent;
  await fireEvent.click(await screen.findByTestId('copy-value'));
  await waitFor(() => expect(copy).toHaveBeenCalledWith(words));
});

test('a value nobody asked has no menu of its own', async () => {
  await asked('amount');
  const values = screen.getAllByTestId('value');
  const withMenu = values.filter((one) => one.hasAttribute('data-context-menu-trigger'));
  expect(values.length).toBeGreaterThan(2);
  expect(withMenu.map((one) => one.dataset.of)).toEqual(['amount']);
});
