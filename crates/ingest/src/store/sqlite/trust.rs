//! The part of the store that people answer for, on this engine.

use std::sync::Arc;

use async_trait::async_trait;
use contract::{Actor, DeliveryId, IntegrationId, MemberId, Role, SessionId, WorkspaceId};

use super::{
    SMALL, SqliteStore, audit, deliveries, integrations, members, reprocess, sessions, team,
};
use crate::store::{
    Accepted, Activity, Deed, DeliveryDetail, DeliveryResult, InviteId, Login, NewIntegration,
    NewPassword, NewReading, NewReturn, OpenInvite, OpenSession, RecordPage, Session, Store,
    StoreError, TokenHash, Trust, Upserted, action,
};

impl SqliteStore {
    /// Shows to readers what was changed in the table of integrations.
    async fn relearn_integrations(&self) -> Result<(), StoreError> {
        let (catalogue, key) = (Arc::clone(&self.catalogue), self.key.clone());
        self.readers.read(move |db| catalogue.learn(db, &key)).await
    }
}

#[async_trait]
impl Trust for SqliteStore {
    async fn upsert_integration_as(
        &self,
        workspace: WorkspaceId,
        integration: NewIntegration,
        actor: Option<Actor>,
        action: Option<&'static str>,
    ) -> Result<Upserted, StoreError> {
        let key = self.key.clone();
        let (shelved, created) = self
            .write(4 * SMALL, move |writing| {
                integrations::upsert(writing, &key, workspace, integration, (actor, action))
            })
            .await?;
        self.relearn_integrations().await?;
        Ok(Upserted {
            integration: shelved.integration,
            created,
        })
    }

    async fn tell_integrations(&self) -> Result<usize, StoreError> {
        let key = self.key.clone();
        self.write(SMALL, move |writing| {
            integrations::tell_untold(writing, &key)
        })
        .await
    }

    async fn delete_integration(
        &self,
        workspace: WorkspaceId,
        id: IntegrationId,
        actor: Option<Actor>,
    ) -> Result<(), StoreError> {
        self.write(SMALL, move |writing| {
            integrations::delete(writing, workspace, id, actor)
        })
        .await?;
        self.relearn_integrations().await
    }

    async fn delivery_as(
        &self,
        workspace: WorkspaceId,
        id: DeliveryId,
        actor: Actor,
    ) -> Result<DeliveryDetail, StoreError> {
        let detail = self.delivery(workspace, id).await?;
        let deed = Deed::new(Some(actor), action::DELIVERY_READ, id);
        self.record(workspace, deed).await?;
        Ok(detail)
    }

    async fn reprocess_as(
        &self,
        workspace: WorkspaceId,
        id: DeliveryId,
        reading: NewReading,
        actor: Option<Actor>,
    ) -> Result<Accepted, StoreError> {
        let found = self
            .readers
            .read(move |db| deliveries::integration_of(db, workspace, id))
            .await?;
        let shelved = self.catalogue.by_id(found).ok_or(StoreError::NotFound)?;
        let again = reprocess::Again::new(workspace, id, reading, &shelved, actor);
        self.write(4 * SMALL, move |writing| again.store(writing))
            .await
    }

    async fn set_aside(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        result: DeliveryResult,
    ) -> Result<u64, StoreError> {
        self.readers
            .read(move |db| deliveries::count_set_aside(db, workspace, integration, result))
            .await
    }

    async fn record(&self, workspace: WorkspaceId, deed: Deed) -> Result<(), StoreError> {
        self.write(SMALL, move |writing| {
            audit::record(writing, workspace, &deed)
        })
        .await
    }

    async fn records(
        &self,
        workspace: WorkspaceId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<RecordPage, StoreError> {
        self.readers
            .read(move |db| audit::list(db, workspace, before, limit))
            .await
    }

    fn count_bad_proof(&self, id: IntegrationId) {
        if let Some(shelved) = self.catalogue.by_id(id) {
            let now = self.world.now().timestamp_millis();
            self.tallies.add_bad_proof(shelved.row, now);
        }
    }

    async fn activity(&self, workspace: WorkspaceId) -> Result<Vec<Activity>, StoreError> {
        let (tallies, now) = (Arc::clone(&self.tallies), self.world.now());
        self.readers
            .read(move |db| tallies.activity(db, workspace, now))
            .await
    }

    async fn remove_member(
        &self,
        workspace: WorkspaceId,
        id: MemberId,
        by: Actor,
    ) -> Result<(), StoreError> {
        let outcome = self
            .write(SMALL, move |writing| {
                members::remove(writing, workspace, id, by)
            })
            .await;
        self.sessions.forget();
        outcome
    }

    async fn set_role(
        &self,
        workspace: WorkspaceId,
        id: MemberId,
        role: Role,
        by: Actor,
    ) -> Result<(), StoreError> {
        let outcome = self
            .write(SMALL, move |writing| {
                team::set_role(writing, workspace, id, role, by)
            })
            .await;
        self.sessions.forget();
        outcome
    }

    async fn invites(&self, workspace: WorkspaceId) -> Result<Vec<OpenInvite>, StoreError> {
        let now = self.world.now();
        self.readers
            .read(move |db| team::invites(db, workspace, now))
            .await
    }

    async fn revoke_invite(
        &self,
        workspace: WorkspaceId,
        id: InviteId,
        most: Role,
        by: Actor,
    ) -> Result<(), StoreError> {
        self.write(SMALL, move |writing| {
            team::revoke_invite(writing, workspace, id, most, by)
        })
        .await
    }

    async fn sessions(
        &self,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<Vec<OpenSession>, StoreError> {
        let since = self.world.now() - self.session_lasts;
        self.readers
            .read(move |db| sessions::list(db, workspace, member, since.timestamp_millis()))
            .await
    }

    async fn end_session(
        &self,
        workspace: WorkspaceId,
        id: SessionId,
        of: Option<MemberId>,
        by: Actor,
    ) -> Result<(), StoreError> {
        let outcome = self
            .write(SMALL, move |writing| {
                sessions::end(writing, workspace, id, of, by)
            })
            .await;
        self.sessions.forget();
        outcome
    }

    async fn let_back_in(&self, workspace: WorkspaceId, new: NewReturn) -> Result<(), StoreError> {
        let outcome = self
            .write(SMALL, move |writing| {
                sessions::let_back_in(writing, workspace, &new)
            })
            .await;
        self.sessions.forget();
        outcome
    }

    async fn set_password(
        &self,
        workspace: WorkspaceId,
        password: NewPassword,
    ) -> Result<(), StoreError> {
        let outcome = self
            .write(SMALL, move |writing| {
                members::set_password(writing, workspace, &password)
            })
            .await;
        self.sessions.forget();
        outcome
    }

    async fn login(&self, login: &str) -> Result<Option<Login>, StoreError> {
        let login = login.to_owned();
        self.readers
            .read(move |db| members::find_login(db, &login))
            .await
    }

    async fn login_of(
        &self,
        workspace: WorkspaceId,
        id: MemberId,
    ) -> Result<Option<Login>, StoreError> {
        self.readers
            .read(move |db| members::login_of(db, workspace, id))
            .await
    }

    async fn open_session(
        &self,
        member: MemberId,
        token: TokenHash,
        device: String,
    ) -> Result<Session, StoreError> {
        self.write(SMALL, move |writing| {
            members::open_session(writing, member, token, &device)
        })
        .await
    }
}
