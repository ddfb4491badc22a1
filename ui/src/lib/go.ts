/** The letters that, after `g`, lead to the views. Each is the first of its word that is still free. */
import type { View } from './types/View';

export const GO: Readonly<Record<View, string>> = {
  due: 'v',
  mine: 'm',
  unassigned: 'n',
  all: 't',
  snoozed: 'a',
  resolved: 'r',
  pix: 'p',
  boleto: 'b',
  cart: 'c',
  refused: 'u',
  approved: 'o',
  refund: 'e',
  chargeback: 'h',
};

const VIEWS = Object.keys(GO) as View[];

/** Returns the view a letter stands for. */
export function viewOf(letter: string): View | null {
  return VIEWS.find((view) => GO[view] === letter) ?? null;
}
