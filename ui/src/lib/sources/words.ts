/** Words for what the service tells by code or by key. */
import { t, type Key } from '../i18n.svelte';
import { ptBR } from '../i18n/pt-BR';
import { placeOf, type Fault, type Typed } from './settings';
import type { Delivery } from '../types/Delivery';
import type { SourceField } from '../types/SourceField';
import type { SourceProblem } from '../types/SourceProblem';

const known = (key: string): key is Key => key in ptBR;

/** Names a setting or credential as its platform's panel calls it; unknown ones by their key. */
export function fieldName(field: string, platform = ''): string {
  const keys = [`field.${platform}.${field}`, `field.${field}`];
  const key = keys.find(known);
  return key === undefined ? field : t(key);
}

/** Says what an empty field comes to, where that is worth saying. */
export function fieldHint(field: string): string {
  const key = `fieldHint.${field}`;
  return known(key) ? t(key) : '';
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

/** What is said at a field, and for a table in which row and at which half of it; `null` where it is about the whole. */
export interface Failure {
  field: string;
  row: number | null;
  half: 'word' | 'is' | null;
  words: string;
}

/** Says what cannot be sent as it stands, or what the service would not take, where there is a field for it. */
export function failuresIn(
  fields: readonly SourceField[],
  typed: Typed,
  found: readonly Fault[],
  told: readonly SourceProblem[],
): Failure[] {
  const own = found.map(({ field, row, code }): Failure => {
    const half = row === null ? null : code === 'no_word' || code === 'twice' ? 'word' : 'is';
    return { field, row, half, words: t(`fault.${code}`) };
  });
  const placed = told.flatMap((problem): Failure[] => {
    const place = placeOf(problem, fields, typed);
    const half = place?.row == null ? null : problem.code === 'bad_word' ? 'word' : 'is';
    return place ? [{ ...place, half, words: capital(problemText(problem)) }] : [];
  });
  return [...own, ...placed];
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Says why a delivery became what it is, by the reason's name; its sentence is English, for whoever mends the source. */
export function whyText(delivery: Pick<Delivery, 'result' | 'why' | 'whyCode' | 'path'>): string {
  if (delivery.why === '') return '';
  const named = `deliveryWhy.${delivery.whyCode}`;
  const words = t(known(named) ? named : `deliveryWhy.${delivery.result}`);
  return delivery.path !== '' && delivery.path !== '.' ? `${words}: ${delivery.path}` : words;
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
