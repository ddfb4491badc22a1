import { expect, test } from 'vitest';
import type { Freshness } from '../types/Freshness';
import { emptyKind } from '../empty';
import { HOLD, PATIENCE, shown } from './freshness.svelte';

const NOW = 1_800_000_000_000;
const fresh = (state: Freshness['state'], age: number, heardAt: number | null = NOW - age): Freshness => ({
  state,
  since: NOW - age,
  heardAt,
  behind: 0,
  fillingIn: false,
  trouble: null,
});

test.each([
  ['live', fresh('live', 9_999_999), 'live'],
  ['a drop that may heal', fresh('offline', HOLD - 1), 'live'],
  ['a longer drop', fresh('offline', HOLD), 'reconnecting'],
  ['patience ends', fresh('offline', PATIENCE), 'offline'],
  ['never heard at all', fresh('offline', 0, null), 'reconnecting'],
  ['catching up', fresh('catching_up', 0), 'catching_up'],
  ['stopped', fresh('stopped', 0), 'stopped'],
  ['not known yet', null, 'reconnecting'],
])('%s', (_, freshness, state) => expect(shown(freshness, NOW)).toBe(state));

test.each([
  ['failed', 'live', false, 0, 'failed'],
  ['ready', 'live', false, 12, 'view'],
  ['ready', 'offline', false, 12, 'view'],
  ['ready', 'catching_up', false, 0, 'syncing'],
  ['ready', 'live', true, 0, 'syncing'],
  ['ready', 'offline', false, 0, 'silent'],
  ['ready', 'stopped', false, 0, 'silent'],
  ['ready', 'live', false, 0, 'nothing'],
] as const)('empty: %s, %s, filling %s, %i in all', (status, state, filling, all, kind) => {
  expect(emptyKind(status, state, filling, all)).toBe(kind);
});
