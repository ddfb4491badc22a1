//! Why the cache could not do what it was asked.

use std::path::PathBuf;

/// Tells why entries were not applied; nothing changed then.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The cache already follows a feed.
    #[error("the cache already follows a feed")]
    NotEmpty,
    /// The entries are of another history than the cache.
    #[error("the entries are of another history of the feed")]
    OtherEpoch,
    /// Entries are missing in between.
    #[error("entry {expected} was due and {got} came")]
    Gap {
        /// The number that was due.
        expected: u64,
        /// The number that came.
        got: u64,
    },
    /// An entry does not continue the history that is here.
    #[error("entry {seq} does not continue the history that is here")]
    ChainMismatch {
        /// The entry.
        seq: u64,
    },
    /// The disk is full; what is here stays readable.
    #[error("the disk is full")]
    DiskFull,
    /// The file is damaged: open it again to have it set aside.
    #[error("the cache is damaged")]
    Corrupt,
    /// SQLite refused for another reason.
    #[error("the cache cannot be written or read")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for ApplyError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                Self::Corrupt
            }
            _ => Self::Database(error),
        }
    }
}

impl From<rusqlite::types::FromSqlError> for ApplyError {
    fn from(_: rusqlite::types::FromSqlError) -> Self {
        // A column holds what this version never writes there.
        Self::Corrupt
    }
}

/// Tells why a cache could not be opened, made or swapped.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The SQLite linked in is too old for several connections on one file.
    #[error("SQLite {found} is older than 3.51.3")]
    OldSqlite {
        /// Its version.
        found: &'static str,
    },
    /// A file cannot be made, moved or removed.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// SQLite cannot use the file.
    #[error("the cache cannot be opened")]
    Storage(#[from] ApplyError),
}

impl From<rusqlite::Error> for CacheError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}
