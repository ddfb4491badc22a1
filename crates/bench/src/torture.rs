//! Kills programs at random moments under load, and lets the checker look at what is left.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use tokio::task::JoinSet;

use crate::checker::{Promises, Reader};
use crate::load::Line;
use crate::sales::{Batch, PROVIDER};
use crate::service::Service;

mod desk;

pub(crate) use desk::{Desk, check_notes, send_gently};
pub use desk::{Programs, desk};

const SENDERS: usize = 8;
pub(crate) const SECRET: &str = "torture-secret-torture-secret";

/// Tells what a torture amounted to.
#[derive(Debug, Default, Clone, Copy)]
pub struct Survived {
    /// Kills.
    pub rounds: usize,
    /// Deliveries answered 2xx.
    pub promised: usize,
    /// Entries read back.
    pub entries: u64,
}

/// Kills the service so many times while senders post, and checks after each restart that every promise was kept.
///
/// # Errors
/// When anything was lost, doubled, swapped, or appeared from nowhere.
pub async fn service(
    program: &Path,
    folder: &Path,
    rounds: usize,
    seed: u64,
) -> anyhow::Result<Survived> {
    let mut service = Service::start(program, folder).await?;
    let path = service.source(PROVIDER, SECRET).await?;
    let mut promises = Promises::default();
    let mut reader = Reader::default();
    let mut dice = Dice(seed);
    for round in 0..rounds {
        let batch = Batch {
            path: path.clone(),
            secret: SECRET.to_owned(),
            name: format!("round{round}"),
            honest: true,
        };
        let stop = Arc::new(AtomicBool::new(false));
        let senders = send(&service, &batch, &stop);
        tokio::time::sleep(Duration::from_millis(10 + dice.below(240))).await;
        service.kill().await?;
        stop.store(true, Ordering::Relaxed);
        let told = senders.join_all().await;
        service.restart().await?;
        let unanswered = keep(&mut promises, told);
        resend(&service, &batch, unanswered, &mut promises).await?;
        reader
            .catch_up(&service)
            .await
            .with_context(|| format!("round {round}"))?;
        reader
            .compare(&promises)
            .with_context(|| format!("round {round}, seed {seed}"))?;
    }
    Ok(Survived {
        rounds,
        promised: promises.kept.len(),
        entries: reader.seq(),
    })
}

struct Told {
    promises: Promises,
    unanswered: Option<usize>,
}

fn send(service: &Service, batch: &Batch, stop: &Arc<AtomicBool>) -> JoinSet<Told> {
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (to, batch, stop) = (service.address, batch.clone(), Arc::clone(stop));
        senders.spawn(async move {
            let mut told = Told {
                promises: Promises::default(),
                unanswered: None,
            };
            let Ok(mut line) = Line::open(to).await else {
                return told;
            };
            let mut number = sender;
            while !stop.load(Ordering::Relaxed) {
                told.promises.sent.insert(batch.order(number));
                match line.ask(&batch.request(number)).await {
                    Ok(200) => drop(told.promises.kept.insert(batch.order(number))),
                    Ok(_) => {}
                    Err(_) => {
                        told.unanswered = Some(number);
                        return told;
                    }
                }
                number += SENDERS;
            }
            told
        });
    }
    senders
}

fn keep(promises: &mut Promises, told: Vec<Told>) -> Vec<usize> {
    let mut unanswered = Vec::new();
    for one in told {
        promises.join(one.promises);
        unanswered.extend(one.unanswered);
    }
    unanswered
}

/// How often a busy service is asked again, and how long that waits each time.
const REPEATS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// Platforms send again what was not answered; it must end up there exactly once, whether or not it was stored before.
async fn resend(
    service: &Service,
    batch: &Batch,
    unanswered: Vec<usize>,
    promises: &mut Promises,
) -> anyhow::Result<()> {
    let mut line = Line::open(service.address).await?;
    for number in unanswered {
        let mut status = line.ask(&batch.request_again(number, 0)).await?;
        // 503 is no refusal: a service that is busy asks for the same again, and a platform sends it.
        for time in 1..REPEATS {
            if status != 503 {
                break;
            }
            tokio::time::sleep(PAUSE).await;
            status = line.ask(&batch.request_again(number, time)).await?;
        }
        anyhow::ensure!(status == 200, "a repeat was answered {status}");
        promises.kept.insert(batch.order(number));
    }
    Ok(())
}

/// A small generator of chance: the same seed kills at the same moments.
pub struct Dice(pub u64);

impl Dice {
    /// Returns a number below the bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    /// Returns a place in something of that length.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// Puts things into an order of chance.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.index(last + 1));
        }
    }
}
