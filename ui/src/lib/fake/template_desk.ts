/** The invented team's templates as leads edit them: checked, saved with a version, removed, sent out and brought in. */
import { HostError } from '../host';
import { HOUR } from '../time';
import type { TemplatesHost } from '../templates_host';
import { same, VARIABLES, type VariableName } from '../templates';
import type { Fill } from '../types/Fill';
import type { LintCode } from '../types/LintCode';
import type { LintFinding } from '../types/LintFinding';
import type { Role } from '../types/Role';
import type { StageGroup } from '../types/StageGroup';
import type { TemplateCard } from '../types/TemplateCard';
import type { TemplateCheck } from '../types/TemplateCheck';
import type { TemplateDraft } from '../types/TemplateDraft';
import type { TemplateFault } from '../types/TemplateFault';
import type { TemplateImport } from '../types/TemplateImport';
import type { TemplatePreview } from '../types/TemplatePreview';
import type { TemplateVersion } from '../types/TemplateVersion';
import { LABEL, values } from './templates';
import { ME, type Conversation } from './world';

/** What of the host the templates need. */
export interface Surroundings {
  now: () => number;
  answer: <T>(make: () => T) => Promise<T>;
  role: () => Role;
  live: () => boolean;
  world: () => readonly Conversation[];
  told: () => void;
}

/** How the values of an invented order are called in templates. */
const VALUE: Partial<Record<VariableName, string>> = {
  'customer.first_name': 'first',
  amount: 'amount',
  product: 'product',
  'pix.code': 'pix',
  'pix.expires_in': 'left',
  checkout_url: 'link',
  'boleto.line': 'boleto',
};

const usual = (key: string, name: string, stage: StageGroup, place: number, text: string): TemplateDraft => ({
  key,
  name,
  locale: 'pt-BR',
  stages: [stage],
  platforms: [],
  moment: 'any',
  channel: null,
  subject: name,
  text,
  marketing: false,
  place,
});

const BUILT_IN: readonly TemplateDraft[] = [
  usual(
    'cart.first',
    'Posso ajudar?',
    'cart',
    10,
    'Oi, {{ customer.first_name }}! Aqui é {{ agent.name }}. Vi que você se interessou por {{ product }}. Ficou alguma dúvida?',
  ),
  usual(
    'cart.link',
    'Link do carrinho',
    'cart',
    20,
    'Oi, {{ customer.first_name }}, se quiser continuar de onde parou com {{ product }}, é por aqui:\n{{ checkout_url }}',
  ),
  usual(
    'pix.code',
    'Reenviar PIX',
    'pix',
    10,
    'Oi, {{ customer.first_name }}! Este é o PIX copia e cola do seu pedido:\n\n{{ pix.code }}\n\nQualquer coisa, me chama.',
  ),
  usual(
    'pix.steps',
    'Passo a passo',
    'pix',
    20,
    'Para pagar {{ product }} por PIX, cole este código no app do banco:\n\n{{ pix.code }}',
  ),
  usual(
    'boleto.line',
    'Linha do boleto',
    'boleto',
    10,
    'Oi, {{ customer.first_name }}! Seu boleto de {{ amount }} está aqui:\n{{ boleto.line }}',
  ),
  usual(
    'refused.link',
    'Tentar outro cartão',
    'refused',
    10,
    'Oi, {{ customer.first_name }}! O banco não aprovou o cartão desta vez. Dá para pagar por aqui:\n{{ checkout_url }}',
  ),
];

const OWN = usual(
  'team.combinar-prazo',
  'Combinar um prazo',
  'approved',
  10,
  'Oi, {{ customer.first_name }}! Sobre o {{ product }}: {{?o que será feito}}. Combinado?',
);

const LINT: readonly (readonly [LintCode, RegExp])[] = [
  ['threat', /serasa|advogad[oa]|protesto/giu],
  ['false_urgency', /última chance|só hoje/giu],
  ['all_caps', /(?<![\p{L}{])[A-ZÀ-Ú]{4,}(?!\p{L})/gu],
];

/** What only the service knows to be a threat: it is newer than the desk. */
const STRICTER = /oficial de justiça/iu;

export class FakeTemplateDesk implements TemplatesHost {
  history = new Map<string, TemplateVersion[]>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  templateList = () => this.#around.answer(() => this.#cards());
  templateCheck = (asked: { template: TemplateDraft }) =>
    this.#around.answer(() => this.#check(asked.template));
  templateSave = (asked: { template: TemplateDraft; version: number }) =>
    this.#around.answer(() => {
      this.#allow();
      if (faultOf(asked.template)) throw new HostError('invalid');
      const stops = asked.template.text.match(STRICTER) ? ['threat'] : [];
      if (stops.length > 0) {
        const problems = stops.map((code) => ({ path: 'text', code, detail: '' }));
        throw new HostError('template_stopped', 'template_stopped', problems);
      }
      this.#isOn(asked.template, asked.version);
      this.write(asked.template, ME.name);
      const card = this.#find(asked.template);
      if (!card) throw new HostError('not_found');
      this.#around.told();
      return card;
    });
  templateRemove: TemplatesHost['templateRemove'] = (asked) =>
    this.#around.answer(() => {
      this.#allow();
      this.#isOn(asked, asked.version);
      this.#add(asked, null, ME.name);
      this.#around.told();
    });
  templateVersions: TemplatesHost['templateVersions'] = (asked) =>
    this.#around.answer(() => {
      this.#allow();
      return this.history.get(idOf(asked)) ?? [];
    });
  templateExport = () =>
    this.#around.answer(() => {
      const templates = this.#cards().map((card) => card.template);
      return `${JSON.stringify({ format: 'balcao.templates', version: 1, templates }, null, 2)}\n`;
    });
  templateImport = (asked: { text: string }) => this.#around.answer(() => this.#import(asked.text));

  /** Gives the team a template of its own. */
  begin(): void {
    this.write(OWN, 'Rafael Tanaka');
  }

  /** Lets somebody of the team save a template. */
  write(template: TemplateDraft, by: string): void {
    this.#add(template, template, by);
  }

  #add(of: Keyed, template: TemplateDraft | null, by: string): void {
    const before = this.history.get(idOf(of)) ?? [];
    const version = (before[0]?.version ?? 0) + 1;
    this.history.set(idOf(of), [{ version, at: this.#around.now() - HOUR, by, template }, ...before]);
  }

  #allow(): void {
    if (!this.#around.live()) throw new HostError('offline');
    if (this.#around.role() === 'agent') throw new HostError('forbidden');
  }

  #isOn(of: Keyed, version: number): void {
    const newest = this.history.get(idOf(of))?.[0];
    const gone = newest?.template === null && version === 0;
    if ((newest?.version ?? 0) !== version && !gone) throw new HostError('version_conflict');
  }

  #cards(): TemplateCard[] {
    const built = BUILT_IN.map((template) => this.#find(template));
    const own = [...this.history.values()].map((versions) => versions[0]?.template);
    const others = own
      .filter((one) => one != null && !BUILT_IN.some((known) => idOf(known) === idOf(one)))
      .map((one) => (one ? this.#find(one) : null));
    return [...built, ...others].filter((card) => card !== null);
  }

  #find(of: Keyed): TemplateCard | null {
    const under = BUILT_IN.find((one) => idOf(one) === idOf(of));
    const newest = this.history.get(idOf(of))?.[0];
    const template = newest?.template ?? under;
    if (!template) return null;
    const told = newest?.template ? newest : null;
    return {
      template,
      version: told?.version ?? 0,
      builtIn: under !== undefined,
      changedBy: told?.by ?? null,
      changedAt: told?.at ?? null,
    };
  }

  #check(template: TemplateDraft): TemplateCheck {
    const error = faultOf(template);
    const names = error ? [] : namesIn(template.text).filter((name) => !name.startsWith('?'));
    return {
      variables: names.map((name) => ({
        name,
        label: labelOf(name),
        kind: 'text',
        source: 'order',
        broughtBy: '',
      })),
      prompts: error ? [] : namesIn(template.text).flatMap((name) => /^\?(.+)/.exec(name)?.[1] ?? []),
      error,
      findings: findingsOf(template),
      preview: error ? [] : this.#preview(template),
    };
  }

  #preview(template: TemplateDraft): TemplatePreview[] {
    const now = this.#around.now();
    return this.#around
      .world()
      .flatMap((from) => from.orders.map((order) => ({ from, order })))
      .filter(({ order }) => template.stages.includes(order.group))
      .slice(0, 20)
      .map(({ from, order }) => {
        const known = values(from, order, now);
        const value = (name: string) => {
          if (name === 'agent.name') return ME.name;
          if (name === 'store') return 'Doces do Vale';
          return known[VALUE[name as VariableName] ?? ''] ?? null;
        };
        return {
          conversationId: from.id,
          name: from.person.name,
          orderKey: order.orderKey,
          stage: order.stage,
          fill: filled(template, value),
        };
      });
  }

  #import(text: string): TemplateImport {
    const read = readFile(text);
    return {
      items: read.map((template) => {
        const card = this.#find(template);
        return {
          template,
          change: !card ? 'new' : same(card.template, template) ? 'same' : 'changed',
          version: card?.version ?? 0,
          error: faultOf(template),
          findings: findingsOf(template),
        };
      }),
    };
  }
}

type Keyed = Pick<TemplateDraft, 'key' | 'locale'>;

const idOf = ({ key, locale }: Keyed) => `${key}/${locale}`;
const labelOf = (name: string) => LABEL[VALUE[name as VariableName] ?? '']?.[0] ?? name;
const namesIn = (text: string) => [
  ...new Set([...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map((found) => found[1] ?? '')),
];

function readFile(text: string): TemplateDraft[] {
  try {
    const file = JSON.parse(text) as { format?: unknown; templates?: unknown };
    if (file.format === 'balcao.templates' && Array.isArray(file.templates)) return file.templates;
  } catch {
    // It is no JSON; said below.
  }
  throw new HostError('invalid');
}

function faultOf(template: TemplateDraft): TemplateFault | null {
  const field = (name: string): TemplateFault => ({ line: null, code: 'field', name });
  if (template.name.trim() === '') return field('name');
  if (template.subject.trim() === '') return field('subject');
  if (template.stages.length === 0) return field('stages');
  if (template.text.trim() === '') return { line: null, code: 'empty', name: null };
  for (const [at, line] of template.text.split('\n').entries()) {
    if (line.split('{{').length !== line.split('}}').length)
      return { line: at + 1, code: 'expression', name: null };
    const unknown = namesIn(line).find((name) => !name.startsWith('?') && !isVariable(name));
    if (unknown !== undefined) return { line: at + 1, code: 'unknown_variable', name: unknown };
  }
  return null;
}

const isVariable = (name: string) => VARIABLES.some((known) => known === name);

function findingsOf({ text, marketing }: TemplateDraft): LintFinding[] {
  const found = LINT.flatMap(([code, shape]) =>
    [...text.matchAll(shape)].map((hit) => finding(code, hit.index, hit.index + hit[0].length)),
  );
  if (marketing && !/parar de receber/i.test(text))
    found.push(finding('no_opt_out', text.length, text.length));
  return found;
}

const finding = (code: LintCode, start: number, end: number): LintFinding => ({
  code,
  severity: code === 'threat' || code === 'no_opt_out' ? 'stop' : 'warn',
  part: 'text',
  start,
  end,
});

function filled(template: TemplateDraft, value: (name: string) => string | null): Fill {
  const missing = namesIn(template.text).filter((name) => value(name) === null);
  const text = template.text.replace(
    /\{\{\s*([^{}]*?)\s*\}\}/g,
    (_, name: string) => value(name) ?? `[${labelOf(name).replace(/^\?/, '')}]`,
  );
  if (missing.length === 0) return { result: 'filled', text, subject: template.subject, marks: [] };
  return {
    result: 'blocked',
    missing: missing.map((name) => ({
      kind: name.startsWith('?') ? 'prompt' : 'variable',
      variable: name,
      label: labelOf(name).replace(/^\?/, ''),
      reason: name.startsWith('?') ? 'unanswered' : 'not_told',
      reasonWords: name.startsWith('?') ? 'sem resposta' : 'não informado',
      broughtBy: null,
    })),
    instead: null,
    preview: text,
    marks: [],
  };
}
