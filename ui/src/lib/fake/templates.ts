/** A small set of templates with the rule that none is filled with a hole. */
import { locale } from '../i18n.svelte';
import { money } from '../money';
import { VARIABLES, type VariableName } from '../templates';
import { MINUTE } from '../time';
import type { Fill } from '../types/Fill';
import type { Mark } from '../types/Mark';
import type { Missing } from '../types/Missing';
import type { SaleValue } from '../types/SaleValue';
import type { StageGroup } from '../types/StageGroup';
import type { TemplateChip } from '../types/TemplateChip';
import type { OrderCard } from '../types/OrderCard';
import type { Conversation } from './world';

interface Template {
  key: string;
  name: string;
  groups: readonly StageGroup[];
  text: string;
}

const OPEN: readonly StageGroup[] = ['cart', 'pix', 'boleto', 'refused', 'expired', 'overdue'];

const TEMPLATES: readonly Template[] = [
  {
    key: 'pix_again',
    name: 'Reenviar PIX',
    groups: ['pix'],
    text: 'Oi, {first}! Seu PIX de {amount} vence em {left}. É só copiar e colar no app do banco:\n{pix}\nQualquer coisa estou por aqui.',
  },
  {
    key: 'pix_soon',
    name: 'PIX vence em breve',
    groups: ['pix'],
    text: '{first}, seu PIX do {product} vale por mais {left}. Quer que eu te mande o código de novo?',
  },
  {
    key: 'cart_question',
    name: 'Ficou alguma dúvida?',
    groups: ['cart', 'refused', 'expired'],
    text: 'Oi, {first}! Vi que você separou o {product}. Ficou alguma dúvida antes de concluir?',
  },
  {
    key: 'checkout',
    name: 'Link do checkout',
    groups: OPEN,
    text: '{first}, aqui está o link para concluir o {product}:\n{link}',
  },
  {
    key: 'boleto_line',
    name: 'Linha do boleto',
    groups: ['boleto', 'pix'],
    text: 'Oi, {first}! Seu boleto de {amount} está aqui, é só copiar:\n{boleto}',
  },
  {
    key: 'card_again',
    name: 'Tentar outro cartão',
    groups: ['refused'],
    text: 'Oi, {first}! O banco não aprovou o cartão desta vez. Dá para pagar com PIX ou outro cartão por aqui:\n{link}',
  },
  {
    key: 'thanks',
    name: 'Obrigado pela compra',
    groups: ['approved'],
    text: 'Oi, {first}! Sua compra do {product} foi aprovada. Qualquer dúvida, estou por aqui!',
  },
  {
    key: 'refund_heard',
    name: 'Recebi seu pedido',
    groups: ['refund', 'chargeback'],
    text: 'Oi, {first}. Vi seu pedido sobre o {product} e já estou cuidando dele. Posso te ajudar com algo antes?',
  },
  {
    key: 'promised',
    name: 'Combinar um prazo',
    groups: ['approved', 'refund'],
    text: 'Oi, {first}! Sobre o {product}: {?o que será feito}, até {?quando}. Combinado?',
  },
];

/** What people call each value, and what would bring it. */
export const LABEL: Record<string, readonly [string, string]> = {
  first: ['nome', 'o nome do comprador'],
  amount: ['valor', 'o valor do pedido'],
  left: ['validade do PIX', 'um PIX novo'],
  product: ['produto', 'os itens do pedido'],
  pix: ['PIX copia e cola', 'um PIX novo'],
  link: ['link', 'o link do checkout'],
  boleto: ['linha do boleto', 'um boleto'],
};

/** What templates call each value. */
const VARIABLE: Record<string, VariableName> = {
  first: 'customer.first_name',
  amount: 'amount',
  left: 'pix.expires_in',
  product: 'product',
  pix: 'pix.code',
  link: 'checkout_url',
  boleto: 'boleto.line',
};
const variableOf = (name: string) => VARIABLE[name] ?? name;

/** Returns the values of an order by name; `null` where it has none. */
export function values(from: Conversation, order: OrderCard, now: number): Record<string, string | null> {
  const left = order.deadline?.kind === 'pix' ? order.deadline.at - now : 0;
  return {
    first: from.person.name?.split(' ')[0] ?? null,
    amount: order.amount ? money(order.amount, locale()) : null,
    left: left > 0 ? `${Math.ceil(left / MINUTE)} min` : null,
    product: order.items[0]?.name ?? null,
    pix: left > 0 ? (order.pix?.code ?? null) : null,
    link: order.checkout?.url ?? null,
    boleto: order.boleto?.line ?? null,
  };
}

/** Lists what every variable is for an order. */
export function saleValues(from: Conversation, order: OrderCard, now: number): SaleValue[] {
  const known = values(from, order, now);
  const told: Partial<Record<VariableName, string | null>> = {
    ...Object.fromEntries(Object.entries(VARIABLE).map(([name, variable]) => [variable, known[name]])),
    'customer.name': from.person.name,
    'agent.name': 'Ana',
    store: 'Doces do Vale',
    platform: order.platform,
    'order.ref': order.reference,
  };
  return VARIABLES.map((variable) => {
    const value = told[variable] ?? null;
    return { variable, value, missing: value === null ? 'não informado' : null };
  });
}

const holes = (template: Template, known: Record<string, string | null>) =>
  [...new Set([...template.text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ''))].filter(
    (name) => !known[name],
  );

const promptsIn = (template: Template) => [
  ...new Set([...template.text.matchAll(/\{\?([^}]+)\}/g)].map((found) => found[1] ?? '')),
];

/** Returns all templates, those of the order's stage first, and how many of them lie under keys. */
function forOrder(order: OrderCard): { all: Template[]; keyed: number } {
  const fits = (template: Template) => template.groups.includes(order.group);
  const fitting = TEMPLATES.filter(fits);
  const others = TEMPLATES.filter((template) => !fits(template));
  return { all: [...fitting, ...others], keyed: Math.min(9, fitting.length) };
}

/** Lists the templates of an order under their keys. */
export function chips(from: Conversation, order: OrderCard, now: number): TemplateChip[] {
  const known = values(from, order, now);
  const { all, keyed } = forOrder(order);
  return all.map((template, place) => {
    const missing = holes(template, known).map((name) => `${LABEL[name]?.[0] ?? name}: não informado`);
    return {
      key: place < keyed ? place + 1 : null,
      templateKey: template.key,
      name: template.name,
      fills: missing.length === 0,
      missing,
      prompts: promptsIn(template),
    };
  });
}

/** Fills a template, or says what is missing. */
export function fill(
  from: Conversation,
  order: OrderCard,
  key: string,
  now: number,
  answers: Record<string, string> = {},
): Fill {
  const template = TEMPLATES.find((template) => template.key === key);
  if (!template) throw new Error('no such template');
  const prompts = promptsIn(template);
  const answered = prompts.map((prompt) => [`?${prompt}`, answers[prompt]?.trim() || null]);
  const known = { ...values(from, order, now), ...Object.fromEntries(answered) } as Record<
    string,
    string | null
  >;
  const unanswered = prompts.map((prompt) => `?${prompt}`).filter((name) => !known[name]);
  const missing = [...holes(template, known), ...unanswered];
  const marks: Mark[] = [];
  let text = '';
  for (const part of template.text.split(/(\{\w+\}|\{\?[^}]+\})/)) {
    const name = /^\{(\w+|\?[^}]+)\}$/.exec(part)?.[1];
    const value = name ? (known[name] ?? `[${LABEL[name]?.[0] ?? name}]`) : part;
    if (name) marks.push({ start: text.length, end: text.length + value.length, variable: variableOf(name) });
    text += value;
  }
  if (missing.length === 0) return { result: 'filled', text, subject: template.name, marks };
  const instead = forOrder(order).all.find((other) => holes(other, known).length === 0)?.key ?? null;
  return { result: 'blocked', missing: missing.map(missingOf), instead, preview: text, marks };
}

function missingOf(name: string): Missing {
  const [label, broughtBy] = LABEL[name] ?? [name.replace(/^\?/, ''), null];
  const asked = name.startsWith('?');
  return {
    kind: asked ? 'prompt' : 'variable',
    variable: variableOf(name),
    label,
    reason: asked ? 'unanswered' : 'not_told',
    reasonWords: asked ? 'sem resposta' : 'não informado',
    broughtBy,
  };
}
