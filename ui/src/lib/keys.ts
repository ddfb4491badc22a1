/**
 * Reads key presses into keys as settings write them: `j`, `?`, `Shift+ArrowDown`, `Mod+k`. Letters and symbols go by the
 * character that was produced, so what is printed on the key cap types it on any layout. Knows no command.
 */

/** Says where a command's key holds. */
export type Holds =
  /** Wherever one is, also over a dialog. */
  | 'anywhere'
  /** In the zones, while nothing lies over them. */
  | 'zones'
  /** In the list, while it has the focus. */
  | 'list'
  /** In the zones, also while typing there. */
  | 'leaving'
  /** In the field itself, which reads it by itself. */
  | 'field';

/** Says where the press happened. */
export interface Place {
  /** Focus is in a field that takes text, or in a menu that looks for what is typed. */
  typing: boolean;
  /** A dialog lies over the zones. */
  covered: boolean;
  /** Focus is on something that has its own use for Enter, as a button. */
  onControl: boolean;
  /** Focus is on the list. */
  onList?: boolean;
}

export type Press = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing' | 'keyCode'
> & { getModifierState?: (key: string) => boolean };

const NAMED =
  /^(Enter|Escape|Tab|Backspace|Delete|Insert|Home|End|PageUp|PageDown|Arrow(Up|Down|Left|Right)|F\d{1,2})$/;
const MOD = 'Mod+';
const SHIFT = 'Shift+';

/** Chords that belong to the text while one types, whatever else they do. */
const EDITING = /^Mod\+(Shift\+)?([abcivuxyz]|Enter|Backspace|Delete|Home|End|Arrow(Up|Down|Left|Right))$/;

const FUNCTION = /^(Mod\+)?(Shift\+)?F\d{1,2}$/;

/** Returns the key that was pressed, or `null` where a character is still being composed or the system means another one. */
export function keyOf(press: Press): string | null {
  if (press.isComposing || press.keyCode === 229) return null;
  // AltGr types a third character; some systems report it as Ctrl and Alt.
  if (press.altKey || press.getModifierState?.('AltGraph')) return null;
  const mod = press.ctrlKey || press.metaKey ? MOD : '';
  const shift = press.shiftKey ? SHIFT : '';
  const { key } = press;
  if (key === ' ') return `${mod}${shift}Space`;
  if ([...key].length !== 1) return NAMED.test(key) ? `${mod}${shift}${key}` : null;
  if (/\p{L}/u.test(key)) return `${mod}${shift}${key.toLowerCase()}`;
  // Shift only chose the symbol. Larger is asked for by the plus, or by the key it shares with the equals sign.
  return `${mod}${mod && key === '=' ? '+' : key}`;
}

/** Tells whether a key is a character by itself, which a hand may hit by chance. */
export function isSingle(key: string): boolean {
  return key !== '' && !key.startsWith(MOD) && [...bare(key)].length === 1;
}

/** Tells whether a key is one that `keyOf` could have returned. */
export function isKey(key: string): boolean {
  const named = bare(key.startsWith(MOD) ? key.slice(MOD.length) : key);
  return [...named].length === 1 ? named !== ' ' : named === 'Space' || NAMED.test(named);
}

/** Tells whether a press of a key acts there, for a command whose key holds so far. */
export function acts(key: string, holds: Holds, place: Place): boolean {
  if (holds === 'field') return false;
  if (holds === 'leaving') return !place.covered;
  if (place.covered && holds !== 'anywhere') return false;
  if (holds === 'list' && !place.onList) return false;
  // Neither writes nor moves anything in a text.
  if (place.typing) return FUNCTION.test(key) || (key.startsWith(MOD) && !EDITING.test(key));
  return !(place.onControl && (key === 'Enter' || key === 'Space'));
}

/** Tells whether a press only begins a character, as the key of an accent does. */
export function beginsCharacter(press: Pick<Press, 'key'>): boolean {
  return press.key === 'Dead' || press.key === 'Compose';
}

const SIGNS: Readonly<Record<string, string>> = {
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Delete: 'Del',
  Insert: 'Ins',
};

/** Returns a key as it is printed: `Ctrl K`, `Shift ↓`, `j`; with a Mac's sign for its own key. */
export function printed(key: string, mac = false): string {
  const chord = key.startsWith(MOD);
  const rest = chord ? key.slice(MOD.length) : key;
  const shifted = rest.startsWith(SHIFT) && rest.length > SHIFT.length;
  const named = shifted ? rest.slice(SHIFT.length) : rest;
  const last = chord || shifted ? named.toUpperCase() : named;
  const sign = SIGNS[named] ?? ([...named].length === 1 ? last : named);
  return [chord && (mac ? '⌘' : 'Ctrl'), shifted && 'Shift', sign].filter(Boolean).join(' ');
}

function bare(key: string): string {
  return key.startsWith(SHIFT) && key.length > SHIFT.length ? key.slice(SHIFT.length) : key;
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
