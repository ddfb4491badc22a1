//! What a team shares beside conversations, on this engine.

mod sequences;
pub(super) mod steps;
mod templates;
mod told;
mod views;

use async_trait::async_trait;
use contract::{Actor, MemberId, SessionId, StepAnswer, StepAsked, TeamView, ViewId, WorkspaceId};
use follow_up::{Locale, SharedSequences, SharedTemplate, TemplateChange};
use rusqlite::Row;

use super::{SMALL, SqliteStore};
use crate::store::{Sharing, StoreError, ToldBy};

pub(super) use told::Told;

#[async_trait]
impl Sharing for SqliteStore {
    async fn templates(&self, workspace: WorkspaceId) -> Result<Vec<TemplateChange>, StoreError> {
        self.readers
            .read(move |db| templates::list(db, workspace))
            .await
    }

    async fn template_versions(
        &self,
        workspace: WorkspaceId,
        key: String,
        locale: Locale,
    ) -> Result<Vec<TemplateChange>, StoreError> {
        self.readers
            .read(move |db| templates::versions(db, workspace, &key, locale))
            .await
    }

    async fn save_template(
        &self,
        workspace: WorkspaceId,
        template: SharedTemplate,
        by: Actor,
    ) -> Result<u32, StoreError> {
        self.write(2 * SMALL, move |writing| {
            templates::save(writing, workspace, template, by)
        })
        .await
    }

    async fn remove_template(
        &self,
        workspace: WorkspaceId,
        key: String,
        locale: Locale,
        version: u32,
        by: Actor,
    ) -> Result<(), StoreError> {
        self.write(SMALL, move |writing| {
            templates::remove(writing, workspace, (&key, locale), version, by)
        })
        .await
    }

    async fn sequences(&self, workspace: WorkspaceId) -> Result<SharedSequences, StoreError> {
        self.readers
            .read(move |db| sequences::of_team(db, workspace))
            .await
    }

    async fn save_sequences(
        &self,
        workspace: WorkspaceId,
        sequences: SharedSequences,
        by: Actor,
    ) -> Result<u32, StoreError> {
        self.write(2 * SMALL, move |writing| {
            sequences::save(writing, workspace, sequences, by)
        })
        .await
    }

    async fn take_step(
        &self,
        workspace: WorkspaceId,
        asked: StepAsked,
        by: Actor,
        session: SessionId,
    ) -> Result<StepAnswer, StoreError> {
        self.write(SMALL, move |writing| {
            steps::take(writing, workspace, &asked, &by, session)
        })
        .await
    }

    async fn team_views(&self, workspace: WorkspaceId) -> Result<Vec<TeamView>, StoreError> {
        self.readers
            .read(move |db| views::list(db, workspace))
            .await
    }

    async fn save_view(
        &self,
        workspace: WorkspaceId,
        view: TeamView,
        by: Actor,
    ) -> Result<TeamView, StoreError> {
        self.write(2 * SMALL, move |writing| {
            views::save(writing, workspace, view, by)
        })
        .await
    }

    async fn remove_view(
        &self,
        workspace: WorkspaceId,
        id: ViewId,
        by: Actor,
    ) -> Result<(), StoreError> {
        self.write(SMALL, move |writing| {
            views::remove(writing, workspace, id, by)
        })
        .await
    }

    async fn provenance(
        &self,
        workspace: WorkspaceId,
        order_key: String,
    ) -> Result<Vec<ToldBy>, StoreError> {
        self.readers
            .read(move |db| told::list(db, workspace, &order_key))
            .await
    }
}

/// Reads a member's id and name from two neighbouring columns.
fn read_actor(row: &Row<'_>, column: usize) -> rusqlite::Result<Actor> {
    Ok(Actor {
        id: MemberId::from_u128(u128::from_be_bytes(row.get(column)?)),
        name: row.get(column + 1)?,
    })
}
