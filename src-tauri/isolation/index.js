// Every message from the page passes through this frame before it is sealed for the host. The page's own
// dependencies cannot change what is decided here: only the app's commands and event subscription go through.
const subscription = new Set([
  "plugin:event|listen",
  "plugin:event|unlisten",
]);
const ownCommand = /^[a-z][a-z0-9_]{0,63}$/;

window.__TAURI_ISOLATION_HOOK__ = (message) => {
  const known = ownCommand.test(message.cmd) || subscription.has(message.cmd);
  if (!known) throw new Error(`refused: ${message.cmd}`);
  return message;
};
