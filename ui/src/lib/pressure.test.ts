import { expect, test } from 'vitest';
import counts from '../../../fixtures/pressure.json';
import { FakeHost } from './backend.fake';
import { headStart } from './fake/rows';
import { whyOf } from './pressure';
import { HOUR, MINUTE } from './time';
import type { Deadline } from './types/Deadline';
import type { Row } from './types/Row';

const NOW = Date.parse('2026-11-21T14:00:00-03:00');
const plain = (text: string | null | undefined) => text?.replace(/\u00a0/g, ' ');

async function due(): Promise<Row[]> {
  const host = new FakeHost({ count: 400, now: () => NOW });
  return (await host.listPage({ view: 'due', after: null, limit: 200 })).rows;
}

test.each(counts as [number, number][])('the invented desk counts %d minor units as %d ms', (minor, ahead) =>
  expect(headStart(minor)).toBe(ahead),
);

test('what is due says what ends, what its amount counts and what follows', async () => {
  const rows = await due();
  const [row] = rows;
  const pix: Deadline = { kind: 'pix', from: NOW, at: NOW + 6 * MINUTE };
  const at = pix.at - 150 * MINUTE;
  const why = whyOf(
    { ...row!, deadline: pix, pressure: { ends: pix, amount: { minor: 19_700, currency: 'BRL' }, at } },
    NOW,
  );
  expect(why?.ends).toBe('O PIX vence às 14:06 (em 6 min).');
  expect(plain(why?.counts)).toBe('R$ 197,00 adianta 2 h 30 min.');
  expect(why?.ranked).toBe('Conta como se vencesse às 11:36.');
  expect(why?.before).toBeNull();
  for (const row of rows) expect(whyOf(row, NOW), row.id).not.toBeNull();
});

test('what is back is explained by its return, and what ends first is told beside', async () => {
  const [row] = await due();
  const back: Deadline = { kind: 'snooze', from: NOW - HOUR, at: NOW - HOUR };
  const boleto: Deadline = { kind: 'boleto', from: NOW, at: NOW + 10 * HOUR };
  const ranked = { ...row!, deadline: boleto, pressure: { ends: back, amount: null, at: back.at } };
  expect(whyOf(ranked, NOW)).toEqual({
    ends: 'Estava adiada e voltou às 13:00.',
    counts: 'Sem valor informado: nada adianta.',
    ranked: 'Conta como se vencesse às 13:00.',
    before: 'O prazo mais próximo é outro. O boleto vence às 23:59 (em 10 h).',
  });
});

test('what ends on another day says the day, too', async () => {
  const [row] = await due();
  const pix: Deadline = { kind: 'pix', from: NOW, at: NOW + 20 * HOUR };
  const why = whyOf({ ...row!, deadline: pix, pressure: { ends: pix, amount: null, at: pix.at } }, NOW);
  expect(why?.ends).toBe('O PIX vence em 22/11 às 10:00 (em 20 h).');
});

test('what is not ranked is not explained', async () => {
  const host = new FakeHost({ count: 100, now: () => NOW });
  const { rows } = await host.listPage({ view: 'approved', after: null, limit: 10 });
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(whyOf(row, NOW)).toBeNull();
});

test('what is due is in the order that is explained', async () => {
  const rows = await due();
  const ranks = rows.map((row) => row.pressure?.at ?? Infinity);
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
});
