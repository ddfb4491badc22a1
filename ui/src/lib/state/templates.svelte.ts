/** The templates on screen: all of them, the one that is open, a file that comes in. Knows no DOM. */
import { hostError, type Host } from '../host';
import { blank } from '../templates';
import type { Locale } from '../types/Locale';
import type { StageGroup } from '../types/StageGroup';
import type { TemplateCard } from '../types/TemplateCard';
import type { TemplateDraft } from '../types/TemplateDraft';
import { TemplateEditor } from './template_editor.svelte';

export type TemplatePlace = 'list' | 'one' | 'versions' | 'bring' | 'send';

export class TemplateDesk {
  place = $state<TemplatePlace>('list');
  cards = $state.raw<TemplateCard[]>([]);
  status = $state<'loading' | 'ready' | 'failed'>('loading');
  failure = $state<string | null>(null);
  /** The language whose templates are listed. */
  language = $state<Locale>('pt-BR');
  editor = $state.raw<TemplateEditor | null>(null);
  /** Something written would be lost by going; `then` goes all the same. */
  asked = $state.raw<{ then: () => void } | null>(null);
  /** A list of variables is open in the text. */
  suggesting = $state(false);

  readonly #host: Host;
  #generation = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Reads the templates; what is on screen stays while it does. */
  async load(): Promise<void> {
    const generation = ++this.#generation;
    if (this.cards.length === 0) this.status = 'loading';
    try {
      const cards = await this.#host.templateList();
      if (generation !== this.#generation) return;
      this.cards = cards;
      this.status = 'ready';
      this.failure = null;
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.failure = hostError(thrown).code;
      if (this.status === 'loading') this.status = 'failed';
    }
  }

  /** Opens a template. */
  open(card: TemplateCard): void {
    this.#edit(card.template, card);
  }

  /** Begins a new one. */
  create(stage: StageGroup = 'cart'): void {
    this.#edit(blank(this.language, stage), null);
  }

  /** Goes one step back, asking where something would be lost; tells whether there was a step. */
  back(): boolean {
    if (this.place === 'list') return false;
    if (this.place === 'versions') this.place = 'one';
    else this.leave(() => this.#toList());
    return true;
  }

  /** Does something that loses the draft, asking first where it was changed. */
  leave(then: () => void): void {
    if (this.place !== 'list' && this.editor?.dirty) this.asked = { then };
    else then();
  }

  /** Forgets everything, as when the sheet closes or another person sits down. */
  forget(): void {
    this.#generation += 1;
    this.cards = [];
    this.status = 'loading';
    this.failure = null;
    this.#toList();
  }

  /** Takes the open template away for the team; tells whether it was. */
  async remove(): Promise<boolean> {
    if (!this.editor || !(await this.editor.remove())) return false;
    const { key, locale } = this.editor.draft;
    this.cards = this.cards.filter(({ template }) => template.key !== key || template.locale !== locale);
    this.#toList();
    await this.load();
    return true;
  }

  /** Puts what the service answered about a template into the list. */
  take(card: TemplateCard): void {
    const { key, locale } = card.template;
    const others = this.cards.filter(({ template }) => template.key !== key || template.locale !== locale);
    this.cards = [...others, card];
  }

  #edit(from: TemplateDraft, base: TemplateCard | null): void {
    const around = {
      keys: () => new Set(this.cards.map((card) => card.template.key)),
      take: (card: TemplateCard) => this.take(card),
    };
    this.editor?.leave();
    this.editor = new TemplateEditor(this.#host, around, from, base);
    this.place = 'one';
  }

  #toList(): void {
    this.editor?.leave();
    this.editor = null;
    this.asked = null;
    this.suggesting = false;
    this.place = 'list';
  }
}
