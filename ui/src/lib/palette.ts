/** The commands of the palette: what keys do, and what has no key. */
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import Check from '@lucide/svelte/icons/check';
import ClipboardCopy from '@lucide/svelte/icons/clipboard-copy';
import Hand from '@lucide/svelte/icons/hand';
import HelpCircle from '@lucide/svelte/icons/circle-question-mark';
import MessageCircleReply from '@lucide/svelte/icons/message-circle-reply';
import MessageSquareText from '@lucide/svelte/icons/message-square-text';
import Moon from '@lucide/svelte/icons/moon';
import PanelLeft from '@lucide/svelte/icons/panel-left';
import PanelRight from '@lucide/svelte/icons/panel-right';
import Send from '@lucide/svelte/icons/send';
import Settings from '@lucide/svelte/icons/settings';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import Sun from '@lucide/svelte/icons/sun';
import Tag from '@lucide/svelte/icons/tag';
import Undo2 from '@lucide/svelte/icons/undo-2';
import UserPlus from '@lucide/svelte/icons/user-plus';
import Webhook from '@lucide/svelte/icons/webhook';
import { VIEW_ICON, type Icon } from '../ui/icons';
import { t } from './i18n.svelte';
import type { Act } from './keys';
import type { App } from './state/app.svelte';
import type { View } from './types/View';

export type Command = { words: string; icon: Icon } & ({ pressed: { act: Act } } | { run: () => void });

const VIEWS = Object.keys(VIEW_ICON) as View[];

/** Returns what can be done now, the likeliest first. */
export function commands(app: App): Command[] {
  const open = app.thread.view !== null;
  const order = app.thread.order;
  const key = (act: Act, icon: Icon): Command => ({ words: t(`act.${act}`), icon, pressed: { act } });
  const doing = (words: string, icon: Icon, run: () => void): Command => ({ words, icon, run });
  const inConversation: Command[] = open
    ? [
        key('claim', Hand),
        key('resolve', Check),
        key('snooze', AlarmClock),
        key('assign', UserPlus),
        key('label', Tag),
        key('note', StickyNote),
        key('received', MessageCircleReply),
      ]
    : [];
  if (order?.pix) inConversation.push(key('copyPix', ClipboardCopy));
  if (order?.boleto) inConversation.push(key('copyBoleto', ClipboardCopy));
  if (order?.checkout) inConversation.push(key('copyLink', ClipboardCopy));
  if (open) inConversation.push(key('context', PanelRight));
  const dark = document.documentElement.dataset.theme === 'dark';
  return [
    ...inConversation,
    ...(app.canUndo ? [key('undo', Undo2)] : []),
    ...VIEWS.map((view) =>
      doing(t('act.goto', { view: t(`view.${view}`) }), VIEW_ICON[view], () => void app.show(view)),
    ),
    doing(t('act.settings'), Settings, () => (app.sheet = 'settings')),
    key('sources', Webhook),
    key('templates', MessageSquareText),
    doing(t('act.outbox'), Send, () => (app.sheet = 'outbox')),
    dark
      ? doing(t('act.themeLight'), Sun, () => void app.put({ theme: 'light' }))
      : doing(t('act.themeDark'), Moon, () => void app.put({ theme: 'dark' })),
    doing(t('act.rail'), PanelLeft, () => app.layout.toggleRail()),
    key('help', HelpCircle),
  ];
}
