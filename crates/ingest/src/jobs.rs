//! Doing the jobs: one lane an account, fetches before listings, each at the account's pace; telling of checkouts that were left;
//! and looking daily whether webhooks are registered still.
//!
//! What a job does is in the store before it goes on, so a process that is killed leaves nothing half done.

mod listing;
mod planning;
mod registrations;
mod setback;
mod step;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{IntegrationId, JobId};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;
use crate::outgoing::Lines;
use crate::store::{Job, JobKind, Store, StoreError, World};

pub(crate) use setback::problem;

/// How often the jobs are looked at without having been rung for.
const LOOK: Duration = Duration::from_secs(1);
/// How long after being rung for: many notices that come together are looked at once.
const GATHER: Duration = Duration::from_millis(50);
/// How long to wait when the store does not answer.
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// How long jobs that have ended can be seen.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How often older ones are let go.
const SWEEP: TimeDelta = TimeDelta::hours(1);

/// Does the jobs of a store; cheap to clone.
#[derive(Clone)]
pub(crate) struct Runner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) world: Arc<dyn World>,
    pub(crate) lines: Arc<Lines>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) bell: Bell,
    pub(crate) denied: Denied,
    /// Where the service is reached from outside.
    pub(crate) base_url: String,
}

/// Says that there may be something to do.
#[derive(Clone, Default)]
pub(crate) struct Bell(Arc<Notify>);

impl Bell {
    /// Has the jobs looked at soon.
    pub(crate) fn ring(&self) {
        self.0.notify_one();
    }
}

/// Remembers which listing was refused what only another address shows of its orders; the next one of the account asks anew.
#[derive(Clone, Default)]
pub(crate) struct Denied(Arc<Mutex<HashMap<IntegrationId, JobId>>>);

impl Denied {
    fn note(&self, job: &Job) {
        self.lock().insert(job.integration, job.id);
    }

    fn knows(&self, job: &Job) -> bool {
        self.lock().get(&job.integration) == Some(&job.id)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IntegrationId, JobId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the runner remembers from one look to the next.
struct Looking {
    lanes: HashMap<IntegrationId, JoinHandle<()>>,
    planned: HashMap<IntegrationId, DateTime<Utc>>,
    /// Accounts whose webhook is being looked for.
    looks: HashMap<IntegrationId, JoinHandle<()>>,
    /// When it is asked again whose webhook is to be looked for.
    looks_due_at: DateTime<Utc>,
    swept_at: DateTime<Utc>,
    /// Whether the feed tells of all sources.
    told: bool,
}

impl Runner {
    /// Works until told to stop; what is under way then is begun again by the next process.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut looking = Looking {
            lanes: HashMap::new(),
            planned: HashMap::new(),
            looks: HashMap::new(),
            looks_due_at: self.world.now(),
            swept_at: self.world.now(),
            told: false,
        };
        loop {
            let pause = match self.look(&mut looking).await {
                Ok(()) => LOOK / self.world.haste().max(1),
                Err(error) => {
                    tracing::warn!(error = %error, "the jobs could not be looked at: {error}");
                    STORE_PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.bell.0.notified() => tokio::time::sleep(GATHER).await,
                () = tokio::time::sleep(pause) => {}
            }
        }
        for task in looking
            .lanes
            .into_values()
            .chain(looking.looks.into_values())
        {
            task.abort();
            drop(task.await);
        }
    }

    /// Does what is due, and starts the lanes of accounts that have something to do.
    async fn look(&self, looking: &mut Looking) -> Result<(), StoreError> {
        if !self.store.on_duty() {
            return Ok(());
        }
        self.store.look_again().await?;
        if !looking.told {
            self.store.tell_integrations().await?;
            looking.told = true;
        }
        let now = self.world.now();
        while self
            .store
            .next_abandonment()
            .await?
            .is_some_and(|due| due <= now)
        {
            let told = self.store.abandon().await?;
            tracing::debug!(told, "{told} checkouts count as abandoned");
        }
        looking.lanes.retain(|_, lane| !lane.is_finished());
        let open = self.store.open_jobs().await?;
        self.plan(&open, &mut looking.planned, now).await?;
        for account in open.iter().filter(|account| account.due_at <= now) {
            let id = account.integration;
            looking
                .lanes
                .entry(id)
                .or_insert_with(|| tokio::spawn(self.clone().lane(id)));
        }
        self.look_for_webhooks(looking, now).await?;
        if now - looking.swept_at >= SWEEP {
            looking.swept_at = now;
            self.store.forget_jobs(now - KEPT).await?;
        }
        Ok(())
    }

    /// Does the due jobs of one account, one after the other.
    async fn lane(self, id: IntegrationId) {
        loop {
            let next = self.store.next_job(id, self.world.now()).await;
            let done = match next {
                Ok(Some(job)) => self.step(&job).await,
                Ok(None) | Err(StoreError::NotFound) => return,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::warn!(integration.id = %id, error = %error, "a job of {id} waits for the store: {error}");
                tokio::time::sleep(STORE_PAUSE).await;
            }
        }
    }
}

/// Names a job in the log.
fn name_of(job: &Job) -> &'static str {
    match job.kind {
        JobKind::Fetch => "fetch",
        JobKind::Sync => "sync",
        JobKind::Reconcile => "reconcile",
    }
}
