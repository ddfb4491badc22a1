//! Storms of good requests: copies over many connections while the service is killed, and every request right while its secrets
//! rotate.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use tokio::task::JoinSet;

use crate::checker::{Promises, Reader};
use crate::load::Line;
use crate::report::say;
use crate::sales::{Batch, PROVIDER};
use crate::service::Service;
use crate::torture::{Dice, Survived};

const CONNECTIONS: usize = 64;
const COPIES: usize = 8;
const SECRET: &str = "storm-secret-storm-secret-storm-0";
/// How often one copy is sent before the storm is lost, and how long a sender waits for a service that is away or busy.
const TRIES: u32 = 600;
const PAUSE: Duration = Duration::from_millis(50);

/// Sends every event in eight copies over 64 connections, each until it is answered 2xx, and kills the service on the way; of
/// several processes on one database, between which the connections are shared out, one after the other.
///
/// # Errors
/// When a copy was refused, or anything was lost, doubled, or is there without having been sent.
pub async fn copies(
    program: &Path,
    folder: &Path,
    events: usize,
    kills: usize,
    nodes: usize,
) -> anyhow::Result<Survived> {
    let service = Service::start(program, folder).await?;
    let batch = Batch {
        path: service.source(PROVIDER, SECRET).await?,
        secret: SECRET.to_owned(),
        name: "storm".to_owned(),
        honest: true,
    };
    let mut services = vec![service];
    while let Some(first) = services.first().filter(|_| services.len() < nodes) {
        let another = first.beside().await?;
        services.push(another);
    }
    let order = Arc::new(shuffled(events));
    let (next, answered) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut senders = JoinSet::new();
    for service in services.iter().cycle().take(CONNECTIONS) {
        let (to, batch, order) = (service.address, batch.clone(), Arc::clone(&order));
        let (next, answered) = (Arc::clone(&next), Arc::clone(&answered));
        senders.spawn(async move {
            let mut line = None;
            while let Some((event, copy)) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                insist(to, &mut line, &batch, *event, *copy).await?;
                answered.fetch_add(1, Ordering::Relaxed);
            }
            anyhow::Ok(())
        });
    }
    // Deaths are spread over what is to be answered.
    for kill in 1..=kills {
        let until = order.len() * kill / (kills + 1);
        while answered.load(Ordering::Relaxed) < until && !senders.is_empty() {
            tokio::time::sleep(PAUSE).await;
            if let Some(ended) = senders.try_join_next() {
                ended??;
            }
        }
        let at = kill % services.len();
        let service = services.get_mut(at).context("it was started")?;
        service.kill().await?;
        service.restart().await?;
    }
    while let Some(ended) = senders.join_next().await {
        ended??;
    }
    let all: Promises = promised(&batch, events);
    let mut entries = 0;
    for service in &services {
        let mut reader = Reader::default();
        reader.catch_up(service).await?;
        reader.compare(&all)?;
        entries = reader.seq();
    }
    Ok(Survived {
        rounds: kills,
        promised: answered.load(Ordering::Relaxed),
        entries,
    })
}

fn promised(batch: &Batch, events: usize) -> Promises {
    let orders: std::collections::BTreeSet<String> =
        (0..events).map(|event| batch.order(event)).collect();
    Promises {
        sent: orders.clone(),
        kept: orders,
    }
}

/// Lists every copy of every event, in an order of chance.
fn shuffled(events: usize) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> = (0..COPIES)
        .flat_map(|copy| (0..events).map(move |event| (event, copy)))
        .collect();
    Dice(events as u64).shuffle(&mut all);
    all
}

/// Sends one copy until it is taken, as a platform does: the same body, proven anew each time.
async fn insist(
    to: std::net::SocketAddr,
    line: &mut Option<Line>,
    batch: &Batch,
    event: usize,
    copy: usize,
) -> anyhow::Result<()> {
    for time in 0..TRIES {
        let open = match line.take() {
            Some(open) => Ok(open),
            None => Line::open(to).await,
        };
        let time = u32::try_from(copy).unwrap_or(0) * TRIES + time;
        if let Ok(mut open) = open
            && let Ok(status) = open.ask(&batch.request_again(event, time)).await
        {
            *line = Some(open);
            match status {
                200..=299 => return Ok(()),
                429 | 503 => {}
                refused => anyhow::bail!("a good copy was answered {refused}"),
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    anyhow::bail!("a copy was never answered")
}

/// Tells how requests fared while secrets rotated.
#[derive(Debug, Default, Clone, Copy)]
pub struct Rotated {
    /// Good requests that were taken.
    pub taken: usize,
    /// Rotations meanwhile.
    pub rotations: usize,
    /// Requests that were on the way when a second rotation ended their secret; sent again with a newer one.
    pub late: usize,
}

/// The secrets so far, of which the last two hold.
#[derive(Default)]
struct Secrets {
    known: RwLock<Vec<String>>,
    /// How many there will be once the rotation that is under way is done.
    begun: AtomicUsize,
}

impl Secrets {
    fn add(&self, secret: String) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.push(secret);
        self.begun.store(known.len(), Ordering::SeqCst);
    }

    /// Returns the newest secret or the one before it, and its number.
    fn one(&self, before_newest: usize) -> Option<(usize, String)> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let index = known.len().saturating_sub(1 + before_newest);
        Some((index, known.get(index)?.clone()))
    }

    /// Tells whether a rotation that has begun may have ended a secret.
    fn may_have_ended(&self, index: usize) -> bool {
        self.begun.load(Ordering::SeqCst) > index + 2
    }
}

/// Sends good requests over 64 connections while the source's secret rotates, half of them with the secret before the newest.
///
/// # Errors
/// When one of them was refused.
pub async fn rotating(program: &Path, folder: &Path, requests: usize) -> anyhow::Result<Rotated> {
    let service = Service::start(program, folder).await?;
    let path = service.source(PROVIDER, SECRET).await?;
    let secrets = Arc::new(Secrets::default());
    secrets.add(SECRET.to_owned());
    let (next, late) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut senders = JoinSet::new();
    for sender in 0..CONNECTIONS {
        let (to, path, secrets) = (service.address, path.clone(), Arc::clone(&secrets));
        let (next, late) = (Arc::clone(&next), Arc::clone(&late));
        senders.spawn(async move {
            let mut line = Line::open(to).await?;
            let mut dice = Dice(sender as u64);
            let mut number = next.fetch_add(1, Ordering::Relaxed);
            while number < requests {
                let before_newest = usize::try_from(dice.below(2)).unwrap_or(0);
                let (index, secret) = secrets.one(before_newest).context("one is there")?;
                let batch = Batch {
                    path: path.clone(),
                    secret,
                    name: format!("rotating-{sender}-{}", dice.below(1 << 40)),
                    honest: true,
                };
                match line.ask(&batch.request(number % 1_000)).await? {
                    200 => number = next.fetch_add(1, Ordering::Relaxed),
                    429 | 503 => tokio::time::sleep(PAUSE).await,
                    401 if secrets.may_have_ended(index) => {
                        late.fetch_add(1, Ordering::Relaxed);
                    }
                    refused => anyhow::bail!("a good request was answered {refused}"),
                }
            }
            anyhow::Ok(())
        });
    }
    let done = AtomicBool::new(false);
    let sending = async {
        let mut outcome = Ok(());
        while let Some(ended) = senders.join_next().await {
            outcome = outcome.and(ended.map_err(Into::into).and_then(|ended| ended));
        }
        done.store(true, Ordering::Relaxed);
        outcome
    };
    let (rotations, outcome) = tokio::join!(turn(&service, &secrets, &done), sending);
    outcome?;
    Ok(Rotated {
        taken: requests,
        rotations: rotations?,
        late: late.load(Ordering::Relaxed),
    })
}

/// How long a secret is the newest.
const TURN: Duration = Duration::from_millis(400);

/// Rotates the secret until told to stop.
async fn turn(service: &Service, secrets: &Secrets, done: &AtomicBool) -> anyhow::Result<usize> {
    let path = format!("/api/v1/integrations/{PROVIDER}-bench/rotate-secret");
    let mut rotations = 0;
    while !done.load(Ordering::Relaxed) {
        tokio::time::sleep(TURN).await;
        let secret = format!("storm-secret-storm-secret-storm-{}", rotations + 1);
        secrets.begun.fetch_add(1, Ordering::SeqCst);
        service.post(&path, &json!({ "secret": secret })).await?;
        secrets.add(secret);
        rotations += 1;
        if rotations % 100 == 0 {
            say(&format!("{rotations} rotations"));
        }
    }
    Ok(rotations)
}
