/**
 * Stops an invented page at the time its address names (`?now=2026-11-21T14:02:00-03:00`): no second passes, nothing moves and
 * no caret blinks, so that two pictures of it are alike. Has to come before whatever reads the clock.
 */
if (import.meta.env.DEV || import.meta.env.MODE === 'fake') {
  const at = Date.parse(new URLSearchParams(location.search).get('now') ?? '');
  if (!Number.isNaN(at)) {
    Date.now = () => at;
    // Nothing becomes read by being looked at.
    document.hasFocus = () => false;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }',
    );
    document.adoptedStyleSheets = [sheet];
  }
}

export {};
