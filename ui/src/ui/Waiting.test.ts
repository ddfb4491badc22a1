import { render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import Waiting from './Waiting.svelte';

const said = (words: string) => createRawSnippet(() => ({ render: () => `<p>${words}</p>` }));
const parts = { bones: said('shapes'), children: said('rows') };
const shown = () => [screen.queryByText('shapes') && 'shapes', screen.queryByText('rows') && 'rows'].join('');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** When it came, in milliseconds after it was asked for, and what is seen at which time. */
const cases: [number, [number, string][]][] = [
  [0, [[0, 'rows']]],
  [
    100,
    [
      [0, ''],
      [99, ''],
      [101, 'rows'],
      [400, 'rows'],
    ],
  ],
  [
    200,
    [
      [149, ''],
      [151, 'shapes'],
      [201, 'shapes'],
      [449, 'shapes'],
      [451, 'rows'],
    ],
  ],
  [
    2_000,
    [
      [151, 'shapes'],
      [1_999, 'shapes'],
      [2_001, 'rows'],
    ],
  ],
];

test.each(cases)('what came after %i ms is shown in its time', async (came, seen) => {
  const { rerender } = render(Waiting, { props: { ...parts, waiting: came > 0 } });
  let now = 0;
  const until = async (at: number) => {
    if (now < came && at >= came) {
      await vi.advanceTimersByTimeAsync(came - now);
      await rerender({ ...parts, waiting: false });
      now = came;
    }
    await vi.advanceTimersByTimeAsync(at - now);
    now = at;
  };
  for (const [at, what] of seen) {
    await until(at);
    expect(shown(), `after ${at} ms`).toBe(what);
  }
});
