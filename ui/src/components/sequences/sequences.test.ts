import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import { added, moved, parted, removed, same, timed, unitsOf, whole, type Unit } from '../../lib/sequences';
import { HostError } from '../../lib/host';
import type { StageSequence } from '../../lib/types/StageSequence';
import type { StepAt } from '../../lib/types/StepAt';
import { SEQUENCES } from '../../lib/fake/sequences';
import Main from '../../Main.svelte';

vi.setConfig({ testTimeout: 20_000 });
const WAIT = { timeout: 8_000 };

async function open(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 60, role: 'lead', ...options });
  render(Main, { host });
  await screen.findByTestId('list', {}, WAIT);
  await fireEvent.click(screen.getByTestId('settings'));
  await fireEvent.click(await screen.findByTestId('settings-sequences', {}, WAIT));
  await screen.findByTestId('sequences-sheet', {}, WAIT);
  return host;
}
const steps = () => screen.findAllByTestId('sequence-step', {}, WAIT);
const step = async (at: number) => within((await steps())[at]!);
const field = async (at: number, testid: string) =>
  (await step(at)).getByTestId<HTMLInputElement | HTMLSelectElement>(testid);
const texts = async () => {
  const all = await steps();
  return all.map((one) => within(one).getByTestId<HTMLSelectElement>('step-template').value);
};
const save = () => screen.getByTestId<HTMLButtonElement>('sequences-save');
const canSave = () => waitFor(() => expect(save().disabled).toBe(false), WAIT);
const stageOf = async (host: FakeHost, group: string) =>
  (await host.sequences()).stages.find((stage) => stage.group === group)!;
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });

beforeEach(() => (document.body.innerHTML = ''));

describe('what they are made of', () => {
  test.each<[StepAt, { n: number; unit: Unit }]>([
    [
      { from: 'stage', minutes: 15 },
      { n: 15, unit: 'minutes' },
    ],
    [
      { from: 'stage', minutes: 90 },
      { n: 90, unit: 'minutes' },
    ],
    [
      { from: 'stage', minutes: 180 },
      { n: 3, unit: 'hours' },
    ],
    [
      { from: 'stage', minutes: 2_880 },
      { n: 2, unit: 'days' },
    ],
    [
      { from: 'stage', minutes: 0 },
      { n: 0, unit: 'minutes' },
    ],
    [
      { from: 'due_day', days: -2 },
      { n: 2, unit: 'before' },
    ],
    [
      { from: 'due_day', days: 0 },
      { n: 0, unit: 'on' },
    ],
    [
      { from: 'due_day', days: 3 },
      { n: 3, unit: 'after' },
    ],
  ])('%o is parted and put together', (at, expected) => {
    expect(parted(at)).toEqual(expected);
    expect(timed(expected.n, expected.unit)).toEqual(at);
  });

  test('what is no number is none, and a day before is one at least', () => {
    expect(timed(Number.NaN, 'hours')).toEqual({ from: 'stage', minutes: 0 });
    expect(timed(0, 'before')).toEqual({ from: 'due_day', days: -1 });
  });

  test('only a boleto has a last day', () => {
    expect(unitsOf('pix')).not.toContain('before');
    expect(unitsOf('boleto')).toContain('before');
  });

  test('steps are added after the last, exchanged, and taken out', () => {
    const of = (...minutes: number[]): StageSequence => ({
      group: 'pix',
      on: true,
      steps: minutes.map((n, at) => ({ at: { from: 'stage', minutes: n }, template: `t${at}` })),
    });
    expect(added(of(), 'x')[0]?.at).toEqual({ from: 'stage', minutes: 60 });
    expect(added(of(15), 'x')[1]?.at).toEqual({ from: 'stage', minutes: 1_455 });
    expect(added(of(43_000), 'x')[1]?.at).toEqual({ from: 'stage', minutes: 43_200 });
    const swapped = moved(of(15, 60, 90).steps, 2, -1);
    expect(swapped.map(({ template }) => template)).toEqual(['t0', 't2', 't1']);
    expect(swapped.map(({ at }) => (at.from === 'stage' ? at.minutes : 0))).toEqual([15, 60, 90]);
    expect(moved(of(15).steps, 0, -1)).toEqual(of(15).steps);
    expect(removed(of(15), 0)).toEqual({ group: 'pix', on: false, steps: [] });
    expect(removed(of(15, 60), 0).on).toBe(true);
  });

  test('a stage that is missing is there and off; versions do not make a difference', () => {
    const all = whole(SEQUENCES);
    expect(all.stages.map(({ group }) => group)).toEqual(['cart', 'pix', 'boleto', 'refused', 'overdue']);
    expect(all.stages.at(-1)).toEqual({ group: 'overdue', on: false, steps: [] });
    expect(same(all, { ...all, version: 7 })).toBe(true);
    expect(same(all, { ...all, restDays: true })).toBe(false);
  });
});

test('a lead changes time and text, sees what it comes to, and saves for the team', async () => {
  const host = await open();
  expect(await texts()).toEqual(['pix.code', 'pix.steps']);
  expect(save().disabled).toBe(true);
  await waitFor(() => expect(screen.getAllByTestId('sequence-trial')).toHaveLength(3), WAIT);
  const before = screen.getAllByTestId('trial-step')[1]!.textContent;
  await fireEvent.input(await field(1, 'step-count'), { target: { value: '5' } });
  await waitFor(() => expect(screen.getAllByTestId('trial-step')[1]!.textContent).not.toBe(before), WAIT);
  await canSave();
  await fireEvent.click(save());
  await waitFor(async () => expect((await host.sequences()).version).toBe(1), WAIT);
  expect((await stageOf(host, 'pix')).steps[1]?.at).toEqual({ from: 'stage', minutes: 300 });
  await waitFor(() => expect(save().disabled).toBe(true), WAIT);
});

test('steps are added, exchanged by key and taken out; what is amiss is said in the service’s words', async () => {
  const host = await open();
  await fireEvent.click((await step(0)).getByTestId('step-remove'));
  expect(await texts()).toEqual(['pix.steps']);
  await fireEvent.click(screen.getByTestId('step-add'));
  await waitFor(async () => expect(await texts()).toEqual(['pix.steps', 'pix.code']), WAIT);
  expect(screen.getByTestId<HTMLButtonElement>('step-add').disabled).toBe(true);
  (await field(1, 'step-count')).focus();
  await press('ArrowUp', { altKey: true });
  await waitFor(async () => expect(await texts()).toEqual(['pix.code', 'pix.steps']), WAIT);
  await canSave();
  await fireEvent.input(await field(1, 'step-count'), { target: { value: '0' } });
  const fault = await screen.findByText(/^Os passos vêm um depois do outro/, {}, WAIT);
  expect(fault).toHaveAttribute('data-code', 'at');
  expect(save().disabled).toBe(true);
  await fireEvent.input(await field(1, 'step-count'), { target: { value: '4' } });
  await canSave();
  await fireEvent.click(save());
  await waitFor(async () => expect((await host.sequences()).version).toBe(1), WAIT);
  expect((await stageOf(host, 'pix')).steps.map(({ template }) => template)).toEqual([
    'pix.code',
    'pix.steps',
  ]);
});

test('a boleto’s step counts from its last day', async () => {
  const host = await open();
  await fireEvent.click(await screen.findByTestId('sequence-tab-boleto', {}, WAIT));
  expect((await field(0, 'step-unit')).value).toBe('before');
  await fireEvent.change(await field(0, 'step-unit'), { target: { value: 'on' } });
  await waitFor(async () => expect((await step(0)).queryByTestId('step-count')).toBeNull(), WAIT);
  await canSave();
  await fireEvent.click(save());
  await waitFor(async () => expect((await host.sequences()).version).toBe(1), WAIT);
  expect((await stageOf(host, 'boleto')).steps[0]?.at).toEqual({ from: 'due_day', days: 0 });
});

test('stages are walked by arrows, and one can be turned off', async () => {
  const host = await open();
  (await screen.findByTestId('sequence-tab-pix', {}, WAIT)).focus();
  await press('ArrowDown');
  expect(await screen.findByTestId('sequence-boleto', {}, WAIT)).toBeInTheDocument();
  await fireEvent.click(screen.getByTestId('sequence-on-boleto'));
  await canSave();
  await fireEvent.click(save());
  await waitFor(async () => expect((await stageOf(host, 'boleto')).on).toBe(false), WAIT);
  expect((await stageOf(host, 'pix')).on).toBe(true);
});

test('out of reach they are read, and saving says why not', async () => {
  await open({ state: 'offline' });
  expect(await screen.findByTestId('sequences-away', {}, WAIT)).toBeInTheDocument();
  await fireEvent.input(await field(1, 'step-count'), { target: { value: '5' } });
  await canSave();
  await fireEvent.click(save());
  const failure = await screen.findByTestId('sequences-failure', {}, WAIT);
  expect(failure).toHaveAttribute('data-code', 'offline');
  expect((await field(1, 'step-count')).value).toBe('5');
});

test('what somebody saved meanwhile is never written over unasked', async () => {
  const host = await open();
  await fireEvent.input(await field(1, 'step-count'), { target: { value: '5' } });
  const theirs = { ...(await host.sequences()), restDays: true };
  await host.sequencesSave(theirs);
  await canSave();
  await fireEvent.click(save());
  expect(await screen.findByTestId('sequences-conflict', {}, WAIT)).toBeInTheDocument();
  await fireEvent.click(screen.getByTestId('sequences-mine'));
  await canSave();
  await fireEvent.click(save());
  await waitFor(async () => expect((await host.sequences()).version).toBe(2), WAIT);
  expect((await host.sequences()).restDays).toBe(false);
});

test('what others save comes in by itself, but not over what is being changed', async () => {
  const host = await open();
  await steps();
  await host.sequencesSave({ ...(await host.sequences()), restDays: true });
  host.tell({ templates: true });
  const rest = screen.getByTestId<HTMLInputElement>('sequences-rest');
  await waitFor(() => expect(rest.checked).toBe(true), WAIT);
  await fireEvent.input(await field(1, 'step-count'), { target: { value: '5' } });
  await host.sequencesSave({ ...(await host.sequences()), restDays: false });
  host.tell({ templates: true });
  expect(await screen.findByTestId('sequences-conflict', {}, WAIT)).toBeInTheDocument();
  expect(rest.checked).toBe(true);
  await fireEvent.click(screen.getByTestId('sequences-theirs'));
  await waitFor(() => expect(rest.checked).toBe(false), WAIT);
  expect((await field(1, 'step-count')).value).toBe('3');
});

test('leaving with changes asks first', async () => {
  await open();
  await fireEvent.input(await field(1, 'step-count'), { target: { value: '5' } });
  await fireEvent.click(screen.getByTestId('sequences-close'));
  await fireEvent.click(await screen.findByTestId('discard-no', {}, WAIT));
  expect((await field(1, 'step-count')).value).toBe('5');
  await fireEvent.click(screen.getByTestId('sequences-close'));
  await fireEvent.click(await screen.findByTestId('discard-yes', {}, WAIT));
  await waitFor(() => expect(screen.queryByTestId('sequences-sheet')).toBeNull(), WAIT);
});

test('an agent sees the steps and what they come to, and changes nothing', async () => {
  await open({ role: 'agent' });
  expect(await screen.findByTestId('sequence-pix', {}, WAIT)).toHaveTextContent('15 minutos depois');
  expect(await screen.findAllByTestId('sequence-trial', {}, WAIT)).not.toHaveLength(0);
  for (const gone of ['sequence-on-pix', 'sequences-save', 'step-add', 'step-count', 'sequences-silent'])
    expect(screen.queryByTestId(gone), gone).toBeNull();
});

test('what could not be read says so, and can be tried again', async () => {
  const host = new FakeHost({ count: 20, role: 'lead' });
  const read = vi.spyOn(host, 'sequences').mockRejectedValueOnce(new HostError('storage'));
  render(Main, { host });
  await screen.findByTestId('list', {}, WAIT);
  await fireEvent.click(screen.getByTestId('settings'));
  await fireEvent.click(await screen.findByTestId('settings-sequences', {}, WAIT));
  const failed = await screen.findByTestId('sequences-failed', {}, WAIT);
  await fireEvent.click(within(failed).getByRole('button'));
  expect(await steps()).toHaveLength(2);
  expect(read).toHaveBeenCalledTimes(2);
});

test('what the steps come to says when it could not be read, to an agent as well', async () => {
  const host = new FakeHost({ count: 60, role: 'agent' });
  vi.spyOn(host, 'sequenceCheck').mockRejectedValueOnce(new HostError('storage'));
  render(Main, { host });
  await screen.findByTestId('list', {}, WAIT);
  await fireEvent.click(screen.getByTestId('settings'));
  await fireEvent.click(await screen.findByTestId('settings-sequences', {}, WAIT));
  const failed = await screen.findByTestId('sequence-preview-failed', {}, WAIT);
  await fireEvent.click(within(failed).getByRole('button'));
  expect((await screen.findAllByTestId('sequence-trial', {}, WAIT)).length).toBeGreaterThan(0);
  expect(screen.queryByTestId('sequence-preview-failed')).toBeNull();
});
