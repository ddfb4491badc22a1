import { describe, expect, test } from 'vitest';
import { bind, byKey, choose, holderOf, isFree, swap } from './bindings';
import { COMMANDS } from './commands';
import { isKey } from './keys';
import { KeyChoice } from './state/key_choice.svelte';

describe('the commands', () => {
  test('each has a name of its own, words in both languages and a key that can be pressed', () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const one of COMMANDS) {
      expect(one.words().trim(), one.name).not.toBe('');
      expect(one.words(), one.name).not.toMatch(/\{\w+\}/);
      if (one.key !== '') expect(isKey(one.key), one.name).toBe(true);
    }
  });
  test('no key is two commands’, but the field’s own', () => {
    const keys = COMMANDS.filter(({ holds, key }) => holds !== 'field' && key !== '').flatMap((one) => [
      one.key,
      ...one.besides,
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });
  test('no letter after the key that goes is two views’', () => {
    const letters = COMMANDS.map(({ after }) => after).filter(Boolean);
    expect(new Set(letters).size).toBe(letters.length);
  });
});

test.each<[string, Record<string, string>, Record<string, string | undefined>]>([
  ['without a choice, each its own', {}, { claim: 'c', note: 'n', send: 'Enter', open: 'Enter' }],
  ['a chosen key is taken', { claim: 'y' }, { claim: 'y' }],
  ['an empty key turns off', { claim: '' }, { claim: undefined, note: 'n' }],
  ['who chose a key has it', { claim: 'n' }, { claim: 'n', note: undefined }],
  ['two who swapped have each other’s', { claim: 'n', note: 'c' }, { claim: 'n', note: 'c' }],
  ['of two who chose one key, one has it', { claim: 'y', note: 'y' }, { claim: 'y', note: undefined }],
  ['an unknown name is passed over', { fly: 'c' }, { claim: 'c' }],
  ['what is no key is passed over', { claim: 'Hyper+c' }, { claim: 'c' }],
  [
    'nobody’s keys are nobody’s',
    { claim: 'Escape', note: 'Mod+c' },
    { claim: 'c', note: 'n', close: 'Escape' },
  ],
  ['a fixed key stays', { open: 'y' }, { open: 'Enter' }],
  ['a view may have a key of its own', { 'goto.pix': 'F2' }, { 'goto.pix': 'F2' }],
])('%s', (_, chosen, expected) => {
  const keys = bind(chosen);
  for (const [name, key] of Object.entries(expected)) expect(keys.get(name), name).toBe(key);
});

test('single keys turned off leave the others', () => {
  const off = byKey(bind({ claim: 'Mod+Shift+c', note: 'F4' }), false);
  expect(off.get('n')).toBeUndefined();
  expect(off.get('F4')?.name).toBe('note');
  expect(off.get('ArrowDown')?.name).toBe('next');
  expect(off.get('Mod+k')?.name).toBe('search');
});

test.each([
  ['y', true],
  ['ç', true],
  ['F5', true],
  ['Mod+Shift+p', true],
  ['Enter', false],
  ['Escape', false],
  ['Tab', false],
  ['Space', false],
  ['ArrowDown', false],
  ['Shift+ArrowDown', false],
  ['F1', false],
  ['Mod+c', false],
  ['Mod+v', false],
])('%s may be chosen: %s', (key, free) => expect(isFree(key)).toBe(free));

test('a key swapped for another leaves none doubled and none lost', () => {
  const chosen = swap({}, 'note', 'x', 'pick');
  expect(chosen).toEqual({ note: 'x', pick: 'n' });
  expect(holderOf('x', chosen)?.name).toBe('note');
  expect(swap(chosen, 'note', 'n', 'pick')).toEqual({});
});

test('choosing the original forgets the choice', () => {
  expect(choose({ claim: 'y', note: '' }, 'claim', 'c')).toEqual({ note: '' });
});

describe('choosing a key', () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    keyCode: 0,
    ...more,
  });
  function choosing(first: Record<string, string> = {}) {
    let chosen = first;
    const choice = new KeyChoice(
      () => chosen,
      (next) => (chosen = next),
    );
    return { choice, keys: () => chosen };
  }

  test('takes the next press, whatever modifiers come before it', () => {
    const { choice, keys } = choosing();
    choice.wait('claim');
    expect(choice.press(press('Control', { ctrlKey: true }))).toBe(true);
    expect(choice.press(press('y', { ctrlKey: true }))).toBe(true);
    expect(keys()).toEqual({ claim: 'Mod+y' });
    expect(choice.waiting).toBeNull();
    expect(choice.press(press('j'))).toBe(false);
  });
  test('tells whose key it is, and swaps or leaves it', () => {
    const { choice, keys } = choosing();
    choice.wait('claim');
    choice.press(press('n'));
    expect(choice.conflict?.other.name).toBe('note');
    expect(keys()).toEqual({});
    choice.cancel();
    expect(keys()).toEqual({});
    choice.wait('claim');
    choice.press(press('N'));
    choice.swap();
    expect(keys()).toEqual({ claim: 'n', note: 'c' });
  });
  test.each([
    ['an accent’s key', press('Dead'), 'accent'],
    ['a third character', press('/', { altKey: true, ctrlKey: true }), 'accent'],
    ['a key of fields and dialogs', press('Enter'), 'nobodys'],
    ['a key of the clipboard', press('v', { ctrlKey: true }), 'nobodys'],
  ])('refuses %s and goes on waiting', (_, asked, why) => {
    const { choice, keys } = choosing();
    choice.wait('claim');
    choice.press(asked);
    expect(choice.refused?.why).toBe(why);
    expect(choice.waiting).toBe('claim');
    expect(keys()).toEqual({});
  });
  test('Backspace leaves it without a key; the original comes back, or asks whose it is by now', () => {
    const { choice, keys } = choosing({ note: 'c' });
    choice.wait('claim');
    choice.press(press('Backspace'));
    expect(keys()).toEqual({ note: 'c', claim: '' });
    choice.reset('claim');
    expect(choice.conflict).toMatchObject({ name: 'claim', key: 'c', other: { name: 'note' } });
    choice.resetAll();
    expect(keys()).toEqual({});
  });
});
