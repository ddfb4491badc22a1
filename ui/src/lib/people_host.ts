/** Names what the page asks about the people of the team. Knows no transport. */
import type { EntryCode } from './types/EntryCode';
import type { OpenInvite } from './types/OpenInvite';
import type { Role } from './types/Role';
import type { SignedInDevice } from './types/SignedInDevice';
import type { Teammate } from './types/Teammate';

/** Everything that can be asked about people; all read, leads invite agents, admins do the rest. */
export interface PeopleHost {
  list(): Promise<Teammate[]>;
  invite(role: Role): Promise<EntryCode>;
  /** Lists the invites nobody has come in by yet, as far as one may give them oneself. */
  openInvites(): Promise<OpenInvite[]>;
  takeInviteBack(id: string): Promise<void>;
  setRole(id: string, role: Role): Promise<void>;
  /** Ends a member's password and sessions; the code lets the same member back in. */
  letBackIn(id: string): Promise<EntryCode>;
  remove(id: string): Promise<void>;
  /** Lists where a member is signed in; oneself where nobody is named. */
  devices(member: string | null): Promise<SignedInDevice[]>;
  endSession(id: string): Promise<void>;
}
