import { expect, test } from 'vitest';
import { FakeHost } from './backend.fake';
import { DOUBLING, headStart, whyOf } from './pressure';
import { MINUTE } from './time';

const NOW = Date.parse('2026-11-21T14:00:00-03:00');

test.each([
  [0, 0],
  [99, 0],
  [100, DOUBLING],
  [300, 2 * DOUBLING],
  [200, DOUBLING + DOUBLING / 2],
  [102_300, 10 * DOUBLING],
  [-500, 0],
])('%d minor units move a deadline ahead by %d', (minor, ahead) => expect(headStart(minor)).toBe(ahead));

test('more money never counts less', () => {
  let before = -1;
  for (let minor = 0; minor < 2_000_000; minor += 977) {
    const now = headStart(minor);
    expect(now).toBeGreaterThanOrEqual(before);
    before = now;
  }
});

test('what is due says what ends, what its amount counts and what follows', async () => {
  const host = new FakeHost({ count: 200, now: () => NOW });
  const { rows } = await host.listPage({ view: 'due', after: null, limit: 100 });
  const [row] = rows.filter((row) => row.deadline?.kind === 'recovery' && row.amount);
  const why = whyOf(
    {
      ...row!,
      amount: { minor: 19_700, currency: 'BRL' },
      deadline: { kind: 'pix', from: NOW, at: NOW + 6 * MINUTE },
    },
    NOW,
  );
  expect(why?.ends).toBe('O PIX vence às 14:06 (em 6 min).');
  expect(why?.counts.replace(/\u00a0/g, ' ')).toBe('R$ 197,00 adianta 2 h 30 min.');
  expect(why?.ranked).toBe('Conta como se vencesse 11:35.');
  for (const row of rows) expect(whyOf(row, NOW), row.id).not.toBeNull();
});

test('what is due is in the order that is explained', async () => {
  const host = new FakeHost({ count: 400, now: () => NOW });
  const { rows } = await host.listPage({ view: 'due', after: null, limit: 200 });
  const ranks = rows.map((row) => (row.deadline?.at ?? Infinity) - headStart(row.amount?.minor ?? 0));
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
});
