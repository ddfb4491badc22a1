//! Asking the platforms themselves: whether their API answers to our credentials, and whether our webhook is registered still.

use std::time::Duration;

use chrono::{DateTime, Utc};
use providers::pull::{Puller, puller};
use providers::register::{Registrar, registrar};
use serde::Serialize;

use super::super::super::Desk;
use super::super::views::webhook_url;
use crate::jobs::problem;
use crate::outgoing::{Timing, account, registration};
use crate::store::{Integration, RegistrationSeen};

/// How long a platform may take; the others are asked meanwhile.
const PATIENCE: Duration = Duration::from_secs(8);

/// What the platforms said.
#[derive(Default)]
pub(super) struct Found {
    pub(super) probe: Option<Probe>,
    pub(super) registration: Option<RegistrationSeen>,
}

/// What the API said to a cheap request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Probe {
    pub(super) ok: bool,
    /// What stood in the way.
    code: Option<&'static str>,
    /// How long the platform took to answer; null where it was not asked, since what it needs is absent or others were asking.
    latency_ms: Option<u64>,
    at: DateTime<Utc>,
}

/// Asks an integration's platform; nothing where it has no API, or not all that its API asks for is entered.
pub(super) async fn look(desk: &Desk, integration: &Integration) -> Found {
    let Some(puller) = puller(&integration.provider) else {
        return Found::default();
    };
    if !account::is_set_up(integration) {
        return Found::default();
    }
    let probe = probe(desk, integration, puller).await;
    let registrar = registrar(&integration.provider).filter(|_| probe.ok);
    let registration = match registrar {
        Some(registrar) => registration(desk, integration, registrar).await,
        None => None,
    };
    Found {
        probe: Some(probe),
        registration,
    }
}

async fn probe(desk: &Desk, integration: &Integration, puller: &dyn Puller) -> Probe {
    let timing = Timing::default();
    let asking = desk.lines.ask_timed(
        integration,
        |account| puller.probe(account),
        |response| puller.probed(response),
        &timing,
    );
    let asked = tokio::time::timeout(PATIENCE, asking).await;
    let took = timing.took();
    let code = match asked {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some(problem(&failure).unwrap_or("unavailable")),
        // It was our turn never: other requests to it are on their way.
        Err(_) if took.is_none() => Some("platform_too_fast"),
        Err(_) => Some("platform_unreachable"),
    };
    Probe {
        ok: code.is_none(),
        code,
        latency_ms: took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
        at: desk.world.now(),
    }
}

/// What cannot be found out is not said; what is found out is kept where the webhook was known to be registered.
async fn registration(
    desk: &Desk,
    integration: &Integration,
    registrar: &dyn Registrar,
) -> Option<RegistrationSeen> {
    let url = webhook_url(desk, integration);
    let asking = registration::holds(&desk.lines, integration, registrar, &url);
    let registered = tokio::time::timeout(PATIENCE, asking).await.ok()?.ok()?;
    let seen = RegistrationSeen {
        registered,
        at: desk.world.now(),
    };
    let kept = desk.store.keep_registration(integration.id, seen).await;
    if let Err(error) = kept {
        let id = integration.id;
        tracing::warn!(integration.id = %id, error = %error, "what was found out of the webhook of {id} could not be kept: {error}");
    }
    Some(seen)
}
