//! What platforms send. The order is the point: size, rate of the address, body, proof on the raw bytes, rate of the integration,
//! and only then reading and storing.
//!
//! Whatever is wrong with a proof, the caller reads one constant answer; the reason goes to the log and the metrics. What an
//! integration may send is counted once its proof held: nobody else can use it up.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use contract::DeliveryId;
use providers::{Context, Doubt, Inbound, Proof, Provider, Secret};
use serde::Serialize;

use self::duties::Duty;
use super::answer::Refused;
use super::body::{self, Parts1};
use super::roomy::Room;
use super::{Desk, webhook_takes};
use crate::caller::Origin;
use crate::reading::{Read, Reader, UNIFIED_PROOF_HEADER};
use crate::store::{
    Accepted, DeliveryResult, Integration, Key16, NewDelivery, NewNonce, NewReading, ProofSummary,
    Refusal, StoreError, TRIAL_HEADER,
};

mod duties;

/// Names the integration where the address does not.
const INTEGRATION_HEADER: &str = "x-balcao-integration";
/// The headers worth keeping with a delivery; none of them carries a proof.
const KEPT_HEADERS: [&str; 11] = [
    "content-type",
    "user-agent",
    "x-request-id",
    "x-hotmart-webhook-version",
    "x-shopify-topic",
    "x-shopify-event-id",
    "x-shopify-webhook-id",
    "x-shopify-shop-domain",
    "x-shopify-triggered-at",
    "x-shopify-api-version",
    "x-linkedstore-topic",
];

/// The parameters of the address's query worth keeping with a delivery; none of them carries a proof.
const KEPT_PARAMETERS: [&str; 3] = ["event", "topic", "type"];

/// Marks a request that the service makes to itself to try an integration out; no caller from outside can set it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trial;

/// Answers a delivery that is durable.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    result: DeliveryResult,
    delivery_id: DeliveryId,
}

/// How a request found its integration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// By the unguessable key, which is a proof of its own where the platform has none.
    Key,
    /// By a name anybody may know.
    Name,
}

/// `POST /api/v1/webhooks/{provider}/{key}`; some panels look at the address first, by GET or HEAD.
pub(crate) async fn by_key(
    State(desk): State<Desk>,
    Parts1((provider, key)): Parts1<(String, String)>,
    request: Request,
) -> Result<Response, Refused> {
    let is_look = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_look {
        within_address_rate(&desk, &request)?;
    } else {
        check_head(&desk, &provider, &request, "GET, HEAD, POST")?;
    }
    desk.store.look_again().await?;
    let integration = desk.store.integration_by_key(&key).filter(|found| {
        providers::provider(&provider).is_some_and(|known| known.slug() == found.provider)
    });
    if is_look {
        return looked_at(integration.is_some());
    }
    receive(&desk, integration, Address::Key, request).await
}

/// Answers a panel, or a browser, that looks whether an address is there before it is entered; nothing is kept of it.
fn looked_at(is_there: bool) -> Result<Response, Refused> {
    if is_there {
        Ok(StatusCode::OK.into_response())
    } else {
        Err(unknown_webhook())
    }
}

/// `POST /api/v1/webhooks/{provider}`.
pub(crate) async fn by_header(
    State(desk): State<Desk>,
    Parts1(provider): Parts1<String>,
    request: Request,
) -> Result<Response, Refused> {
    check_head(&desk, &provider, &request, "POST")?;
    desk.store.look_again().await?;
    let named = request
        .headers()
        .get(INTEGRATION_HEADER)
        .map(|value| value.to_str().unwrap_or_default());
    let integration = named_or_only(&desk, &provider, named)?;
    receive(&desk, integration, Address::Name, request).await
}

fn check_head(
    desk: &Desk,
    provider: &str,
    request: &Request,
    allowed: &'static str,
) -> Result<(), Refused> {
    if request.method() != Method::POST {
        return Err(webhook_takes(allowed));
    }
    within_address_rate(desk, request)?;
    let limit = desk.room.largest(providers::provider(provider));
    body::check_head(request.headers(), limit)
        .inspect_err(|refused| desk.metrics.refused("none", refused.code()))
}

fn within_address_rate(desk: &Desk, request: &Request) -> Result<(), Refused> {
    let trusted = &desk.config.trusted_proxies;
    let origin = Origin::of(request.extensions(), request.headers(), trusted);
    desk.origin_rate
        .take(origin, Instant::now())
        .map_err(|wait| {
            desk.metrics.refused("none", "rate_limited");
            Refused::rate_limited("This address sends faster than it may.").retry_after(wait)
        })
}

/// Finds the integration a header names, by id or slug, or the only active one of the platform; where none is active, a paused
/// one, so that its platform is answered as by its key.
fn named_or_only(
    desk: &Desk,
    provider: &str,
    named: Option<&str>,
) -> Result<Option<Arc<Integration>>, Refused> {
    let provider = providers::provider(provider).map_or(provider, |known| known.slug());
    let mut found = desk.store.all_integrations();
    found.retain(|one| {
        one.provider == provider
            && named.is_none_or(|name| one.slug == name || one.id.to_string() == name)
    });
    if found.iter().any(|one| one.active) {
        found.retain(|one| one.active);
    }
    if found.len() > 1 {
        desk.metrics.refused("none", "ambiguous");
        let refused = Refused::new(
            StatusCode::CONFLICT,
            "integration_ambiguous",
            "Several integrations fit this request.",
        );
        return Err(refused.hint("Name one by its id in the header X-Balcao-Integration, or use its own webhook address."));
    }
    Ok(found.pop())
}

fn unknown_webhook() -> Refused {
    Refused::new(
        StatusCode::NOT_FOUND,
        "unknown_webhook",
        "There is no integration behind this address.",
    )
    .hint("Copy the webhook address from the integration again, and check that it was not deleted.")
}

/// Receives a request for an integration that was found.
pub(super) async fn receive(
    desk: &Desk,
    integration: Option<Arc<Integration>>,
    address: Address,
    request: Request,
) -> Result<Response, Refused> {
    let known = integration
        .and_then(|one| providers::provider(&one.provider).map(|provider| (one, provider)));
    let Some((integration, provider)) = known else {
        desk.metrics.refused("none", "unknown_webhook");
        return Err(unknown_webhook());
    };
    let (head, body) = request.into_parts();
    let Room { limit, place } = desk
        .room
        .of(provider, &head.headers)
        .inspect_err(|refused| {
            desk.metrics.refused(provider.slug(), refused.code());
        })?;
    let bytes = body::read(body, limit, &desk.config)
        .await
        .inspect_err(|refused| desk.metrics.refused(provider.slug(), refused.code()))?;
    let now = desk.world.now();
    let received = Received {
        desk,
        provider,
        integration: &integration,
        query: head.uri.query().unwrap_or_default(),
        headers: &head.headers,
        body: &bytes,
        now,
        is_trial: head.extensions.get::<Trial>().is_some(),
    };
    let proof = received.verified(address)?;
    received.within_rate()?;
    let read = received.read(proof.signed)?;
    let read = if integration.active {
        read
    } else {
        received.set_aside(read, &proof)
    };
    let stored = received.store(proof, read).await;
    drop(place);
    stored
}

/// One request on its way through.
struct Received<'a> {
    desk: &'a Desk,
    provider: &'static dyn Provider,
    integration: &'a Integration,
    query: &'a str,
    headers: &'a HeaderMap,
    body: &'a Bytes,
    now: DateTime<Utc>,
    /// Whether the service sent it to itself: what it tells is a test, whatever it says.
    is_trial: bool,
}

impl Received<'_> {
    fn inbound(&self) -> Inbound<'_> {
        Inbound {
            query: self.query,
            headers: self.headers,
            body: self.body,
        }
    }

    /// Checks the proof over the raw bytes, against every secret that is valid now.
    fn verified(&self, address: Address) -> Result<Proof, Refused> {
        let secrets: Vec<Secret> = self
            .integration
            .secrets
            .iter()
            .filter(|secret| secret.is_valid(self.now))
            .map(|secret| Secret::new(secret.value.expose()))
            .collect();
        let context = self.context();
        let scheme = if self.headers.contains_key(UNIFIED_PROOF_HEADER) {
            providers::provider("unified").unwrap_or(self.provider)
        } else {
            self.provider
        };
        let proof = scheme
            .verify(&self.inbound(), &secrets, &context)
            .map_err(|refusal| self.refused(refusal.code()))?;
        if !proof.signed && address == Address::Name {
            return Err(self.refused("key_missing"));
        }
        self.desk
            .metrics
            .proved(self.provider.slug(), proof.scheme, proof.secret_index);
        Ok(proof)
    }

    /// Takes a token of the integration.
    fn within_rate(&self) -> Result<(), Refused> {
        let taken = self
            .desk
            .deliveries_rate
            .take(self.integration.id, Instant::now());
        taken.map_err(|wait| {
            let slug = self.provider.slug();
            self.desk.metrics.refused(slug, "rate_limited");
            Refused::rate_limited("This integration sends faster than it may.").retry_after(wait)
        })
    }

    /// Keeps what comes while the integration is paused, and has nothing come of it. Platforms give up an address that refuses
    /// them, so it is answered like anything else that is of no interest. What the law asks for is done all the same: a shop
    /// that has left is to be erased, too.
    fn set_aside(&self, read: Read, proof: &Proof) -> Read {
        if Duty::of(&read.reading, proof, self.is_trial).is_some() {
            return read;
        }
        Read {
            reading: read.reading.set_aside(),
            rejected: None,
            doubts: Vec::new(),
            shapes: Vec::new(),
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            now: self.now,
            integration: self.integration.id,
            settings: &self.integration.settings,
        }
    }

    fn refused(&self, reason: &'static str) -> Refused {
        self.desk.metrics.refused(self.provider.slug(), reason);
        let id = self.integration.id;
        self.desk.store.count_bad_proof(id);
        if self
            .desk
            .refusal_log_rate
            .take((Some(id), reason), Instant::now())
            .is_ok()
        {
            tracing::warn!(integration.id = %id, provider = self.provider.slug(), reason, "refused a webhook of {id}: {reason}");
        }
        Refused::bad_proof()
    }

    fn read(&self, is_signed: bool) -> Result<Read, Refused> {
        let reader = Reader::new(self.integration, &*self.desk.world, self.now);
        let reader = reader.ok_or_else(Refused::internal)?;
        let reader = reader.trial(self.is_trial).signed(is_signed);
        let read = reader.sent(&self.inbound());
        let read = read.map_err(|_| Refused::internal())?;
        count_doubts(self.desk, self.provider, &read.doubts);
        let metrics = &self.desk.metrics;
        metrics.shaped(self.integration.id, self.provider.slug(), &read.shapes);
        Ok(read)
    }

    fn delivery(&self, proof: Proof, reading: NewReading) -> NewDelivery {
        let inbound = self.inbound();
        let (millis, random) = self.desk.world.id_parts();
        let delivery_key = match self
            .provider
            .delivery_key_with(&inbound, &self.integration.settings)
        {
            Some(key) => Key16::of(&[b"id", key.as_bytes()]),
            None => Key16::of(&[b"body", self.body]),
        };
        let body = match self.provider.strip(&inbound) {
            std::borrow::Cow::Borrowed(same) if same.len() == self.body.len() => self.body.clone(),
            stripped => Bytes::from(stripped.into_owned()),
        };
        NewDelivery {
            id: DeliveryId::new(millis, random),
            workspace: self.integration.workspace,
            integration: self.integration.id,
            received_at: self.now,
            headers: self.kept_headers(),
            query: self.kept_query(),
            body,
            proof: ProofSummary {
                scheme: proof.scheme.to_owned(),
                secret_index: u32::try_from(proof.secret_index).unwrap_or(u32::MAX),
                signed: proof.signed,
            },
            nonce: proof.nonce.map(|nonce| NewNonce {
                value: nonce.value,
                expires_at: nonce.expires_at,
            }),
            delivery_key,
            reading,
        }
    }

    fn kept_headers(&self) -> Vec<(String, String)> {
        let trial = self
            .is_trial
            .then(|| (TRIAL_HEADER.to_owned(), "true".to_owned()));
        let of_source = self.provider.kept_headers(&self.integration.settings);
        KEPT_HEADERS
            .into_iter()
            .chain(of_source)
            .filter_map(|name| {
                let value = self.headers.get(name)?.to_str().ok()?;
                Some((name.to_ascii_lowercase(), value.to_owned()))
            })
            .chain(trial)
            .collect()
    }

    /// Returns the parts of the query that are worth keeping, as they came.
    fn kept_query(&self) -> String {
        let of_source = self.provider.kept_parameters(&self.integration.settings);
        let is_kept = |part: &&str| {
            let name = part.split_once('=').map_or(*part, |(name, _)| name);
            KEPT_PARAMETERS.contains(&name) || of_source.contains(&name)
        };
        let parts = self.query.split('&').filter(is_kept);
        parts.collect::<Vec<_>>().join("&")
    }

    /// Stores the delivery and answers; success is told only after the commit is durable.
    async fn store(&self, proof: Proof, read: Read) -> Result<Response, Refused> {
        let Read {
            reading, rejected, ..
        } = read;
        let asks = matches!(reading, NewReading::Notice { .. });
        let duty = Duty::of(&reading, &proof, self.is_trial);
        let reading = match duty {
            Some(duty) => duty.noted(reading),
            None => reading,
        };
        let scheme = proof.scheme;
        let begun = Instant::now();
        let storing = self.desk.store.accept(self.delivery(proof, reading));
        let slug = self.provider.slug();
        let Ok(stored) = tokio::time::timeout(self.desk.config.commit_timeout, storing).await
        else {
            self.desk.metrics.refused(slug, "commit_timeout");
            return Err(Refused::busy("overloaded"));
        };
        let accepted = stored.map_err(|error| self.not_stored(error))?;
        if asks {
            self.desk.bell.ring();
        }
        if let Some(duty) = duty {
            duty.fulfil(self.desk, self.integration, self.body).await?;
        }
        self.desk.metrics.accepted_in(begun.elapsed());
        self.desk.metrics.delivered(slug, accepted.result.as_str());
        let rejected = rejected.filter(|_| is_told_faults(scheme));
        Ok(answer(&accepted, rejected))
    }

    fn not_stored(&self, error: StoreError) -> Refused {
        if error == StoreError::Refused(Refusal::NonceReused) {
            return self.refused("nonce_reused");
        }
        let refused = Refused::from(error);
        self.desk
            .metrics
            .refused(self.provider.slug(), refused.code());
        refused
    }
}

/// Counts the fields of a body that could not be used.
pub(super) fn count_doubts(desk: &Desk, provider: &dyn Provider, doubts: &[Doubt]) {
    let slug = provider.slug();
    for Doubt { code, path } in doubts {
        desk.metrics.doubted(slug, code);
        tracing::debug!(
            provider = slug,
            code,
            path,
            "a field of {slug} could not be used: {code} at {path}"
        );
    }
}

/// Tells whether a sender that proved itself by this scheme is told what it sent wrong. Whoever writes to the unified contract can
/// mend it; a platform cannot, and gives up an address that refuses it too often.
pub(super) fn is_told_faults(scheme: &str) -> bool {
    scheme.starts_with("unified.")
}

fn answer(accepted: &Accepted, rejected: Option<providers::Unreadable>) -> Response {
    let Some(unreadable) = rejected else {
        let receipt = Receipt {
            result: accepted.result,
            delivery_id: accepted.delivery_id,
        };
        return Json(receipt).into_response();
    };
    Refused::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        unreadable.code,
        unreadable.detail,
    )
    .path(unreadable.path)
    .hint(format!(
        "The delivery was kept as {}.",
        accepted.delivery_id
    ))
    .into_response()
}
