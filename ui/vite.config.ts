import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { plainIcons } from './plain_icons.ts';

export default defineConfig({
  plugins: [plainIcons(), svelte(), svelteTesting()],
  server: { port: 5173, strictPort: true },
  // Every asset is a file of its own: the content policy allows no `data:` fonts.
  build: { target: 'safari16', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    // A busy machine is slow to draw; what never comes is told all the same.
    testTimeout: 20_000,
  },
});
