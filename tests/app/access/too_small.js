// Lists what is to be hit by a pointer and is under 24 by 24, as WCAG 2.5.8 counts it: a field's words count with it, what
// stands in a sentence is as high as its line, and what is small passes where a circle of 24 around it meets nothing else. The
// edge that is dragged is left out: commands do the same.
const LEAST = 24;
// A zoomed window rounds to its own pixels.
const SLACK = 0.5;
const KINDS = ['a[href]', 'button', 'input', 'select', 'summary', 'textarea', '[contenteditable=true]'].concat(
  ['button', 'checkbox', 'link', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'option', 'radio'].map((role) => `[role=${role}]`),
  ['slider', 'spinbutton', 'switch', 'tab'].map((role) => `[role=${role}]`),
);
const lid = [...document.querySelectorAll('[data-dialog-open], [role=dialog]')].pop();
const name = (one) => one.dataset.testid ?? one.getAttribute('aria-label') ?? one.className ?? one.tagName;

/** What takes the clicks of a field: its label with it, or in its place. */
function boxOf(one) {
  const own = one.getBoundingClientRect();
  const label = one.matches('input[type=checkbox], input[type=radio]') ? one.labels?.[0] : null;
  if (!label) return own;
  const around = label.getBoundingClientRect();
  if (one.classList.contains('unseen')) return around;
  const [left, top] = [Math.min(own.left, around.left), Math.min(own.top, around.top)];
  return new DOMRect(left, top, Math.max(own.right, around.right) - left, Math.max(own.bottom, around.bottom) - top);
}
function isThere(one, box) {
  const { visibility, pointerEvents } = getComputedStyle(one);
  if (box.width === 0 || box.height === 0 || visibility === 'hidden' || pointerEvents === 'none') return false;
  if (one.closest('[aria-hidden=true], [inert]') || one.matches(':disabled')) return false;
  if (one.classList.contains('unseen') && !one.labels?.length) return false;
  // What is scrolled away, or lies under something, is not there to be hit.
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return hit !== null && (one.contains(hit) || [...(one.labels ?? [])].some((label) => label.contains(hit)));
}
function inSentence(one) {
  if (getComputedStyle(one).display !== 'inline') return false;
  const words = [...one.parentElement.childNodes].filter((beside) => beside.nodeType === Node.TEXT_NODE);
  return words.some((beside) => beside.textContent.trim() !== '');
}
/** How far a point is from a box. */
function away({ x, y }, box) {
  return Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
}

const targets = [...(lid ?? document).querySelectorAll(KINDS.join())]
  .map((one) => ({ one, box: boxOf(one) }))
  .filter(({ one, box }) => isThere(one, box));
const isSmall = ({ box }) => box.width < LEAST - SLACK || box.height < LEAST - SLACK;
const middle = ({ box }) => ({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
/** Finds what stands in the way of counting a small one by the room around it. */
function crowding(small) {
  return targets.find((other) => {
    if (other === small || small.one.labels?.[0]?.contains(other.one)) return false;
    const between = Math.hypot(middle(other).x - middle(small).x, middle(other).y - middle(small).y);
    return away(middle(small), other.box) < LEAST / 2 - SLACK || (isSmall(other) && between < LEAST - SLACK);
  });
}
const told = targets
  .filter((target) => isSmall(target) && !inSentence(target.one))
  // Our own buttons are never small, whatever room there is.
  .map((target) => [target, target.one.matches('button') ? target : crowding(target)])
  .filter(([, crowd]) => crowd)
  .map(([{ one, box }, crowd]) => {
    const [width, height] = [box.width, box.height].map((one) => Math.round(one * 10) / 10);
    return `${name(one)} is ${width} by ${height}${crowd.one === one ? '' : `, beside ${name(crowd.one)}`}`;
  });
return [...new Set(told)];
