//! One step of a job: one answer of the platform's API read and stored, or one setback noted.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use contract::{DeliveryId, Status};
use futures_util::FutureExt;
use providers::Inbound;
use providers::pull::{Account, Pulled, Puller, Request, Trouble, puller};

use super::setback::{Situation, setback};
use super::{Runner, name_of};
use crate::outgoing::Failure;
use crate::outgoing::account::Entered;
use crate::reading::{PULLED_HEADER, Reader};
use crate::store::{
    DeliveryResult, Fault, Held, Integration, Job, JobKind, Key16, NewDelivery, NewReading,
    PageStored, ProofSummary, PulledPage, Refusal, Setback, StoreError, Then, why,
};

/// How often a fetch is tried again while the platform shows another state than the notice told, or an older one: about a minute.
const LAGGING: u32 = 5;

/// What stands in the way where an order was fetched and tells no status.
const UNREADABLE: &str = "platform_unreadable";

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
            Err(problem) => Err(given_up(problem)),
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
                    Err(_) => Err(given_up("internal")),
                }
            }
        };
        let Err(setback) = outcome else {
            return Ok(());
        };
        if setback.again_at.is_none() && !setback.denied {
            self.tell_held(job, setback.problem).await?;
        }
        self.note(job, setback).await
    }

    /// Tells what was held back for a fetch as it was told, since the platform cannot say whether it is so.
    async fn tell_held(&self, job: &Job, problem: &str) -> Result<(), StoreError> {
        let Some(integration) = self.store.integration(job.integration) else {
            return Ok(());
        };
        loop {
            let held = self.store.held(job.id).await?;
            if held.is_empty() {
                return Ok(());
            }
            for Held { delivery, .. } in held {
                let reading = self.as_told(job, &integration, delivery).await?;
                let why = format!("{}: {problem}", why::UNCONFIRMED);
                self.store.tell_held(job, delivery, reading, why).await?;
            }
        }
    }

    async fn as_told(
        &self,
        job: &Job,
        integration: &Integration,
        delivery: DeliveryId,
    ) -> Result<NewReading, StoreError> {
        let gone = || NewReading::Unmapped {
            event: String::new(),
            why: why::GONE.to_owned(),
        };
        let detail = match self.store.delivery(job.workspace, delivery).await {
            Ok(detail) => detail,
            // What cannot be read back must not hold up the rest for ever.
            Err(StoreError::NotFound | StoreError::Unavailable(Fault::Damaged)) => {
                return Ok(gone());
            }
            Err(error) => return Err(error),
        };
        let reader = Reader::new(integration, &*self.world, detail.summary.received_at);
        let read = reader.map(|reader| reader.as_told(&detail));
        Ok(read.and_then(Result::ok).unwrap_or_else(gone))
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
        let pulled = lines
            .ask(
                self.integration,
                |account| self.puller.order(account, &self.job.order),
                |response| self.puller.read_order(response),
            )
            .await?;
        let pulled = self.whole(pulled).await?;
        let shown = self.shown(&pulled).await?;
        let then = Then::Fetched {
            notices: self.job.notices,
            shown,
            shown_at: self.reader()?.told_at(&pulled),
        };
        self.store(vec![pulled], then).await
    }

    /// Names the statuses an order shows, and sees to it that what is held back can be judged by them.
    async fn shown(&self, pulled: &Pulled) -> Result<Vec<Status>, Failure> {
        let held = self.runner.store.held(self.job.id).await?;
        let shown = self.reader()?.shown(pulled);
        let is_shown = |held: &Held| shown.iter().any(|status| status.as_str() == held.status);
        if shown.is_empty() {
            let tell = self.runner.tell_held(self.job, UNREADABLE);
            tell.await?;
        } else if self.job.attempts < LAGGING
            && !(held.iter().all(is_shown) && self.is_as_new(pulled, &shown)?)
        {
            // An API may show a moment later what its webhook told.
            return Err(Trouble::Lags.into());
        }
        Ok(shown)
    }

    /// Tells whether what an order shows can be what the notices told of, and is no older than what was known of it.
    fn is_as_new(&self, pulled: &Pulled, shown: &[Status]) -> Result<bool, Trouble> {
        let provider = providers::provider(self.puller.slug());
        let provider = provider.ok_or(Trouble::NotSetUp("provider"))?;
        let fits = |event: &String| shown.iter().any(|status| provider.fits(event, *status));
        let shown_at = self.reader()?.told_at(pulled);
        let is_behind = provider.times_are_of_one_clock() && shown_at < self.job.told_at;
        Ok(self.job.told.iter().all(fits) && shown_at >= self.job.known_at && !is_behind)
    }

    /// Adds what another address of the API shows of an order, where it lacks something.
    pub(super) async fn whole(&self, pulled: Pulled) -> Result<Pulled, Failure> {
        // Whether there is more does not depend on the token.
        let entered = Entered(self.integration);
        if self.runner.denied.knows(self.job)
            || self.more(&entered.with(Some("")), &pulled)?.is_none()
        {
            return Ok(pulled);
        }
        let whole = self
            .runner
            .lines
            .ask(
                self.integration,
                |account| {
                    let more = self.more(account, &pulled)?;
                    more.ok_or(Trouble::NotFound)
                },
                |response| self.puller.with_more(pulled.clone(), response),
            )
            .await;
        match whole {
            Err(failure) if self.is_worth_waiting(&failure) => Err(failure),
            Err(Failure::Trouble(Trouble::Forbidden)) => {
                self.runner.denied.note(self.job);
                Ok(pulled)
            }
            // What is there is worth more than nothing.
            whole => Ok(whole.unwrap_or(pulled)),
        }
    }

    fn more(&self, account: &Account<'_>, pulled: &Pulled) -> Result<Option<Request>, Trouble> {
        match self.job.kind {
            JobKind::Fetch => self.puller.more_once_told(account, pulled),
            JobKind::Sync | JobKind::Reconcile => self.puller.more(account, pulled),
        }
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

    pub(super) fn reader(&self) -> Result<Reader<'_>, Trouble> {
        let world = &*self.runner.world;
        let reader = Reader::new(self.integration, world, world.now());
        reader.ok_or(Trouble::NotSetUp("provider"))
    }

    fn read(&self, pulled: &Pulled) -> Result<NewReading, Failure> {
        let reader = self.reader()?;
        // What never caught up is stored with its own time, which a notice that told more stands behind.
        let is_as_new = self.is_as_new(pulled, &reader.shown(pulled))?;
        let read = reader.fetched(pulled, self.job.told_at.filter(|_| is_as_new));
        let read = read.map_err(|_| StoreError::Unavailable(Fault::Internal))?;
        for doubt in &read.doubts {
            self.runner.metrics.doubted(self.puller.slug(), doubt.code);
        }
        let (id, slug) = (self.integration.id, self.puller.slug());
        self.runner.metrics.shaped(id, slug, &read.shapes);
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
        setback(self.job, failure, &situation).ok_or(StoreError::Unavailable(Fault::Internal))
    }
}

fn given_up(problem: &'static str) -> Setback {
    Setback {
        problem,
        again_at: None,
        denied: false,
    }
}
