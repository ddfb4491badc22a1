//! One step of a job: one answer of the platform's API read and stored, or one setback noted.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use contract::DeliveryId;
use futures_util::FutureExt;
use providers::Inbound;
use providers::pull::{Pulled, Puller, Trouble, puller};

use super::setback::{Situation, setback};
use super::{Runner, name_of};
use crate::outgoing::Failure;
use crate::outgoing::account::Entered;
use crate::reading::{PULLED_HEADER, Reader};
use crate::store::{
    DeliveryResult, Integration, Job, JobKind, Key16, NewDelivery, NewReading, PageStored,
    ProofSummary, PulledPage, Refusal, Setback, StoreError, Then,
};

/// One account at work.
pub(super) struct At<'a> {
    pub(super) runner: &'a Runner,
    pub(super) integration: &'a Integration,
    pub(super) puller: &'static dyn Puller,
    pub(super) job: &'a Job,
}

impl Runner {
    /// Takes a job one step further. An error is one of our own store; the job is as it was.
    pub(super) async fn step(&self, job: &Job) -> Result<(), StoreError> {
        let outcome = match self.account(job) {
            Err(problem) => Err(Setback {
                problem,
                again_at: None,
            }),
            Ok((integration, puller)) => {
                let at = At {
                    runner: self,
                    integration: &integration,
                    puller,
                    job,
                };
                // A body that breaks its reader must not be met again and again.
                match AssertUnwindSafe(at.step()).catch_unwind().await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(failure)) => Err(at.setback(&failure)?),
                    Err(_) => Err(Setback {
                        problem: "internal",
                        again_at: None,
                    }),
                }
            }
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(setback) => self.note(job, setback).await,
        }
    }

    fn account(&self, job: &Job) -> Result<(Arc<Integration>, &'static dyn Puller), &'static str> {
        let integration = self.store.integration(job.integration);
        let integration = integration
            .filter(|one| one.active)
            .ok_or("integration_inactive")?;
        let puller = puller(&integration.provider).ok_or("not_pulled")?;
        Ok((integration, puller))
    }

    async fn note(&self, job: &Job, setback: Setback) -> Result<(), StoreError> {
        let (problem, given_up) = (setback.problem, setback.again_at.is_none());
        match self.store.set_back(job.id, setback).await {
            Err(StoreError::Refused(Refusal::JobOver)) => return Ok(()),
            outcome => outcome?,
        }
        let (id, what) = (job.integration, name_of(job));
        if given_up {
            tracing::warn!(integration.id = %id, job.id = %job.id, problem, "a {what} of {id} was given up: {problem}");
        } else {
            tracing::info!(integration.id = %id, job.id = %job.id, problem, "a {what} of {id} is tried again later: {problem}");
        }
        Ok(())
    }
}

impl At<'_> {
    async fn step(&self) -> Result<(), Failure> {
        match self.job.kind {
            JobKind::Fetch => self.fetch().await,
            JobKind::Sync | JobKind::Reconcile => self.list().await,
        }
    }

    /// Fetches one order, and what another address shows of it.
    async fn fetch(&self) -> Result<(), Failure> {
        let lines = &self.runner.lines;
        let mut pulled = lines
            .ask(
                self.integration,
                |account| self.puller.order(account, &self.job.order),
                |response| self.puller.read_order(response),
            )
            .await?;
        // Whether there is more does not depend on the token.
        let entered = Entered(self.integration);
        if self
            .puller
            .more(&entered.with(Some("")), &pulled)?
            .is_some()
        {
            let whole = lines
                .ask(
                    self.integration,
                    |account| {
                        let more = self.puller.more(account, &pulled)?;
                        more.ok_or(Trouble::NotFound)
                    },
                    |response| self.puller.with_more(pulled.clone(), response),
                )
                .await;
            pulled = match whole {
                Ok(whole) => whole,
                Err(failure) if self.is_worth_waiting(&failure) => return Err(failure),
                // What is there is worth more than nothing.
                Err(_) => pulled,
            };
        }
        let then = Then::Fetched {
            notices: self.job.notices,
        };
        self.store(vec![pulled], then).await
    }

    fn is_worth_waiting(&self, failure: &Failure) -> bool {
        match failure {
            Failure::Store(_) => true,
            Failure::Trouble(Trouble::TooFast(_) | Trouble::Failed(_)) => self.job.attempts < 3,
            _ => false,
        }
    }

    /// Stores what was read, and how the job goes on.
    pub(super) async fn store(&self, pulled: Vec<Pulled>, then: Then) -> Result<(), Failure> {
        let deliveries = pulled
            .into_iter()
            .map(|pulled| self.delivery(pulled))
            .collect::<Result<_, _>>()?;
        let page = PulledPage {
            job: self.job.id,
            integration: self.integration.id,
            deliveries,
            then,
        };
        match self.runner.store.store_pulled(page).await {
            Ok(stored) => self.count(&stored),
            Err(StoreError::Refused(Refusal::JobOver)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn delivery(&self, pulled: Pulled) -> Result<NewDelivery, Failure> {
        let world = &*self.runner.world;
        let now = world.now();
        let reading = self.read(&pulled)?;
        let (millis, random) = world.id_parts();
        let kind = pulled.kind.as_str();
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Ok(NewDelivery {
            id: DeliveryId::new(millis, random),
            workspace: self.integration.workspace,
            integration: self.integration.id,
            received_at: now,
            headers: vec![
                header("content-type", "application/json"),
                header(PULLED_HEADER, kind),
            ],
            query: String::new(),
            proof: ProofSummary::pulled(),
            nonce: None,
            delivery_key: Key16::of(&[b"pulled", kind.as_bytes(), &pulled.body]),
            body: self.stripped(pulled.body),
            reading,
        })
    }

    fn read(&self, pulled: &Pulled) -> Result<NewReading, Failure> {
        let world = &*self.runner.world;
        let reader = Reader::new(self.integration, world, world.now());
        let reader = reader.ok_or(Trouble::NotSetUp("provider"))?;
        let read = reader.fetched(pulled, self.job.told_at);
        let read = read.map_err(|_| StoreError::Unavailable(crate::store::Fault::Internal))?;
        for doubt in &read.doubts {
            self.runner.metrics.doubted(self.puller.slug(), doubt.code);
        }
        Ok(read.reading)
    }

    fn stripped(&self, body: Vec<u8>) -> Bytes {
        let Some(provider) = providers::provider(&self.integration.provider) else {
            return body.into();
        };
        let none: Vec<(String, String)> = Vec::new();
        let inbound = Inbound {
            query: "",
            headers: &none,
            body: &body,
        };
        match provider.strip(&inbound) {
            std::borrow::Cow::Owned(stripped) => stripped.into(),
            std::borrow::Cow::Borrowed(same) if same.len() == body.len() => body.into(),
            std::borrow::Cow::Borrowed(part) => Bytes::copy_from_slice(part),
        }
    }

    fn count(&self, stored: &PageStored) {
        let slug = self.puller.slug();
        for result in DeliveryResult::ALL {
            let count = stored.results.iter().filter(|one| **one == result).count();
            self.runner.metrics.pulled(slug, result.as_str(), count);
        }
    }

    fn setback(&self, failure: &Failure) -> Result<Setback, StoreError> {
        if let Failure::Store(error) = failure {
            return Err(*error);
        }
        let world = &*self.runner.world;
        let mut random = [0; 2];
        world.fill(&mut random);
        let situation = Situation {
            now: world.now(),
            haste: world.haste(),
            chance: f64::from(u16::from_be_bytes(random)) / f64::from(u16::MAX),
        };
        setback(self.job, failure, &situation)
            .ok_or(StoreError::Unavailable(crate::store::Fault::Internal))
    }
}
