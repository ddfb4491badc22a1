//! What the service keeps, said in the domain's words: deliveries, the feed, integrations, people.
//!
//! [`Store`] is the promise; [`sqlite`] keeps it in one embedded file. Nothing here knows HTTP, and SQL text exists only in the
//! folders of the engines. Clock and randomness come from outside, through [`World`].

mod activity;
mod audit;
#[cfg(test)]
mod conformance;
mod delivery;
mod fault;
mod feed;
mod integration;
mod jobs;
mod people;
mod pulse;
mod secret;
mod sharing;
pub mod sqlite;
mod subjects;
mod trust;
pub(crate) mod why;
mod world;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use contract::{
    Actor, Chain, Command, CommandAnswer, DeliveryId, Epoch, IntegrationId, MemberId, SessionId,
    WorkspaceId,
};
use tokio::sync::watch;

pub use activity::{Activity, Counts, RegistrationSeen};
pub use audit::{Deed, Record, RecordPage, action};
pub(crate) use delivery::came_from_platform;
pub use delivery::{
    Accepted, CheckoutNews, CheckoutStep, DeliveryDetail, DeliveryPage, DeliveryQuery,
    DeliveryResult, DeliverySummary, HeldBack, Key16, NewDelivery, NewEvent, NewNonce, NewReading,
    ProofSummary, TRIAL_HEADER,
};
pub use fault::{Fault, Refusal, StoreError};
pub use feed::{FeedEntry, FeedPage, Head, PageBounds};
pub use integration::{Integration, NewIntegration, StoredSecret, Upserted};
pub use jobs::{
    ApiToken, Held, Job, JobKind, JobQuery, JobState, Jobs, NewJob, OpenJobs, PageStored, Place,
    Progress, PulledPage, Setback, Span, Then,
};
pub use people::{
    Enrolment, InviteId, Login, Member, NewInviteRow, NewPassword, NewReturn, OpenInvite,
    OpenSession, Redeem, Session, TokenHash, Workspace, most_invited,
};
pub use pulse::{Histogram, Pulse};
pub use secret::SecretText;
pub use sharing::{
    LISTED_DELIVERIES, LISTED_VERSIONS, MOST_TEMPLATES, MOST_VIEWS, Sharing, ToldBy,
};
pub use subjects::{
    HeldDelivery, Holdings, Sought, SourceDuties, SourceErasure, SourceNotice, Subjects,
};
pub use trust::Trust;
pub use world::{System, World};

/// Keeps everything the service knows; cheap to share as `Arc<dyn Store>`.
///
/// Every method that changes something returns only after the change is durable, and changes nothing when it fails, with one
/// exception that no store can close: after [`StoreError::Unavailable`] the outcome is unknown, and asking again is safe.
#[async_trait]
pub trait Store: Jobs + Trust + Subjects + Sharing + Send + Sync + 'static {
    /// Stores one verified delivery with its nonce, its keys, its events and their feed entries, all or nothing.
    ///
    /// A delivery or event seen before makes no second entry; the answer then is [`DeliveryResult::Duplicate`].
    ///
    /// # Errors
    /// [`Refusal::NonceReused`] when the nonce was burnt before (nothing is stored then); [`StoreError::NotFound`] for an
    /// unknown integration; [`StoreError::Overloaded`] at once when the queue is full.
    async fn accept(&self, delivery: NewDelivery) -> Result<Accepted, StoreError>;

    /// Reads one delivery with its body and headers.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such delivery.
    async fn delivery(
        &self,
        workspace: WorkspaceId,
        id: DeliveryId,
    ) -> Result<DeliveryDetail, StoreError>;

    /// Lists deliveries, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn deliveries(
        &self,
        workspace: WorkspaceId,
        query: DeliveryQuery,
    ) -> Result<DeliveryPage, StoreError>;

    /// Reads a stored delivery anew, as after its platform's reading was mended: what is new in it goes into the feed, and the
    /// list shows its new result.
    ///
    /// The answer is [`DeliveryResult::Duplicate`] when all it says is in the feed already.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such delivery.
    async fn reprocess(
        &self,
        workspace: WorkspaceId,
        id: DeliveryId,
        reading: NewReading,
    ) -> Result<Accepted, StoreError> {
        self.reprocess_as(workspace, id, reading, None).await
    }

    /// Does what an agent asks, in order, each command all or nothing; a repeated id is answered as it was the first time.
    ///
    /// # Errors
    /// When the commands could not be stored; a refusal is an answer, not an error.
    async fn apply(
        &self,
        workspace: WorkspaceId,
        actor: Actor,
        commands: Vec<Command>,
    ) -> Result<Vec<CommandAnswer>, StoreError>;

    /// Reads the entries that follow `seq`, oldest first; empty at the head.
    ///
    /// # Errors
    /// [`Refusal::CursorExpired`] when the log no longer reaches back that far; [`Refusal::CursorAhead`] when it is not there
    /// yet.
    async fn entries_after(
        &self,
        workspace: WorkspaceId,
        seq: u64,
        bounds: PageBounds,
    ) -> Result<FeedPage, StoreError>;

    /// Reads the newest entries below `seq` (the newest of all for `u64::MAX`); within the page still lowest number first.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn entries_before(
        &self,
        workspace: WorkspaceId,
        seq: u64,
        bounds: PageBounds,
    ) -> Result<FeedPage, StoreError>;

    /// Tells where the workspace's feed stands, from memory.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown workspace.
    async fn head(&self, workspace: WorkspaceId) -> Result<Head, StoreError>;

    /// Returns the chain at a position ([`Chain::EMPTY`] at 0), or `None` when the log does not hold it.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn chain_at(&self, workspace: WorkspaceId, seq: u64)
    -> Result<Option<Chain>, StoreError>;

    /// Returns the smallest number the log still holds, 1 unless old entries were let go; head + 1 when it holds none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown workspace.
    async fn log_start(&self, workspace: WorkspaceId) -> Result<u64, StoreError>;

    /// Wakes its reader when the workspace's head has moved; the value is the head's number, a hint and never data.
    fn subscribe(&self, workspace: WorkspaceId) -> watch::Receiver<u64>;

    /// Finds a workspace by name or makes it.
    ///
    /// # Errors
    /// When it could not be stored.
    async fn ensure_workspace(&self, name: &str) -> Result<Workspace, StoreError>;

    /// Creates an integration, or updates the one with the same slug; its id and key stay.
    ///
    /// # Errors
    /// [`Refusal::ProviderFixed`] when the slug belongs to another platform.
    async fn upsert_integration(
        &self,
        workspace: WorkspaceId,
        integration: NewIntegration,
    ) -> Result<Upserted, StoreError> {
        self.upsert_integration_as(workspace, integration, None, None)
            .await
    }

    /// Finds an integration of any workspace by its webhook key, from memory; compares hashes of the keys.
    fn integration_by_key(&self, key: &str) -> Option<std::sync::Arc<Integration>>;

    /// Finds an integration by its id, from memory.
    fn integration(&self, id: IntegrationId) -> Option<std::sync::Arc<Integration>>;

    /// Lists a workspace's integrations, oldest first, from memory.
    fn integrations(&self, workspace: WorkspaceId) -> Vec<std::sync::Arc<Integration>>;

    /// Lists the integrations of all workspaces, oldest first, from memory.
    fn all_integrations(&self) -> Vec<std::sync::Arc<Integration>>;

    /// Adds a person to the team together with a session; the feed tells it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown workspace.
    async fn enrol(
        &self,
        workspace: WorkspaceId,
        enrolment: Enrolment,
    ) -> Result<Session, StoreError>;

    /// Stores an invite, by the hash of its code.
    ///
    /// # Errors
    /// When it could not be stored.
    async fn create_invite(
        &self,
        workspace: WorkspaceId,
        invite: NewInviteRow,
    ) -> Result<(), StoreError>;

    /// Turns an invite into a member and a session, once; the feed tells it.
    ///
    /// # Errors
    /// [`Refusal::InviteUnknown`], [`Refusal::InviteUsed`] or [`Refusal::InviteExpired`].
    async fn redeem(&self, redeem: Redeem) -> Result<Session, StoreError>;

    /// Finds the session of a token, from memory where it was seen before; `None` for unknown and revoked ones.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn session(
        &self,
        token: &TokenHash,
    ) -> Result<Option<std::sync::Arc<Session>>, StoreError>;

    /// Knows, when it returns, every change of integrations, sessions, members and workspaces that another process on the same
    /// data was asked for and has answered before. [`Store::session`] does so by itself.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn look_again(&self) -> Result<(), StoreError>;

    /// Counts how often another process' changes were taken in: copies of entries made before may hold what was erased since.
    fn learnt(&self) -> u64;

    /// Tells whether this process does what only one on the same data may do, such as jobs; it does from now on where no other
    /// does, as after that one has ended.
    fn on_duty(&self) -> bool;

    /// Ends a session; ending it twice is no error.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such session.
    async fn revoke_session(&self, workspace: WorkspaceId, id: SessionId)
    -> Result<(), StoreError>;

    /// Lists the team, in order of joining.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn members(&self, workspace: WorkspaceId) -> Result<Vec<Member>, StoreError>;

    /// Finds a member.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such member.
    async fn member(&self, workspace: WorkspaceId, id: MemberId) -> Result<Member, StoreError>;

    /// Proves that the store can be read and written now.
    ///
    /// # Errors
    /// What stands in the way.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Looks for damage in the stored data; takes seconds on a large store.
    ///
    /// # Errors
    /// [`Fault::Damaged`] when there is any.
    async fn quick_check(&self) -> Result<(), StoreError>;

    /// Moves what the write-ahead log holds into the store's main file.
    ///
    /// # Errors
    /// When a file cannot be written.
    async fn checkpoint(&self) -> Result<(), StoreError>;

    /// Returns the space the store takes, in bytes, its logs included.
    ///
    /// # Errors
    /// When it cannot be told.
    async fn size(&self) -> Result<u64, StoreError>;

    /// Starts a new epoch for all workspaces: to be called once after a restore from a backup.
    ///
    /// # Errors
    /// When it could not be stored.
    async fn new_epoch(&self) -> Result<Epoch, StoreError>;

    /// Tells how the store is doing, for metrics; from memory.
    fn pulse(&self) -> Pulse;

    /// Resolves when the store can never write again in this process, as after a failed flush to the disk. The process
    /// should then end and be started anew.
    async fn failed(&self) -> Fault;

    /// Takes no more work, finishes what was taken, and closes the files.
    async fn close(&self);

    /// Returns the store's clock's time.
    fn now(&self) -> DateTime<Utc>;
}
