//! The one writer of the cache, used from async code without ever blocking it; writes wait their turn in order.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::cache::{ApplyError, Cache, CacheError, Cursor, Holder, ReadMark, Refill, Views};
use crate::error::Refusal;

/// Tells why a write did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// The desk was closed.
    #[error("the cache is closed")]
    Closed,
    /// The cache refused.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The files could not be opened or swapped.
    #[error(transparent)]
    File(#[from] CacheError),
}

/// Keeps the cache of one desk.
pub(crate) struct Keeper {
    path: PathBuf,
    holder: Holder,
    cache: Arc<Mutex<Option<Cache>>>,
    views: RwLock<Views>,
}

impl Keeper {
    /// Opens the cache; blocks on the disk.
    pub(crate) fn open(
        path: &Path,
        holder: Holder,
        marks: &[ReadMark],
        now: i64,
    ) -> Result<(Self, Option<Refill>), CacheError> {
        let (cache, refill) = open(path, holder, marks, now)?;
        let keeper = Self {
            path: path.to_owned(),
            holder,
            views: RwLock::new(cache.views()),
            cache: Arc::new(Mutex::new(Some(cache))),
        };
        Ok((keeper, refill))
    }

    /// Returns the readers' side.
    pub(crate) fn views(&self) -> Views {
        self.views
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns which part of the feed is here.
    pub(crate) async fn cursor(&self) -> Result<Cursor, WriteError> {
        let cache = self.cache.lock().await;
        cache.as_ref().map(Cache::cursor).ok_or(WriteError::Closed)
    }

    /// Writes, off the async threads.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Cache) -> Result<T, ApplyError> + Send + 'static,
    ) -> Result<T, WriteError> {
        let mut slot = Arc::clone(&self.cache).lock_owned().await;
        blocking(move || {
            let cache = slot.as_mut().ok_or(WriteError::Closed)?;
            Ok(act(cache)?)
        })
        .await
    }

    /// Makes an empty cache beside this one.
    pub(crate) async fn beside(&self, now: i64) -> Result<Cache, WriteError> {
        let slot = Arc::clone(&self.cache).lock_owned().await;
        blocking(move || {
            let cache = slot.as_ref().ok_or(WriteError::Closed)?;
            Ok(cache.beside(now)?)
        })
        .await
    }

    /// Puts a filled cache in this one's place.
    pub(crate) async fn swap(&self, fresh: Cache) -> Result<(), WriteError> {
        let mut slot = Arc::clone(&self.cache).lock_owned().await;
        let (swapped, views) = blocking(move || {
            let cache = slot.as_mut().ok_or(WriteError::Closed)?;
            let swapped = cache.replace_with(fresh);
            Ok::<_, WriteError>((swapped, cache.views()))
        })
        .await?;
        self.show(views);
        Ok(swapped?)
    }

    /// Opens the file anew after it turned out damaged; what cannot be read is set aside and filled again.
    pub(crate) async fn reopen(&self, marks: Vec<ReadMark>, now: i64) -> Result<(), WriteError> {
        let mut slot = Arc::clone(&self.cache).lock_owned().await;
        let (path, holder) = (self.path.clone(), self.holder);
        let views = blocking(move || {
            // The old connections must be gone before the file can be moved.
            drop(slot.take());
            let (cache, _) = open(&path, holder, &marks, now)?;
            let views = cache.views();
            *slot = Some(cache);
            Ok::<_, WriteError>(views)
        })
        .await?;
        self.show(views);
        Ok(())
    }

    /// Closes the file in good order.
    pub(crate) async fn close(&self) {
        let mut slot = Arc::clone(&self.cache).lock_owned().await;
        let closed = blocking(move || {
            let cache = slot.take().ok_or(WriteError::Closed)?;
            Ok(cache.close()?)
        })
        .await;
        if let Err(WriteError::Apply(error)) = closed {
            tracing::warn!(%error, "the cache was not closed in good order");
        }
    }

    fn show(&self, views: Views) {
        *self.views.write().unwrap_or_else(PoisonError::into_inner) = views;
    }
}

fn open(
    path: &Path,
    holder: Holder,
    marks: &[ReadMark],
    now: i64,
) -> Result<(Cache, Option<Refill>), CacheError> {
    let opened = Cache::open(path, holder, now)?;
    let mut cache = opened.cache;
    if opened.refill.is_some() {
        cache.replay_read(marks)?;
    }
    Ok((cache, opened.refill))
}

/// Runs on a thread that may block; a panic there goes on here.
pub(crate) async fn blocking<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(act).await {
        Ok(done) => done,
        Err(broken) => match broken.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is going down; nobody waits for an answer any more.
            Err(_) => std::future::pending().await,
        },
    }
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Closed => Self::SignedOut,
            WriteError::Apply(ApplyError::DiskFull)
            | WriteError::File(CacheError::Storage(ApplyError::DiskFull)) => Self::DiskFull,
            other => Self::Storage(other.to_string()),
        }
    }
}
