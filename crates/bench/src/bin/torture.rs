//! `cargo xtask torture`: kill loops and storms, as many rounds as asked for.

use std::path::Path;
use std::time::Instant;

use bench::overload;
use bench::power::{self, Extent};
use bench::report::say;
use bench::storm::{self, Rotated};
use bench::torture::{self, Programs, Survived};
use clap::{Parser, ValueEnum};

/// Kills the service, then the desktop's core, at random moments under load, floods the service with copies across restarts and
/// with good requests while secrets rotate, keeps it from its disk while senders go on, cuts the power of the machine under both,
/// and checks that nothing was lost, doubled or refused that should not have been.
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
    /// How often the service is kept from its disk.
    #[arg(long, default_value_t = 100)]
    stalls: usize,
    /// Power cuts of the service.
    #[arg(long, default_value_t = 300)]
    cuts: usize,
    /// Sales that are sent to the service before its power is cut, in each recording.
    #[arg(long, default_value_t = 7_200)]
    sales: usize,
    /// Power cuts of the desktop's core.
    #[arg(long, default_value_t = 100)]
    desk_cuts: usize,
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
    /// The same over two processes on one database.
    Nodes,
    /// Good requests while secrets rotate.
    Rotation,
    /// More than the service can keep.
    Overload,
    /// Power cuts, with what was not flushed dropped, reordered or torn.
    Power,
}

/// Restarts during the copies.
const RESTARTS: usize = 6;

/// Milliseconds of one life of the desk at the least, and power cuts of either's recording.
const LIFE: usize = 1_500;
const CUTS_A_RECORDING: usize = 100;
const DESK_CUTS_A_RECORDING: usize = 25;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let programs = Programs::find()?;
    let folder = tempfile::tempdir()?;
    for part in Part::value_variants() {
        if asked.only.is_none_or(|only| only == *part) {
            let name = part.to_possible_value().expect("no part is hidden");
            let part_folder = folder.path().join(name.get_name());
            std::fs::create_dir_all(&part_folder)?;
            if let Err(fault) = run(*part, &asked, &programs, &part_folder).await {
                let kept = folder.keep();
                return Err(fault.context(format!(
                    "{} with seed {}; what it left is in {}",
                    name.get_name(),
                    asked.seed,
                    kept.display()
                )));
            }
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
        Part::Copies | Part::Nodes => {
            let nodes = if part == Part::Nodes { 2 } else { 1 };
            let survived =
                storm::copies(&programs.service, folder, asked.events, RESTARTS, nodes).await?;
            let what = format!("{} events in copies to {nodes}", asked.events);
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
        Part::Overload => {
            let borne = overload::stalls(&programs.service, folder, asked.stalls).await?;
            say(&format!(
                "overload: {} stalls, {} deliveries turned away within {} ms, {} promises kept, normal again within {} ms, {} s",
                asked.stalls,
                borne.turned_away,
                borne.slowest_refusal.as_millis(),
                borne.promised,
                borne.slowest_recovery.as_millis(),
                started.elapsed().as_secs()
            ));
        }
        Part::Power => cut_power(asked, programs, folder, started).await?,
    }
    Ok(())
}

async fn cut_power(
    asked: &Asked,
    programs: &Programs,
    folder: &Path,
    started: Instant,
) -> anyhow::Result<()> {
    if let Some(refusal) = power::refusal().await {
        anyhow::bail!("power cuts cannot be simulated here: {refusal}");
    }
    if asked.cuts > 0 {
        cut_service(asked, programs, &folder.join("service"), started).await?;
    }
    if asked.desk_cuts > 0 {
        cut_desk(asked, programs, &folder.join("desk")).await?;
    }
    Ok(())
}

async fn cut_service(
    asked: &Asked,
    programs: &Programs,
    folder: &Path,
    started: Instant,
) -> anyhow::Result<()> {
    let extent = Extent {
        cuts: asked.cuts,
        length: asked.sales,
        cuts_a_recording: CUTS_A_RECORDING,
    };
    let survived = power::service(&programs.service, folder, extent, asked.seed).await?;
    let (deaf, found_out) = survived.deaf;
    say(&format!(
        "power, service: {} cuts ({} of them dropped nothing), {} promises kept, {} entries in unbroken chains, every database whole; \
         with flushes of the log left out {found_out} of {deaf} cuts were found out, {} s",
        survived.cuts,
        survived.whole,
        survived.promised,
        survived.entries,
        started.elapsed().as_secs()
    ));
    Ok(())
}

async fn cut_desk(asked: &Asked, programs: &Programs, folder: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    let extent = Extent {
        cuts: asked.desk_cuts,
        length: LIFE,
        cuts_a_recording: DESK_CUTS_A_RECORDING,
    };
    let survived = power::desk(programs, folder, extent, asked.seed).await?;
    say(&format!(
        "power, desk: {} cuts ({} of them dropped nothing), {} notes neither lost nor doubled, {} caches damaged and filled anew, \
         every cache equal to a fresh one, {} s",
        survived.cuts,
        survived.whole,
        survived.promised,
        survived.refilled,
        started.elapsed().as_secs()
    ));
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
