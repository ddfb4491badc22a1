import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import { t } from '../../lib/i18n.svelte';
import Main from '../../Main.svelte';

async function open(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 50, ...options });
  render(Main, { host });
  await screen.findByTestId('list');
  await fireEvent.click((await screen.findAllByTestId('row'))[0]!);
  await screen.findByTestId('person-phone');
  return host;
}

beforeEach(() => (document.body.innerHTML = ''));

describe('erasing a customer', () => {
  test(
    'is done by the word alone, and the customer is gone from the screen',
    { timeout: 20_000 },
    async () => {
      const host = await open();
      const before = host.world.length;
      await fireEvent.click(screen.getByTestId('erase-open'));
      const done = await screen.findByTestId('erase-do');
      const word = screen.getByTestId('erase-word');
      expect(done).toBeDisabled();
      await fireEvent.input(word, { target: { value: t('erase.word').slice(1) } });
      expect(done).toBeDisabled();
      await fireEvent.input(word, { target: { value: ` ${t('erase.word').toUpperCase()} ` } });
      expect(done).toBeEnabled();
      await fireEvent.click(done);
      await waitFor(() => expect(host.world.length).toBe(before - 1));
      await waitFor(() => expect(screen.queryByTestId('person-phone')).toBeNull());
      expect(screen.queryByTestId('erase-sheet')).toBeNull();
    },
  );

  test('says why it was not done, and nothing is gone', async () => {
    const host = await open();
    const before = host.world.length;
    host.eraseCustomer = () => Promise.reject({ code: 'unreachable', message: '' });
    await fireEvent.click(screen.getByTestId('erase-open'));
    await fireEvent.input(await screen.findByTestId('erase-word'), { target: { value: t('erase.word') } });
    await fireEvent.click(screen.getByTestId('erase-do'));
    expect(await screen.findByTestId('erase-failed')).toHaveTextContent(t('fail.unreachable'));
    expect(host.world.length).toBe(before);
  });

  test.each(['agent', 'lead'] as const)('is not offered to the role %s', async (role) => {
    await open({ mode: 'team', role });
    expect(screen.queryByTestId('erase-open')).toBeNull();
  });
});

describe('exporting a customer', () => {
  test.each(['lead', 'admin'] as const)('puts a file where %s finds it', async (role) => {
    const host = await open({ mode: 'team', role });
    const asked: string[] = [];
    host.exportCustomer = (id) => {
      asked.push(id);
      return Promise.resolve({ path: '/home/ana/Downloads/balcao-dados.json' });
    };
    await fireEvent.click(screen.getByTestId('export-customer'));
    const told = await screen.findByTestId('exported');
    expect(told).toHaveTextContent(`${t('export.done')} /home/ana/Downloads/balcao-dados.json`);
    expect(asked).toHaveLength(1);
  });

  test('says why there is no file', async () => {
    const host = await open();
    host.exportCustomer = () => Promise.reject({ code: 'file_not_saved', message: '' });
    await fireEvent.click(screen.getByTestId('export-customer'));
    expect(await screen.findByTestId('export-failed')).toHaveTextContent(t('fail.file_not_saved'));
    await fireEvent.click(screen.getByTestId('export-customer'));
    expect(await screen.findByTestId('export-failed')).toBeInTheDocument();
    expect(screen.queryByTestId('exported')).toBeNull();
  });

  test('is not offered to agents', async () => {
    await open({ mode: 'team', role: 'agent' });
    expect(screen.queryByTestId('export-customer')).toBeNull();
  });
});
