//! What the team shares: saved views, who is there, where an order's state comes from.

use contract::{DeliveryId, Filter, Present, PresentMember, ViewId};
use inbox::{
    asking::{Provenance, ViewSaveAsked},
    view::{Colleague, SavedView},
};
use tauri::{AppHandle, State};

use super::Answer;
use crate::{notices::take_away, shop::Opening};

/// Lists the members of the team.
#[tauri::command]
pub(super) async fn members(opening: State<'_, Opening>) -> Answer<Vec<Colleague>> {
    Ok(opening.shop().await?.inbox().members().await?)
}

/// Lists the saved views.
#[tauri::command]
pub(super) async fn views(opening: State<'_, Opening>) -> Answer<Vec<SavedView>> {
    Ok(opening.shop().await?.inbox().views().await?)
}

/// Saves a view.
#[tauri::command]
pub(super) async fn view_save(
    opening: State<'_, Opening>,
    id: Option<ViewId>,
    name: String,
    filter: Filter,
    team: bool,
) -> Answer<SavedView> {
    let asked = ViewSaveAsked {
        id,
        name,
        filter,
        team,
    };
    Ok(opening.shop().await?.inbox().view_save(asked).await?)
}

/// Takes a saved view away.
#[tauri::command]
pub(super) async fn view_remove(opening: State<'_, Opening>, id: ViewId) -> Answer<()> {
    Ok(opening.shop().await?.inbox().view_remove(id).await?)
}

/// Hears which conversation is open.
#[tauri::command]
pub(super) async fn present(
    app: AppHandle,
    opening: State<'_, Opening>,
    asked: Present,
) -> Answer<()> {
    if let Some(id) = asked.conversation_id {
        take_away(&app, id);
    }
    Ok(opening.shop().await?.inbox().present(asked)?)
}

/// Lists who else looks at what.
#[tauri::command]
pub(super) async fn presence(opening: State<'_, Opening>) -> Answer<Vec<PresentMember>> {
    Ok(opening.shop().await?.inbox().presence()?)
}

/// Tells which requests told of an order.
#[tauri::command]
pub(super) async fn provenance(
    opening: State<'_, Opening>,
    order_key: String,
) -> Answer<Provenance> {
    Ok(opening.shop().await?.inbox().provenance(&order_key).await?)
}

/// Reads what a platform sent.
#[tauri::command]
pub(super) async fn raw_event(opening: State<'_, Opening>, id: DeliveryId) -> Answer<String> {
    Ok(opening.shop().await?.inbox().raw_event(id).await?)
}
