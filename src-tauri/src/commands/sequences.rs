//! Sequences: what the team follows, and taking up the step that is due.

use contract::ConversationId;
use follow_up::{SharedSequences, StageSequence};
use inbox::view::SequenceCheck;
use tauri::State;

use super::Answer;
use crate::shop::Opening;

/// Returns what orders are followed up by.
#[tauri::command]
pub(super) async fn sequences(opening: State<'_, Opening>) -> Answer<SharedSequences> {
    Ok(opening.shop().await?.inbox().sequences().await?)
}

/// Tells what a stage's sequence is worth before it is saved.
#[tauri::command]
pub(super) async fn sequence_check(
    opening: State<'_, Opening>,
    stage: StageSequence,
    rest_days: bool,
) -> Answer<SequenceCheck> {
    let shop = opening.shop().await?;
    Ok(shop.inbox().sequence_check(stage, rest_days).await?)
}

/// Saves the team's sequences.
#[tauri::command]
pub(super) async fn sequences_save(
    opening: State<'_, Opening>,
    sequences: SharedSequences,
) -> Answer<SharedSequences> {
    let shop = opening.shop().await?;
    Ok(shop.inbox().sequences_save(sequences).await?)
}

/// Takes up the step that is due for an order.
#[tauri::command]
pub(super) async fn step_take(
    opening: State<'_, Opening>,
    conversation_id: ConversationId,
    order_key: String,
) -> Answer<String> {
    let shop = opening.shop().await?;
    Ok(shop.inbox().step_take(conversation_id, order_key).await?)
}
