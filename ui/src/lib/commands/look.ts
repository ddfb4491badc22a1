/** The settings' choices, each as a command. */
import Bell from '@lucide/svelte/icons/bell';
import BellOff from '@lucide/svelte/icons/bell-off';
import Contrast from '@lucide/svelte/icons/contrast';
import FoldHorizontal from '@lucide/svelte/icons/fold-horizontal';
import KeyboardIcon from '@lucide/svelte/icons/keyboard';
import KeyboardOff from '@lucide/svelte/icons/keyboard-off';
import Languages from '@lucide/svelte/icons/languages';
import Monitor from '@lucide/svelte/icons/monitor';
import Moon from '@lucide/svelte/icons/moon';
import Rows3 from '@lucide/svelte/icons/rows-3';
import Sun from '@lucide/svelte/icons/sun';
import Type from '@lucide/svelte/icons/type';
import UnfoldHorizontal from '@lucide/svelte/icons/unfold-horizontal';
import Volume2 from '@lucide/svelte/icons/volume-2';
import VolumeX from '@lucide/svelte/icons/volume-x';
import ZoomIn from '@lucide/svelte/icons/zoom-in';
import ZoomOut from '@lucide/svelte/icons/zoom-out';
import type { Icon } from '../../ui/icons';
import { t, type Key } from '../i18n.svelte';
import type { App } from '../state/app.svelte';
import { LIST_LEAST, LIST_MOST, LIST_STEP } from '../state/layout.svelte';
import type { Settings } from '../types/Settings';
import { command, said } from './command';
import { already } from './reasons';

/** Lists the sizes everything can have, in per cent. */
export const ZOOMS = [80, 90, 100, 110, 125, 150] as const;

type Chosen = 'theme' | 'locale' | 'density' | 'contrast';
type Turned = 'singleKeys' | 'notifySales' | 'notifyMine' | 'notifySound';

/** Writes down one choice of a setting. */
function choice<F extends Chosen>(field: F, is: Settings[F], icon: Icon, label: Key, word: Key) {
  return said(
    `${field}.${is}` as `${F}.${Settings[F]}`,
    'look',
    () => t('act.choose', { what: t(label), is: t(word) }),
    {
      icon,
      why: (app) => already(app.settings?.[field] === is),
      run: (app) => void app.put({ [field]: is }),
    },
  );
}

/** Writes down turning a setting on or off. */
function turning<F extends Turned, S extends 'on' | 'off'>(field: F, to: S, icon: Icon) {
  const on = to === 'on';
  return said(
    `${field}.${to}` as `${F}.${S}`,
    'look',
    () => t(on ? 'act.turnOn' : 'act.turnOff', { what: t(`settings.${field}`) }),
    {
      icon,
      why: (app) => already(app.settings?.[field] === on),
      run: (app) => void app.put({ [field]: on }),
    },
  );
}

export const LOOK = [
  choice('theme', 'light', Sun, 'settings.theme', 'settings.theme.light'),
  choice('theme', 'dark', Moon, 'settings.theme', 'settings.theme.dark'),
  choice('theme', 'system', Monitor, 'settings.theme', 'settings.theme.system'),
  choice('density', 'compact', Rows3, 'settings.density', 'settings.density.compact'),
  choice('density', 'standard', Rows3, 'settings.density', 'settings.density.standard'),
  choice('density', 'cozy', Rows3, 'settings.density', 'settings.density.cozy'),
  choice('locale', 'pt-BR', Languages, 'settings.language', 'settings.language.pt-BR'),
  choice('locale', 'en', Languages, 'settings.language', 'settings.language.en'),
  choice('locale', 'system', Languages, 'settings.language', 'settings.language.system'),
  choice('contrast', 'more', Contrast, 'settings.contrast', 'settings.contrast.more'),
  choice('contrast', 'normal', Contrast, 'settings.contrast', 'settings.contrast.normal'),
  choice('contrast', 'system', Contrast, 'settings.contrast', 'settings.contrast.system'),
  command('zoomIn', 'look', {
    icon: ZoomIn,
    key: 'Mod++',
    holds: 'anywhere',
    why: (app) => (zoomOf(app) < (ZOOMS.at(-1) ?? 100) ? null : t('cannot.zoomIn')),
    run: (app) =>
      zoom(
        app,
        ZOOMS.find((step) => step > zoomOf(app)),
      ),
  }),
  command('zoomOut', 'look', {
    icon: ZoomOut,
    key: 'Mod+-',
    holds: 'anywhere',
    why: (app) => (zoomOf(app) > ZOOMS[0] ? null : t('cannot.zoomOut')),
    run: (app) =>
      zoom(
        app,
        ZOOMS.findLast((step) => step < zoomOf(app)),
      ),
  }),
  command('zoomReset', 'look', {
    icon: Type,
    key: 'Mod+0',
    holds: 'anywhere',
    // Pressed where nothing has to change, it is not worth a word.
    why: (app) => already(zoomOf(app) === 100),
    tells: () => true,
    run: (app) => zoom(app, 100),
  }),
  ...ZOOMS.map((step) =>
    said(
      `zoom.${step}` as `zoom.${(typeof ZOOMS)[number]}`,
      'look',
      () => t('act.choose', { what: t('settings.zoom'), is: t('settings.zoomOf', { n: step }) }),
      { icon: Type, why: (app) => already(zoomOf(app) === step), run: (app) => zoom(app, step) },
    ),
  ),
  // What the narrow edge between list and conversation does, for whom it is too small to catch.
  command('widenList', 'look', {
    icon: UnfoldHorizontal,
    also: 'also.listWidth',
    why: ({ layout }) => (layout.listWidth < LIST_MOST ? null : t('cannot.widenList')),
    run: ({ layout }) => layout.resize(layout.listWidth + 2 * LIST_STEP),
  }),
  command('narrowList', 'look', {
    icon: FoldHorizontal,
    also: 'also.listWidth',
    why: ({ layout }) => (layout.listWidth > LIST_LEAST ? null : t('cannot.narrowList')),
    run: ({ layout }) => layout.resize(layout.listWidth - 2 * LIST_STEP),
  }),
  turning('singleKeys', 'on', KeyboardIcon),
  turning('singleKeys', 'off', KeyboardOff),
  turning('notifySales', 'on', Bell),
  turning('notifySales', 'off', BellOff),
  turning('notifyMine', 'on', Bell),
  turning('notifyMine', 'off', BellOff),
  turning('notifySound', 'on', Volume2),
  turning('notifySound', 'off', VolumeX),
];

function zoomOf(app: App): number {
  return app.settings?.zoom ?? 100;
}

function zoom(app: App, to: number | undefined): void {
  if (to !== undefined && to !== zoomOf(app)) void app.put({ zoom: to });
}
