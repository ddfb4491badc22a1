//! `cargo xtask bench`: figures of this machine, each beside its calibration.

use std::path::PathBuf;

use bench::report::{Report, print_head, say};
use bench::serving::Bench;
use bench::{caching, calibrate, gestures, mix, service, timing, window};
use clap::Parser;

/// Measures, prints a table, and writes the figures as JSON.
#[derive(Parser)]
struct Asked {
    /// Only figures whose name begins so, as in `ingest` or `cache.page`; calibration is always taken.
    #[arg(long)]
    only: Option<String>,
    /// Where to write the figures.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Skips what takes longest: the caches of a million conversations.
    #[arg(long)]
    quick: bool,
}

impl Asked {
    fn wants(&self, name: &str) -> bool {
        self.only
            .as_deref()
            .is_none_or(|only| name.starts_with(only) || only.starts_with(name))
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let mut report = Report::default();
    print_head();
    let folder = tempfile::tempdir()?;
    calibrate::run(&mut report, folder.path()).await?;
    if ["ingest.", "feed.", "memory.service"]
        .iter()
        .any(|name| asked.wants(name))
    {
        measure_service(&asked, &mut report).await?;
    }
    if asked.wants("mix.") {
        let folder = tempfile::tempdir()?;
        mix::run(
            &mut report,
            &service::program("balcao-ingest")?,
            folder.path(),
        )
        .await?;
    }
    if asked.wants("cache.") {
        tokio::task::block_in_place(|| measure_cache(&asked, &mut report))?;
    }
    if asked.wants("trust.") {
        tokio::task::block_in_place(|| timing::run(&mut report))?;
    }
    if window::FIGURES.iter().any(|name| asked.wants(name)) {
        window::run(&mut report).await?;
    }
    gestures::run(&mut report, asked.quick, |name| asked.wants(name)).await?;
    finish(&asked, &report)
}

fn measure_cache(asked: &Asked, report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    caching::run(report, folder.path(), caching::USUAL)?;
    if !asked.quick {
        caching::run(report, folder.path(), caching::LARGE)?;
    }
    Ok(())
}

async fn measure_service(asked: &Asked, report: &mut Report) -> anyhow::Result<()> {
    let program = service::program("balcao-ingest")?;
    let folder = tempfile::tempdir()?;
    let bench = Bench::start(&program, folder.path()).await?;
    if asked.wants("ingest.rate_64") || asked.wants("ingest.overload") {
        bench.rate_64(report).await?;
    }
    if asked.wants("ingest.open_1000") {
        bench.open_1000(report).await?;
    }
    if asked.wants("ingest.bad_proof") {
        bench.bad_proof(report).await?;
    }
    if asked.wants("feed.commit_to_client") {
        bench.commit_to_client(report).await?;
    }
    if asked.wants("memory.service") {
        bench.memory(report)?;
    }
    if asked.wants("ingest.overload") {
        bench.overload(report).await?;
    }
    Ok(())
}

fn finish(asked: &Asked, report: &Report) -> anyhow::Result<()> {
    if let Some(out) = &asked.out {
        report.write(out)?;
    }
    match report.missed().as_slice() {
        [] => say("every aim was met"),
        missed => say(&format!("aims missed: {}", missed.join(", "))),
    }
    Ok(())
}
