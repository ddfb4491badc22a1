//! Seeing to it that no file of the store holds what was erased: the log is emptied into the main file, that file is searched,
//! and pages with a copy between their rows are wiped, a few at a time, so that nobody who writes waits for long.
//!
//! That it is due is noted in the transaction that erases, so that a process that ends in between leaves it to the next.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aho_corasick::AhoCorasick;
use rusqlite::Connection;

use super::super::connection;
use super::wiping::{FreePages, wipe, wiped};
use crate::store::{Fault, StoreError};

/// How long to wait for readers to let go of the log.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one try may keep the writer waiting, and how long to leave it alone before the next.
const TRY: Duration = Duration::from_millis(40);
const PAUSE: Duration = Duration::from_millis(40);

/// Pages wiped in one transaction.
pub(super) const PAGES: usize = 64;

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

/// Sees to the files before anybody else uses them; blocks.
pub(super) fn at_once(db: &Connection, path: &Path, eye: &Eye) -> Result<(), StoreError> {
    empty_log(path)?;
    let mut pages = eye.pages(path, None)?;
    pages.extend(FreePages::read(db)?.numbers());
    for step in pages.chunks(PAGES) {
        db.execute_batch("BEGIN IMMEDIATE")?;
        let wiped = wipe(db, step).and_then(|_| Ok(db.execute_batch("COMMIT")?));
        if wiped.is_err() && !db.is_autocommit() {
            db.execute_batch("ROLLBACK")?;
        }
        wiped?;
    }
    empty_log(path)?;
    note_done(db)
}

/// Moves the whole log into the file and empties it; readers that began before keep it only for as long as they read. Blocks.
pub(super) fn empty_log(path: &Path) -> Result<(), StoreError> {
    let db = connection::checkpointer(path)?;
    // Most of it without a lock that the writer wants.
    db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    db.busy_timeout(TRY)?;
    let began = Instant::now();
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
    /// Lists the pages that hold any of the words, in whichever case; without words, those that hold anything between their rows.
    pub(super) fn pages(
        &self,
        path: &Path,
        words: Option<&[String]>,
    ) -> Result<Vec<u32>, StoreError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file: &File = match held.take() {
            Some(file) => held.insert(file),
            None => held.insert(File::open(path).map_err(|_| Fault::Io)?),
        };
        file.seek(SeekFrom::Start(0)).map_err(|_| Fault::Io)?;
        let size = page_size(file)?;
        file.seek(SeekFrom::Start(0)).map_err(|_| Fault::Io)?;
        match words {
            Some(words) => holding(file, words, size),
            None => untidy(file, size),
        }
    }
}

/// Reads from the file's header how long its pages are.
fn page_size(file: &File) -> Result<usize, StoreError> {
    let mut head = [0_u8; 18];
    let mut file = file;
    file.read_exact(&mut head).map_err(|_| Fault::Io)?;
    let [.., high, low] = head;
    Ok(match u16::from_be_bytes([high, low]) {
        1 => 65_536,
        size => usize::from(size.max(512)),
    })
}

fn holding(file: &File, words: &[String], size: usize) -> Result<Vec<u32>, StoreError> {
    let search = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .map_err(|_| Fault::Internal)?;
    let mut pages = BTreeSet::new();
    for found in search.stream_find_iter(file) {
        let found = found.map_err(|_| Fault::Io)?;
        pages.insert(number(found.start() / size)?);
    }
    Ok(pages.into_iter().collect())
}

fn untidy(file: &File, size: usize) -> Result<Vec<u32>, StoreError> {
    let mut file = BufReader::with_capacity(1 << 20, file);
    let (mut page, mut pages) = (vec![0; size], Vec::new());
    for index in 0.. {
        match file.read_exact(&mut page) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(_) => return Err(Fault::Io.into()),
        }
        let number = number(index)?;
        if wiped(&page, number).is_some() {
            pages.push(number);
        }
    }
    Ok(pages)
}

fn number(index: usize) -> Result<u32, StoreError> {
    let number = u32::try_from(index).ok().and_then(|at| at.checked_add(1));
    number.ok_or(Fault::Damaged.into())
}
