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

test('the menu of a value is the only one there is', async () => {
  await asked('amount');
  await screen.findByTestId('filter-by');
  expect(screen.getAllByTestId('value').length).toBeGreaterThan(2);
  expect(screen.getAllByRole('menu', { hidden: true })).toHaveLength(1);
  expect(screen.getAllByTestId('filter-by')).toHaveLength(1);
});

test('a value is asked from the keyboard, and Esc gives the focus back', async () => {
  await asked('product');
  await fireEvent.keyDown(await screen.findByTestId('filter-by'), { key: 'Escape' });
  await waitFor(() => expect(screen.queryByTestId('filter-by')).toBeNull());
  const [stage] = screen.getAllByTestId('value').filter((one) => one.dataset.of === 'stage');
  stage!.focus();
  await fireEvent.keyDown(stage!, { key: 'Enter' });
  const item = await screen.findByTestId('filter-by');
  await fireEvent.keyDown(item, { key: 'Escape' });
  await waitFor(() => expect(stage).toHaveFocus());
});

test('what holds a button of its own is asked through it', async () => {
  await asked('owner');
  expect(await screen.findByTestId('filter-by')).toBeInTheDocument();
});
