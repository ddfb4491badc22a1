/** The sources on screen: where one is among them, what the service tells, and what an admin does. Knows no DOM. */
import { hostError, type Host } from '../host';
import type { NewSource } from '../types/NewSource';
import type { Source } from '../types/Source';
import type { SourceChange } from '../types/SourceChange';
import type { SourceHealth } from '../types/SourceHealth';
import type { SourcePlatform } from '../types/SourcePlatform';

export type Tab = 'overview' | 'deliveries' | 'history' | 'settings';
export type DeliveryFilter = 'all' | 'accepted' | 'duplicate' | 'ignored' | 'unmapped' | 'rejected';

/** Where one is: the list, the platforms to choose from, a new source, its first set-up, or one source. */
export type Place =
  | { at: 'list' }
  | { at: 'pick' }
  | { at: 'new'; platform: string }
  | { at: 'setUp'; id: string }
  | { at: 'source'; id: string; tab: Tab; filter: DeliveryFilter };

export class SourcesDesk {
  place = $state.raw<Place>({ at: 'list' });
  platforms = $state.raw<SourcePlatform[]>([]);
  sources = $state.raw<Source[]>([]);
  health = $state.raw<ReadonlyMap<string, SourceHealth>>(new Map());
  status = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Why the last reading failed; what was read before stays on screen. */
  failure = $state<string | null>(null);
  /** When the sources were last read. */
  readAt = $state<number | null>(null);
  /** The platforms are being asked how they are. */
  probing = $state(false);

  readonly #host: Host;
  #reading: Promise<void> | null = null;
  #generation = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Goes somewhere. */
  go(place: Place): void {
    this.place = place;
  }

  /** Opens a source. */
  open(id: string, tab: Tab = 'overview', filter: DeliveryFilter = 'all'): void {
    this.place = { at: 'source', id, tab, filter };
  }

  /** Goes one step back; tells whether there was one. */
  back(): boolean {
    if (this.place.at === 'list') return false;
    this.place = this.place.at === 'new' ? { at: 'pick' } : { at: 'list' };
    return true;
  }

  /** Returns a source that is on screen. */
  source(id: string): Source | undefined {
    return this.sources.find((source) => source.id === id);
  }

  /** Returns a platform. */
  platform(slug: string): SourcePlatform | undefined {
    return this.platforms.find((platform) => platform.slug === slug);
  }

  /** Forgets everything, as when another person sits down. */
  forget(): void {
    this.#generation += 1;
    this.#reading = null;
    this.place = { at: 'list' };
    this.platforms = [];
    this.sources = [];
    this.health = new Map();
    this.status = 'loading';
    this.failure = null;
    this.readAt = null;
  }

  /** Reads everything for the first time, or again. */
  async load(): Promise<void> {
    if (this.sources.length === 0) this.status = 'loading';
    await this.refresh();
  }

  /** Reads the sources and how they do; one reading at a time. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read(false).finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Asks the platforms too. */
  async probe(): Promise<void> {
    this.probing = true;
    await this.#read(true);
    this.probing = false;
  }

  /** Adds a source and returns it. */
  async add(asked: NewSource): Promise<Source> {
    const source = await this.#host.sources.add(asked);
    this.sources = [...this.sources, source];
    void this.refresh();
    return source;
  }

  /** Changes a source. */
  async change(id: string, change: SourceChange): Promise<void> {
    this.take(await this.#host.sources.change({ id, change }));
  }

  /** Takes a source away and goes back to the list. */
  async remove(id: string): Promise<void> {
    await this.#host.sources.remove(id);
    this.sources = this.sources.filter((source) => source.id !== id);
    this.place = { at: 'list' };
    void this.refresh();
  }

  /** Puts what the service answered about a source on screen. */
  take(source: Source): void {
    this.sources = this.sources.map((known) => (known.id === source.id ? source : known));
    void this.refresh();
  }

  async #read(probe: boolean): Promise<void> {
    const generation = this.#generation;
    const { sources } = this.#host;
    try {
      const [listed, told, platforms] = await Promise.all([
        sources.list(),
        sources.health(probe),
        this.platforms.length > 0 ? this.platforms : sources.platforms(),
      ]);
      if (generation !== this.#generation) return;
      this.sources = listed;
      this.health = new Map(told.map((one) => [one.id, this.#withProbe(one)]));
      this.platforms = platforms;
      this.status = 'ready';
      this.failure = null;
      this.readAt = Date.now();
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.failure = hostError(thrown).code;
      if (this.status === 'loading') this.status = 'failed';
    }
  }

  /** A reading that asked no platform does not forget what one said before. */
  #withProbe(told: SourceHealth): SourceHealth {
    const before = this.health.get(told.id);
    return told.probe || !before?.probe ? told : { ...told, probe: before.probe };
  }
}
