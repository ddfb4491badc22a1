/** The commands that hold wherever one is: search, help, what opens, what is taken back. */
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import Bell from '@lucide/svelte/icons/bell';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import HelpCircle from '@lucide/svelte/icons/circle-question-mark';
import Keyboard from '@lucide/svelte/icons/keyboard';
import ListChecks from '@lucide/svelte/icons/list-checks';
import LogOut from '@lucide/svelte/icons/log-out';
import MessageSquareText from '@lucide/svelte/icons/message-square-text';
import PanelLeft from '@lucide/svelte/icons/panel-left';
import Search from '@lucide/svelte/icons/search';
import Send from '@lucide/svelte/icons/send';
import Settings from '@lucide/svelte/icons/settings';
import Undo2 from '@lucide/svelte/icons/undo-2';
import Users from '@lucide/svelte/icons/users';
import Webhook from '@lucide/svelte/icons/webhook';
import X from '@lucide/svelte/icons/x';
import { focusList, whereabouts } from '../focus';
import { t } from '../i18n.svelte';
import type { App } from '../state/app.svelte';
import { command } from './command';
import { noSources } from './reasons';

export const EVERYWHERE = [
  command('search', 'everywhere', {
    icon: Search,
    key: 'Mod+k',
    holds: 'anywhere',
    why: (app) => (app.sheet === 'palette' ? t('cannot.here') : null),
    tells: () => true,
    run: (app) => {
      app.helping = null;
      app.sheet = app.sheet === 'palette' ? null : 'palette';
    },
  }),
  command('help', 'everywhere', {
    icon: HelpCircle,
    key: '?',
    // For while one types.
    besides: ['F1'],
    holds: 'anywhere',
    also: 'also.help',
    run: (app) => (app.helping = whereabouts()),
  }),
  command('undo', 'everywhere', {
    icon: Undo2,
    key: 'Mod+z',
    why: (app) => (app.canUndo ? null : t('cannot.undo')),
    run: (app) => void app.undo(),
  }),
  command('go', 'everywhere', { icon: ArrowRight, key: 'g', run: (app) => app.layout.go() }),
  command('templates', 'everywhere', {
    icon: MessageSquareText,
    key: 'm',
    run: (app) => (app.sheet = 'templates'),
  }),
  command('sequences', 'everywhere', {
    icon: ListChecks,
    also: 'also.sequences',
    run: (app) => (app.sheet = 'sequences'),
  }),
  command('sources', 'everywhere', {
    icon: Webhook,
    key: 's',
    also: 'also.sources',
    why: noSources,
    // What opens for those says whose it is.
    tells: () => true,
    run: (app) => (app.sheet = 'sources'),
  }),
  command('people', 'everywhere', {
    icon: Users,
    also: 'also.people',
    run: (app) => (app.sheet = 'people'),
  }),
  command('outbox', 'everywhere', { icon: Send, run: (app) => (app.sheet = 'outbox') }),
  command('settings', 'everywhere', {
    icon: Settings,
    also: 'also.settings',
    run: (app) => (app.sheet = 'settings'),
  }),
  command('notices', 'everywhere', {
    icon: Bell,
    also: 'also.notices',
    run: (app) => (app.sheet = 'notices'),
  }),
  command('keys', 'everywhere', {
    icon: Keyboard,
    also: 'also.keys',
    run: (app) => (app.sheet = 'keys'),
  }),
  command('practice', 'everywhere', {
    icon: GraduationCap,
    also: 'also.practice',
    run: (app) => (app.sheet = 'practice'),
  }),
  command('rail', 'everywhere', { icon: PanelLeft, run: (app) => app.layout.toggleRail() }),
  command('close', 'everywhere', {
    icon: X,
    key: 'Escape',
    holds: 'leaving',
    fixed: true,
    run: close,
  }),
  command('signOut', 'everywhere', { icon: LogOut, run: (app) => (app.sheet = 'signOut') }),
];

/** Closes what is nearest: the drawer, a blocked template's word, note mode, a search, what is picked, the filter; then the field's focus. */
function close(app: App): void {
  const { composer, layout } = app;
  if (layout.drawer) layout.drawer = false;
  else if (composer.prompting) composer.prompting = null;
  else if (composer.blocked) composer.blocked = null;
  else if (composer.mode !== 'message' && composer.current === '') composer.mode = 'message';
  else clearList(app);
  focusList();
}

function clearList(app: App): void {
  const inList = document.activeElement?.closest('[data-zone="list"]') != null;
  if (!inList) return;
  if (app.list.finding) void app.list.endSearch();
  else if (app.bulk.picked.count > 0) app.bulk.picked.clear();
  else if (app.narrowing.narrowed) void app.narrowing.clear();
}
