//! What each platform's webhooks cost: its own sample sale, signed as it signs, as many orders as are asked for; and where the
//! time of one delivery goes.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use contract::IntegrationId;
use providers::{Context, Inbound, Provider, Reading, Secret, Settings};
use serde::Deserialize;
use serde_json::Value;

use crate::load::{self, closed_loop};
use crate::report::{Figure, Report};
use crate::service::Service;

const SECRET: &str = "bench-secret-bench-secret";
/// Deliveries of one platform, and of the mix of all.
const EACH: usize = 6_000;
const MIXED: usize = 39_000;
/// Deliveries sent one after the other, to see where the time of one goes.
const ALONE: usize = 4_000;
/// How often each fixture is read.
const READ: u32 = 200;

/// Measures every platform that can make a sample, the mix of them, and the shares of proof, reading and commit.
///
/// # Errors
/// When a delivery is refused or the service fails.
pub async fn run(report: &mut Report, program: &Path, folder: &Path) -> anyhow::Result<()> {
    let service = Service::start(program, folder).await?;
    let mut mixed = Vec::with_capacity(MIXED);
    let mut alone = Vec::with_capacity(ALONE);
    let sampled: Vec<&dyn Provider> = providers::all()
        .iter()
        .copied()
        .filter(|provider| provider.sample("1", Utc::now()).is_some())
        .collect();
    for provider in &sampled {
        let path = service.source(provider.slug(), SECRET).await?;
        let make = |name: &str, count| requests(*provider, &path, name, count);
        mixed.extend(make("mix", MIXED / sampled.len())?);
        alone.extend(make("alone", ALONE / sampled.len())?);
        let each = Arc::new(make("each", EACH)?);
        let figure = rate(&service, each, 64).await?;
        report.add(&format!("mix.{}", provider.slug()), figure);
    }
    let figure = rate(&service, Arc::new(shuffled(mixed)), 64).await?;
    report.add("mix.all", figure.over(report.value("calibration.c64")));
    shares(report, &service, shuffled(alone)).await
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
) -> anyhow::Result<()> {
    let count = u32::try_from(requests.len())?;
    let before = commits(service).await?;
    let started = Instant::now();
    rate(service, Arc::new(requests), 1).await?;
    let whole = started.elapsed() / count;
    let after = commits(service).await?;
    let commit = (after.0 - before.0) / (after.1 - before.1).max(1.0);
    let (proof, reading) = of_library()?;
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

fn requests(
    provider: &dyn Provider,
    path: &str,
    name: &str,
    count: usize,
) -> anyhow::Result<Vec<Bytes>> {
    let secret = Secret::new(SECRET);
    let now = Utc::now();
    let request = |number: usize| {
        let id = format!("{name}-{number:06}");
        let sample = provider.sample(&id, now)?;
        let nonce = format!("{}-{id}", provider.slug());
        let signed = providers::sign::sign(provider.slug(), &secret, &sample.body, now, &nonce)?;
        let query: Vec<&str> = [sample.query.as_str(), signed.query.as_str()]
            .into_iter()
            .filter(|query| !query.is_empty())
            .collect();
        let headers = [sample.headers, signed.headers].concat();
        let path = format!("{path}?{}", query.join("&"));
        Some(load::request(&path, &headers, &sample.body))
    };
    (0..count)
        .map(|number| request(number).context("a platform makes samples, or none"))
        .collect()
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

/// A fixture, as far as it is needed here.
#[derive(Deserialize)]
struct Case {
    #[serde(skip)]
    slug: String,
    request: Option<Sent>,
    secrets: Vec<String>,
    now: DateTime<Utc>,
    #[serde(default)]
    settings: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    query: String,
    headers: std::collections::BTreeMap<String, String>,
    body_text: String,
}

/// Measures proof and reading over all fixtures that prove themselves and hold an event: the mean of one.
fn of_library() -> anyhow::Result<(Duration, Duration)> {
    let (mut proofs, mut readings, mut count) = (Duration::ZERO, Duration::ZERO, 0);
    for name in testkit::fixtures::cases("providers") {
        let mut case: Case = testkit::fixtures::json(&name);
        case.slug = name.split('/').nth(1).unwrap_or_default().to_owned();
        if let Some((proof, reading)) = of_case(&case) {
            proofs += proof;
            readings += reading;
            count += 1;
        }
    }
    ensure!(count > 0, "no fixture holds an event");
    Ok((proofs / count, readings / count))
}

fn of_case(case: &Case) -> Option<(Duration, Duration)> {
    let provider = providers::provider(&case.slug)?;
    let sent = case.request.as_ref()?;
    let headers: Vec<(String, String)> = sent.headers.clone().into_iter().collect();
    let inbound = Inbound {
        query: &sent.query,
        headers: &headers,
        body: sent.body_text.as_bytes(),
    };
    let settings = Settings::new(case.settings.clone());
    let context = Context {
        now: case.now,
        integration: IntegrationId::from_u128(7),
        settings: &settings,
    };
    let secrets: Vec<Secret> = case
        .secrets
        .iter()
        .map(|secret| Secret::new(secret.as_bytes()))
        .collect();
    provider.verify(&inbound, &secrets, &context).ok()?;
    let is_event = matches!(
        provider.normalise(&inbound, &context),
        Ok(Reading::Events(_))
    );
    is_event.then(|| {
        let proof = mean(|| drop(black_box(provider.verify(&inbound, &secrets, &context))));
        let reading = mean(|| drop(black_box(provider.normalise(&inbound, &context))));
        (proof, reading)
    })
}

fn mean(work: impl Fn()) -> Duration {
    let started = Instant::now();
    for _ in 0..READ {
        work();
    }
    started.elapsed() / READ
}
