//! One conversation: what it shows, what can be written in it, what was typed.

use contract::ConversationId;
use follow_up::{Answers, Fill, Locale, SaleValue, TemplateChip};
use inbox::{
    asking::{DraftAsked, TimelineAsked, TimelinePage},
    view::{ConversationView, PersonPart},
};
use tauri::{AppHandle, State};

use super::Answer;
use crate::{notices::take_away, shop::Opening};

/// Reads one conversation.
#[tauri::command]
pub(super) async fn conversation(
    opening: State<'_, Opening>,
    id: ConversationId,
) -> Answer<ConversationView> {
    Ok(opening.shop().await?.inbox().conversation(id).await?)
}

/// Reads a part of a timeline.
#[tauri::command]
pub(super) async fn timeline(
    opening: State<'_, Opening>,
    asked: TimelineAsked,
) -> Answer<TimelinePage> {
    Ok(opening.shop().await?.inbox().timeline(asked).await?)
}

/// Shows one part of a person in full.
#[tauri::command]
pub(super) async fn reveal(
    opening: State<'_, Opening>,
    id: ConversationId,
    part: PersonPart,
) -> Answer<String> {
    Ok(opening.shop().await?.inbox().reveal(id, part).await?)
}

/// Lists the templates under the keys for an order.
#[tauri::command]
pub(super) async fn templates(
    opening: State<'_, Opening>,
    conversation_id: ConversationId,
    order_key: String,
    locale: Locale,
) -> Answer<Vec<TemplateChip>> {
    let shop = opening.shop().await?;
    Ok(shop
        .inbox()
        .templates(conversation_id, order_key, locale)
        .await?)
}

/// Fills a template for an order, or says what is missing.
#[tauri::command]
pub(super) async fn fill(
    opening: State<'_, Opening>,
    conversation_id: ConversationId,
    order_key: String,
    template_key: String,
    locale: Locale,
    answers: Option<Answers>,
) -> Answer<Fill> {
    let shop = opening.shop().await?;
    Ok(shop
        .inbox()
        .fill(
            conversation_id,
            order_key,
            template_key,
            locale,
            answers.unwrap_or_default(),
        )
        .await?)
}

/// Lists what every variable is for an order.
#[tauri::command]
pub(super) async fn sale_values(
    opening: State<'_, Opening>,
    conversation_id: ConversationId,
    order_key: String,
    locale: Locale,
) -> Answer<Vec<SaleValue>> {
    let shop = opening.shop().await?;
    Ok(shop
        .inbox()
        .sale_values(conversation_id, order_key, locale)
        .await?)
}

/// Keeps what was typed.
#[tauri::command]
pub(super) async fn save_draft(opening: State<'_, Opening>, asked: DraftAsked) -> Answer<()> {
    Ok(opening.shop().await?.inbox().save_draft(asked).await?)
}

/// Remembers that the member has looked.
#[tauri::command]
pub(super) async fn mark_read(
    app: AppHandle,
    opening: State<'_, Opening>,
    id: ConversationId,
) -> Answer<()> {
    take_away(&app, id);
    Ok(opening.shop().await?.inbox().mark_read(id).await?)
}
