//! Keeps where the window stands, soon after it has come to rest, so that a computer that loses power brings it back there.
//!
//! The plugin that remembers the place writes it only when the app ends in good order.

use std::time::Duration;

use tauri::{AppHandle, Manager};
use tauri_plugin_window_state::{AppHandleExt, StateFlags};
use tokio::sync::Notify;
use tokio::time::timeout;

/// How long the window has to stand still before its place is written; a window that is dragged tells of every step.
const REST: Duration = Duration::from_secs(1);

/// What of the window is remembered. Not whether it was visible: it shows itself once the page is there.
pub(crate) const KEPT: StateFlags = StateFlags::SIZE
    .union(StateFlags::POSITION)
    .union(StateFlags::MAXIMIZED)
    .union(StateFlags::FULLSCREEN);

/// Tells that the window moved or changed its size.
#[derive(Debug, Default)]
pub(crate) struct Moves(Notify);

impl Moves {
    /// Notes one more step.
    pub(crate) fn note(&self) {
        self.0.notify_one();
    }

    /// Waits for a step, and then until none has come for a while.
    async fn settle(&self) {
        self.0.notified().await;
        while timeout(REST, self.0.notified()).await.is_ok() {}
    }
}

/// Writes the place each time the window has come to rest, for as long as the app runs.
pub(crate) async fn keep(app: AppHandle) {
    loop {
        app.state::<Moves>().settle().await;
        let on_main = app.clone();
        // There and nowhere else: the plugin asks the window while it holds what the window's own events want.
        let asked = app.run_on_main_thread(move || {
            if let Err(error) = on_main.save_window_state(KEPT) {
                tracing::warn!(error = %error, "the window's place is not kept for now");
            }
        });
        if asked.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_window_settles_when_it_has_stood_still() {
        let moves = Moves::default();
        let started = tokio::time::Instant::now();
        let drag = async {
            for _ in 0..5 {
                moves.note();
                tokio::time::sleep(REST / 2).await;
            }
        };
        tokio::join!(moves.settle(), drag);
        // The last step was two rests after the first.
        assert_eq!(started.elapsed(), REST * 3);
    }
}
