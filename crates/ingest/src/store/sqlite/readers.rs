//! The connections that read: a small stack of them, used off the async threads.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::connection;
use crate::store::{Fault, StoreError};

/// Hands out read-only connections; the last one given back is the first one taken, so its cache is warm.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Readers {
    pub(super) fn new(path: PathBuf, count: usize) -> Self {
        Self {
            path,
            idle: Mutex::default(),
            permits: Semaphore::new(count),
        }
    }

    /// Runs a query on one of the connections.
    pub(super) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        query: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = self.permits.acquire().await.map_err(|_| Fault::Closed)?;
        let readers = Arc::clone(self);
        let outcome = tokio::task::spawn_blocking(move || readers.read_here(query)).await;
        drop(permit);
        outcome.map_err(|_| Fault::Internal)?
    }

    /// Runs a query on this thread.
    pub(super) fn read_here<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.lock().pop();
        let db = match idle {
            Some(db) => db,
            None => connection::reader(&self.path)?,
        };
        let outcome = query(&db);
        // After a fault of the file a connection is not trusted again.
        if !matches!(outcome, Err(StoreError::Unavailable(_))) {
            self.lock().push(db);
        }
        outcome
    }

    /// Hands out nothing more and closes what is idle.
    pub(super) fn close(&self) {
        self.permits.close();
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
