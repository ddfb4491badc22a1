//! Integration tests without a display.
