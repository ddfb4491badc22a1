/** What one platform sent, newest first, page by page, and the one that is read. Knows no DOM. */
import { hostError, type Host } from '../host';
import type { Delivery } from '../types/Delivery';
import type { DeliveryDetail } from '../types/DeliveryDetail';
import type { DeliveryFilter } from './sources.svelte';

const PAGE = 60;

export class Deliveries {
  filter = $state<DeliveryFilter>('all');
  rows = $state.raw<Delivery[]>([]);
  status = $state<'loading' | 'ready' | 'failed'>('loading');
  failure = $state<string | null>(null);
  selected = $state<string | null>(null);
  detail = $state.raw<DeliveryDetail | null>(null);
  detailFailure = $state<string | null>(null);

  readonly #host: Host;
  readonly #id: string;
  #next: string | null = null;
  #more: Promise<void> | null = null;
  #generation = 0;

  constructor(host: Host, id: string, filter: DeliveryFilter) {
    this.#host = host;
    this.#id = id;
    this.filter = filter;
  }

  /** Shows those with one result, from the newest. */
  async show(filter: DeliveryFilter): Promise<void> {
    this.filter = filter;
    this.rows = [];
    this.status = 'loading';
    this.selected = null;
    this.detail = null;
    await this.read();
  }

  /** Reads the newest page again; what is selected stays. */
  async read(): Promise<void> {
    const generation = ++this.#generation;
    this.#more = null;
    try {
      const page = await this.#page(null, Math.max(PAGE, Math.min(200, this.rows.length)));
      if (generation !== this.#generation) return;
      this.rows = page.deliveries;
      this.#next = page.nextBefore;
      this.status = 'ready';
      this.failure = null;
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.failure = hostError(thrown).code;
      if (this.rows.length === 0) this.status = 'failed';
    }
  }

  /** Reads the next older page, once. */
  async more(): Promise<void> {
    if (this.#next === null || this.status !== 'ready') return;
    this.#more ??= this.#older(this.#generation, this.#next).finally(() => (this.#more = null));
    await this.#more;
  }

  /** Opens one, or closes it. */
  async select(id: string | null): Promise<void> {
    this.selected = id;
    this.detailFailure = null;
    if (this.detail?.id !== id) this.detail = null;
    if (id === null) return;
    try {
      const detail = await this.#host.sources.delivery(id);
      if (this.selected === id) this.detail = detail;
    } catch (thrown) {
      if (this.selected === id) this.detailFailure = hostError(thrown).code;
    }
  }

  /** Moves the selection by rows. */
  async move(by: number): Promise<void> {
    const at = this.rows.findIndex((row) => row.id === this.selected);
    const next = this.rows[Math.min(this.rows.length - 1, Math.max(0, at + by))];
    if (next && next.id !== this.selected) await this.select(next.id);
  }

  async #older(generation: number, before: string): Promise<void> {
    const page = await this.#page(before, PAGE).catch(() => null);
    if (!page || generation !== this.#generation) return;
    this.rows = [...this.rows, ...page.deliveries];
    this.#next = page.nextBefore;
  }

  #page(before: string | null, limit: number) {
    const result = this.filter === 'all' ? null : this.filter;
    return this.#host.sources.deliveries({ id: this.#id, result, before, limit });
  }
}
