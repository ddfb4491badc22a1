/**
 * The list on screen: one view's rows in an order that only changes when nobody is looking for a row.
 * Rows are refreshed where they stand; what is new or gone waits for a re-sort. Knows no DOM.
 */
import { isEmpty, NO_FILTER, sameFilter } from '../filters';
import { hostError, type Host } from '../host';
import type { Filter } from '../types/Filter';
import type { Row } from '../types/Row';
import type { RowPage } from '../types/RowPage';
import type { View } from '../types/View';

const PAGE = 100;
const MOST = 200;
/** Up to how many rows are read where they stand though nobody looks for one; with more, all are read in their order. */
const FEW = 20;
/** How many rows around those in sight are kept right when everything changed. */
const NEAR = 60;
/** How many a search brings. */
export const HITS = 100;
/** How many rows are read so that all of them can be picked: as many as can be acted on at once. */
export const ALL = 1_000;
/** How long the list must have been left alone before it may re-sort by itself. */
export const IDLE = 2_000;
/** How long the last list's rows stay in sight while the next one is read: less than a blink, so that none is drawn in between. */
const BRIDGE = 120;

export type ListState = 'loading' | 'ready' | 'failed';

/** Says what is listed. */
export interface Listed {
  view: View;
  /** The saved view, in place of `view`. */
  saved: string | null;
  /** What narrows it; a saved view's own conditions are among them. */
  filter: Filter;
  /** What the saved view narrows by itself. */
  as?: Filter;
}

export class RowList {
  listed = $state.raw<Listed>({ view: 'due', saved: null, filter: NO_FILTER });
  /** What is searched for; the list shows what was found while it is not empty. */
  text = $state('');
  /** The search field is open, and how often it was asked for. */
  finding = $state(false);
  findAsked = $state(0);
  /** How many conversations the last search went through. */
  searched = $state<number | null>(null);
  rows = $state.raw<Row[]>([]);
  total = $state(0);
  status = $state<ListState>('loading');
  /** The rows that follow those on screen could not be read. */
  cutOff = $state(false);
  /** Why it could not be read, while it is `failed`. */
  failure = $state<string | null>(null);
  /** How often a list began anew: its first row comes into sight. */
  begun = $state(0);
  /** Rows that are in the view but not yet shown. */
  fresh = $state.raw<ReadonlySet<string>>(new Set());
  /** Rows shown that have left the view. */
  gone = $state.raw<ReadonlySet<string>>(new Set());
  selected = $state<string | null>(null);
  /** Rows to glow, each with the time its glow began. */
  glowing = $state.raw<ReadonlySet<string>>(new Set());

  #host: Host;
  #next: string | null = null;
  #more: Promise<void> | null = null;
  #generation = 0;
  /** What the rows on screen were searched by, and the reading of those to come. */
  #answered = '';
  #reading: Promise<void> | null = null;
  #touchedAt = 0;
  #pointerOver = false;
  #atTop = true;
  #first = 0;
  /** Where walking goes on from while what is open is not among the rows. */
  #aside = -1;
  /** Rows out of sight that have not been read again since everything changed. */
  #old = new Set<string>();
  #asked = new Set<string>();
  #asking = false;
  #everything = false;
  #stale = false;
  /** The rows are still another list's. */
  #turning = false;
  /** What each row is drawn in, by its id; see {@link slotOf}. */
  #slots = new Map<string, number>();
  #lastSlot = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  get view(): View {
    return this.listed.view;
  }

  /** Tells whether the list shows what a search found. One letter asks for nothing yet. */
  get searching(): boolean {
    return [...this.text.trim()].length > 1;
  }

  /** Returns what to wait for until the rows are those that were found; `null` once they are. */
  get answering(): Promise<void> | null {
    return this.#answered === this.text.trim() ? null : this.#reading;
  }

  /** Returns what to wait for while the rows are still another list's; `null` once they are this one's. */
  get arriving(): Promise<void> | null {
    return this.#turning ? this.#reading : null;
  }

  /** Shows a view from its start; narrowed anew, its rows stay until the others are here. */
  async show(asked: View | Listed): Promise<void> {
    const next = typeof asked === 'string' ? { view: asked, saved: null, filter: NO_FILTER } : asked;
    const stays = next.view === this.view && next.saved === this.listed.saved;
    this.#generation += 1;
    this.listed = next;
    if (!stays) this.#turn();
    this.#next = null;
    this.#more = null;
    this.#atTop = true;
    this.#first = 0;
    this.#aside = -1;
    if (this.rows.length === 0) this.status = 'loading';
    this.#settle();
    await this.#read(PAGE, true);
  }

  /**
   * Returns what a row is drawn in. A row keeps it while its list is in sight; those of another list take over the last one's,
   * place by place, and are written over instead of drawn anew.
   */
  slotOf(row: Row): number {
    return this.#slots.get(row.id) ?? 0;
  }

  /** Searches everything, narrowed by the filter; without a text, shows the view again. */
  async search(text: string): Promise<void> {
    const searched = this.searching;
    this.text = text;
    if (!searched && !this.searching) return;
    this.#generation += 1;
    this.#next = null;
    this.#more = null;
    await this.#read(PAGE, true);
  }

  /** Opens the search field. */
  find(): void {
    this.finding = true;
    this.findAsked += 1;
  }

  /** Closes the search field and shows the view again. */
  async endSearch(): Promise<void> {
    this.finding = false;
    if (this.searching) await this.search('');
    else this.text = '';
  }

  /** Reads on until all rows are here, or as many as are picked at once. */
  async readAll(): Promise<void> {
    let before = -1;
    while (this.#next && this.rows.length < ALL && this.rows.length > before) {
      before = this.rows.length;
      await this.more();
    }
  }

  /** Tells that the person is at work in the list. */
  touch(now: number): void {
    this.#touchedAt = now;
  }

  /** Tells whether the pointer is over the list. */
  pointer(over: boolean): void {
    this.#pointerOver = over;
  }

  /** Tells whether the first row is in sight, and which row is the first of those that are. */
  scrolled(atTop: boolean, first = 0): void {
    this.#atTop = atTop;
    this.#first = first;
    if (this.#old.size === 0) return;
    const old = this.#inSight().filter((id) => this.#old.has(id));
    if (old.length === 0) return;
    for (const id of old) this.#old.delete(id);
    void this.changed(old, false, this.#touchedAt);
  }

  /** Loads the next page, once at a time. */
  more(): Promise<void> {
    if (!this.#next || this.status !== 'ready') return Promise.resolve();
    this.#more ??= this.#append().finally(() => (this.#more = null));
    return this.#more;
  }

  /** Takes in what changed: refreshes rows in place and re-sorts if that moves nothing under anyone. */
  async changed(ids: readonly string[], everything: boolean, now: number): Promise<void> {
    for (const id of ids) this.#asked.add(id);
    if (everything || this.#asked.size > MOST) this.#everything = true;
    if (this.#asking) return;
    if ((this.#everything || this.#asked.size > FEW) && this.#isIdle(now)) this.#leaveToSorting();
    this.#asking = true;
    try {
      while (this.#asked.size > 0 || this.#everything) await this.#refresh();
    } catch {
      this.#stale = true;
    } finally {
      this.#asking = false;
    }
    await this.settleWhenIdle(now);
  }

  /** Re-sorts if something waits for it and the list has been left alone. Called by the ticker as well. */
  async settleWhenIdle(now: number): Promise<void> {
    if (this.#waits() && (this.#isIdle(now) || this.rows.length === 0)) await this.resort();
  }

  /** Reads the view again from its start and shows it in its order. */
  async resort(): Promise<void> {
    this.#generation += 1;
    await this.#read(Math.min(MOST, Math.max(PAGE, this.rows.length)));
  }

  /** Moves the selection by some rows; returns the id now selected. */
  move(by: number): string | null {
    if (this.rows.length === 0 || this.#turning) return null;
    const here = this.rows.findIndex((row) => row.id === this.selected);
    const at = here < 0 ? this.#aside : here;
    const to = at < 0 ? 0 : Math.min(this.rows.length - 1, Math.max(0, at + by));
    this.#aside = -1;
    this.selected = this.rows[to]?.id ?? null;
    return this.selected;
  }

  /** Remembers where the selection is, for a conversation that is not among the rows is about to be opened. */
  stepAside(): void {
    const at = this.rows.findIndex((row) => row.id === this.selected);
    if (at >= 0) this.#aside = at;
  }

  /** Lets sold rows glow once. */
  glow(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.glowing = new Set([...this.glowing, ...ids]);
    setTimeout(() => {
      const left = new Set(this.glowing);
      for (const id of ids) left.delete(id);
      this.glowing = left;
    }, 700);
  }

  /** Leaves a list: its rows stay in sight until the next one's are here, unless that takes long. */
  #turn(): void {
    this.#turning = true;
    this.status = 'loading';
    this.text = '';
    this.finding = false;
    this.searched = null;
    const generation = this.#generation;
    setTimeout(() => {
      if (this.#turning && generation === this.#generation) this.rows = [];
    }, BRIDGE);
  }

  /**
   * Puts rows in place. Each is drawn in what it had; those that came take over what others were drawn in: what stood in their
   * place in another list, or what went from this one.
   */
  #put(rows: Row[], other = false): void {
    const before = this.rows;
    const here = new Set(rows.map((row) => row.id));
    const left = (other ? [] : before.filter((row) => !here.has(row.id))).values();
    const slots = new Map<string, number>();
    rows.forEach((row, place) => {
      const own = other ? undefined : this.#slots.get(row.id);
      const over = other ? before[place] : own === undefined && left.next().value;
      slots.set(row.id, own ?? ((over && this.#slots.get(over.id)) || ++this.#lastSlot));
    });
    this.#slots = slots;
    this.rows = rows;
  }

  #isIdle(now: number): boolean {
    return now - this.#touchedAt >= IDLE && !this.#pointerOver && this.#atTop;
  }

  /** Where nobody looks for a row, all are about to be read in their order: none is read where it stands first. */
  #leaveToSorting(): void {
    this.#asked.clear();
    this.#everything = false;
    this.#stale = true;
  }

  #waits(): boolean {
    return this.fresh.size > 0 || this.gone.size > 0 || this.#stale;
  }

  #settle(): void {
    this.fresh = new Set();
    this.gone = new Set();
    this.#stale = false;
    this.#old.clear();
    this.#asked.clear();
    this.#everything = false;
  }

  /** Returns what the host is asked for: a saved view as it was saved is counted already, and asked for by its name. */
  #wanted(): { view: View; saved?: string; filter?: Filter } {
    const { view, saved, filter, as } = this.listed;
    if (this.searching) return { view: 'all', filter };
    if (saved && as && sameFilter(filter, as)) return { view, saved };
    return isEmpty(filter) ? { view } : { view, filter };
  }

  #page(after: string | null, limit: number): Promise<RowPage> {
    return this.#host.listPage({ ...this.#wanted(), after, limit });
  }

  async #find(): Promise<RowPage> {
    const { filter } = this.listed;
    const narrowed = isEmpty(filter) ? {} : { filter };
    const found = await this.#host.search({ text: this.text.trim(), limit: HITS, ...narrowed });
    this.searched = found.searched;
    return { rows: found.rows, next: null, total: found.rows.length };
  }

  #read(limit: number, anew = false): Promise<void> {
    return (this.#reading = this.#load(limit, anew));
  }

  async #load(limit: number, anew = false): Promise<void> {
    const generation = this.#generation;
    const looked = this.text.trim();
    try {
      const page = await (this.searching ? this.#find() : this.#page(null, limit));
      if (generation !== this.#generation) return;
      this.#answered = looked;
      this.#put(keepSame(this.rows, page.rows), this.#turning);
      this.#turning = false;
      if (anew) this.begun += 1;
      this.#next = page.next;
      this.total = page.total;
      this.status = 'ready';
      this.cutOff = false;
      this.#settle();
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.#answered = looked;
      this.failure = hostError(thrown).code;
      // Rows of another text, or of another list, would pass for what was asked for.
      if (this.searching || this.#turning) this.rows = [];
      this.#turning = false;
      this.status = this.rows.length > 0 ? 'ready' : 'failed';
    }
  }

  async #append(): Promise<void> {
    const generation = this.#generation;
    try {
      const page = await this.#page(this.#next, PAGE);
      if (generation !== this.#generation) return;
      const known = new Set(this.rows.map((row) => row.id));
      this.#put([...this.rows, ...page.rows.filter((row) => !known.has(row.id))]);
      const here = new Set(page.rows.map((row) => row.id));
      this.fresh = new Set([...this.fresh].filter((id) => !here.has(id)));
      this.#next = page.next;
      this.total = page.total;
      this.cutOff = false;
    } catch {
      // What is on screen stays; scrolling on asks again.
      if (generation === this.#generation) this.cutOff = true;
    }
  }

  async #refresh(): Promise<void> {
    const generation = this.#generation;
    const everything = this.#everything;
    const ids = everything ? this.#inSight() : [...this.#asked];
    this.#asked.clear();
    this.#everything = false;
    if (everything) {
      this.#stale = true;
      this.#old = new Set(this.rows.map((row) => row.id));
      for (const id of ids) this.#old.delete(id);
    }
    if (ids.length === 0) return;
    const shown = new Set(this.rows.map((row) => row.id));
    const here = ids.filter((id) => shown.has(id));
    const others = this.searching ? [] : ids.filter((id) => !shown.has(id));
    const [now, come] = await Promise.all([this.#rowsNow(here, null), this.#rowsNow(others, this.#next)]);
    if (generation === this.#generation) this.#place(ids, [...now, ...come]);
  }

  /** Reads rows again; of those not shown only what would stand among the rows that are, for the rest comes with its page. */
  async #rowsNow(ids: string[], until: string | null): Promise<Row[]> {
    return ids.length === 0 ? [] : await this.#host.rows({ ...this.#wanted(), ids, until });
  }

  /** Returns the rows in sight and near. */
  #inSight(): string[] {
    const from = Math.max(0, Math.min(this.#first, this.rows.length) - NEAR);
    return this.rows.slice(from, from + MOST).map((row) => row.id);
  }

  #place(ids: readonly string[], now: readonly Row[]): void {
    const byId = new Map(now.map((row) => [row.id, row]));
    const shown = new Set(this.rows.map((row) => row.id));
    const fresh = new Set(this.fresh);
    const gone = new Set(this.gone);
    for (const id of ids) {
      const inView = byId.has(id);
      if (shown.has(id)) {
        if (inView) gone.delete(id);
        else gone.add(id);
      } else if (inView) fresh.add(id);
      else fresh.delete(id);
    }
    this.rows = this.rows.map((row) => byId.get(row.id) ?? row);
    this.fresh = fresh;
    this.gone = gone;
  }
}

/** Keeps the objects of rows that did not change, so that only the others are drawn again. */
function keepSame(before: readonly Row[], after: readonly Row[]): Row[] {
  const known = new Map(before.map((row) => [row.id, row]));
  return after.map((row) => {
    const old = known.get(row.id);
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
}
