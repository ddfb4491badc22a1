/** The commands of the order in hand: what can be copied and opened, and the templates under the keys 1 to 9. */
import ClipboardCopy from '@lucide/svelte/icons/clipboard-copy';
import ListChecks from '@lucide/svelte/icons/list-checks';
import ExternalLink from '@lucide/svelte/icons/external-link';
import MessageSquareText from '@lucide/svelte/icons/message-square-text';
import { t } from '../i18n.svelte';
import type { App } from '../state/app.svelte';
import { command, said } from './command';
import { noConversation, noOrder } from './reasons';

const hasOrder = (app: App) => app.thread.order !== null;

/** Lists the keys templates lie under. */
export const TEMPLATE_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
type TemplateName = `template${(typeof TEMPLATE_KEYS)[number]}`;

export const ORDER = [
  ...TEMPLATE_KEYS.map((n) =>
    said(`template${n}` as TemplateName, 'order', (app) => templateWords(n, app), {
      icon: MessageSquareText,
      also: 'also.template',
      key: String(n),
      why: (app) => noTemplate(app, n),
      tells: (app) => chipAt(app, n) !== undefined,
      run: (app) => void app.composer.use(n),
    }),
  ),
  command('step', 'order', {
    icon: ListChecks,
    key: 'd',
    also: 'also.step',
    why: (app) => noOrder(app) ?? (app.thread.order?.sequence?.state === 'due' ? null : t('cannot.noStep')),
    run: (app) => void app.composer.takeStep(),
  }),
  command('copyPix', 'order', {
    icon: ClipboardCopy,
    key: 'p',
    why: noPix,
    tells: hasOrder,
    run: (app) => void app.taking.copy('pix'),
  }),
  command('copyBoleto', 'order', {
    icon: ClipboardCopy,
    key: 'b',
    why: (app) => noOrder(app) ?? (app.thread.order?.boleto?.line ? null : t('cannot.noBoleto')),
    tells: hasOrder,
    run: (app) => void app.taking.copy('boleto'),
  }),
  command('copyLink', 'order', {
    icon: ClipboardCopy,
    key: 'l',
    why: noLink,
    tells: hasOrder,
    run: (app) => void app.taking.copy('link'),
  }),
  command('openLink', 'order', {
    icon: ExternalLink,
    why: noLink,
    run: (app) => void app.taking.open('checkout'),
  }),
  command('openOrder', 'order', {
    icon: ExternalLink,
    why: (app) => noOrder(app) ?? (app.thread.order?.orderLink ? null : t('cannot.noOrderLink')),
    run: (app) => void app.taking.open('order'),
  }),
];

function noPix(app: App): string | null {
  const reason = noOrder(app);
  if (reason !== null) return reason;
  const pix = app.thread.order?.pix;
  if (!pix) return t('cannot.noPix');
  return pix.state === 'alive' ? null : t(`cannot.pix.${pix.state}`);
}

function noLink(app: App): string | null {
  return noOrder(app) ?? (app.thread.order?.checkout ? null : t('cannot.noLink'));
}

function chipAt(app: App, n: number) {
  return app.thread.view ? app.composer.chips.find((chip) => chip.key === n) : undefined;
}

function templateWords(n: number, app?: App): string {
  const chip = app && chipAt(app, n);
  return chip ? t('act.templateNamed', { name: chip.name }) : t('act.templateAt', { n: String(n) });
}

function noTemplate(app: App, n: number): string | null {
  const reason = noConversation(app);
  if (reason !== null) return reason;
  const chip = chipAt(app, n);
  if (!chip) return t('cannot.noTemplate');
  return chip.fills ? null : t('cannot.hole', { what: chip.missing.join(', ') });
}
