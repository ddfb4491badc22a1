//! `cargo xtask bench` and `cargo xtask torture`: the programs of the `bench` crate, built for speed.

use std::path::Path;

use crate::{program::Program, repository::Repository};

/// Runs the measurements whose name contains `only`, or all.
pub(crate) fn run(
    repository: &Repository,
    only: Option<&str>,
    out: Option<&Path>,
) -> anyhow::Result<()> {
    let mut program = Program::cargo(repository, "run --release --package bench --bin bench --");
    if let Some(name) = only {
        program = program.arg("--only").arg(name);
    }
    if let Some(file) = out {
        program = program.arg("--out").arg(file);
    }
    program.run()
}

/// Runs the torture program with its own arguments.
pub(crate) fn torture(repository: &Repository, arguments: &[String]) -> anyhow::Result<()> {
    let program = Program::cargo(repository, "run --release --package bench --bin torture --");
    arguments.iter().fold(program, Program::arg).run()
}
