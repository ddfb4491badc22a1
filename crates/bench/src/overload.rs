//! More than the service can keep: another program holds its database while senders go on, and lets it go again.
//!
//! A held database is load beyond any capacity, on any machine: a fast disk cannot keep up with it, nor a slow sender stay below it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::checker::{Promises, Reader};
use crate::load::{Answer, Line};
use crate::sales::{Batch, PROVIDER};
use crate::service::Service;

const SECRET: &str = "overload-secret-overload-secret-0";
const SENDERS: usize = 64;
/// How many are taken before the database is held, and how often each sender is turned away before it is let go.
const TAKEN_BEFORE: usize = 256;
const TURNED_AWAY_EACH: usize = 4;
/// The longest that somebody may wait to be turned away.
const REFUSED_WITHIN: Duration = Duration::from_secs(1);
/// When a service is normal again at the latest, and how many deliveries in a row show it.
const WELL_WITHIN: Duration = Duration::from_secs(5);
const WELL: usize = 100;
/// How long a sender rests that was turned away: far shorter than it was asked to.
const REST: Duration = Duration::from_millis(20);

/// Tells what the service bore.
#[derive(Debug, Default, Clone, Copy)]
pub struct Borne {
    /// Deliveries answered 2xx.
    pub promised: usize,
    /// Deliveries answered 503.
    pub turned_away: usize,
    /// The longest that one of those waited.
    pub slowest_refusal: Duration,
    /// The longest until the service was normal again.
    pub slowest_recovery: Duration,
}

/// Keeps the service from its database so many times while 64 senders post, and checks every answer, the recovery and the feed.
///
/// # Errors
/// When somebody was turned away late or without being told when to come back, the service was not normal again within five
/// seconds, or anything acknowledged was lost, doubled, or is there without having been sent.
pub async fn stalls(program: &Path, folder: &Path, rounds: usize) -> anyhow::Result<Borne> {
    let service = Service::start(program, folder).await?;
    let path = service.source(PROVIDER, SECRET).await?;
    let (mut promises, mut reader) = (Promises::default(), Reader::default());
    let mut borne = Borne::default();
    for round in 0..rounds {
        let batch = Batch {
            path: path.clone(),
            secret: SECRET.to_owned(),
            name: format!("stall{round}"),
            honest: true,
        };
        let told = stall(&service, &batch).await?;
        let recovered = recovery(&service, &batch, &mut promises).await?;
        ensure!(
            recovered <= WELL_WITHIN,
            "round {round}: normal again only after {recovered:?}"
        );
        told.check().with_context(|| format!("round {round}"))?;
        borne.turned_away += told.refused.len();
        borne.slowest_refusal = borne.slowest_refusal.max(told.slowest_refusal);
        borne.slowest_recovery = borne.slowest_recovery.max(recovered);
        promises.join(told.promises);
        send_again(&service, &batch, &told.refused, &mut promises).await?;
        reader.catch_up(&service).await?;
        reader
            .compare(&promises)
            .with_context(|| format!("round {round}"))?;
    }
    borne.promised = promises.kept.len();
    Ok(borne)
}

/// What the senders of one round were told.
#[derive(Debug, Default)]
struct Told {
    promises: Promises,
    /// Numbers of what was turned away.
    refused: Vec<usize>,
    slowest_refusal: Duration,
    without_return: usize,
}

impl Told {
    fn take(&mut self, batch: &Batch, number: usize, answer: &Answer) -> anyhow::Result<()> {
        self.promises.sent.insert(batch.order(number));
        match answer.status {
            200 => drop(self.promises.kept.insert(batch.order(number))),
            503 => {
                self.refused.push(number);
                self.slowest_refusal = self.slowest_refusal.max(answer.taken);
                self.without_return += usize::from(answer.retry_after.is_none_or(|wait| wait == 0));
            }
            other => anyhow::bail!("a delivery was answered {other}"),
        }
        Ok(())
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.without_return == 0,
            "{} were turned away without being told when to come back",
            self.without_return
        );
        ensure!(
            self.slowest_refusal <= REFUSED_WITHIN,
            "somebody waited {:?} to be turned away, where {REFUSED_WITHIN:?} is the longest",
            self.slowest_refusal
        );
        Ok(())
    }
}

/// Lets senders post until the service takes deliveries, holds its database until all were turned away often enough, and lets go.
async fn stall(service: &Service, batch: &Batch) -> anyhow::Result<Told> {
    let stop = Arc::new(AtomicBool::new(false));
    let (told_to, mut answers) = mpsc::unbounded_channel();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let line = Line::open(service.address).await?;
        senders.spawn(send(
            line,
            batch.clone(),
            sender,
            Arc::clone(&stop),
            told_to.clone(),
        ));
    }
    drop(told_to);
    let mut told = Told::default();
    while told.promises.kept.len() < TAKEN_BEFORE {
        let (number, answer) = answers.recv().await.context("all senders ended early")?;
        told.take(batch, number, &answer)?;
    }
    let held = hold(service).await?;
    let enough = told.refused.len() + SENDERS * TURNED_AWAY_EACH;
    while told.refused.len() < enough {
        let (number, answer) = answers.recv().await.context("all senders ended early")?;
        told.take(batch, number, &answer)?;
    }
    stop.store(true, Ordering::Relaxed);
    drop(held);
    while let Some((number, answer)) = answers.recv().await {
        told.take(batch, number, &answer)?;
    }
    while let Some(ended) = senders.join_next().await {
        ended??;
    }
    Ok(told)
}

async fn send(
    mut line: Line,
    batch: Batch,
    first: usize,
    stop: Arc<AtomicBool>,
    told: mpsc::UnboundedSender<(usize, Answer)>,
) -> anyhow::Result<()> {
    let mut number = first;
    while !stop.load(Ordering::Relaxed) {
        let answer = line.answer(&batch.request(number)).await?;
        let refused = answer.status == 503;
        told.send((number, answer))
            .context("nobody counts the answers")?;
        if refused {
            tokio::time::sleep(REST).await;
        }
        number += SENDERS;
    }
    Ok(())
}

/// Takes the database's write lock, as a program would that copies it; it is given back when the connection is dropped.
async fn hold(service: &Service) -> anyhow::Result<rusqlite::Connection> {
    let file = service.database();
    tokio::task::spawn_blocking(move || {
        let held = rusqlite::Connection::open(file)?;
        held.busy_timeout(Duration::from_secs(60))?;
        held.execute_batch("BEGIN IMMEDIATE")?;
        anyhow::Ok(held)
    })
    .await?
}

/// Returns how long it took until deliveries were taken one after the other without a refusal.
async fn recovery(
    service: &Service,
    batch: &Batch,
    promises: &mut Promises,
) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let batch = Batch {
        name: format!("{}-after", batch.name),
        ..batch.clone()
    };
    let mut line = Line::open(service.address).await?;
    let mut in_a_row = 0;
    for number in 0.. {
        promises.sent.insert(batch.order(number));
        let answer = line.answer(&batch.request(number)).await?;
        if answer.status == 200 {
            promises.kept.insert(batch.order(number));
            in_a_row += 1;
        } else {
            ensure!(
                answer.status == 503,
                "a delivery was answered {}",
                answer.status
            );
            in_a_row = 0;
        }
        if in_a_row == WELL || begun.elapsed() > 2 * WELL_WITHIN {
            break;
        }
    }
    Ok(begun.elapsed())
}

/// Platforms send again what was turned away, and then it is taken, exactly once whether or not it was stored before.
async fn send_again(
    service: &Service,
    batch: &Batch,
    refused: &[usize],
    promises: &mut Promises,
) -> anyhow::Result<()> {
    let mut line = Line::open(service.address).await?;
    for number in refused {
        let status = line.ask(&batch.request_again(*number, 0)).await?;
        ensure!(status == 200, "a repeat was answered {status}");
        promises.kept.insert(batch.order(*number));
    }
    Ok(())
}
