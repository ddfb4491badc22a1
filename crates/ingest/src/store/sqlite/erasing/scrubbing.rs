//! Seeing to it that no file of the store holds what was erased: the log is emptied into the main file, that file is searched,
//! and rebuilt where a copy stood in the free space of a page.
//!
//! That it is due is noted in the transaction that erases, so that a process that ends in between leaves it to the next.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aho_corasick::AhoCorasick;
use rusqlite::Connection;

use super::super::connection;
use crate::store::{Fault, StoreError};

/// How long to wait for readers to let go of the log.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// Notes that the files have to be seen to.
pub(super) fn note_due(db: &Connection) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO meta (name, value) VALUES ('unscrubbed', '1') ON CONFLICT DO NOTHING",
    )?
    .execute([])?;
    Ok(())
}

/// Tells whether the files have yet to be seen to.
pub(super) fn is_due(db: &Connection) -> Result<bool, StoreError> {
    let due = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'unscrubbed')")?
        .query_row([], |row| row.get(0))?;
    Ok(due)
}

/// Notes that the files were seen to.
pub(super) fn note_done(db: &Connection) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM meta WHERE name = 'unscrubbed'")?
        .execute([])?;
    Ok(())
}

/// Sees to the files; blocks. `words` are what to search for; without them the file is rebuilt in any case.
pub(super) fn scrub(path: &Path, eye: &Eye, words: Option<&[String]>) -> Result<(), StoreError> {
    let db = connection::checkpointer(path)?;
    db.busy_timeout(connection::BUSY)?;
    let began = Instant::now();
    empty_log(&db, began)?;
    let is_clean = match words {
        Some(words) => !eye.sees_any(path, words)?,
        None => false,
    };
    if !is_clean {
        tracing::info!("the database is rebuilt, so that nothing erased is left between its rows");
        db.execute_batch("VACUUM")?;
        empty_log(&db, began)?;
    }
    Ok(())
}

/// Moves the whole log into the file; readers that began before keep it only for as long as they read.
fn empty_log(db: &Connection, began: Instant) -> Result<(), StoreError> {
    loop {
        let emptied = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
            row.get::<_, i64>(0).map(|busy| busy == 0)
        });
        match emptied {
            Ok(true) => return Ok(()),
            Err(error) if !is_busy(&error) => return Err(error.into()),
            _ if began.elapsed() > PATIENCE => return Err(Fault::Busy.into()),
            _ => std::thread::sleep(PAUSE),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}

/// Reads the main file itself, beside the engine.
///
/// It stays open until the store goes: closing any descriptor of a file takes away the locks that a process holds on it, the
/// engine's among them.
#[derive(Default)]
pub(in super::super) struct Eye(Mutex<Option<File>>);

impl Eye {
    /// Searches the file for any of the words, in whichever case.
    fn sees_any(&self, path: &Path, words: &[String]) -> Result<bool, StoreError> {
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(words)
            .map_err(|_| Fault::Internal)?;
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file: &File = match held.take() {
            Some(file) => held.insert(file),
            None => held.insert(File::open(path).map_err(|_| Fault::Io)?),
        };
        file.seek(SeekFrom::Start(0)).map_err(|_| Fault::Io)?;
        match search.stream_find_iter(file).next() {
            None => Ok(false),
            Some(Ok(_)) => Ok(true),
            Some(Err(_)) => Err(Fault::Io.into()),
        }
    }
}
