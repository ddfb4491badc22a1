/** One template being written: the draft, what it is worth, and its way to the team. Knows no DOM. */
import { hostError, type Host, type HostError } from '../host';
import { ptBR } from '../i18n/pt-BR';
import { keyFor, same } from '../templates';
import type { LintCode } from '../types/LintCode';
import type { LintFinding } from '../types/LintFinding';
import type { TemplateCard } from '../types/TemplateCard';
import type { TemplateCheck } from '../types/TemplateCheck';
import type { TemplateDraft } from '../types/TemplateDraft';
import type { TemplateVersion } from '../types/TemplateVersion';

/** How long typing rests before the draft is tried. */
const REST = 250;

/** What the editor needs of the list it came from. */
export interface Around {
  keys(): ReadonlySet<string>;
  /** Puts a saved template into the list. */
  take(card: TemplateCard): void;
}

export class TemplateEditor {
  draft = $state.raw<TemplateDraft>() as TemplateDraft;
  /** What it was before it was touched; `null` for a new one. */
  base = $state.raw<TemplateCard | null>(null);
  check = $state.raw<TemplateCheck | null>(null);
  /** The answer on screen is about an older draft. */
  checking = $state(false);
  saving = $state(false);
  saved = $state(false);
  /** Why it was not saved, checked or removed. */
  failure = $state<string | null>(null);
  /** What somebody saved meanwhile. */
  conflict = $state.raw<TemplateVersion | null>(null);

  readonly #host: Host;
  readonly #around: Around;
  #from: TemplateDraft;
  #version: number;
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(host: Host, around: Around, from: TemplateDraft, base: TemplateCard | null) {
    this.#host = host;
    this.#around = around;
    this.draft = from;
    this.#from = from;
    this.base = base;
    this.#version = base?.version ?? 0;
    void this.tryOut();
  }

  get dirty(): boolean {
    return !same(this.draft, this.#from);
  }

  /** Tells whether something keeps it from being saved; what is not checked yet does too. */
  get blocked(): boolean {
    if (this.checking || !this.check) return true;
    return this.check.error !== null || this.check.findings.some((one) => one.severity === 'stop');
  }

  /** Changes a part of the draft; it is tried again once typing rests. */
  change(part: Partial<TemplateDraft>): void {
    this.draft = { ...this.draft, ...part };
    this.saved = false;
    this.checking = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.tryOut(), REST);
  }

  /** Tries the draft; an answer about an older one is dropped. */
  async tryOut(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    const generation = ++this.#generation;
    const asked = this.draft;
    this.checking = true;
    try {
      const check = await this.#host.templateCheck({ template: this.#keyed() });
      if (generation !== this.#generation) return;
      this.check = check;
      this.failure = null;
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.check = null;
      this.failure = hostError(thrown).code;
    }
    if (asked === this.draft) this.checking = false;
  }

  /** Saves the draft for the team; tells whether it was. What was typed meanwhile stays. */
  async save(): Promise<boolean> {
    if (this.saving || this.blocked) return false;
    const template = this.#keyed();
    const asked = this.draft;
    this.saving = true;
    this.failure = null;
    try {
      const card = await this.#host.templateSave({ template, version: this.#version });
      this.#around.take(card);
      this.#stand(card);
      this.draft = asked === this.draft ? card.template : { ...this.draft, key: card.template.key };
      this.saved = true;
      return true;
    } catch (thrown) {
      await this.#refused(hostError(thrown));
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** Takes what somebody else saved in place of the draft. */
  takeTheirs(): void {
    const theirs = this.conflict;
    if (!theirs?.template) return;
    this.#version = theirs.version;
    this.#from = theirs.template;
    this.conflict = null;
    this.change(theirs.template);
  }

  /** Saves the draft over what somebody else saved. */
  async saveOver(): Promise<boolean> {
    if (!this.conflict) return false;
    this.#version = this.conflict.version;
    this.conflict = null;
    return this.save();
  }

  /** Turns the draft into a template of its own, beside what somebody else saved. */
  keepBoth(name: string): void {
    this.conflict = null;
    this.base = null;
    this.#version = 0;
    this.change({ key: '', name });
  }

  /** Takes the team's version away; tells whether it was. */
  async remove(): Promise<boolean> {
    const { key, locale } = this.draft;
    this.failure = null;
    try {
      await this.#host.templateRemove({ key, locale, version: this.#version });
      return true;
    } catch (thrown) {
      await this.#refused(hostError(thrown));
      return false;
    }
  }

  /** Reads what the template was. */
  versions(): Promise<TemplateVersion[]> {
    const { key, locale } = this.draft;
    return this.#host.templateVersions({ key, locale });
  }

  /** Lets go of what waits. */
  leave(): void {
    this.#generation += 1;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** A new template gets its key from its name, until it is saved. */
  #keyed(): TemplateDraft {
    if (this.draft.key !== '') return this.draft;
    return { ...this.draft, key: keyFor(this.draft.name, this.#around.keys()) };
  }

  #stand(card: TemplateCard): void {
    this.base = card;
    this.#from = card.template;
    this.#version = card.version;
  }

  async #refused({ code, problems }: HostError): Promise<void> {
    if (code === 'template_stopped') this.#stop(problems);
    if (code !== 'version_conflict') {
      this.failure = code;
      return;
    }
    try {
      const { key, locale } = this.#keyed();
      const [newest] = await this.#host.templateVersions({ key, locale });
      this.conflict = newest ?? null;
      if (!newest) this.failure = code;
    } catch (thrown) {
      this.failure = hostError(thrown).code;
    }
  }

  /** Shows what the service found where the desk had found nothing: it may know more than this version. */
  #stop(problems: HostError['problems']): void {
    if (!this.check) return;
    const known = (code: string): code is LintCode => `templates.lint.${code}` in ptBR;
    const found = problems.flatMap(({ path, code }): LintFinding[] =>
      known(code)
        ? [{ code, severity: 'stop', part: path === 'subject' ? 'subject' : 'text', start: 0, end: 0 }]
        : [],
    );
    this.check = { ...this.check, findings: [...this.check.findings, ...found] };
  }
}
