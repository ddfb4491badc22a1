//! The part of [`Store`](super::Store) that a team shares beside conversations: templates with their versions, views, and where an
//! order's state comes from.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use contract::{
    Actor, DeliveryId, SessionId, StepAnswer, StepAsked, TeamView, ViewId, WorkspaceId,
};
use follow_up::{Locale, SharedSequences, SharedTemplate, TemplateChange};

use super::{ProofSummary, StoreError};

/// Most templates a team has, each language counted for itself.
pub const MOST_TEMPLATES: u32 = 1_000;

/// Most views a team has: every desk keeps each of them filled.
pub const MOST_VIEWS: u32 = 100;

/// Most versions of a template that are listed.
pub const LISTED_VERSIONS: u32 = 200;

/// Most deliveries that are told of one order.
pub const LISTED_DELIVERIES: usize = 50;

/// Keeps what the team shares; each change is told in the feed in the transaction that makes it.
#[async_trait]
pub trait Sharing {
    /// Lists the team's templates, by key and language.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn templates(&self, workspace: WorkspaceId) -> Result<Vec<TemplateChange>, StoreError>;

    /// Lists the versions of a template, newest first, at most [`LISTED_VERSIONS`]; removals are versions too.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the team never had such a template.
    async fn template_versions(
        &self,
        workspace: WorkspaceId,
        key: String,
        locale: Locale,
    ) -> Result<Vec<TemplateChange>, StoreError>;

    /// Saves a template whose version says what it is based on (0 for none), and returns its new version. The text that is there
    /// already makes no new version.
    ///
    /// # Errors
    /// [`Refusal::VersionConflict`](super::Refusal::VersionConflict) when another version is there;
    /// [`Refusal::TooMany`](super::Refusal::TooMany) beyond [`MOST_TEMPLATES`].
    async fn save_template(
        &self,
        workspace: WorkspaceId,
        template: SharedTemplate,
        by: Actor,
    ) -> Result<u32, StoreError>;

    /// Removes a template.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the team has no such template;
    /// [`Refusal::VersionConflict`](super::Refusal::VersionConflict) when it is another version.
    async fn remove_template(
        &self,
        workspace: WorkspaceId,
        key: String,
        locale: Locale,
        version: u32,
        by: Actor,
    ) -> Result<(), StoreError>;

    /// Returns the team's sequences; those that come with the program where it saved none.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn sequences(&self, workspace: WorkspaceId) -> Result<SharedSequences, StoreError>;

    /// Saves sequences whose version says what they are based on (0 for those of the program), and returns their new version.
    /// Those that are there already make no new version.
    ///
    /// # Errors
    /// [`Refusal::VersionConflict`](super::Refusal::VersionConflict) when another version is there.
    async fn save_sequences(
        &self,
        workspace: WorkspaceId,
        sequences: SharedSequences,
        by: Actor,
    ) -> Result<u32, StoreError>;

    /// Gives a step of a sequence to a session, unless its text was handed over since it is due, or another session took it up
    /// within the last two minutes.
    ///
    /// # Errors
    /// When it cannot be written.
    async fn take_step(
        &self,
        workspace: WorkspaceId,
        asked: StepAsked,
        by: Actor,
        session: SessionId,
    ) -> Result<StepAnswer, StoreError>;

    /// Lists the team's views, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn team_views(&self, workspace: WorkspaceId) -> Result<Vec<TeamView>, StoreError>;

    /// Saves a view, new or changed, and returns it with who saved it. What is there already as it is, is not told again.
    ///
    /// # Errors
    /// [`Refusal::TooMany`](super::Refusal::TooMany) beyond [`MOST_VIEWS`].
    async fn save_view(
        &self,
        workspace: WorkspaceId,
        view: TeamView,
        by: Actor,
    ) -> Result<TeamView, StoreError>;

    /// Removes a view.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the team has no such view.
    async fn remove_view(
        &self,
        workspace: WorkspaceId,
        id: ViewId,
        by: Actor,
    ) -> Result<(), StoreError>;

    /// Lists the deliveries that told of an order, newest first, at most [`LISTED_DELIVERIES`]; empty for an order that is not
    /// known.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn provenance(
        &self,
        workspace: WorkspaceId,
        order_key: String,
    ) -> Result<Vec<ToldBy>, StoreError>;
}

/// Tells of one delivery that told of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldBy {
    /// The delivery.
    pub id: DeliveryId,
    /// When it came.
    pub at: DateTime<Utc>,
    /// The event as the platform calls it.
    pub event: String,
    /// How its origin was proven.
    pub proof: ProofSummary,
    /// How often the same came again and was ignored.
    pub repeats: u32,
}
