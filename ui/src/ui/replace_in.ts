/**
 * Puts a text in place of a stretch of a field as typing would: the field tells of it, and its own undo takes it back.
 * The caret stands behind what was put, unless told.
 */
export function replaceIn(
  field: HTMLTextAreaElement | HTMLInputElement,
  start: number,
  end: number,
  by: string,
  choose?: { from: number; to: number },
): void {
  field.focus();
  field.setSelectionRange(start, end);
  if (!typed(by)) {
    // An engine without the command: the same text, without its undo.
    field.setRangeText(by, start, end, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  const { from, to } = choose ?? { from: start + by.length, to: start + by.length };
  field.setSelectionRange(from, to);
}

function typed(text: string): boolean {
  // Deprecated, and still the only edit by a program that a field's undo knows.
  const { execCommand } = document as { execCommand?: (name: string, ui: boolean, text?: string) => boolean };
  if (!execCommand) return false;
  return text === ''
    ? execCommand.call(document, 'delete', false)
    : execCommand.call(document, 'insertText', false, text);
}
