//! Jobs for those who asked for them: how far each has come, and what stands in its way.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use contract::{IntegrationId, JobId};
use serde::{Deserialize, Serialize};

use super::answer::Refused;
use super::body::{Params, Parts1};
use super::who::Lead;
use super::{Desk, integrations};
use crate::store::{Deed, Job, JobKind, JobQuery, JobState, Progress, action};

/// How many jobs a list holds where the caller does not say, and at most.
const PAGE: (u32, u32) = (50, 200);

/// Shows a job.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct View {
    id: JobId,
    integration_id: IntegrationId,
    kind: JobKind,
    state: JobState,
    kinds: Vec<String>,
    /// The platform's id of the order that is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    progress: Progress,
    problem: Option<ProblemView>,
    attempts: u32,
    next_try_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// Tells what stood in a job's way last.
#[derive(Serialize)]
struct ProblemView {
    code: String,
    hint: &'static str,
}

/// Lists jobs.
#[derive(Serialize)]
pub(crate) struct Listed {
    jobs: Vec<View>,
}

/// The query of a list.
#[derive(Deserialize)]
pub(crate) struct ListQuery {
    integration: Option<String>,
    limit: Option<u32>,
}

impl View {
    pub(super) fn of(job: Job) -> Self {
        let is_open = job.state.is_open();
        Self {
            id: job.id,
            integration_id: job.integration,
            kind: job.kind,
            state: job.state,
            kinds: job.kinds,
            order: (job.kind == JobKind::Fetch).then_some(job.order),
            since: job.span.map(|span| span.since),
            until: job.span.map(|span| span.until),
            progress: job.progress,
            problem: (!job.problem.is_empty()).then(|| ProblemView {
                hint: hint(&job.problem),
                code: job.problem,
            }),
            attempts: job.attempts,
            next_try_at: is_open.then_some(job.due_at),
            created_at: job.created_at,
            finished_at: job.finished_at,
        }
    }
}

/// Says what to do about a platform's trouble.
pub(super) fn hint(problem: &str) -> &'static str {
    match problem {
        "not_set_up" => "Enter the credentials and settings the platform's API asks for.",
        "platform_unauthorised" => {
            "The platform does not take these credentials: enter them again, or make new ones."
        }
        "platform_forbidden" => {
            "The credentials do not reach this: give them the rights the platform's API asks for."
        }
        "platform_not_found" => "The platform knows no such thing, or not yet.",
        "platform_lags" => {
            "The platform shows the order as it was before what its notice told of; it is asked again."
        }
        "platform_too_fast" => {
            "The platform wants to be asked less often; it is asked again later."
        }
        "platform_failed" => "The platform has trouble of its own; it is asked again later.",
        "platform_refused" => {
            "The platform refuses the request: check the settings, and whether the service has a public address."
        }
        "platform_unreadable" => "The platform's answer cannot be read.",
        "platform_unreachable" => "The platform cannot be reached, or does not answer in time.",
        "address_not_allowed" => {
            "The address of the API lies inside a private network, or is none of the platform's."
        }
        "integration_inactive" => "The integration is paused or gone.",
        _ => "The service's log tells more.",
    }
}

/// `GET /api/v1/jobs`.
pub(crate) async fn list(
    State(desk): State<Desk>,
    lead: Lead,
    Params(query): Params<ListQuery>,
) -> Result<Json<Listed>, Refused> {
    let integration = match &query.integration {
        Some(name) => Some(integrations::find(&desk, lead.workspace(), name)?.id),
        None => None,
    };
    let query = JobQuery {
        integration,
        limit: query.limit.unwrap_or(PAGE.0).clamp(1, PAGE.1),
    };
    let jobs = desk.store.jobs(lead.workspace(), query).await?;
    Ok(Json(Listed {
        jobs: jobs.into_iter().map(View::of).collect(),
    }))
}

/// `GET /api/v1/jobs/{id}`.
pub(crate) async fn one(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1(id): Parts1<JobId>,
) -> Result<Json<View>, Refused> {
    let job = desk.store.job(lead.workspace(), id).await?;
    Ok(Json(View::of(job)))
}

/// `DELETE /api/v1/jobs/{id}`: ends it; what it brought stays.
pub(crate) async fn cancel(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1(id): Parts1<JobId>,
) -> Result<Json<View>, Refused> {
    let job = desk.store.cancel_job(lead.workspace(), id).await?;
    let deed = Deed::new(Some(lead.actor()), action::JOB_CANCELLED, id);
    desk.store.record(lead.workspace(), deed).await?;
    Ok(Json(View::of(job)))
}
