//! `cargo xtask bench` and `cargo xtask torture`: the programs of the `bench` crate, built for speed, on real programs.

use std::path::Path;

use crate::{program::Program, repository::Repository, test};

/// Measurements of the window need the app and its page; the others do not.
const OF_THE_WINDOW: [&str; 2] = ["window", "memory"];

/// Runs the measurements whose name begins with `only`, or all.
pub(crate) fn run(
    repository: &Repository,
    only: Option<&str>,
    out: Option<&Path>,
    quick: bool,
) -> anyhow::Result<()> {
    build(repository)?;
    if only.is_none_or(|only| OF_THE_WINDOW.iter().any(|name| only.starts_with(name))) {
        build_window(repository)?;
    }
    let mut program = Program::cargo(repository, "run --release --package bench --bin bench --");
    if quick {
        program = program.arg("--quick");
    }
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
    build(repository)?;
    let program = Program::cargo(repository, "run --release --package bench --bin torture --");
    arguments.iter().fold(program, Program::arg).run()
}

fn build(repository: &Repository) -> anyhow::Result<()> {
    Program::cargo(
        repository,
        "build --release --package ingest --package bench --bins",
    )
    .run()
}

fn build_window(repository: &Repository) -> anyhow::Result<()> {
    test::build_page(repository)?;
    Program::cargo(
        repository,
        "build --release --package balcao --bin balcao --example bare_window --features custom-protocol",
    )
    .run()
}
