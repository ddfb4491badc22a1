//! What exists nowhere else: drafts, the outbox, read marks, own views, settings, the session without its token. Kept with
//! `synchronous=FULL` and never thrown away; it knows nothing of the feed or the network.

mod drafts;
mod erasing;
mod marks;
mod outbox;
mod own_views;
mod salvage;
mod schema;
mod session;
mod settings;
mod template_uses;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::error::{OpenError, Refusal};

pub(crate) use drafts::KeptDraft;
pub(crate) use outbox::{Kept, KeptState};
pub(crate) use own_views::OwnView;

/// Fails when the file cannot be read or written; carries no content.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UserError {
    /// SQLite failed.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value is not what it should be.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
    /// Somebody else has the file open.
    #[error("the file is in use")]
    Busy,
    /// Nobody has signed in.
    #[error("nobody is signed in")]
    SignedOut,
}

impl From<UserError> for Refusal {
    fn from(error: UserError) -> Self {
        match error {
            UserError::SignedOut => Self::SignedOut,
            UserError::Sqlite(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) =>
            {
                Self::DiskFull
            }
            other => Self::Storage(other.to_string()),
        }
    }
}

/// The open file, and whose desk it is read as.
pub(crate) struct UserDb {
    file: Connection,
    desk: Option<i64>,
}

/// What opening found.
pub(crate) struct Opened {
    /// The file, ready.
    pub(crate) db: UserDb,
    /// Where a damaged predecessor was kept.
    pub(crate) set_aside: Option<PathBuf>,
}

impl UserDb {
    /// Opens or makes the file; a damaged one is set aside and what can be read of it is taken over.
    ///
    /// # Errors
    /// [`OpenError::Newer`] for a file of a newer version, which stays untouched; [`OpenError::Unusable`].
    pub(crate) fn open(path: &Path, now: i64) -> Result<Opened, OpenError> {
        let (file, set_aside) = match schema::open(path) {
            Ok(file) => (file, None),
            Err(schema::Fault::Damaged) => {
                let aside = salvage::set_aside(path, now)?;
                let file = schema::open(path).map_err(|fault| fault.named(path))?;
                salvage::take_over(&aside, &file);
                (file, Some(aside))
            }
            Err(fault) => return Err(fault.named(path)),
        };
        let mut db = Self { file, desk: None };
        db.desk = db.seated().map_err(|error| OpenError::Unusable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Opened { db, set_aside })
    }

    fn desk(&self) -> Result<i64, UserError> {
        self.desk.ok_or(UserError::SignedOut)
    }
}

#[cfg(test)]
mod tests;
