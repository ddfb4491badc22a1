/** What actions do to an invented conversation, and which they would leave as it is: the service's rules, in short. */
import { fold } from '../fold';
import type { Action } from '../types/Action';
import type { BackReason } from '../types/BackReason';
import type { BulkStays } from '../types/BulkStays';
import type { Handling } from '../types/Handling';
import type { Owner } from '../types/Owner';
import type { Role } from '../types/Role';
import type { SnoozeUntil } from '../types/SnoozeUntil';
import type { TimelineItem } from '../types/TimelineItem';
import { TEAM } from './people';
import { ME, type Conversation } from './world';

type WithoutFrame<T> = T extends unknown ? Omit<T, 'id' | 'at'> : never;
/** What a timeline is told, before it has a place and a time. */
export type ItemKind = WithoutFrame<TimelineItem>;

/** Lists the team, the member at this desk first. */
export function team(role: Role) {
  const others = TEAM.map((name, place) => ({
    id: `mem_${name}`,
    name,
    role: place === 0 ? ('lead' as const) : ('agent' as const),
    isMe: false,
  }));
  return [{ id: ME.id, name: ME.name, role, isMe: true }, ...others];
}

/** Returns how the work stands now: what was put aside until a time is back once that has come. */
export function handlingOf(from: Conversation, now: number): Handling {
  const { handling } = from;
  if (handling.state !== 'snoozed' || handling.at === null || handling.at > now) return handling;
  const reason = handling.until.kind === 'expired' ? 'expired' : 'time';
  return { state: 'back', reason, at: handling.at };
}

/** Returns the handling after something happened to the customer. */
export function afterNews(from: Conversation, what: 'paid' | 'replied' | 'news', now: number): Handling {
  const { handling } = from;
  if (handling.state === 'resolved') return what === 'paid' ? handling : { state: 'open' };
  if (handling.state !== 'snoozed') return handling;
  const back = (reason: BackReason): Handling => ({ state: 'back', reason, at: now });
  if (handling.until.kind === 'reply') return back('replied');
  if (what === 'paid') return handling.until.kind === 'paid' ? back('paid') : handling;
  return what === 'news' ? back('news') : handling;
}

/** Returns why an action would leave a conversation as it is, or `null` where it would change it. */
export function stays(
  from: Conversation | undefined,
  id: string,
  action: Action,
  role: Role,
  now: number,
): BulkStays | null {
  const why = (reason: BulkStays['reason'], by: string | null = null): BulkStays => ({
    id,
    name: from?.person.name ?? null,
    reason,
    by,
  });
  if (!from) return why('gone');
  const { owner } = from;
  const state = handlingOf(from, now).state;
  switch (action.kind) {
    case 'claim':
      if (owner?.isMe) return why('already');
      return owner ? why('taken', owner.name) : null;
    case 'release':
      return owner?.isMe ? null : why('not_yours', owner?.name ?? null);
    case 'assign':
      if (owner?.id === action.body.to) return why('already');
      return role === 'agent' && owner && !owner.isMe ? why('taken', owner.name) : null;
    case 'resolve':
      return state === 'resolved' ? why('already') : null;
    case 'reopen':
      return state === 'resolved' ? null : why('already');
    case 'wake':
      return state === 'snoozed' ? null : why('already');
    case 'label':
      return changesLabels(from, action.body) ? null : why('already');
    default:
      return null;
  }
}

function changesLabels(from: Conversation, body: { add: string[]; remove: string[] }): boolean {
  const known = new Set(from.labels.map(fold));
  return body.add.some((label) => !known.has(fold(label))) || body.remove.some((one) => known.has(fold(one)));
}

/** Lays an action over a conversation as it is shown while it waits; returns what the timeline tells of it. */
export function lay(from: Conversation, action: Action, role: Role, now: number): ItemKind | null {
  const me = { by: ME.name, byMe: true };
  const looked = action.kind !== 'label' && action.kind !== 'reveal';
  if (looked && handlingOf(from, now).state === 'back') from.handling = { state: 'open' };
  switch (action.kind) {
    case 'claim':
      from.owner = { ...ME, pending: true };
      return { kind: 'claimed', ...me };
    case 'release':
      from.owner = null;
      return { kind: 'released', ...me };
    case 'assign':
      from.owner = ownerOf(action.body.to, role);
      return { kind: 'assigned', ...me, to: from.owner.name, toMe: from.owner.isMe };
    case 'note': {
      const asked = action.body.mentions ?? [];
      const mentions = team(role)
        .filter((one) => asked.includes(one.id))
        .map((one) => one.name);
      const mentionsMe = asked.includes(ME.id);
      return { kind: 'note', text: action.body.text, ...me, pending: true, mentions, mentionsMe };
    }
    case 'resolve':
      from.handling = { state: 'resolved', ...me, at: now, pending: true };
      return { kind: 'resolved', ...me };
    case 'reopen':
      from.handling = { state: 'open' };
      return { kind: 'reopened', ...me };
    case 'snooze':
      from.handling = snoozed(from, action.body.until);
      return { kind: 'snoozed', ...me, until: action.body.until };
    case 'wake':
      from.handling = { state: 'open' };
      return { kind: 'woken', ...me };
    case 'label':
      return labelled(from, action.body);
    case 'message.received':
      from.handling = afterNews(from, 'replied', now);
      return { kind: 'received', ...me, ...action.body, pending: true };
    case 'reveal':
      return { kind: 'revealed', ...me, part: action.body.part };
    default:
      return null;
  }
}

function ownerOf(id: string, role: Role): Owner {
  const name = team(role).find((one) => one.id === id)?.name ?? '';
  return { id, name, isMe: id === ME.id, pending: true };
}

function snoozed(from: Conversation, until: SnoozeUntil): Handling {
  const about = until.kind === 'expired' || until.kind === 'paid' ? until.orderKey : null;
  const ends = from.orders.find((order) => order.orderKey === about)?.deadline?.at ?? null;
  const at = until.kind === 'time' ? Date.parse(until.at) : until.kind === 'expired' ? ends : null;
  return { state: 'snoozed', until, at, by: ME.name, byMe: true, pending: true };
}

function labelled(from: Conversation, body: { add: string[]; remove: string[] }): ItemKind {
  const off = new Set(body.remove.map(fold));
  const known = new Set(from.labels.map(fold));
  const added = body.add.filter((label) => !known.has(fold(label)));
  const kept = [...from.labels.filter((label) => !off.has(fold(label))), ...added];
  from.labels = kept.sort((a, b) => a.localeCompare(b, 'pt-BR'));
  return { kind: 'labelled', by: ME.name, byMe: true, ...body };
}
