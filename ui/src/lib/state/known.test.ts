import { expect, test } from 'vitest';
import { HostError } from '../host';
import { Known } from './known.svelte';

/** Makes one whose readings are answered by hand. */
function begin() {
  const answers: { give: (one: string) => void; fail: (code: string) => void }[] = [];
  const ask = () =>
    new Promise<string>((give, refuse) =>
      answers.push({ give, fail: (code) => refuse(new HostError(code)) }),
    );
  return { known: new Known('nothing', ask), answers };
}

test('keeps what was read while it cannot be read again, with why, until it is', async () => {
  const { known, answers } = begin();
  const first = known.read();
  answers[0]?.give('Ana');
  await first;
  const second = known.read();
  answers[1]?.fail('storage');
  await second;
  expect([known.is, known.failure]).toEqual(['Ana', 'storage']);
  const third = known.read();
  expect(known.failure).toBe('storage');
  answers[2]?.give('Bia');
  await third;
  expect([known.is, known.failure]).toEqual(['Bia', null]);
});

test('an answer that is overtaken, or comes after all is forgotten, changes nothing', async () => {
  const { known, answers } = begin();
  const [slow, quick] = [known.read(), known.read()];
  answers[1]?.give('new');
  answers[0]?.give('old');
  await Promise.all([slow, quick]);
  expect(known.is).toBe('new');
  const late = known.read();
  known.forget();
  answers[2]?.fail('storage');
  await late;
  expect([known.is, known.failure]).toEqual(['nothing', null]);
});
