/** The commands of the open conversation: who has it, until when it waits, what is written, what is shown of it. */
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import AlarmClockOff from '@lucide/svelte/icons/alarm-clock-off';
import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import CalendarSearch from '@lucide/svelte/icons/calendar-search';
import Check from '@lucide/svelte/icons/check';
import Eraser from '@lucide/svelte/icons/eraser';
import FileDown from '@lucide/svelte/icons/file-down';
import Hand from '@lucide/svelte/icons/hand';
import ListFilter from '@lucide/svelte/icons/list-filter';
import Merge from '@lucide/svelte/icons/merge';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import MessageCircleReply from '@lucide/svelte/icons/message-circle-reply';
import PanelRight from '@lucide/svelte/icons/panel-right';
import Send from '@lucide/svelte/icons/send';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import Tag from '@lucide/svelte/icons/tag';
import UserPlus from '@lucide/svelte/icons/user-plus';
import { focusList } from '../focus';
import { hostError } from '../host';
import { t, type Key } from '../i18n.svelte';
import type { App } from '../state/app.svelte';
import { LONGEST } from '../state/composer.svelte';
import { failureText } from '../state/failures';
import type { TimelineOnly } from '../types/TimelineOnly';
import { command, said } from './command';
import {
  already,
  first,
  noConversation,
  notAdmin,
  nothingChosen,
  notLead,
  notYours,
  resolved,
  taken,
} from './reasons';

const ONLY: readonly (TimelineOnly | 'all')[] = ['all', 'purchases', 'messages', 'notes', 'handling'];

export const CONVERSATION = [
  said('claim', 'conversation', (app) => t(app ? claimWords(app) : 'act.claim'), {
    icon: Hand,
    key: 'c',
    also: 'act.claim',
    why: taken,
    run: (app) => void (picked(app) ? app.bulk.claim() : app.acts.claimOrRelease()),
  }),
  said('resolve', 'conversation', (app) => t(app ? resolveWords(app) : 'act.resolve'), {
    icon: Check,
    key: 'e',
    also: 'act.resolve',
    why: nothingChosen,
    run: (app) => void (picked(app) ? app.bulk.resolve() : app.acts.resolveOrReopen()),
  }),
  command('snooze', 'conversation', {
    icon: AlarmClock,
    key: 'h',
    why: resolved,
    run: (app) => ask(app, 'snooze'),
  }),
  command('assign', 'conversation', {
    icon: UserPlus,
    key: 'a',
    why: notYours,
    run: (app) => ask(app, 'assign'),
  }),
  command('label', 'conversation', {
    icon: Tag,
    key: 't',
    why: nothingChosen,
    run: (app) => ask(app, 'label'),
  }),
  command('wake', 'conversation', {
    icon: AlarmClockOff,
    why: (app) =>
      noConversation(app) ?? (app.thread.view?.handling.state === 'snoozed' ? null : t('cannot.notSnoozed')),
    run: (app) => void app.acts.wake(),
  }),
  command('context', 'conversation', {
    icon: PanelRight,
    key: 'i',
    why: noConversation,
    run: (app) => (app.layout.drawer = !app.layout.drawer),
  }),
  ...ONLY.map((only) =>
    said(
      `only.${only}` as `only.${TimelineOnly | 'all'}`,
      'conversation',
      () => t('act.only', { what: t(`only.${only}`) }),
      {
        icon: ListFilter,
        why: (app) => first(noConversation(app), already((app.thread.timeline.only ?? 'all') === only)),
        run: (app) => void app.thread.timeline.narrow(only === 'all' ? null : only),
      },
    ),
  ),
  command('jump', 'conversation', {
    icon: CalendarSearch,
    why: noConversation,
    run: (app) => app.acts.ask('jump'),
  }),
  command('newest', 'conversation', {
    icon: ArrowDownToLine,
    why: noConversation,
    run: (app) => void app.thread.timeline.toNewest(),
  }),
  command('merge', 'conversation', {
    icon: Merge,
    why: noConversation,
    run: (app) => app.acts.ask('merge'),
  }),
  command('export', 'conversation', {
    icon: FileDown,
    also: 'also.export',
    why: (app) => first(notLead(app), noConversation(app)),
    run: (app) => void exportData(app),
  }),
  command('erase', 'conversation', {
    icon: Eraser,
    also: 'also.erase',
    why: (app) => first(notAdmin(app), noConversation(app)),
    run: (app) => app.acts.ask('erase'),
  }),
];

export const WRITING = [
  command('reply', 'writing', {
    icon: MessageCircle,
    key: 'r',
    why: noConversation,
    run: (app) => app.composer.turn('message'),
  }),
  command('note', 'writing', {
    icon: StickyNote,
    key: 'n',
    why: noConversation,
    run: (app) => app.composer.turn('note'),
  }),
  command('received', 'writing', {
    icon: MessageCircleReply,
    key: 'o',
    why: noConversation,
    run: (app) => app.composer.turn('received'),
  }),
  command('send', 'writing', {
    icon: Send,
    key: 'Enter',
    holds: 'field',
    fixed: true,
    why: (app) => first(noConversation(app), unsendable(app)),
    run: (app) => void app.send().then((sent) => sent && focusList()),
  }),
];

const picked = (app: App) => app.bulk.picked.count > 0;

/** What taking would do now: a conversation that one has is given back. */
const claimWords = (app: App): Key =>
  !picked(app) && app.thread.view?.owner?.isMe ? 'thread.release' : 'thread.claim';

const resolveWords = (app: App): Key =>
  !picked(app) && app.thread.view?.handling.state === 'resolved' ? 'handling.reopen' : 'handling.resolve';

function ask(app: App, what: 'snooze' | 'assign' | 'label'): void {
  if (picked(app)) app.bulk.asking = what;
  else app.acts.ask(what);
}

/** Puts all that is held of the customer into a file, and says where it is. */
async function exportData(app: App): Promise<void> {
  const { view } = app.thread;
  if (!view) return;
  try {
    const { path } = await app.host.exportCustomer(view.id);
    app.toasts.say(`${t('export.done')} ${path}`);
  } catch (thrown) {
    app.toasts.say(failureText(hostError(thrown).code), null, 'refused');
  }
}

function unsendable(app: App): string | null {
  const { composer } = app;
  if (composer.mode === 'message' && composer.stop) return t('cannot.stopped');
  if (composer.mode !== 'received' && composer.current.trim() === '') return t('cannot.nothingWritten');
  return composer.current.length > LONGEST ? t('cannot.tooLong') : null;
}
