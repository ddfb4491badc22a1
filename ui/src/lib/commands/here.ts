/** Commands that follow from what is there: saved views, and what can be done to the open conversation, each by name. */
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import Bookmark from '@lucide/svelte/icons/bookmark';
import ShoppingBag from '@lucide/svelte/icons/shopping-bag';
import Tag from '@lucide/svelte/icons/tag';
import UserPlus from '@lucide/svelte/icons/user-plus';
import Users from '@lucide/svelte/icons/users';
import { focusList } from '../focus';
import { t } from '../i18n.svelte';
import { presets } from '../snooze';
import type { App } from '../state/app.svelte';
import { said, type Command } from './command';
import { already, notYours } from './reasons';

/** How many saved views have a digit after the key that goes. */
const DIGITS = 9;

/** Returns the commands there are here, as far as what they name is known without asking. */
export function here(app: App, now: number): Command[] {
  const open = app.thread.view && app.bulk.picked.count === 0;
  return [
    ...(open ? [...snoozes(app, now), ...orders(app), ...members(app), ...labels(app)] : []),
    ...savedViews(app),
  ];
}

/** Returns the saved views as commands. */
export function savedViews(app: App): Command[] {
  return app.narrowing.views.map((view, place) =>
    said(`saved.${view.id}`, 'views', () => t('act.goto', { view: view.name }), {
      icon: view.team ? Users : Bookmark,
      after: place < DIGITS ? String(place + 1) : '',
      why: (app) => already(app.list.listed.saved === view.id),
      tells: () => true,
      run: (app) => {
        void app.showSaved(view.id);
        focusList();
      },
    }),
  );
}

function snoozes(app: App, now: number): Command[] {
  if (app.thread.view?.handling.state === 'resolved') return [];
  return presets(app.thread.order, now).map(({ id, words, until }) =>
    said(`snooze.${id}`, 'conversation', () => t('act.snoozeFor', { when: words }), {
      icon: AlarmClock,
      run: (app) => void app.acts.snooze(until),
    }),
  );
}

function orders(app: App): Command[] {
  const all = app.thread.view?.orders ?? [];
  if (all.length < 2) return [];
  return all.map(({ orderKey, reference, items }) =>
    said(
      `order.${orderKey}`,
      'order',
      () => [t('act.order', { ref: reference }), items[0]?.name].filter(Boolean).join(' · '),
      {
        icon: ShoppingBag,
        why: (app) => already(app.thread.order?.orderKey === orderKey),
        run: (app) => app.chooseOrder(orderKey),
      },
    ),
  );
}

function members(app: App): Command[] {
  return app.acts.members.map((one) =>
    said(
      `assign.${one.id}`,
      'conversation',
      () => t('act.assignTo', { who: one.isMe ? t('handling.me', { name: one.name }) : one.name }),
      {
        icon: UserPlus,
        why: (app) => notYours(app) ?? already(app.thread.view?.owner?.id === one.id),
        run: (app) => void app.acts.assign(one),
      },
    ),
  );
}

function labels(app: App): Command[] {
  const on = app.thread.view?.labels ?? [];
  const has = (label: string) => on.some((one) => one.toLowerCase() === label.toLowerCase());
  const all = [...on, ...app.acts.labels.filter((label) => !has(label))];
  return all.map((label) =>
    said(`label.${label}`, 'conversation', () => t(has(label) ? 'act.labelOff' : 'act.labelOn', { label }), {
      icon: Tag,
      run: (app) => void app.acts.toggleLabel(label),
    }),
  );
}
