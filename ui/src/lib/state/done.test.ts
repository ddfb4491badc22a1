import { beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../backend.fake';
import { DEEPEST, DoneStack } from './done.svelte';
import { Toasts } from './toasts.svelte';

let host: FakeHost;
let toasts: Toasts;
let done: DoneStack;
let asked: string[];

beforeEach(() => {
  vi.useFakeTimers();
  host = new FakeHost({ count: 1 });
  asked = [];
  host.undo = (id) => {
    asked.push(id);
    return Promise.resolve(id !== 'gone');
  };
  host.undoMany = (ids) => {
    asked.push(...ids);
    return Promise.resolve(ids.filter((id) => id !== 'gone').length);
  };
  toasts = new Toasts();
  done = new DoneStack(host, toasts);
});
const said = () => toasts.list.at(-1)?.text;

test('acts go back in turn, the last one first, and each is named', async () => {
  done.did(['one'], 'Conversa assumida');
  done.did(['two'], 'Conversa adiada');
  await done.undo();
  expect(said()).toBe('Desfeito: Conversa adiada');
  await done.undo();
  expect(said()).toBe('Desfeito: Conversa assumida');
  expect(done.any).toBe(false);
  await done.undo();
  expect(asked).toEqual(['two', 'one']);
});

test('twenty can be taken back, and no more', async () => {
  for (let n = 0; n <= DEEPEST; n += 1) done.did([`${n}`], 'feito');
  while (done.any) await done.undo();
  expect(asked.length).toBe(DEEPEST);
  expect(asked).not.toContain('0');
});

test('the act of a toast goes back from where it stands', async () => {
  done.did(['one'], 'a');
  done.did(['two'], 'b');
  await done.undo('one');
  expect(asked).toEqual(['one']);
  await done.undo();
  expect(asked).toEqual(['one', 'two']);
});

test.each([
  [['gone'], 'Já tinha saído; não dá mais para desfazer', 'refused'],
  [['a', 'gone', 'b'], 'Só 2 de 3 voltaram; o resto já tinha saído', 'refused'],
  [['a', 'gone'], 'Só 1 de 2 voltou; o resto já tinha saído', 'refused'],
  [['a', 'b'], 'Desfeito: feito', 'done'],
])('%j: %s', async (ids, words, tone) => {
  done.did(ids, 'feito');
  await done.undo();
  expect(toasts.list).toMatchObject([{ text: words, tone }]);
});

test('the way back is offered only for as long as there is one', async () => {
  const toast = () => toasts.list.at(-1);
  done.did(['one'], 'Nota guardada', Date.now() + 5_000);
  expect(toast()?.undo).toBe('one');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(toast()).toMatchObject({ text: 'Nota guardada', undo: null });
  done.did(['two'], 'feito', Date.now());
  expect(toast()).toMatchObject({ text: 'feito', undo: null });
  await done.undo();
  expect(asked).toEqual(['one']);
});
