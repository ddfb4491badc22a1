import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');
type Tokens = Record<string, string>;

function tokens(selector: string): Tokens {
  const start = css.indexOf(`\n${selector} {`);
  expect(start, selector).toBeGreaterThanOrEqual(0);
  const block = css.slice(start).split('}')[0] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]),
  );
}

const DARK = "[data-theme='dark']";
const MORE = "[data-contrast='more']";
const light = tokens(':root');
const dark = { ...light, ...tokens(DARK) };
const strong = { ...light, ...tokens(MORE) };
// On a dark document with more contrast the last of the blocks wins, and it names whatever the one before does.
const strongDark = { ...dark, ...tokens(`${DARK}${MORE}`) };

function luminance(hex: string): number {
  const channel = (at: number) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string | undefined, b: string | undefined): number {
  const [lighter, darker] = [luminance(a ?? ''), luminance(b ?? '')].sort((x, y) => y - x) as [
    number,
    number,
  ];
  return (lighter + 0.05) / (darker + 0.05);
}

const GROUPS = [
  'cart',
  'pix',
  'boleto',
  'analysis',
  'approved',
  'refused',
  'expired',
  'refund',
  'chargeback',
];
const SURFACES = ['canvas', 'panel', 'raised'];
const GROUNDS = [...SURFACES, 'hover', 'sel'];

/** Every ink that letters are written in, with every ground it is written on. */
const LETTERS: [string, string][] = [
  ...GROUPS.map((group): [string, string] => [group, `${group}-bg`]),
  // A chargeback's chip and a deadline's last minutes are filled.
  ['chargeback-bg', 'chargeback'],
  ...['pix', 'boleto'].map((filled): [string, string] => ['raised', filled]),
  ...GROUPS.flatMap((group) => GROUNDS.map((ground): [string, string] => [group, ground])),
  ...['text', 'text-2', 'text-3', 'accent'].flatMap((ink) =>
    [...GROUNDS, 'accent-soft'].map((ground): [string, string] => [ink, ground]),
  ),
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-hover'],
  ['text', 'cart-bg'],
];

/** What is told by its shape alone: the ring of the focus, the edge of a field, the dot of a live connection. */
const MARKS: [string, string][] = [
  ...['accent', 'edge'].flatMap((mark) => SURFACES.map((ground): [string, string] => [mark, ground])),
  ...['hover', 'sel', 'accent-soft'].map((ground): [string, string] => ['accent', ground]),
  ['live', 'canvas'],
  ['live', 'raised'],
  ['raised', 'edge'],
  ['accent-ink', 'accent'],
];

describe.each<[string, Tokens, number]>([
  ['light', light, 4.5],
  ['dark', dark, 4.5],
  ['light with more contrast', strong, 7],
  ['dark with more contrast', strongDark, 7],
])('%s', (_, known, least) => {
  test.each(LETTERS)('%s can be read on %s', (ink, ground) => {
    expect(contrast(known[ink], known[ground])).toBeGreaterThanOrEqual(least);
  });
  test.each(MARKS)('%s stands out on %s', (mark, ground) => {
    expect(contrast(known[mark], known[ground])).toBeGreaterThanOrEqual(3);
  });
});

test.each([
  ['light', strong],
  ['dark', strongDark],
])('with more contrast, lines are seen by themselves: %s', (_, known) => {
  for (const line of ['line', 'line-2']) {
    for (const ground of SURFACES)
      expect(contrast(known[line], known[ground]), line).toBeGreaterThanOrEqual(3);
  }
});

test('the grounds share their names', () => {
  const names = (selector: string) =>
    Object.keys(tokens(selector))
      .filter((name) => !name.startsWith('code-'))
      .sort();
  expect(names(DARK)).toEqual(names(':root'));
  expect(names(`${DARK}${MORE}`)).toEqual(names(MORE));
});

test('where the system forces its colours, every surface, line and ink is one of them', () => {
  const forced = css.slice(css.indexOf('forced-colors: active'));
  for (const name of Object.keys(tokens(MORE)).filter((one) => !GROUPS.includes(one))) {
    expect(forced, name).toMatch(new RegExp(`--${name}: [A-Z]`));
  }
});

/** Every file that draws: components with their styles, and the shared style sheets but the tokens themselves. */
const drawing = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.(svelte|css)$/.test(file) && !file.endsWith('tokens.css'),
);

test.each(drawing)('%s names no colour of its own', (file) => {
  const text = readFileSync(`src/${file}`, 'utf8');
  const styles = file.endsWith('.css')
    ? text
    : [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].join('');
  const inline = [...text.matchAll(/\b(?:style|fill|stroke)(?::[\w-]+)?="([^"{]*)"/g)].map(
    (one) => one[1] ?? '',
  );
  const raw =
    /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(|:\s*(?:white|black|red|green|blue|gr[ae]y)\b/i;
  for (const part of [styles, ...inline]) expect(part.match(raw)?.[0] ?? null).toBeNull();
});

// Where everything is zoomed, the engine holds a zone's zoomed width against the pixels as they were written; what is written by
// the letter it holds against letters that grew as well.
test.each(drawing)('%s asks for the width of its zone by the letter', (file) => {
  expect(readFileSync(`src/${file}`, 'utf8')).not.toMatch(/@container[^{]*\dpx/);
});

test('the colours that are used are there', () => {
  const groups = readFileSync('src/styles/groups.css', 'utf8');
  const sized = [...`${css}${groups}`.matchAll(/--([\w-]+):/g)].map((found) => found[1]);
  for (const file of drawing) {
    const text = readFileSync(`src/${file}`, 'utf8');
    const own = [...text.matchAll(/(?:--|style:--)([\w-]+)[:=]/g)].map((found) => found[1]);
    for (const [, name] of text.matchAll(/var\(--([\w-]+)\)/g)) {
      expect([...sized, ...own], `${file}: --${name}`).toContain(name);
    }
  }
});
