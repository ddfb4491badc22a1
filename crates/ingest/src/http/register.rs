//! Registering our webhook through the platform's API, or saying how it is done by hand.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{Actor, WorkspaceId};
use providers::PANEL_LOCALES;
use providers::pull::Trouble;
use providers::register::{Registered, Registrar, Step, Wanted, registrar};
use serde::Serialize;

use super::answer::Refused;
use super::body::Parts1;
use super::who::Admin;
use super::{Desk, integrations, jobs, sync};
use crate::jobs::problem;
use crate::outgoing::{Failure, registration};
use crate::store::{
    Deed, Integration, NewIntegration, RegistrationSeen, SecretText, TokenHash, action,
};

/// The most steps a registration takes.
const MOST_STEPS: usize = 60;

/// Tells what came of it.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    #[serde(rename_all = "camelCase")]
    Done {
        registered: bool,
        /// The platform's events that reach us now.
        events: Vec<String>,
        /// Whether the platform made a secret, which is kept.
        secret_stored: bool,
    },
    ByHand {
        registered: bool,
        reason: &'static str,
        /// Steps for people, by language.
        steps: std::collections::BTreeMap<&'static str, &'static [String]>,
    },
}

/// `POST /api/v1/integrations/{id}/register-webhook`.
pub(crate) async fn register(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(name): Parts1<String>,
) -> Result<Json<Outcome>, Refused> {
    let integration = integrations::find(&desk, admin.workspace(), &name)?;
    let Some(registrar) = registrar(&integration.provider) else {
        return Ok(Json(by_hand(&integration.provider)));
    };
    sync::readable(&integration)?;
    let (secret, is_stored) = own_secret(&desk, &integration);
    // Where an earlier try was broken off the platform may have made a webhook whose secret never got here: the one that is stored
    // says nothing of it.
    let was_broken_off = desk.store.begin_registering(integration.id).await?;
    let is_stored = is_stored && !was_broken_off;
    let url = integration.webhook_url(&desk.base_url);
    let wanted = Wanted {
        url: &url,
        name: registration::NAME,
        secret: Some(secret.expose()),
        is_stored,
    };
    let done = registered(&desk, &integration, registrar, &wanted)
        .await
        .map_err(|failure| refused(&failure))?;
    let secret_stored = keep(
        &desk,
        (admin.workspace(), admin.actor()),
        &integration,
        &done,
    )
    .await?;
    let seen = RegistrationSeen {
        registered: true,
        at: desk.world.now(),
    };
    desk.store.keep_registration(integration.id, seen).await?;
    desk.store.end_registering(integration.id).await?;
    let deed = Deed::new(Some(admin.actor()), action::REGISTERED, integration.id);
    desk.store.record(admin.workspace(), deed).await?;
    tracing::info!(integration.id = %integration.id, "registered the webhook of {}", integration.id);
    Ok(Json(Outcome::Done {
        registered: true,
        events: done.events,
        secret_stored,
    }))
}

fn by_hand(provider: &str) -> Outcome {
    let steps = PANEL_LOCALES.map(|locale| (locale, providers::panel_steps(provider, locale)));
    Outcome::ByHand {
        registered: false,
        reason: "not_offered",
        steps: steps.into(),
    }
}

/// Returns the newest secret that holds, or makes one; and whether it is stored.
fn own_secret(desk: &Desk, integration: &Integration) -> (SecretText, bool) {
    let now = desk.world.now();
    let held = integration
        .secrets
        .iter()
        .find(|secret| secret.is_valid(now));
    match held {
        Some(secret) => (secret.value.clone(), true),
        None => {
            let made = hex::encode(&desk.world.token()[..16]);
            (SecretText::new(made), false)
        }
    }
}

/// Goes through the registrar's steps; with a new token once more, where the old one is refused.
async fn registered(
    desk: &Desk,
    integration: &Integration,
    registrar: &dyn Registrar,
    wanted: &Wanted<'_>,
) -> Result<Registered, Failure> {
    let mut call = desk.lines.call(integration).await?;
    let mut renewed = false;
    let mut step = call.account(|account| registrar.begin(account, wanted))?;
    for _ in 0..MOST_STEPS {
        let (request, state) = match step {
            Step::Done(registered) => return Ok(registered),
            Step::Ask { request, state } => (request, state),
        };
        let answer = call.send(&request).await?;
        let next =
            call.account(|account| registrar.next(account, wanted, &state, &answer.response()));
        step = match call.heeded(next).await {
            Err(Trouble::Unauthorised) if !renewed && call.renew().await? => {
                renewed = true;
                call.account(|account| registrar.begin(account, wanted))?
            }
            next => next?,
        };
    }
    Err(Trouble::Unreadable("steps".to_owned()).into())
}

/// Keeps the secret the platform made, beside the one before it for a while; true when it is a new one.
async fn keep(
    desk: &Desk,
    (workspace, actor): (WorkspaceId, Actor),
    integration: &Arc<Integration>,
    done: &Registered,
) -> Result<bool, Refused> {
    let Some(secret) = &done.secret else {
        return Ok(false);
    };
    let Ok(text) = std::str::from_utf8(secret.expose()) else {
        return Err(refused(&Trouble::Unreadable("secret".to_owned()).into()));
    };
    // It may have been changed while the platform was asked.
    let current = desk.store.integration(integration.id);
    let current = current.unwrap_or_else(|| Arc::clone(integration));
    let fresh = TokenHash::of(text);
    if current
        .secrets
        .iter()
        .any(|held| TokenHash::of(held.value.expose()) == fresh)
    {
        return Ok(true);
    }
    let now = desk.world.now();
    let changed = NewIntegration {
        secrets: integrations::succeeded(&current.secrets, SecretText::new(text), now),
        ..integrations::unchanged(&current)
    };
    desk.store
        .upsert_integration_as(workspace, changed, Some(actor), None)
        .await?;
    Ok(true)
}

/// Says no in the platform's stead.
pub(super) fn refused(failure: &Failure) -> Refused {
    let Some(code) = problem(failure) else {
        let Failure::Store(error) = failure else {
            return Refused::internal();
        };
        return (*error).into();
    };
    let (status, detail) = match code {
        "not_set_up" => (
            StatusCode::CONFLICT,
            "Something the platform's API asks for is absent.",
        ),
        "platform_unauthorised" | "platform_forbidden" => (
            StatusCode::CONFLICT,
            "The platform does not let these credentials do this.",
        ),
        "platform_refused" | "address_not_allowed" => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The platform was not asked, or refused the request.",
        ),
        _ => (
            StatusCode::BAD_GATEWAY,
            "The platform did not answer as it should.",
        ),
    };
    Refused::new(status, code, detail).hint(jobs::hint(code))
}
