import { beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../backend.fake';
import type { ConversationView } from '../types/ConversationView';
import { Composer, DRAFT_REST } from './composer.svelte';

const NOW = Date.parse('2026-11-21T14:00:00-03:00');
let host: FakeHost;
let composer: Composer;

async function enter(view: ConversationView): Promise<void> {
  composer.enter(view, view.orders[0]?.orderKey ?? null);
  await composer.loadChips();
}

async function withOpenPix(): Promise<ConversationView> {
  const page = await host.listPage({ view: 'pix', after: null, limit: 20 });
  for (const row of page.rows) {
    const view = await host.conversation(row.id);
    if (view.person.name && view.person.whatsapp && view.orders[0]?.amount) return view;
  }
  throw new Error('the invented shop has an open PIX');
}

beforeEach(() => {
  vi.useFakeTimers();
  host = new FakeHost({ count: 300, now: () => NOW });
  composer = new Composer(host);
});

test('a template is filled, marked and saved within 300 ms', async () => {
  const view = await withOpenPix();
  await enter(view);
  await composer.use(1);
  expect(composer.text).toContain(view.orders[0]?.pix?.code ?? 'no code');
  for (const mark of composer.marks) expect(composer.text.slice(mark.start, mark.end)).not.toBe('');
  expect(composer.saved).toBe('saving');
  expect(DRAFT_REST).toBeLessThanOrEqual(300);
  await vi.advanceTimersByTimeAsync(DRAFT_REST);
  expect(host.drafts.get(view.id)).toBe(composer.text);
  expect(composer.saved).toBe('saved');
});

test('a steady typist is saved while typing, not only after', async () => {
  const view = await withOpenPix();
  await enter(view);
  for (let n = 1; n <= 10; n += 1) {
    composer.type('x'.repeat(n));
    await vi.advanceTimersByTimeAsync(DRAFT_REST / 4);
  }
  expect(host.drafts.get(view.id)?.length).toBeGreaterThanOrEqual(5);
});

test('a draft never crosses into another conversation', async () => {
  const rows = (await host.listPage({ view: 'all', after: null, limit: 40 })).rows;
  for (const row of rows) {
    await enter(await host.conversation(row.id));
    composer.type(`para ${row.id}`);
  }
  composer.flush();
  await vi.advanceTimersByTimeAsync(DRAFT_REST);
  for (const row of rows) expect(host.drafts.get(row.id)).toBe(`para ${row.id}`);
  const first = rows[0]!;
  await enter(await host.conversation(first.id));
  expect(composer.text).toBe(`para ${first.id}`);
});

test('a template with a hole fills nothing and says what is missing', async () => {
  await enter(await withOpenPix());
  composer.type('meu texto');
  const blocked = composer.chips.find((chip) => !chip.fills);
  expect(blocked).toBeDefined();
  await composer.use(blocked!.key);
  expect(composer.text).toBe('meu texto');
  expect(composer.blocked?.missing.length).toBeGreaterThan(0);
  expect(composer.blocked?.instead).not.toBeNull();
});

test('a hand-over empties the field and the draft', async () => {
  const view = await withOpenPix();
  await enter(view);
  await composer.use(1);
  const { text } = composer;
  expect(await composer.handOver()).toMatch(/^cmd_/);
  expect(host.opened).toEqual([text]);
  expect(composer.text).toBe('');
  expect(host.drafts.get(view.id)).toBe('');
});

test('paid meanwhile: nothing leaves and the text stays', async () => {
  const view = await withOpenPix();
  await enter(view);
  await composer.use(1);
  const { text } = composer;
  host.pay(view.id);
  expect(await composer.handOver()).toBeNull();
  expect(composer.failure).toBe('already_paid');
  expect(composer.text).toBe(text);
  expect(host.opened).toEqual([]);
});

test('a draft that cannot be written is told', async () => {
  await enter(await withOpenPix());
  host.saveDraft = () => Promise.reject(new Error('disk'));
  composer.type('a');
  await vi.advanceTimersByTimeAsync(DRAFT_REST);
  expect(composer.saved).toBe('failed');
});

test('an empty text is not handed over', async () => {
  await enter(await withOpenPix());
  composer.type('   ');
  expect(await composer.handOver()).toBeNull();
  expect(host.opened).toEqual([]);
});
