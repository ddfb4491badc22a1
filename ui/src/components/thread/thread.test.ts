import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import { HostError } from '../../lib/host';
import Main from '../../Main.svelte';

vi.setConfig({ testTimeout: 20_000 });
const WAIT = { timeout: 8_000 };

async function open(
  options: Partial<FakeOptions> = {},
  view = 'unassigned',
  host = new FakeHost({ count: 120, ...options }),
): Promise<FakeHost> {
  render(Main, { host });
  await screen.findByTestId('list', {}, WAIT);
  await fireEvent.click(screen.getByTestId(`view-${view}`));
  await screen.findAllByTestId('row', {}, WAIT);
  await press('j');
  await screen.findByTestId('composer', {}, WAIT);
  return host;
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const field = () => screen.getByTestId<HTMLTextAreaElement>('composer');
async function type(name: string, text: string) {
  const find = await screen.findByTestId<HTMLInputElement>(`${name}-find`, {}, WAIT);
  await fireEvent.input(find, { target: { value: text } });
  return find;
}
const toast = (words: string) =>
  waitFor(() => expect(screen.getByTestId('toast').textContent).toContain(words), WAIT);

beforeEach(() => (document.body.innerHTML = ''));

describe('the head', () => {
  test('e resolves, says so, and Ctrl Z takes it back', async () => {
    await open({ state: 'offline' });
    await press('e');
    const line = await screen.findByTestId('handling', {}, WAIT);
    expect(line).toHaveAttribute('data-state', 'resolved');
    expect(line.textContent).toContain('Resolvida por você');
    await press('z', { ctrlKey: true });
    await toast('Desfeito: Conversa resolvida');
    await waitFor(() => expect(screen.queryByTestId('handling')).toBeNull(), WAIT);
  });

  test('h puts aside until a time that is typed, and the line brings it back', async () => {
    const host = await open();
    const asked = vi.spyOn(host, 'act');
    await press('h');
    const find = await type('snooze', 'em 2 h');
    await fireEvent.keyDown(find, { key: 'Enter' });
    expect(asked.mock.lastCall?.[0].action).toMatchObject({
      kind: 'snooze',
      body: { until: { kind: 'time' } },
    });
    const line = await screen.findByTestId('handling', {}, WAIT);
    expect(line).toHaveAttribute('data-state', 'snoozed');
    await fireEvent.click(within(line).getByTestId('wake'));
    await waitFor(() => expect(screen.queryByTestId('handling')).toBeNull(), WAIT);
  });

  test('what is no time to come offers nothing', async () => {
    const host = await open();
    const asked = vi.spyOn(host, 'act');
    await press('h');
    const find = await type('snooze', 'quando der');
    expect(screen.queryByTestId('snooze-choice')).toBeNull();
    await fireEvent.keyDown(find, { key: 'Enter' });
    expect(asked).not.toHaveBeenCalled();
  });

  test('a gives the conversation to a colleague, found by a part of the name', async () => {
    const host = await open();
    await press('a');
    await waitFor(() => expect(screen.getAllByTestId('assign-choice').length).toBe(4), WAIT);
    const find = await type('assign', 'nogue');
    expect(screen.getAllByTestId('assign-choice')).toHaveLength(1);
    await fireEvent.keyDown(find, { key: 'Enter' });
    await waitFor(() => expect(screen.getByTestId('owner').textContent).toContain('Larissa Nogueira'), WAIT);
    expect(host.outboxItems.at(-1)?.kind).toBe('assign');
  });

  test('t puts labels on, known and new, and takes them off', async () => {
    await open();
    const labels = () => screen.queryAllByTestId('label').map((one) => one.textContent?.trim());
    await press('t');
    const find = await type('label', 'pede prazo');
    await fireEvent.keyDown(find, { key: 'Enter' });
    await waitFor(() => expect(labels()).toContain('pede prazo'), WAIT);
    const own = screen.getAllByTestId('label').find((one) => one.textContent?.includes('pede prazo'))!;
    await fireEvent.click(within(own).getByTestId('label-remove'));
    await waitFor(() => expect(labels()).not.toContain('pede prazo'), WAIT);
  });
});

describe('the history', () => {
  test('narrowed to notes, only notes are shown; none is said in words', async () => {
    await open({}, 'all');
    await fireEvent.click(screen.getByTestId('only-notes'));
    await waitFor(() => expect(screen.queryByTestId('stage')).toBeNull(), WAIT);
    await waitFor(() => expect(screen.queryByTestId('card')).toBeNull(), WAIT);
    if (screen.queryAllByTestId('note-item').length === 0)
      expect(screen.getByTestId('nothing').textContent).toContain('Nenhuma nota');
    await fireEvent.click(screen.getByTestId('only-all'));
    await screen.findAllByTestId('card', {}, WAIT);
  });

  test('a note that calls a colleague is found by @, marked, and sent with whom it calls', async () => {
    const host = await open();
    const asked = vi.spyOn(host, 'act');
    await press('n');
    await fireEvent.input(field(), { target: { value: '@' } });
    field().setSelectionRange(1, 1);
    await fireEvent.keyUp(field(), { key: '@' });
    await waitFor(() => expect(screen.getAllByTestId('suggestion-option').length).toBe(3), WAIT);
    await press('ArrowDown');
    await press('Enter');
    await waitFor(() => expect(field().value).toMatch(/^@\S+ \S+ $/), WAIT);
    await press('Enter');
    await waitFor(() => expect(asked).toHaveBeenCalled(), WAIT);
    expect(asked.mock.lastCall?.[0].action).toMatchObject({
      kind: 'note',
      body: { mentions: [expect.any(String)] },
    });
    await waitFor(() => expect(screen.getAllByTestId('mention').length).toBeGreaterThan(0), WAIT);
  });

  test('o records what the customer answered', async () => {
    await open();
    await press('o');
    await fireEvent.input(field(), { target: { value: 'pago amanhã' } });
    await press('Enter');
    const said = await screen.findAllByTestId('received', {}, WAIT);
    expect(said.at(-1)?.textContent).toContain('pago amanhã');
  });
});

describe('a card', () => {
  test('says where it came from once asked; leads read the event', async () => {
    const host = await open();
    const asked = vi.spyOn(host, 'provenance');
    expect(asked).not.toHaveBeenCalled();
    await fireEvent.click(screen.getAllByTestId('card-details')[0]!);
    const [first, ...later] = await screen.findAllByTestId('delivery', {}, WAIT);
    const events = [first!, ...later].map((one) => one.querySelector('i')?.textContent);
    const card = first!.closest<HTMLElement>('[data-testid=card]')!;
    const steps = host.world
      .flatMap((one) => one.orders)
      .find((order) => order.orderKey === card.dataset.order)!
      .steps.map((step) => step.stage);
    expect(events).toEqual(steps);
    expect(first!.textContent).toContain('recebido ');
    expect(first!.textContent).toMatch(/\d\d:\d\d · (assinatura válida|token conferido|endereço secreto)/);
    await fireEvent.click(within(first!).getByTestId('raw-event'));
    expect((await screen.findByTestId('raw-text', {}, WAIT)).textContent).toContain('order_id');
  });

  test('a raw event hides whom it is about until asked for, and that is written down first', async () => {
    const host = await open();
    const conversation = host.world.find((one) => one.id === screen.getByTestId('conversation').dataset.id)!;
    const { email } = conversation.full;
    await fireEvent.click(screen.getAllByTestId('card-details')[0]!);
    const [first] = await screen.findAllByTestId('delivery', {}, WAIT);
    await fireEvent.click(within(first!).getByTestId('raw-event'));
    const text = await screen.findByTestId('raw-text', {}, WAIT);
    expect(text.textContent).toContain('•••@example.com');
    expect(text.textContent).not.toContain(email);
    await fireEvent.click(screen.getByTestId('raw-copy'));
    await waitFor(() => expect(host.copiedTexts.at(-1)).toBe(text.textContent));

    const reveal = vi.spyOn(host, 'reveal').mockRejectedValue(new HostError('signed_out'));
    await fireEvent.click(screen.getByTestId('raw-text-reveal'));
    await toast('Sua sessão foi encerrada');
    expect(text.textContent).not.toContain(email);
    reveal.mockReset().mockResolvedValue('');
    await fireEvent.click(screen.getByTestId('raw-text-reveal'));
    await waitFor(() => expect(text.textContent).toContain(email));
    expect(reveal).toHaveBeenCalledWith({ id: conversation.id, part: 'email' });
    await fireEvent.click(screen.getByTestId('raw-copy'));
    await waitFor(() => expect(host.copiedTexts.at(-1)).toContain(email));
  });

  test('says that only the service knows while it does not answer', async () => {
    await open({ state: 'offline' });
    await fireEvent.click(screen.getAllByTestId('card-details')[0]!);
    expect((await screen.findByTestId('whence-failure', {}, WAIT)).textContent).toContain(
      'não responde agora',
    );
  });

  test('names what was added at its checkout', async () => {
    const host = new FakeHost({ count: 120 });
    const amount = { minor: 4_790, currency: 'BRL' } as const;
    const bump = { orderKey: 'hotmart:bump', name: 'Caderno de exercícios', amount, group: 'pix' } as const;
    for (const { orders } of host.world) orders[0]!.bumps = [bump];
    await open({}, 'unassigned', host);
    const line = screen.getByTestId('bump');
    expect(line.textContent).toMatch(/Order bump: Caderno de exercícios.*R\$\s47,90/);
    expect(
      within(line.closest<HTMLElement>('[data-testid=card]')!).queryByTitle(/^Order bump de /),
    ).toBeNull();
  });

  test('says at which order’s checkout it was added', async () => {
    const host = new FakeHost({ count: 120 });
    for (const { orders } of host.world) for (const order of orders) order.bumpOf = 'HP2500000101';
    await open({}, 'unassigned', host);
    expect(screen.getAllByTitle('Order bump de HP2500000101')[0]).toBeInTheDocument();
    expect(screen.queryByTestId('bump')).toBeNull();
  });

  test('an agent sees where it came from, but not the event', async () => {
    await open({ role: 'agent' });
    await fireEvent.click(screen.getAllByTestId('card-details')[0]!);
    await screen.findAllByTestId('delivery', {}, WAIT);
    expect(screen.queryByTestId('raw-event')).toBeNull();
  });
});

test('two people are joined by hand after both were compared', async () => {
  const host = await open();
  const asked = vi.spyOn(host, 'act');
  const here = screen.getByTestId('thread-name').textContent?.trim();
  const other = host.world.find((one) => one.person.name && one.person.name !== here && one.orders[0])!;
  await fireEvent.click(screen.getByTestId('merge-by-hand'));
  const find = await screen.findByTestId('merge-find', {}, WAIT);
  await fireEvent.input(find, { target: { value: other.orders[0]!.reference } });
  const found = await screen.findAllByTestId('merge-found', {}, WAIT);
  await fireEvent.click(found.find((one) => one.textContent?.includes(other.person.name!))!);
  const sides = await screen.findAllByTestId('merge-side', {}, WAIT);
  expect(sides.map((side) => side.textContent)).toEqual([
    expect.stringContaining(here!),
    expect.stringContaining(other.person.name!),
  ]);
  expect(asked).not.toHaveBeenCalled();
  await fireEvent.click(screen.getByTestId('merge-confirm'));
  await waitFor(
    () => expect(asked.mock.lastCall?.[0].action).toEqual({ kind: 'merge', body: { other: other.id } }),
    WAIT,
  );
});

test('paid while a text is written: it is stopped in sight, and becomes a note', async () => {
  const host = await open({}, 'pix');
  await waitFor(() => expect(screen.getByTestId('template-1')).toHaveAttribute('data-fills', 'true'), WAIT);
  await press('1');
  await waitFor(() => expect(field().value).not.toBe(''), WAIT);
  host.pay(screen.getByTestId('conversation').dataset.id!);
  const stop = await screen.findByTestId('stop', {}, WAIT);
  expect(stop.textContent).toContain('acabou de pagar');
  expect(screen.getByTestId('hand-over')).toBeDisabled();
  await fireEvent.click(within(stop).getByTestId('stop-keep'));
  await waitFor(() => expect(screen.queryByTestId('stop')).toBeNull(), WAIT);
  expect(field().value).toBe('');
  expect(screen.getAllByTestId('note-item').length).toBeGreaterThan(0);
});

test('/ finds a template by a part of its name', async () => {
  await open({}, 'pix');
  await screen.findByTestId('template-1', {}, WAIT);
  await fireEvent.input(field(), { target: { value: '/link' } });
  field().focus();
  const [offer] = await screen.findAllByTestId('suggestion-option', {}, WAIT);
  expect(offer!.textContent).toContain('Link do checkout');
  await press('Escape');
  expect(screen.queryByTestId('suggestions')).toBeNull();
  const send = screen.getByTestId('hand-over');
  await fireEvent.input(field(), { target: { value: '/nada disso' } });
  expect(send).toBeDisabled();
});

test('what was said of this conversation is not said of the next', async () => {
  const host = await open({}, 'all');
  const here = () => screen.getByTestId('conversation').dataset.id;
  const first = here();
  const rafael = { id: 'mem_2', name: 'Rafael Tanaka', isMe: false, pending: false };
  host.world.find((one) => one.id === first)!.owner = rafael;
  host.tell({ everything: true });
  await waitFor(() => expect(screen.getByTestId('owner').textContent).toContain('Rafael'), WAIT);
  await press('c');
  await toast('Rafael Tanaka já assumiu esta conversa.');
  await press('j');
  await waitFor(() => expect(here()).not.toBe(first), WAIT);
  expect(screen.queryByTestId('toast')).toBeNull();
});

test('who else is here is said, and seen by nobody but the others', async () => {
  await open({ company: true });
  expect((await screen.findByTestId('presence', {}, WAIT)).textContent).toMatch(
    /também está aqui|está escrevendo/,
  );
});

test('where contact data cannot be read, that is said', async () => {
  const host = await open();
  host.reveal = () => Promise.reject(new HostError('not_found'));
  const [eye] = [...document.querySelectorAll('[data-testid^="reveal-"]')];
  await fireEvent.click(eye!);
  await toast('Isto não está mais aqui.');
});

test('what time it is for a customer elsewhere is told where one writes, and of what happened on hover', async () => {
  const host = await open({}, 'pix');
  expect(screen.queryByTestId('time-there')).toBeNull();
  for (const one of host.world) one.person = { ...one.person, hoursEarlier: 2 };
  await press('j');
  const there = await screen.findByTestId('time-there', {}, WAIT);
  expect(there.textContent).toMatch(/^por lá, \d\d:\d\d$/);
  expect(there.title).toContain('2 h a menos');
  expect(screen.getByTestId('person-time').textContent).toContain('2 h a menos');
  expect(document.querySelector<HTMLElement>('[data-testid="timeline"] time[title]')?.title).toMatch(
    /^\d\d:\d\d para o cliente$/,
  );
});

test.each([
  ['paused', 'copy_pix', 'Fonte pausada'],
  ['removed', 'copy_pix', 'Fonte removida'],
  ['paused', 'nothing', null],
  ['active', 'copy_pix', null],
] as const)('of a source that is %s, a card with %s left to do says %s', async (standing, primary, words) => {
  const host = await open({}, 'pix');
  const named = { sourceName: 'Cursos da Ana', sourceStanding: standing, primary };
  for (const one of host.world) one.orders = one.orders.slice(0, 1).map((order) => ({ ...order, ...named }));
  const before = screen.getByTestId('conversation').dataset.id;
  await press('j');
  await waitFor(() => expect(screen.getByTestId('conversation').dataset.id).not.toBe(before), WAIT);
  const card = await screen.findByTestId('card', {}, WAIT);
  if (words) expect(card.textContent).toContain(words);
  else expect(card.textContent).not.toMatch(/Fonte (pausada|removida)/);
  await fireEvent.click(screen.getByTestId('card-details'));
  expect(card.textContent).toContain('fonte Cursos da Ana');
});
