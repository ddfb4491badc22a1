//! The store in one `SQLite` file: one thread writes, some connections read, and whatever webhooks and readers at the head need is
//! in memory.
//!
//! An answer comes only after the commit was flushed (`synchronous=FULL`). Verdict, nonce, keys, raw body, events, entries,
//! chain and head share one transaction, so they agree after any crash.

mod accept;
mod api;
mod append;
mod audit;
mod blanking;
mod checkouts;
mod checkpoints;
mod commands;
mod connection;
mod deliveries;
mod duties;
mod erasing;
mod feeds;
mod gauges;
mod integrations;
mod jobs;
mod keys;
mod ledger;
mod links;
mod members;
mod migrations;
mod mind;
mod nodes;
mod nonces;
mod opening;
mod pages;
mod pairs;
mod people;
mod place;
mod queue;
mod readers;
mod reprocess;
mod retention;
mod rotation;
mod seal;
mod sessions;
mod sharing;
mod tallies;
mod team;
#[cfg(test)]
mod tests;
mod trust;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    Actor, Chain, Command, CommandAnswer, DeliveryId, Epoch, IntegrationId, MemberId, SessionId,
    WorkspaceId,
};
use tokio::sync::{oneshot, watch};

use self::checkpoints::Checkpoints;
use self::feeds::{Feeds, Source};
use self::gauges::Gauges;
use self::integrations::Catalogue;
use self::mind::Mind;
use self::people::Sessions;
use self::queue::Queue;
use self::readers::Readers;
use self::tallies::Tallies;
use self::writer::{Repeatable, Task, Writing};
use super::{
    Accepted, DeliveryDetail, DeliveryPage, DeliveryQuery, Enrolment, Fault, FeedPage, Head,
    Integration, Member, NewDelivery, NewInviteRow, PageBounds, Pulse, Redeem, Session, Store,
    StoreError, TokenHash, Workspace, World,
};

pub use self::opening::{OpenError, Options};
pub use self::queue::QueueBounds;
pub use self::rotation::rotate;
pub use self::seal::{KeyError, SealingKey};

/// The store in one `SQLite` file.
pub struct SqliteStore {
    path: PathBuf,
    key: SealingKey,
    world: Arc<dyn World>,
    queue: Arc<Queue>,
    feeds: Arc<Feeds>,
    gauges: Arc<Gauges>,
    catalogue: Arc<Catalogue>,
    sessions: Arc<Sessions>,
    session_lasts: TimeDelta,
    tallies: Arc<Tallies>,
    readers: Arc<Readers>,
    eye: Arc<erasing::Eye>,
    veil: Arc<erasing::Veil>,
    mind: Arc<Mind>,
    /// What was noted as being erased when that was looked at last, by nobody who runs; `None` before the first look.
    broken_off: Mutex<Option<Vec<IntegrationId>>>,
    checkpoints: Arc<Checkpoints>,
    failed: watch::Receiver<Option<Fault>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl SqliteStore {
    /// Puts work into the writer's queue and waits until it is durable.
    async fn write<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let answer = self.submit(bytes, work)?;
        answer.await.map_err(|_| Fault::Closed)?
    }

    /// Puts work into the writer's queue; the answer comes when it is durable.
    fn submit<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (asker, answer) = oneshot::channel();
        self.queue.push(Box::new(Task {
            work: Some(work),
            result: None,
            asker,
            bytes,
        }))?;
        Ok(answer)
    }

    /// Returns the session unless it rested too long; now and then notes that it is in use.
    fn in_use(&self, token: TokenHash, session: Arc<Session>) -> Option<Arc<Session>> {
        let now = self.world.now();
        let rested = now - session.seen_at;
        if rested >= self.session_lasts {
            return None;
        }
        if rested >= (self.session_lasts / 24).min(SEEN_EVERY) {
            let noting = self.submit(SMALL, move |writing| members::touch(writing, &token));
            // Nobody waits for it. What could not be taken in now is noted with the next request.
            if noting.is_ok() {
                let seen = Session {
                    seen_at: now,
                    ..Session::clone(&session)
                };
                self.sessions.renew(token, Arc::new(seen));
            }
        }
        Some(session)
    }

    /// Learns what other processes have changed, where they say that they have.
    async fn listen(&self) -> Result<(), StoreError> {
        let Some(told) = self.mind.news() else {
            return Ok(());
        };
        let mind = Arc::clone(&self.mind);
        self.readers.read(move |db| mind.learn(db, told)).await
    }

    /// Ends the threads; what was taken is written first.
    fn stop(&self) {
        self.queue.close(Fault::Closed);
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        self.checkpoints.close();
        for thread in threads {
            drop(thread.join());
        }
    }
}

/// How often the use of a session is noted, at most.
const SEEN_EVERY: TimeDelta = TimeDelta::hours(1);

/// Work without a body counts this much.
const SMALL: usize = 1_024;

#[async_trait]
impl Store for SqliteStore {
    async fn accept(&self, delivery: NewDelivery) -> Result<Accepted, StoreError> {
        let shelved = self
            .catalogue
            .by_id(delivery.integration)
            .filter(|shelved| shelved.integration.workspace == delivery.workspace)
            .ok_or(StoreError::NotFound)?;
        let prepared = accept::Prepared::new(delivery, &shelved.integration, shelved.row)
            .map_err(|_| Fault::Internal)?;
        let (asker, answer) = oneshot::channel();
        self.queue.push(Box::new(Repeatable {
            bytes: prepared.bytes(),
            // Taken back with its batch, a delivery is stored once more.
            work: move |writing: &mut Writing<'_>| prepared.clone().store(writing),
            result: None,
            asker,
        }))?;
        answer.await.map_err(|_| Fault::Closed)?
    }

    async fn delivery(
        &self,
        workspace: WorkspaceId,
        id: DeliveryId,
    ) -> Result<DeliveryDetail, StoreError> {
        let veil = Arc::clone(&self.veil);
        self.readers
            .read(move |db| deliveries::get(db, &veil, workspace, id))
            .await
    }

    async fn deliveries(
        &self,
        workspace: WorkspaceId,
        query: DeliveryQuery,
    ) -> Result<DeliveryPage, StoreError> {
        self.readers
            .read(move |db| deliveries::list(db, workspace, &query))
            .await
    }

    async fn apply(
        &self,
        workspace: WorkspaceId,
        actor: Actor,
        commands: Vec<Command>,
    ) -> Result<Vec<CommandAnswer>, StoreError> {
        // All are queued before the first is waited for, so that they share a commit; the queue keeps their order.
        let mut waiting = Vec::with_capacity(commands.len());
        for command in commands {
            let id = command.id;
            let asked = commands::Asked {
                workspace,
                actor: actor.clone(),
                command,
            };
            let answer = self.submit(SMALL, move |writing| asked.carry_out(writing))?;
            waiting.push((id, answer));
        }
        let mut answers = Vec::with_capacity(waiting.len());
        for (id, answer) in waiting {
            let outcome = answer.await.map_err(|_| Fault::Closed)??;
            answers.push(CommandAnswer { id, outcome });
        }
        Ok(answers)
    }

    async fn entries_after(
        &self,
        workspace: WorkspaceId,
        seq: u64,
        bounds: PageBounds,
    ) -> Result<FeedPage, StoreError> {
        let state = match self.feeds.after(workspace, seq, bounds)? {
            Source::Memory(page) => return Ok(page),
            Source::File(state) => state,
        };
        let (epoch, veil) = (self.feeds.epoch(), Arc::clone(&self.veil));
        self.readers
            .read(move |db| pages::after((db, &veil), &state, epoch, seq, bounds))
            .await
    }

    async fn entries_before(
        &self,
        workspace: WorkspaceId,
        seq: u64,
        bounds: PageBounds,
    ) -> Result<FeedPage, StoreError> {
        let state = self.feeds.outline(workspace)?;
        let (epoch, veil) = (self.feeds.epoch(), Arc::clone(&self.veil));
        self.readers
            .read(move |db| pages::before((db, &veil), &state, epoch, seq, bounds))
            .await
    }

    async fn head(&self, workspace: WorkspaceId) -> Result<Head, StoreError> {
        self.feeds.head(workspace)
    }

    async fn chain_at(
        &self,
        workspace: WorkspaceId,
        seq: u64,
    ) -> Result<Option<Chain>, StoreError> {
        let state = self.feeds.outline(workspace)?;
        if seq == state.seq {
            return Ok(Some(state.chain));
        }
        if seq > state.seq {
            return Ok(None);
        }
        self.readers
            .read(move |db| pages::chain_of(db, &state, seq))
            .await
    }

    async fn log_start(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        Ok(self.feeds.outline(workspace)?.log_start)
    }

    fn subscribe(&self, workspace: WorkspaceId) -> watch::Receiver<u64> {
        self.feeds.subscribe(workspace)
    }

    async fn ensure_workspace(&self, name: &str) -> Result<Workspace, StoreError> {
        let name = name.to_owned();
        let feeds = Arc::clone(&self.feeds);
        let (workspace, row) = self
            .write(SMALL, move |writing| {
                people::ensure_workspace(writing, &name)
            })
            .await?;
        feeds.add(workspace.id, row);
        Ok(workspace)
    }

    fn integration_by_key(&self, key: &str) -> Option<Arc<Integration>> {
        self.catalogue.by_key(key)
    }

    fn integration(&self, id: IntegrationId) -> Option<Arc<Integration>> {
        self.catalogue.by_id(id).map(|shelved| shelved.integration)
    }

    fn integrations(&self, workspace: WorkspaceId) -> Vec<Arc<Integration>> {
        self.catalogue.list(Some(workspace))
    }

    fn all_integrations(&self) -> Vec<Arc<Integration>> {
        self.catalogue.list(None)
    }

    async fn enrol(
        &self,
        workspace: WorkspaceId,
        enrolment: Enrolment,
    ) -> Result<Session, StoreError> {
        self.write(SMALL, move |writing| {
            people::enrol(writing, workspace, enrolment)
        })
        .await
    }

    async fn create_invite(
        &self,
        workspace: WorkspaceId,
        invite: NewInviteRow,
    ) -> Result<(), StoreError> {
        self.write(SMALL, move |writing| {
            people::invite(writing, workspace, &invite)
        })
        .await
    }

    async fn redeem(&self, redeem: Redeem) -> Result<Session, StoreError> {
        self.write(SMALL, move |writing| people::redeem(writing, redeem))
            .await
    }

    async fn look_again(&self) -> Result<(), StoreError> {
        self.listen().await
    }

    fn learnt(&self) -> u64 {
        self.mind.times()
    }

    fn on_duty(&self) -> bool {
        self.mind.nodes.on_duty()
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<Arc<Session>>, StoreError> {
        self.listen().await?;
        let session = match self.sessions.get(token) {
            Ok(session) => session,
            Err(age) => {
                let hash = *token;
                let found = self
                    .readers
                    .read(move |db| people::find_session(db, &hash))
                    .await?;
                let Some(session) = found.map(Arc::new) else {
                    return Ok(None);
                };
                self.sessions.put(*token, Arc::clone(&session), age);
                session
            }
        };
        Ok(self.in_use(*token, session))
    }

    async fn revoke_session(
        &self,
        workspace: WorkspaceId,
        id: SessionId,
    ) -> Result<(), StoreError> {
        let outcome = self
            .write(SMALL, move |writing| people::revoke(writing, workspace, id))
            .await;
        // Even when the outcome is unknown: asking the file again is always right.
        self.sessions.forget();
        outcome
    }

    async fn members(&self, workspace: WorkspaceId) -> Result<Vec<Member>, StoreError> {
        self.readers
            .read(move |db| people::members(db, workspace))
            .await
    }

    async fn member(&self, workspace: WorkspaceId, id: MemberId) -> Result<Member, StoreError> {
        self.readers
            .read(move |db| people::member(db, workspace, id))
            .await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.write(SMALL, |writing| {
            let now = writing.now.timestamp_millis().to_string();
            writing
                .db
                .prepare_cached("UPDATE meta SET value = ?1 WHERE name = 'probed_at'")?
                .execute([now])?;
            Ok(())
        })
        .await?;
        self.readers
            .read(|db| Ok(db.query_row("SELECT count(*) FROM meta", [], |_| Ok(()))?))
            .await
    }

    async fn quick_check(&self) -> Result<(), StoreError> {
        let verdict: String = self
            .readers
            .read(|db| Ok(db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?))
            .await?;
        if verdict == "ok" {
            Ok(())
        } else {
            Err(Fault::Damaged.into())
        }
    }

    async fn checkpoint(&self) -> Result<(), StoreError> {
        let path = self.path.clone();
        let done = tokio::task::spawn_blocking(move || -> Result<(), StoreError> {
            let db = connection::checkpointer(&path)?;
            Ok(db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
        })
        .await;
        done.map_err(|_| Fault::Internal)?
    }

    async fn size(&self) -> Result<u64, StoreError> {
        let main = tokio::fs::metadata(&self.path)
            .await
            .map_err(|_| Fault::Io)?;
        Ok(main.len() + gauges::log_length(&self.path))
    }

    async fn new_epoch(&self) -> Result<Epoch, StoreError> {
        let epoch = self
            .write(SMALL, |writing| {
                let epoch = random_epoch(writing.world);
                writing
                    .db
                    .prepare_cached("UPDATE meta SET value = ?1 WHERE name = 'epoch'")?
                    .execute([&epoch.0])?;
                Ok(epoch)
            })
            .await?;
        self.feeds.set_epoch(epoch.clone());
        Ok(epoch)
    }

    fn pulse(&self) -> Pulse {
        let (jobs, bytes, overloaded) = self.queue.depth();
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Pulse {
            queue_jobs: count(jobs),
            queue_bytes: count(bytes),
            overloaded,
            ..self.gauges.pulse()
        }
    }

    async fn failed(&self) -> Fault {
        let mut failed = self.failed.clone();
        let found = failed.wait_for(Option::is_some).await.map(|fault| *fault);
        match found {
            Ok(Some(fault)) => fault,
            // The writer ended without a fault: it was closed, and nothing can fail any more.
            _ => std::future::pending().await,
        }
    }

    async fn close(&self) {
        self.queue.close(Fault::Closed);
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        self.checkpoints.close();
        let joined = tokio::task::spawn_blocking(move || {
            for thread in threads {
                drop(thread.join());
            }
        });
        drop(joined.await);
        self.mind.nodes.leave();
        self.readers.close();
    }

    fn now(&self) -> DateTime<Utc> {
        self.world.now()
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Makes an epoch's name: 16 hexadecimal digits.
fn random_epoch(world: &dyn World) -> Epoch {
    let mut bytes = [0; 8];
    world.fill(&mut bytes);
    Epoch(hex::encode(bytes))
}
