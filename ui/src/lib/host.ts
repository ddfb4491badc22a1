/** Names what the page asks of its host; every shape comes from the host's own types. Knows no transport. */
import type { Action } from './types/Action';
import type { Boot } from './types/Boot';
import type { Change } from './types/Change';
import type { ConversationView } from './types/ConversationView';
import type { Copied } from './types/Copied';
import type { CopyWhat } from './types/CopyWhat';
import type { Counters } from './types/Counters';
import type { DraftAsked } from './types/DraftAsked';
import type { Fill } from './types/Fill';
import type { Found } from './types/Found';
import type { Freshness } from './types/Freshness';
import type { HandOverAsked } from './types/HandOverAsked';
import type { LinkWhat } from './types/LinkWhat';
import type { OutboxItem } from './types/OutboxItem';
import type { PageAsked } from './types/PageAsked';
import type { PersonPart } from './types/PersonPart';
import type { Row } from './types/Row';
import type { RowPage } from './types/RowPage';
import type { Settings } from './types/Settings';
import type { SourceProblem } from './types/SourceProblem';
import type { TemplateChip } from './types/TemplateChip';
import type { TimelinePage } from './types/TimelinePage';
import type { View } from './types/View';
import type { WrittenDown } from './types/WrittenDown';
import type { Locale } from './i18n.svelte';
import type { SourcesHost } from './sources_host';

export type { Boot };

/** Tells why the host did not do what was asked; the page acts on the code and never shows the message. */
export class HostError extends Error {
  constructor(
    readonly code: string,
    message = code,
    /** What is wrong in what was sent, and where; for sources. */
    readonly problems: readonly SourceProblem[] = [],
  ) {
    super(message);
    this.name = 'HostError';
  }
}

/** Reads whatever a failed call threw into a `HostError`. */
export function hostError(thrown: unknown): HostError {
  if (thrown instanceof HostError) return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown) {
    const { code, message, problems } = thrown as { code: unknown; message?: unknown; problems?: unknown };
    const listed = Array.isArray(problems) ? (problems as SourceProblem[]) : [];
    return new HostError(String(code), String(message ?? code), listed);
  }
  return new HostError('unknown', String(thrown));
}

export type { CopyWhat, LinkWhat };

/** Everything the page can ask, and the two things it is told. */
export interface Host {
  readonly sources: SourcesHost;
  boot(): Promise<Boot>;
  joinTeam(asked: { server: string; invite: string; name: string }): Promise<Boot>;
  startHere(asked: { workspace: string; name: string }): Promise<Boot>;
  startSample(asked: { name: string }): Promise<Boot>;
  signOut(): Promise<Boot>;
  listPage(asked: PageAsked): Promise<RowPage>;
  rows(asked: { view: View; ids: string[] }): Promise<Row[]>;
  counters(): Promise<Counters>;
  freshness(): Promise<Freshness>;
  conversation(id: string): Promise<ConversationView>;
  timelineBefore(asked: { id: string; before: string }): Promise<TimelinePage>;
  reveal(asked: { id: string; part: PersonPart }): Promise<string>;
  search(asked: { text: string; limit: number }): Promise<Found>;
  templates(asked: { conversationId: string; orderKey: string; locale: Locale }): Promise<TemplateChip[]>;
  fill(asked: {
    conversationId: string;
    orderKey: string;
    templateKey: string;
    locale: Locale;
  }): Promise<Fill>;
  handOver(asked: HandOverAsked): Promise<WrittenDown>;
  act(asked: { conversationId: string; action: Action }): Promise<WrittenDown>;
  undo(commandId: string): Promise<boolean>;
  copy(asked: { conversationId: string; orderKey: string; what: CopyWhat }): Promise<Copied>;
  openLink(asked: { conversationId: string; orderKey: string; what: LinkWhat }): Promise<void>;
  copyText(text: string): Promise<void>;
  /** Says that the first list is on screen; the host measures its start by it. */
  painted(): Promise<void>;
  saveDraft(asked: DraftAsked): Promise<void>;
  markRead(id: string): Promise<void>;
  outbox(): Promise<OutboxItem[]>;
  outboxRetry(id: string): Promise<void>;
  outboxDiscard(id: string): Promise<void>;
  settingsPut(settings: Settings): Promise<Settings>;
  /** Calls back with each change; resolves once nothing can be missed. */
  onChange(told: (change: Change) => void): Promise<() => void>;
  /** Calls back when a notification of a conversation was clicked. */
  onOpen(told: (conversationId: string) => void): Promise<() => void>;
}
