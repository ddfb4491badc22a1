//! The one thread that writes. It takes the first job and all that wait behind it, writes them in one transaction, flushes once,
//! and only then answers them all: while one flush runs, the next batch collects.
//!
//! A job that fails takes back its own rows only. For that the engine keeps a copy of every page that a job touches; a batch of jobs
//! that can be run again is spared the copies, and is run again with them when one fails that has written. A fault of the disk
//! fails the whole batch, and nothing is acknowledged.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, Utc};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::checkpoints::Checkpoints;
use super::gauges::Gauges;
use super::ledger::Ledger;
use super::mind::Mind;
use super::queue::{Queue, Taken};
use super::tallies::Tallies;
use super::{connection, nodes, nonces, retention};
use crate::store::{Fault, StoreError, World};

/// How long the writer waits for a job before it looks after the file.
const IDLE: Duration = Duration::from_millis(500);

/// How long it waits while somebody follows a feed: what another process wrote is to be there within this time.
const FOLLOWED: Duration = Duration::from_millis(100);

/// How often it does so even when there are always jobs.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// How long cutting waits for readers, and how long it pauses afterwards.
const CUT_PATIENCE: Duration = Duration::from_millis(50);
const CUT_PAUSE: Duration = Duration::from_secs(1);

/// What a job works with: the open transaction, and what the writer knows by heart.
pub(super) struct Writing<'a> {
    pub(super) db: &'a Connection,
    pub(super) ledger: &'a mut Ledger,
    pub(super) world: &'a dyn World,
    /// The batch's time, whole milliseconds.
    pub(super) now: DateTime<Utc>,
}

/// Something to write.
pub(super) trait Job: Send {
    /// Writes it.
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError>;
    /// Tells whether it can be run once more, after all that it wrote was taken back.
    fn is_repeatable(&self) -> bool;
    /// Tells the asker how it ended; `Ok` means that the commit is durable.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
    /// Returns roughly how much it writes.
    fn bytes(&self) -> usize;
}

/// A job made of a closure; its result is kept until the commit is durable.
pub(super) struct Task<T, F> {
    pub(super) work: Option<F>,
    pub(super) result: Option<T>,
    pub(super) asker: oneshot::Sender<Result<T, StoreError>>,
    pub(super) bytes: usize,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        let work = self.work.take().ok_or(Fault::Internal)?;
        self.result = Some(work(writing)?);
        Ok(())
    }

    fn is_repeatable(&self) -> bool {
        false
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        tell(self.asker, self.result, outcome);
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// A job made of a closure that can be called again.
pub(super) struct Repeatable<T, F> {
    pub(super) work: F,
    pub(super) result: Option<T>,
    pub(super) asker: oneshot::Sender<Result<T, StoreError>>,
    pub(super) bytes: usize,
}

impl<T, F> Job for Repeatable<T, F>
where
    T: Send,
    F: Fn(&mut Writing<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        self.result = Some((self.work)(writing)?);
        Ok(())
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        tell(self.asker, self.result, outcome);
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Answers an asker. Whoever asked may be gone; what is written stays written.
fn tell<T>(
    asker: oneshot::Sender<Result<T, StoreError>>,
    result: Option<T>,
    outcome: Result<(), StoreError>,
) {
    let answer = outcome.and_then(|()| result.ok_or(Fault::Internal.into()));
    drop(asker.send(answer));
}

/// How each job of a batch ended.
type Outcomes = Vec<Result<(), StoreError>>;

/// The writer's thread.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) db: Connection,
    pub(super) queue: Arc<Queue>,
    pub(super) mind: Arc<Mind>,
    pub(super) gauges: Arc<Gauges>,
    pub(super) world: Arc<dyn World>,
    pub(super) on_failure: Box<dyn Fn(Fault) + Send>,
    pub(super) ledger: Ledger,
    pub(super) data_version: i64,
    /// How often settings had been changed after the last commit.
    pub(super) settings: u64,
    pub(super) nonces: nonces::Sweep,
    pub(super) bodies: retention::Sweep,
    pub(super) looked_after: Instant,
    pub(super) tallies: Arc<Tallies>,
    pub(super) tallied: Instant,
    pub(super) next_cut: Instant,
    pub(super) checkpoints: Arc<Checkpoints>,
}

impl Writer {
    /// Works until the queue is closed and empty, or the disk can no longer be trusted.
    pub(super) fn run(mut self) {
        loop {
            if self.looked_after.elapsed() > LOOK_AFTER {
                self.look_after();
            }
            let followed = self.mind.feeds.is_followed();
            match self.queue.take(if followed { FOLLOWED } else { IDLE }) {
                Taken::Batch(batch) => {
                    if let Err(fault) = self.write(batch) {
                        return self.stop(fault);
                    }
                }
                Taken::Idle if self.looked_after.elapsed() >= IDLE => self.look_after(),
                Taken::Idle => self.catch_up(),
                Taken::Closed => break,
            }
            self.shorten_log();
        }
        self.write_tallies();
        self.cut_log(Cut::GiveBack);
    }

    /// Writes one batch and answers it. An error means that this process must not write any more.
    fn write(&mut self, mut batch: Vec<Box<dyn Job>>) -> Result<(), Fault> {
        let started = Instant::now();
        let bytes = batch.iter().map(|job| job.bytes()).sum();
        let outcomes = self.transact(&mut batch);
        self.checkpoints.wrote(bytes);
        let fatal = match &outcomes {
            Ok(_) => None,
            Err(fault) => self.recover(*fault),
        };
        self.gauges
            .committed(batch.len(), started.elapsed(), outcomes.is_ok());
        match outcomes {
            Ok(outcomes) => {
                self.mind
                    .feeds
                    .publish(std::mem::take(&mut self.ledger.unpublished));
                self.mind
                    .feeds
                    .forget_tails(&std::mem::take(&mut self.ledger.erased));
                self.tallies.add(std::mem::take(&mut self.ledger.tallies));
                for (job, outcome) in batch.into_iter().zip(outcomes) {
                    job.answer(outcome);
                }
            }
            Err(fault) => {
                for job in batch {
                    job.answer(Err(fault.into()));
                }
            }
        }
        fatal.map_or(Ok(()), Err)
    }

    /// Runs the jobs and commits.
    fn transact(&mut self, batch: &mut [Box<dyn Job>]) -> Result<Outcomes, Fault> {
        self.begin()?;
        let now = self.world.now().trunc_subsecs(3);
        let outcomes = match self.run_bare(batch, now)? {
            Some(outcomes) => outcomes,
            None => self.run_each(batch, now)?,
        };
        self.ledger.write_heads(&self.db).map_err(fault)?;
        let now_ms = now.timestamp_millis();
        self.ledger.keys.settle(&self.db, now_ms).map_err(fault)?;
        let settings = nodes::settings(&self.db).map_err(fault)?;
        execute(&self.db, "COMMIT")?;
        if settings != self.settings {
            self.settings = settings;
            self.mind.nodes.tell(settings);
        }
        Ok(outcomes)
    }

    /// Runs the jobs without savepoints; `None` when one of them would need its own, and then nothing is left of any.
    fn run_bare(
        &mut self,
        batch: &mut [Box<dyn Job>],
        now: DateTime<Utc>,
    ) -> Result<Option<Outcomes>, Fault> {
        if !batch.iter().all(|job| job.is_repeatable()) {
            return Ok(None);
        }
        let mut outcomes = Vec::with_capacity(batch.len());
        for job in batch {
            let before = self.db.total_changes();
            let outcome = self.attempt(job.as_mut(), now)?;
            if outcome.is_err() {
                if self.db.total_changes() != before {
                    execute(&self.db, "ROLLBACK")?;
                    self.ledger.undo_batch();
                    self.gauges.took_back();
                    self.begin()?;
                    return Ok(None);
                }
                self.ledger.undo_job();
            }
            outcomes.push(outcome);
        }
        Ok(Some(outcomes))
    }

    /// Runs the jobs, each in its savepoint.
    fn run_each(
        &mut self,
        batch: &mut [Box<dyn Job>],
        now: DateTime<Utc>,
    ) -> Result<Outcomes, Fault> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for job in batch {
            execute(&self.db, "SAVEPOINT job")?;
            let outcome = self.attempt(job.as_mut(), now)?;
            if outcome.is_err() {
                execute(&self.db, "ROLLBACK TO job")?;
                self.ledger.undo_job();
            }
            execute(&self.db, "RELEASE job")?;
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    fn begin(&mut self) -> Result<(), Fault> {
        execute(&self.db, "BEGIN IMMEDIATE")?;
        // Another process may have written since: then nothing known by heart holds.
        let version = data_version(&self.db)?;
        if version != self.data_version {
            self.heed(version);
            // What the others changed they have told themselves.
            self.settings = nodes::settings(&self.db).map_err(fault)?;
        }
        Ok(())
    }

    /// Learns what another process wrote.
    fn heed(&mut self, version: i64) {
        self.data_version = version;
        self.ledger.heed_others();
        self.mind.catch_up(&self.db);
    }

    /// Looks whether another process wrote something.
    fn catch_up(&mut self) {
        if let Ok(version) = data_version(&self.db)
            && version != self.data_version
        {
            self.heed(version);
        }
    }

    /// Runs one job. The inner error is the job's own; the outer one spoils the batch.
    fn attempt(
        &mut self,
        job: &mut dyn Job,
        now: DateTime<Utc>,
    ) -> Result<Result<(), StoreError>, Fault> {
        self.ledger.begin_job();
        let outcome = job.run(&mut Writing {
            db: &self.db,
            ledger: &mut self.ledger,
            world: self.world.as_ref(),
            now,
        });
        match outcome {
            Err(StoreError::Unavailable(fault)) if spoils_batch(fault) => Err(fault),
            outcome => Ok(outcome),
        }
    }

    /// Takes back a batch that failed. Whether its commit reached the disk is unknown, so everything is read again.
    fn recover(&mut self, fault: Fault) -> Option<Fault> {
        self.ledger.forget();
        if fault == Fault::Flush {
            return Some(fault);
        }
        tracing::error!(store.fault = fault.code(), "batch not stored: {fault}");
        let rolled_back = self.db.is_autocommit() || self.db.execute_batch("ROLLBACK").is_ok();
        if fault == Fault::DiskFull && rolled_back {
            // Most of the log is older forms of the same pages: moved into the file they take less.
            self.cut_log_unless_just_tried(Cut::GiveBack);
            return None;
        }
        match connection::writer(&self.path) {
            Ok(db) => {
                self.db = db;
                self.data_version = -1;
                None
            }
            // Tried again with the next batch, which fails at its first statement until then.
            Err(_) => None,
        }
    }

    /// Ends writing for good: what the kernel says it holds may not be on the disk.
    fn stop(&self, fault: Fault) {
        tracing::error!(store.fault = fault.code(), "the store stops: {fault}");
        self.queue.close(fault);
        (self.on_failure)(fault);
        while let Taken::Batch(batch) = self.queue.take(Duration::ZERO) {
            for job in batch {
                job.answer(Err(fault.into()));
            }
        }
    }

    /// Uses idle time: notices other processes' writes, lets expired nonces and old bodies go, writes what was counted.
    fn look_after(&mut self) {
        self.looked_after = Instant::now();
        self.catch_up();
        if self.mind.nodes.on_duty() {
            self.let_go();
        }
        if self.tallied.elapsed() > LOOK_AFTER {
            self.write_tallies();
        }
    }

    /// Lets go of what is too old to be kept.
    fn let_go(&mut self) {
        let expired = self.nonces.step(&self.db, self.world.now());
        if let Err(error) = expired {
            tracing::warn!(error = %error, "expired nonces stay for now");
        }
        self.let_bodies_go();
    }

    fn let_bodies_go(&mut self) {
        match self.bodies.step(&self.db, self.world.as_ref()) {
            Ok(0) => {}
            Ok(bytes) => self.checkpoints.wrote(bytes),
            Err(error) => tracing::warn!(error = %error, "old bodies stay for now"),
        }
    }

    fn write_tallies(&mut self) {
        self.tallied = Instant::now();
        if let Err(error) = self.tallies.write(&self.db) {
            tracing::warn!(error = %error, "the counts stay in memory for now");
        }
    }

    /// Cuts the log when the steps beside the commits could not keep up.
    fn shorten_log(&mut self) {
        if self.gauges.log_bytes() >= connection::LOG_LIMIT {
            self.cut_log_unless_just_tried(Cut::BeginAgain);
        }
    }

    fn cut_log_unless_just_tried(&mut self, cut: Cut) {
        if Instant::now() >= self.next_cut {
            self.cut_log(cut);
            self.next_cut = Instant::now() + CUT_PAUSE;
        }
    }

    /// Moves the whole log into the file, unless a reader still needs it.
    fn cut_log(&mut self, cut: Cut) {
        let started = Instant::now();
        let done = self
            .db
            .busy_timeout(CUT_PATIENCE)
            .and_then(|()| connection::checkpoint(&self.db, cut.sql()));
        let restored = connection::wait_for_others(&mut self.db);
        match done.and_then(|log_bytes| restored.map(|()| log_bytes)) {
            Ok(log_bytes) => self.gauges.measured_log(log_bytes),
            Err(error) => {
                tracing::warn!(error = %error, "the write-ahead log stays long for now");
            }
        }
        self.gauges.checkpointed(started.elapsed());
    }
}

/// What becomes of the log's file once all of it is in the database.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// It is written over from its start: a flush then has no new blocks to note, so commits are cheaper than on a growing file.
    BeginAgain,
    /// It takes no room any more.
    GiveBack,
}

impl Cut {
    const fn sql(self) -> &'static str {
        match self {
            Self::BeginAgain => "PRAGMA wal_checkpoint(RESTART)",
            Self::GiveBack => "PRAGMA wal_checkpoint(TRUNCATE)",
        }
    }
}

pub(super) fn data_version(db: &Connection) -> Result<i64, Fault> {
    db.prepare_cached("PRAGMA data_version")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(|error| connection::fault_of(&error))
}

fn execute(db: &Connection, statement: &str) -> Result<(), Fault> {
    db.prepare_cached(statement)
        .and_then(|mut statement| statement.execute([]))
        .map(|_| ())
        .map_err(|error| connection::fault_of(&error))
}

fn fault(error: StoreError) -> Fault {
    match error {
        StoreError::Unavailable(fault) => fault,
        _ => Fault::Internal,
    }
}

/// Tells the faults of the disk from those of one job.
const fn spoils_batch(fault: Fault) -> bool {
    !matches!(fault, Fault::Internal | Fault::Sealed)
}
