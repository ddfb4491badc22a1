/** What a template is made of, for who writes one: variables and how they are put into a text, stages, keys. Pure. */
import { fold } from './fold';
import type { Locale } from './types/Locale';
import type { StageGroup } from './types/StageGroup';
import type { TemplateCard } from './types/TemplateCard';
import type { TemplateDraft } from './types/TemplateDraft';
import type { TemplatePreview } from './types/TemplatePreview';
import { beginsWith } from './typeahead';

/** The variables there are; the program refuses any other. */
export const VARIABLES = [
  'customer.first_name',
  'customer.name',
  'product',
  'amount',
  'checkout_url',
  'pix.code',
  'pix.expires_in',
  'boleto.line',
  'boleto.due_on',
  'boleto.url',
  'order_url',
  'order.ref',
  'coupon',
  'store',
  'agent.name',
  'platform',
] as const;

export type VariableName = (typeof VARIABLES)[number];

/** Codes stand alone on their line, so that they can be copied whole. */
const ALONE: ReadonlySet<VariableName> = new Set(['pix.code', 'boleto.line']);

export const STAGE_GROUPS: readonly StageGroup[] = [
  'cart',
  'pix',
  'boleto',
  'analysis',
  'overdue',
  'refused',
  'expired',
  'approved',
  'refund',
  'chargeback',
];

/** Lists the variables whose label begins with what was typed, then those whose name does. */
export function offered(typed: string, label: (name: VariableName) => string): VariableName[] {
  if (typed === '') return [...VARIABLES];
  const byLabel = VARIABLES.filter((name) => beginsWith(label(name), typed));
  const byName = VARIABLES.filter((name) => name.startsWith(fold(typed)) && !byLabel.includes(name));
  return [...byLabel, ...byName];
}

export interface Written {
  start: number;
  end: number;
  /** A variable there is, or a question to the agent by its name. */
  name: VariableName | null;
  asks: string | null;
}

/** How a variable is called on screen. */
export type Label = (name: VariableName) => string;

const WRITTEN = /\{\{ *(\?)? *([^{}\n]{1,60}?) *\}\}/gu;
const held = (text: string) => text.replaceAll(' ', '\u00a0');
const freed = (text: string) => text.replaceAll('\u00a0', ' ');

function called(word: string, label: Label): VariableName | null {
  const wanted = fold(freed(word));
  return VARIABLES.find((name) => fold(label(name)) === wanted) ?? null;
}

/** Writes a variable by its label, in one piece: no line breaks within. */
export function byLabel(name: VariableName, label: Label): string {
  return `{{${held(label(name))}}}`;
}

/** Writes a template for the eye, its variables by their labels: about as long as the chips they are shown as. */
export function shownAs(text: string, label: Label): string {
  return text.replace(WRITTEN, (whole, question: string | undefined, word: string) => {
    if (question) return held(whole);
    const name = VARIABLES.find((one) => one === word);
    return name ? byLabel(name, label) : whole;
  });
}

/** Writes what is on screen as it is kept; what was typed by a variable's own name stays as it was typed. */
export function keptAs(shown: string, label: Label): string {
  return shown.replace(WRITTEN, (whole, question: string | undefined, word: string) => {
    const name = question ? null : called(word, label);
    return name ? `{{ ${name} }}` : freed(whole);
  });
}

/** Finds the variables and questions written in a template; what the program does not know is left out. */
export function writtenIn(text: string, label?: Label): Written[] {
  return [...text.matchAll(WRITTEN)].flatMap((found) => {
    const [whole, question, word = ''] = found;
    const name = VARIABLES.find((one) => one === word) ?? (label ? called(word, label) : null);
    const asks = question ? freed(word).trim() : null;
    if (asks === null && name === null) return [];
    const place = { start: found.index, end: found.index + whole.length };
    return [{ ...place, name: asks === null ? name : null, asks }];
  });
}

export interface Inserted {
  text: string;
  /** What is selected afterwards; a caret where both are the same. */
  from: number;
  to: number;
}

/** Puts a variable in place of a stretch of the text, by its own name unless told. */
export function inserted(
  text: string,
  start: number,
  end: number,
  name: VariableName,
  written = `{{ ${name} }}`,
): Inserted {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  const alone = ALONE.has(name);
  const above = alone && before !== '' && !before.endsWith('\n') ? '\n' : '';
  const below = alone && after !== '' && !after.startsWith('\n') ? '\n' : '';
  const whole = `${before}${above}${written}${below}`;
  return { text: whole + after, from: whole.length, to: whole.length };
}

/** Puts a question to the agent in place of a stretch of the text, with its name selected. */
export function asking(text: string, start: number, end: number, name: string): Inserted {
  const from = start + '{{?'.length;
  return {
    text: `${text.slice(0, start)}{{?${name}}}${text.slice(end)}`,
    from,
    to: from + name.length,
  };
}

/** Makes a key of a name, one that no template has. */
export function keyFor(name: string, taken: ReadonlySet<string>): string {
  const slug = fold(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const start = `team.${slug || 'template'}`;
  let key = start;
  for (let n = 2; taken.has(key); n += 1) key = `${start}-${n}`;
  return key;
}

/** Returns a template with nothing in it yet. */
export function blank(locale: Locale, stage: StageGroup): TemplateDraft {
  return {
    key: '',
    name: '',
    locale,
    stages: [stage],
    platforms: [],
    moment: 'any',
    channel: null,
    subject: '',
    text: '',
    marketing: false,
    place: 0,
  };
}

export interface OfStage {
  stage: StageGroup;
  cards: TemplateCard[];
}

/** Groups the templates of a language by stage, each in its order; one of several stages is in each. */
export function byStage(cards: readonly TemplateCard[], locale: Locale): OfStage[] {
  const here = cards
    .filter((card) => card.template.locale === locale)
    .sort((a, b) => a.template.place - b.template.place || a.template.name.localeCompare(b.template.name));
  return STAGE_GROUPS.map((stage) => ({
    stage,
    cards: here.filter((card) => card.template.stages.includes(stage)),
  })).filter((group) => group.cards.length > 0);
}

/** Names what is missing from an order for a template; a question to the agent is no hole. */
export function holes(preview: TemplatePreview): string[] {
  if (preview.fill.result === 'filled') return [];
  return preview.fill.missing
    .filter((one) => one.kind !== 'prompt')
    .map((one) => `${one.label}: ${one.reasonWords}`);
}

/** Tells whether two templates say the same. */
export function same(one: TemplateDraft, other: TemplateDraft): boolean {
  const told = (draft: TemplateDraft) => JSON.stringify(Object.entries(draft).sort());
  return told(one) === told(other);
}
