/** Does what key presses mean. */
import type { Command } from './commands';
import { savedViews } from './commands/here';
import { VIEWS } from './commands/views';
import { acts, beginsCharacter, keyOf, takesText, usesEnter, type Place } from './keys';
import { commandAt } from './keys_now.svelte';
import type { App, Needed } from './state/app.svelte';

export { focusList } from './focus';

/** What lies over the zones; not what is on its way out, so that a key that follows quickly is not lost. */
const COVERS = '[data-dialog-open]:not([data-state="closed"]), [role="menu"]:not([data-state="closed"])';
const MODIFIERS = ['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock'];

/** The press that was looked at last, and whether it may put a letter under the accent that was typed before it. */
let seen: KeyboardEvent | null = null;
let completes = false;
/** An accent's key was pressed. */
let accented = false;

/** Handles a key press anywhere in the page, for those commands that may act. */
export function onKey(event: KeyboardEvent, app: App, may: (command: Command) => boolean = () => true): void {
  if (MODIFIERS.includes(event.key)) return;
  if (completesAccent(event) || !app.ready || event.defaultPrevented) return;
  if (goes(event, app)) return;
  const key = keyOf(event);
  const command = key === null ? undefined : commandAt(key);
  if (key === null || !command || !may(command) || !acts(key, command.holds, placeIn(app))) return;
  event.preventDefault();
  perform(command, app);
}

/** Tells whether a press may be the letter of an accent; two who read the same press get the same answer. */
function completesAccent(event: KeyboardEvent): boolean {
  if (event === seen) return completes;
  seen = event;
  completes = accented && [...event.key].length === 1;
  accented = beginsCharacter(event);
  return completes;
}

/** Does what a command stands for, or says why that cannot be done, once what it is about is on screen. */
export function perform(command: Command, app: App): void {
  app.inTurn(neededBy(command, app), () => {
    const why = command.why(app);
    if (why !== null && !command.tells(app)) app.toasts.say(why, null, 'refused', null, app.thread.id);
    else command.run(app);
  });
}

function neededBy(command: Command, app: App): Needed {
  // What stands in the field is sent as it is seen.
  if (command.holds === 'field') return 'nothing';
  if (command.group === 'order') return command.name.startsWith('template') ? 'templates' : 'conversation';
  if (command.group === 'writing') return 'conversation';
  // What is picked in the list is about those, whichever is open.
  return command.group === 'conversation' && app.bulk.picked.count === 0 ? 'conversation' : 'nothing';
}

function placeIn(app: App): Place {
  const focus = document.activeElement;
  return {
    typing: takesText(focus) || focus?.closest('[role="menu"]') != null,
    covered: app.sheet !== null || app.helping !== null || document.querySelector(COVERS) !== null,
    onControl: usesEnter(focus),
    onList: focus?.closest('[data-testid="list"]') != null,
  };
}

/** Takes the letter after the key that goes to the view it stands for; tells whether it was one. */
function goes(event: KeyboardEvent, app: App): boolean {
  if (!app.layout.going || event.ctrlKey || event.metaKey || event.altKey) return false;
  app.layout.stay();
  const letter = keyOf(event);
  const view = [...VIEWS, ...savedViews(app)].find((one) => one.after !== '' && one.after === letter);
  if (!view) return false;
  event.preventDefault();
  view.run(app);
  return true;
}
