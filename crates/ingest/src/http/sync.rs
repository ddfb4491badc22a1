//! Asking for a span of time to be read back from a platform's API.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use contract::JobId;
use providers::pull::{Kind, Puller, puller};
use serde::Deserialize;

use super::answer::Refused;
use super::body::Json;
use super::who::Lead;
use super::{Desk, integrations, jobs};
use crate::outgoing::account;
use crate::store::{Deed, Integration, JobKind, NewJob, Span, action};

/// What is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    integration: String,
    since: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    kinds: Option<Vec<String>>,
}

/// `POST /api/v1/integrations/sync`: makes a job that lists what changed in a span of time.
pub(crate) async fn ask(
    State(desk): State<Desk>,
    lead: Lead,
    Json(asked): Json<Asked>,
) -> Result<Response, Refused> {
    let integration = integrations::find(&desk, lead.workspace(), &asked.integration)
        .map_err(|_| Refused::invalid("integration", "There is no such integration."))?;
    let puller = readable(&integration)?;
    let now = desk.world.now();
    let span = Span {
        since: asked.since,
        until: asked.until.unwrap_or(now).min(now),
    };
    if span.since >= span.until {
        return Err(Refused::invalid(
            "since",
            "The span of time must begin in the past and before it ends.",
        ));
    }
    let (millis, random) = desk.world.id_parts();
    let job = NewJob {
        id: JobId::new(millis, random),
        workspace: lead.workspace(),
        integration: integration.id,
        kind: JobKind::Sync,
        kinds: kinds(puller, asked.kinds)?,
        span: Some(span),
        due_at: now,
    };
    let job = desk.store.create_job(job).await?;
    let deed = Deed::new(Some(lead.actor()), action::SYNC_STARTED, integration.id);
    desk.store.record(lead.workspace(), deed).await?;
    desk.bell.ring();
    Ok((StatusCode::ACCEPTED, Answer(jobs::View::of(job))).into_response())
}

/// Finds an integration's API, if all it needs is there.
pub(super) fn readable(integration: &Integration) -> Result<&'static dyn Puller, Refused> {
    let Some(puller) = puller(&integration.provider) else {
        let refused = Refused::new(
            StatusCode::CONFLICT,
            "not_pulled",
            "Nothing can be read back from this platform.",
        );
        return Err(refused.hint("GET /api/v1/platforms names what each platform offers."));
    };
    if !integration.active {
        let refused = Refused::new(
            StatusCode::CONFLICT,
            "integration_inactive",
            "The integration is paused.",
        );
        return Err(refused.hint("Resume it first."));
    }
    let missing = account::missing(puller, integration);
    if missing.is_empty() {
        return Ok(puller);
    }
    let refused = Refused::new(
        StatusCode::CONFLICT,
        "not_set_up",
        "Something the platform's API asks for is absent.",
    );
    Err(refused.hint(format!("Missing: {}.", missing.join(", "))))
}

/// Takes the kinds asked for, or all there are.
fn kinds(puller: &dyn Puller, asked: Option<Vec<String>>) -> Result<Vec<String>, Refused> {
    let known: Vec<&str> = puller.kinds().iter().map(|kind| kind.as_str()).collect();
    let Some(mut asked) = asked.filter(|asked| !asked.is_empty()) else {
        return Ok(known.into_iter().map(str::to_owned).collect());
    };
    let is_known = |word: &String| Kind::parse(word).is_some() && known.contains(&word.as_str());
    if let Some(place) = asked.iter().position(|word| !is_known(word)) {
        let refused = Refused::invalid(
            &format!("kinds[{place}]"),
            "This platform lists nothing of that kind.",
        );
        return Err(refused.hint(format!("Known are: {}.", known.join(", "))));
    }
    let mut seen = std::collections::BTreeSet::new();
    asked.retain(|word| seen.insert(word.clone()));
    Ok(asked)
}
