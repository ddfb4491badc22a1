/** What the invented desk answers about lists, conversations and orders. */
import { HostError, type Host, type RowsAsked, type ViewToSave } from '../host';
import { MINUTE } from '../time';
import type { PageAsked } from '../types/PageAsked';
import type { Present } from '../types/Present';
import type { Row } from '../types/Row';
import type { SearchAsked } from '../types/SearchAsked';
import type { TimelineAsked } from '../types/TimelineAsked';
import type { FakeDesk } from './desk';
import { valuesOf } from './filters';
import { handlingOf, team } from './handling';
import { drawn } from './moved';
import { whole } from './persons';
import { provenanceOf, rawOf } from './provenance';
import { matches, rowOf, VIEWS } from './rows';
import { chips, fill, saleValues } from './templates';
import { only } from './timeline';

const NEWEST = 50;

export class FakeReading {
  /** The conversations that were marked as read. */
  read: string[] = [];
  #present: Present = { conversationId: null, writing: false };

  constructor(readonly desk: FakeDesk) {}

  listPage = (asked: PageAsked) =>
    this.desk.answer(() => {
      const all = this.desk.sorted(asked);
      const from = Number(asked.after ?? 0);
      const rows = all.slice(from, from + asked.limit).map((one) => rowOf(one, this.desk.now()));
      const next = from + asked.limit < all.length ? String(from + asked.limit) : null;
      return { rows, next, total: all.length };
    });
  rows = (asked: RowsAsked) =>
    this.desk.answer((): Row[] => {
      const now = this.desk.now();
      const last = asked.until ? new Set(this.desk.sorted(asked).slice(0, Number(asked.until))) : null;
      return asked.ids
        .map((id) => this.desk.seek(id))
        .filter((one) => one !== undefined)
        .filter((one) => last === null || last.has(one))
        .filter((one) => this.desk.isIn(one, asked, now))
        .map((one) => rowOf(one, now));
    });
  counters = () =>
    this.desk.answer(() => ({
      views: VIEWS.map((view) => ({ view, count: this.desk.sorted({ view }).length })),
      saved: this.desk.saved.kept.map(({ id }) => ({
        id,
        count: this.desk.sorted({ view: 'all', saved: id }).length,
        filling: false,
      })),
    }));
  filterValues = () => this.desk.answer(() => valuesOf(this.desk.world));
  members = () => this.desk.answer(() => team(this.desk.role));
  views = () => this.desk.answer(() => this.desk.saved.list());
  viewSave = (asked: ViewToSave) =>
    this.desk.answer(() => {
      const view = this.desk.saved.save(asked, this.desk.role, this.desk.live);
      this.desk.tell({ views: true, counters: true });
      return view;
    });
  viewRemove = (id: string) =>
    this.desk.answer(() => {
      this.desk.saved.remove(id, this.desk.role, this.desk.live);
      this.desk.tell({ views: true, counters: true });
    });
  freshness = () =>
    this.desk.answer(() =>
      this.desk.live ? { ...this.desk.fresh, heardAt: this.desk.now() } : this.desk.fresh,
    );
  conversation = (id: string) =>
    this.desk.answer(() => {
      const from = this.desk.find(id);
      const { orders, timeline } = whole(from);
      const cut = Math.max(0, timeline.length - NEWEST);
      return {
        id: from.id,
        person: from.person,
        owner: from.owner,
        orders: orders.map(drawn),
        timeline: timeline.slice(cut),
        older: cut > 0 ? String(cut) : null,
        draft: from.draft,
        begunNote: from.begunNote,
        begunAnswer: from.begunAnswer,
        merged: from.merged,
        suggestions: from.suggestions,
        shared: from.shared,
        labels: from.labels,
        handling: handlingOf(from, this.desk.now()),
      };
    });
  timeline = (asked: TimelineAsked) =>
    this.desk.answer(() => {
      const all = only(whole(this.desk.find(asked.id)).timeline, asked.only ?? null);
      const until = asked.at ?? Infinity;
      const to = asked.before ? Number(asked.before) : all.filter((item) => item.at <= until).length;
      const cut = Math.max(0, to - NEWEST);
      return { items: all.slice(cut, to), older: cut > 0 ? String(cut) : null };
    });
  reveal = (asked: { id: string; part: 'phone' | 'email' | 'document' }) =>
    this.desk.answer(() => this.desk.find(asked.id).full[asked.part] ?? '');
  exportCustomer = (id: string) =>
    this.desk.answer(
      () => (this.desk.find(id), { path: '/home/ana/Downloads/balcao-dados-2026-11-21-140200.json' }),
    );
  search = (asked: SearchAsked) =>
    this.desk.answer(() => ({
      rows: this.desk.world
        .filter((one) => matches(one, asked.text))
        .filter((one) => this.desk.isIn(one, { view: 'all', ...asked }, this.desk.now()))
        .slice(0, asked.limit)
        .map((one) => rowOf(one, this.desk.now())),
      searched: this.desk.world.length,
    }));
  templates = (asked: { conversationId: string; orderKey: string }) =>
    this.desk.answer(() =>
      chips(this.desk.find(asked.conversationId), this.desk.order(asked), this.desk.now()),
    );
  fill: Host['fill'] = (asked) =>
    this.desk.answer(() => {
      const from = this.desk.find(asked.conversationId);
      return fill(from, this.desk.order(asked), asked.templateKey, this.desk.now(), asked.answers);
    });
  saleValues = (asked: { conversationId: string; orderKey: string }) =>
    this.desk.answer(() =>
      saleValues(this.desk.find(asked.conversationId), this.desk.order(asked), this.desk.now()),
    );
  present = (asked: Present) =>
    this.desk.answer(() => {
      const moved = asked.conversationId !== this.#present.conversationId;
      this.#present = asked;
      if (moved) this.desk.tell({ presence: true });
    });
  presence = () =>
    this.desk.answer(() => {
      const { conversationId } = this.#present;
      const colleague = team(this.desk.role)[2];
      if (!this.desk.options.company || !conversationId || !colleague) return [];
      const member = { id: colleague.id, name: colleague.name };
      return [{ member, conversationId, writing: conversationId.endsWith('1') }];
    });
  provenance = (asked: { conversationId: string; orderKey: string }) =>
    this.desk.answer(() => {
      if (!this.desk.live) throw new HostError('offline');
      return provenanceOf(this.desk.order(asked));
    });
  rawEvent = (id: string) =>
    this.desk.answer(() => {
      if (!this.desk.live) throw new HostError('offline');
      if (this.desk.role === 'agent') throw new HostError('forbidden');
      return rawOf(id, this.desk.world);
    });
  markRead = (id: string) =>
    this.desk.answer(() => {
      this.read.push(id);
      this.desk.find(id).readAt = this.desk.now() + MINUTE;
      this.desk.tell({ conversations: [id] });
    });
}
