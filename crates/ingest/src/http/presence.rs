//! Where a member is: said by the desk, told to colleagues by the stream of the feed, kept nowhere.

use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use contract::Present;

use super::Desk;
use super::answer::Refused;
use super::body::Json;
use super::who::Agent;

/// `POST /api/v1/presence`.
pub(crate) async fn note(
    State(desk): State<Desk>,
    agent: Agent,
    Json(present): Json<Present>,
) -> Result<StatusCode, Refused> {
    let session = agent.session.id;
    desk.presence_rate
        .take(session, Instant::now())
        .map_err(|wait| {
            Refused::rate_limited("Too many words of where a member is.").retry_after(wait)
        })?;
    desk.presences
        .note(agent.workspace(), session, agent.actor(), &present);
    Ok(StatusCode::NO_CONTENT)
}
