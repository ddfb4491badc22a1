import { beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../backend.fake';
import type { ConversationView } from '../types/ConversationView';
import { Composer } from './composer.svelte';
import { DRAFT_REST } from './pace';

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

test('a draft still on its way is what one comes back to', async () => {
  const rows = (await host.listPage({ view: 'all', after: null, limit: 2 })).rows;
  const [one, other] = await Promise.all(rows.map((row) => host.conversation(row.id)));
  const written: (() => void)[] = [];
  host.saveDraft = () => new Promise((done) => written.push(done));
  await enter(one!);
  composer.type('ainda a caminho');
  await enter(other!);
  expect(composer.text).toBe('');
  await enter(one!);
  expect(composer.text).toBe('ainda a caminho');
  for (const done of written) done();
  await vi.advanceTimersByTimeAsync(1);
  await enter(other!);
  await enter(one!);
  expect(composer.text).toBe('');
});

test('a note begun in one conversation waits there', async () => {
  const rows = (await host.listPage({ view: 'all', after: null, limit: 2 })).rows;
  const [one, other] = await Promise.all(rows.map((row) => host.conversation(row.id)));
  await enter(one!);
  composer.turn('note');
  composer.type('liga depois das seis');
  await enter(other!);
  expect([composer.mode, composer.current]).toEqual(['message', '']);
  await enter(one!);
  expect([composer.mode, composer.current]).toEqual(['note', 'liga depois das seis']);
  await composer.writeNote();
  await enter(other!);
  await enter(one!);
  expect([composer.mode, composer.note]).toEqual(['message', '']);
});

test('a text that came back is in the field again, but never over what was typed since', async () => {
  const view = await withOpenPix();
  await enter(view);
  await host.saveDraft({ conversationId: view.id, text: 'de volta', templateKey: null, orderKey: null });
  await composer.recall();
  expect([composer.text, composer.saved]).toEqual(['de volta', 'saved']);
  composer.type('outra coisa');
  await composer.recall();
  expect(composer.text).toBe('outra coisa');
});

test('a template with a hole fills nothing and says what is missing', async () => {
  await enter(await withOpenPix());
  composer.type('meu texto');
  const blocked = composer.chips.find((chip) => !chip.fills);
  expect(blocked).toBeDefined();
  await composer.useNamed(blocked!.templateKey);
  expect(composer.text).toBe('meu texto');
  expect(composer.blocked?.missing.length).toBeGreaterThan(0);
  expect(composer.blocked?.instead).not.toBeNull();
});

test('a hand-over empties the field and the draft', async () => {
  const view = await withOpenPix();
  await enter(view);
  await composer.use(1);
  const { text } = composer;
  expect((await composer.handOver())?.commandId).toMatch(/^cmd_/);
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

async function withGroup(group: 'approved' | 'pix'): Promise<ConversationView> {
  const page = await host.listPage({ view: group, after: null, limit: 40 });
  for (const row of page.rows) {
    const view = await host.conversation(row.id);
    if (view.person.name && view.orders[0]?.group === group && view.orders[0].items[0]) return view;
  }
  throw new Error(`the invented shop has ${group}`);
}

test('a template that asks is filled only once all is answered', async () => {
  await enter(await withGroup('approved'));
  const asking = composer.chips.find((chip) => chip.prompts.length > 0)!;
  await composer.useNamed(asking.templateKey);
  expect(composer.text).toBe('');
  const { prompting } = composer;
  expect(Object.keys(prompting!.answers)).toEqual(asking.prompts);
  expect(await composer.answerPrompts()).toBe(false);
  for (const prompt of asking.prompts) prompting!.answers[prompt] = '{{amanhã}}';
  expect(await composer.answerPrompts()).toBe(true);
  expect(composer.prompting).toBeNull();
  expect(composer.text.match(/\{\{amanhã\}\}/g)?.length).toBe(asking.prompts.length);
});

test('paid while it is written: the text is stopped, and can be kept as a note', async () => {
  const view = await withGroup('pix');
  await enter(view);
  await composer.use(1);
  const { text } = composer;
  host.pay(view.id);
  composer.follow(await host.conversation(view.id));
  expect(composer.stop).toMatchObject({ group: 'approved', stage: 'purchase_approved' });
  expect(await composer.handOver()).toBeNull();
  expect(host.opened).toEqual([]);
  expect((await composer.keepAsNote())?.commandId).toMatch(/^cmd_/);
  expect(composer.text).toBe('');
  expect(composer.stop).toBeNull();
  const notes = (await host.conversation(view.id)).timeline.filter((item) => item.kind === 'note');
  expect(notes.at(-1)).toMatchObject({ text: text.trim() });
});

test('a draft whose order was paid meanwhile is stopped as it is opened', async () => {
  const view = await withGroup('pix');
  await enter(view);
  composer.type('oi, seu PIX');
  await vi.advanceTimersByTimeAsync(DRAFT_REST);
  host.pay(view.id);
  const paid = await host.conversation(view.id);
  const order = paid.orders[0]!;
  const steps = order.steps.map((step) => (step.group === 'approved' ? { ...step, at: NOW + 1 } : step));
  await enter({ ...paid, orders: [{ ...order, steps }, ...paid.orders.slice(1)] });
  expect(composer.text).toBe('oi, seu PIX');
  expect(composer.stop?.group).toBe('approved');
  composer.discard();
  expect(composer.text).toBe('');
  expect(composer.stop).toBeNull();
});

test('a note calls those whose whole names stand in it', async () => {
  const view = await withGroup('pix');
  await enter(view);
  const asked = vi.spyOn(host, 'act');
  composer.turn('note');
  await vi.advanceTimersByTimeAsync(1);
  const [who] = composer.colleagues.is.filter((one) => !one.isMe);
  composer.type(`@${who!.name}, confirma? @ninguém`);
  await composer.writeNote();
  expect(asked.mock.lastCall?.[0].action).toMatchObject({ kind: 'note', body: { mentions: [who!.id] } });
  expect(composer.mode).toBe('message');
});

test('an answer of the customer is recorded with its channel, with words or without', async () => {
  const view = await withGroup('pix');
  await enter(view);
  composer.turn('received');
  expect((await composer.recordAnswer())?.commandId).toMatch(/^cmd_/);
  composer.turn('received');
  composer.type('vou pagar hoje');
  await composer.recordAnswer();
  const said = (await host.conversation(view.id)).timeline.filter((item) => item.kind === 'received');
  expect(said.map((item) => item.text)).toEqual(['', 'vou pagar hoje']);
  expect(said[0]).toMatchObject({ channel: composer.channel, byMe: true });
});

test('what is written while one leaves empties only its own conversation', async () => {
  const rows = (await host.listPage({ view: 'all', after: null, limit: 2 })).rows;
  const [one, other] = await Promise.all(rows.map((row) => host.conversation(row.id)));
  const { act } = host;
  let answer: () => void = () => undefined;
  host.act = async (asked) => {
    await new Promise<void>((done) => (answer = done));
    return act(asked);
  };
  await enter(one!);
  composer.turn('note');
  composer.type('primeira nota');
  const written = composer.writeNote();
  await enter(other!);
  composer.turn('note');
  composer.type('outra nota');
  answer();
  await written;
  expect([composer.mode, composer.note]).toEqual(['note', 'outra nota']);
  await enter(await host.conversation(one!.id));
  expect([composer.mode, composer.note]).toEqual(['message', '']);
});

test('what is typed while a text leaves stays', async () => {
  const view = await withOpenPix();
  await enter(view);
  const { handOver } = host;
  let answer: () => void = () => undefined;
  host.handOver = async (asked) => {
    await new Promise<void>((done) => (answer = done));
    return handOver(asked);
  };
  composer.type('Oi');
  const leaving = composer.handOver();
  composer.type('Oi, tudo bem?');
  answer();
  await leaving;
  expect(composer.text).toBe('Oi, tudo bem?');
});

test('notes and answers being typed are kept like drafts', async () => {
  const view = await withOpenPix();
  await enter(view);
  composer.turn('note');
  composer.type('pediu nota');
  await vi.advanceTimersByTimeAsync(DRAFT_REST);
  expect(composer.saved).toBe('saved');
  composer.turn('received');
  composer.type('pago amanhã');
  composer.flush();
  await vi.advanceTimersByTimeAsync(1);
  const kept = await host.conversation(view.id);
  expect([kept.begunNote, kept.begunAnswer]).toEqual(['pediu nota', 'pago amanhã']);
  // As after a restart: nothing but what the host kept.
  composer = new Composer(host);
  await enter(kept);
  expect([composer.mode, composer.note, composer.answer]).toEqual(['note', 'pediu nota', 'pago amanhã']);
  await composer.writeNote();
  await vi.advanceTimersByTimeAsync(1);
  expect((await host.conversation(view.id)).begunNote).toBeNull();
});

test('a template filled for one order never lands under another', async () => {
  const view = await withOpenPix();
  const second = { ...view.orders[0]!, orderKey: 'another' };
  await enter({ ...view, orders: [view.orders[0]!, second] });
  const { fill } = host;
  let answer: () => void = () => undefined;
  host.fill = async (asked) => {
    await new Promise<void>((done) => (answer = done));
    return fill(asked);
  };
  const filling = composer.use(1);
  composer.turnTo('another', { ...view, orders: [view.orders[0]!, second] });
  answer();
  await filling;
  expect(composer.text).toBe('');
});

test('a stop stays while one looks at another order, and comes for the one the text was begun about', async () => {
  const view = await withGroup('pix');
  const first = view.orders[0]!;
  const bought = {
    ...first,
    orderKey: 'old',
    group: 'approved' as const,
    stage: 'purchase_approved' as const,
  };
  const both = { ...view, orders: [first, bought] };
  const paid = { ...both, orders: [{ ...first, group: 'approved' as const }, bought] };
  await enter(both);
  composer.type('seu PIX ainda vale');
  composer.turnTo('old', both);
  composer.follow(paid);
  expect(composer.stop?.group).toBe('approved');
  composer.turnTo(first.orderKey, paid);
  expect(composer.stop?.group).toBe('approved');
  expect(await composer.handOver()).toBeNull();
  composer.discard();
  composer.type('obrigada pela compra');
  composer.follow(paid);
  expect(composer.stop).toBeNull();
});

test('the same thing paid by another order stops the text', async () => {
  const view = await withGroup('pix');
  await enter(view);
  composer.type('seu PIX ainda vale');
  const paidBy = {
    reference: '77',
    stage: 'purchase_approved' as const,
    group: 'approved' as const,
    at: NOW,
  };
  composer.follow({ ...view, orders: [{ ...view.orders[0]!, paidBy }] });
  expect(composer.stop).toMatchObject({ group: 'approved', paidBy: '77' });
});

/** What the chips of the text hold. */
const held = () => composer.marks.map((mark) => composer.text.slice(mark.start, mark.end));

test('the marks of a filled text stay until it is handed over', async () => {
  const view = await withOpenPix();
  const other = await host.conversation(
    (await host.listPage({ view: 'cart', after: null, limit: 1 })).rows[0]!.id,
  );
  await enter(view);
  await composer.use(1);
  composer.type(`${composer.text} Ok?`);
  const [text, before] = [composer.text, held()];
  expect(before.length).toBeGreaterThan(1);
  await enter(other);
  expect(composer.marks).toEqual([]);
  await enter(await host.conversation(view.id));
  expect([composer.text, held()]).toEqual([text, before]);
  await composer.handOver();
  await enter(other);
  await enter(await host.conversation(view.id));
  expect([composer.text, composer.marks]).toEqual(['', []]);
});

test('after a restart the marks are those that the host finds in the draft, never in another text', async () => {
  const view = await withOpenPix();
  const kept = { templateKey: null, orderKey: null, savedAt: 1, stop: null };
  const marks = [{ start: 3, end: 6, variable: 'customer.first_name' }];
  await enter({ ...view, draft: { ...kept, text: 'Oi Ana', marks } });
  expect(held()).toEqual(['Ana']);
  host.saveDraft = () => Promise.reject(new Error('disk'));
  composer.type('Outro texto');
  await vi.advanceTimersByTimeAsync(DRAFT_REST);
  await enter({ ...view, draft: { ...kept, text: 'Oi Ana', marks } });
  expect([composer.text, composer.marks]).toEqual(['Outro texto', []]);
});

test('a template over a text of one’s own can be taken back, and made again', async () => {
  await enter(await withOpenPix());
  composer.type('meu texto');
  await composer.use(1);
  const [filled, marks, key] = [composer.text, composer.marks, composer.templateKey];
  expect(composer.turnBack()).toBe('meu texto'.length);
  expect([composer.text, composer.marks, composer.templateKey]).toEqual(['meu texto', [], null]);
  await vi.advanceTimersByTimeAsync(DRAFT_REST);
  expect(host.drafts.get(composer.conversationId!)).toBe('meu texto');
  expect(composer.turnBack(true)).not.toBeNull();
  expect([composer.text, composer.marks, composer.templateKey]).toEqual([filled, marks, key]);
  composer.type(`${filled} Abraço`);
  await composer.use(2);
  composer.turnBack();
  expect(composer.text).toBe(`${filled} Abraço`);
  composer.turnBack();
  composer.turnBack();
  expect(composer.text).toBe('meu texto');
  expect(composer.turnBack()).toBe(0);
  expect(composer.turnBack()).toBeNull();
});

test('a chip that was typed over comes back with the text', async () => {
  await enter(await withOpenPix());
  await composer.use(1);
  const [text, marks] = [composer.text, composer.marks];
  const first = marks[0]!;
  composer.type(`${text.slice(0, first.start + 1)}x${text.slice(first.start + 1)}`);
  expect(composer.marks).toHaveLength(marks.length - 1);
  composer.turnBack();
  expect([composer.text, composer.marks]).toEqual([text, marks]);
});

test('nothing of another conversation, and nothing that was handed over, is taken back', async () => {
  const view = await withOpenPix();
  await enter(view);
  composer.type('meu texto');
  await composer.use(1);
  await enter(await host.conversation(view.id));
  expect(composer.turnBack()).toBeNull();
  await composer.handOver();
  expect([composer.turnBack(), composer.text]).toEqual([null, '']);
});

test('a text taken back is stopped by what happened while another was in its place', async () => {
  const view = await withOpenPix();
  await enter(view);
  composer.type('seu PIX vence hoje');
  await composer.use(1);
  host.pay(view.id);
  composer.follow(await host.conversation(view.id));
  expect(composer.stop?.group).toBe('approved');
  composer.discard();
  expect(composer.stop).toBeNull();
  composer.turnBack();
  expect(composer.stop?.group).toBe('approved');
  composer.turnBack();
  expect([composer.text, composer.stop?.group]).toEqual(['seu PIX vence hoje', 'approved']);
});

test('a value goes where it was looked for, as a chip', async () => {
  const view = await withOpenPix();
  await enter(view);
  await composer.readValues();
  const of = (name: string) => composer.values.find((one) => one.variable === name);
  const amount = of('amount')!.value!;
  composer.type('São /val hoje');
  expect(composer.insertValue(4, 8, 'amount')).toBe(4 + amount.length);
  expect([composer.text, held()]).toEqual([`São ${amount} hoje`, [amount]]);
  const code = of('pix.code')!.value!;
  composer.insertValue(composer.text.length, composer.text.length, 'pix.code');
  expect(composer.text).toBe(`São ${amount} hoje\n${code}`);
  expect(held()).toEqual([amount, code]);
  expect(of('coupon')).toMatchObject({ value: null, missing: 'não informado' });
  expect(composer.insertValue(0, 0, 'coupon')).toBeNull();
  composer.turnBack();
  composer.turnBack();
  expect(composer.text).toBe('São /val hoje');
});
