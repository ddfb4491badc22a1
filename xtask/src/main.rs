//! The project's chores, run as `cargo xtask <name>`.
//!
//! Each is a list of named steps that says what it does and, when a step fails, how to run only that one again. It
//! knows how to call the project's tools and programs, and nothing of what they do.
#![expect(
    clippy::print_stdout,
    reason = "a command-line program talks on standard output"
)]

mod api;
mod bench;
mod demo;
mod fuzz;
#[cfg(test)]
mod invariants;
mod platforms;
mod program;
mod repository;
mod sbom;
mod scenes;
mod setup;
mod steps;
mod test;
mod types;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use repository::Repository;

/// The project's chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Installs what building and testing need; does nothing that is done already.
    Setup,
    /// Builds everything and opens the app at a service where invented sales arrive; Ctrl-C ends all of it.
    Demo {
        /// Write a picture of the window to FILE and close, without using this computer's screen.
        #[arg(long, value_name = "FILE")]
        screenshot: Option<PathBuf>,
    },
    /// Checks everything; this is what has to pass before a change goes in.
    Test(test::Options),
    /// Measures speed and prints a table.
    Bench {
        /// Only the measurements whose name contains NAME.
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        /// Also write the figures to FILE as JSON.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Leaves out what takes longest: caches of millions of entries.
        #[arg(long)]
        quick: bool,
    },
    /// Kills, starves and floods the service and the app, and compares what came through with what was sent.
    Torture {
        /// Passed on to the torture program.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Feeds every reader of foreign bytes with broken ones, and keeps what breaks it.
    Fuzz(fuzz::Options),
    /// Takes the pictures of the documentation from the real window.
    Screenshots {
        /// Keep how the main screens look now, for tests to compare with; takes no other pictures.
        #[arg(long)]
        accept: bool,
        /// Only the pictures whose name contains NAME.
        #[arg(long, value_name = "NAME", conflicts_with = "accept")]
        only: Option<String>,
        /// Where to put them.
        #[arg(long, value_name = "FOLDER", default_value = "docs/screenshots")]
        into: PathBuf,
    },
    /// Lists what the programs are made of, as `CycloneDX`.
    Sbom {
        /// Where to put the lists.
        #[arg(long, value_name = "FOLDER", default_value = "target/sbom")]
        into: PathBuf,
    },
    /// Writes the page of platforms from what their readers tell of themselves.
    Platforms,
    /// Writes the TypeScript of the types that cross between Rust and the page.
    Types {
        /// Write nothing; fail when the committed files are not what would be written.
        #[arg(long)]
        check: bool,
    },
}

impl Chore {
    /// Whether what it needs is installed before it starts; a test finds out by itself what its parts need.
    const fn builds(&self) -> bool {
        matches!(
            self,
            Self::Demo { .. }
                | Self::Screenshots { .. }
                | Self::Bench { .. }
                | Self::Torture { .. }
        )
    }
}

fn main() -> ExitCode {
    match run(Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> anyhow::Result<()> {
    let repository = Repository::find()?;
    if chore.builds() {
        setup::for_building(&repository)?;
    }
    match chore {
        Chore::Setup => setup::run(&repository),
        Chore::Demo { screenshot } => demo::run(&repository, screenshot.as_deref()),
        Chore::Test(options) => test::run(&repository, &options),
        Chore::Bench { only, out, quick } => {
            bench::run(&repository, only.as_deref(), out.as_deref(), quick)
        }
        Chore::Torture { arguments } => bench::torture(&repository, &arguments),
        Chore::Fuzz(options) => fuzz::run(&repository, &options),
        Chore::Screenshots { accept: true, .. } => test::accept_pictures(&repository),
        Chore::Screenshots { into, only, .. } => {
            demo::screenshots(&repository, &into, only.as_deref())
        }
        Chore::Sbom { into } => sbom::write(&repository, &into),
        Chore::Platforms => platforms::write(&repository),
        Chore::Types { check: true } => types::check(&repository),
        Chore::Types { check: false } => types::write(&repository),
    }
}
