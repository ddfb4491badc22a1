/** The team's sequences being drawn up: what they are, what a stage's steps come to, and their way to the team. Knows no DOM. */
import { hostError, type Host } from '../host';
import { added, moved, removed, same, whole } from '../sequences';
import type { SequenceCheck } from '../types/SequenceCheck';
import type { SequenceStep } from '../types/SequenceStep';
import type { SharedSequences } from '../types/SharedSequences';
import type { StageGroup } from '../types/StageGroup';
import type { StageSequence } from '../types/StageSequence';
import type { TemplateCard } from '../types/TemplateCard';

/** How long writing rests before a stage is tried. */
const REST = 200;

export class SequenceEditor {
  /** What is on screen; `null` until it was read. */
  there = $state.raw<SharedSequences | null>(null);
  templates = $state.raw<TemplateCard[]>([]);
  /** The stage that is open. */
  group = $state<StageGroup>('pix');
  /** What the open stage's steps come to; of an older draft while `checking`. */
  check = $state.raw<SequenceCheck | null>(null);
  checking = $state(false);
  saving = $state(false);
  /** Why they were not read. */
  unread = $state<string | null>(null);
  /** Why they were not saved or tried. */
  failure = $state<string | null>(null);
  /** Why the open stage could not be tried on real orders. */
  untried = $state<string | null>(null);
  /** What somebody saved meanwhile. */
  theirs = $state.raw<SharedSequences | null>(null);

  readonly #host: Host;
  #kept = $state.raw<SharedSequences | null>(null);
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  get dirty(): boolean {
    return this.there !== null && this.#kept !== null && !same(this.there, this.#kept);
  }

  /** The open stage's steps. */
  get stage(): StageSequence | null {
    return this.there?.stages.find(({ group }) => group === this.group) ?? null;
  }

  /** What the service would refuse of the stage that is open; unknown while it is tried. */
  get fault(): string | null {
    return this.checking ? null : (this.check?.fault ?? null);
  }

  /** Reads what there is. What is being changed stays: what others saved meanwhile is shown beside it. */
  async load(): Promise<void> {
    try {
      const [told, templates] = await Promise.all([this.#host.sequences(), this.#host.templateList()]);
      const read = whole(told);
      this.templates = templates;
      this.unread = null;
      if (this.saving || read.version === this.#kept?.version) return;
      if (this.dirty) this.theirs = read;
      else this.#stand(read);
    } catch (thrown) {
      if (this.there === null) this.unread = hostError(thrown).code;
    }
  }

  /** Opens a stage. */
  show(group: StageGroup): void {
    if (group === this.group && this.check) return;
    this.group = group;
    this.check = null;
    void this.tryOut();
  }

  turn(on: boolean): void {
    this.#change((stage) => ({ ...stage, on }));
  }

  /** Adds a step after the last, with a template that the stage has left. */
  add(template: string): void {
    this.#change((stage) => ({ ...stage, on: true, steps: added(stage, template) }));
  }

  remove(at: number): void {
    this.#change((stage) => removed(stage, at));
  }

  /** Gives a step's text the place before or after; the times stay, so that they go on rising. */
  move(at: number, by: -1 | 1): void {
    this.#change((stage) => ({ ...stage, steps: moved(stage.steps, at, by) }));
  }

  /** Changes a part of a step. */
  put(at: number, part: Partial<SequenceStep>): void {
    const steps = (of: readonly SequenceStep[]) =>
      of.map((step, place) => (place === at ? { ...step, ...part } : step));
    this.#change((stage) => ({ ...stage, steps: steps(stage.steps) }));
  }

  /** Changes what all stages keep to. */
  keep(part: Partial<Pick<SharedSequences, 'restDays' | 'silentHours'>>): void {
    if (!this.there) return;
    this.there = { ...this.there, ...part };
    this.#soon();
  }

  /** Tries the open stage on real orders; an answer about an older draft is dropped. */
  async tryOut(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    const { stage, there } = this;
    const generation = ++this.#generation;
    this.checking = stage !== null;
    if (!stage || !there) return;
    try {
      const check = await this.#host.sequenceCheck({ stage, restDays: there.restDays });
      if (generation !== this.#generation) return;
      this.check = check;
      this.untried = null;
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.check = null;
      this.untried = hostError(thrown).code;
    }
    this.checking = false;
  }

  /** Saves for the team; tells whether it was. */
  async save(): Promise<boolean> {
    const asked = this.there;
    if (!asked || this.saving) return false;
    this.saving = true;
    this.failure = null;
    try {
      const saved = whole(await this.#host.sequencesSave(asked));
      this.theirs = null;
      this.#kept = saved;
      // What was changed meanwhile stays.
      this.there = this.there === asked ? saved : { ...this.there!, version: saved.version };
      return true;
    } catch (thrown) {
      await this.#refused(hostError(thrown).code);
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** Takes what somebody else saved in place of what is on screen. */
  takeTheirs(): void {
    if (this.theirs) this.#stand(this.theirs);
  }

  /** Keeps what is on screen, to be saved over what somebody else did. */
  keepMine(): void {
    const { theirs, there } = this;
    if (!theirs || !there) return;
    this.#kept = theirs;
    this.there = { ...there, version: theirs.version };
    this.theirs = null;
  }

  /** Lets go of what waits. */
  leave(): void {
    this.#generation += 1;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #change(how: (stage: StageSequence) => StageSequence): void {
    const { there } = this;
    if (!there) return;
    const stages = there.stages.map((stage) => (stage.group === this.group ? how(stage) : stage));
    this.there = { ...there, stages };
    this.#soon();
  }

  #soon(): void {
    this.failure = null;
    this.checking = true;
    this.#generation += 1;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.tryOut(), REST);
  }

  #stand(read: SharedSequences): void {
    this.there = this.#kept = read;
    this.theirs = null;
    this.failure = null;
    void this.tryOut();
  }

  async #refused(code: string): Promise<void> {
    this.failure = code;
    if (code !== 'version_conflict') return;
    // The feed brings theirs; until it has, saying so is all there is to say.
    const read = await this.#host.sequences().catch(() => null);
    if (read && read.version !== this.#kept?.version) [this.theirs, this.failure] = [whole(read), null];
  }
}
