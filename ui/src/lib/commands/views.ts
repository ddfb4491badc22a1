/** The commands that lead to views. After the key that goes, each has the first letter of its word that is still free. */
import { VIEW_ICON } from '../../ui/icons';
import { focusList } from '../focus';
import { t } from '../i18n.svelte';
import type { View } from '../types/View';
import { said } from './command';
import { already } from './reasons';

export const LETTERS: Readonly<Record<View, string>> = {
  due: 'v',
  steps: 's',
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

const ALL = Object.keys(LETTERS) as View[];

export const VIEWS = ALL.map((view) =>
  said(`goto.${view}` as `goto.${View}`, 'views', () => t('act.goto', { view: t(`view.${view}`) }), {
    icon: VIEW_ICON[view],
    after: LETTERS[view],
    why: (app) => already(app.list.view === view && app.list.listed.saved === null && !app.list.searching),
    // Gone to again, it is shown from its start.
    tells: () => true,
    run: (app) => {
      void app.show(view);
      focusList();
    },
  }),
);
