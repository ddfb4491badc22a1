//! The file's format: forward-only migrations, pragmas, and the three ways a file can be unfit.

use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use crate::error::OpenError;

/// The migrations, in order; the file's `user_version` counts those done.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_desk.sql"),
    include_str!("migrations/0003_uses_by_day.sql"),
    include_str!("migrations/0004_begun.sql"),
];

/// The oldest SQLite without the fault that can lose a WAL reset.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Says how a file is unfit.
pub(super) enum Fault {
    /// It is not a database, or is damaged.
    Damaged,
    /// A newer version wrote it.
    Newer(i64),
    /// The system does not let us.
    Unusable(String),
}

impl Fault {
    pub(super) fn named(self, path: &Path) -> OpenError {
        let path = path.to_owned();
        match self {
            Self::Newer(found) => OpenError::Newer {
                path,
                found,
                known: known(),
            },
            Self::Damaged => OpenError::Unusable {
                path,
                reason: "the file is damaged".to_owned(),
            },
            Self::Unusable(reason) => OpenError::Unusable { path, reason },
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            _ => Self::Unusable(error.to_string()),
        }
    }
}

/// Opens the file, checks it and brings it to the newest format.
pub(super) fn open(path: &Path) -> Result<Connection, Fault> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(Fault::Unusable(format!(
            "SQLite {} is too old",
            rusqlite::version()
        )));
    }
    let mut file = Connection::open(path)?;
    file.pragma_update(None, "journal_mode", "WAL")?;
    file.pragma_update(None, "synchronous", "FULL")?;
    file.pragma_update(None, "foreign_keys", "ON")?;
    file.pragma_update(None, "trusted_schema", "OFF")?;
    file.pragma_update(None, "temp_store", "MEMORY")?;
    check(&file)?;
    migrate(&mut file)?;
    Ok(file)
}

fn check(file: &Connection) -> Result<(), Fault> {
    let verdict: String = file.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(Fault::Damaged)
    }
}

fn migrate(file: &mut Connection) -> Result<(), Fault> {
    let done: i64 = file.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if done > known() {
        return Err(Fault::Newer(done));
    }
    let skip = usize::try_from(done).map_err(|_| Fault::Damaged)?;
    for (number, migration) in (1_i64..).zip(MIGRATIONS).skip(skip) {
        let step = file.transaction()?;
        step.execute_batch(migration)?;
        step.pragma_update(None, "user_version", number)?;
        step.commit()?;
    }
    Ok(())
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}
