//! The sources of sales as admins and leads work on them: asked of the service directly, with the session's token, and kept
//! nowhere.
//!
//! Times arrive as RFC 3339 and leave as Unix milliseconds. A secret goes in and never comes out, save the one the service
//! itself made, which is for the clipboard. It knows HTTP and nothing of the cache.

pub(crate) mod answer;
mod deliveries;
mod fault;
mod health;
mod jobs;
mod kept;
mod platforms;
mod pretty;
mod preview;
mod time;

use std::sync::Arc;
use std::time::Duration;

use contract::{ConversationId, DeliveryId, Erasure, IntegrationId, JobId, Subject};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use serde_json::value::RawValue;

pub use deliveries::{
    DeliveriesAsked, Delivery, DeliveryAnswer, DeliveryDetail, DeliveryHeader, DeliveryPage,
    DeliveryProof, DeliveryResult, Reprocessed, ReprocessedAll, TestSent,
};
pub use fault::{SourceFault, SourceProblem};
pub use health::{
    Last24h, LastEvent, MissingField, Probe, Registration, SourceErasure, SourceHealth, SourceJobs,
    SourceSetup, SourceState,
};
pub use jobs::{Job, JobKind, JobProblem, JobProgress, JobState, SyncAsked};
pub use kept::{
    Hidden, NewSource, Registered, RotateAsked, Rotated, Source, SourceChange, SourceCredential,
    SourceSecret,
};
pub use platforms::{FieldForm, Given, PanelSteps, SecretUse, SourceField, SourcePlatform};
pub use preview::{
    Doubt, Preview, PreviewAsked, PreviewCard, PreviewProof, PreviewReading, PreviewResult,
    PreviewSample,
};
pub use time::At;

use crate::clock::Clock;
use crate::engine::Inbox;
use crate::feed::Line;

/// How long the service may take where it only asks itself.
const OWN: Duration = Duration::from_secs(20);

/// How long it may take where it asks a platform first.
const OUTSIDE: Duration = Duration::from_secs(60);

/// How long it may take where the whole log is looked through.
const THROUGH: Duration = Duration::from_secs(300);

/// The most deliveries read again by one request; what is left is said in the answer.
const BATCH: u32 = 500;

/// The sources of the service that the desk follows.
pub struct Sources {
    line: Line,
    clock: Arc<dyn Clock>,
}

impl Inbox {
    /// Returns the sources of the service that this desk follows.
    ///
    /// # Errors
    /// `SignedOut` when nobody sits here, or nobody's token is known yet.
    pub fn sources(&self) -> Result<Sources, SourceFault> {
        let (line, clock) = self.service().ok_or(SourceFault::SignedOut)?;
        Ok(Sources { line, clock })
    }
}

impl Sources {
    /// Lists the platforms the service reads. Leads and admins.
    ///
    /// # Errors
    /// See [`SourceFault`]; so for all below.
    pub async fn platforms(&self) -> Result<Vec<SourcePlatform>, SourceFault> {
        let ask = self.ask(Method::GET, "platforms", &[])?;
        let listed: platforms::Listed = answer::json(ask, OWN).await?;
        Ok(listed.platforms)
    }

    /// Lists the sources; addresses only for admins.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn list(&self) -> Result<Vec<Source>, SourceFault> {
        let ask = self.ask(Method::GET, "integrations", &[])?;
        let listed: kept::Listed = answer::json(ask, OWN).await?;
        Ok(listed.integrations)
    }

    /// Tells how each source does; with `probe` the platforms are asked too.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn health(&self, probe: bool) -> Result<Vec<SourceHealth>, SourceFault> {
        let query = probe.then(|| ("probe", "true".to_owned()));
        let query: Vec<_> = query.into_iter().collect();
        let ask = self.ask(Method::GET, "integrations/health", &query)?;
        let wait = if probe { OUTSIDE } else { OWN };
        let told: health::Told = answer::json(ask, wait).await?;
        Ok(told.integrations)
    }

    /// Adds a source under a free slug named after its platform.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn add(&self, new: NewSource) -> Result<Source, SourceFault> {
        let taken = self.list().await?;
        let slug = kept::free_slug(&new.provider, |slug| {
            taken.iter().any(|source| source.slug == slug)
        });
        let ask = self.ask(Method::POST, "integrations", &[])?;
        answer::json(ask.json(&new.submitted(&slug)), OWN).await
    }

    /// Changes a source; what is absent stays.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn change(
        &self,
        id: IntegrationId,
        change: SourceChange,
    ) -> Result<Source, SourceFault> {
        let ask = self.ask(Method::PATCH, &format!("integrations/{id}"), &[])?;
        answer::json(ask.json(&change.submitted()), OWN).await
    }

    /// Erases a customer at the service: what this desk has of them goes when the feed tells it. Admins.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn erase_customer(&self, id: ConversationId) -> Result<Erasure, SourceFault> {
        let ask = self.ask(Method::POST, "subjects/erase", &[])?;
        answer::json(ask.json(&Subject::ConversationId(id)), THROUGH).await
    }

    /// Returns all that the service holds of a customer, laid out for the eye. Leads and admins; the service records it.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn export_customer(&self, id: ConversationId) -> Result<String, SourceFault> {
        let ask = self.ask(Method::POST, "subjects/export", &[])?;
        let body = answer::bytes(ask.json(&Subject::ConversationId(id)), THROUGH).await?;
        let held: &RawValue =
            serde_json::from_slice(&body).map_err(|_| SourceFault::Incompatible)?;
        Ok(pretty::pretty(held.get()))
    }

    /// Has all customers of a source erased, as its platform has asked; health tells until it is done. Admins.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn erase_customers(&self, id: IntegrationId) -> Result<(), SourceFault> {
        let path = format!("integrations/{id}/erase-customers");
        let ask = self.ask(Method::POST, &path, &[])?.json(&json!({}));
        answer::nothing(ask, OWN).await
    }

    /// Takes a source away; what it brought stays.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn remove(&self, id: IntegrationId) -> Result<(), SourceFault> {
        let ask = self.ask(Method::DELETE, &format!("integrations/{id}"), &[])?;
        answer::nothing(ask, OWN).await
    }

    /// Gives a source a new secret; the old one holds beside it for the overlap.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn rotate(
        &self,
        id: IntegrationId,
        asked: RotateAsked,
    ) -> Result<Rotated, SourceFault> {
        let path = format!("integrations/{id}/rotate-secret");
        let ask = self.ask(Method::POST, &path, &[])?.json(&asked);
        answer::json(ask, OWN).await
    }

    /// Ends the overlap of two secrets now.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn retire(&self, id: IntegrationId) -> Result<Source, SourceFault> {
        let path = format!("integrations/{id}/retire-secret");
        let ask = self.ask(Method::POST, &path, &[])?.json(&json!({}));
        answer::json(ask, OWN).await
    }

    /// Has the service register the webhook at the platform, where the platform offers that.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn register(&self, id: IntegrationId) -> Result<Registered, SourceFault> {
        let path = format!("integrations/{id}/register-webhook");
        let ask = self.ask(Method::POST, &path, &[])?.json(&json!({}));
        answer::json(ask, OUTSIDE).await
    }

    /// Has the service send itself a signed sample.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn test(&self, id: IntegrationId) -> Result<TestSent, SourceFault> {
        let path = format!("integrations/{id}/test-event");
        let ask = self.ask(Method::POST, &path, &[])?.json(&json!({}));
        answer::json(ask, OWN).await
    }

    /// Has the service read orders back from the platform.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn sync(&self, asked: SyncAsked) -> Result<Job, SourceFault> {
        let ask = self.ask(Method::POST, "integrations/sync", &[])?;
        answer::json(ask.json(&asked.submitted()), OWN).await
    }

    /// Lists a source's latest jobs, newest first.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn jobs(&self, id: IntegrationId, limit: u32) -> Result<Vec<Job>, SourceFault> {
        let query = [
            ("integration", id.to_string()),
            ("limit", limit.to_string()),
        ];
        let ask = self.ask(Method::GET, "jobs", &query)?;
        let listed: jobs::Listed = answer::json(ask, OWN).await?;
        Ok(listed.jobs)
    }

    /// Ends a job before it is done.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn cancel(&self, id: JobId) -> Result<(), SourceFault> {
        let ask = self.ask(Method::DELETE, &format!("jobs/{id}"), &[])?;
        answer::nothing(ask, OWN).await
    }

    /// Reads a page of what platforms sent, newest first.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn deliveries(&self, asked: DeliveriesAsked) -> Result<DeliveryPage, SourceFault> {
        let ask = self.ask(Method::GET, "deliveries", &asked.query())?;
        answer::json(ask, OWN).await
    }

    /// Reads one delivery whole, its body laid out for the eye.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn delivery(&self, id: DeliveryId) -> Result<DeliveryDetail, SourceFault> {
        let ask = self.ask(Method::GET, &format!("deliveries/{id}"), &[])?;
        let body = answer::bytes(ask, OWN).await?;
        deliveries::shown(&body).ok_or(SourceFault::Incompatible)
    }

    /// Has a delivery read again with what the service knows today.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn reprocess(&self, id: DeliveryId) -> Result<Reprocessed, SourceFault> {
        let path = format!("deliveries/{id}/reprocess");
        let ask = self.ask(Method::POST, &path, &[])?.json(&json!({}));
        answer::json(ask, OWN).await
    }

    /// Has all deliveries of a source with this result read again; at most a few hundred at once.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn reprocess_all(
        &self,
        id: IntegrationId,
        result: DeliveryResult,
    ) -> Result<ReprocessedAll, SourceFault> {
        let body = json!({"integration": id, "result": result, "limit": BATCH});
        let ask = self.ask(Method::POST, "deliveries/reprocess", &[])?;
        answer::json(ask.json(&body), OUTSIDE).await
    }

    /// Reads samples with settings that are not kept yet, and draws the cards they would make.
    ///
    /// # Errors
    /// See [`SourceFault`].
    pub async fn preview(&self, asked: PreviewAsked) -> Result<Preview, SourceFault> {
        let ask = self.ask(Method::POST, "integrations/preview", &[])?;
        let read: preview::Read = answer::json(ask.json(&asked), OWN).await?;
        Ok(read.shown(self.clock.now_millis()))
    }

    fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<RequestBuilder, SourceFault> {
        let path = format!("api/v1/{path}");
        let ask = self.line.ask(method, &path, query);
        ask.map_err(|_| SourceFault::Incompatible)
    }
}
