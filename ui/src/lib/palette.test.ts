import { afterEach, describe, expect, test } from 'vitest';
import { FakeHost } from './backend.fake';
import { found, lines, meansCommand, type Line } from './palette';
import { keepRecent, recentCommands } from './palette_recent';
import { App } from './state/app.svelte';
import type { Row } from './types/Row';

const NOW = Date.UTC(2026, 10, 21, 17);

let opened: App | null = null;
afterEach(() => opened?.end());

async function desk(pix = true): Promise<{ app: App; all: Line[] }> {
  const app = new App(new FakeHost({ count: 60, now: () => NOW }));
  opened = app;
  await app.start();
  if (pix) {
    await app.show('pix');
    await app.open(app.list.rows[0]?.id ?? '');
    await app.composer.loadChips();
  }
  return { app, all: lines(app, NOW) };
}
const names = (all: readonly Line[], text: string, recent: string[] = []) =>
  found(all, text, recent).flatMap(({ part, lines }) =>
    lines.map(({ command }) => (part === 'cannot' ? `(${command.name})` : command.name)),
  );
const called = (name: string) => ({ name }) as Row;

describe('what is found', () => {
  test.each([
    ['resolver', 'resolve'],
    ['RESOLV', 'resolve'],
    ['copiar pix', 'copyPix'],
    ['pix copiar', 'copyPix'],
    ['tema escuro', 'theme.dark'],
    ['escuro', 'theme.dark'],
    ['densidade compacta', 'density.compact'],
    ['ir para vence', 'goto.due'],
    ['modelo reenviar', 'template1'],
    ['adiar ate responder', 'snooze.reply'],
    ['filtrar produto', 'filter.products'],
    ['atalhos remapear', 'keys'],
    ['tamanho 125', 'zoom.125'],
  ])('“%s” brings %s first', async (text, name) => {
    const { all } = await desk();
    expect(names(all, text)[0]).toBe(name);
  });

  test('nothing that was not asked for', async () => {
    const { all } = await desk();
    expect(names(all, 'xyzzy')).toEqual([]);
  });

  test('every command is somewhere, once, those that cannot be done at the end', async () => {
    for (const pix of [true, false]) {
      const { all } = await desk(pix);
      const shown = names(all, '', ['theme.dark']);
      expect(shown.length).toBe(all.length);
      expect(new Set(shown).size).toBe(all.length);
      const first = shown.findIndex((name) => name.startsWith('('));
      expect(shown.slice(first).every((name) => name.startsWith('('))).toBe(true);
      expect(shown).toContain(pix ? 'copyPix' : '(copyPix)');
      expect(shown[0]).toBe('theme.dark');
    }
  });
});

test('each reason is a sentence, not a code', async () => {
  const { all } = await desk(false);
  for (const { command, why } of all) if (why !== null) expect(why, command.name).toMatch(/^\p{Lu}.*\s/u);
});

describe('a command or a person', () => {
  test.each<[string, Row[], boolean]>([
    ['resolver', [], true],
    ['resolver', [called('Ana Prado')], true],
    ['res', [called('Caio Resende')], false],
    ['resende', [called('Caio Resende')], false],
    ['11 90000', [called('Caio Resende')], false],
    ['', [], false],
  ])('“%s”', async (text, hits, command) => {
    const { all } = await desk();
    expect(meansCommand(all, text, hits)).toBe(command);
  });
});

test('what was used last is kept, but nothing of one customer', () => {
  for (const name of [
    'theme.dark',
    'label.VIP',
    'order.ord_1',
    'snooze.paid',
    'theme.dark',
    'assign.mem_1',
  ]) {
    keepRecent(name);
  }
  expect(recentCommands()).toEqual(['theme.dark', 'snooze.paid']);
  localStorage.setItem('balcao.recent', '{"not":"a list"}');
  expect(recentCommands()).toEqual([]);
});
