import { describe, expect, test } from 'vitest';
import { read, takesText, usesEnter, type Place } from './keys';

const AT_REST: Place = { typing: false, covered: false, singleKeys: true, onControl: false };

function press(key: string, more: Partial<KeyboardEvent> = {}, place: Partial<Place> = {}) {
  const event = {
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    keyCode: 0,
    ...more,
  };
  const pressed = read(event, { ...AT_REST, ...place });
  if (!pressed) return null;
  return pressed.act === 'template' ? `template ${pressed.n}` : pressed.act;
}

describe('single keys', () => {
  test.each([
    ['j', 'next'],
    ['J', 'next'],
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
    ['1', 'template 1'],
    ['9', 'template 9'],
    ['/', 'find'],
    ['f', 'filter'],
    ['g', 'go'],
    ['x', 'pick'],
    ['?', 'help'],
    ['Escape', 'close'],
    ['0', null],
    ['ç', null],
    ['Dead', null],
    ['Tab', null],
  ])('%s', (key, act) => expect(press(key)).toBe(act));
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

describe('keyboards differ', () => {
  test('ABNT2: slash and question mark come with or without shift', () => {
    expect(press('/', { shiftKey: false })).toBe('find');
    expect(press('?', { shiftKey: true })).toBe('help');
    expect(press('/', { shiftKey: true })).toBe('find');
  });
  test('AltGr, which some systems report as Ctrl and Alt, never acts', () => {
    expect(press('/', { ctrlKey: true, altKey: true })).toBeNull();
    expect(press('k', { ctrlKey: true, altKey: true })).toBeNull();
    expect(press('c', { getModifierState: (key: string) => key === 'AltGraph' })).toBeNull();
  });
  test('dead keys and composing never act', () => {
    expect(press('n', { isComposing: true })).toBeNull();
    expect(press('n', { keyCode: 229 })).toBeNull();
  });
  test('shift with a letter is typing, not a command', () =>
    expect(press('C', { shiftKey: true })).toBeNull());
});

describe('where one is', () => {
  test('typing keeps every single key for the text', () => {
    for (const key of ['j', 'p', '1', '?', '/', 'Enter', 'ArrowDown']) {
      expect(press(key, {}, { typing: true })).toBeNull();
    }
    expect(press('Escape', {}, { typing: true })).toBe('close');
    expect(press('k', { ctrlKey: true }, { typing: true })).toBe('search');
    expect(press('z', { ctrlKey: true }, { typing: true })).toBeNull();
  });
  test('a dialog keeps the keys to itself', () => {
    expect(press('j', {}, { covered: true })).toBeNull();
    expect(press('Escape', {}, { covered: true })).toBeNull();
  });
  test('Enter on a button presses the button', () =>
    expect(press('Enter', {}, { onControl: true })).toBeNull());
  test('turned off, only chords, Esc and arrows act', () => {
    const off = { singleKeys: false };
    expect(press('c', {}, off)).toBeNull();
    expect(press('1', {}, off)).toBeNull();
    expect(press('ArrowDown', {}, off)).toBe('next');
    expect(press('z', { ctrlKey: true }, off)).toBe('undo');
    expect(press('z', { metaKey: true }, off)).toBe('undo');
  });
});

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
