import { afterEach, describe, expect, test } from 'vitest';
import { acts, isKey, isSingle, keyOf, printed, takesText, usesEnter, type Place } from './keys';
import { commandAt, setKeys } from './keys_now.svelte';

const AT_REST: Place = { typing: false, covered: false, onControl: false };

type Told = Partial<KeyboardEvent> & { altGraph?: boolean };
const event = (key: string, { altGraph = false, ...more }: Told = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  keyCode: 0,
  getModifierState: (name: string) => altGraph && name === 'AltGraph',
  ...more,
});

/** Returns the command that a press stands for there. */
function press(key: string, more: Told = {}, place: Partial<Place> = {}): string | null {
  const written = keyOf(event(key, more));
  const command = written === null ? undefined : commandAt(written);
  return written && command && acts(written, command.holds, { ...AT_REST, ...place }) ? command.name : null;
}

afterEach(() => setKeys({}, true));

describe('single keys', () => {
  test.each([
    ['j', 'next'],
    ['k', 'previous'],
    ['ArrowDown', 'next'],
    ['ArrowUp', 'previous'],
    ['Enter', 'open'],
    ['u', 'back'],
    ['c', 'claim'],
    ['n', 'note'],
    ['p', 'copyPix'],
    ['b', 'copyBoleto'],
    ['l', 'copyLink'],
    ['i', 'context'],
    ['r', 'reply'],
    ['e', 'resolve'],
    ['h', 'snooze'],
    ['t', 'label'],
    ['a', 'assign'],
    ['o', 'received'],
    ['s', 'sources'],
    ['m', 'templates'],
    ['1', 'template1'],
    ['9', 'template9'],
    ['/', 'find'],
    ['f', 'filter'],
    ['g', 'go'],
    ['x', 'pick'],
    ['?', 'help'],
    ['F1', 'help'],
    ['Escape', 'close'],
    ['0', null],
    ['ç', null],
    ['Tab', null],
    ['Backspace', null],
    ['Shift', null],
    ['Unidentified', null],
    ['Process', null],
  ])('%s', (key, name) => expect(press(key)).toBe(name));
});

/** What a keyboard sends for what its caps say: the cap, the event, what it stands for. */
const ABNT2: [string, Told & { key: string }, string | null][] = [
  ['j', { key: 'j' }, 'next'],
  ['J with Caps Lock', { key: 'J' }, 'next'],
  ['j with Shift under Caps Lock', { key: 'j', shiftKey: true }, null],
  ['Shift J', { key: 'J', shiftKey: true }, null],
  ['/ (its own key beside the right Shift)', { key: '/', code: 'IntlRo' }, 'find'],
  ['? (Shift and that key)', { key: '?', code: 'IntlRo', shiftKey: true }, 'help'],
  ['; where US keyboards have the slash', { key: ';', code: 'Slash' }, null],
  ['ç where US keyboards have the semicolon', { key: 'ç', code: 'Semicolon' }, null],
  ['Ç with Caps Lock', { key: 'Ç', code: 'Semicolon' }, null],
  ['~ (dead)', { key: 'Dead', code: 'Quote' }, null],
  ['^ (dead)', { key: 'Dead', code: 'Quote', shiftKey: true }, null],
  ['´ (dead)', { key: 'Dead', code: 'BracketLeft' }, null],
  ['` (dead)', { key: 'Dead', code: 'BracketLeft', shiftKey: true }, null],
  ['/ by AltGr Q', { key: '/', code: 'KeyQ', altGraph: true }, null],
  ['? by AltGr W', { key: '?', code: 'KeyW', altGraph: true }, null],
  ['/ by AltGr Q, told as Ctrl and Alt', { key: '/', code: 'KeyQ', ctrlKey: true, altKey: true }, null],
  ['° by AltGr E', { key: '°', code: 'KeyE', altGraph: true }, null],
  ['₢ by AltGr C', { key: '₢', code: 'KeyC', altGraph: true }, null],
  ['1', { key: '1', code: 'Digit1' }, 'template1'],
  ['! (Shift 1)', { key: '!', code: 'Digit1', shiftKey: true }, null],
  ['¹ by AltGr 1', { key: '¹', code: 'Digit1', altGraph: true }, null],
  ['1 of the number pad', { key: '1', code: 'Numpad1' }, 'template1'],
  ['Ctrl +, which is Shift =', { key: '+', code: 'Equal', ctrlKey: true, shiftKey: true }, 'zoomIn'],
  ['Ctrl =', { key: '=', code: 'Equal', ctrlKey: true }, 'zoomIn'],
  ['Ctrl + of the number pad', { key: '+', code: 'NumpadAdd', ctrlKey: true }, 'zoomIn'],
  ['Ctrl -', { key: '-', code: 'Minus', ctrlKey: true }, 'zoomOut'],
  ['Ctrl 0', { key: '0', code: 'Digit0', ctrlKey: true }, 'zoomReset'],
  ['Ctrl K', { key: 'k', code: 'KeyK', ctrlKey: true }, 'search'],
  ['Ctrl K with Caps Lock', { key: 'K', code: 'KeyK', ctrlKey: true }, 'search'],
  ['Ctrl Z', { key: 'z', code: 'KeyZ', ctrlKey: true }, 'undo'],
  ['Ctrl Shift Z', { key: 'Z', code: 'KeyZ', ctrlKey: true, shiftKey: true }, null],
  ['Ctrl Alt K', { key: 'k', code: 'KeyK', ctrlKey: true, altKey: true }, null],
];

const US_INTERNATIONAL: [string, Told & { key: string }, string | null][] = [
  ['j', { key: 'j' }, 'next'],
  ['/', { key: '/', code: 'Slash' }, 'find'],
  ['? (Shift /)', { key: '?', code: 'Slash', shiftKey: true }, 'help'],
  ["' (dead)", { key: 'Dead', code: 'Quote' }, null],
  ['" (dead)', { key: 'Dead', code: 'Quote', shiftKey: true }, null],
  ['` (dead)', { key: 'Dead', code: 'Backquote' }, null],
  ['~ (dead)', { key: 'Dead', code: 'Backquote', shiftKey: true }, null],
  ['^ (dead)', { key: 'Dead', code: 'Digit6', shiftKey: true }, null],
  ["an accent's letter, while it is composed", { key: 'c', isComposing: true }, null],
  ["an accent's letter, as the input method tells it", { key: 'c', keyCode: 229 }, null],
  ['ç by AltGr ,', { key: 'ç', code: 'Comma', altGraph: true }, null],
  ['á by AltGr A', { key: 'á', code: 'KeyA', altGraph: true }, null],
  ['é by AltGr E, told as Ctrl and Alt', { key: 'é', code: 'KeyE', ctrlKey: true, altKey: true }, null],
  ['¿ by AltGr /', { key: '¿', code: 'Slash', altGraph: true }, null],
  ['c with Option on a Mac', { key: 'ç', code: 'KeyC', altKey: true }, null],
  ['⌘ K', { key: 'k', metaKey: true }, 'search'],
  ['⌘ Z', { key: 'z', metaKey: true }, 'undo'],
  ['Ctrl +, which is Shift =', { key: '+', code: 'Equal', ctrlKey: true, shiftKey: true }, 'zoomIn'],
  ['Ctrl =', { key: '=', code: 'Equal', ctrlKey: true }, 'zoomIn'],
];

const DVORAK: [string, Told & { key: string }, string | null][] = [
  ['j, on the cap where QWERTY has c', { key: 'j', code: 'KeyC' }, 'next'],
  ['c, on the cap where QWERTY has i', { key: 'c', code: 'KeyI' }, 'claim'],
  ['/, on the cap where QWERTY has [', { key: '/', code: 'BracketLeft' }, 'find'],
  ['Ctrl K, on the cap where QWERTY has v', { key: 'k', code: 'KeyV', ctrlKey: true }, 'search'],
];

describe.each([
  ['ABNT2', ABNT2],
  ['US-International', US_INTERNATIONAL],
  ['Dvorak', DVORAK],
])('on %s', (_, caps) => {
  test.each(caps)('%s', (_, { key, ...more }, name) => expect(press(key, more)).toBe(name));
});

describe('picking many', () => {
  test('Shift and an arrow reach on', () => {
    expect(press('ArrowDown', { shiftKey: true })).toBe('reachNext');
    expect(press('ArrowUp', { shiftKey: true })).toBe('reachPrevious');
  });
  test('Ctrl A is the list’s only where the list has the focus', () => {
    expect(press('a', { ctrlKey: true }, { onList: true })).toBe('pickAll');
    expect(press('a', { ctrlKey: true })).toBeNull();
    expect(press('a', { ctrlKey: true }, { onList: true, covered: true })).toBeNull();
  });
});

describe('where one is', () => {
  test('typing keeps every single key, and the chords that edit, for the text', () => {
    const typing = { typing: true };
    for (const key of ['j', 'p', '1', '?', '/', 'Enter', 'ArrowDown']) {
      expect(press(key, {}, typing)).toBeNull();
    }
    expect(press('z', { ctrlKey: true }, typing)).toBeNull();
    expect(press('a', { ctrlKey: true }, { ...typing, onList: true })).toBeNull();
    expect(press('Escape', {}, typing)).toBe('close');
    expect(press('F1', {}, typing)).toBe('help');
    expect(press('k', { ctrlKey: true }, typing)).toBe('search');
    expect(press('+', { ctrlKey: true, shiftKey: true }, typing)).toBe('zoomIn');
  });
  test('a dialog keeps the keys to itself, but for what holds anywhere', () => {
    const covered = { covered: true };
    for (const key of ['j', 'c', 'Escape', 'Enter', 'ArrowDown']) expect(press(key, {}, covered)).toBeNull();
    expect(press('?', {}, covered)).toBe('help');
    expect(press('?', {}, { ...covered, typing: true })).toBeNull();
    expect(press('k', { ctrlKey: true }, covered)).toBe('search');
    expect(press('0', { ctrlKey: true }, covered)).toBe('zoomReset');
  });
  test('Enter on a button presses the button', () =>
    expect(press('Enter', {}, { onControl: true })).toBeNull());
  test('turned off, only chords, Esc, Enter and arrows act', () => {
    setKeys({}, false);
    for (const key of ['c', '1', '?', '/', 'j']) expect(press(key)).toBeNull();
    expect(press('ArrowDown')).toBe('next');
    expect(press('Enter')).toBe('open');
    expect(press('Escape')).toBe('close');
    expect(press('z', { ctrlKey: true })).toBe('undo');
    expect(press('z', { metaKey: true })).toBe('undo');
  });
});

test.each([
  ['j', 'j', true, true],
  ['Shift+j', 'Shift J', true, true],
  ['?', '?', true, true],
  ['+', '+', true, true],
  ['Mod+k', 'Ctrl K', false, true],
  ['Mod++', 'Ctrl +', false, true],
  ['Mod+Shift+k', 'Ctrl Shift K', false, true],
  ['Shift+ArrowDown', 'Shift ↓', false, true],
  ['Escape', 'Esc', false, true],
  ['F2', 'F2', false, true],
  ['Space', 'Space', false, true],
  ['nonsense', 'nonsense', false, false],
  ['Mod+', 'Ctrl', false, false],
  ['', '', false, false],
])('%s is printed as %s', (key, as, single, valid) => {
  expect(printed(key)).toBe(as);
  expect(isSingle(key)).toBe(single);
  expect(isKey(key)).toBe(valid);
});

test('a Mac prints its own sign', () => expect(printed('Mod+k', true)).toBe('⌘ K'));

test('what takes text is told from what does not', () => {
  document.body.innerHTML =
    '<textarea></textarea><input><input type="checkbox"><div></div><button><i></i></button>';
  const found = (selector: string) => document.querySelector(selector);
  expect(takesText(found('textarea'))).toBe(true);
  expect(takesText(found('input'))).toBe(true);
  expect(takesText(found('[type=checkbox]'))).toBe(false);
  expect(takesText(found('div'))).toBe(false);
  expect(takesText(null)).toBe(false);
  expect(usesEnter(found('i'))).toBe(true);
  expect(usesEnter(found('div'))).toBe(false);
});
