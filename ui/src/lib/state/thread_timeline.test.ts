import { beforeEach, describe, expect, test } from 'vitest';
import { FakeHost } from '../backend.fake';
import { DAY, HOUR } from '../time';
import type { TimelineItem } from '../types/TimelineItem';
import { KEPT, ThreadTimeline } from './thread_timeline.svelte';

const NOW = Date.parse('2026-11-21T14:00:00-03:00');
const MANY = 10_000;
const PAGE = 50;
let host: FakeHost;
let id: string;
let timeline: ThreadTimeline;
let all: TimelineItem[];

const ids = (items: readonly TimelineItem[]) => items.map((item) => item.id);
const note = (n: number, at: number): TimelineItem => ({
  id: `n${n}`,
  at,
  kind: n % 7 === 0 ? 'note' : 'handed_over',
  channel: 'whatsapp',
  text: `${n}`,
  by: 'Larissa Nogueira',
  byMe: false,
  pending: false,
  mentions: [],
  mentionsMe: false,
});
/** Tells whether items are a stretch of the history without a gap. */
function isStretch(items: readonly TimelineItem[], of: readonly TimelineItem[]): boolean {
  const from = of.findIndex((item) => item.id === items[0]?.id);
  return JSON.stringify(ids(items)) === JSON.stringify(ids(of.slice(from, from + items.length)));
}

beforeEach(async () => {
  host = new FakeHost({ count: 3, now: () => NOW });
  const from = host.world[0]!;
  id = from.id;
  // Busy days and empty months in turn; now and then a hundred items within one moment.
  let at = NOW - 900 * DAY;
  from.timeline = Array.from({ length: MANY }, (_, n) => {
    if (n % 1_000 === 0) at += 60 * DAY;
    else if (n % 2_500 > 100) at += HOUR / 3;
    return note(n, at);
  });
  all = from.timeline;
  timeline = new ThreadTimeline(host);
  timeline.open(await host.conversation(id));
});

describe('ten thousand items', () => {
  test('scrolled through to the start, never more than a few pages are held, and none is left out', async () => {
    const seen = new Set(ids(timeline.items));
    while (timeline.older) {
      await timeline.loadOlder();
      expect(timeline.items.length).toBeLessThanOrEqual(KEPT * PAGE);
      for (const item of timeline.items) seen.add(item.id);
    }
    expect(seen.size).toBe(MANY);
    expect(timeline.items[0]?.id).toBe('n0');
    expect(timeline.newer).toBe(true);
  });

  test('and back to the newest, each stretch without a gap', async () => {
    await timeline.toStart();
    const seen = new Set(ids(timeline.items));
    for (let turns = 0; timeline.newer && turns < MANY / 10; turns += 1) {
      await timeline.loadNewer();
      expect(isStretch(timeline.items, all)).toBe(true);
      expect(timeline.items.length).toBeLessThanOrEqual(KEPT * PAGE);
      for (const item of timeline.items) seen.add(item.id);
    }
    expect(seen.size).toBe(MANY);
    expect(timeline.items.at(-1)?.id).toBe(`n${MANY - 1}`);
  });

  test('a jump ends at the day asked for, and both ways lead on from it', async () => {
    const target = all[4_321]!;
    await timeline.jump(target.at);
    expect(timeline.items.at(-1)?.at).toBeLessThanOrEqual(target.at);
    expect(ids(timeline.items)).toContain(target.id);
    expect(timeline.newer).toBe(true);
    await timeline.loadOlder();
    await timeline.loadNewer();
    expect(isStretch(timeline.items, all)).toBe(true);
    await timeline.toNewest();
    expect(timeline.newer).toBe(false);
    expect(timeline.items.at(-1)?.id).toBe(`n${MANY - 1}`);
  });

  test('narrowed, both ends are those of the kind', async () => {
    await timeline.narrow('notes');
    const notes = all.filter((item) => item.kind === 'note');
    expect(ids(timeline.items)).toEqual(ids(notes.slice(-PAGE)));
    await timeline.loadOlder();
    expect(isStretch(timeline.items, notes)).toBe(true);
    await timeline.narrow(null);
    expect(ids(timeline.items)).toEqual(ids(all.slice(-PAGE)));
  });
});

test('what is new joins the end, and not the middle of an older stretch', async () => {
  await timeline.loadOlder();
  const act = { kind: 'note' as const, body: { text: 'novo' } };
  await host.act({ conversationId: id, action: act });
  await timeline.refresh(await host.conversation(id));
  expect(timeline.items.at(-1)).toMatchObject({ kind: 'note', text: 'novo' });
  expect(timeline.items.length).toBe(2 * PAGE + 1);
  await timeline.toStart();
  await host.act({ conversationId: id, action: act });
  const before = ids(timeline.items);
  await timeline.refresh(await host.conversation(id));
  expect(ids(timeline.items)).toEqual(before);
});

test('a reading that fails leaves what is there, and says so', async () => {
  const before = ids(timeline.items);
  host.timeline = () => Promise.reject(new Error('disk'));
  await timeline.loadOlder();
  expect(timeline.failed).toBe(true);
  expect(timeline.loading).toBeNull();
  expect(ids(timeline.items)).toEqual(before);
});
