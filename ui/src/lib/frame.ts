/** Waits for the page's frames. */

/** How long a frame is waited for: a page out of sight draws none. */
const UNSEEN = 100;

/** Returns once the next frame is about to be drawn. */
export function nextFrame(): Promise<void> {
  return new Promise((done) => {
    const late = setTimeout(done, UNSEEN);
    requestAnimationFrame(() => {
      clearTimeout(late);
      done();
    });
  });
}
