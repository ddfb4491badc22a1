/** What lists are narrowed by: the filter of each view while the app runs, saved views, and the values there are. Knows no DOM. */
import { filterOf, joined, type Value } from '../filter_by';
import { isEmpty, NO_FILTER, sameFilter, without, type Field, type Names } from '../filters';
import { hostError, type Host } from '../host';
import type { Colleague } from '../types/Colleague';
import type { Filter } from '../types/Filter';
import type { FilterValues } from '../types/FilterValues';
import type { SavedView } from '../types/SavedView';
import type { View } from '../types/View';
import { Known } from './known.svelte';
import type { Listed, RowList } from './row_list.svelte';

/** What the menu shows: every field, or one. */
export type Menu = Field | 'all' | null;

/** What is asked about a saved view, or about one to be made. */
export interface ViewAsk {
  ask: 'save' | 'rename' | 'remove';
  view: SavedView | null;
}

export class Narrowing {
  views = $state.raw<SavedView[]>([]);
  menu = $state<Menu>(null);
  dialog = $state.raw<ViewAsk | null>(null);

  readonly knownValues: Known<FilterValues | null>;
  readonly knownMembers: Known<Colleague[]>;

  #host: Host;
  #list: RowList;
  #kept = new Map<string, Filter>();

  constructor(host: Host, list: RowList) {
    this.#host = host;
    this.#list = list;
    this.knownValues = new Known<FilterValues | null>(null, () => host.filterValues());
    this.knownMembers = new Known<Colleague[]>([], () => host.members());
  }

  /** Returns what there is to narrow by, as it was read last. */
  get values(): FilterValues | null {
    return this.knownValues.is;
  }

  get members(): Colleague[] {
    return this.knownMembers.is;
  }

  /** Returns the filter of the list on screen. */
  get filter(): Filter {
    return this.#list.listed.filter;
  }

  /** Returns the saved view on screen. */
  get saved(): SavedView | null {
    const { saved } = this.#list.listed;
    return this.views.find((one) => one.id === saved) ?? null;
  }

  /** Tells whether the filter of the saved view on screen is not what was saved. */
  get altered(): boolean {
    return this.saved !== null && !sameFilter(this.filter, this.saved.filter);
  }

  /** Tells whether something narrows the list that is not a part of what it is called. */
  get narrowed(): boolean {
    return this.saved ? this.altered : !isEmpty(this.filter);
  }

  get names(): Names {
    return { values: this.values, members: this.members };
  }

  /** Shows a view, narrowed as it was when it was last on screen. */
  async show(view: View): Promise<void> {
    await this.#show({ view, saved: null, filter: this.#kept.get(view) ?? NO_FILTER });
  }

  /** Shows a saved view. */
  async showSaved(id: string): Promise<void> {
    const found = this.views.find((one) => one.id === id);
    if (!found) return;
    await this.#show({
      view: 'all',
      saved: id,
      filter: this.#kept.get(id) ?? found.filter,
      as: found.filter,
    });
  }

  /** Narrows the list on screen. */
  async put(filter: Filter): Promise<void> {
    const { listed } = this.#list;
    this.#kept.set(listed.saved ?? listed.view, filter);
    await this.#show({ ...listed, filter });
  }

  /** Takes away a field's condition. */
  async drop(field: Field): Promise<void> {
    await this.put(without(this.filter, field));
  }

  /** Takes away what narrows the list; a saved view is again what was saved. */
  async clear(): Promise<void> {
    await this.put(this.saved?.filter ?? NO_FILTER);
  }

  /** Narrows the list on screen to a value that is on screen. */
  async by(value: Value): Promise<void> {
    if (!this.values) await this.readValues();
    await this.put(joined(this.filter, filterOf(value, this.values)));
  }

  /** Saves the filter on screen as a view and shows it; throws a `HostError`. */
  async save(asked: { id: string | null; name: string; team: boolean }): Promise<void> {
    const { listed } = this.#list;
    const filter = $state.snapshot(listed.filter) as Filter;
    const view = await this.#host.viewSave({ ...asked, filter });
    this.#kept.delete(view.id);
    if (!listed.saved) this.#kept.delete(listed.view);
    await this.readViews();
    await this.showSaved(view.id);
  }

  /** Names a saved view anew, without what was changed of its filter since; throws a `HostError`. */
  async rename(view: SavedView, name: string): Promise<void> {
    const { id, filter, team } = view;
    await this.#host.viewSave({ id, name, filter, team });
    await this.readViews();
  }

  /** Removes a saved view; throws a `HostError`. */
  async remove(id: string): Promise<void> {
    await this.#host.viewRemove(id);
    this.#kept.delete(id);
    this.views = this.views.filter((one) => one.id !== id);
    if (this.#list.listed.saved === id) await this.show('due');
  }

  /** Reads the saved views; one that is gone and on screen gives way. */
  async readViews(): Promise<void> {
    const wasAltered = this.altered;
    this.views = await this.#host.views().catch(() => this.views);
    const { saved } = this.#list.listed;
    if (!saved) return;
    if (!this.saved) await this.show('due');
    else if (!wasAltered && this.altered) await this.showSaved(saved);
  }

  /** Reads what there is to narrow by. */
  async readValues(): Promise<void> {
    await Promise.all([this.knownValues.read(), this.knownMembers.read()]);
  }

  /** Forgets what was narrowed, as when another member sits down. */
  forget(): void {
    this.#kept.clear();
    this.views = [];
    this.knownValues.forget();
    this.knownMembers.forget();
    this.menu = null;
  }

  async #show(listed: Listed): Promise<void> {
    await this.#list.show(listed);
  }
}

/** Returns the code of what a save or removal failed by. */
export const codeOf = (thrown: unknown): string => hostError(thrown).code;
