/** Words for what the check of a template tells by code. */
import { t, type Key } from '../../lib/i18n.svelte';
import { ptBR } from '../../lib/i18n/pt-BR';
import { VARIABLES, writtenIn, type VariableName } from '../../lib/templates';
import type { TemplateCard } from '../../lib/types/TemplateCard';
import type { TemplateFault } from '../../lib/types/TemplateFault';
import type { ChipPiece } from '../../ui/chips';

/** Names a variable as people call it. */
export function variableLabel(name: VariableName): string {
  return t(`templates.var.${name}`);
}

/** Names what a mark stands for: a variable as people call it, or a question by its own words. */
export function markLabel(variable: string): string {
  if (variable.startsWith('?')) return variable.slice(1).trim();
  const known = VARIABLES.find((one) => one === variable);
  return known ? variableLabel(known) : variable || t('composer.someValue');
}

/** Variables whose label is longer than the letters it stands in place of. */
const SHORT = ['pix.code', 'checkout_url', 'boleto.due_on', 'store', 'order.ref'] as const;

/** Names a variable in a chip, shortly. */
export function chipLabel(name: VariableName): string {
  const short = SHORT.find((one) => one === name);
  return short ? t(`templates.chip.${short}`) : variableLabel(name);
}

/** Cuts a template's text where a variable, by its name or by its label, or a question stands, each with its words. */
export function chipped(text: string): ChipPiece[] {
  const out: ChipPiece[] = [];
  let at = 0;
  for (const { start, end, name, asks } of writtenIn(text, chipLabel)) {
    if (start > at) out.push({ text: text.slice(at, start), label: null, start: at });
    const label = name ? chipLabel(name) : t('templates.chip.ask', { what: asks ?? '' });
    out.push({ text: text.slice(start, end), label, start });
    at = end;
  }
  if (at < text.length) out.push({ text: text.slice(at), label: null, start: at });
  return out;
}

/** Says why a template cannot be saved, and in which line. */
export function faultText(fault: TemplateFault): string {
  const { code, line } = fault;
  const name = fault.name ?? '';
  if (code === 'field') {
    const key = `templates.field.${name}`;
    return key in ptBR ? t(key as Key) : t('templates.field.other', { name });
  }
  const what = t(`templates.fault.${code}`, { name });
  return line === null ? what : t('templates.fault.line', { line, what });
}

/** Says whose a template is. */
export function whose(card: TemplateCard): string {
  if (!card.builtIn) return t('templates.own');
  return t(card.version === 0 ? 'templates.builtIn' : 'templates.changed');
}
