//! What a member does to a conversation, and what of it is still on its way.

use contract::{Action, CommandId, ConversationId};
use inbox::{Inbox, asking::BulkPreview, view::OutboxItem};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::Answer;
use crate::shop::Opening;

/// Names the action that was written down.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub(super) struct WrittenDown {
    /// The action.
    pub(super) command_id: CommandId,
    /// Until when it can be taken back, in Unix milliseconds; `None` for as long as it is remembered.
    #[ts(type = "number | null")]
    pub(super) back_until: Option<i64>,
}

impl WrittenDown {
    pub(super) fn of(inbox: &Inbox, command_id: CommandId) -> Self {
        Self {
            command_id,
            back_until: inbox.back_until(command_id),
        }
    }
}

/// Writes an action down.
#[tauri::command]
pub(super) async fn act(
    opening: State<'_, Opening>,
    conversation_id: ConversationId,
    action: Action,
) -> Answer<WrittenDown> {
    let shop = opening.shop().await?;
    let command_id = shop.inbox().act(conversation_id, action).await?;
    Ok(WrittenDown::of(shop.inbox(), command_id))
}

/// Takes an action back.
#[tauri::command]
pub(super) async fn undo(opening: State<'_, Opening>, command_id: CommandId) -> Answer<bool> {
    Ok(opening.shop().await?.inbox().undo(command_id).await?)
}

/// Takes several actions back at once; tells how many were.
#[tauri::command]
pub(super) async fn undo_many(opening: State<'_, Opening>, ids: Vec<CommandId>) -> Answer<u32> {
    Ok(opening.shop().await?.inbox().undo_many(ids).await?)
}

/// Tells what an action on many conversations would change.
#[tauri::command]
pub(super) async fn bulk_preview(
    opening: State<'_, Opening>,
    ids: Vec<ConversationId>,
    action: Action,
) -> Answer<BulkPreview> {
    let shop = opening.shop().await?;
    Ok(shop.inbox().bulk_preview(ids, action).await?)
}

/// Acts on many conversations at once.
#[tauri::command]
pub(super) async fn bulk(
    opening: State<'_, Opening>,
    ids: Vec<ConversationId>,
    action: Action,
) -> Answer<Vec<WrittenDown>> {
    let shop = opening.shop().await?;
    let commands = shop.inbox().bulk(ids, action).await?;
    let written = commands
        .into_iter()
        .map(|command_id| WrittenDown::of(shop.inbox(), command_id));
    Ok(written.collect())
}

/// Lists what is on its way or was refused.
#[tauri::command]
pub(super) async fn outbox(opening: State<'_, Opening>) -> Answer<Vec<OutboxItem>> {
    Ok(opening.shop().await?.inbox().outbox().await?)
}

/// Sends an action again.
#[tauri::command]
pub(super) async fn outbox_retry(opening: State<'_, Opening>, id: CommandId) -> Answer<()> {
    Ok(opening.shop().await?.inbox().outbox_retry(id).await?)
}

/// Forgets an action.
#[tauri::command]
pub(super) async fn outbox_discard(opening: State<'_, Opening>, id: CommandId) -> Answer<()> {
    Ok(opening.shop().await?.inbox().outbox_discard(id).await?)
}
