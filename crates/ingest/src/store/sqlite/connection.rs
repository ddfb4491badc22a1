//! Connections to the file, and what their errors mean.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use super::OpenError;
use crate::store::{Fault, StoreError};

/// From this version on a checkpoint beside a writer cannot lose a reset of the log.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Statements kept prepared on each connection.
const STATEMENTS: usize = 96;

/// Bytes of a page.
const PAGE: u64 = 8 << 10;

/// From this length on the write-ahead log is begun again in the writer's own time: commits wait, but the disk does not fill.
pub(super) const LOG_LIMIT: u64 = 64 << 20;

/// How long to wait for another process' lock, and how long between two looks whether it is free: between the batches of a busy
/// writer it is for moments only, which the engine's own pauses, longer each time, would miss.
const BUSY: Duration = Duration::from_secs(5);
const BUSY_LOOK: Duration = Duration::from_millis(1);

/// Refuses to run on a `SQLite` with the write-ahead log's reset fault.
pub(super) fn check_version() -> Result<(), OpenError> {
    let number = rusqlite::version_number();
    if number >= OLDEST_SQLITE {
        Ok(())
    } else {
        Err(OpenError::SqliteTooOld(rusqlite::version()))
    }
}

/// Refuses to run on an `SQLite` that was built without access to its pages: what is erased could not be wiped.
pub(super) fn check_build(db: &Connection) -> Result<(), OpenError> {
    let there = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM pragma_module_list WHERE name = 'sqlite_dbpage')",
        [],
        |row| row.get(0),
    )?;
    if there {
        Ok(())
    } else {
        Err(OpenError::SqliteWithoutPages)
    }
}

/// Opens a connection that writes; every commit is flushed to the disk before it returns.
pub(super) fn writer(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags)?;
    wait_for_others(&mut db)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // Holds for a new file only. A delivery fills about one page of this size, and each page costs the log two calls.
    db.pragma_update(None, "page_size", PAGE)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    // Checkpoints run beside the commits, not inside them.
    db.pragma_update(None, "wal_autocheckpoint", 0)?;
    // A log that grew longer while a reader held it is cut to this when it begins again.
    db.pragma_update(None, "journal_size_limit", LOG_LIMIT)?;
    db.pragma_update(None, "cache_size", -65_536)?;
    // What is deleted or grows over is overwritten, so that nothing of a person is left in a page's free space.
    db.pragma_update(None, "secure_delete", true)?;
    common(&db)?;
    Ok(db)
}

/// Has a connection wait for another process' lock.
pub(super) fn wait_for_others(db: &mut Connection) -> rusqlite::Result<()> {
    db.busy_handler(Some(|times| {
        std::thread::sleep(BUSY_LOOK);
        u128::try_from(times).unwrap_or(u128::MAX) < BUSY.as_millis() / BUSY_LOOK.as_millis()
    }))
}

/// Opens a connection that can only read.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.pragma_update(None, "query_only", true)?;
    db.pragma_update(None, "cache_size", -16_384)?;
    common(&db)?;
    Ok(db)
}

/// Opens a connection that only moves the write-ahead log into the file.
pub(super) fn checkpointer(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(db)
}

/// Moves what the statement says from the write-ahead log into the file; returns the bytes of the log that are still in use.
pub(super) fn checkpoint(db: &Connection, sql: &str) -> rusqlite::Result<u64> {
    db.query_row(sql, [], |row| {
        let (busy, frames, moved): (bool, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        // After a complete one the next commit begins at the log's start, if no reader is in it. Pages of an older file are
        // smaller: then this is more than there is, never less.
        let in_use = if busy || frames != moved { frames } else { 0 };
        Ok(u64::try_from(in_use).unwrap_or(0) * PAGE)
    })
}

fn common(db: &Connection) -> rusqlite::Result<()> {
    // Else every new value bound to a query may have it planned anew, which costs more than most queries.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "temp_store", "MEMORY")
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            error => Self::Unavailable(fault_of(&error)),
        }
    }
}

/// Says what an error of the engine means for the store.
///
/// The engine's messages name tables and columns, never values, so an unexpected one can be logged.
pub(super) fn fault_of(error: &rusqlite::Error) -> Fault {
    let rusqlite::Error::SqliteFailure(failure, message) = error else {
        tracing::error!(error = %error, "statement failed");
        return Fault::Internal;
    };
    match failure.code {
        ErrorCode::DiskFull => Fault::DiskFull,
        ErrorCode::SystemIoFailure if is_flush(failure.extended_code) => Fault::Flush,
        ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied => Fault::Io,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Fault::Busy,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Fault::Damaged,
        _ => {
            let message = message.as_deref().unwrap_or_default();
            tracing::error!(
                sqlite.code = failure.extended_code,
                message,
                "statement failed"
            );
            Fault::Internal
        }
    }
}

fn is_flush(extended_code: i32) -> bool {
    matches!(
        extended_code,
        ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC
    )
}
