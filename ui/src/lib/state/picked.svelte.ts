/** The rows that are picked for doing something to all of them. Knows no DOM and no host. */
import type { Row } from '../types/Row';

export class Picked {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  /** Where a range begins. */
  #anchor: string | null = null;

  get count(): number {
    return this.ids.size;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** Picks a row, or lets it go. */
  toggle(id: string): void {
    const next = new Set(this.ids);
    if (!next.delete(id)) next.add(id);
    this.ids = next;
    this.#anchor = id;
  }

  /** Picks all rows from where the range began, or from the given row where none did, to another. */
  reach(rows: readonly Row[], from: string | null, to: string): void {
    if (this.#anchor === null || !rows.some((row) => row.id === this.#anchor)) this.#anchor = from ?? to;
    const place = (id: string | null) => rows.findIndex((row) => row.id === id);
    const [one, other] = [place(this.#anchor), place(to)];
    if (one < 0 || other < 0) return;
    const range = rows.slice(Math.min(one, other), Math.max(one, other) + 1);
    this.ids = new Set([...this.ids, ...range.map((row) => row.id)]);
  }

  /** Picks all these rows. */
  all(rows: readonly Row[]): void {
    this.ids = new Set(rows.map((row) => row.id));
  }

  /** Lets all go. */
  clear(): void {
    this.ids = new Set();
    this.#anchor = null;
  }
}
