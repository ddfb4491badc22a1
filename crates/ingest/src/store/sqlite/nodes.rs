//! Several processes on one file of one machine, as while a new version takes over from an old one: who is there, which of them
//! does what only one may do, and how the others learn at once that settings changed.
//!
//! Locks are held on empty files beside the database. The system lets go of them however a process ends, so that none has to
//! be waited for, and none is missed. What they hold is found in the database; these files may be deleted while nobody runs.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::OpenError;
use crate::store::StoreError;

/// How long to wait for a process that is opening the database, and how often it is looked whether it has.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// This process among those that have the file open.
pub(super) struct Nodes {
    path: PathBuf,
    /// Locked for as long as the file is open: alone while opening it, then together with the others.
    here: File,
    /// Whether no other process had the file open when this one came.
    pub(super) alone: bool,
    duty: Mutex<Option<File>>,
    erasing: Mutex<Erasing>,
    news: Option<File>,
}

#[derive(Default)]
struct Erasing {
    count: usize,
    lock: Option<File>,
}

impl Nodes {
    /// Comes in, before the others or beside them; waits for one that is coming in.
    pub(super) fn enter(database: &Path) -> Result<Self, OpenError> {
        let here = beside(database, "nodes")?;
        let alone = match here.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => {
                wait(&here)?;
                false
            }
            Err(TryLockError::Error(error)) => return Err(OpenError::Lock(error)),
        };
        let news = beside(database, "news");
        if let Err(error) = &news {
            tracing::warn!(error = %error, "other processes on this database will hear of changes late");
        }
        Ok(Self {
            path: database.to_owned(),
            here,
            alone,
            duty: Mutex::default(),
            erasing: Mutex::default(),
            news: news.ok(),
        })
    }

    /// Lets others in.
    pub(super) fn let_in(&self) -> Result<(), OpenError> {
        if self.alone {
            self.here.unlock().map_err(OpenError::Lock)?;
            wait(&self.here)?;
        }
        Ok(())
    }

    /// Tells whether this process does what only one may do; it does from now on where no other does.
    pub(super) fn on_duty(&self) -> bool {
        let mut duty = held(&self.duty);
        if duty.is_none() {
            let lock = beside(&self.path, "duty").ok();
            *duty = lock.filter(|lock| lock.try_lock().is_ok());
        }
        duty.is_some()
    }

    /// Leaves what only one may do to another process.
    pub(super) fn leave(&self) {
        *held(&self.duty) = None;
    }

    /// Has the others know, until it is dropped, that this process is erasing somebody.
    pub(super) fn erases(self: &Arc<Self>) -> Erases {
        let mut erasing = held(&self.erasing);
        if erasing.count == 0 {
            let lock = beside(&self.path, "erasing").ok();
            erasing.lock = lock.filter(|lock| lock.lock_shared().is_ok());
        }
        erasing.count += 1;
        Erases(Arc::clone(self))
    }

    /// Tells whether nobody is erasing: what is noted was then left by a process that has ended.
    pub(super) fn nobody_erases(&self) -> bool {
        if held(&self.erasing).count > 0 {
            return false;
        }
        beside(&self.path, "erasing").is_ok_and(|lock| lock.try_lock().is_ok())
    }

    /// Has the others know that settings changed.
    pub(super) fn tell(&self, settings: u64) {
        let Some(news) = &self.news else { return };
        if let Err(error) = write_at_start(news, &settings.to_le_bytes()) {
            tracing::warn!(error = %error, "other processes hear late of a change");
        }
    }

    /// Returns what was told last; it differs after every change.
    pub(super) fn told(&self) -> u64 {
        let mut bytes = [0; 8];
        let read = self
            .news
            .as_ref()
            .is_some_and(|news| read_at_start(news, &mut bytes).is_ok());
        if read { u64::from_le_bytes(bytes) } else { 0 }
    }
}

/// Ends with the erasing it stands for.
pub(super) struct Erases(Arc<Nodes>);

impl Drop for Erases {
    fn drop(&mut self) {
        let mut erasing = held(&self.0.erasing);
        erasing.count -= 1;
        if erasing.count == 0 {
            erasing.lock = None;
        }
    }
}

/// Returns how often settings were changed.
pub(super) fn settings(db: &Connection) -> Result<u64, StoreError> {
    let count = db
        .prepare_cached("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'settings'")?
        .query_row([], |row| row.get(0))?;
    Ok(count)
}

/// Counts a change of settings that no trigger counts: somebody new.
pub(super) fn count_on(db: &Connection) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'settings'",
    )?
    .execute([])?;
    Ok(())
}

fn beside(database: &Path, what: &str) -> std::io::Result<File> {
    let mut name = database.as_os_str().to_owned();
    name.push("-");
    name.push(what);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(PathBuf::from(name))
}

/// Waits until no process is alone with the file.
fn wait(here: &File) -> Result<(), OpenError> {
    let began = Instant::now();
    loop {
        match here.try_lock_shared() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(OpenError::Lock(error)),
            Err(TryLockError::WouldBlock) if began.elapsed() > PATIENCE => {
                return Err(OpenError::Opening);
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK),
        }
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn read_at_start(file: &File, bytes: &mut [u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, 0)
}

#[cfg(unix)]
fn write_at_start(file: &File, bytes: &[u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, 0)
}

#[cfg(windows)]
fn read_at_start(file: &File, bytes: &mut [u8]) -> std::io::Result<()> {
    let read = std::os::windows::fs::FileExt::seek_read(file, bytes, 0)?;
    (read == bytes.len())
        .then_some(())
        .ok_or(std::io::ErrorKind::UnexpectedEof.into())
}

#[cfg(windows)]
fn write_at_start(file: &File, bytes: &[u8]) -> std::io::Result<()> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, 0).map(drop)
}
