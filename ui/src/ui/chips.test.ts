import { expect, test } from 'vitest';
import { chipBeside, chipForm, type ChipPiece, type Chosen } from './chips';

test.each<[Chosen | null, string]>([
  [null, 'closed'],
  [{ from: 0, to: 0 }, 'closed'],
  [{ from: 10, to: 10 }, 'closed'],
  [{ from: 20, to: 20 }, 'closed'],
  [{ from: 11, to: 11 }, 'open'],
  [{ from: 19, to: 19 }, 'open'],
  [{ from: 10, to: 20 }, 'picked'],
  [{ from: 0, to: 99 }, 'picked'],
  [{ from: 0, to: 15 }, 'open'],
  [{ from: 15, to: 99 }, 'open'],
  [{ from: 20, to: 30 }, 'closed'],
])('a chip from 10 to 20 while %j is chosen is %s', (chosen, form) => {
  expect(chipForm(10, 20, chosen)).toBe(form);
});

const pieces: ChipPiece[] = [
  { text: 'Oi, ', label: null, start: 0 },
  { text: '{{ product }}', label: 'produto', start: 4 },
  { text: '{{ amount }}', label: 'valor', start: 17 },
  { text: '!', label: null, start: 29 },
];

test.each<[number, 'before' | 'after', string | null]>([
  [4, 'before', null],
  [4, 'after', 'produto'],
  [17, 'before', 'produto'],
  [17, 'after', 'valor'],
  [29, 'before', 'valor'],
  [29, 'after', null],
  [10, 'before', null],
  [30, 'before', null],
])('at %i, deleting what is %s takes %s', (caret, side, label) => {
  expect(chipBeside(pieces, caret, side)?.label ?? null).toBe(label);
});
