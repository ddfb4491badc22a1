//! `cargo xtask platforms`: the page of platforms, written by the test that otherwise compares it.

use crate::{program::Program, repository::Repository};

/// Writes docs/platforms.md anew.
///
/// # Errors
/// When the readers do not compile or the page cannot be written.
pub(crate) fn write(repository: &Repository) -> anyhow::Result<()> {
    Program::cargo(repository, "test --quiet --package providers --test it")
        .words("-- --exact platforms::the_page_of_platforms_is_what_the_code_tells")
        .env("BALCAO_WRITE_PLATFORMS", "1")
        .run()?;
    println!("   docs/platforms.md");
    Ok(())
}
