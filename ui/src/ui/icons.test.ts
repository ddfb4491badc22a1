import { render } from '@testing-library/svelte';
import Check from '@lucide/svelte/icons/check';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import { describe, expect, test } from 'vitest';

describe('an icon', () => {
  test('is drawn whole, in the size and stroke asked for, and hidden from readers', () => {
    const { container } = render(CircleAlert, { size: 14, strokeWidth: 1.75 });
    const svg = container.querySelector('svg.lucide-circle-alert');
    expect(svg?.getAttribute('width')).toBe('14');
    expect(svg?.getAttribute('height')).toBe('14');
    expect(svg?.getAttribute('stroke-width')).toBe('1.75');
    expect(svg?.getAttribute('aria-hidden')).toBe('true');
    expect([...(svg?.children ?? [])].map((part) => part.tagName)).toEqual(['circle', 'line', 'line']);
    expect(svg?.querySelector('circle')?.getAttribute('r')).toBe('10');
  });

  test('with a name is read out by it', () => {
    const { container } = render(Check, { 'aria-label': 'feito' });
    const svg = container.querySelector('svg');
    expect(svg?.getAttribute('aria-label')).toBe('feito');
    expect(svg?.hasAttribute('aria-hidden')).toBe(false);
  });

  test('is one template: the library’s own component is not in use', () => {
    const { container } = render(Check, {});
    expect(container.querySelector('.lucide-icon')).toBeNull();
  });
});
