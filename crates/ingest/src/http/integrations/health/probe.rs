//! Asking the platforms themselves: whether their API answers to our credentials, and whether our webhook is registered still.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use providers::pull::{Puller, puller};
use providers::register::{Registrar, Step, Wanted, registrar};
use serde::Serialize;

use super::super::super::Desk;
use super::super::views::webhook_url;
use crate::jobs::problem;
use crate::outgoing::{Failure, account};
use crate::store::Integration;

/// How long a platform may take; the others are asked meanwhile.
const PATIENCE: Duration = Duration::from_secs(8);

/// What the platforms said.
#[derive(Default)]
pub(super) struct Found {
    pub(super) probe: Option<Probe>,
    pub(super) registration: Option<Registration>,
}

/// What the API said to a cheap request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Probe {
    pub(super) ok: bool,
    /// What stood in the way.
    code: Option<&'static str>,
    latency_ms: u64,
    at: DateTime<Utc>,
}

/// Whether our webhook is registered still.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Registration {
    pub(super) registered: bool,
    checked_at: DateTime<Utc>,
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
    let begun = Instant::now();
    let asking = desk.lines.ask(
        integration,
        |account| puller.probe(account),
        |response| puller.probed(response),
    );
    let code = match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some(problem(&failure).unwrap_or("unavailable")),
        Err(_) => Some("platform_unreachable"),
    };
    Probe {
        ok: code.is_none(),
        code,
        latency_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        at: desk.world.now(),
    }
}

/// What cannot be found out is not said.
async fn registration(
    desk: &Desk,
    integration: &Integration,
    registrar: &dyn Registrar,
) -> Option<Registration> {
    let asking = registered(desk, integration, registrar);
    let registered = tokio::time::timeout(PATIENCE, asking).await.ok()?.ok()?;
    Some(Registration {
        registered,
        checked_at: desk.world.now(),
    })
}

async fn registered(
    desk: &Desk,
    integration: &Integration,
    registrar: &dyn Registrar,
) -> Result<bool, Failure> {
    let url = webhook_url(desk, integration);
    let secret = integration.secrets.first();
    let wanted = Wanted {
        url: &url,
        name: "Balcão",
        secret: secret.map(|secret| secret.value.expose()),
    };
    let mut call = desk.lines.call(integration).await?;
    let step = call.account(|account| registrar.begin(account, &wanted))?;
    let Step::Ask { request, .. } = step else {
        return Ok(true);
    };
    let answer = call.send(&request).await?;
    Ok(call.heeded(registrar.holds(&wanted, &answer.response()))?)
}
