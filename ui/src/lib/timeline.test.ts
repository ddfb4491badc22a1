import { expect, test } from 'vitest';
import { conversations } from './fake/world';
import { blocks } from './timeline';
import { merge } from './state/thread_timeline.svelte';

const NOW = Date.parse('2026-11-21T14:00:00-03:00');
const world = conversations(120, NOW);

test('an order has one card, where it stands now, and no item is lost', () => {
  for (const { timeline, orders } of world) {
    const out = blocks(timeline, orders);
    const cards = out.filter((block) => block.kind === 'card');
    expect(cards.map((card) => card.order.orderKey).sort()).toEqual(
      orders.map((order) => order.orderKey).sort(),
    );
    expect(out.filter((block) => block.kind !== 'day').length).toBe(timeline.length);
    for (const card of cards) expect(card.at).toBe(card.order.steps.at(-1)?.at);
  }
});

test('each day has one heading', () => {
  for (const { timeline, orders } of world) {
    const days = blocks(timeline, orders).filter((block) => block.kind === 'day');
    expect(new Set(days.map((day) => day.id)).size).toBe(days.length);
  }
});

test('reading again keeps what was paged in and doubles nothing', () => {
  const timeline = world.flatMap((one) => one.timeline).sort((a, b) => a.at - b.at);
  const shown = timeline.slice(0, 80);
  const newest = timeline.slice(40, 90);
  expect(merge(shown, newest).map((item) => item.id)).toEqual(timeline.slice(0, 90).map((item) => item.id));
});
