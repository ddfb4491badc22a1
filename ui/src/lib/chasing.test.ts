import { expect, test } from 'vitest';
import { begunAtDraft, stopOf, stopOfDraft, windowEnds, WINDOW } from './chasing';
import { conversations } from './fake/world';
import type { StageGroup } from './types/StageGroup';
import type { TimelineItem } from './types/TimelineItem';

const NOW = Date.parse('2026-11-21T14:00:00-03:00');
const order = conversations(60, NOW).flatMap((one) => one.orders)[0]!;
const standing = (group: StageGroup) => ({ ...order, group });

test.each<[StageGroup, StageGroup, boolean]>([
  ['pix', 'approved', true],
  ['cart', 'approved', true],
  ['pix', 'refund', true],
  ['refused', 'chargeback', true],
  ['pix', 'expired', false],
  ['cart', 'pix', false],
  ['approved', 'refund', false],
  ['approved', 'approved', false],
])('begun while %s, now %s: stopped %s', (begun, now, stopped) =>
  expect(stopOf(standing(now), { group: begun, paid: false }) !== null).toBe(stopped),
);

test('a draft knows how its order stood', () => {
  const steps = [
    { stage: 'pix_generated' as const, group: 'pix' as const, at: 100 },
    { stage: 'purchase_approved' as const, group: 'approved' as const, at: 200 },
  ];
  const draft = { text: 'oi', templateKey: null, orderKey: null, savedAt: 150, marks: [] };
  const paid = { ...order, steps, stage: 'purchase_approved' as const, group: 'approved' as const };
  expect(begunAtDraft(paid, draft)).toEqual({ group: 'pix', paid: false });
  expect(stopOf(paid, begunAtDraft(paid, draft))).toMatchObject({ stage: 'purchase_approved', at: 200 });
  expect(begunAtDraft(paid, { ...draft, savedAt: 250 })?.group).toBe('approved');
  expect(begunAtDraft(paid, { ...draft, savedAt: 50 })).toBeNull();
});

test('the same thing paid by another order stops a text that was begun before, and only that', () => {
  const paidBy = {
    reference: '77',
    stage: 'purchase_approved' as const,
    group: 'approved' as const,
    at: 200,
  };
  const steps = [{ stage: 'pix_generated' as const, group: 'pix' as const, at: 100 }];
  const overtaken = { ...order, steps, stage: 'payment_expired' as const, group: 'expired' as const, paidBy };
  const stop = { stage: 'purchase_approved', group: 'approved', at: 200, paidBy: '77' };
  expect(stopOf(overtaken, { group: 'pix', paid: false })).toEqual(stop);
  expect(stopOf(overtaken, { group: 'pix', paid: true })).toBeNull();
  expect(stopOf(overtaken, { group: 'approved', paid: false })).toBeNull();
  const draft = { text: 'oi', templateKey: null, orderKey: null, savedAt: 150, marks: [] };
  expect(stopOf(overtaken, begunAtDraft(overtaken, draft))).toEqual(stop);
  expect(stopOf(overtaken, begunAtDraft(overtaken, { ...draft, savedAt: 250 }))).toBeNull();
  const told = { stage: 'purchase_approved' as const, at: 200, paidBy: '77' };
  expect(stopOfDraft(overtaken, { ...draft, stop: told })).toEqual(stop);
});

test('the window counts from what the customer last wrote on WhatsApp, whatever platforms tell', () => {
  const frame = { id: '', by: '', byMe: true, pending: false, text: '' };
  const timeline: TimelineItem[] = [
    { ...frame, channel: 'whatsapp', at: 100, kind: 'received' },
    { ...frame, channel: 'whatsapp', at: 200, kind: 'received' },
    { ...frame, channel: 'email', at: 300, kind: 'received' },
    { ...frame, channel: 'whatsapp', at: 400, kind: 'handed_over' },
    {
      id: '',
      at: 500,
      kind: 'stage',
      orderKey: '',
      stage: 'pix_generated',
      group: 'pix',
      amount: null,
      product: null,
      platform: '',
      isTest: false,
    },
  ];
  expect(windowEnds(timeline)).toBe(200 + WINDOW);
  expect(windowEnds(timeline.slice(2))).toBeNull();
});
