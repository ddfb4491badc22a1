//! The file itself: opening, checking, setting aside and swapping it. It knows no row but `meta`.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{ApplyError, CacheError, Holder, Refill};

/// The number of the layout in `schema.sql`.
const VERSION: i64 = 12;

/// What `meta.clean` says: 0 while it is open or after a crash.
const CLOSED: i64 = 1;
const DOUBTED: i64 = 2;

const SCHEMA: &str = include_str!("schema.sql");

/// 3.51.3: the first release in which several connections may write and checkpoint one WAL without a reset being missed.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Opens the file for writing, making or remaking it where it cannot be used.
pub(super) fn open_writer(
    path: &Path,
    holder: Holder,
    now: i64,
) -> Result<(Connection, Option<Refill>), CacheError> {
    check_sqlite()?;
    if !path.exists() {
        remove(path)?;
        return Ok((make(path, holder, now)?, Some(Refill::New)));
    }
    let refill = match usable(path, holder) {
        Ok(Fitness::Fits(db)) => return Ok((db, None)),
        Ok(Fitness::OtherVersion) => Refill::OtherVersion,
        Ok(Fitness::OtherMember) => Refill::OtherMember,
        Ok(Fitness::Damaged) | Err(ApplyError::Corrupt) => Refill::Damaged {
            set_aside: set_aside(path)?,
        },
        Err(error) => return Err(error.into()),
    };
    remove(path)?;
    Ok((make(path, holder, now)?, Some(refill)))
}

/// Makes an empty cache at a path where none is.
pub(super) fn make(path: &Path, holder: Holder, now: i64) -> Result<Connection, CacheError> {
    let mut db = connect_writer(path)?;
    let tx = db.transaction()?;
    tx.execute_batch(SCHEMA)?;
    tx.pragma_update(None, "user_version", VERSION)?;
    tx.execute(
        "INSERT INTO meta (id, member, read_until, swept_at) VALUES (1, ?1, ?2, ?3)",
        (
            holder.member.as_u128().to_be_bytes(),
            holder.read_until,
            now,
        ),
    )?;
    tx.commit()?;
    Ok(db)
}

/// Opens a read-only connection.
pub(super) fn open_reader(path: &Path) -> Result<Connection, ApplyError> {
    // Readers of a WAL file need write access to its shared memory; `query_only` is what keeps them from writing.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.pragma_update(None, "query_only", true)?;
    db.pragma_update(None, "busy_timeout", 5_000)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "cache_size", -16_384)?;
    // A list reads rows from all over the file; mapped, each costs no call into the kernel. Only readers: a stray write
    // cannot reach the file through a map that SQLite never writes to.
    db.pragma_update(None, "mmap_size", 1_i64 << 30)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// Moves what nobody is in the way of from the log into the file, through a connection of its own.
pub(super) fn move_home(path: &Path) -> Result<(), ApplyError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    checkpoint(&db, Checkpoint::Passive)
}

/// Says how hard a checkpoint tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checkpoint {
    /// Moves what nobody is in the way of.
    Passive,
    /// Moves everything and empties the log.
    Truncate,
}

/// Moves committed pages from the log into the file.
pub(super) fn checkpoint(db: &Connection, how: Checkpoint) -> Result<(), ApplyError> {
    let sql = match how {
        Checkpoint::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
        Checkpoint::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    db.query_row(sql, (), |_| Ok(()))?;
    Ok(())
}

/// Moves everything from the log into the file and empties the log; false when a reader was in the way.
pub(super) fn empty_log(db: &Connection) -> Result<bool, ApplyError> {
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: i64 = db.query_row(sql, (), |row| row.get(0))?;
    Ok(busy == 0)
}

/// Removes damaged files that were set aside; missing ones are fine.
pub(super) fn remove_set_aside(path: &Path) -> Result<(), CacheError> {
    remove(&beside(path, SET_ASIDE))
}

/// Notes that rows turned out not to make sense, which no check of pages would find, so that the next opening sets the file
/// aside; where even that cannot be written, the pages are what is damaged.
pub(super) fn doubt(db: &Connection) {
    let noted = db.execute("UPDATE meta SET clean = ?1 WHERE id = 1", [DOUBTED]);
    if noted.is_err() {
        tracing::warn!("the cache is damaged and cannot be marked so");
    }
}

/// Notes that the file is closed in good order.
pub(super) fn note_closed(db: &Connection) -> Result<(), ApplyError> {
    db.execute(
        "UPDATE meta SET clean = ?1 WHERE id = 1 AND clean <> ?2",
        [CLOSED, DOUBTED],
    )?;
    Ok(())
}

/// Removes a cache with its side files; missing ones are fine.
pub(super) fn remove(path: &Path) -> Result<(), CacheError> {
    for file in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(CacheError::File {
                    path: file,
                    source: error,
                });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Moves a closed cache over another closed one.
pub(super) fn swap(from: &Path, onto: &Path) -> Result<(), CacheError> {
    remove(onto)?;
    // Until the folder is flushed a power cut may bring back the old log, which would then be read into the new file.
    flush_names(onto).map_err(|source| CacheError::File {
        path: onto.to_owned(),
        source,
    })?;
    rename(from, onto)
}

/// Flushes the names in a file's folder, which is what makes a removed one stay away.
fn flush_names(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Returns the path with a suffix on its file name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

enum Fitness {
    Fits(Connection),
    OtherVersion,
    OtherMember,
    Damaged,
}

fn usable(path: &Path, holder: Holder) -> Result<Fitness, ApplyError> {
    let db = connect_writer(path)?;
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != VERSION {
        return Ok(Fitness::OtherVersion);
    }
    let meta: Option<(Vec<u8>, i64)> = db
        .query_row("SELECT member, clean FROM meta WHERE id = 1", (), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .map_err(|_| ApplyError::Corrupt)?;
    let Some((member, clean)) = meta else {
        return Ok(Fitness::Damaged);
    };
    if member != holder.member.as_u128().to_be_bytes() {
        return Ok(Fitness::OtherMember);
    }
    let sound = match clean {
        DOUBTED => false,
        CLOSED => true,
        _ => is_sound(&db)?,
    };
    if !sound {
        return Ok(Fitness::Damaged);
    }
    db.execute(
        "UPDATE meta SET clean = 0, read_until = ?1 WHERE id = 1",
        [holder.read_until],
    )?;
    Ok(Fitness::Fits(db))
}

fn is_sound(db: &Connection) -> Result<bool, ApplyError> {
    let answer: String = db.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    Ok(answer == "ok")
}

fn connect_writer(path: &Path) -> Result<Connection, ApplyError> {
    let db = Connection::open(path)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    // A bulk load checkpoints seldom; `tend` does it in small steps while nothing else is to be done.
    db.pragma_update(None, "wal_autocheckpoint", 64_000)?;
    db.pragma_update(None, "journal_size_limit", 64 << 20)?;
    db.pragma_update(None, "busy_timeout", 5_000)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "cache_size", -65_536)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

fn check_sqlite() -> Result<(), CacheError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(CacheError::OldSqlite {
            found: rusqlite::version(),
        });
    }
    Ok(())
}

/// The suffix of a damaged file.
const SET_ASIDE: &str = ".damaged";

/// Keeps the damaged file under one fixed name: the newest is enough to learn from, and people's data shall not pile up.
fn set_aside(path: &Path) -> Result<PathBuf, CacheError> {
    let kept = beside(path, SET_ASIDE);
    rename(path, &kept)?;
    Ok(kept)
}

fn rename(from: &Path, onto: &Path) -> Result<(), CacheError> {
    std::fs::rename(from, onto).map_err(|source| CacheError::File {
        path: from.to_owned(),
        source,
    })
}
