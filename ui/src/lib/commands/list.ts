/** The commands of the list: walking it, searching it, narrowing it, picking from it. */
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import ArrowUpToLine from '@lucide/svelte/icons/arrow-up-to-line';
import Bookmark from '@lucide/svelte/icons/bookmark';
import CornerDownLeft from '@lucide/svelte/icons/corner-down-left';
import CornerUpLeft from '@lucide/svelte/icons/corner-up-left';
import Filter from '@lucide/svelte/icons/list-filter';
import FilterX from '@lucide/svelte/icons/funnel-x';
import ListChecks from '@lucide/svelte/icons/list-checks';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Search from '@lucide/svelte/icons/search';
import SquareCheck from '@lucide/svelte/icons/square-check';
import X from '@lucide/svelte/icons/x';
import { FIELDS, type Field } from '../filters';
import { focusList } from '../focus';
import { t } from '../i18n.svelte';
import type { App } from '../state/app.svelte';
import { ALL } from '../state/row_list.svelte';
import { command, said } from './command';
import { emptyList } from './reasons';

const narrowed = (app: App) => (app.narrowing.narrowed ? null : t('cannot.noFilter'));

export const LIST = [
  command('next', 'list', {
    icon: ArrowDown,
    key: 'j',
    besides: ['ArrowDown'],
    run: (app) => app.move(1),
  }),
  command('previous', 'list', {
    icon: ArrowUp,
    key: 'k',
    besides: ['ArrowUp'],
    run: (app) => app.move(-1),
  }),
  command('open', 'list', {
    icon: CornerDownLeft,
    key: 'Enter',
    fixed: true,
    why: emptyList,
    run: (app) => void open(app),
  }),
  command('back', 'list', { icon: CornerUpLeft, key: 'u', run: focusList }),
  command('find', 'list', { icon: Search, key: '/', run: (app) => app.list.find() }),
  command('filter', 'list', { icon: Filter, key: 'f', run: (app) => (app.narrowing.menu = 'all') }),
  command('pick', 'list', { icon: SquareCheck, key: 'x', why: emptyList, run: pick }),
  command('reachNext', 'list', {
    icon: ArrowDownToLine,
    key: 'Shift+ArrowDown',
    fixed: true,
    why: emptyList,
    tells: () => true,
    run: (app) => reach(app, 1),
  }),
  command('reachPrevious', 'list', {
    icon: ArrowUpToLine,
    key: 'Shift+ArrowUp',
    fixed: true,
    why: emptyList,
    tells: () => true,
    run: (app) => reach(app, -1),
  }),
  command('pickAll', 'list', {
    icon: ListChecks,
    key: 'Mod+a',
    holds: 'list',
    why: emptyList,
    run: (app) => void pickAll(app),
  }),
  command('unpick', 'list', {
    icon: X,
    why: (app) => (app.bulk.picked.count > 0 ? null : t('cannot.nothingPicked')),
    run: (app) => app.bulk.picked.clear(),
  }),
  command('reorder', 'list', {
    icon: RefreshCw,
    why: (app) => (app.list.fresh.size > 0 ? null : t('cannot.nothingNew')),
    run: (app) => void app.list.resort(),
  }),
  command('clearFilter', 'list', {
    icon: FilterX,
    why: narrowed,
    run: (app) => void app.narrowing.clear(),
  }),
  command('saveView', 'list', {
    icon: Bookmark,
    why: narrowed,
    run: (app) => (app.narrowing.dialog = { ask: 'save', view: mayChange(app) }),
  }),
  ...FIELDS.map((field) =>
    said(
      `filter.${field}` as `filter.${Field}`,
      'list',
      () => t('act.filterBy', { what: t(`filter.field.${field}`) }),
      { icon: Filter, run: (app) => (app.narrowing.menu = field) },
    ),
  ),
];

/** Returns the saved view on screen where the member may change it. */
function mayChange(app: App) {
  const { saved } = app.narrowing;
  return saved && (!saved.team || app.boot?.desk?.role !== 'agent') ? saved : null;
}

async function open(app: App): Promise<void> {
  const id = app.list.selected ?? app.list.move(1);
  if (!id) return;
  await app.open(id);
  app.composer.focusAsked += 1;
}

function pick(app: App): void {
  const id = app.list.selected ?? app.list.move(1);
  if (id) app.bulk.picked.toggle(id);
}

/** Picks the whole list, or as much of it as can be acted on at once; says so where that is not all. */
async function pickAll(app: App): Promise<void> {
  await app.list.readAll();
  const { rows, total } = app.list;
  app.bulk.picked.all(rows.slice(0, ALL));
  if (total > ALL) app.toasts.say(t('bulk.first', { n: ALL, total }));
}

/** Moves the selection and picks what it passes. */
function reach(app: App, by: number): void {
  const from = app.list.selected;
  app.list.touch(Date.now());
  const to = app.list.move(by);
  if (to) app.bulk.picked.reach(app.list.rows, from, to);
}
