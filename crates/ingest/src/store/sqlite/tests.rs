//! What only this engine has to promise, and what every store promises, run on this one.

mod erasing;
mod histories;
mod keys;
mod opening;
mod retention;
mod rotation;
mod tables;
mod writing;

use std::sync::Arc;

use async_trait::async_trait;

use super::{Options, SealingKey, SqliteStore};
use crate::store::conformance::{Stage, StagedWorld, store_conformance};
use crate::store::{Store, World};

/// A folder with one database.
pub(super) struct Folder {
    folder: tempfile::TempDir,
    world: Arc<StagedWorld>,
}

impl Folder {
    pub(super) fn options(&self) -> Options {
        let world: Arc<dyn World> = self.world.clone();
        let path = self.folder.path().join("balcao.db");
        Options::new(path, SealingKey::from_bytes([7; 32]), world)
    }
}

#[async_trait]
impl Stage for Folder {
    async fn set() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            world: Arc::new(StagedWorld::new()),
        }
    }

    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(self.options()).expect("opens"))
    }

    fn world(&self) -> Arc<StagedWorld> {
        Arc::clone(&self.world)
    }
}

mod conforms {
    use super::{Folder, store_conformance};

    store_conformance!(Folder);
}
