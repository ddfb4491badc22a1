//! What each platform's webhooks cost: all the samples there are of it, each with an id of its own and signed as the platform
//! signs, as many as are asked for; and where the time of one delivery goes.

mod samples;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;

use crate::load::closed_loop;
use crate::report::{Figure, Report};
use crate::service::Service;
use samples::Sampled;

/// Deliveries of one platform, and of the mix of all.
const EACH: usize = 6_000;
const MIXED: usize = 39_000;
/// Deliveries sent one after the other, to see where the time of one goes.
const ALONE: usize = 4_000;
/// How often each sample is read.
const READ: u32 = 200;

/// Measures every platform, the mix of them, and the shares of proof, reading and commit.
///
/// # Errors
/// When a delivery is refused or the service fails.
pub async fn run(report: &mut Report, program: &Path, folder: &Path) -> anyhow::Result<()> {
    let service = Service::start(program, folder).await?;
    let mut mixed = Vec::with_capacity(MIXED);
    let mut alone = Vec::with_capacity(ALONE);
    let mut platforms = samples::all(&service).await?;
    let count = platforms.len();
    for sampled in &mut platforms {
        mixed.extend(sampled.requests(MIXED / count)?);
        alone.extend(sampled.requests(ALONE / count)?);
        let each = Arc::new(shuffled(sampled.requests(EACH)?));
        let figure = rate(&service, each, 64).await?;
        report.add(&format!("mix.{}", sampled.slug), figure);
    }
    let figure = rate(&service, Arc::new(shuffled(mixed)), 64).await?;
    report.add("mix.all", figure.over(report.value("calibration.c64")));
    shares(report, &service, shuffled(alone), &platforms).await
}

async fn rate(
    service: &Service,
    requests: Arc<Vec<Bytes>>,
    connections: usize,
) -> anyhow::Result<Figure> {
    let outcome = closed_loop(service.address, requests, connections).await?;
    ensure!(
        outcome.answers.keys().eq([&200]),
        "not all were accepted: {:?}",
        outcome.answers
    );
    Ok(Figure::new(outcome.rate(200), "req/s").with_spread(&outcome.spread))
}

/// Tells where the time of a delivery goes when nothing waits: one connection, one after the other.
async fn shares(
    report: &mut Report,
    service: &Service,
    requests: Vec<Bytes>,
    platforms: &[Sampled],
) -> anyhow::Result<()> {
    let count = u32::try_from(requests.len())?;
    let before = commits(service).await?;
    let started = Instant::now();
    rate(service, Arc::new(requests), 1).await?;
    let whole = started.elapsed() / count;
    let after = commits(service).await?;
    let commit = (after.0 - before.0) / (after.1 - before.1).max(1.0);
    let (proof, reading) = of_library(platforms)?;
    let share = |seconds: f64| Figure::new(100.0 * seconds / whole.as_secs_f64(), "%");
    report.add(
        "mix.alone",
        Figure::new(whole.as_secs_f64() * 1_000.0, "ms"),
    );
    report.add("mix.share_proof", share(proof.as_secs_f64()));
    report.add("mix.share_reading", share(reading.as_secs_f64()));
    report.add("mix.share_commit", share(commit));
    Ok(())
}

/// Returns the seconds spent on storing deliveries so far, and how many there were.
async fn commits(service: &Service) -> anyhow::Result<(f64, f64)> {
    let answer = reqwest::get(service.url("/metrics")).await?;
    let text = answer.error_for_status()?.text().await?;
    let value = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
            .with_context(|| format!("the metrics have no {name}"))
    };
    Ok((
        value("balcao_accept_seconds_sum ")?,
        value("balcao_accept_seconds_count ")?,
    ))
}

/// Deals requests so that neighbours are of different platforms, alike in every run.
fn shuffled(mut requests: Vec<Bytes>) -> Vec<Bytes> {
    requests.sort_by_cached_key(|request| {
        request
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            })
    });
    requests
}

/// Measures proof and reading over the samples: the mean of one, each platform weighing as much as it does in the mix.
fn of_library(platforms: &[Sampled]) -> anyhow::Result<(Duration, Duration)> {
    let (mut proofs, mut readings) = (Duration::ZERO, Duration::ZERO);
    for sampled in platforms {
        let (proof, reading) = of_platform(sampled)?;
        proofs += proof;
        readings += reading;
    }
    let count = u32::try_from(platforms.len())?.max(1);
    Ok((proofs / count, readings / count))
}

fn of_platform(sampled: &Sampled) -> anyhow::Result<(Duration, Duration)> {
    let (mut proofs, mut readings) = (Duration::ZERO, Duration::ZERO);
    for sample in &sampled.samples {
        let sent = sample.sent(0)?;
        proofs += mean(|| drop(black_box(sample.proof(&sent))));
        readings += mean(|| drop(black_box(sample.reading(&sent))));
    }
    let count = u32::try_from(sampled.samples.len())?.max(1);
    Ok((proofs / count, readings / count))
}

fn mean(work: impl Fn()) -> Duration {
    let started = Instant::now();
    for _ in 0..READ {
        work();
    }
    started.elapsed() / READ
}
