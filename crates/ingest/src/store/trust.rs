//! The part of [`Store`](super::Store) that people answer for: who did what, how sources fare, how sessions begin and end.

use async_trait::async_trait;
use contract::{Actor, DeliveryId, IntegrationId, MemberId, Role, SessionId, WorkspaceId};

use super::{
    Accepted, Activity, Deed, DeliveryDetail, DeliveryResult, InviteId, Login, NewIntegration,
    NewPassword, NewReading, NewReturn, OpenInvite, OpenSession, RecordPage, Session, StoreError,
    TokenHash, Upserted,
};

/// Keeps who did what; each deed is recorded in the transaction that does it.
#[async_trait]
pub trait Trust: Send + Sync + 'static {
    /// Creates or updates an integration as [`Store::upsert_integration`](super::Store::upsert_integration) does, in
    /// somebody's name. Without an action the record says created or changed; nothing is recorded where nothing changes.
    ///
    /// # Errors
    /// [`Refusal::ProviderFixed`](super::Refusal::ProviderFixed) when the slug belongs to another platform.
    async fn upsert_integration_as(
        &self,
        workspace: WorkspaceId,
        integration: NewIntegration,
        actor: Option<Actor>,
        action: Option<&'static str>,
    ) -> Result<Upserted, StoreError>;

    /// Has the feed tell of all integrations that it never told of, as of those made by an older program; returns how many.
    ///
    /// # Errors
    /// When it could not be stored.
    async fn tell_integrations(&self) -> Result<usize, StoreError>;

    /// Deletes an integration: its secrets are gone, its webhook is unknown and its slug free; what it brought stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such integration.
    async fn delete_integration(
        &self,
        workspace: WorkspaceId,
        id: IntegrationId,
        actor: Option<Actor>,
    ) -> Result<(), StoreError>;

    /// Reads one delivery whole, in somebody's name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such delivery.
    async fn delivery_as(
        &self,
        workspace: WorkspaceId,
        id: DeliveryId,
        actor: Actor,
    ) -> Result<DeliveryDetail, StoreError>;

    /// Reads a stored delivery anew as [`Store::reprocess`](super::Store::reprocess) does, in somebody's name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such delivery, or its integration was deleted.
    async fn reprocess_as(
        &self,
        workspace: WorkspaceId,
        id: DeliveryId,
        reading: NewReading,
        actor: Option<Actor>,
    ) -> Result<Accepted, StoreError>;

    /// Counts the deliveries of an integration with one result other than accepted, up to a bound of 100,000.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn set_aside(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        result: DeliveryResult,
    ) -> Result<u64, StoreError>;

    /// Records a deed that changes nothing in the store.
    ///
    /// # Errors
    /// When it could not be stored.
    async fn record(&self, workspace: WorkspaceId, deed: Deed) -> Result<(), StoreError>;

    /// Lists what was done, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn records(
        &self,
        workspace: WorkspaceId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<RecordPage, StoreError>;

    /// Counts a request whose proof of origin did not hold; in memory, written with the next counts.
    fn count_bad_proof(&self, id: IntegrationId);

    /// Tells how the workspace's integrations fare, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn activity(&self, workspace: WorkspaceId) -> Result<Vec<Activity>, StoreError>;

    /// Removes a member: all their sessions end, their login is free, and the feed tells it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such member;
    /// [`Refusal::LastAdmin`](super::Refusal::LastAdmin) when nobody could set things up afterwards.
    async fn remove_member(
        &self,
        workspace: WorkspaceId,
        id: MemberId,
        by: Actor,
    ) -> Result<(), StoreError>;

    /// Gives a member another role, at once in all their sessions; the feed tells it as it tells who joins. Invites of theirs
    /// that the new role does not cover no longer work.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such member;
    /// [`Refusal::LastAdmin`](super::Refusal::LastAdmin) when nobody could set things up afterwards.
    async fn set_role(
        &self,
        workspace: WorkspaceId,
        id: MemberId,
        role: Role,
        by: Actor,
    ) -> Result<(), StoreError>;

    /// Lists the invites that can still be used, the first to end first; codes that let a member back in are none.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn invites(&self, workspace: WorkspaceId) -> Result<Vec<OpenInvite>, StoreError>;

    /// Takes an invite back, where it is for no more than a role.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no such invite can be used.
    async fn revoke_invite(
        &self,
        workspace: WorkspaceId,
        id: InviteId,
        most: Role,
        by: Actor,
    ) -> Result<(), StoreError>;

    /// Lists a member's sessions that hold still, the last used first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such member.
    async fn sessions(
        &self,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<Vec<OpenSession>, StoreError>;

    /// Ends a session in somebody's name; only where it is `of` a member, if one is given.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such session, or it has ended.
    async fn end_session(
        &self,
        workspace: WorkspaceId,
        id: SessionId,
        of: Option<MemberId>,
        by: Actor,
    ) -> Result<(), StoreError>;

    /// Takes a member's login, password and sessions away, and stores a code that opens a session of theirs, once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such member.
    async fn let_back_in(&self, workspace: WorkspaceId, new: NewReturn) -> Result<(), StoreError>;

    /// Sets a member's login and password, and ends their other sessions.
    ///
    /// # Errors
    /// [`Refusal::LoginTaken`](super::Refusal::LoginTaken) when somebody else has the login.
    async fn set_password(
        &self,
        workspace: WorkspaceId,
        password: NewPassword,
    ) -> Result<(), StoreError>;

    /// Finds whom a login belongs to, and the hash their password is checked with.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn login(&self, login: &str) -> Result<Option<Login>, StoreError>;

    /// Finds a member's own login.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace has no such member.
    async fn login_of(
        &self,
        workspace: WorkspaceId,
        id: MemberId,
    ) -> Result<Option<Login>, StoreError>;

    /// Opens a session for a member whose password held.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the member was removed meanwhile.
    async fn open_session(
        &self,
        member: MemberId,
        token: TokenHash,
        device: String,
    ) -> Result<Session, StoreError>;
}
