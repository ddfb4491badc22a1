import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');

function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(selector)).split('}')[0] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]),
  );
}

function luminance(hex: string): number {
  const channel = (at: number) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
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
const PAIRS: [string, string][] = [
  ...GROUPS.map((group): [string, string] => [group, `${group}-bg`]),
  ...GROUPS.map((group): [string, string] => [group, 'raised']),
  ...['text', 'text-2', 'text-3'].flatMap((text) =>
    ['canvas', 'panel', 'raised', 'hover', 'sel'].map((ground): [string, string] => [text, ground]),
  ),
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-hover'],
  ['accent', 'accent-soft'],
  ['accent', 'raised'],
  ['accent', 'panel'],
  ['accent', 'canvas'],
  ['text', 'accent-soft'],
  ['text-2', 'accent-soft'],
  ['refused', 'canvas'],
];

describe.each([
  ['light', ':root {'],
  ['dark', "[data-theme='dark']"],
])('in the %s theme', (_, selector) => {
  const known = tokens(selector);
  test.each(PAIRS)('%s can be read on %s', (ink, ground) => {
    expect(contrast(known[ink] ?? '', known[ground] ?? '')).toBeGreaterThanOrEqual(4.5);
  });
  test.each(['canvas', 'panel', 'raised'])('the focus ring stands out on %s', (ground) => {
    expect(contrast(known.accent ?? '', known[ground] ?? '')).toBeGreaterThanOrEqual(3);
  });
});

test('both themes have the same colours', () => {
  const names = (selector: string) =>
    Object.keys(tokens(selector)).filter((name) => !name.startsWith('code-'));
  expect(names("[data-theme='dark']").sort()).toEqual(names(':root {').sort());
});
