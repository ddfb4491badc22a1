//! The shop while it opens: the window and its page start at the same time, and the page's first question waits here.

use std::sync::Arc;

use tauri::AppHandle;
use tokio::sync::SetOnce;

use super::Shop;
use crate::{failure::Failure, window};

/// Holds the shop once it is open, or why it is not.
#[derive(Default)]
pub(crate) struct Opening(SetOnce<Result<Arc<Shop>, Failure>>);

impl Opening {
    /// Tells those who wait how the opening ended.
    pub(crate) fn ended(&self, shop: Result<Arc<Shop>, Failure>) {
        // It opens once a process; a second word would be a mistake and is not heard.
        let _ = self.0.set(shop);
    }

    /// Waits until the shop is open.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(crate) async fn shop(&self) -> Result<Arc<Shop>, Failure> {
        self.0.wait().await.clone()
    }

    /// Returns the shop if it is open.
    pub(crate) fn now(&self) -> Option<Arc<Shop>> {
        self.0.get().and_then(|opened| opened.clone().ok())
    }
}

/// Lets the page ask again from the start how things stand.
pub(super) fn boot_again(app: &AppHandle) {
    window::reload(app);
}
