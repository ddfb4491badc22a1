//! Where things lie in the checkout.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::Context;

/// The checkout this program was built from.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    root: PathBuf,
}

impl Repository {
    pub(crate) fn find() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies in the root")?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The page's source, where npm runs.
    pub(crate) fn page(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The committed TypeScript that is written from Rust.
    pub(crate) fn page_types(&self) -> PathBuf {
        self.root.join("ui/src/lib/types")
    }

    /// Where cargo leaves what it builds.
    pub(crate) fn target(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }

    /// The app as `--features custom-protocol` builds it for trying out.
    pub(crate) fn app(&self) -> PathBuf {
        let name = format!("balcao{}", env::consts::EXE_SUFFIX);
        self.target().join("debug").join(name)
    }

    /// Where `setup` puts tools that are not Rust's, apart from the computer's own.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join("target/tools")
    }
}
