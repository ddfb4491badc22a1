//! `cargo xtask torture`: kill loops and storms, as many rounds as asked for.

use std::path::Path;
use std::time::Instant;

use bench::report::say;
use bench::storm::{self, Rotated};
use bench::torture::{self, Programs, Survived};
use clap::{Parser, ValueEnum};

/// Kills the service, then the desktop's core, at random moments under load, floods the service with copies across restarts and
/// with good requests while secrets rotate, and checks that nothing was lost, doubled or refused.
#[derive(Parser)]
struct Asked {
    /// Only this part.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Kills of each program.
    #[arg(long, default_value_t = 1_000)]
    rounds: usize,
    /// Chooses the moments; the same seed chooses the same ones.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Events that are sent in eight copies each.
    #[arg(long, default_value_t = 10_000)]
    events: usize,
    /// Good requests while secrets rotate.
    #[arg(long, default_value_t = 1_000_000)]
    requests: usize,
}

/// The parts, in the order they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Kills of the service.
    Service,
    /// Kills of the desktop's core.
    Desk,
    /// Copies over many connections across restarts.
    Copies,
    /// Good requests while secrets rotate.
    Rotation,
}

/// Restarts during the copies.
const RESTARTS: usize = 6;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let programs = Programs::find()?;
    let folder = tempfile::tempdir()?;
    for part in Part::value_variants() {
        if asked.only.is_none_or(|only| only == *part) {
            let name = part.to_possible_value().expect("no part is hidden");
            let folder = folder.path().join(name.get_name());
            std::fs::create_dir_all(&folder)?;
            run(*part, &asked, &programs, &folder).await?;
        }
    }
    Ok(())
}

async fn run(part: Part, asked: &Asked, programs: &Programs, folder: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    match part {
        Part::Service => {
            let survived = torture::service(&programs.service, folder, asked.rounds, asked.seed);
            tell("service", "promises kept", survived.await?, started);
        }
        Part::Desk => {
            let survived = torture::desk(programs, folder, asked.rounds, asked.seed).await?;
            tell("desk", "notes neither lost nor doubled", survived, started);
        }
        Part::Copies => {
            let survived = storm::copies(&programs.service, folder, asked.events, RESTARTS).await?;
            let what = format!("{} events in copies", asked.events);
            tell(&what, "copies answered 2xx", survived, started);
        }
        Part::Rotation => {
            let Rotated {
                taken,
                rotations,
                late,
            } = storm::rotating(&programs.service, folder, asked.requests).await?;
            let seconds = started.elapsed().as_secs();
            say(&format!(
                "rotation: {taken} good requests taken over {rotations} rotations, none refused; {late} on the way when their secret ended, {seconds} s"
            ));
        }
    }
    Ok(())
}

fn tell(what: &str, promise: &str, survived: Survived, started: Instant) {
    let Survived {
        rounds,
        promised,
        entries,
    } = survived;
    let seconds = started.elapsed().as_secs();
    say(&format!(
        "{what}: {rounds} kills, {promised} {promise}, {entries} entries in one unbroken chain, {seconds} s"
    ));
}
