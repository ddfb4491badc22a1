//! Brazilian Portuguese for the programs under test, on whatever machine they run.
//!
//! A computer has only the locales someone chose for it. Without this one the app would see English, and a journey
//! would prove nothing of what a Brazilian sees.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The value of `LANG` that goes with [`folder`].
pub(crate) const NAME: &str = "pt_BR.UTF-8";

/// Returns the folder for `LOCPATH`, compiling the locale into it when it is not there yet.
///
/// # Panics
/// When the locale's sources or its compiler are missing.
#[track_caller]
pub(crate) fn folder() -> PathBuf {
    let folder = crate::fixtures::root().join("target/locale");
    if !folder.join(NAME).is_dir() {
        compile(&folder);
    }
    folder
}

/// Compiles beside and moves into place, so that tests that start together see all of it or nothing.
#[track_caller]
fn compile(folder: &Path) {
    fs::create_dir_all(folder).expect("the target folder can be written");
    let beside = tempfile::tempdir_in(folder).expect("a temporary folder");
    let fresh = beside.path().join(NAME);
    let compiled = Command::new("localedef")
        .args(["-i", "pt_BR", "-f", "UTF-8"])
        .arg(&fresh)
        .output();
    let done = compiled.is_ok_and(|output| output.status.success());
    assert!(done, "{NAME} was not compiled; run `cargo xtask setup`");
    // Another test may have been faster; then its result stays.
    let moved = fs::rename(&fresh, folder.join(NAME));
    assert!(moved.is_ok() || folder.join(NAME).is_dir(), "{moved:?}");
}
