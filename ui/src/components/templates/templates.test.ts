import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import type { TemplateCard } from '../../lib/types/TemplateCard';
import { HostError } from '../../lib/host';
import { shownAs } from '../../lib/templates';
import Main from '../../Main.svelte';
import { chipLabel } from './words';

async function openTemplates(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 60, role: 'lead', ...options });
  render(Main, { host });
  await screen.findByTestId('list');
  await press('m');
  await screen.findByTestId('templates-sheet');
  return host;
}
async function openTemplate(key: string, options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = await openTemplates(options);
  const cards = await screen.findAllByTestId('template-card');
  await fireEvent.click(cards.find((card) => card.dataset.key === key)!);
  await screen.findByTestId(options.role === 'agent' ? 'read-template' : 'edit-template');
  return host;
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const type = (testid: string, value: string) =>
  fireEvent.input(screen.getByTestId(testid), { target: { value } });
const typeText = async (value: string) => {
  const field = screen.getByTestId<HTMLTextAreaElement>('template-text');
  field.focus();
  await fireEvent.input(field, {
    target: { value, selectionStart: value.length, selectionEnd: value.length },
  });
};
const save = () => screen.getByTestId<HTMLButtonElement>('save-template');
const canSave = () => waitFor(() => expect(save().disabled).toBe(false));
const cardOf = async (host: FakeHost, key: string): Promise<TemplateCard | undefined> =>
  (await host.templateList()).find((card) => card.template.key === key);

beforeEach(() => (document.body.innerHTML = ''));

describe('the way there', () => {
  test('by the palette and by the settings', async () => {
    await openTemplates();
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('templates-sheet')).toBeNull());
    await press('k', { ctrlKey: true });
    await fireEvent.input(await screen.findByTestId('search-input'), { target: { value: 'modelos' } });
    await fireEvent.click(await screen.findByTestId('command'));
    expect(await screen.findByTestId('templates-sheet')).toBeInTheDocument();
    await press('Escape');
    await fireEvent.click(screen.getByTestId('settings'));
    await fireEvent.click(await screen.findByTestId('settings-templates'));
    expect(await screen.findByTestId('templates-sheet')).toBeInTheDocument();
  });

  test('an agent reads, and changes nothing', async () => {
    await openTemplate('pix.code', { role: 'agent' });
    expect(screen.getByTestId('read-template').textContent).toContain('código PIX');
    expect((await screen.findAllByTestId('preview-one')).length).toBeGreaterThan(0);
    for (const gone of ['save-template', 'template-text', 'versions', 'remove-template']) {
      expect(screen.queryByTestId(gone), gone).toBeNull();
    }
    await press('Escape');
    expect(await screen.findByTestId('templates-read-only')).toBeInTheDocument();
    expect(screen.queryByTestId('new-template')).toBeNull();
    expect(screen.queryByTestId('bring')).toBeNull();
  });
});

test('the list goes by stage and says whose each is', async () => {
  await openTemplates();
  const pix = await screen.findByTestId('stage-pix');
  expect(
    within(pix)
      .getAllByTestId('template-card')
      .map((card) => card.dataset.key),
  ).toEqual(['pix.code', 'pix.steps']);
  expect(pix.textContent).toContain('do Balcão');
  expect(screen.getByTestId('stage-approved').textContent).toContain('da equipe · Rafael Tanaka, há');
  await fireEvent.click(screen.getByTestId('language-en'));
  expect(await screen.findByTestId('templates-empty')).toBeInTheDocument();
});

describe('writing', () => {
  test('edited, checked on real orders, saved with a version', async () => {
    const host = await openTemplate('cart.link');
    expect(save().disabled).toBe(true);
    await typeText('{{ customer.first_name }}, aqui está:\n{{ checkout_url }}\n{{ coupon }}');
    await waitFor(() =>
      expect(screen.getByTestId('preview-count').textContent).toMatch(/^\s*0 de \d+ sem lacunas/),
    );
    expect(screen.getAllByTestId('preview-one')[0]?.textContent).toContain('falta coupon: não informado');
    await typeText('{{ customer.first_name }}, aqui está:\n{{ checkout_url }}');
    await waitFor(() => expect(screen.getByTestId('preview-count').textContent).not.toMatch(/^\s*0 de/));
    await canSave();
    await fireEvent.click(save());
    await waitFor(() =>
      expect(screen.getByTestId('template-status').textContent).toContain('Salvo para a equipe'),
    );
    const card = await cardOf(host, 'cart.link');
    expect(card?.version).toBe(1);
    expect(card?.template.text).toBe('{{ customer.first_name }}, aqui está:\n{{ checkout_url }}');
    expect(card?.changedBy).toBe('Marina Salles');
  });

  test('a brace offers the values; Enter takes one', async () => {
    const host = await openTemplate('cart.link');
    await typeText('Seu valor: {val');
    const offers = await screen.findAllByTestId('variable');
    expect(offers.map((offer) => offer.dataset.name)).toEqual(['amount', 'pix.expires_in', 'ask']);
    await press('Enter');
    await waitFor(() =>
      expect(screen.getByTestId<HTMLTextAreaElement>('template-text').value).toBe('Seu valor: {{valor}}'),
    );
    expect(screen.queryByTestId('variables')).toBeNull();
    await canSave();
    await fireEvent.click(save());
    await waitFor(async () =>
      expect((await cardOf(host, 'cart.link'))?.template.text).toBe('Seu valor: {{ amount }}'),
    );
  });

  test('Esc closes the values, then leaves the field, and never loses the text', async () => {
    await openTemplate('cart.link');
    await typeText('Oi {');
    await screen.findByTestId('variables');
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('variables')).toBeNull());
    await press('Escape');
    expect(document.activeElement).not.toBe(screen.getByTestId('template-text'));
    await press('Escape');
    expect(await screen.findByTestId('discard-ask')).toBeInTheDocument();
    await fireEvent.click(screen.getByTestId('discard-no'));
    expect(screen.getByTestId<HTMLTextAreaElement>('template-text').value).toBe('Oi {');
    await fireEvent.click(screen.getByTestId('templates-close'));
    await fireEvent.click(await screen.findByTestId('discard-yes'));
    await waitFor(() => expect(screen.queryByTestId('templates-sheet')).toBeNull());
  });

  test.each([
    ['Vou acionar um advogado.', 'threat', 'stop', true],
    ['Compre AGORA, {{ customer.first_name }}.', 'all_caps', 'warn', false],
  ])('%j is found as %s', async (text, code, severity, blocks) => {
    await openTemplate('cart.link');
    await typeText(text);
    const finding = await screen.findByTestId('finding');
    expect(finding).toHaveAttribute('data-code', code);
    expect(finding).toHaveAttribute('data-severity', severity);
    await waitFor(() => expect(save().disabled).toBe(blocks));
    if (blocks) expect(screen.getByTestId('template-status').textContent).toContain('Resolva');
  });

  test('what only the service stops is said where it was written', async () => {
    const host = await openTemplate('cart.link');
    await typeText('O oficial de justiça vai visitar você.');
    await canSave();
    await fireEvent.click(save());
    expect(await screen.findByTestId('finding')).toHaveAttribute('data-code', 'threat');
    expect(screen.getByTestId('template-status').textContent).toContain('ninguém deveria receber');
    expect(save().disabled).toBe(true);
    expect((await cardOf(host, 'cart.link'))?.version).toBe(0);
    await typeText('Posso ajudar?');
    await canSave();
  });

  test('marketing has to say how to stop', async () => {
    await openTemplate('cart.link');
    await fireEvent.click(screen.getByTestId('template-marketing'));
    expect(await screen.findByTestId('finding')).toHaveAttribute('data-code', 'no_opt_out');
    expect(save().disabled).toBe(true);
    await typeText('Novidades! Responda SAIR para parar de receber.'.replace('SAIR', 'sair'));
    await canSave();
  });

  test('a fault is said with its line', async () => {
    await openTemplate('cart.link');
    await typeText('Oi\n{{ nome }}');
    const fault = await screen.findByTestId('fault');
    expect(fault.textContent).toContain('Linha 2: Não existe um dado chamado “nome”.');
    expect(save().disabled).toBe(true);
  });

  test('a new one gets its key from its name', async () => {
    const host = await openTemplates();
    await fireEvent.click(await screen.findByTestId('new-template'));
    expect((await screen.findByTestId('fault')).textContent).toContain('Falta o nome');
    await type('template-name', 'Última chamada');
    await type('template-subject', 'Sobre o seu pedido');
    await fireEvent.click(screen.getByTestId('for-boleto'));
    await fireEvent.click(screen.getByTestId('for-cart'));
    await typeText('Oi, {{ customer.first_name }}.');
    await canSave();
    await fireEvent.click(save());
    await waitFor(async () =>
      expect((await cardOf(host, 'team.ultima-chamada'))?.template.stages).toEqual(['boleto']),
    );
  });

  test('a preview that could not be read says so, and is read again', async () => {
    const host = await openTemplates();
    vi.spyOn(host, 'templateCheck').mockRejectedValueOnce(new HostError('storage'));
    await fireEvent.click((await screen.findAllByTestId('template-card'))[0]!);
    const failed = await screen.findByTestId('preview-failed');
    expect(save().disabled).toBe(true);
    await fireEvent.click(within(failed).getByRole('button'));
    expect((await screen.findAllByTestId('preview-one')).length).toBeGreaterThan(0);
    expect(screen.queryByTestId('preview-failed')).toBeNull();
  });

  test('offline it is said, and the text stays', async () => {
    const host = await openTemplate('cart.link');
    host.setFreshness({ state: 'offline' });
    await typeText('Oi, {{ customer.first_name }}.');
    await canSave();
    await fireEvent.click(save());
    await waitFor(() =>
      expect(screen.getByTestId('template-status')).toHaveAttribute('data-code', 'offline'),
    );
    expect(screen.getByTestId<HTMLTextAreaElement>('template-text').value).toBe(
      'Oi, {{ customer.first_name }}.',
    );
  });
});

describe('somebody saved meanwhile', () => {
  const KEY = 'team.combinar-prazo';
  async function conflict(): Promise<FakeHost> {
    const host = await openTemplate(KEY);
    const theirs = (await cardOf(host, KEY))!.template;
    host.templateDesk.write({ ...theirs, text: 'O texto do Bruno.' }, 'Bruno Teixeira');
    await typeText('O meu texto.');
    await canSave();
    await fireEvent.click(save());
    expect((await screen.findByTestId('conflict')).textContent).toContain(
      'Bruno Teixeira salvou outra versão',
    );
    expect((await cardOf(host, KEY))?.template.text).toBe('O texto do Bruno.');
    return host;
  }

  test('theirs can be taken', async () => {
    await conflict();
    await fireEvent.click(screen.getByTestId('take-theirs'));
    expect(screen.getByTestId<HTMLTextAreaElement>('template-text').value).toBe('O texto do Bruno.');
    expect(screen.queryByTestId('conflict')).toBeNull();
  });

  test('mine can be saved over it', async () => {
    const host = await conflict();
    await fireEvent.click(screen.getByTestId('save-over'));
    await waitFor(async () => expect((await cardOf(host, KEY))?.template.text).toBe('O meu texto.'));
    expect((await cardOf(host, KEY))?.version).toBe(3);
  });

  test('both can be kept', async () => {
    const host = await conflict();
    await fireEvent.click(screen.getByTestId('keep-both'));
    await canSave();
    await fireEvent.click(save());
    await waitFor(async () =>
      expect((await cardOf(host, 'team.combinar-um-prazo-copia'))?.template.text).toBe('O meu texto.'),
    );
    expect((await cardOf(host, KEY))?.template.text).toBe('O texto do Bruno.');
  });
});

test('an older version is taken back, then the template is removed', async () => {
  const host = await openTemplates();
  const before = (await cardOf(host, 'team.combinar-prazo'))!.template;
  host.templateDesk.write({ ...before, text: 'Outro texto.' }, 'Bruno Teixeira');
  host.tell({ templates: true });
  const card = () =>
    screen.getAllByTestId('template-card').find((one) => one.dataset.key === 'team.combinar-prazo')!;
  await waitFor(() => expect(card().textContent).toContain('Outro texto.'));
  await fireEvent.click(card());
  await fireEvent.click(await screen.findByTestId('versions'));
  const versions = await screen.findAllByTestId('version');
  expect(versions.map((one) => one.dataset.version)).toEqual(['2', '1']);
  await fireEvent.click(within(versions[1]!).getByTestId('restore'));
  const field = await screen.findByTestId<HTMLTextAreaElement>('template-text');
  expect(field.value).toBe(shownAs(before.text, chipLabel));
  await canSave();
  await fireEvent.click(save());
  await waitFor(async () => expect((await cardOf(host, before.key))?.version).toBe(3));
  await fireEvent.click(await screen.findByTestId('remove-template'));
  await fireEvent.click(screen.getByTestId('remove-yes'));
  await waitFor(async () => expect(await cardOf(host, before.key)).toBeUndefined());
  await waitFor(() => expect(screen.queryByTestId('stage-approved')).toBeNull());
});

describe('as a file', () => {
  test('everything goes out', async () => {
    const host = await openTemplates();
    await fireEvent.click(await screen.findByTestId('send-out'));
    const field = await screen.findByTestId<HTMLTextAreaElement>('export-text');
    await fireEvent.click(screen.getByTestId('copy-export'));
    await waitFor(() => expect(host.copiedTexts).toEqual([field.value]));
    expect((JSON.parse(field.value) as { templates: unknown[] }).templates.length).toBe(7);
  });

  test('what comes in is shown first; only what may be saved is', async () => {
    const host = await openTemplates();
    const known = (await host.templateList()).map((card) => card.template);
    const [first, second] = known;
    const templates = [
      first,
      { ...second, text: 'Texto novo.' },
      { ...first, key: 'team.novo', name: 'Novo', text: 'Oi.' },
      { ...first, key: 'team.ameaca', name: 'Duro', text: 'Vou ao protesto.' },
    ];
    await fireEvent.click(await screen.findByTestId('bring'));
    await type('bring-text', 'isto não é JSON');
    await fireEvent.click(screen.getByTestId('bring-look'));
    expect((await screen.findByTestId('bring-failed')).textContent).toContain('não é um arquivo de modelos');
    await type('bring-text', JSON.stringify({ format: 'balcao.templates', version: 1, templates }));
    await fireEvent.click(screen.getByTestId('bring-look'));
    const items = await screen.findAllByTestId('incoming');
    expect(items.map((one) => one.dataset.change)).toEqual(['same', 'changed', 'new', 'new']);
    expect(items[3]?.textContent).toContain('não entra');
    expect(await cardOf(host, 'team.novo')).toBeUndefined();
    await fireEvent.click(screen.getByTestId('bring-take'));
    await waitFor(async () => expect((await cardOf(host, 'team.novo'))?.version).toBe(1));
    expect((await cardOf(host, second!.key))?.template.text).toBe('Texto novo.');
    expect(await cardOf(host, 'team.ameaca')).toBeUndefined();
  });
});
