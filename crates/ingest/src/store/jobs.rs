//! Jobs: what is to be read back from the platforms' APIs, how far it has come, and what stood in its way.
//!
//! A job's rows change in the same transaction as what it brought, so that one that was cut off goes on where it stopped.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use contract::{DeliveryId, IntegrationId, JobId, Status, WorkspaceId};
use serde::Serialize;

use super::{DeliveryResult, NewDelivery, NewReading, RegistrationSeen, SecretText, StoreError};

/// Keeps jobs, what is known of the accounts' APIs, and checkouts that may be abandoned: a part of [`Store`](super::Store).
#[async_trait]
pub trait Jobs {
    /// Stores a listing to be done.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown integration.
    async fn create_job(&self, job: NewJob) -> Result<Job, StoreError>;

    /// Reads a job.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such job.
    async fn job(&self, workspace: WorkspaceId, id: JobId) -> Result<Job, StoreError>;

    /// Lists jobs, newest first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown integration.
    async fn jobs(&self, workspace: WorkspaceId, query: JobQuery) -> Result<Vec<Job>, StoreError>;

    /// Ends a job; what it brought stays. One that has ended stays as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such job.
    async fn cancel_job(&self, workspace: WorkspaceId, id: JobId) -> Result<Job, StoreError>;

    /// Lists the accounts that have open jobs.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn open_jobs(&self) -> Result<Vec<OpenJobs>, StoreError>;

    /// Returns the job of an account that is to be done next, if one is due: fetches first, then the earliest due.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn next_job(
        &self,
        integration: IntegrationId,
        now: DateTime<Utc>,
    ) -> Result<Option<Job>, StoreError>;

    /// Moves a waiting reconciliation of an account to another time, or ends it (`None`).
    ///
    /// # Errors
    /// When it could not be stored.
    async fn move_reconcile(
        &self,
        integration: IntegrationId,
        due_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError>;

    /// Stores what an answer of an API held together with the job's progress, all or nothing. What tells nothing new leaves no
    /// row, only a count.
    ///
    /// # Errors
    /// [`Refusal::JobOver`](super::Refusal::JobOver) when the job was ended meanwhile; nothing is stored then.
    async fn store_pulled(&self, page: PulledPage) -> Result<PageStored, StoreError>;

    /// Notes what stood in a job's way.
    ///
    /// # Errors
    /// [`Refusal::JobOver`](super::Refusal::JobOver) when the job was ended meanwhile.
    async fn set_back(&self, job: JobId, setback: Setback) -> Result<(), StoreError>;

    /// Lists what waits for a fetch's answer, oldest first, some at once.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn held(&self, job: JobId) -> Result<Vec<Held>, StoreError>;

    /// Tells what was held back of a delivery after all, as `reading` has it, and notes why; does nothing when it waits no
    /// longer.
    ///
    /// # Errors
    /// When it could not be stored.
    async fn tell_held(
        &self,
        job: &Job,
        delivery: DeliveryId,
        reading: NewReading,
        why: String,
    ) -> Result<(), StoreError>;

    /// Lets jobs go that ended before a time, some at once; returns how many.
    ///
    /// # Errors
    /// When it could not be stored.
    async fn forget_jobs(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Returns up to when all changes of an account are listed; `None` before the first good reconciliation.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn listed_to(
        &self,
        integration: IntegrationId,
    ) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Returns the token of an account's last sign-in with its API.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn api_token(&self, integration: IntegrationId) -> Result<Option<ApiToken>, StoreError>;

    /// Keeps the token of a sign-in, encrypted; `None` forgets it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown integration.
    async fn keep_api_token(
        &self,
        integration: IntegrationId,
        token: Option<ApiToken>,
    ) -> Result<(), StoreError>;

    /// Notes that our webhook is about to be registered; true where that was noted before and what came of it was never stored, so
    /// that the platform may hold a webhook whose secret nobody here knows.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown integration.
    async fn begin_registering(&self, integration: IntegrationId) -> Result<bool, StoreError>;

    /// Notes that all that came of registering is stored.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown integration.
    async fn end_registering(&self, integration: IntegrationId) -> Result<(), StoreError>;

    /// Keeps whether an account's webhook is registered. That it is not is kept only where it was known to be: one that somebody
    /// made by hand may not show.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown integration.
    async fn keep_registration(
        &self,
        integration: IntegrationId,
        seen: RegistrationSeen,
    ) -> Result<(), StoreError>;

    /// Lists the webhooks known to be registered, or to have been, that were last looked at before a time.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn registrations_before(
        &self,
        before: DateTime<Utc>,
    ) -> Result<Vec<IntegrationId>, StoreError>;

    /// Returns when the next checkout counts as abandoned, if one waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn next_abandonment(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Tells the feed of checkouts that count as abandoned by now, some at once; returns how many.
    ///
    /// # Errors
    /// When it could not be stored.
    async fn abandon(&self) -> Result<u64, StoreError>;
}

/// Lists what a job does; also the order in which an account's jobs are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Fetches one order a notice told of.
    Fetch,
    /// Lists a span of time somebody asked for.
    Sync,
    /// Lists what changed since the last time.
    Reconcile,
}

impl JobKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Fetch, Self::Sync, Self::Reconcile];
}

/// Lists where a job can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Nothing was done yet.
    Waiting,
    /// A part is done.
    Running,
    /// All is done.
    Done,
    /// It was given up.
    Failed,
    /// Somebody ended it.
    Cancelled,
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Tells whether there is something to do still.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// Holds one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The account whose API is read.
    pub integration: IntegrationId,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// The platform's id of the order to fetch; empty for a listing.
    pub order: String,
    /// How many notices asked for the order.
    pub notices: u64,
    /// The latest time a notice told of the order by itself.
    pub told_at: Option<DateTime<Utc>>,
    /// The names of the events by which notices told of the order, each once.
    pub told: Vec<String>,
    /// The latest time an answer told of the order.
    pub known_at: Option<DateTime<Utc>>,
    /// What is listed, in the words of `providers::pull::Kind`.
    pub kinds: Vec<String>,
    /// The listed span of time, once it is known.
    pub span: Option<Span>,
    /// How far the listing has come; `None` before the first page.
    pub place: Option<Place>,
    /// What it brought so far.
    pub progress: Progress,
    /// The stable word of what stood in the way last; empty when nothing did.
    pub problem: String,
    /// How often in a row something did.
    pub attempts: u32,
    /// Not before this time.
    pub due_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Names a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From when on.
    pub since: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Says how far a listing has come.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// Which of the job's kinds is being listed, from 0.
    pub listing: u32,
    /// Where to go on, in the puller's own words.
    pub cursor: String,
}

impl fmt::Debug for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Place({}, …)", self.listing)
    }
}

/// Counts what a job brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Orders, carts and sales read.
    pub read: u64,
    /// Those that were new or changed.
    pub accepted: u64,
    /// Those that told nothing new.
    pub duplicate: u64,
    /// Those in words nobody has mapped yet.
    pub unmapped: u64,
    /// Those that could not be read.
    pub rejected: u64,
    /// How many there are in all, where the platform tells.
    pub total: Option<u64>,
}

/// Asks for a listing.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Made by the caller.
    pub id: JobId,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The account whose API is read.
    pub integration: IntegrationId,
    /// [`JobKind::Sync`] or [`JobKind::Reconcile`]; an order is fetched because a notice asks for it.
    pub kind: JobKind,
    /// What to list.
    pub kinds: Vec<String>,
    /// The span of time; `None` where it is found out when the job begins.
    pub span: Option<Span>,
    /// Not before this time.
    pub due_at: DateTime<Utc>,
}

/// Brings what one answer of an API held, and says how the job goes on; stored all or nothing.
pub struct PulledPage {
    /// The job that read it.
    pub job: JobId,
    /// The job's account.
    pub integration: IntegrationId,
    /// What was in it.
    pub deliveries: Vec<NewDelivery>,
    /// How the job goes on.
    pub then: Then,
}

/// Says how a job goes on after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// From here.
    Next {
        /// How far it has come.
        place: Place,
        /// The span that is being listed.
        span: Span,
        /// How many there are in all, where the API told.
        total: Option<u64>,
    },
    /// All is listed.
    Listed {
        /// The span that was listed.
        span: Span,
    },
    /// The order is fetched, as it stood after so many notices. What was held back is confirmed by one of the statuses shown,
    /// or dropped; where none was shown, it waits on and so does the job.
    Fetched {
        /// [`Job::notices`] when the fetch began.
        notices: u64,
        /// The statuses the platform showed.
        shown: Vec<Status>,
        /// The latest time it told of.
        shown_at: Option<DateTime<Utc>>,
    },
}

/// Tells what became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageStored {
    /// The job's state now.
    pub state: JobState,
    /// What became of each delivery, in order.
    pub results: Vec<DeliveryResult>,
}

/// Says what stood in a job's way, and what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setback {
    /// The stable word for it.
    pub problem: &'static str,
    /// When it is tried again; `None` gives the job up, unless something it holds back waits on.
    pub again_at: Option<DateTime<Utc>>,
    /// Whether the platform says that there is no such order: given up, what was held back is dropped.
    pub denied: bool,
}

/// Names a delivery of which something is held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The status it told, in the contract's word.
    pub status: String,
}

/// Asks for jobs, newest first.
#[derive(Debug, Clone, Default)]
pub struct JobQuery {
    /// Only those of one account.
    pub integration: Option<IntegrationId>,
    /// How many, 1 to 200.
    pub limit: u32,
}

/// Tells that an account has open jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenJobs {
    /// The account.
    pub integration: IntegrationId,
    /// When the first of them is due.
    pub due_at: DateTime<Utc>,
    /// When its reconciliation is due, if one is planned or running.
    pub reconcile_at: Option<DateTime<Utc>>,
}

/// Holds the token of a sign-in with an API.
#[derive(Debug, Clone)]
pub struct ApiToken {
    /// The token.
    pub value: SecretText,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// What it was got with; a token got with other credentials is none.
    pub got_with: String,
}
