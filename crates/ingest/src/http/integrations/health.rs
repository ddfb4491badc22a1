//! How the sources fare, for leads: what is missing, what came lately and when, what went wrong.

mod probe;
mod rules;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use contract::IntegrationId;
use contract::silence::usual_gap;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::super::Desk;
use super::super::answer::Refused;
use super::super::body::Params;
use super::super::who::Lead;
use crate::metrics::ShapesMet;
use crate::store::{Activity, Counts, Integration, RegistrationSeen, SourceDuties};
use probe::{Found, Probe};
use rules::{Facts, Missing};

/// Lists how the integrations fare, oldest first.
#[derive(Serialize)]
pub(crate) struct Report {
    integrations: Vec<Health>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    id: IntegrationId,
    slug: String,
    provider: String,
    name: String,
    active: bool,
    state: rules::State,
    setup: Setup,
    last_event: Option<LastEvent>,
    /// To the full hour.
    last24h: Counts,
    /// What its API said; null unless it was asked.
    probe: Option<Probe>,
    /// Whether its webhook is registered still, as found out when last looked; null where nobody has, or the platform cannot tell.
    registration: Option<Registration>,
    jobs: Jobs,
    /// Why it was paused, where nobody of the team did it; null otherwise.
    paused: Option<&'static str>,
    /// What its platform asks for; null where nothing is open.
    erasure: Option<ErasureAsked>,
    /// How often each shape that no document confirms was met in what it sent, by this process since it began.
    shapes: ShapesMet,
}

/// Whether the webhook is registered still.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Registration {
    registered: bool,
    checked_at: DateTime<Utc>,
}

impl Registration {
    fn of(seen: RegistrationSeen) -> Self {
        Self {
            registered: seen.registered,
            checked_at: seen.at,
        }
    }
}

/// The platform wants all customers of the shop erased.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErasureAsked {
    asked_at: DateTime<Utc>,
    /// Until when it has to be done.
    due_at: DateTime<Utc>,
    /// An admin has confirmed it, and it is being done.
    running: bool,
}

/// How long after a platform's word its customers may stay: what Shopify allows.
const ERASE_WITHIN: TimeDelta = TimeDelta::days(30);

/// How its readings from the platform's API stand.
#[derive(Serialize)]
struct Jobs {
    waiting: u64,
    /// Given up in the last 24 hours.
    failed: u64,
}

/// The query of the report.
#[derive(Deserialize)]
pub(crate) struct Query {
    #[serde(default)]
    probe: bool,
}

#[derive(Serialize)]
struct Setup {
    complete: bool,
    missing: Vec<Missing>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LastEvent {
    at: DateTime<Utc>,
    /// The median gap between events; null where too few came.
    usual_gap_seconds: Option<i64>,
    late: bool,
}

/// `GET /api/v1/integrations/health`; with `probe=true` the platforms are asked too.
pub(crate) async fn health(
    State(desk): State<Desk>,
    lead: Lead,
    Params(query): Params<Query>,
) -> Result<Json<Report>, Refused> {
    let activity = desk.store.activity(lead.workspace()).await?;
    let looked_at = activity.into_iter().filter_map(|activity| {
        let integration = desk.store.integration(activity.integration)?;
        Some(report(&desk, integration, activity, query.probe))
    });
    let integrations = join_all(looked_at).await;
    Ok(Json(Report { integrations }))
}

/// Says why it is paused, where its platform is the reason.
const fn paused(integration: &Integration, duties: &SourceDuties) -> Option<&'static str> {
    match (integration.active, duties.access_ended, duties.suspended) {
        (false, true, _) => Some("access_ended"),
        (false, false, true) => Some("suspended"),
        _ => None,
    }
}

async fn report(
    desk: &Desk,
    integration: Arc<Integration>,
    activity: Activity,
    asked: bool,
) -> Health {
    let found = if asked {
        probe::look(desk, &integration).await
    } else {
        Found::default()
    };
    let shapes = desk.metrics.shapes_of(integration.id);
    judged(&integration, &activity, (found, shapes), desk.world.now())
}

fn judged(
    integration: &Integration,
    activity: &Activity,
    (found, shapes): (Found, ShapesMet),
    now: DateTime<Utc>,
) -> Health {
    let missing = rules::missing(integration, now);
    let last_event = activity.last_event_at.map(|at| {
        let gap = usual_gap(&activity.arrivals);
        LastEvent {
            at,
            usual_gap_seconds: gap.map(|gap| gap.num_seconds()),
            late: rules::is_late(now - at, gap),
        }
    });
    let registration = found.registration.or(activity.registration);
    let state = rules::state(&Facts {
        is_active: integration.active,
        missing: &missing,
        has_event: last_event.is_some(),
        is_late: last_event.as_ref().is_some_and(|last| last.late),
        last_day: &activity.last_day,
        answers: found.probe.as_ref().map(|probe| probe.ok),
        is_registered: registration.map(|one| one.registered),
        failed_jobs: activity.jobs_failed,
        erase_asked: activity.duties.erase_asked_at.is_some(),
    });
    Health {
        id: integration.id,
        slug: integration.slug.clone(),
        provider: integration.provider.clone(),
        name: integration.name.clone(),
        active: integration.active,
        state,
        setup: Setup {
            complete: missing.is_empty(),
            missing,
        },
        last_event,
        last24h: activity.last_day,
        probe: found.probe,
        registration: registration.map(Registration::of),
        jobs: Jobs {
            waiting: activity.jobs_open,
            failed: activity.jobs_failed,
        },
        paused: paused(integration, &activity.duties),
        erasure: activity.duties.erase_asked_at.map(|asked_at| ErasureAsked {
            asked_at,
            due_at: asked_at + ERASE_WITHIN,
            running: activity.duties.erasing,
        }),
        shapes,
    }
}
