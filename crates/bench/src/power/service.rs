//! Power cuts of the service: while it is set up, takes sales, changes its key, ends and starts again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;
use rusqlite::{Connection, OpenFlags};
use tokio::task::JoinSet;

use super::disk::Disk;
use super::trace::{self, Seen, What};
use super::{Contents, Extent, Recorder, Survived, between, lay, moments, named};
use crate::checker::{Promises, Reader};
use crate::load::Line;
use crate::sales::{Batch, PROVIDER};
use crate::service::Service;
use crate::torture::{Dice, SECRET};

/// How often the service starts while it is recorded.
const LIVES: usize = 6;
const SENDERS: usize = 8;
/// Cuts of a disk that ignores flushes of the log: at most so many for each recording, until losses were found so often. Most of
/// what was answered is in the database by then, so a cut may well miss.
const DEAF: usize = 40;
const FOUND_OUT: usize = 3;
/// Sales on either side of the cut that are sent again afterwards, as platforms do.
const AGAIN: usize = 8;

/// Records the service, cuts the power at so many moments, and checks what starts from what is left: it starts without complaint, its
/// database is whole, every sale it had answered is in the feed once, nothing is there that nobody sent, the chain has no gap, it
/// takes what is sent again without doubling it, and new sales.
///
/// # Errors
/// When anything of that does not hold, or a disk that ignores flushes is not found out.
pub async fn service(
    program: &Path,
    folder: &Path,
    extent: Extent,
    seed: u64,
) -> anyhow::Result<Survived> {
    let mut survived = Survived::default();
    let mut dice = Dice(seed);
    while survived.cuts < extent.cuts {
        let place = folder.join(format!("recording-{}", survived.cuts));
        std::fs::create_dir_all(&place)?;
        let recording = Recording::make(program, &place.canonicalize()?, extent.length).await?;
        let cuts = extent.cuts_a_recording.min(extent.cuts - survived.cuts);
        recording.cut(cuts, &mut dice, &mut survived).await?;
        recording.cut_deaf(&mut dice, &mut survived).await?;
        std::fs::remove_dir_all(&place)?;
    }
    Ok(survived)
}

/// Tells what somebody was promised, in what a program wrote to anything but its files.
fn promise(told: &[u8]) -> Option<String> {
    let delivery = between(told, "\"deliveryId\":\"", b'"');
    let source = || told.windows(12).any(|text| text == b"\"webhookUrl\"");
    match delivery {
        Some(delivery) => Some(delivery),
        None if source() => Some(SOURCE.to_owned()),
        None if told.starts_with(b"balcao_") => Some(TOKEN.to_owned()),
        None => None,
    }
}

const SOURCE: &str = "source";
const TOKEN: &str = "token";

/// What had been promised at a moment.
#[derive(Debug, Default, Clone, Copy)]
struct Promised {
    token: bool,
    source: bool,
    /// So many of the sales, in the order in which they were answered.
    sales: usize,
}

impl Promised {
    fn take(&mut self, seen: &Seen) {
        if let What::Promises(promise) = &seen.what {
            match promise.as_str() {
                TOKEN => self.token = true,
                SOURCE => self.source = true,
                _ => self.sales += 1,
            }
        }
    }
}

struct Recording {
    program: PathBuf,
    place: PathBuf,
    live: PathBuf,
    token: String,
    batches: Vec<Batch>,
    /// Sales in the order in which they were answered: batch and number.
    answered: Vec<(usize, usize)>,
    sent: BTreeSet<String>,
    seen: Vec<Seen>,
}

impl Recording {
    async fn make(program: &Path, place: &Path, sales: usize) -> anyhow::Result<Self> {
        let live = place.join("live");
        let recorder = Recorder::new(place.join("calls"), &live)?;
        let mut service = Service::start_recorded(program, &live, &recorder).await?;
        let path = service.source(PROVIDER, SECRET).await?;
        let (mut batches, mut taken) = (Vec::new(), BTreeMap::new());
        for life in 0..LIVES {
            let batch = Batch {
                path: path.clone(),
                secret: SECRET.to_owned(),
                name: format!("life{life}"),
                honest: true,
            };
            for (delivery, number) in send(&service, &batch, sales / LIVES).await? {
                taken.insert(delivery, (life, number));
            }
            batches.push(batch);
            // In turn it ends by itself, which empties its log, or is killed, which leaves it.
            if life % 2 == 0 {
                service.stop().await?;
                service.task("rotate-key").await?;
            } else {
                service.kill().await?;
            }
            if life + 1 < LIVES {
                service.restart().await?;
            }
        }
        let token = service.token.clone();
        let seen = trace::read(&recorder.runs().await?, &live, promise)?;
        let answered = in_order(&seen, &taken)?;
        let sent = (0..sales / LIVES)
            .flat_map(|number| batches.iter().map(move |batch| batch.order(number)))
            .collect();
        Ok(Self {
            program: program.to_owned(),
            place: place.to_owned(),
            live,
            token,
            batches,
            answered,
            sent,
            seen,
        })
    }

    async fn cut(
        &self,
        cuts: usize,
        dice: &mut Dice,
        survived: &mut Survived,
    ) -> anyhow::Result<()> {
        let mut replay = Replay::of(self, Disk::empty(&self.live));
        for moment in moments(&self.seen, 0, cuts, dice) {
            replay.go_on(moment)?;
            let left = replay.disk.after_cut(dice);
            let outcome = self.survives(&left, replay.promised).await;
            survived.entries += outcome
                .with_context(|| named(&self.seen, moment))
                .with_context(|| format!("cut {}", survived.cuts + 1))?;
            survived.cuts += 1;
            survived.promised += replay.promised.sales;
            survived.whole += usize::from(replay.disk.is_whole(&left));
        }
        Ok(())
    }

    /// Cuts a disk that ignores flushes of the log: what is lost then must be found to be.
    async fn cut_deaf(&self, dice: &mut Dice, survived: &mut Survived) -> anyhow::Result<()> {
        let mut replay = Replay::of(self, Disk::empty(&self.live).deaf_to("-wal"));
        let (half, mut found_out) = (self.seen.len() / 2, 0);
        for moment in moments(&self.seen, half, DEAF, dice) {
            if found_out == FOUND_OUT {
                break;
            }
            replay.go_on(moment)?;
            let left = replay.disk.after_cut(dice);
            let found = self.survives(&left, replay.promised).await.is_err();
            found_out += usize::from(found);
            survived.deaf.0 += 1;
        }
        survived.deaf.1 += found_out;
        anyhow::ensure!(
            found_out == FOUND_OUT,
            "of {DEAF} cuts of a disk that ignores flushes {found_out} were found out: those of a real one prove little"
        );
        Ok(())
    }

    /// Starts the service on what a cut left; returns how many entries its feed has.
    async fn survives(&self, left: &Contents, promised: Promised) -> anyhow::Result<u64> {
        let folder = self.place.join("cut");
        lay(&folder, left)?;
        let log = folder.with_extension("log");
        if log.exists() {
            std::fs::remove_file(log)?;
        }
        let token = promised.token.then_some(self.token.as_str());
        let mut service = Service::open(&self.program, &folder, None, token).await?;
        let path = match self.batches.first() {
            Some(batch) if promised.source => batch.path.clone(),
            _ => service.source(PROVIDER, SECRET).await?,
        };
        let mut promises = Promises {
            sent: self.sent.clone(),
            kept: self.orders(0, promised.sales),
        };
        let mut reader = Reader::default();
        reader.catch_up(&service).await?;
        reader.compare(&promises)?;
        self.go_on(&service, &path, promised.sales, &mut promises)
            .await?;
        reader.catch_up(&service).await?;
        reader.compare(&promises)?;
        check_whole(&service.database())?;
        service.stop().await?;
        let complaints = service.complaints()?;
        anyhow::ensure!(complaints.is_empty(), "the service complains: {complaints}");
        Ok(reader.seq())
    }

    /// Goes on after the cut: platforms send again what was answered last and what was not, and somebody buys.
    async fn go_on(
        &self,
        service: &Service,
        path: &str,
        answered: usize,
        promises: &mut Promises,
    ) -> anyhow::Result<()> {
        let mut line = Line::open(service.address).await?;
        let (from, to) = (answered.saturating_sub(AGAIN), answered + AGAIN);
        let again = self.answered.iter().take(to).skip(from);
        for (batch, number) in again {
            let batch = self.batches.get(*batch).context("a batch that was sent")?;
            let batch = Batch {
                path: path.to_owned(),
                ..batch.clone()
            };
            let status = line.ask(&batch.request_again(*number, 0)).await?;
            anyhow::ensure!(status == 200, "a repeat was answered {status}");
        }
        promises.kept.extend(self.orders(from, to));
        let new = Batch {
            path: path.to_owned(),
            secret: SECRET.to_owned(),
            name: "afterwards".to_owned(),
            honest: true,
        };
        let status = line.ask(&new.request(0)).await?;
        anyhow::ensure!(status == 200, "a new sale was answered {status}");
        promises.sent.insert(new.order(0));
        promises.kept.insert(new.order(0));
        Ok(())
    }

    fn orders(&self, from: usize, to: usize) -> BTreeSet<String> {
        let sales = self.answered.iter().take(to).skip(from);
        sales
            .filter_map(|(batch, number)| Some(self.batches.get(*batch)?.order(*number)))
            .collect()
    }
}

/// A disk and what was promised, brought from moment to moment.
struct Replay<'a> {
    seen: &'a [Seen],
    at: usize,
    disk: Disk,
    promised: Promised,
}

impl<'a> Replay<'a> {
    fn of(recording: &'a Recording, disk: Disk) -> Self {
        Self {
            seen: &recording.seen,
            at: 0,
            disk,
            promised: Promised::default(),
        }
    }

    fn go_on(&mut self, moment: usize) -> anyhow::Result<()> {
        for seen in self.seen.iter().take(moment).skip(self.at) {
            self.disk.take(seen)?;
            self.promised.take(seen);
        }
        self.at = moment;
        Ok(())
    }
}

/// Sends the sales of a batch; returns their numbers with the deliveries they were taken as.
async fn send(
    service: &Service,
    batch: &Batch,
    sales: usize,
) -> anyhow::Result<Vec<(String, usize)>> {
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (to, batch) = (service.address, batch.clone());
        senders.spawn(async move {
            let mut line = Line::open(to).await?;
            let mut taken = Vec::new();
            for number in (sender..sales).step_by(SENDERS) {
                let answer = line.answer(&batch.request(number)).await?;
                let status = answer.status;
                anyhow::ensure!(status == 200, "a sale was answered {status}");
                let delivery = promise(&answer.body).context("an answer without a delivery")?;
                taken.push((delivery, number));
            }
            anyhow::Ok(taken)
        });
    }
    let mut all = Vec::new();
    while let Some(taken) = senders.join_next().await {
        all.extend(taken??);
    }
    Ok(all)
}

/// Puts the sales into the order in which their answers were begun, and checks that none is missing.
fn in_order(
    seen: &[Seen],
    taken: &BTreeMap<String, (usize, usize)>,
) -> anyhow::Result<Vec<(usize, usize)>> {
    let mut answered = Vec::with_capacity(taken.len());
    for seen in seen {
        if let What::Promises(promise) = &seen.what
            && ![TOKEN, SOURCE].contains(&promise.as_str())
        {
            let sale = taken.get(promise).context("an answer nobody received")?;
            answered.push(*sale);
        }
    }
    anyhow::ensure!(
        answered.len() == taken.len(),
        "{} answers were received, {} written down",
        taken.len(),
        answered.len()
    );
    Ok(answered)
}

/// Has the engine look at every page, index and row.
fn check_whole(database: &Path) -> anyhow::Result<()> {
    let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let verdict: String = db.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    anyhow::ensure!(verdict == "ok", "the database is not whole: {verdict}");
    Ok(())
}
