//! From settings to a store, and from a store to a workspace somebody can sign in to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use contract::Role;

use crate::config::Config;
use crate::people;
use crate::store::sqlite::{KeyError, OpenError, Options, SealingKey, SqliteStore};
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
    /// There is no key for the stored secrets.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Opens the store the settings name, and makes it where there is none.
///
/// The stored secrets are sealed with `secret_key` (64 hexadecimal digits), or with the key in the file beside the database,
/// which is made when it is missing.
///
/// # Errors
/// When the folder, the key or the database cannot be used.
pub fn open_store(
    config: &Config,
    secret_key: Option<&str>,
    world: &Arc<dyn World>,
) -> Result<Arc<dyn Store>, OpeningError> {
    let path = Path::new(
        config
            .database
            .strip_prefix("sqlite://")
            .unwrap_or(&config.database),
    );
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| OpeningError::Folder {
            folder: folder.to_owned(),
            error,
        })?;
    }
    let key = match secret_key {
        Some(text) => SealingKey::parse(text)?,
        None => SealingKey::of_file(&Options::key_file(path), &**world)?,
    };
    let store = SqliteStore::open(Options::new(path, key, Arc::clone(world)))?;
    Ok(Arc::new(store))
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
