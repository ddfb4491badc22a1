/** The practice: eight keys, one after the other, each done for real on invented sales. Knows no DOM and no host but its own. */
import type { Act } from '../commands';
import { PracticeDesk, practiceHost, type Deed } from '../practice/host';
import { keepPractised, practisedSoFar } from '../practice/progress';
import type { ConversationView } from '../types/ConversationView';
import type { Settings } from '../types/Settings';
import { App } from './app.svelte';

/** Lists what is practised, in order. */
export const STEPS = ['walk', 'claim', 'copyPix', 'template', 'send', 'snooze', 'resolve', 'search'] as const;
export type StepName = (typeof STEPS)[number];

/** The commands whose keys a step is about. */
export const KEYS_OF_STEP: Readonly<Record<StepName, readonly Act[]>> = {
  walk: ['next', 'previous'],
  claim: ['claim'],
  copyPix: ['copyPix'],
  template: ['template1'],
  send: ['send'],
  snooze: ['snooze'],
  resolve: ['resolve'],
  search: ['search'],
};

const DEED: Partial<Record<StepName, Deed>> = {
  claim: 'claim',
  copyPix: 'copy',
  send: 'handOver',
  snooze: 'snooze',
  resolve: 'resolve',
};

const isOpen = (one: ConversationView) => one.handling.state === 'open';
const hasPix = (one: ConversationView) => one.orders[0]?.pix != null;
const isFree = (one: ConversationView) => one.owner === null;

export class Practice {
  readonly app: App;
  /** How many steps are done. */
  at = $state(0);
  /** The step before this one was just done. */
  well = $state(false);

  #desk: PracticeDesk;
  #went = { down: false, up: false };
  #last: number | null = null;

  constructor(settings: Settings, version: string, now: () => number = Date.now) {
    this.#desk = new PracticeDesk(settings, version, now);
    this.app = new App(practiceHost(this.#desk));
    const kept = practisedSoFar();
    this.at = kept < STEPS.length ? kept : 0;
  }

  /** Returns the step to do, or `null` once all are done. */
  get step(): StepName | null {
    return STEPS[this.at] ?? null;
  }

  /** Opens the desk of the practice where it was left. */
  async start(): Promise<void> {
    await this.app.start();
    await this.#prepare();
  }

  /** Begins again with the first step. */
  async again(): Promise<void> {
    this.at = 0;
    this.well = false;
    keepPractised(0);
    this.#desk.refresh();
    await this.#prepare();
  }

  /** Leaves a step out. */
  async skip(): Promise<void> {
    await this.#next(false);
  }

  /** Takes in where the selection is. */
  moved(place: number): void {
    if (place < 0) return;
    if (this.#last !== null && place > this.#last) this.#went.down = true;
    if (this.#last !== null && place < this.#last) this.#went.up = true;
    this.#last = place;
  }

  /** Takes in that something was chosen in the palette. */
  async chose(): Promise<void> {
    if (this.step === 'search') await this.#next(true);
  }

  /** Goes on once the step was done. */
  async look(): Promise<void> {
    if (this.#isDone()) await this.#next(true);
  }

  /** Lets the practice go. */
  end(): void {
    this.app.end();
  }

  #isDone(): boolean {
    const { step } = this;
    if (step === null) return false;
    if (step === 'walk') return this.#went.down && this.#went.up;
    if (step === 'template') return this.app.composer.templateKey !== null;
    const deed = DEED[step];
    return deed !== undefined && this.#desk.done.has(deed);
  }

  async #next(well: boolean): Promise<void> {
    this.at += 1;
    this.well = well;
    keepPractised(this.at);
    await this.#prepare();
  }

  /** Sees to it that the step can be done: a conversation is open that it can be done to. */
  async #prepare(): Promise<void> {
    this.#went = { down: false, up: false };
    this.#desk.done.clear();
    const { step, app } = this;
    if (step === null) return;
    if (step !== 'send' && step !== 'search') await this.#open(fitFor(step));
    if (step === 'walk') this.#last = app.list.rows.findIndex((row) => row.id === app.list.selected);
    if (step === 'template' && app.composer.text !== '') app.composer.discard();
    if (step === 'send') await this.#fill();
  }

  /** Keeps the open conversation where it fits; else opens the first that does, of untouched ones if none is left. */
  async #open(fits: (one: ConversationView) => boolean): Promise<void> {
    const { app } = this;
    const here = this.#desk.conversations.find((one) => one.id === app.thread.id);
    if (here && fits(here)) return;
    if (!this.#desk.conversations.some(fits)) this.#desk.refresh();
    const next = this.#desk.conversations.find(fits);
    if (!next) return;
    if (!app.list.rows.some((row) => row.id === next.id)) await app.show('due');
    await app.open(next.id);
  }

  /** Has a text ready to be handed over, where the template's step was done another day. */
  async #fill(): Promise<void> {
    const { app } = this;
    await this.#open(isOpen);
    if (app.composer.text !== '') return;
    await app.composer.loadChips();
    await app.composer.use(1);
  }
}

function fitFor(step: StepName): (one: ConversationView) => boolean {
  if (step === 'claim') return (one) => isOpen(one) && isFree(one);
  if (step === 'copyPix') return (one) => isOpen(one) && hasPix(one);
  return isOpen;
}
