/** Icons by meaning: a group of stages has one shape, a view the shape of its group. */
import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import Barcode from '@lucide/svelte/icons/barcode';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import Check from '@lucide/svelte/icons/check';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CreditCard from '@lucide/svelte/icons/credit-card';
import Diamond from '@lucide/svelte/icons/diamond';
import Hourglass from '@lucide/svelte/icons/hourglass';
import Inbox from '@lucide/svelte/icons/inbox';
import Layers from '@lucide/svelte/icons/layers';
import ListChecks from '@lucide/svelte/icons/list-checks';
import ShieldAlert from '@lucide/svelte/icons/shield-alert';
import ShoppingCart from '@lucide/svelte/icons/shopping-cart';
import Timer from '@lucide/svelte/icons/timer';
import Undo2 from '@lucide/svelte/icons/undo-2';
import User from '@lucide/svelte/icons/user';
import type { StageGroup } from '../lib/types/StageGroup';
import type { View } from '../lib/types/View';

export type Icon = typeof Timer;

export const GROUP_ICON: Record<StageGroup, Icon> = {
  cart: ShoppingCart,
  pix: Diamond,
  boleto: Barcode,
  analysis: Hourglass,
  overdue: CalendarClock,
  refused: CreditCard,
  expired: CircleDashed,
  approved: CircleCheck,
  refund: Undo2,
  chargeback: ShieldAlert,
};

export const VIEW_ICON: Record<View, Icon> = {
  due: Timer,
  steps: ListChecks,
  mine: User,
  unassigned: Inbox,
  all: Layers,
  snoozed: AlarmClock,
  resolved: Check,
  pix: Diamond,
  boleto: Barcode,
  cart: ShoppingCart,
  refused: CreditCard,
  approved: CircleCheck,
  refund: Undo2,
  chargeback: ShieldAlert,
};
