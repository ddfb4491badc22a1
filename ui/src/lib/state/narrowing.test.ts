import { beforeEach, describe, expect, test } from 'vitest';
import { FakeHost, type FakeOptions } from '../backend.fake';
import { NO_FILTER } from '../filters';
import type { Row } from '../types/Row';
import { App } from './app.svelte';

const NOW = Date.parse('2026-11-21T14:00:00-03:00');
let host: FakeHost;
let app: App;
const labelled = (rows: readonly Row[], label: string) => rows.every((row) => row.labels.includes(label));

async function begin(options: Partial<FakeOptions> = {}) {
  host = new FakeHost({ count: 300, now: () => NOW, ...options });
  app = new App(host);
  await app.start();
  await app.narrowing.readValues();
}
beforeEach(() => begin());

describe('filters', () => {
  test('belong to their view while the app runs', async () => {
    await app.show('all');
    await app.filterBy({ of: 'label', is: 'VIP' });
    expect(app.list.rows.length).toBeGreaterThan(0);
    expect(labelled(app.list.rows, 'VIP')).toBe(true);
    await app.show('cart');
    expect(app.narrowing.filter).toEqual(NO_FILTER);
    await app.show('all');
    expect(app.narrowing.filter.labels).toEqual(['VIP']);
    await app.narrowing.clear();
    expect(app.list.total).toBe(300);
  });

  test('hold for what arrives, too', async () => {
    await app.show('all');
    await app.filterBy({ of: 'label', is: 'VIP' });
    app.list.pointer(true);
    const outside = host.world.find((one) => !one.labels.includes('VIP'))!;
    await app.list.changed([outside.id], false, NOW);
    expect(app.list.fresh.size).toBe(0);
  });

  test('combine with a search', async () => {
    await app.show('all');
    await app.list.search('an');
    const all = app.list.total;
    expect(app.list.searched).toBe(300);
    await app.filterBy({ of: 'stage', is: 'pix' });
    expect(app.list.searching).toBe(true);
    expect(app.list.total).toBeLessThan(all);
    await app.list.endSearch();
    expect(app.narrowing.filter.stages).toEqual(['pix']);
  });
});

describe('saved views', () => {
  const count = (id: string) => app.savedCounts[id]?.count;

  test('saved, shown, counted as long as their list, changed, renamed, removed', async () => {
    await app.show('all');
    await app.filterBy({ of: 'label', is: 'VIP' });
    const wanted = app.list.total;
    await app.narrowing.save({ id: null, name: 'Só VIP', team: false });
    const saved = app.narrowing.saved!;
    expect(saved.name).toBe('Só VIP');
    expect(app.list.total).toBe(wanted);
    await app.changed({
      conversations: [],
      everything: true,
      counters: true,
      freshness: false,
      outbox: false,
      presence: false,
      templates: false,
      views: true,
      sold: [],
    });
    expect(count(saved.id)).toBe(wanted);

    await app.filterBy({ of: 'stage', is: 'cart' });
    expect(app.narrowing.altered).toBe(true);
    await app.narrowing.clear();
    expect(app.narrowing.altered).toBe(false);
    expect(app.list.total).toBe(wanted);

    await app.filterBy({ of: 'stage', is: 'cart' });
    await app.narrowing.save({ id: saved.id, name: saved.name, team: false });
    expect(app.narrowing.altered).toBe(false);
    await app.narrowing.rename(app.narrowing.saved!, 'VIP com carrinho');
    expect(app.narrowing.saved?.name).toBe('VIP com carrinho');

    await app.narrowing.remove(saved.id);
    expect(app.narrowing.views.some((one) => one.id === saved.id)).toBe(false);
    expect(app.list.listed.saved).toBeNull();
  });

  test('one that a colleague removes while it is on screen gives way', async () => {
    await app.showSaved('view_1');
    host.saved.kept = host.saved.kept.filter((one) => one.id !== 'view_1');
    await app.narrowing.readViews();
    expect(app.list.view).toBe('due');
    expect(app.list.listed.saved).toBeNull();
  });

  test('those of the team are a lead’s, and need the service', async () => {
    await begin({ role: 'agent' });
    await expect(app.narrowing.save({ id: null, name: 'x', team: true })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await begin({ role: 'lead', state: 'offline' });
    await expect(app.narrowing.save({ id: null, name: 'x', team: true })).rejects.toMatchObject({
      code: 'offline',
    });
    await app.narrowing.save({ id: null, name: 'x', team: false });
    expect(app.narrowing.views.some((one) => one.name === 'x')).toBe(true);
  });
});

describe('many at once', () => {
  test('what will and will not change is told, done, and undone as one', async () => {
    await begin({ state: 'offline' });
    await app.show('all');
    const picked = app.bulk.picked;
    picked.reach(app.list.rows, null, app.list.rows[0]!.id);
    picked.reach(app.list.rows, null, app.list.rows[19]!.id);
    expect(picked.count).toBe(20);
    const taken = app.list.rows.slice(0, 20).filter((row) => row.owner).length;
    await app.bulk.claim();
    const { preview } = app.bulk.proposed!;
    expect(preview.wont).toHaveLength(taken);
    expect(preview.will).toHaveLength(20 - taken);
    const before = (await host.counters()).views;
    await app.bulk.confirm();
    expect(app.bulk.proposed).toBeNull();
    expect(picked.count).toBe(0);
    expect(host.outboxItems).toHaveLength(20 - taken);
    await app.undo();
    expect(host.outboxItems).toEqual([]);
    expect((await host.counters()).views).toEqual(before);
  });

  test('a range follows the anchor, and a toggled row moves it', () => {
    const { picked } = app.bulk;
    const ids = app.list.rows.map((row) => row.id);
    picked.toggle(ids[4]!);
    picked.reach(app.list.rows, null, ids[2]!);
    expect([...picked.ids].sort()).toEqual(ids.slice(2, 5).sort());
    picked.toggle(ids[3]!);
    expect(picked.has(ids[3]!)).toBe(false);
  });

  test('a refusal of the host is told and nothing is lost', async () => {
    app.bulk.picked.all(app.list.rows.slice(0, 3));
    host.bulk = () => Promise.reject(new Error('gone'));
    await app.bulk.resolve();
    await app.bulk.confirm();
    expect(app.bulk.failure).toBe('unknown');
    expect(app.bulk.picked.count).toBe(3);
  });
});

test('the next start begins where one was', async () => {
  await begin({ settings: { place: { view: 'cart', saved: null, conversation: null } } });
  expect(app.list.view).toBe('cart');
  await begin({ settings: { place: { view: 'all', saved: 'view_1', conversation: null } } });
  expect(app.narrowing.saved?.id).toBe('view_1');
});
