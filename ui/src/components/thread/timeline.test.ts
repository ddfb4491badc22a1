import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../../lib/backend.fake';
import type { TimelineItem } from '../../lib/types/TimelineItem';
import Main from '../../Main.svelte';

vi.setConfig({ testTimeout: 20_000 });
const MANY = 50;
/** How high the page says the history is, and the place it is shown in. */
let [content, place] = [0, 0];
/** What waits for the next frame. */
const frames = vi.hoisted((): (() => void)[] => []);
vi.mock('../../lib/frame', () => ({ nextFrame: () => new Promise<void>((done) => frames.push(done)) }));

const isPort = (element: HTMLElement) => element.dataset.testid === 'timeline';
beforeEach(() => {
  document.body.innerHTML = '';
  frames.length = 0;
  vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockImplementation(function (this: HTMLElement) {
    return isPort(this) ? content : 0;
  });
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockImplementation(function (this: HTMLElement) {
    return isPort(this) ? place : 0;
  });
});

const drawn = () => document.querySelectorAll('[data-block]').length;

/** Opens a conversation of many notes, without drawing a frame after it. */
async function open(): Promise<void> {
  const host = new FakeHost({ count: 20 });
  const conversation = host.world[3]!;
  conversation.timeline = Array.from({ length: MANY }, (_, n): TimelineItem => {
    const at = Date.now() - (MANY - n) * 1_000;
    return {
      kind: 'note',
      id: `n${n}`,
      at,
      by: 'Rita',
      byMe: false,
      text: `${n}`,
      mentions: [],
      mentionsMe: false,
      pending: false,
    };
  });
  render(Main, { host });
  await fireEvent.click(await screen.findByTestId('view-all'));
  await waitFor(() => expect(document.querySelector(`[data-id='${conversation.id}']`)).not.toBeNull());
  await fireEvent.click(document.querySelector(`[data-id='${conversation.id}']`)!);
  await screen.findAllByTestId('note-item');
}

async function frame(): Promise<void> {
  for (const draw of frames.splice(0)) draw();
  await new Promise((done) => setTimeout(done));
}

test('what is in sight is drawn first, what lies above it once that is on screen, and the newest stays in sight', async () => {
  [content, place] = [900, 500];
  await open();
  const first = drawn();
  expect(first).toBeGreaterThan(5);
  expect(first).toBeLessThan(MANY);
  expect(screen.getByText(`${MANY - 1}`)).toBeVisible();
  await frame();
  expect(drawn(), 'the frame that shows it is drawn before').toBe(first);
  content = 4_000;
  await frame();
  expect(drawn()).toBeGreaterThanOrEqual(MANY);
  expect(screen.getByTestId('timeline').scrollTop).toBe(content);
});

test('what leaves room is drawn whole at once', async () => {
  [content, place] = [500, 500];
  await open();
  expect(drawn()).toBeGreaterThanOrEqual(MANY);
});
