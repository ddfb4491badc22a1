//! The shop while it opens: the window and its page start at the same time, and the page's first question waits here.

use std::sync::Arc;

use tauri::{AppHandle, Manager};
use tokio::sync::OnceCell;

use super::Shop;
use crate::{
    failure::{Code, Failure},
    following, provisioned, window,
};

/// Holds the shop once it is open. What failed is tried again the next time somebody asks.
pub(crate) struct Opening {
    app: AppHandle,
    shop: OnceCell<Arc<Shop>>,
}

impl Opening {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self {
            app,
            shop: OnceCell::new(),
        }
    }

    /// Waits until the shop is open.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(crate) async fn shop(&self) -> Result<Arc<Shop>, Failure> {
        let shop = self.shop.get_or_try_init(|| open(self.app.clone())).await?;
        Ok(Arc::clone(shop))
    }

    /// Returns the shop if it is open.
    pub(crate) fn now(&self) -> Option<Arc<Shop>> {
        self.shop.get().cloned()
    }
}

async fn open(app: AppHandle) -> Result<Arc<Shop>, Failure> {
    let folder = app
        .path()
        .app_data_dir()
        .map_err(|error| Failure::new(Code::FolderUnusable, error.to_string()))?;
    let shop = Shop::open(app.clone(), folder).await?;
    following::start(&app, &shop);
    provisioned::join(&shop).await;
    Ok(shop)
}

/// Lets the page ask again from the start how things stand.
pub(super) fn boot_again(app: &AppHandle) {
    window::reload(app);
}
