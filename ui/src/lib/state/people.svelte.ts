/** The people of the team on screen: where one is among them, and what is done about them. Knows no DOM. */
import { hostError, type Host } from '../host';
import type { EntryCode } from '../types/EntryCode';
import type { OpenInvite } from '../types/OpenInvite';
import type { Role } from '../types/Role';
import type { SignedInDevice } from '../types/SignedInDevice';
import type { Teammate } from '../types/Teammate';
import { Known } from './known.svelte';

/** Where one is: the list, inviting somebody, or one member. */
export type PeoplePlace = { at: 'list' } | { at: 'invite' } | { at: 'one'; id: string };

export class PeopleDesk {
  place = $state.raw<PeoplePlace>({ at: 'list' });
  people = $state.raw<Teammate[]>([]);
  /** Invites that nobody has come in by yet; empty for whoever may not invite. */
  readonly open: Known<OpenInvite[]>;
  /** When each member was last noted at a device, 0 for nowhere; only whose devices one may see is in it. */
  seen = $state.raw<ReadonlyMap<string, number>>(new Map());
  status = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Why the last reading failed; what was read before stays on screen. */
  failure = $state<string | null>(null);
  /** When the list was last read. */
  readAt = $state<number | null>(null);
  /** Where the member on screen is signed in; `null` until it is known. */
  devices = $state.raw<SignedInDevice[] | null>(null);
  devicesFailure = $state<string | null>(null);
  /** The code that was just made; it is gone with the page it stands on. */
  code = $state.raw<EntryCode | null>(null);
  /** The name of who was just removed. */
  removed = $state<string | null>(null);

  readonly #host: Host;
  #generation = 0;

  constructor(host: Host) {
    this.#host = host;
    this.open = new Known<OpenInvite[]>([], () => host.people.openInvites());
  }

  /** The member at this desk, as the service lists them. */
  get me(): Teammate | undefined {
    return this.people.find((one) => one.isMe);
  }

  get isAdmin(): boolean {
    return this.me?.role === 'admin';
  }

  /** Lists the roles one may invite to, the usual one first. */
  get invites(): Role[] {
    if (this.isAdmin) return ['agent', 'lead', 'admin'];
    return this.me?.role === 'lead' ? ['agent'] : [];
  }

  /** Tells whether one may see where a member is signed in. */
  seesDevicesOf(one: Teammate): boolean {
    return one.isMe || this.isAdmin;
  }

  /** Returns a member. */
  person(id: string): Teammate | undefined {
    return this.people.find((one) => one.id === id);
  }

  /** Goes somewhere; a code that was shown is not shown again. */
  go(place: PeoplePlace): void {
    this.place = place;
    this.code = null;
    this.removed = null;
    this.devices = null;
    this.devicesFailure = null;
    if (place.at === 'one') void this.readDevices();
  }

  /** Goes one step back; tells whether there was one. */
  back(): boolean {
    if (this.place.at === 'list') return false;
    this.go({ at: 'list' });
    return true;
  }

  /** Forgets everything, as when the sheet closes or another person sits down. */
  forget(): void {
    this.#generation += 1;
    this.go({ at: 'list' });
    this.people = [];
    this.open.forget();
    this.seen = new Map();
    this.status = 'loading';
    this.failure = null;
    this.readAt = null;
  }

  /** Reads the list, and where it may be seen, when each was last here. */
  async load(): Promise<void> {
    const generation = ++this.#generation;
    try {
      const people = await this.#host.people.list();
      if (generation !== this.#generation) return;
      this.people = people;
      this.status = 'ready';
      this.failure = null;
      this.readAt = Date.now();
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.failure = hostError(thrown).code;
      if (this.status === 'loading') this.status = 'failed';
      return;
    }
    await this.readOpen();
    await this.#readSeen(generation);
  }

  /** Reads where the member on screen is signed in. */
  async readDevices(): Promise<void> {
    const { place } = this;
    if (place.at !== 'one') return;
    const one = this.person(place.id);
    if (!one || !this.seesDevicesOf(one)) return;
    this.devicesFailure = null;
    try {
      const devices = await this.#host.people.devices(one.id);
      if (this.place === place) this.#takeDevices(one.id, devices);
    } catch (thrown) {
      if (this.place === place) this.devicesFailure = hostError(thrown).code;
    }
  }

  /** Makes an invite. */
  async invite(role: Role): Promise<void> {
    const { place } = this;
    const code = await this.#host.people.invite(role);
    if (this.place === place) this.code = code;
    await this.readOpen();
  }

  /** Reads the open invites, where one may invite. */
  async readOpen(): Promise<void> {
    if (this.invites.length > 0) await this.open.read();
    else this.open.forget();
  }

  /** Takes an invite back: nobody comes in by it any more. */
  async takeInviteBack(id: string): Promise<void> {
    await this.#host.people.takeInviteBack(id);
    this.open.is = this.open.is.filter((one) => one.id !== id);
  }

  /** Gives a member another role. */
  async setRole(id: string, role: Role): Promise<void> {
    await this.#host.people.setRole(id, role);
    this.people = this.people.map((one) => (one.id === id ? { ...one, role } : one));
    await this.load();
  }

  /** Lets a member back in by a code; their password and sessions are gone. */
  async letBackIn(id: string): Promise<void> {
    const { place } = this;
    const code = await this.#host.people.letBackIn(id);
    if (this.place !== place) return;
    this.code = code;
    await this.readDevices();
  }

  /** Ends a session of the member on screen. */
  async endSession(id: string): Promise<void> {
    await this.#host.people.endSession(id);
    await this.readDevices();
  }

  /** Removes a member and goes back to the list. */
  async remove(id: string): Promise<void> {
    await this.#host.people.remove(id);
    const name = this.person(id)?.name ?? null;
    this.people = this.people.filter((one) => one.id !== id);
    this.go({ at: 'list' });
    this.removed = name;
    void this.load();
  }

  /** Asked for one by one: it is beside the point, and may take its time. */
  async #readSeen(generation: number): Promise<void> {
    for (const one of this.people.filter((one) => this.seesDevicesOf(one))) {
      const devices = await this.#host.people.devices(one.id).catch(() => null);
      if (generation !== this.#generation || !devices) return;
      this.#note(one.id, devices);
    }
  }

  #takeDevices(id: string, devices: SignedInDevice[]): void {
    this.devices = devices;
    this.#note(id, devices);
  }

  #note(id: string, devices: readonly SignedInDevice[]): void {
    const last = Math.max(0, ...devices.map((one) => one.seenAt));
    this.seen = new Map(this.seen).set(id, last);
  }
}
