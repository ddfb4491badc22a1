//! The edge: the only code that knows Tauri.
