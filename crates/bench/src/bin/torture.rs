//! `cargo xtask torture`: kill loops, as many rounds as asked for.

use std::time::Instant;

use bench::report::say;
use bench::{service, torture};
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
    let program = service::program("balcao-ingest")?;
    let started = Instant::now();
    let folder = tempfile::tempdir()?;
    let survived = torture::service(&program, folder.path(), asked.rounds, asked.seed).await?;
    say(&format!(
        "service: {} kills, {} promises kept, {} entries in one unbroken chain, {:.0} s",
        survived.rounds,
        survived.promised,
        survived.entries,
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}
