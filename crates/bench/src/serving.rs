//! What the service bears: durable deliveries, forged ones, more than it can take, and readers behind it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::load::{Line, closed_loop, open_loop};
use crate::memory;
use crate::report::{Figure, Report, Spread};
use crate::sales::{Batch, PROVIDER};
use crate::service::Service;

const SECRET: &str = "bench-secret-bench-secret";

/// A service under measurement.
pub struct Bench {
    service: Service,
    path: String,
}

impl Bench {
    /// Starts a fresh service with one source.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        let service = Service::start(program, folder).await?;
        let path = service.source(PROVIDER, SECRET).await?;
        Ok(Self { service, path })
    }

    fn requests(&self, name: &str, count: usize, honest: bool) -> Arc<Vec<Bytes>> {
        let batch = Batch {
            path: self.path.clone(),
            secret: SECRET.to_owned(),
            name: name.to_owned(),
            honest,
        };
        Arc::new(batch.requests(count))
    }

    /// Measures durable deliveries a second over 64 connections.
    ///
    /// # Errors
    /// When a delivery is refused or the service fails.
    pub async fn rate_64(&self, report: &mut Report) -> anyhow::Result<()> {
        closed_loop(self.service.address, self.requests("warm", 4_000, true), 64).await?;
        let outcome = closed_loop(
            self.service.address,
            self.requests("rate", 60_000, true),
            64,
        )
        .await?;
        ensure!(
            outcome.answers.keys().eq([&200]),
            "not all were accepted: {:?}",
            outcome.answers
        );
        let quiet_disk = report.value("calibration.fsync") <= 0.2;
        let figure = Figure::new(outcome.rate(200), "req/s").with_spread(&outcome.spread);
        let figure = figure.over(report.value("calibration.c64"));
        let ratio_met = figure.ratio.is_some_and(|ratio| ratio >= 0.30);
        let met = ratio_met
            && figure.p99.is_some_and(|p99| p99 <= 20.0)
            && (!quiet_disk || figure.value >= 10_000.0);
        let aim =
            "ratio to c64 at least 0.30, p99 at most 20 ms, 10,000/s where fsync is at most 0.2 ms";
        report.add("ingest.rate_64", figure.aiming(aim, met));
        Ok(())
    }

    /// Measures latency at 1,000 deliveries a second, counted from when each was due.
    ///
    /// # Errors
    /// When a delivery is refused or the service fails.
    pub async fn open_1000(&self, report: &mut Report) -> anyhow::Result<()> {
        let outcome = open_loop(
            self.service.address,
            self.requests("open", 20_000, true),
            1_000,
            32,
        )
        .await?;
        ensure!(
            outcome.answers.keys().eq([&200]),
            "not all were accepted: {:?}",
            outcome.answers
        );
        let (p50, p99) = (outcome.spread.millis(0.5), outcome.spread.millis(0.99));
        let figure = Figure::new(outcome.rate(200), "req/s").with_spread(&outcome.spread);
        let aim = "p50 at most 1 ms, p99 at most 8 ms";
        report.add(
            "ingest.open_1000",
            figure.aiming(aim, p50 <= 1.0 && p99 <= 8.0),
        );
        report.add(
            "ingest.open_1000_max",
            Figure::new(outcome.spread.max_millis(), "ms"),
        );
        Ok(())
    }

    /// Measures how fast forged deliveries are refused, and that the store never hears of them.
    ///
    /// # Errors
    /// When one is accepted, or the store changed.
    pub async fn bad_proof(&self, report: &mut Report) -> anyhow::Result<()> {
        let before = self.store_marks().await?;
        let outcome = closed_loop(
            self.service.address,
            self.requests("forged", 60_000, false),
            64,
        )
        .await?;
        ensure!(
            outcome.answers.keys().eq([&401]),
            "not all were refused: {:?}",
            outcome.answers
        );
        ensure!(
            self.store_marks().await? == before,
            "the store was touched by forged deliveries"
        );
        let figure = Figure::new(outcome.rate(401), "req/s").with_spread(&outcome.spread);
        let figure = figure.over(report.value("calibration.chttp"));
        let met = figure.ratio.is_some_and(|ratio| ratio >= 0.5);
        report.add(
            "ingest.bad_proof",
            figure.aiming("ratio to chttp at least 0.5, store untouched", met),
        );
        Ok(())
    }

    /// Sends three times what the service can take, and measures how it says no and how soon it is well again.
    ///
    /// # Errors
    /// When an answer is neither an acceptance nor a refusal for overload, or a refusal does not say when to come back.
    pub async fn overload(&self, report: &mut Report) -> anyhow::Result<()> {
        let rate = report.value("ingest.rate_64").clamp(2_000.0, 40_000.0) * 3.0;
        let count = 80_000;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped above"
        )]
        let outcome = open_loop(
            self.service.address,
            self.requests("over", count, true),
            rate as u32,
            512,
        )
        .await?;
        let known = |status: &u16| matches!(status, 200 | 429 | 503);
        ensure!(
            outcome.answers.keys().all(known),
            "unexpected answers: {:?}",
            outcome.answers
        );
        ensure!(
            outcome.without_return == 0,
            "{} refusals did not say when to come back",
            outcome.without_return
        );
        let peak = memory::peak_mib(self.service.pid().context("the service is gone")?)?;
        let recovered = self.recovery().await?;
        let refusal = outcome.slowest_refusal.as_secs_f64() * 1_000.0;
        report.add(
            "ingest.overload_refusal",
            Figure::new(refusal, "ms").aiming("the slowest refusal within 1 s", refusal <= 1_000.0),
        );
        report.add(
            "ingest.overload_memory",
            Figure::new(peak, "MiB").aiming("never above 256 MiB", peak <= 256.0),
        );
        let figure = Figure::new(recovered.as_secs_f64(), "s");
        report.add(
            "ingest.overload_recovery",
            figure.aiming("normal again within 5 s", recovered.as_secs() < 5),
        );
        Ok(())
    }

    async fn recovery(&self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        for round in 0..20 {
            let requests = self.requests(&format!("after{round}"), 100, true);
            let outcome = open_loop(self.service.address, requests, 500, 4).await?;
            if outcome.answers.keys().eq([&200]) && outcome.spread.millis(0.99) <= 20.0 {
                return Ok(started.elapsed());
            }
        }
        Ok(started.elapsed())
    }

    /// Measures from a sender's POST to 100 readers of the feed.
    ///
    /// # Errors
    /// When a reader misses an entry.
    pub async fn commit_to_client(&self, report: &mut Report) -> anyhow::Result<()> {
        const READERS: usize = 100;
        const EVENTS: usize = 1_000;
        let (seen, mut arrivals) = mpsc::unbounded_channel();
        for _ in 0..READERS {
            let stream = self.open_feed().await?;
            tokio::spawn(read_orders(stream, seen.clone()));
        }
        drop(seen);
        let batch = Batch {
            path: self.path.clone(),
            secret: SECRET.to_owned(),
            name: "fan".to_owned(),
            honest: true,
        };
        let mut line = Line::open(self.service.address).await?;
        let mut sent = Vec::with_capacity(EVENTS);
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        for number in 0..EVENTS {
            ticks.tick().await;
            let request = batch.request(number);
            sent.push(Instant::now());
            ensure!(line.ask(&request).await? == 200, "a delivery was refused");
        }
        let spread = collect(&mut arrivals, &sent, READERS * EVENTS).await?;
        let met = spread.millis(0.5) <= 3.0 && spread.millis(0.99) <= 20.0;
        let aim = "p50 at most 3 ms, p99 at most 20 ms, counted from the POST";
        report.add(
            "feed.commit_to_client",
            Figure::latency(&spread).aiming(aim, met),
        );
        Ok(())
    }

    /// Measures the service's resident memory as it stands.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn memory(&self, report: &mut Report) -> anyhow::Result<()> {
        let pid = self.service.pid().context("the service is gone")?;
        report.add(
            "memory.service",
            Figure::new(memory::resident_mib(pid)?, "MiB"),
        );
        Ok(())
    }

    async fn open_feed(&self) -> anyhow::Result<BufReader<TcpStream>> {
        let head = self.head().await?;
        let mut stream = TcpStream::connect(self.service.address).await?;
        let request = format!(
            "GET /api/v1/feed?after={head} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\naccept: text/event-stream\r\n\r\n",
            self.service.token
        );
        stream.write_all(request.as_bytes()).await?;
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).await?;
        ensure!(line.contains(" 200 "), "the feed answered {line}");
        Ok(reader)
    }

    async fn head(&self) -> anyhow::Result<u64> {
        Ok(self
            .page("/api/v1/feed/entries?before=1&limit=1")
            .await?
            .head)
    }

    async fn store_marks(&self) -> anyhow::Result<(u64, String)> {
        let url = self.service.url("/api/v1/deliveries?limit=1");
        let answer = reqwest::Client::new()
            .get(url)
            .bearer_auth(&self.service.token)
            .send()
            .await?;
        Ok((self.head().await?, answer.error_for_status()?.text().await?))
    }

    async fn page(&self, path: &str) -> anyhow::Result<contract::Page> {
        let request = reqwest::Client::new()
            .get(self.service.url(path))
            .bearer_auth(&self.service.token);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }
}

/// Tells which of the measured orders each data line of a stream holds.
async fn read_orders(
    mut stream: BufReader<TcpStream>,
    seen: mpsc::UnboundedSender<(usize, Instant)>,
) {
    let mut line = String::new();
    loop {
        line.clear();
        match stream.read_line(&mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if let Some(number) = order_number(&line)
            && seen.send((number, Instant::now())).is_err()
        {
            return;
        }
    }
}

fn order_number(line: &str) -> Option<usize> {
    let data = line.strip_prefix("data:")?;
    let (_, after) = data.split_once("\"externalId\":\"fan-")?;
    after.split_once('"')?.0.parse().ok()
}

async fn collect(
    arrivals: &mut mpsc::UnboundedReceiver<(usize, Instant)>,
    sent: &[Instant],
    expected: usize,
) -> anyhow::Result<Spread> {
    let mut spread = Spread::default();
    for received in 0..expected {
        let arrival = tokio::time::timeout(Duration::from_secs(10), arrivals.recv()).await;
        let (number, at) = arrival
            .ok()
            .flatten()
            .with_context(|| format!("only {received} of {expected} arrived"))?;
        let from = sent.get(number).context("an order nobody sent")?;
        spread.add(at.duration_since(*from));
    }
    Ok(spread)
}
