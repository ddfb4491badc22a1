/** Names what the page asks of its host; every shape comes from the host's own types. Knows no transport. */
import type { Action } from './types/Action';
import type { Boot } from './types/Boot';
import type { BulkPreview } from './types/BulkPreview';
import type { Change } from './types/Change';
import type { Colleague } from './types/Colleague';
import type { ConversationView } from './types/ConversationView';
import type { Copied } from './types/Copied';
import type { CopyWhat } from './types/CopyWhat';
import type { Counters } from './types/Counters';
import type { DraftAsked } from './types/DraftAsked';
import type { Erasure } from './types/Erasure';
import type { Fill } from './types/Fill';
import type { Filter } from './types/Filter';
import type { FilterValues } from './types/FilterValues';
import type { Found } from './types/Found';
import type { SearchAsked } from './types/SearchAsked';
import type { Freshness } from './types/Freshness';
import type { HandOverAsked } from './types/HandOverAsked';
import type { LinkWhat } from './types/LinkWhat';
import type { OutboxItem } from './types/OutboxItem';
import type { PageAsked } from './types/PageAsked';
import type { PersonPart } from './types/PersonPart';
import type { Present } from './types/Present';
import type { PresentMember } from './types/PresentMember';
import type { Provenance } from './types/Provenance';
import type { Row } from './types/Row';
import type { RowPage } from './types/RowPage';
import type { SaleValue } from './types/SaleValue';
import type { Saved } from './types/Saved';
import type { SavedView } from './types/SavedView';
import type { Settings } from './types/Settings';
import type { SourceProblem } from './types/SourceProblem';
import type { TemplateChip } from './types/TemplateChip';
import type { TimelineAsked } from './types/TimelineAsked';
import type { TimelinePage } from './types/TimelinePage';
import type { View } from './types/View';
import type { WrittenDown } from './types/WrittenDown';
import type { Locale } from './i18n.svelte';
import type { PeopleHost } from './people_host';
import type { SourcesHost } from './sources_host';
import type { SequencesHost } from './sequences_host';
import type { TemplatesHost } from './templates_host';

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

export interface RowsAsked {
  view: View;
  /** The saved view, in place of `view`. */
  saved?: string | null;
  filter?: Filter;
  ids: string[];
  /** A page's `next`: only those that stand no later than that page ends. */
  until?: string | null;
}

/** A view to save: a new one where there is no id. */
export interface ViewToSave {
  id: string | null;
  name: string;
  filter: Filter;
  team: boolean;
}

/** Everything the page can ask, and the two things it is told. */
export interface Host extends TemplatesHost, SequencesHost {
  readonly sources: SourcesHost;
  readonly people: PeopleHost;
  boot(): Promise<Boot>;
  joinTeam(asked: { server: string; invite: string; name: string }): Promise<Boot>;
  startHere(asked: { workspace: string; name: string }): Promise<Boot>;
  startSample(asked: { name: string }): Promise<Boot>;
  signOut(): Promise<Boot>;
  listPage(asked: PageAsked): Promise<RowPage>;
  /** Returns those of some rows that are in a view and pass a filter, as they are now. */
  rows(asked: RowsAsked): Promise<Row[]>;
  filterValues(): Promise<FilterValues>;
  members(): Promise<Colleague[]>;
  /** Lists the saved views: the team's first, then the member's own, each by name. */
  views(): Promise<SavedView[]>;
  viewSave(asked: ViewToSave): Promise<SavedView>;
  viewRemove(id: string): Promise<void>;
  counters(): Promise<Counters>;
  freshness(): Promise<Freshness>;
  conversation(id: string): Promise<ConversationView>;
  timeline(asked: TimelineAsked): Promise<TimelinePage>;
  reveal(asked: { id: string; part: PersonPart }): Promise<string>;
  /** Erases a customer everywhere, for good. Admins. */
  eraseCustomer(id: string): Promise<Erasure>;
  /** Puts all that is held of a customer into a file; the page learns where it is. Leads and admins. */
  exportCustomer(id: string): Promise<Saved>;
  search(asked: SearchAsked): Promise<Found>;
  templates(asked: { conversationId: string; orderKey: string; locale: Locale }): Promise<TemplateChip[]>;
  fill(asked: {
    conversationId: string;
    orderKey: string;
    templateKey: string;
    locale: Locale;
    /** What was answered to each prompt of the text. */
    answers?: Record<string, string>;
  }): Promise<Fill>;
  /** Lists what every variable of templates is for an order: its value, or why it has none. */
  saleValues(asked: { conversationId: string; orderKey: string; locale: Locale }): Promise<SaleValue[]>;
  handOver(asked: HandOverAsked): Promise<WrittenDown>;
  act(asked: { conversationId: string; action: Action }): Promise<WrittenDown>;
  /** Tells what an action would change of some conversations, and what not and why. */
  bulkPreview(asked: { ids: string[]; action: Action }): Promise<BulkPreview>;
  bulk(asked: { ids: string[]; action: Action }): Promise<WrittenDown[]>;
  undo(commandId: string): Promise<boolean>;
  /** Takes back several actions; returns how many were. */
  undoMany(ids: string[]): Promise<number>;
  /** Tells the team what is open here, or that nothing is. */
  present(asked: Present): Promise<void>;
  presence(): Promise<PresentMember[]>;
  provenance(asked: { conversationId: string; orderKey: string }): Promise<Provenance>;
  /** Returns a request as it was received, as readable JSON; for leads. */
  rawEvent(id: string): Promise<string>;
  copy(asked: { conversationId: string; orderKey: string; what: CopyWhat }): Promise<Copied>;
  openLink(asked: { conversationId: string; orderKey: string; what: LinkWhat }): Promise<void>;
  copyText(text: string): Promise<void>;
  /** Says that the first list is on screen; the host measures its start by it. */
  painted(): Promise<void>;
  /** Puts a number on the app's icon; 0 takes it away. */
  badge(count: number): Promise<void>;
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
