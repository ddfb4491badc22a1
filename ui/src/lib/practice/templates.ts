/** The templates of the practice: their names, and what they make of an invented sale. */
import { t } from '../i18n.svelte';
import type { VariableName } from '../templates';
import type { ConversationView } from '../types/ConversationView';
import type { Fill } from '../types/Fill';
import type { Mark } from '../types/Mark';
import type { TemplateChip } from '../types/TemplateChip';

/** What the values of a pattern are called in templates. */
const VARIABLE: Readonly<Record<string, VariableName>> = { name: 'customer.first_name', product: 'product' };

const NUMBERS = [1, 2, 3] as const;

/** Returns the templates under their keys. */
export function practiceChips(): TemplateChip[] {
  return NUMBERS.map((n) => ({
    key: n,
    templateKey: `practice-${n}`,
    name: t(`practice.template${n}`),
    fills: true,
    missing: [],
    prompts: [],
  }));
}

/** Fills a template for a sale, with what came from the sale marked. */
export function practiceFill(templateKey: string, view: ConversationView): Fill {
  const n = NUMBERS.find((one) => templateKey === `practice-${one}`) ?? 1;
  const values: Readonly<Record<string, string>> = {
    name: (view.person.name ?? '').split(' ')[0] ?? '',
    product: view.orders[0]?.items[0]?.name ?? '',
  };
  const marks: Mark[] = [];
  let text = '';
  // Kept apart from its values, the pattern says where each of them stands.
  const pattern = t(`practice.template${n}Text`);
  for (const part of pattern.split(/(\{\w+\})/)) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    const value = name === undefined ? part : (values[name] ?? '');
    const variable = VARIABLE[name ?? ''] ?? name;
    if (variable !== undefined) marks.push({ start: text.length, end: text.length + value.length, variable });
    text += value;
  }
  return { result: 'filled', text, subject: '', marks };
}
