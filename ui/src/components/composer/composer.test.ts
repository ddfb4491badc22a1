import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import { HostError } from '../../lib/host';
import Main from '../../Main.svelte';

vi.setConfig({ testTimeout: 20_000 });
const WAIT = { timeout: 8_000 };

async function open(view: string, options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 120, ...options });
  render(Main, { host });
  await screen.findByTestId('list', {}, WAIT);
  await fireEvent.click(screen.getByTestId(`view-${view}`));
  await screen.findAllByTestId('row', {}, WAIT);
  await press('j');
  await screen.findByTestId('template-1', {}, WAIT);
  return host;
}
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
const field = () => screen.getByTestId<HTMLTextAreaElement>('composer');
const filled = () => screen.queryAllByTestId('value-filled');
const missing = () => screen.queryAllByTestId('value-missing');
async function use(template: string) {
  const chip = screen.getAllByTestId(/^template-\d$/).find((one) => one.textContent?.includes(template));
  await fireEvent.click(chip!);
}
async function caretAt(at: number) {
  field().focus();
  field().setSelectionRange(at, at);
  await fireEvent(document, new Event('selectionchange'));
}

beforeEach(() => (document.body.innerHTML = ''));

describe('a filled value', () => {
  test('is a chip that knows its name, in a text that stays a plain one', async () => {
    await open('cart');
    await use('Ficou alguma dúvida?');
    await waitFor(() => expect(filled()).toHaveLength(2), WAIT);
    expect(filled().map((one) => one.dataset.label)).toEqual(['primeiro nome', 'produto']);
    for (const one of filled()) expect(field().value).toContain(one.textContent);
    expect(field()).toHaveAccessibleDescription('Valores preenchidos: primeiro nome, produto.');
  });

  test('says its name to the caret inside it, and is no chip any more once it was changed', async () => {
    await open('cart');
    await use('Ficou alguma dúvida?');
    await waitFor(() => expect(filled()).toHaveLength(2), WAIT);
    const at = field().value.indexOf(filled()[0]!.textContent) + 1;
    await caretAt(at);
    await waitFor(() => expect(screen.getByText('Preenchido: primeiro nome')).toBeInTheDocument());
    await caretAt(0);
    await waitFor(() => expect(screen.queryByText('Preenchido: primeiro nome')).toBeNull());
    const changed = `${field().value.slice(0, at)}x${field().value.slice(at)}`;
    await fireEvent.input(field(), { target: { value: changed } });
    await waitFor(() => expect(filled().map((one) => one.dataset.label)).toEqual(['produto']));
    expect(field().value).toBe(changed);
  });

  test('says its name to the pointer that rests on it', async () => {
    await open('cart');
    await use('Ficou alguma dúvida?');
    await waitFor(() => expect(filled()).toHaveLength(2), WAIT);
    const boxes = [{ left: 10, right: 60, top: 10, bottom: 30 }] as unknown as DOMRectList;
    filled()[1]!.getClientRects = () => boxes;
    await fireEvent(field(), new MouseEvent('pointermove', { bubbles: true, clientX: 20, clientY: 20 }));
    await waitFor(() => expect(field().title).toBe('Preenchido: produto'));
    await fireEvent(field(), new MouseEvent('pointermove', { bubbles: true, clientX: 200, clientY: 20 }));
    await waitFor(() => expect(field().title).toBe(''));
  });
});

describe('a value that is missing', () => {
  test('is a warning chip with its name where it was written by hand', async () => {
    await open('cart');
    const text = 'Oi, {{ customer.first_name }}, sobre {{?o prazo}} e {{ isto }}';
    await fireEvent.input(field(), { target: { value: text } });
    await waitFor(() => expect(missing()).toHaveLength(3));
    expect(missing().map((one) => one.dataset.label)).toEqual(['primeiro nome', 'o prazo', 'isto']);
    expect(field()).toHaveAccessibleDescription('Faltam no texto: primeiro nome, o prazo, isto.');
    expect(field().value).toBe(text);
  });

  test('keeps a template from going out, and is shown where it would stand', async () => {
    const host = new FakeHost({ count: 120 });
    const nameless = host.world.find((one) => one.orders[0]?.group === 'cart')!;
    nameless.person = { ...nameless.person, name: null };
    render(Main, { host });
    await screen.findByTestId('list', {}, WAIT);
    await fireEvent.click(screen.getByTestId('view-cart'));
    const row = await waitFor(() => {
      const found = screen.getAllByTestId('row').find((one) => one.dataset.id === nameless.id);
      expect(found).toBeDefined();
      return found!;
    }, WAIT);
    await fireEvent.click(row);
    await screen.findByTestId('template-1', {}, WAIT);
    await use('Ficou alguma dúvida?');
    const preview = await screen.findByTestId('blocked-preview', {}, WAIT);
    expect(screen.getAllByTestId('missing-value').map((one) => one.title)).toEqual(['Falta: nome']);
    expect(preview.textContent).toContain('Vi que você separou');
    expect(field().value).toBe('');
  });
});

describe('/ in a text', () => {
  const typed = async (value: string) => {
    field().focus();
    await fireEvent.input(field(), { target: { value } });
    field().setSelectionRange(value.length, value.length);
    await fireEvent.keyUp(field(), { key: '/' });
  };
  const options = () => screen.getAllByTestId('suggestion-option');

  test('offers the values of the sale and puts the chosen one there as a chip', async () => {
    await open('pix');
    await typed('O total é /valor');
    await waitFor(() => expect(options().map((one) => one.textContent)).toHaveLength(1), WAIT);
    expect(options()[0]!.textContent).toMatch(/valor\s*R\$/);
    await press('Enter');
    await waitFor(() => expect(field().value).toMatch(/^O total é R\$/), WAIT);
    expect(filled().map((one) => one.dataset.label)).toEqual(['valor']);
    await fireEvent.keyDown(field(), { key: 'z', ctrlKey: true });
    await waitFor(() => expect(field().value).toBe('O total é /valor'));
    await fireEvent.keyDown(field(), { key: 'y', ctrlKey: true });
    await waitFor(() => expect(filled()).toHaveLength(1));
  });

  test('shows one without a value with the reason, and does not put it there', async () => {
    const host = await open('pix');
    const left = vi.spyOn(host, 'handOver');
    await typed('Use o /cupom');
    await waitFor(() => expect(options()[0]!.textContent).toMatch(/cupom\s*não informado/), WAIT);
    expect(options()[0]).toHaveAttribute('aria-disabled', 'true');
    await press('Enter');
    expect(field().value).toBe('Use o /cupom');
    expect(left).not.toHaveBeenCalled();
  });

  test('alone offers templates first, then values, and finds by either', async () => {
    await open('pix');
    await typed('/');
    await waitFor(() => expect(screen.getByText('Valores desta venda')).toBeInTheDocument(), WAIT);
    const words = options().map((one) => one.textContent);
    expect(words.findIndex((one) => one.includes('Reenviar PIX'))).toBeLessThan(
      words.findIndex((one) => one.includes('primeiro nome')),
    );
    await typed('/nome');
    await waitFor(() => expect(options().length).toBeGreaterThanOrEqual(3), WAIT);
  });

  test('leads to the values alone by one more key, as a brace does anywhere', async () => {
    await open('pix');
    await typed('/');
    const more = await screen.findByTestId('suggestions-more', {}, WAIT);
    expect(more.textContent).toMatch(/\{\s*Só os valores desta venda/);
    await typed('/{');
    await waitFor(() => expect(options()[0]!.textContent).toMatch(/^\s*primeiro nome/), WAIT);
    expect(screen.getByTestId('hand-over')).toBeDisabled();
    expect(screen.queryByTestId('suggestions-more')).toBeNull();
    await press('Enter');
    await waitFor(() => expect(filled().map((one) => one.dataset.label)).toEqual(['primeiro nome']), WAIT);
    expect(field().value).toBe(filled()[0]!.textContent);
    await typed('Oi! São {valor');
    await waitFor(() => expect(options()).toHaveLength(1), WAIT);
    await press('Enter');
    await waitFor(() => expect(field().value).toMatch(/^Oi! São R\$/), WAIT);
  });

  test('leads there by a click as well', async () => {
    await open('pix');
    await typed('/');
    await fireEvent.click(await screen.findByTestId('suggestions-more', {}, WAIT));
    await waitFor(() => expect(options()[0]!.textContent).toMatch(/^\s*primeiro nome/), WAIT);
    expect(field().value).toBe('{');
  });

  test('says when the values could not be read, and lets nothing out before they are', async () => {
    const host = await open('pix');
    let fail = (_: unknown) => {};
    vi.spyOn(host, 'saleValues').mockReturnValueOnce(new Promise((_, rejected) => (fail = rejected)));
    await typed('{');
    await waitFor(() => expect(host.saleValues).toHaveBeenCalled());
    expect(screen.getByTestId('hand-over')).toBeDisabled();
    fail(new HostError('storage'));
    expect(await screen.findByText('Os valores desta venda não carregaram.')).toBeInTheDocument();
    expect(screen.getByTestId('hand-over')).toBeDisabled();
    await press('Escape');
    await waitFor(() => expect(screen.getByTestId('hand-over')).toBeEnabled());
  });

  test('is a slash where nothing begins so', async () => {
    await open('pix');
    await typed('Pague até 21/11 ou /xyz');
    expect(screen.queryByTestId('suggestions')).toBeNull();
    expect(screen.getByTestId('hand-over')).toBeEnabled();
  });
});

test('templates that could not be read say so, and are read again', async () => {
  const host = new FakeHost({ count: 120 });
  vi.spyOn(host, 'templates').mockRejectedValueOnce(new HostError('storage'));
  render(Main, { host });
  await screen.findByTestId('list', {}, WAIT);
  await screen.findAllByTestId('row', {}, WAIT);
  await press('j');
  const failed = await screen.findByTestId('chips-failed', {}, WAIT);
  await fireEvent.click(failed.parentElement!.querySelector('button')!);
  await screen.findByTestId('template-1', {}, WAIT);
  expect(screen.queryByTestId('chips-failed')).toBeNull();
});
