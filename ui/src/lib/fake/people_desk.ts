/** The invented team as its service keeps it: members, the devices they are signed in at, codes to come in by. */
import { HostError } from '../host';
import type { PeopleHost } from '../people_host';
import { DAY, HOUR, MINUTE } from '../time';
import type { EntryCode } from '../types/EntryCode';
import type { OpenInvite } from '../types/OpenInvite';
import type { Role } from '../types/Role';
import type { SignedInDevice } from '../types/SignedInDevice';
import type { Teammate } from '../types/Teammate';
import { team } from './handling';

/** What of the host the people need. */
export interface Surroundings {
  now: () => number;
  answer: <T>(make: () => T) => Promise<T>;
  role: () => Role;
  live: () => boolean;
  told: () => void;
}

const ORDER: readonly Role[] = ['admin', 'lead', 'agent'];
const DEVICE = 'Balcão 0.1.0 (linux)';
/** How long ago each colleague was last here, and whether two devices are signed in. */
const LAST: readonly (readonly [number, boolean])[] = [
  [2 * MINUTE, true],
  [3.5 * HOUR, false],
  [9 * DAY, false],
];

export class FakePeople implements PeopleHost {
  /** What was done, for tests. */
  calls: string[] = [];
  /** Every next call fails with this code, until it is set to `null`. */
  failing: string | null = null;
  members: Teammate[] = [];
  open = new Map<string, SignedInDevice[]>();
  invites: OpenInvite[] = [];

  readonly #around: Surroundings;
  #made = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Lets somebody come in by an invite, as the feed would tell it. */
  join(name: string, role: Role): void {
    this.#begin();
    const id = `mem_new_${++this.#made}`;
    this.members.push({ id, name, role, joinedAt: this.#around.now(), isMe: false });
    this.open.set(id, [this.#device(id, 0)]);
    this.#around.told();
  }

  list = () =>
    this.#ask('list', 'agent', () =>
      [...this.members].sort(
        (a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role) || a.name.localeCompare(b.name, 'pt-BR'),
      ),
    );
  invite = (role: Role) =>
    this.#ask('invite', role === 'agent' ? 'lead' : 'admin', () => {
      const code = this.#code(role, 7 * DAY);
      const me = this.members.find((one) => one.isMe);
      const by = me ? { id: me.id, name: me.name } : null;
      this.invites.push({ id: `inv_${this.#made}`, role, expiresAt: code.expiresAt, by });
      return code;
    });
  openInvites = () =>
    this.#ask('openInvites', 'lead', () =>
      this.invites.filter((one) => one.role === 'agent' || this.#around.role() === 'admin'),
    );
  takeInviteBack = (id: string) =>
    this.#ask('takeInviteBack', 'lead', () => {
      if (!this.invites.some((one) => one.id === id)) throw new HostError('not_found');
      this.invites = this.invites.filter((one) => one.id !== id);
    });
  setRole = (id: string, role: Role) =>
    this.#ask('setRole', 'admin', () => {
      const one = this.#find(id);
      const admins = this.members.filter((other) => other.role === 'admin');
      if (one.role === 'admin' && role !== 'admin' && admins.length === 1) throw new HostError('last_admin');
      this.members = this.members.map((other) => (other === one ? { ...one, role } : other));
      this.#around.told();
    });
  letBackIn = (id: string) =>
    this.#ask('letBackIn', 'admin', () => {
      const { role } = this.#find(id);
      this.open.set(id, []);
      return this.#code(role, DAY);
    });
  remove = (id: string) =>
    this.#ask('remove', 'admin', () => {
      const gone = this.#find(id);
      const admins = this.members.filter((one) => one.role === 'admin');
      if (gone.role === 'admin' && admins.length === 1) throw new HostError('last_admin');
      this.members = this.members.filter((one) => one !== gone);
      this.open.delete(id);
    });
  devices = (member: string | null) =>
    this.#ask('devices', 'agent', () => {
      const me = this.members.find((one) => one.isMe);
      const whose = this.#find(member ?? me?.id ?? '');
      if (!whose.isMe && this.#around.role() !== 'admin') throw new HostError('forbidden');
      return this.open.get(whose.id) ?? [];
    });
  endSession = (id: string) =>
    this.#ask('endSession', 'agent', () => {
      const found = [...this.open].find(([, devices]) => devices.some((one) => one.id === id));
      if (!found) throw new HostError('not_found');
      const [owner, devices] = found;
      this.open.set(
        owner,
        devices.filter((one) => one.id !== id),
      );
    });

  #begin(): void {
    if (this.members.length > 0) return;
    const now = this.#around.now();
    this.members = team(this.#around.role()).map((one, place) => ({
      ...one,
      joinedAt: now - (200 - place * 40) * DAY,
    }));
    for (const [place, one] of this.members.entries()) this.open.set(one.id, this.#opened(one, place));
  }

  #opened(one: Teammate, place: number): SignedInDevice[] {
    const [ago, second] = one.isMe ? ([MINUTE, true] as const) : (LAST[place - 1] ?? [DAY, false]);
    const first = { ...this.#device(one.id, ago), isThis: one.isMe };
    return second ? [first, { ...this.#device(`${one.id}_2`, ago + 2 * DAY), device: 'Notebook' }] : [first];
  }

  #device(id: string, ago: number): SignedInDevice {
    const seenAt = this.#around.now() - ago;
    return { id: `ses_${id}`, device: DEVICE, createdAt: seenAt - 30 * DAY, seenAt, isThis: false };
  }

  #code(role: Role, lasts: number): EntryCode {
    const part = String(++this.#made).padStart(4, '0');
    const expiresAt = this.#around.now() + lasts;
    const code = `K7QMX-2WRTA-9HDNE-${part}P-4JVBC`;
    return { code, role, expiresAt, server: 'https://balcao.example.com' };
  }

  #find(id: string): Teammate {
    const found = this.members.find((one) => one.id === id);
    if (!found) throw new HostError('not_found');
    return found;
  }

  #ask<T>(name: string, least: Role, make: () => T): Promise<T> {
    return this.#around.answer(() => {
      this.calls.push(name);
      this.#begin();
      if (this.failing) throw new HostError(this.failing);
      if (!this.#around.live()) throw new HostError('offline');
      if (ORDER.indexOf(this.#around.role()) > ORDER.indexOf(least)) throw new HostError('forbidden');
      return make();
    });
  }
}
