/** The invented desk's saved views: the team's and the member's own. */
import { NO_FILTER } from '../filters';
import { HostError } from '../host';
import type { Filter } from '../types/Filter';
import type { Role } from '../types/Role';
import type { SavedView } from '../types/SavedView';
import { ME } from './world';

export class FakeViews {
  kept: SavedView[] = [
    {
      id: 'view_1',
      name: 'Acima de R$ 500',
      filter: { ...NO_FILTER, amountFrom: 50_000 },
      team: true,
      by: ME.name,
    },
    {
      id: 'view_2',
      name: 'Hotmart · hoje',
      filter: { ...NO_FILTER, platforms: ['hotmart'], period: { kind: 'days', count: 1 } },
      team: false,
      by: null,
    },
  ];
  #made = 2;

  /** Lists them: the team's first, then the member's own, each by name. */
  list(): SavedView[] {
    const order = (one: SavedView) => (one.team ? 0 : 1);
    return [...this.kept].sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name, 'pt-BR'));
  }

  /** Saves one. Those of the team are a lead's, and need the service. */
  save(
    asked: { id: string | null; name: string; filter: Filter; team: boolean },
    role: Role,
    live: boolean,
  ): SavedView {
    this.#allow(asked.team || this.#isTeam(asked.id), role, live);
    const { name, filter, team } = asked;
    const view = { id: asked.id ?? `view_${++this.#made}`, name, filter, team, by: team ? ME.name : null };
    this.kept = [...this.kept.filter((one) => one.id !== view.id), view];
    return view;
  }

  /** Removes one. */
  remove(id: string, role: Role, live: boolean): void {
    this.#allow(this.#isTeam(id), role, live);
    this.kept = this.kept.filter((one) => one.id !== id);
  }

  /** Finds what a saved view shows. */
  filterOf(id: string): Filter {
    const found = this.kept.find((one) => one.id === id);
    if (!found) throw new HostError('not_found');
    return found.filter;
  }

  #isTeam(id: string | null): boolean {
    return this.kept.some((one) => one.id === id && one.team);
  }

  #allow(team: boolean, role: Role, live: boolean): void {
    if (!team) return;
    if (role === 'agent') throw new HostError('forbidden');
    if (!live) throw new HostError('offline');
  }
}
