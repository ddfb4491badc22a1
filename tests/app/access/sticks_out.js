// Finds what sticks out of the window, or out of a dialog that does not scroll that way. A zoomed window is no whole number of
// pixels wide, so two of them say nothing.
const out = [];
const name = (one) => one.dataset.testid ?? one.className ?? one.tagName;
const root = document.scrollingElement;
if (root.scrollWidth > innerWidth + 2) out.push(`the page is ${root.scrollWidth} wide, the window ${innerWidth}`);
if (root.scrollHeight > innerHeight + 2) out.push(`the page is ${root.scrollHeight} high, the window ${innerHeight}`);
for (const box of document.querySelectorAll('.sheet, .rail, .list, .conversation, .context, .frame, .palette')) {
  const { left, top, right, bottom } = box.getBoundingClientRect();
  if (getComputedStyle(box).visibility === 'hidden' || right - left === 0) continue;
  if (left < -2 || top < -2 || right > innerWidth + 2 || bottom > innerHeight + 2)
    out.push(`${name(box)} is at ${[left, top, right, bottom].map(Math.round)}`);
  if (getComputedStyle(box).overflowX !== 'visible' && box.scrollWidth > box.clientWidth + 2) out.push(`${name(box)} is ${box.scrollWidth} wide inside ${box.clientWidth}`);
}
const lid = [...document.querySelectorAll('.sheet, .palette')].pop();
const strip = (one) => one && (/auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth
  ? one : strip(one.parentElement));
const hidden = (one) => one.closest('.unseen, [aria-hidden=true]') !== null || one.classList.contains('unseen');
for (const one of (lid ?? document).querySelectorAll('button, input, textarea, select, h1, h2')) {
  const box = one.getBoundingClientRect();
  if (hidden(one) || box.width === 0 || getComputedStyle(one).visibility === 'hidden') continue;
  // A strip that is moved along by its keys says by its edge that there is more.
  if ((box.left < -2 || box.right > innerWidth + 2) && !strip(one.parentElement)) out.push(`${name(one)} is from ${Math.round(box.left)} to ${Math.round(box.right)}`);
}
return [...new Set(out)];
