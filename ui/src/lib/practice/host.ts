/**
 * The host of the practice: invented conversations in the page, with what is done to them. It asks nobody anything, and
 * nothing of it outlives the practice.
 */
import { Changes } from '../changes';
import { HostError, type Host } from '../host';
import { fold } from '../fold';
import type { Action } from '../types/Action';
import type { Boot } from '../types/Boot';
import type { ConversationView } from '../types/ConversationView';
import type { Owner } from '../types/Owner';
import type { Row } from '../types/Row';
import type { Settings } from '../types/Settings';
import type { SnoozeUntil } from '../types/SnoozeUntil';
import type { TimelineItem } from '../types/TimelineItem';
import type { View } from '../types/View';
import type { WrittenDown } from '../types/WrittenDown';
import { t } from '../i18n.svelte';
import { sampleConversations } from './sample';
import { practiceChips, practiceFill } from './templates';

/** Lists what the practice watches for. */
export type Deed = 'claim' | 'copy' | 'handOver' | 'snooze' | 'resolve';

type Answers = Pick<
  Host,
  | 'boot'
  | 'listPage'
  | 'rows'
  | 'views'
  | 'counters'
  | 'freshness'
  | 'conversation'
  | 'search'
  | 'templates'
  | 'fill'
  | 'handOver'
  | 'act'
  | 'undo'
  | 'copy'
  | 'members'
  | 'filterValues'
  | 'presence'
  | 'present'
  | 'outbox'
  | 'painted'
  | 'markRead'
  | 'saveDraft'
  | 'settingsPut'
  | 'onChange'
  | 'onOpen'
>;

/** Returns a host that refuses whatever the practice has no use for. */
export function practiceHost(desk: PracticeDesk): Host {
  const refuse = () => Promise.reject(new HostError('not_found'));
  const nothing = new Proxy({}, { get: () => refuse });
  return new Proxy(desk.answers as Host, {
    get: (answers, name) => {
      if (name === 'sources' || name === 'people') return nothing;
      return name in answers || typeof name === 'symbol' ? (Reflect.get(answers, name) as unknown) : refuse;
    },
  });
}

export class PracticeDesk {
  conversations: ConversationView[];
  /** What was done since it was last forgotten. */
  readonly done = new Set<Deed>();

  #boot: Boot;
  #now: () => number;
  #changes = new Changes();
  #back = new Map<string, () => void>();
  #made = 0;

  constructor(settings: Settings, version: string, now: () => number) {
    this.#now = now;
    this.conversations = sampleConversations(now());
    this.#boot = {
      phase: 'ready',
      desk: {
        workspace: t('practice.workspace'),
        member: t('practice.me'),
        memberId: 'practice-me',
        role: 'agent',
      },
      mode: 'sample',
      keychain: null,
      settings: {
        ...settings,
        singleKeys: true,
        // What was turned off is practised all the same.
        keys: Object.fromEntries(Object.entries(settings.keys).filter(([, key]) => key !== '')),
        practised: true,
        place: { view: null, saved: null, conversation: null },
      },
      version,
    };
  }

  /** Begins anew with untouched sales. */
  refresh(): void {
    this.conversations = sampleConversations(this.#now());
    this.#back.clear();
    this.#changes.tell({ everything: true });
  }

  readonly answers: Answers = {
    boot: () => answer(this.#boot),
    listPage: ({ view }) => {
      const rows = this.#rows(view);
      return answer({ rows, next: null, total: rows.length });
    },
    rows: ({ view, ids }) => answer(this.#rows(view).filter((row) => ids.includes(row.id))),
    views: () => answer([]),
    counters: () => answer({ views: [], saved: [] }),
    freshness: () =>
      answer({
        state: 'live',
        since: this.#now(),
        heardAt: this.#now(),
        behind: 0,
        fillingIn: false,
        trouble: null,
      }),
    conversation: (id) => answer(this.#find(id)),
    search: ({ text, limit }) => {
      const wanted = fold(text);
      const rows = this.conversations
        .map((one) => rowOf(one))
        .filter((row) => fold(`${row.name} ${row.product}`).includes(wanted));
      return answer({ rows: rows.slice(0, limit), searched: this.conversations.length });
    },
    templates: () => answer(practiceChips()),
    fill: ({ conversationId, templateKey }) => answer(practiceFill(templateKey, this.#find(conversationId))),
    handOver: ({ conversationId, channel, text }) => {
      this.done.add('handOver');
      return this.#write(conversationId, (one, me) => {
        this.#add(one, { kind: 'handed_over', channel, text, ...me, pending: false });
      });
    },
    act: ({ conversationId, action }) => this.#act(conversationId, action),
    undo: (commandId) => {
      const back = this.#back.get(commandId);
      this.#back.delete(commandId);
      back?.();
      return answer(back !== undefined);
    },
    copy: ({ what }) => {
      this.done.add('copy');
      return answer({ copied: what });
    },
    members: () => answer([]),
    filterValues: () =>
      answer({
        platforms: [],
        sources: [],
        products: [],
        labels: [],
        utmSources: [],
        utmMediums: [],
        utmCampaigns: [],
      }),
    presence: () => answer([]),
    present: () => answer(undefined),
    outbox: () => answer([]),
    painted: () => answer(undefined),
    markRead: () => answer(undefined),
    saveDraft: () => answer(undefined),
    settingsPut: (settings) => {
      this.#boot = { ...this.#boot, settings };
      return answer(settings);
    },
    onChange: (told) => this.#changes.hear(told),
    onOpen: () => Promise.resolve(() => undefined),
  };

  #act(id: string, action: Action): Promise<WrittenDown> {
    const { kind } = action;
    if (kind === 'claim' || kind === 'snooze' || kind === 'resolve') this.done.add(kind);
    return this.#write(id, (one, me) => {
      switch (kind) {
        case 'claim':
          one.owner = this.#me();
          return this.#add(one, { kind: 'claimed', ...me });
        case 'release':
          one.owner = null;
          return this.#add(one, { kind: 'released', ...me });
        case 'note':
          return this.#add(one, {
            kind,
            text: action.body.text,
            ...me,
            pending: false,
            mentions: [],
            mentionsMe: false,
          });
        case 'message.received':
          return this.#add(one, { kind: 'received', ...action.body, ...me, pending: false });
        case 'resolve':
          one.handling = { state: 'resolved', ...me, at: this.#now(), pending: false };
          return this.#add(one, { kind: 'resolved', ...me });
        case 'reopen':
          one.handling = { state: 'open' };
          return this.#add(one, { kind: 'reopened', ...me });
        case 'snooze':
          one.handling = {
            state: 'snoozed',
            until: action.body.until,
            at: endOf(one, action.body.until),
            ...me,
            pending: false,
          };
          return this.#add(one, { kind: 'snoozed', ...me, until: action.body.until });
        case 'wake':
          one.handling = { state: 'open' };
          return this.#add(one, { kind: 'woken', ...me });
        case 'label':
          one.labels = [
            ...one.labels.filter((label) => !action.body.remove.includes(label)),
            ...action.body.add,
          ];
          return this.#add(one, { kind: 'labelled', ...me, ...action.body });
        default:
          throw new HostError('not_found');
      }
    });
  }

  /** Changes a conversation and tells of it; what it was comes back when that is asked for. */
  async #write(
    id: string,
    change: (one: ConversationView, me: { by: string; byMe: true }) => void,
  ): Promise<WrittenDown> {
    const before = structuredClone(this.#find(id));
    change(this.#find(id), { by: this.#me().name, byMe: true });
    const commandId = `practice-act-${++this.#made}`;
    this.#back.set(commandId, () => {
      this.conversations = this.conversations.map((one) => (one.id === id ? before : one));
      this.#changes.tell({ conversations: [id] });
    });
    // Told once whoever asked has the answer, as the real host does.
    queueMicrotask(() => this.#changes.tell({ conversations: [id] }));
    return answer({ commandId, backUntil: null });
  }

  #me(): Owner {
    return { id: 'practice-me', name: t('practice.me'), isMe: true, pending: false };
  }

  #find(id: string): ConversationView {
    const found = this.conversations.find((one) => one.id === id);
    if (!found) throw new HostError('not_found');
    return found;
  }

  #rows(view: View): Row[] {
    return this.conversations.filter((one) => isIn(one, view)).map(rowOf);
  }

  #add(one: ConversationView, what: WithoutFrame<TimelineItem>): void {
    one.timeline = [
      ...one.timeline,
      { id: `practice-item-${++this.#made}`, at: this.#now(), ...what } as TimelineItem,
    ];
  }
}

type WithoutFrame<T> = T extends unknown ? Omit<T, 'id' | 'at'> : never;

async function answer<T>(value: T): Promise<T> {
  return structuredClone(value);
}

function endOf(one: ConversationView, until: SnoozeUntil): number | null {
  if (until.kind === 'time') return Date.parse(until.at);
  return until.kind === 'expired' ? (one.orders[0]?.deadline?.at ?? null) : null;
}

function isIn(one: ConversationView, view: View): boolean {
  const { state } = one.handling;
  if (view === 'all') return true;
  if (view === 'snoozed' || view === 'resolved') return state === view;
  if (state !== 'open') return false;
  if (view === 'due') return true;
  if (view === 'mine') return one.owner !== null;
  return view === 'unassigned' ? one.owner === null : one.orders[0]?.group === view;
}

function rowOf(one: ConversationView): Row {
  const order = one.orders[0];
  return {
    id: one.id,
    name: one.person.name,
    amount: order?.amount ?? null,
    product: order?.items[0]?.name ?? null,
    moreItems: 0,
    stage: order?.stage ?? null,
    group: order?.group ?? null,
    platform: order?.platform ?? null,
    owner: one.owner,
    deadline: order?.deadline ?? null,
    pressure: null,
    step: null,
    lastAt: one.timeline.at(-1)?.at ?? 0,
    unread: false,
    isTest: false,
    labels: one.labels,
    hasDraft: false,
    back: null,
    snoozedUntil: one.handling.state === 'snoozed' ? one.handling.at : null,
  };
}
