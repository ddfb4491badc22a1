import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import { stepTime, stepWords } from '../../lib/steps';
import type { SequenceState } from '../../lib/types/SequenceState';
import type { StepAt } from '../../lib/types/StepAt';
import Main from '../../Main.svelte';

vi.setConfig({ testTimeout: 20_000 });
const WAIT = { timeout: 8_000 };
const NOW = Date.parse('2026-11-20T15:00:00-03:00');
const at = (time: string) => Date.parse(`2026-11-20T${time}:00-03:00`);

/** Opens a conversation whose order has its sequence as told. */
async function open(sequence: SequenceState, options: Partial<FakeOptions> = {}) {
  const host = new FakeHost({ count: 40, ...options });
  const from = host.world.find(({ orders, owner }) => orders[0]?.group === 'pix' && owner === null)!;
  from.draft = null;
  from.orders = [{ ...from.orders[0]!, sequence }];
  render(Main, { host });
  await fireEvent.click(await screen.findByTestId('view-all', {}, WAIT));
  await screen.findAllByTestId('row', {}, WAIT);
  return { host, from };
}
const choose = async (view: string) => {
  await fireEvent.click(screen.getByTestId(`view-${view}`));
  await fireEvent.click((await screen.findAllByTestId('row', {}, WAIT))[0]!);
  return screen.findByTestId('sequence', {}, WAIT);
};
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
const due = (template: string): SequenceState => ({
  state: 'due',
  step: 2,
  of: 3,
  since: Date.now() - 12 * 60_000,
  template,
});

beforeEach(() => (document.body.innerHTML = ''));

test.each<[SequenceState, string]>([
  [{ state: 'due', step: 2, of: 3, since: at('14:48'), template: 'x' }, 'Passo 2 de 3 · devido há 12 min'],
  [{ state: 'waiting', step: 1, of: 3, at: at('16:20'), template: 'x' }, 'Passo 1 de 3: 16:20'],
  [{ state: 'stopped', reason: 'paid' }, 'Sequência parada: pago'],
  [{ state: 'stopped', reason: 'taken_over', by: 'Bia' }, 'Sequência parada: está com Bia'],
  [{ state: 'done' }, 'Sequência concluída'],
])('%o reads as it stands', (state, expected) => expect(stepWords(state, NOW)).toBe(expected));

test.each<[StepAt, string]>([
  [{ from: 'stage', minutes: 15 }, '15 minutos depois'],
  [{ from: 'stage', minutes: 60 }, '1 hora depois'],
  [{ from: 'stage', minutes: 4_320 }, '3 dias depois'],
  [{ from: 'due_day', days: -1 }, '1 dia antes do vencimento'],
  [{ from: 'due_day', days: 0 }, 'no dia do vencimento'],
  [{ from: 'due_day', days: 3 }, '3 dias úteis depois do vencimento'],
])('%o reads as a time', (step, expected) => expect(stepTime(step)).toBe(expected));

test('a step that is due is in its view, and its key claims and fills the text', async () => {
  const { host, from } = await open(due('cart_question'));
  const line = await choose('steps');
  expect(line).toHaveTextContent('Passo 2 de 3');
  expect(screen.getByTestId('count-steps')).toHaveTextContent('1');
  expect(screen.getByTestId('row-step')).toHaveTextContent('2/3');
  await press('d');
  await waitFor(() => expect(screen.getByTestId('composer')).not.toHaveValue(''), WAIT);
  await waitFor(() => expect(from.owner?.isMe).toBe(true), WAIT);
  expect(host.outboxItems.some(({ kind }) => kind === 'message.handed_over')).toBe(false);
});

test('a step whose template is gone says so', async () => {
  await open(due('removed'));
  await choose('steps');
  await press('d');
  expect(await screen.findByTestId('composer-failure', {}, WAIT)).toHaveAttribute(
    'data-code',
    'no_step_template',
  );
});

test('whoever comes second is told, and the field stays empty', async () => {
  const { host, from } = await open(due('cart_question'));
  await choose('steps');
  host.stepTake = () => {
    from.owner = { id: 'mem_b', name: 'Bia', isMe: false, pending: false };
    return Promise.reject(Object.assign(new Error(), { code: 'already_claimed' }));
  };
  await press('d');
  expect(await screen.findByTestId('composer-failure', {}, WAIT)).toHaveAttribute(
    'data-code',
    'already_claimed',
  );
  expect(screen.getByTestId('composer')).toHaveValue('');
});

test('what is not due has no button and no key', async () => {
  const { host } = await open({
    state: 'waiting',
    step: 1,
    of: 3,
    at: Date.now() + 60_000,
    template: 'pix.code',
  });
  const take = vi.spyOn(host, 'stepTake');
  const row = (await screen.findAllByTestId('row')).find((one) => one.dataset.id)!;
  await fireEvent.click(row);
  await screen.findByTestId('composer', {}, WAIT);
  expect(screen.queryByTestId('step-take')).toBeNull();
  await press('d');
  expect(take).not.toHaveBeenCalled();
});
