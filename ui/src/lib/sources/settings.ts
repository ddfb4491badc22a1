/**
 * What is typed into a source's settings, each in the form the service says it has: texts, numbers, links, and tables of a
 * shop's own words. Knows no platform and no setting by name but how often a source is asked. Pure.
 */
import { fold } from '../fold';
import type { FieldForm } from '../types/FieldForm';
import type { SourceField } from '../types/SourceField';
import type { SourcePlatform } from '../types/SourcePlatform';
import type { SourceProblem } from '../types/SourceProblem';
import type { Stage } from '../types/Stage';

export type TableForm = 'stages' | 'links';

/** One row of a table: the shop's word, and the stage or the link it stands for. */
export interface Row {
  word: string;
  is: string;
}

/** What is in the fields; it need not be sound while it is typed. */
export interface Typed {
  texts: Readonly<Record<string, string>>;
  tables: Readonly<Record<string, readonly Row[]>>;
}

/** Says what is wrong in a field, and for a table in which row. */
export interface Fault {
  field: string;
  row: number | null;
  code: 'not_number' | 'no_currency' | 'no_word' | 'twice' | 'no_stage' | 'no_link';
}

const RECONCILED: SourceField = {
  name: 'reconcileMinutes',
  required: false,
  secret: false,
  form: 'number',
};

/** Every stage a word can stand for, in the order of a purchase. Written out so that none can be forgotten. */
const RANKS: Readonly<Record<Stage, number>> = {
  cart_abandoned: 0,
  checkout_started: 1,
  checkout_completed: 2,
  payment_pending: 3,
  in_analysis: 4,
  pix_generated: 5,
  boleto_generated: 6,
  payment_authorized: 7,
  partially_paid: 8,
  payment_overdue: 9,
  payment_refused: 10,
  payment_expired: 11,
  cancelled: 12,
  subscription_canceled: 13,
  purchase_approved: 14,
  subscription_renewed: 15,
  purchase_completed: 16,
  fulfilled: 17,
  delivered: 18,
  partially_refunded: 19,
  refund_requested: 20,
  dispute_inquiry: 21,
  refunded: 22,
  chargeback: 23,
  chargeback_reversed: 24,
};
export const isStage = (name: string): name is Stage => Object.hasOwn(RANKS, name);
export const STAGES: readonly Stage[] = Object.keys(RANKS).filter(isStage);

export const isTable = (form: FieldForm): form is TableForm => form === 'stages' || form === 'links';

/** Returns what can be entered for a platform; how often it is asked can be said of each that can be asked. */
export function fieldsOf(platform: SourcePlatform | undefined): readonly SourceField[] {
  if (!platform) return [];
  const asked = platform.pulls.length > 0;
  const listed = platform.settings.some(({ name }) => name === RECONCILED.name);
  return asked && !listed ? [...platform.settings, RECONCILED] : platform.settings;
}

/** Tells whether a field can show what is kept: a table that this version cannot draw is left as it is. */
export function isShown(field: SourceField, kept: Record<string, unknown>): boolean {
  return isTable(field.form) || !isObject(kept[field.name]);
}

/** Reads what is kept into the fields. */
export function typedOf(fields: readonly SourceField[], kept: Record<string, unknown>): Typed {
  const texts: Record<string, string> = {};
  const tables: Record<string, readonly Row[]> = {};
  for (const { name, form } of fields) {
    const value = kept[name];
    if (isTable(form)) tables[name] = isObject(value) ? rowsOf(value) : [];
    else texts[name] = value === undefined || value === null || isObject(value) ? '' : String(value);
  }
  return { texts, tables };
}

/** Names what cannot be sent as it stands; empty when nothing is. */
export function faults(fields: readonly SourceField[], typed: Typed): Fault[] {
  return fields.flatMap(({ name, form }): Fault[] => {
    if (isTable(form)) return tableFaults(name, form, typed.tables[name] ?? []);
    const code = textFault(form, (typed.texts[name] ?? '').trim());
    return code ? [{ field: name, row: null, code }] : [];
  });
}

function textFault(form: FieldForm, text: string): Fault['code'] | null {
  if (text === '') return null;
  if (form === 'number') return /^\d{1,6}$/.test(text) ? null : 'not_number';
  if (form === 'currency') return /^[a-z]{3}$/i.test(text) ? null : 'no_currency';
  return form === 'link' && !isLink(text) ? 'no_link' : null;
}

/**
 * Returns all settings with what was typed in them. Only what differs from what was read is changed, so that what others,
 * or a program, entered stays as they did: a number a number, a row with more in it whole.
 */
export function entered(
  kept: Record<string, unknown>,
  fields: readonly SourceField[],
  read: Typed,
  typed: Typed,
): Record<string, unknown> {
  const next: Record<string, unknown> = { ...kept };
  for (const { name, form } of fields) {
    const value = isTable(form)
      ? tableIn(kept[name], read.tables[name] ?? [], typed.tables[name] ?? [])
      : textIn(kept[name], form, read.texts[name] ?? '', typed.texts[name] ?? '');
    if (value === undefined) delete next[name];
    else next[name] = value;
  }
  return next;
}

/** Finds the field, and the row, that the service's word of a fault is about; `null` where none is. */
export function placeOf(
  problem: SourceProblem,
  fields: readonly SourceField[],
  typed: Typed,
): { field: string; row: number | null } | null {
  const path = problem.path.replace(/^settings\./, '');
  // A shop's word may have dots of its own, so what follows the name is taken whole.
  const field = fields.find(({ name }) => path === name || path.startsWith(`${name}.`))?.name;
  if (field === undefined) return null;
  const word = path.slice(field.length + 1);
  const row = (typed.tables[field] ?? []).findIndex((one) => one.word.trim() === word);
  return { field, row: row < 0 ? null : row };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A row is the stage or link itself, or holds the stage by name. */
function rowsOf(table: Record<string, unknown>): Row[] {
  return Object.entries(table).map(([word, value]) => ({ word, is: meant(value) }));
}

function meant(value: unknown): string {
  if (isObject(value)) return typeof value.stage === 'string' ? value.stage : '';
  return typeof value === 'string' ? value : '';
}

function isBlank({ word, is }: Row): boolean {
  return word.trim() === '' && is.trim() === '';
}

function tableFaults(field: string, form: TableForm, rows: readonly Row[]): Fault[] {
  const same = (word: string) => (form === 'stages' ? fold(word) : word.trim());
  return rows.flatMap((one, row): Fault[] => {
    if (isBlank(one)) return [];
    if (one.word.trim() === '') return [{ field, row, code: 'no_word' }];
    const first = rows.findIndex((other) => same(other.word) === same(one.word));
    if (first < row) return [{ field, row, code: 'twice' }];
    if (form === 'stages' && !isStage(one.is)) return [{ field, row, code: 'no_stage' }];
    if (form === 'links' && !isLink(one.is)) return [{ field, row, code: 'no_link' }];
    return [];
  });
}

function isLink(text: string): boolean {
  try {
    return new URL(text.trim()).protocol === 'https:';
  } catch {
    return false;
  }
}

function textIn(kept: unknown, form: FieldForm, read: string, typed: string): unknown {
  const text = typed.trim();
  if (text === read.trim()) return kept;
  if (text === '') return undefined;
  return form === 'number' ? Number(text) : text;
}

function tableIn(kept: unknown, read: readonly Row[], typed: readonly Row[]): unknown {
  const before = isObject(kept) ? kept : {};
  const rows = typed.filter((row) => !isBlank(row)).map(({ word, is }) => [word.trim(), is.trim()] as const);
  const untouched =
    rows.length === read.length &&
    rows.every(([word, is], place) => word === read[place]?.word && is === read[place]?.is);
  if (untouched && (kept === undefined || isObject(kept))) return kept;
  if (rows.length === 0) return undefined;
  return Object.fromEntries(
    rows.map(([word, is]) => [
      word,
      meant(before[word]) === is && Object.hasOwn(before, word) ? before[word] : is,
    ]),
  );
}
