//! The moment the first list is on screen: one line in the log.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::measure;

static TOLD: AtomicBool = AtomicBool::new(false);

/// Logs, the first time it is called, how long ago the process started.
pub(crate) fn first() {
    if !TOLD.swap(true, Ordering::Relaxed) {
        let millis = u64::try_from(measure::age().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(app.first_paint_ms = millis, "first paint after {millis} ms");
    }
}
