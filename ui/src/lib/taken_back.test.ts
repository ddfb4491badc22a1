import { expect, test } from 'vitest';
import { TakenBack } from './taken_back';

const of = (text: string) => ({ text });

/** Goes through texts as one types them, and returns all that comes back. */
function back(texts: string[]): string[] {
  const kept = new TakenBack<{ text: string }>();
  texts.slice(1).forEach((text, place) => kept.typed(of(texts[place] ?? ''), text));
  let now = of(texts.at(-1) ?? '');
  const out: string[] = [];
  for (let then = kept.back(now); then; then = kept.back(now)) out.push((now = then).text);
  return out;
}
const letters = (text: string) => Array.from({ length: text.length + 1 }, (_, n) => text.slice(0, n));

test.each<[string, string[], string[]]>([
  ['what was typed comes back by words', letters('oi, tudo bem'), ['oi, tudo ', 'oi, ', '']],
  ['what was deleted in one go comes back in one', ['abc', 'ab', 'a', ''], ['abc']],
  ['what was deleted ahead likewise', ['abcd', 'acd', 'ad', 'a'], ['abcd']],
  ['deleting after typing is a step of its own', ['', 'a', 'ab', 'a'], ['ab', '']],
  ['typing elsewhere is one', ['ab', 'abc', 'xabc'], ['abc', 'ab']],
  ['a paste over a selection is one', ['um dois', 'um três', 'um trêss'], ['um três', 'um dois']],
])('%s', (_, texts, expected) => expect(back(texts)).toEqual(expected));

test('a text that was replaced comes back whole, and so does what replaced it', () => {
  const kept = new TakenBack<{ text: string; by: string }>();
  const own = { text: 'meu texto', by: 'hand' };
  const filled = { text: 'Oi, Ana!', by: 'template' };
  kept.typed({ text: '', by: 'hand' }, 'meu texto');
  kept.replaced(own);
  expect(kept.back(filled)).toBe(own);
  expect(kept.forth(own)).toBe(filled);
  expect(kept.forth(filled)).toBeNull();
  expect(kept.back(filled)).toBe(own);
  kept.typed(own, 'meu texto!');
  expect(kept.forth({ text: 'meu texto!', by: 'hand' })).toBeNull();
});

test('steps are forgotten with the text, and the oldest where there are many', () => {
  const kept = new TakenBack<{ text: string }>();
  for (let n = 0; n < 500; n += 1) kept.replaced(of(String(n)));
  let count = 0;
  while (kept.back(of('now'))) count += 1;
  expect(count).toBe(200);
  kept.replaced(of('a'));
  kept.clear();
  expect([kept.back(of('b')), kept.forth(of('b'))]).toEqual([null, null]);
});
