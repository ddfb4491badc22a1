//! What a process knows by heart of the file, and how it learns what another process has changed there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;

use super::erasing::Veil;
use super::feeds::Feeds;
use super::integrations::Catalogue;
use super::nodes::{self, Nodes};
use super::people::Sessions;
use super::seal::SealingKey;
use crate::store::StoreError;

/// What is known by heart, apart from what the writer alone knows.
pub(super) struct Mind {
    pub(super) feeds: Arc<Feeds>,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) sessions: Arc<Sessions>,
    pub(super) veil: Arc<Veil>,
    pub(super) key: SealingKey,
    pub(super) nodes: Arc<Nodes>,
    /// How often settings had been changed when they were learnt.
    learnt: AtomicU64,
    /// What the processes had told each other then.
    heard: AtomicU64,
    /// How often everything was learnt.
    times: AtomicU64,
}

impl Mind {
    /// Knows nothing of the file yet.
    pub(super) fn new(feeds: Arc<Feeds>, key: SealingKey, nodes: Arc<Nodes>) -> Self {
        Self {
            feeds,
            catalogue: Arc::default(),
            sessions: Arc::default(),
            veil: Arc::default(),
            key,
            nodes,
            learnt: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            times: AtomicU64::new(0),
        }
    }

    /// Returns what has been told since all was learnt; `None` where nothing was.
    pub(super) fn news(&self) -> Option<u64> {
        let told = self.nodes.told();
        (told != self.heard.load(Ordering::Acquire)).then_some(told)
    }

    /// Learns everything, as after the news `told`.
    pub(super) fn learn(&self, db: &Connection, told: u64) -> Result<(), StoreError> {
        // Read first: what changes from here on is learnt once more rather than not at all.
        let settings = nodes::settings(db)?;
        self.sessions.forget();
        // Before anything is sealed again: the change may have been that of the key.
        self.key.look_again();
        self.veil.learn(db)?;
        self.feeds.learn(db)?;
        self.feeds.forget_all_tails();
        self.catalogue.learn(db, &self.key)?;
        self.times.fetch_add(1, Ordering::AcqRel);
        self.learnt.store(settings, Ordering::Release);
        self.heard.store(told, Ordering::Release);
        Ok(())
    }

    /// Learns what another process wrote: where the feeds stand, and the rest only where it changed.
    pub(super) fn catch_up(&self, db: &Connection) {
        let told = self.nodes.told();
        let outcome = self.feeds.learn(db).and_then(|()| {
            if nodes::settings(db)? == self.learnt.load(Ordering::Acquire) {
                return Ok(());
            }
            self.learn(db, told)
        });
        if let Err(error) = outcome {
            tracing::error!(error = %error, "the file's changes could not be read");
        }
    }

    /// Tells how often everything was learnt: what was kept from before may not hold.
    pub(super) fn times(&self) -> u64 {
        self.times.load(Ordering::Acquire)
    }
}
