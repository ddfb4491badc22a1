/** Does what key presses mean. */
import { read, takesText, usesEnter, type Pressed } from './keys';
import type { App } from './state/app.svelte';

/** Handles a key press anywhere in the page. */
export function onKey(event: KeyboardEvent, app: App): void {
  if (!app.ready || event.defaultPrevented) return;
  const focus = document.activeElement;
  const pressed = read(event, {
    typing: takesText(focus),
    covered: app.sheet !== null || document.querySelector('[data-dialog-open], [role="menu"]') !== null,
    singleKeys: app.settings?.singleKeys ?? true,
    onControl: usesEnter(focus),
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
      return void app.acts.claimOrRelease();
    case 'reply':
      return app.composer.turn('message');
    case 'note':
      return app.composer.turn('note');
    case 'received':
      return app.composer.turn('received');
    case 'resolve':
      return void app.acts.resolveOrReopen();
    case 'snooze':
    case 'label':
    case 'assign':
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
    case 'sources':
      app.sheet = 'sources';
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

/** Closes what is nearest: the drawer, a blocked template's word, note mode, then the field's focus. */
function close(app: App): void {
  const { composer, layout } = app;
  if (layout.drawer) layout.drawer = false;
  else if (composer.prompting) composer.prompting = null;
  else if (composer.blocked) composer.blocked = null;
  else if (composer.mode !== 'message' && composer.current === '') composer.mode = 'message';
  focusList();
}

/** Puts the focus on the list, where keys walk. */
export function focusList(): void {
  document.querySelector<HTMLElement>('[data-testid="list"]')?.focus();
}
