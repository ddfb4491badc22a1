/** Reads key presses into acts. Letters and symbols go by the character produced, so that any keyboard layout works. */

export type Act =
  | 'next'
  | 'previous'
  | 'open'
  | 'back'
  | 'claim'
  | 'note'
  | 'copyPix'
  | 'copyBoleto'
  | 'copyLink'
  | 'search'
  | 'find'
  | 'filter'
  | 'go'
  | 'pick'
  | 'reachNext'
  | 'reachPrevious'
  | 'pickAll'
  | 'help'
  | 'context'
  | 'sources'
  | 'templates'
  | 'close'
  | 'undo'
  | 'reply'
  | 'resolve'
  | 'snooze'
  | 'label'
  | 'assign'
  | 'received';

export type Pressed = { act: Act } | { act: 'template'; n: number };

/** Says where the press happened. */
export interface Place {
  /** Focus is in a field that takes text. */
  typing: boolean;
  /** A dialog lies over the zones. */
  covered: boolean;
  /** Single keys act. */
  singleKeys: boolean;
  /** Focus is on something that has its own use for Enter, as a button. */
  onControl: boolean;
  /** Focus is on the list. */
  onList?: boolean;
}

type Press = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing' | 'keyCode'
> & { getModifierState?: (key: string) => boolean };

const LETTERS: Readonly<Record<string, Act>> = {
  j: 'next',
  k: 'previous',
  u: 'back',
  c: 'claim',
  n: 'note',
  p: 'copyPix',
  b: 'copyBoleto',
  l: 'copyLink',
  i: 'context',
  s: 'sources',
  m: 'templates',
  r: 'reply',
  e: 'resolve',
  h: 'snooze',
  t: 'label',
  a: 'assign',
  o: 'received',
  f: 'filter',
  g: 'go',
  x: 'pick',
};

const ARROWS: Readonly<Record<string, 'next' | 'previous'>> = { ArrowDown: 'next', ArrowUp: 'previous' };
const REACH = { next: 'reachNext', previous: 'reachPrevious' } as const;

/** Lists each act with the keys the help sheet and the palette print. */
export const KEYS_OF: Readonly<Record<Act | 'template' | 'send', readonly string[]>> = {
  next: ['j'],
  previous: ['k'],
  open: ['Enter'],
  back: ['u'],
  claim: ['c'],
  note: ['n'],
  copyPix: ['p'],
  copyBoleto: ['b'],
  copyLink: ['l'],
  context: ['i'],
  sources: ['s'],
  templates: ['m'],
  template: ['1', '9'],
  send: ['Enter'],
  search: ['Ctrl K'],
  find: ['/'],
  filter: ['f'],
  go: ['g'],
  pick: ['x'],
  reachNext: ['Shift ↓'],
  reachPrevious: ['Shift ↑'],
  pickAll: ['Ctrl A'],
  help: ['?'],
  close: ['Esc'],
  undo: ['Ctrl Z'],
  reply: ['r'],
  resolve: ['e'],
  snooze: ['h'],
  label: ['t'],
  assign: ['a'],
  received: ['o'],
};

/** Returns what a press means there, or `null` to leave it to the browser. */
export function read(press: Press, place: Place): Pressed | null {
  if (press.isComposing || press.keyCode === 229 || press.key === 'Dead') return null;
  if (press.altKey || press.getModifierState?.('AltGraph')) return null;
  if (press.ctrlKey || press.metaKey) return chord(press, place);
  if (press.key === 'Escape') return place.covered ? null : { act: 'close' };
  if (place.typing || place.covered) return null;
  const arrow = ARROWS[press.key];
  if (arrow) return { act: press.shiftKey ? REACH[arrow] : arrow };
  if (press.key === 'Enter' && !place.onControl) return { act: 'open' };
  return place.singleKeys ? single(press) : null;
}

function chord(press: Press, place: Place): Pressed | null {
  const letter = press.key.toLowerCase();
  if (press.shiftKey) return null;
  if (letter === 'k') return { act: 'search' };
  if (letter === 'a' && place.onList && !place.covered) return { act: 'pickAll' };
  if (letter === 'z' && !place.typing && !place.covered) return { act: 'undo' };
  return null;
}

function single(press: Press): Pressed | null {
  if (press.key === '?') return { act: 'help' };
  if (press.key === '/') return { act: 'find' };
  if (press.shiftKey) return null;
  if (/^[1-9]$/.test(press.key)) return { act: 'template', n: Number(press.key) };
  const act = LETTERS[press.key.toLowerCase()];
  return act ? { act } : null;
}

/** Tells whether an element takes text. */
export function takesText(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element instanceof HTMLTextAreaElement) return true;
  if (element instanceof HTMLSelectElement) return true;
  if (!(element instanceof HTMLInputElement)) return false;
  return !['button', 'checkbox', 'radio', 'range', 'submit'].includes(element.type);
}

/** Tells whether an element has its own use for Enter. */
export function usesEnter(element: Element | null): boolean {
  return element?.closest('button, a[href], [role="menuitem"], [role="radio"], summary') != null;
}
