/** The only door to the host: Tauri's commands and events. In development, without Tauri, the in-memory fake stands in. */
import { invoke, isTauri } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { hostError, type Host } from './host';
import type { PeopleHost } from './people_host';
import type { SourcesHost } from './sources_host';
import type { TemplatesHost } from './templates_host';
import type { Change } from './types/Change';

async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    throw hostError(thrown);
  }
}

const sources: SourcesHost = {
  platforms: () => call('source_platforms'),
  list: () => call('source_list'),
  health: (probe) => call('source_health', { probe }),
  add: (asked) => call('source_add', { asked }),
  change: (asked) => call('source_change', asked),
  remove: (id) => call('source_remove', { id }),
  eraseCustomers: (id) => call('source_erase_customers', { id }),
  rotate: (asked) => call('source_rotate', asked),
  retire: (id) => call('source_retire', { id }),
  register: (id) => call('source_register', { id }),
  test: (id) => call('source_test', { id }),
  sync: (asked) => call('source_sync', { asked }),
  jobs: (id) => call('source_jobs', { id }),
  cancelJob: (id) => call('source_job_cancel', { id }),
  deliveries: (asked) => call('source_deliveries', { asked }),
  delivery: (id) => call('source_delivery', { id }),
  reprocess: (id) => call('source_reprocess', { id }),
  reprocessAll: (asked) => call('source_reprocess_all', asked),
  preview: (asked) => call('source_preview', { asked }),
};

const people: PeopleHost = {
  list: () => call('people_list'),
  invite: (role) => call('people_invite', { role }),
  openInvites: () => call('people_open_invites'),
  takeInviteBack: (id) => call('people_take_invite_back', { id }),
  setRole: (id, role) => call('people_set_role', { id, role }),
  letBackIn: (id) => call('people_let_back_in', { id }),
  remove: (id) => call('people_remove', { id }),
  devices: (member) => call('people_devices', { member }),
  endSession: (id) => call('people_end_session', { id }),
};

const templates: TemplatesHost = {
  templateList: () => call('template_list'),
  templateCheck: (asked) => call('template_check', asked),
  templateSave: (asked) => call('template_save', asked),
  templateRemove: (asked) => call('template_remove', asked),
  templateVersions: (asked) => call('template_versions', asked),
  templateExport: () => call('template_export'),
  templateImport: (asked) => call('template_import', asked),
};

const tauri: Host = {
  sources,
  people,
  ...templates,
  boot: () => call('boot'),
  joinTeam: (asked) => call('join_team', asked),
  startHere: (asked) => call('start_here', asked),
  startSample: (asked) => call('start_sample', asked),
  signOut: () => call('sign_out'),
  listPage: (asked) => call('list_page', { asked }),
  rows: (asked) => call('rows', { ...asked }),
  filterValues: () => call('filter_values'),
  members: () => call('members'),
  views: () => call('views'),
  viewSave: (asked) => call('view_save', { ...asked }),
  viewRemove: (id) => call('view_remove', { id }),
  counters: () => call('counters'),
  freshness: () => call('freshness'),
  conversation: (id) => call('conversation', { id }),
  timeline: (asked) => call('timeline', { asked }),
  reveal: (asked) => call('reveal', asked),
  eraseCustomer: (id) => call('customer_erase', { id }),
  exportCustomer: (id) => call('customer_export', { id }),
  search: (asked) => call('search', { asked }),
  templates: (asked) => call('templates', asked),
  fill: (asked) => call('fill', { ...asked, answers: asked.answers ?? {} }),
  saleValues: (asked) => call('sale_values', asked),
  handOver: (asked) => call('hand_over', { asked }),
  sequences: () => call('sequences'),
  sequenceCheck: (asked) => call('sequence_check', asked),
  sequencesSave: (sequences) => call('sequences_save', { sequences }),
  stepTake: (asked) => call('step_take', asked),
  act: (asked) => call('act', asked),
  bulkPreview: (asked) => call('bulk_preview', asked),
  bulk: (asked) => call('bulk', asked),
  undo: (commandId) => call('undo', { commandId }),
  undoMany: (ids) => call('undo_many', { ids }),
  present: (asked) => call('present', { asked }),
  presence: () => call('presence'),
  provenance: (asked) => call('provenance', asked),
  rawEvent: (id) => call('raw_event', { id }),
  copy: (asked) => call('copy', asked),
  openLink: (asked) => call('open_link', asked),
  copyText: (text) => call('copy_text', { text }),
  painted: () => call('painted'),
  badge: (count) => call('badge', { count }),
  saveDraft: (asked) => call('save_draft', { asked }),
  markRead: (id) => call('mark_read', { id }),
  outbox: () => call('outbox'),
  outboxRetry: (id) => call('outbox_retry', { id }),
  outboxDiscard: (id) => call('outbox_discard', { id }),
  settingsPut: (settings) => call('settings_put', { settings }),
  onChange: (told) => listen<Change>('change', (event) => told(event.payload)),
  onOpen: (told) => listen<{ conversationId: string }>('open', (event) => told(event.payload.conversationId)),
};

/** Finds the host this page runs in. */
export async function findHost(): Promise<Host> {
  if (isTauri()) return tauri;
  if (import.meta.env.DEV || import.meta.env.MODE === 'fake') {
    const { fakeFromAddress } = await import('./backend.fake');
    return fakeFromAddress(new URLSearchParams(location.search));
  }
  return tauri;
}
