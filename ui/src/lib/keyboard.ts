/** Does what key presses mean. */
import { viewOf } from './go';
import { read, takesText, usesEnter, type Pressed } from './keys';
import type { App } from './state/app.svelte';

/** Handles a key press anywhere in the page. */
export function onKey(event: KeyboardEvent, app: App): void {
  if (!app.ready || event.defaultPrevented) return;
  const focus = document.activeElement;
  if (goes(event, app)) return;
  const pressed = read(event, {
    typing: takesText(focus),
    covered: app.sheet !== null || document.querySelector('[data-dialog-open], [role="menu"]') !== null,
    singleKeys: app.settings?.singleKeys ?? true,
    onControl: usesEnter(focus),
    onList: focus?.closest('[data-testid="list"]') != null,
  });
  if (!pressed) return;
  event.preventDefault();
  perform(pressed, app);
}

/** Performs an act, from the keyboard or from the palette. */
export function perform(pressed: Pressed, app: App): void {
  switch (pressed.act) {
    case 'next':
      return app.move(1);
    case 'previous':
      return app.move(-1);
    case 'open':
      return void openSelected(app);
    case 'back':
      return focusList();
    case 'claim':
      if (app.bulk.picked.count > 0) return void app.bulk.claim();
      return void app.acts.claimOrRelease();
    case 'reply':
      return app.composer.turn('message');
    case 'note':
      return app.composer.turn('note');
    case 'received':
      return app.composer.turn('received');
    case 'resolve':
      if (app.bulk.picked.count > 0) return void app.bulk.resolve();
      return void app.acts.resolveOrReopen();
    case 'snooze':
    case 'label':
    case 'assign':
      if (app.bulk.picked.count > 0) {
        app.bulk.asking = pressed.act;
        return;
      }
      return app.acts.ask(pressed.act);
    case 'copyPix':
      return void app.copy('pix');
    case 'copyBoleto':
      return void app.copy('boleto');
    case 'copyLink':
      return void app.copy('link');
    case 'template':
      return void app.composer.use(pressed.n);
    case 'context':
      // Without a conversation there is nothing to draw out.
      if (app.thread.status !== 'none') app.layout.drawer = !app.layout.drawer;
      return;
    case 'search':
      app.sheet = app.sheet === 'palette' ? null : 'palette';
      return;
    case 'find':
      return app.list.find();
    case 'filter':
      app.narrowing.menu = 'all';
      return;
    case 'go':
      return app.layout.go();
    case 'pick':
      return pick(app);
    case 'reachNext':
      return reach(app, 1);
    case 'reachPrevious':
      return reach(app, -1);
    case 'pickAll':
      return void app.list.readAll().then(() => app.bulk.picked.all(app.list.rows));
    case 'sources':
      app.sheet = 'sources';
      return;
    case 'templates':
      app.sheet = 'templates';
      return;
    case 'help':
      app.sheet = 'help';
      return;
    case 'close':
      return close(app);
    case 'undo':
      return void app.undo();
  }
}

async function openSelected(app: App): Promise<void> {
  const id = app.list.selected ?? app.list.move(1);
  if (!id) return;
  await app.open(id);
  app.composer.focusAsked += 1;
}

/** Takes the letter after `g` to the view it stands for; tells whether it was one. */
function goes(event: KeyboardEvent, app: App): boolean {
  if (!app.layout.going || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (['Shift', 'Control', 'Alt', 'AltGraph', 'Meta'].includes(event.key)) return false;
  app.layout.stay();
  const key = event.key.toLowerCase();
  const view = viewOf(key);
  const saved = app.narrowing.views[Number(key) - 1];
  if (!view && !saved) return false;
  event.preventDefault();
  void (view ? app.show(view) : app.showSaved(saved?.id ?? ''));
  focusList();
  return true;
}

function pick(app: App): void {
  const id = app.list.selected ?? app.list.move(1);
  if (id) app.bulk.picked.toggle(id);
}

/** Moves the selection and picks what it passes. */
function reach(app: App, by: number): void {
  const from = app.list.selected;
  app.list.touch(Date.now());
  const to = app.list.move(by);
  if (to) app.bulk.picked.reach(app.list.rows, from, to);
}

/** Closes what is nearest: the drawer, a blocked template's word, note mode, a search, what is picked, the filter; then the field's focus. */
function close(app: App): void {
  const { composer, layout } = app;
  if (layout.drawer) layout.drawer = false;
  else if (composer.prompting) composer.prompting = null;
  else if (composer.blocked) composer.blocked = null;
  else if (composer.mode !== 'message' && composer.current === '') composer.mode = 'message';
  else clearList(app);
  focusList();
}

function clearList(app: App): void {
  const inList = document.activeElement?.closest('[data-zone="list"]') != null;
  if (!inList) return;
  if (app.list.finding) void app.list.endSearch();
  else if (app.bulk.picked.count > 0) app.bulk.picked.clear();
  else if (app.narrowing.narrowed) void app.narrowing.clear();
}

/** Puts the focus on the list, where keys walk. */
export function focusList(): void {
  document.querySelector<HTMLElement>('[data-testid="list"]')?.focus();
}
