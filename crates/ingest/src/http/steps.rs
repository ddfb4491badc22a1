//! Steps of sequences being done: a desk asks for one right before its text leaves, and of all that ask one gets it.

use axum::Json as Answer;
use axum::extract::State;
use contract::{StepAnswer, StepAsked};

use super::Desk;
use super::answer::Refused;
use super::body::Json;
use super::who::Agent;

/// Longest key of an order or a template, in bytes.
const LONGEST_KEY: usize = 512;

/// `POST /api/v1/steps`.
pub(crate) async fn take(
    State(desk): State<Desk>,
    agent: Agent,
    Json(asked): Json<StepAsked>,
) -> Result<Answer<StepAnswer>, Refused> {
    for (path, key) in [
        ("orderKey", &asked.order_key),
        ("template", &asked.template),
    ] {
        if !(1..=LONGEST_KEY).contains(&key.len()) {
            return Err(Refused::invalid(path, "A key has 1 to 512 bytes.")
                .hint("/openapi.json describes every body."));
        }
    }
    let session = agent.session.id;
    let taking = desk
        .store
        .take_step(agent.workspace(), asked, agent.actor(), session);
    Ok(Answer(taking.await?))
}
