//! Trying an integration out: a sample, signed as its platform would sign it, sent through the real webhook.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use providers::{Provider, Sample, Secret, SecretUse, sign};

use super::super::Desk;
use super::super::answer::Refused;
use super::super::body::Parts1;
use super::super::webhooks::{self, Address, Trial};
use super::super::who::Admin;
use super::find;
use crate::store::{Deed, Integration, action};

/// `POST /api/v1/integrations/{id}/test-event`: what arrives is marked as a test and counts nowhere.
pub(crate) async fn send(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(name): Parts1<String>,
) -> Result<Response, Refused> {
    let found = find(&desk, admin.workspace(), &name)?;
    if !found.active {
        return Err(
            Refused::conflict("integration_paused", "The integration is paused.")
                .hint("Resume it, and send the test event again."),
        );
    }
    let request = request(&desk, &found)?;
    let deed = Deed::new(Some(admin.actor()), action::TEST_EVENT, found.id);
    desk.store.record(admin.workspace(), deed).await?;
    webhooks::receive(&desk, Some(found), Address::Key, request)
        .await
        .map_err(as_seen_by_an_admin)
}

/// A proof that does not hold is the platform's fault elsewhere and would read as a lost session here.
fn as_seen_by_an_admin(refused: Refused) -> Refused {
    if refused.code() != "bad_proof" {
        return refused;
    }
    Refused::conflict("test_refused", "The integration refused its own proof.")
        .hint("Check its secret and its settings.")
}

fn request(desk: &Desk, integration: &Integration) -> Result<Request, Refused> {
    let no_sample = || {
        Refused::conflict("no_sample", "No test event can be made for this platform.")
            .hint("Let the platform itself send one.")
    };
    let provider = providers::provider(&integration.provider).ok_or_else(no_sample)?;
    let now = desk.world.now();
    let (millis, random) = desk.world.id_parts();
    let unique = random
        .iter()
        .take(3)
        .fold(millis % 10_000_000_000, |id, byte| {
            (id * 10).wrapping_add(u64::from(byte % 10))
        });
    let sample = provider
        .sample_with(&integration.settings, &unique.to_string(), now)
        .ok_or_else(no_sample)?;
    let secret = newest_secret(desk, provider, integration)?;
    let nonce = hex::encode(desk.world.token());
    let signed = sign::sign_with(
        provider.slug(),
        &integration.settings,
        &secret,
        &sample.body,
        now,
        &nonce,
    );
    let signed = signed.ok_or_else(no_sample)?;
    let query: Vec<&str> = [sample.query.as_str(), signed.query.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    built(&query.join("&"), &sample, &signed.headers).ok_or_else(Refused::internal)
}

fn newest_secret(
    desk: &Desk,
    provider: &dyn Provider,
    integration: &Integration,
) -> Result<Secret, Refused> {
    let now = desk.world.now();
    let newest = integration
        .secrets
        .iter()
        .find(|secret| secret.is_valid(now));
    match newest {
        Some(secret) => Ok(Secret::new(secret.value.expose())),
        None if provider.signs_with(&integration.settings)
            || provider.about().secret == SecretUse::Required =>
        {
            Err(Refused::conflict(
                "secret_missing",
                "The integration has no secret to sign with.",
            )
            .hint("Enter the platform's secret first."))
        }
        None => Ok(Secret::new("")),
    }
}

fn built(query: &str, sample: &Sample, proof: &[(String, String)]) -> Option<Request> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("/?{query}"))
        .extension(Trial);
    let headers = request.headers_mut()?;
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    for (name, value) in sample.headers.iter().chain(proof) {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.insert(name, HeaderValue::from_str(value).ok()?);
    }
    request.body(Body::from(sample.body.clone())).ok()
}
