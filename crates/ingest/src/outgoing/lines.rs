//! Lines to accounts: one request at a time each, at the pace of the limit it counts against, signed in where the API asks for it.
//!
//! A limit counts one account's requests, or all that come from here; accounts that share one wait for each other.
//!
//! A token is kept encrypted with the account, serves all its requests, and is renewed when it has ended or is refused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::IntegrationId;
use providers::pull::{Account, Counted, Puller, Request, Response, Trouble, puller};
use tokio::sync::{OwnedMutexGuard, Semaphore};
use tokio::time::Instant;

use super::account::Entered;
use super::hosts::Hosts;
use super::pace::Pace;
use super::timing::Timing;
use super::{Answer, Client, Unreachable};
use crate::store::{ApiToken, Integration, SecretText, Store, StoreError, World};

/// Requests on their way at once, to all accounts together.
const AT_ONCE: usize = 16;

/// How long a request waits for its turn; a limit that must rest longer says so instead.
const TURN: Duration = Duration::from_secs(5);

/// Holds the lines to all accounts.
pub(crate) struct Lines {
    client: Client,
    store: Arc<dyn Store>,
    world: Arc<dyn World>,
    lines: Mutex<HashMap<IntegrationId, Arc<tokio::sync::Mutex<Line>>>>,
    paces: Mutex<HashMap<Limited, SharedPace>>,
    places: Semaphore,
    begun: Instant,
}

/// What is known of one account between its requests.
#[derive(Default)]
struct Line {
    token: Option<ApiToken>,
}

/// Names what a limit counts.
#[derive(PartialEq, Eq, Hash)]
enum Limited {
    Account(IntegrationId),
    /// A platform's API, wherever it lies.
    Api(&'static str, Hosts),
}

/// Is held for the length of a request: an answer that is not there yet has not been counted.
type SharedPace = Arc<tokio::sync::Mutex<Pace>>;

/// Tells why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The platform said so, or what it needs is absent.
    #[error("{0}")]
    Trouble(#[from] Trouble),
    /// There was no answer.
    #[error("{0}")]
    Unreachable(#[from] Unreachable),
    /// Our own store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl Lines {
    pub(crate) fn new(client: Client, store: Arc<dyn Store>, world: Arc<dyn World>) -> Self {
        Self {
            client,
            store,
            world,
            lines: Mutex::default(),
            paces: Mutex::default(),
            places: Semaphore::new(AT_ONCE),
            begun: Instant::now(),
        }
    }

    /// Asks one question; with a new token once more, where the old one is refused.
    ///
    /// # Errors
    /// What the platform answered instead, or why there is no answer.
    pub(crate) async fn ask<T>(
        &self,
        integration: &Integration,
        question: impl Fn(&Account<'_>) -> Result<Request, Trouble>,
        read: impl Fn(&Response<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        self.ask_timed(integration, question, read, &Timing::default())
            .await
    }

    /// Asks as [`Lines::ask`] does, and times the last exchange.
    ///
    /// # Errors
    /// As [`Lines::ask`].
    pub(crate) async fn ask_timed<T>(
        &self,
        integration: &Integration,
        question: impl Fn(&Account<'_>) -> Result<Request, Trouble>,
        read: impl Fn(&Response<'_>) -> Result<T, Trouble>,
        timing: &Timing,
    ) -> Result<T, Failure> {
        let mut call = self.call_timed(integration, timing.clone()).await?;
        let first = call.ask(&question, &read).await;
        match first {
            Err(Failure::Trouble(Trouble::Unauthorised)) if call.renew().await? => {
                call.ask(&question, &read).await
            }
            outcome => outcome,
        }
    }

    /// Takes the line to an account, for several questions that belong together.
    ///
    /// # Errors
    /// When something is absent, the account must rest, or the sign-in fails.
    pub(crate) async fn call<'a>(
        &'a self,
        integration: &'a Integration,
    ) -> Result<Call<'a>, Failure> {
        self.call_timed(integration, Timing::default()).await
    }

    async fn call_timed<'a>(
        &'a self,
        integration: &'a Integration,
        timing: Timing,
    ) -> Result<Call<'a>, Failure> {
        let puller = puller(&integration.provider).ok_or(Trouble::NotSetUp("provider"))?;
        let hosts = Hosts::of(puller, integration);
        let line = self.line(integration.id);
        let mut call = Call {
            lines: self,
            integration,
            puller,
            pace: self.pace(integration.id, puller, &hosts),
            hosts,
            line: line.lock_owned().await,
            token: None,
            timing,
        };
        call.sign_in().await?;
        Ok(call)
    }

    fn line(&self, id: IntegrationId) -> Arc<tokio::sync::Mutex<Line>> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lines.entry(id).or_default())
    }

    fn pace(&self, id: IntegrationId, puller: &'static dyn Puller, hosts: &Hosts) -> SharedPace {
        let limited = match puller.counted() {
            Counted::ByAccount => Limited::Account(id),
            Counted::ByAddress => Limited::Api(puller.slug(), hosts.clone()),
        };
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = paces.entry(limited).or_insert_with(|| {
            let pace = Pace::new(puller.pace(), self.world.haste(), self.begun);
            Arc::new(tokio::sync::Mutex::new(pace))
        });
        Arc::clone(pace)
    }
}

/// The line to one account, held until dropped.
pub(crate) struct Call<'a> {
    lines: &'a Lines,
    integration: &'a Integration,
    puller: &'static dyn Puller,
    pace: SharedPace,
    hosts: Hosts,
    line: OwnedMutexGuard<Line>,
    token: Option<SecretText>,
    timing: Timing,
}

impl Call<'_> {
    /// Lets `with` make a question of what was entered for the account, and of its token.
    pub(crate) fn account<T>(&self, with: impl FnOnce(&Account<'_>) -> T) -> T {
        let entered = Entered(self.integration);
        with(&entered.with(self.token.as_ref().map(SecretText::expose)))
    }

    async fn ask<T>(
        &mut self,
        question: impl Fn(&Account<'_>) -> Result<Request, Trouble>,
        read: impl Fn(&Response<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        let request = self.account(&question)?;
        let answer = self.send(&request).await?;
        let read = read(&answer.response());
        Ok(self.heeded(read).await?)
    }

    /// Sends a request when it is its turn.
    ///
    /// # Errors
    /// [`Trouble::TooFast`] when its turn is far off; why there is no answer.
    pub(crate) async fn send(&mut self, request: &Request) -> Result<Answer, Failure> {
        let mut pace = self.pace.lock().await;
        let turn = pace.next();
        let wait = turn.saturating_duration_since(Instant::now());
        if wait > TURN {
            return Err(Trouble::TooFast(Some(wait * self.lines.world.haste())).into());
        }
        tokio::time::sleep_until(turn).await;
        let _place = self.lines.places.acquire().await;
        let _noted = Noted(&mut pace);
        self.timing.begin();
        let answer = self.lines.client.send(request, &self.hosts).await;
        self.timing.end();
        Ok(answer?)
    }

    /// Lets the limit rest where the platform asks for it.
    pub(crate) async fn heeded<T>(&mut self, read: Result<T, Trouble>) -> Result<T, Trouble> {
        if let Err(Trouble::TooFast(Some(wait))) = &read {
            let wait = *wait / self.lines.world.haste().max(1);
            self.pace.lock().await.rest(Instant::now(), wait);
        }
        read
    }

    /// Finds a token that holds, or gets one; does nothing where the API has no such step.
    async fn sign_in(&mut self) -> Result<(), Failure> {
        let Some(request) = self.sign_in_request()? else {
            return Ok(());
        };
        if self.line.token.is_none() {
            self.line.token = self.lines.store.api_token(self.integration.id).await?;
        }
        let got_with = got_with(self.integration);
        let now = self.lines.world.now();
        let kept = self.line.token.clone();
        let kept = kept.filter(|token| token.got_with == got_with);
        self.token = match kept {
            Some(token) if now < token.expires_at => Some(token.value),
            kept => match (self.got(&request, got_with).await, kept) {
                // By the platform's clock the old one lives still.
                (Err(Failure::Trouble(Trouble::Forbidden)), Some(token)) => Some(token.value),
                (got, _) => Some(got?),
            },
        };
        Ok(())
    }

    /// Gets a new token in place of one that is refused; false where the API has no such step.
    pub(crate) async fn renew(&mut self) -> Result<bool, Failure> {
        let Some(request) = self.sign_in_request()? else {
            return Ok(false);
        };
        self.token = Some(self.got(&request, got_with(self.integration)).await?);
        Ok(true)
    }

    fn sign_in_request(&self) -> Result<Option<Request>, Trouble> {
        self.puller.sign_in(&Entered(self.integration).with(None))
    }

    async fn got(&mut self, request: &Request, got_with: String) -> Result<SecretText, Failure> {
        let answer = self.send(request).await?;
        let signed_in = self
            .puller
            .signed_in(&answer.response(), self.lines.world.now());
        let token = self.heeded(signed_in).await?;
        let kept = ApiToken {
            value: SecretText::new(token.value),
            expires_at: token.expires_at,
            got_with,
        };
        self.line.token = Some(kept.clone());
        let value = kept.value.clone();
        self.lines
            .store
            .keep_api_token(self.integration.id, Some(kept))
            .await?;
        Ok(value)
    }
}

/// Counts a request when it is over, also when whoever waited for it is gone.
struct Noted<'a>(&'a mut Pace);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.answered(Instant::now());
    }
}

/// Names what a token is got with, without telling it: another key or another address asks for another token.
fn got_with(integration: &Integration) -> String {
    let mut hash = blake3::Hasher::new_derive_key("balcao 2026 what an API token was got with");
    let mut part = |text: &str| {
        hash.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    };
    for (name, value) in &integration.credentials {
        part(name);
        part(value.expose());
    }
    part(&integration.settings.as_json().to_string());
    hash.finalize().to_hex().to_string()
}
