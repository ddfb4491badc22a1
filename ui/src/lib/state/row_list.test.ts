import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeHost } from '../backend.fake';
import { IDLE, RowList } from './row_list.svelte';

let now = Date.parse('2026-11-21T14:00:00-03:00');
let host: FakeHost;
let list: RowList;
const ids = () => list.rows.map((row) => row.id);

beforeEach(async () => {
  now = Date.parse('2026-11-21T14:00:00-03:00');
  host = new FakeHost({ count: 450, now: () => now });
  list = new RowList(host);
  await list.show('all');
  list.touch(now);
});

describe('rows never jump under a hand', () => {
  test('a change is shown where the row stands', async () => {
    const before = ids();
    const id = before[5] ?? '';
    host.pay(id);
    await list.changed([id], false, now);
    expect(ids()).toEqual(before);
    expect(list.rows[5]?.group).toBe('approved');
  });

  test('a new row waits for a re-sort while the list is in use', async () => {
    const before = ids();
    host.arrive();
    const born = host.world[0]!.id;
    await list.changed([born], false, now + IDLE - 1);
    expect(ids()).toEqual(before);
    expect(list.fresh.size).toBe(1);
    await list.resort();
    expect(ids()[0]).toBe(born);
    expect(list.fresh.size).toBe(0);
  });

  test('what changes beyond the rows that are loaded is no new row', async () => {
    list.pointer(true);
    const { rows: far } = await host.listPage({ view: 'all', after: '300', limit: 20 });
    await list.changed(
      far.map((row) => row.id),
      false,
      now,
    );
    expect(list.fresh.size).toBe(0);
  });

  test('a new row that was read on to is not counted any more', async () => {
    list.pointer(true);
    host.arrive();
    const born = host.world[0]!.id;
    await list.changed([born], false, now);
    expect(list.fresh.size).toBe(1);
    const page = host.listPage;
    host.listPage = async (asked) => {
      const read = await page(asked);
      const found = await host.rows({ view: 'all', ids: [born] });
      return { ...read, rows: [...found, ...read.rows] };
    };
    await list.more();
    expect(list.fresh.size).toBe(0);
  });

  test('left alone for two seconds, the list re-sorts by itself', async () => {
    host.arrive();
    const born = host.world[0]!.id;
    await list.changed([born], false, now + IDLE);
    expect(ids()[0]).toBe(born);
  });

  test.each([
    ['the pointer is over it', () => list.pointer(true)],
    ['it is scrolled', () => list.scrolled(false)],
  ])('but not while %s', async (_, hold) => {
    hold();
    host.arrive();
    const born = host.world[0]!.id;
    await list.changed([born], false, now + 60_000);
    expect(ids()).not.toContain(born);
    list.pointer(false);
    list.scrolled(true);
    await list.settleWhenIdle(now + 60_000);
    expect(ids()[0]).toBe(born);
  });

  test('a row that left the view stays, marked, until a re-sort', async () => {
    await list.show('pix');
    list.pointer(true);
    const id = ids()[1] ?? '';
    const before = ids();
    host.pay(id);
    await list.changed([id], false, now);
    expect(ids()).toEqual(before);
    expect(list.gone.has(id)).toBe(true);
    await list.resort();
    expect(ids()).toEqual(before.filter((known) => known !== id));
  });

  test('the selection stays with its row', async () => {
    list.selected = ids()[3] ?? null;
    host.arrive();
    await list.resort();
    expect(list.rows[4]?.id).toBe(list.selected);
  });
});

test('pages follow each other without a hole or a double', async () => {
  while (list.rows.length < list.total) await list.more();
  expect(new Set(ids()).size).toBe(450);
  const times = list.rows.map((row) => row.lastAt);
  expect(times).toEqual([...times].sort((a, b) => b - a));
});

test('where what follows could not be read, that is said until it was', async () => {
  const before = ids();
  vi.spyOn(host, 'listPage').mockRejectedValueOnce(new Error('gone'));
  await list.more();
  expect([list.cutOff, ids()]).toEqual([true, before]);
  await list.more();
  expect(list.cutOff).toBe(false);
  expect(ids().length).toBeGreaterThan(before.length);
});

test('after a long absence the rows in sight are right, and the others once they are', async () => {
  while (list.rows.length < list.total) await list.more();
  list.pointer(true);
  list.scrolled(false, 320);
  const [near, far] = [list.rows[325]!.id, list.rows[20]!.id];
  for (const id of [near, far]) host.pay(id);
  const group = (id: string) => list.rows.find((row) => row.id === id)?.group;
  await list.changed([], true, now);
  expect(group(near)).toBe('approved');
  const asked: string[][] = [];
  const rows = host.rows;
  host.rows = (what) => {
    asked.push(what.ids);
    return rows(what);
  };
  list.scrolled(false, 30);
  await vi.waitFor(() => expect(group(far)).toBe('approved'));
  list.scrolled(false, 31);
  expect(asked).toHaveLength(1);
});

test('what changed while nobody looks for a row is read once, in its order', async () => {
  const where = vi.spyOn(host, 'rows');
  const inOrder = vi.spyOn(host, 'listPage');
  const id = ids()[3]!;
  host.pay(id);
  host.arrive();
  await list.changed([], true, now + IDLE);
  expect([where.mock.calls.length, inOrder.mock.calls.length]).toEqual([0, 1]);
  expect(list.rows.find((row) => row.id === id)?.group).toBe('approved');
  expect(ids()[0]).toBe(host.world[0]!.id);
});

test('one letter searches nothing, and leaves the view as it is', async () => {
  const before = ids();
  const search = vi.spyOn(host, 'search');
  await list.search('m');
  expect([list.searching, ids(), search.mock.calls.length]).toEqual([false, before, 0]);
  await list.search('ma');
  expect(list.searching).toBe(true);
  await list.search('m');
  expect([list.searching, ids()]).toEqual([false, before]);
});

test('one page is asked for at a time', async () => {
  const asked: (string | null)[] = [];
  const page = host.listPage;
  host.listPage = (what) => {
    asked.push(what.after);
    return page(what);
  };
  await Promise.all([list.more(), list.more(), list.more()]);
  expect(asked).toHaveLength(1);
});

test('only rows that changed are new objects', async () => {
  const before = list.rows;
  const id = before[2]?.id ?? '';
  host.pay(id);
  await list.resort();
  const same = list.rows.filter((row) => before.includes(row)).length;
  expect(same).toBe(before.length - 1);
});

test('an answer for a view left meanwhile is dropped', async () => {
  const slow = list.show('boleto');
  const quick = list.show('cart');
  await Promise.all([slow, quick]);
  expect(list.view).toBe('cart');
  expect(list.rows.every((row) => row.group === 'cart')).toBe(true);
});

test('a burst of changes asks the host few times', async () => {
  let calls = 0;
  const rows = host.rows;
  host.rows = (what) => {
    calls += 1;
    return rows(what);
  };
  await Promise.all(ids().map((id) => list.changed([id], false, now)));
  expect(calls).toBeLessThanOrEqual(2);
});

test('a list that cannot be read says so, one that could be stays', async () => {
  host.listPage = () => Promise.reject(new Error('gone'));
  await list.resort();
  expect(list.status).toBe('ready');
  await list.show('mine');
  expect([list.status, list.failure]).toEqual(['failed', 'unknown']);
});

test('walking goes on from where one was when something else was opened meanwhile', () => {
  list.selected = ids()[3] ?? null;
  list.stepAside();
  list.selected = 'con_of_another_view';
  expect(list.move(1)).toBe(ids()[4]);
  list.stepAside();
  list.selected = ids()[7] ?? null;
  expect(list.move(-1)).toBe(ids()[6]);
});

test('moving stops at both ends', () => {
  expect(list.move(-1)).toBe(ids()[0]);
  expect(list.move(-1)).toBe(ids()[0]);
  expect(list.move(10_000)).toBe(ids().at(-1));
});

describe('another list', () => {
  const slots = () => list.rows.map((row) => list.slotOf(row));

  test('takes over what the last one was drawn in, place by place', async () => {
    const before = slots();
    expect(new Set(before).size).toBe(before.length);
    await list.show('approved');
    const shared = Math.min(before.length, list.rows.length);
    expect(shared).toBeGreaterThan(5);
    expect(slots().slice(0, shared)).toEqual(before.slice(0, shared));
  });

  test('a row keeps what it is drawn in while its list is re-sorted and read on', async () => {
    const first = list.rows[0]!;
    const slot = list.slotOf(first);
    host.arrive();
    await list.resort();
    expect(list.rows[0]!.id).not.toBe(first.id);
    expect(list.slotOf(first)).toBe(slot);
    await list.more();
    expect(list.slotOf(first)).toBe(slot);
    expect(new Set(slots()).size).toBe(list.rows.length);
  });

  test('what comes in place of what went takes over what that was drawn in', async () => {
    const stays = list.rows[7]!;
    const before = slots();
    const page = await host.listPage({ view: 'all', after: '300', limit: 100 });
    const rows = [...page.rows.slice(0, list.rows.length - 1), stays];
    vi.spyOn(host, 'listPage').mockResolvedValue({ ...page, rows });
    await list.resort();
    expect(ids()).toEqual(rows.map((row) => row.id));
    expect(list.slotOf(stays)).toBe(before[7]);
    expect(new Set(slots())).toEqual(new Set(before));
  });

  test('leaves the last one in sight until it is here, but no key walks that', async () => {
    const before = ids();
    const shown = list.show('approved');
    expect(ids()).toEqual(before);
    expect(list.status).toBe('loading');
    expect(list.move(1)).toBeNull();
    await shown;
    expect(ids()).not.toEqual(before);
    expect(list.move(1)).toBe(list.rows[0]!.id);
  });

  test('that is long in coming shows no rows of the last one', async () => {
    vi.useFakeTimers();
    vi.spyOn(host, 'listPage').mockReturnValue(new Promise(() => undefined));
    void list.show('approved');
    vi.advanceTimersByTime(119);
    expect(list.rows.length).toBeGreaterThan(0);
    vi.advanceTimersByTime(1);
    expect(list.rows).toEqual([]);
    expect(list.status).toBe('loading');
    vi.useRealTimers();
  });

  test('that cannot be read says so, and shows no rows of the last one', async () => {
    vi.spyOn(host, 'listPage').mockRejectedValue(new Error('gone'));
    await list.show('approved');
    expect(list.rows).toEqual([]);
    expect(list.status).toBe('failed');
  });
});
