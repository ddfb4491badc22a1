/** Words for what the service tells by code or by key. */
import { t, type Key } from '../i18n.svelte';
import { ptBR } from '../i18n/pt-BR';
import type { Delivery } from '../types/Delivery';
import type { SourceProblem } from '../types/SourceProblem';

function known(key: string): key is Key {
  return key in ptBR;
}

/** Names a setting or credential as its platform's panel calls it; unknown ones by their key. */
export function fieldName(field: string): string {
  const key = `field.${field}`;
  return known(key) ? t(key) : field;
}

/** Shows that something is kept, by its end. */
export function ending(lastFour: string): string {
  return `•••• ${lastFour}`.trim();
}

/** Says what is wrong at a place; the service's own sentence where the page has none. */
export function problemText(problem: SourceProblem): string {
  const key = `problem.${problem.code}`;
  return known(key) ? t(key) : problem.detail || problem.code;
}

/** Says why a delivery became no card. The service tells it in English for whoever mends it; here it is said by its kind. */
export function whyText(delivery: Pick<Delivery, 'result' | 'why' | 'path'>): string {
  if (delivery.why === '') return '';
  const words = t(`deliveryWhy.${whyKind(delivery)}`);
  return delivery.path !== '' && delivery.path !== '.' ? `${words}: ${delivery.path}` : words;
}

function whyKind({ result, why }: Pick<Delivery, 'result' | 'why'>) {
  if (/credentials/i.test(why)) return 'credentials';
  if (why.endsWith('API confirms it')) return 'confirmed';
  if (why.startsWith('unconfirmed')) return 'unconfirmed';
  if (why.endsWith('API shows another state')) return 'contradicted';
  if (why.endsWith('API knows no such order')) return 'denied';
  if (result === 'accepted') return 'fetched';
  return result;
}

/** Names what a delivery tells of, in the platform's word. */
export function eventName(delivery: Pick<Delivery, 'event'>): string {
  return delivery.event === '' ? t('deliveries.noEvent') : delivery.event;
}

/** Says why a webhook was not registered. */
export function registerReason(reason: string | null): string {
  const key = `register.reason.${reason ?? ''}`;
  return known(key) ? t(key) : t('register.reason.other');
}

/** Says what stands in a job's way. */
export function jobProblem(code: string): string {
  const key = `fail.${code}`;
  return known(key) ? t(key) : t('history.problem', { code });
}

/** Names a kind of records that can be read back. */
export function kindName(kind: string): string {
  const key = `kind.${kind}`;
  return known(key) ? t(key) : kind;
}

/** Writes a size for the eye. */
export function bytes(n: number, tag: string): string {
  if (n < 1_024) return `${n.toLocaleString(tag)} B`;
  return `${(n / 1_024).toLocaleString(tag, { maximumFractionDigits: 1 })} KB`;
}

/** Names a platform; a source of the seller's own has no platform's name. */
export function platformName(slug: string, name: string): string {
  return slug === 'custom' ? t('sources.customName') : name || slug;
}
