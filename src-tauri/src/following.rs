//! What the desk tells by itself, passed on: changes to the page, what happened and calls to the system's notifications.

use std::{sync::Arc, time::Duration};

use tauri::{AppHandle, Emitter, async_runtime};
use tokio::time::sleep;

use crate::{notices::announce, shop::Shop};

/// The event by which the page learns what changed.
const CHANGE: &str = "change";

/// The page is told at most once in this time. What changes meanwhile is gathered by the desk.
const FRAME: Duration = Duration::from_millis(16);

/// Passes on until the desk closes.
pub(crate) fn start(app: &AppHandle, shop: &Arc<Shop>) {
    async_runtime::spawn(changes(app.clone(), Arc::clone(shop)));
    async_runtime::spawn(notices(app.clone(), Arc::clone(shop)));
}

async fn changes(app: AppHandle, shop: Arc<Shop>) {
    let mut changes = shop.inbox().changes();
    while let Some(change) = changes.next().await {
        if let Err(error) = app.emit(CHANGE, &change) {
            tracing::warn!(error = %error, "the page was not told of a change");
        }
        sleep(FRAME).await;
    }
}

async fn notices(app: AppHandle, shop: Arc<Shop>) {
    let mut waiting = shop.inbox().notices();
    while let Some(announcement) = waiting.next().await {
        announce(&app, shop.inbox(), &announcement);
    }
}
