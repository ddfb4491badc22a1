//! `cargo xtask torture`: kill loops, as many rounds as asked for.

use std::time::Instant;

use bench::report::say;
use bench::torture::{self, Programs, Survived};
use clap::Parser;

/// Kills the service, then the desktop's core, at random moments under load, and checks that nothing was lost or doubled.
#[derive(Parser)]
struct Asked {
    /// Kills of each program.
    #[arg(long, default_value_t = 1_000)]
    rounds: usize,
    /// Chooses the moments; the same seed chooses the same ones.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let programs = Programs::find()?;
    let folder = tempfile::tempdir()?;
    let served = folder.path().join("killed-service");
    std::fs::create_dir_all(&served)?;
    let started = Instant::now();
    let survived = torture::service(&programs.service, &served, asked.rounds, asked.seed).await?;
    tell("service", "promises kept", survived, started);
    let started = Instant::now();
    let survived = torture::desk(
        &programs,
        &folder.path().join("killed-desk"),
        asked.rounds,
        asked.seed,
    )
    .await?;
    tell("desk", "notes neither lost nor doubled", survived, started);
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
