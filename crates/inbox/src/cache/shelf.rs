//! The readers' connections: lent out one by one, and all closed when the file behind them is exchanged.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};

use rusqlite::{Connection, Transaction};

use super::{ApplyError, file};

/// Connections kept open while nobody reads.
const KEPT: usize = 4;

/// Lends read-only connections.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) path: PathBuf,
    exchange: RwLock<()>,
    idle: Mutex<Vec<Connection>>,
}

impl Shelf {
    /// Makes a shelf of connections to a file.
    pub(super) fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            exchange: RwLock::new(()),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Reads in one snapshot.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, ApplyError>,
    ) -> Result<T, ApplyError> {
        let _open = self.exchange.read().unwrap_or_else(PoisonError::into_inner);
        let idle = self.lock().pop();
        let mut db = match idle {
            Some(db) => db,
            None => file::open_reader(&self.path)?,
        };
        let done = {
            let snapshot = db.transaction()?;
            work(&snapshot)
        };
        let mut idle = self.lock();
        if idle.len() < KEPT {
            idle.push(db);
        }
        done
    }

    /// Does something to the file while nobody has it open for reading.
    pub(super) fn exchange<T>(&self, work: impl FnOnce() -> T) -> T {
        let _shut = self
            .exchange
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        self.lock().clear();
        work()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
