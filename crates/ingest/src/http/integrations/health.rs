//! How the sources fare, for leads: what is missing, what came lately and when, what went wrong.

mod rules;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use contract::IntegrationId;
use serde::Serialize;

use super::super::Desk;
use super::super::answer::Refused;
use super::super::who::Lead;
use crate::store::{Activity, Counts, Integration};
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

/// `GET /api/v1/integrations/health`.
pub(crate) async fn health(State(desk): State<Desk>, lead: Lead) -> Result<Json<Report>, Refused> {
    let activity = desk.store.activity(lead.workspace()).await?;
    let now = desk.world.now();
    let integrations = activity.into_iter().filter_map(|activity| {
        let integration = desk.store.integration(activity.integration)?;
        Some(judged(&integration, &activity, now))
    });
    Ok(Json(Report {
        integrations: integrations.collect(),
    }))
}

fn judged(integration: &Integration, activity: &Activity, now: DateTime<Utc>) -> Health {
    let missing = rules::missing(integration, now);
    let last_event = activity.last_event_at.map(|at| {
        let gap = rules::usual_gap(&activity.arrivals);
        LastEvent {
            at,
            usual_gap_seconds: gap.map(|gap| gap.num_seconds()),
            late: rules::is_late(now - at, gap),
        }
    });
    let state = rules::state(&Facts {
        is_active: integration.active,
        missing: &missing,
        has_event: last_event.is_some(),
        is_late: last_event.as_ref().is_some_and(|last| last.late),
        last_day: &activity.last_day,
        answers: None,
        is_registered: None,
        failed_jobs: 0,
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
    }
}
