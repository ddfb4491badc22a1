//! From settings to a store, and from a store to a workspace somebody can sign in to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use contract::Role;

use crate::config::Config;
use crate::people;
use crate::store::sqlite::{KeyError, OpenError, Options, SealingKey, SqliteStore, rotate};
use crate::store::{Session, Store, StoreError, World};

/// Tells why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// The database's folder cannot be made.
    #[error("the folder {folder} cannot be made: {error}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What stands in the way.
        error: std::io::Error,
    },
    /// Of an old and a new key only one is given.
    #[error(
        "give both BALCAO_MASTER_KEY and BALCAO_NEW_MASTER_KEY, or neither for the key in its file"
    )]
    KeyPair,
    /// There is no key for the stored secrets.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Opens the store the settings name, and makes it where there is none.
///
/// The stored secrets are sealed with `master_key` (64 hexadecimal digits), or with the key in the file beside the database,
/// which is made when it is missing.
///
/// # Errors
/// When the folder, the key or the database cannot be used.
pub fn open_store(
    config: &Config,
    master_key: Option<&str>,
    world: &Arc<dyn World>,
) -> Result<Arc<dyn Store>, OpeningError> {
    let path = database(config);
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| OpeningError::Folder {
            folder: folder.to_owned(),
            error,
        })?;
    }
    let key = key(path, master_key, &**world)?;
    let mut options = Options::new(path, key, Arc::clone(world));
    options.session_lasts = TimeDelta::days(i64::from(config.session_days));
    let kept = (config.raw_keep_days > 0).then_some(config.raw_keep_days);
    options.bodies_kept = kept.map(|days| TimeDelta::days(i64::from(days)));
    Ok(Arc::new(SqliteStore::open(options)?))
}

/// Seals all stored secrets with a new key; returns how many records that were. May be done beside a running service where
/// the key lies in its file; begun and broken off, it is done by asking again.
///
/// With a `master_key` that is not in a file, `new_master_key` takes its place, which the service has to be given from then on.
///
/// # Errors
/// When a key or the database cannot be used; a key that is still needed is never forgotten.
pub fn rotate_key(
    config: &Config,
    master_key: Option<&str>,
    new_master_key: Option<&str>,
    world: &Arc<dyn World>,
) -> Result<usize, OpeningError> {
    let path = database(config);
    let key = match (master_key, new_master_key) {
        (Some(old), Some(new)) => SealingKey::parse(new)?.before(&SealingKey::parse(old)?),
        (None, None) => SealingKey::of_file(&Options::key_file(path), &**world)?,
        _ => return Err(OpeningError::KeyPair),
    };
    Ok(rotate(&Options::new(path, key, Arc::clone(world)))?)
}

fn database(config: &Config) -> &Path {
    let path = config.database.strip_prefix("sqlite://");
    Path::new(path.unwrap_or(&config.database))
}

fn key(path: &Path, text: Option<&str>, world: &dyn World) -> Result<SealingKey, KeyError> {
    match text {
        Some(text) => SealingKey::parse(text),
        None => SealingKey::of_file(&Options::key_file(path), world),
    }
}

/// Holds a workspace's admin with the token to sign in with, which is known nowhere else.
pub struct FirstAdmin {
    /// Who, where.
    pub session: Session,
    /// Goes into `Authorization: Bearer`.
    pub token: String,
}

/// Finds or makes a workspace and adds an admin with a session: how a service on this computer is begun.
///
/// # Errors
/// When it could not be stored.
pub async fn first_admin(
    store: &dyn Store,
    world: &dyn World,
    workspace: &str,
    name: &str,
    device: &str,
) -> Result<FirstAdmin, StoreError> {
    let workspace = store.ensure_workspace(workspace).await?;
    let (session, token) =
        people::enrol(store, world, workspace.id, name, Role::Admin, device).await?;
    Ok(FirstAdmin { session, token })
}
