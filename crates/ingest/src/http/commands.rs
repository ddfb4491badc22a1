//! What agents do, in batches; each command is answered for itself, and a repeat as the first was.

use axum::Json as Answer;
use axum::extract::State;
use contract::{CommandAnswers, CommandBatch};

use super::Desk;
use super::answer::Refused;
use super::body::Json;
use super::who::Agent;

/// The most commands of one batch.
const BATCH: usize = 100;

/// `POST /api/v1/commands`.
pub(crate) async fn apply(
    State(desk): State<Desk>,
    agent: Agent,
    Json(batch): Json<CommandBatch>,
) -> Result<Answer<CommandAnswers>, Refused> {
    let count = batch.commands.len();
    if !(1..=BATCH).contains(&count) {
        return Err(Refused::invalid(
            "commands",
            "A batch has 1 to 100 commands.",
        ));
    }
    let applying = desk
        .store
        .apply(agent.workspace(), agent.actor(), batch.commands);
    let applied = tokio::time::timeout(desk.config.commit_timeout, applying).await;
    let results = applied.map_err(|_| Refused::busy("overloaded"))??;
    desk.metrics.commands.inc_by(count as u64);
    Ok(Answer(CommandAnswers { results }))
}
