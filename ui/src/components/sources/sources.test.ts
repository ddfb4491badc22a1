import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import Main from '../../Main.svelte';

async function open(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 20, ...options });
  render(Main, { host });
  await screen.findByTestId('list');
  return host;
}
async function openSources(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = await open(options);
  await fireEvent.click(screen.getByTestId('sources'));
  await screen.findByTestId('sources-sheet');
  return host;
}
async function openSource(
  id: string,
  options: Partial<FakeOptions> = {},
  before: (host: FakeHost) => void = () => undefined,
): Promise<FakeHost> {
  const host = await open(options);
  before(host);
  await fireEvent.click(screen.getByTestId('sources'));
  const rows = await screen.findAllByTestId('source');
  await fireEvent.click(rows.find((row) => row.dataset.id === id)!);
  await screen.findByTestId('tab-overview');
  return host;
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const type = (testid: string, value: string) =>
  fireEvent.input(screen.getByTestId(testid), { target: { value } });
const left = (host: FakeHost) => host.sources.leave('int_vega');
const sheet = () => screen.getByTestId('sources-sheet');

beforeEach(() => (document.body.innerHTML = ''));

describe('the way there', () => {
  test('by its key, by the palette and by the settings', async () => {
    await open();
    await press('s');
    expect(await screen.findByTestId('sources-sheet')).toBeInTheDocument();
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('sources-sheet')).toBeNull());
    await press('k', { ctrlKey: true });
    await fireEvent.input(await screen.findByTestId('search-input'), { target: { value: 'fontes' } });
    await fireEvent.click(await screen.findByTestId('command'));
    expect(await screen.findByTestId('sources-sheet')).toBeInTheDocument();
    await press('Escape');
    await fireEvent.click(screen.getByTestId('settings'));
    await fireEvent.click(await screen.findByTestId('settings-sources'));
    expect(await screen.findByTestId('sources-sheet')).toBeInTheDocument();
    expect(screen.queryByTestId('settings-sheet')).toBeNull();
  });

  test('an agent is told whose it is, and nothing is asked', async () => {
    const host = await open({ role: 'agent' });
    expect(screen.queryByTestId('sources')).toBeNull();
    await press('s');
    expect(await screen.findByTestId('sources-no-access')).toBeInTheDocument();
    expect(host.sources.calls).toEqual([]);
  });

  test('a lead sees everything but addresses, and changes nothing', async () => {
    await openSource('int_hotmart', { role: 'lead' });
    expect(screen.queryByTestId('pause-source')).toBeNull();
    expect(screen.queryByTestId('tab-settings')).toBeNull();
    expect(screen.queryByTestId('fix-secret')).toBeNull();
    expect((await screen.findAllByTestId('fix-unmapped')).length).toBeGreaterThan(0);
    expect(sheet().textContent).not.toContain('whk_');
  });
});

describe('the list', () => {
  test('says of each how it does, in a shape and a word', async () => {
    await openSources();
    const rows = await screen.findAllByTestId('source');
    await waitFor(() =>
      expect(
        rows.map((row) => [row.dataset.provider, within(row).getByTestId('source-state').dataset.state]),
      ).toEqual([
        ['kiwify', 'good'],
        ['hotmart', 'attention'],
        ['yampi', 'attention'],
        ['shopify', 'broken'],
        ['vega', 'paused'],
      ]),
    );
    expect(rows[1]?.textContent).toContain('3 não entendidos');
    expect(rows[1]?.textContent).toContain('3 recusados por assinatura em 24 h');
    expect(rows[2]?.textContent).toContain('Em silêncio há 17 h');
    expect(rows[3]?.textContent).toContain('Falta o segredo da plataforma');
  });

  test('empty, it leads to adding', async () => {
    await openSources({ sources: false });
    await screen.findByTestId('sources-empty');
    await fireEvent.click(screen.getByTestId('add-source'));
    expect(await screen.findByTestId('platform-kiwify')).toBeInTheDocument();
  });

  test('what cannot be read is said, and tried again', async () => {
    const host = await open();
    host.sources.failing = 'unreachable';
    await fireEvent.click(screen.getByTestId('sources'));
    expect(await screen.findByTestId('sources-failed')).toHaveAttribute('data-code', 'unreachable');
    host.sources.failing = null;
    await fireEvent.click(screen.getByText('Tentar de novo'));
    expect((await screen.findAllByTestId('source')).length).toBe(5);
  });

  test('what was read stays in sight when the line drops, with since when', async () => {
    const host = await openSource('int_kiwify');
    host.sources.failing = 'unreachable';
    await fireEvent.click(screen.getByTestId('probe'));
    expect(await screen.findByTestId('sources-stale')).toHaveAttribute('data-code', 'unreachable');
    expect(screen.getByTestId('fact-setup').textContent).toContain('completa');
  });

  test('arrows walk it', async () => {
    await openSources();
    const rows = await screen.findAllByTestId('source');
    rows[0]?.focus();
    await press('ArrowDown');
    expect(document.activeElement).toBe(rows[1]);
    await press('ArrowUp');
    await press('ArrowUp');
    expect(document.activeElement).toBe(rows[0]);
  });
});

describe('adding', () => {
  test('a platform is found by typing and chosen by Enter', async () => {
    await openSources();
    await fireEvent.click(await screen.findByTestId('add-source'));
    await screen.findByTestId('platform-kiwify');
    await type('platform-search', 'nuv');
    expect(screen.queryByTestId('platform-kiwify')).toBeNull();
    screen.getByTestId('platform-search').focus();
    await press('Enter');
    expect(await screen.findByTestId('source-name')).toHaveAttribute('placeholder', 'Nuvemshop');
    await press('Escape');
    expect(await screen.findByTestId('platform-search')).toBeInTheDocument();
  });

  test('address, secret, and the first event as it arrives', async () => {
    const host = await openSources();
    await fireEvent.click(await screen.findByTestId('add-source'));
    await fireEvent.click(await screen.findByTestId('platform-kiwify'));
    await screen.findByTestId('source-name');
    await type('source-name', 'Loja nova');
    await fireEvent.click(screen.getByTestId('create-source'));
    expect((await screen.findByTestId('webhook-url')).textContent).toContain('/api/v1/webhooks/kiwify/');
    await fireEvent.click(screen.getByTestId('copy-url'));
    await waitFor(() => expect(host.copiedTexts[0]).toContain('/api/v1/webhooks/kiwify/'));
    expect(screen.getByTestId('panel-steps').querySelectorAll('li').length).toBe(4);
    expect(screen.getByTestId('waiting-event')).toBeInTheDocument();

    await fireEvent.click(screen.getByTestId('send-test'));
    expect(await screen.findByTestId('source-failure')).toHaveAttribute('data-code', 'secret_missing');
    await type('source-secret', 'um-segredo-bem-longo');
    await fireEvent.click(screen.getByTestId('save-secret'));
    expect((await screen.findByTestId('secret-kept')).textContent).toContain('ongo');
    expect(sheet().textContent).not.toContain('um-segredo');

    const added = host.sources.kept.at(-1)!;
    expect(added.source.name).toBe('Loja nova');
    host.sources.arrive(added.source.id, 'pix_created');
    const first = await screen.findByTestId('first-event', {}, { timeout: 3_000 });
    expect(first).toHaveAttribute('data-result', 'accepted');
    expect(sheet().textContent).toContain('pix_created');
  });

  test('what must be known first is asked for first', async () => {
    const host = await openSources();
    await fireEvent.click(await screen.findByTestId('add-source'));
    await fireEvent.click(await screen.findByTestId('platform-yampi'));
    await screen.findByTestId('field-alias');
    await type('field-alias', ' doces ');
    await fireEvent.click(screen.getByTestId('create-source'));
    await screen.findByTestId('webhook-url');
    expect(host.sources.kept.at(-1)?.source.settings).toEqual({ alias: 'doces' });
  });

  test('a source of one’s own shows what its sample becomes while it is written', async () => {
    const host = await openSources();
    await fireEvent.click(await screen.findByTestId('add-source'));
    await fireEvent.click(await screen.findByTestId('platform-custom'));
    const card = await screen.findByTestId('preview-card', {}, { timeout: 3_000 });
    expect(card).toHaveAttribute('data-stage', 'purchase_approved');
    const field = screen.getByTestId<HTMLTextAreaElement>('blueprint');
    const whole = field.value;
    await type('blueprint', whole.replace('"paid"', '"settled"'));
    await waitFor(
      () => expect(screen.getByTestId('preview-result')).toHaveAttribute('data-reading', 'unmapped'),
      { timeout: 3_000 },
    );
    await type('blueprint', whole.replace('purchase_approved', 'bought'));
    const problem = await screen.findByTestId('preview-problem', {}, { timeout: 3_000 });
    await waitFor(() => expect(problem).toHaveAttribute('data-path', 'blueprint.stages.paid'));
    await type('blueprint', whole.slice(0, -2));
    await waitFor(() => expect(screen.getByTestId('create-source')).toBeDisabled());
    await type('blueprint', whole);
    await fireEvent.click(screen.getByTestId('create-source'));
    await screen.findByTestId('webhook-url');
    const { settings } = host.sources.kept.at(-1)!.source;
    expect(settings.blueprint).toEqual(JSON.parse(whole));
    expect(settings.samples).toHaveLength(1);
  });
});

describe('one source', () => {
  test('answers why an event does not appear, with what to do beside it', async () => {
    const host = await openSource('int_hotmart');
    const answer = await screen.findByTestId('ask-arriving');
    expect(answer).toHaveAttribute('open');
    const keys = within(answer)
      .getAllByTestId('finding')
      .map((finding) => finding.dataset.key);
    expect(keys).toEqual(['why.badProof', 'why.unmapped', 'why.rejected']);
    expect(answer.textContent).toContain(
      '3 recusas por assinatura nas últimas 24 h: cole aqui de novo o segredo',
    );
    await fireEvent.click(within(answer).getByTestId('fix-unmapped'));
    await screen.findByTestId('reprocess-all');
    expect(screen.getByTestId('filter-unmapped')).toHaveAttribute('aria-pressed', 'true');
    await fireEvent.click(screen.getByTestId('reprocess-all'));
    expect((await screen.findByTestId('reprocessed')).textContent).toContain('3 relidas; viraram cartão: 3');
    expect(host.sources.kept[1]?.health.last24h.unmapped).toBe(0);
  });

  test('shows what was sent and what was answered, and reads one again', async () => {
    await openSource('int_hotmart');
    await fireEvent.click(screen.getByTestId('tab-deliveries'));
    await fireEvent.click(await screen.findByTestId('filter-rejected'));
    await waitFor(() => expect(screen.getAllByTestId('delivery')).toHaveLength(1));
    await fireEvent.click(screen.getByTestId('delivery'));
    const payload = await screen.findByTestId('payload');
    expect(payload.textContent).toContain('"charge_amount": 19700');
    expect(payload.textContent).toContain('m•••@example.com');
    expect(payload.textContent).not.toContain('+5511900000000');
    await fireEvent.click(screen.getByTestId('payload-reveal'));
    await waitFor(() => expect(payload.textContent).toContain('+5511900000000'));
    expect(screen.getByTestId('delivery-pane').textContent).toContain('422');
    await fireEvent.click(screen.getByTestId('reprocess'));
    expect((await screen.findByTestId('became')).textContent).toContain('Recebido');
  });

  test('an erased body is said to be gone, and cannot be read again', async () => {
    const host = await openSource('int_hotmart');
    const erased = host.sources.kept[1]!.deliveries.find((one) => one.result === 'unmapped')!;
    Object.assign(erased, { whyCode: 'erased', why: "the customer's data was erased", result: 'ignored' });
    await fireEvent.click(screen.getByTestId('tab-deliveries'));
    const rows = await screen.findAllByTestId('delivery');
    await fireEvent.click(rows.find((row) => row.dataset.id === erased.id)!);
    expect((await screen.findByTestId('erased')).textContent).toContain(
      'os dados deste cliente foram apagados',
    );
    expect(screen.queryByTestId('payload')).toBeNull();
    expect(screen.queryByTestId('reprocess')).toBeNull();
    expect(screen.getByTestId('delivery-pane').textContent).toContain(
      'Os dados deste cliente foram apagados',
    );
  });

  test('a body that was kept long enough is said to be gone, and cannot be read again', async () => {
    const host = await openSource('int_hotmart');
    const old = host.sources.kept[1]!.deliveries.find((one) => one.result === 'unmapped')!;
    old.receivedAt -= 91 * 86_400_000;
    await fireEvent.click(screen.getByTestId('tab-deliveries'));
    const rows = await screen.findAllByTestId('delivery');
    await fireEvent.click(rows.find((row) => row.dataset.id === old.id)!);
    expect((await screen.findByTestId('expired')).textContent).toContain('por um tempo');
    expect(screen.queryByTestId('payload')).toBeNull();
    expect(screen.queryByTestId('reprocess')).toBeNull();
  });

  test('what came while the source was paused is reread by many', async () => {
    const host = await openSource('int_hotmart');
    const kept = host.sources.kept[1]!.deliveries;
    const paused = kept.find((one) => one.result === 'unmapped')!;
    Object.assign(paused, { result: 'ignored', whyCode: 'source_paused', why: 'the source is paused' });
    await fireEvent.click(screen.getByTestId('tab-deliveries'));
    await fireEvent.click(await screen.findByTestId('filter-ignored'));
    await fireEvent.click(await screen.findByTestId('reprocess-all'));
    await screen.findByTestId('reprocessed');
    expect(paused.result).toBe('accepted');
  });

  test('a shop that has left is erased by one word of an admin', async () => {
    const host = await openSource('int_vega', {}, left);
    expect(screen.getByTestId('paused-why').textContent).toContain('retirado da loja');
    expect(screen.getByTestId('shop-left').textContent).toContain('vale até');
    await fireEvent.click(screen.getByTestId('erase-customers'));
    await waitFor(() => expect(screen.getByTestId('shop-left').dataset.running).toBe('true'));
    expect(host.sources.calls).toContain('eraseCustomers');
    expect(screen.queryByTestId('erase-customers')).toBeNull();
  });

  test('a lead reads what the platform asks for, and an admin decides', async () => {
    await openSource('int_vega', { role: 'lead' }, left);
    expect(screen.getByTestId('shop-left').textContent).toContain('Quem administra');
    expect(screen.queryByTestId('erase-customers')).toBeNull();
  });

  test('a refusal is said, and nothing runs', async () => {
    const host = await openSource('int_vega', {}, left);
    host.sources.kept = host.sources.kept.map((one) => ({
      ...one,
      health: { ...one.health, erasure: null },
    }));
    await fireEvent.click(screen.getByTestId('erase-customers'));
    expect(await screen.findByText(/A plataforma não pediu isso/)).toBeInTheDocument();
  });

  test('keys walk the deliveries', async () => {
    await openSource('int_kiwify');
    await fireEvent.click(screen.getByTestId('tab-deliveries'));
    const list = await screen.findByTestId('deliveries');
    await screen.findAllByTestId('delivery');
    list.focus();
    await press('ArrowDown');
    await screen.findByTestId('payload');
    const first = list.getAttribute('aria-activedescendant');
    await press('ArrowDown');
    await waitFor(() => expect(list.getAttribute('aria-activedescendant')).not.toBe(first));
  });

  test('history is fetched, followed and cancelled', async () => {
    const host = await openSource('int_kiwify');
    await fireEvent.click(screen.getByTestId('tab-history'));
    await fireEvent.click(await screen.findByTestId('sync'));
    const job = await screen.findByTestId('job');
    expect(job).toHaveAttribute('data-state', 'running');
    host.sources.advance(0.5);
    await waitFor(() => expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '50'), {
      timeout: 3_000,
    });
    await fireEvent.click(screen.getByTestId('cancel-job'));
    await waitFor(() => expect(screen.getByTestId('job')).toHaveAttribute('data-state', 'cancelled'));
  });

  test('without credentials history says what it needs', async () => {
    await openSource('int_hotmart');
    await fireEvent.click(screen.getByTestId('tab-history'));
    expect(await screen.findByTestId('history-needs')).toBeInTheDocument();
    expect(screen.queryByTestId('sync')).toBeNull();
  });

  test('a secret changes without a gap, and a made one goes to the clipboard only', async () => {
    const host = await openSource('int_kiwify');
    await fireEvent.click(screen.getByTestId('tab-settings'));
    await fireEvent.click(await screen.findByTestId('ask-rotate'));
    await fireEvent.click(await screen.findByTestId('rotate'));
    await screen.findByTestId('secret-said');
    expect(screen.getAllByTestId('secret-kept')).toHaveLength(2);
    const made = host.copiedTexts.at(-1) ?? '';
    expect(made).toMatch(/^made-secret/);
    expect(sheet().textContent).not.toContain(made);
    await fireEvent.click(screen.getByTestId('retire'));
    await waitFor(() => expect(screen.getAllByTestId('secret-kept')).toHaveLength(1));
  });

  test('pausing, renaming and removing', async () => {
    const host = await openSource('int_yampi');
    await fireEvent.click(screen.getByTestId('pause-source'));
    await waitFor(() => expect(host.sources.kept[2]?.source.active).toBe(false));
    await fireEvent.click(screen.getByTestId('tab-settings'));
    await screen.findByTestId('rename');
    await type('rename', 'Yampi antiga');
    await fireEvent.click(screen.getByTestId('save-name'));
    await waitFor(() => expect(host.sources.kept[2]?.source.name).toBe('Yampi antiga'));
    await fireEvent.click(screen.getByTestId('remove'));
    await fireEvent.click(await screen.findByTestId('remove-yes'));
    await waitFor(() => expect(screen.getAllByTestId('source')).toHaveLength(4));
  });

  describe('what a platform lets one set', () => {
    const settings = (host: FakeHost, at: number) => host.sources.kept[at]!.source.settings;
    const openSettings = async (id: string, at: number, kept: Record<string, unknown>) => {
      const host = await openSource(id, {}, (host) => {
        host.sources.kept[at]!.source = { ...host.sources.kept[at]!.source, settings: kept };
      });
      await fireEvent.click(screen.getByTestId('tab-settings'));
      await screen.findByTestId('save-settings');
      return host;
    };
    const save = () => fireEvent.click(screen.getByTestId('save-settings'));
    const inTable = (name: string) => within(screen.getByTestId(`table-${name}`));

    test('saving one setting leaves tables and everything else as they were', async () => {
      const kept = {
        alias: 'doces',
        stages: { separando: 'fulfilled', retirou: { stage: 'delivered', note: 'x' } },
        region: { state: 'MG' },
        apiVersion: '2026-07',
      };
      const host = await openSettings('int_yampi', 2, kept);
      await type('field-alias', 'doces-do-vale');
      await save();
      await screen.findByText('Salvo');
      expect(settings(host, 2)).toEqual({ ...kept, alias: 'doces-do-vale' });
    });

    test('a status of the shop’s own is given a stage by the keyboard', async () => {
      const host = await openSettings('int_yampi', 2, { alias: 'doces', stages: { separando: 'fulfilled' } });
      const table = inTable('stages');
      await fireEvent.click(table.getByTestId('table-add'));
      const [, word] = await table.findAllByLabelText('Situação na loja');
      await waitFor(() => expect(document.activeElement).toBe(word));
      await fireEvent.input(word!, { target: { value: ' retirou ' } });
      await fireEvent.change(table.getAllByLabelText('O que quer dizer')[1]!, {
        target: { value: 'delivered' },
      });
      await press('Enter');
      await waitFor(() => expect(table.getAllByLabelText('Situação na loja')).toHaveLength(3));
      await press('Backspace');
      await waitFor(() => expect(table.getAllByLabelText('Situação na loja')).toHaveLength(2));
      expect(document.activeElement).toBe(word);
      await press('ArrowUp');
      expect(document.activeElement).toHaveValue('separando');
      await save();
      await screen.findByText('Salvo');
      expect(settings(host, 2)).toEqual({
        alias: 'doces',
        stages: { separando: 'fulfilled', retirou: 'delivered' },
      });
      await fireEvent.click(table.getAllByTestId('table-remove')[0]!);
      await save();
      await waitFor(() => expect(settings(host, 2).stages).toEqual({ retirou: 'delivered' }));
    });

    test('what cannot be is said at its field, which has the focus, and nothing is sent', async () => {
      const host = await openSettings('int_hotmart', 1, {});
      const table = inTable('checkoutUrls');
      await fireEvent.click(table.getByTestId('table-add'));
      await fireEvent.input(await table.findByLabelText('Código do produto'), {
        target: { value: '788921' },
      });
      await type('field-reconcileMinutes', 'abc');
      await save();
      expect(await screen.findByText('Escreva um número inteiro, só com algarismos.')).toBeInTheDocument();
      expect(table.getByText('Cole um link que comece com https://.')).toBeInTheDocument();
      await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('field-reconcileMinutes')));
      expect(host.sources.calls).not.toContain('change');
      await type('field-reconcileMinutes', '30');
      await fireEvent.input(table.getByLabelText('Link do checkout'), {
        target: { value: 'https://pay.example.com/788921' },
      });
      await save();
      await screen.findByText('Salvo');
      expect(settings(host, 1)).toEqual({
        reconcileMinutes: 30,
        checkoutUrls: { 788921: 'https://pay.example.com/788921' },
      });
    });

    test('what the service would not take is said at its row, and what has no field in the list', async () => {
      const host = await openSettings('int_yampi', 2, { alias: 'doces', stages: { separando: 'fulfilled' } });
      const { HostError } = await import('../../lib/host');
      const problems = [
        { path: 'stages.separando', code: 'unknown_stage', detail: 'A stage is expected.' },
        { path: 'settings.region', code: 'unknown_name', detail: '' },
      ];
      vi.spyOn(host.sources, 'change').mockRejectedValue(new HostError('invalid', 'no', problems));
      await save();
      expect(await inTable('stages').findByText('Não é uma etapa que exista')).toBeInTheDocument();
      await waitFor(() =>
        expect(document.activeElement).toBe(inTable('stages').getByLabelText('O que quer dizer')),
      );
      expect(inTable('stages').getByLabelText('Situação na loja')).not.toHaveAttribute('aria-invalid');
      const failure = screen.getByTestId('source-failure');
      expect(failure.textContent).toContain('region');
      expect(failure.textContent).not.toContain('separando');
    });
  });

  test('a refusal says what is wrong and where, and what was typed stays', async () => {
    const host = await openSource('int_kiwify');
    await fireEvent.click(screen.getByTestId('tab-settings'));
    await screen.findByTestId('rename');
    await type('rename', 'Outro');
    const { HostError } = await import('../../lib/host');
    const refusal = new HostError('invalid', 'no', [{ path: 'name', code: 'invalid', detail: 'Too long.' }]);
    vi.spyOn(host.sources, 'change').mockRejectedValue(refusal);
    await fireEvent.click(screen.getByTestId('save-name'));
    const failure = await screen.findByTestId('source-failure');
    expect(failure.textContent).toContain('name');
    expect(failure.textContent).toContain('Too long.');
    expect(screen.getByTestId('rename')).toHaveValue('Outro');
  });
});
