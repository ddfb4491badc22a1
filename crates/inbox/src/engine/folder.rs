//! The data folder: one process at a time, what the member wrote, and the cache that may go at any moment.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::OpenError;
use crate::user::{self, UserDb};

const LOCK_FILE: &str = "lock";
pub(super) const USER_FILE: &str = "user.db";
pub(super) const CACHE_FILE: &str = "cache.db";

/// Locks the folder and opens what the member wrote; blocks on the disk.
pub(super) fn open_files(folder: &Path, now: i64) -> Result<(File, user::Opened), OpenError> {
    let unusable = |path: &Path, error: std::io::Error| OpenError::Unusable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    std::fs::create_dir_all(folder).map_err(|error| unusable(folder, error))?;
    let path = folder.join(LOCK_FILE);
    let lock = File::create(&path).map_err(|error| unusable(&path, error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => return Err(unusable(&path, error)),
    }
    let opened = UserDb::open(&folder.join(USER_FILE), now)?;
    Ok((lock, opened))
}

/// Removes the cache with all that belongs to it, set-aside copies too: customer data goes with the session.
pub(super) fn remove_cache(folder: &Path) {
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    for file in files.flatten() {
        let ours = file.file_name().to_string_lossy().starts_with(CACHE_FILE);
        if ours && let Err(error) = std::fs::remove_file(file.path()) {
            tracing::warn!(%error, "a file of the cache could not be removed");
        }
    }
}
