//! The team's sequences: read by all, written by leads on top of the version they were made from.

use axum::Json as Answer;
use axum::extract::State;
use follow_up::SharedSequences;
use serde::Serialize;

use super::Desk;
use super::answer::Refused;
use super::body::Json;
use super::who::{Agent, Lead};
use crate::store::{Refusal, StoreError};

/// `GET /api/v1/sequences`.
pub(crate) async fn show(
    State(desk): State<Desk>,
    agent: Agent,
) -> Result<Answer<SharedSequences>, Refused> {
    Ok(Answer(desk.store.sequences(agent.workspace()).await?))
}

/// Answers a saving.
#[derive(Serialize)]
pub(crate) struct Saved {
    version: u32,
}

/// `PUT /api/v1/sequences`; the body's version says what it is based on.
pub(crate) async fn save(
    State(desk): State<Desk>,
    lead: Lead,
    Json(shared): Json<SharedSequences>,
) -> Result<Answer<Saved>, Refused> {
    if let Err(fault) = shared.sequences.check() {
        return Err(
            Refused::invalid(fault.0, why(fault.0)).hint("/openapi.json describes every body.")
        );
    }
    let workspace = lead.workspace();
    let saving = desk.store.save_sequences(workspace, shared, lead.actor());
    match saving.await {
        Ok(version) => Ok(Answer(Saved { version })),
        Err(error) => Err(with_current(&desk, &lead, error).await),
    }
}

/// Shows with a conflict what is there now.
async fn with_current(desk: &Desk, lead: &Lead, error: StoreError) -> Refused {
    let refused = Refused::from(error);
    if error != StoreError::Refused(Refusal::VersionConflict) {
        return refused;
    }
    let now = desk.store.sequences(lead.workspace()).await.ok();
    match now.and_then(|now| serde_json::to_value(now).ok()) {
        Some(current) => refused.current(current),
        None => refused,
    }
}

fn why(path: &str) -> &'static str {
    match path {
        "stages" => {
            "A sequence is for carts, PIX, boletos, refused payments or late renewals, one each."
        }
        "silentHours" => "A source may be silent for 1 to 720 hours.",
        "steps" => "A sequence that is followed has 1 to 6 steps.",
        "template" => "Each step of a sequence names a template of its own.",
        _ => {
            "Steps come one after the other: 5 minutes to 30 days after the stage began, or up to 10 days from a boleto's last day."
        }
    }
}
