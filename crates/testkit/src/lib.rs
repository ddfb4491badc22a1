//! For tests only: fixtures, settable clock, service on port 0, WebDriver session.
