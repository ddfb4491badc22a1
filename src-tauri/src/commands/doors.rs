//! How a desk is come by and left, and its settings.

use inbox::asking::Settings;
use tauri::State;

use super::Answer;
use crate::{
    painted as painting,
    shop::{Boot, Opening},
};

/// Tells the page where to begin.
#[tauri::command]
pub(super) async fn boot(opening: State<'_, Opening>) -> Answer<Boot> {
    Ok(opening.shop().await?.boot())
}

/// Hears that the page has drawn its first list.
#[tauri::command]
pub(super) fn painted() {
    painting::first();
}

/// Joins a team at its service.
#[tauri::command]
pub(super) async fn join_team(
    opening: State<'_, Opening>,
    server: String,
    invite: String,
    name: String,
) -> Answer<Boot> {
    opening.shop().await?.join(&server, &invite, &name).await
}

/// Starts a service inside the app.
#[tauri::command]
pub(super) async fn start_here(
    opening: State<'_, Opening>,
    workspace: String,
    name: String,
) -> Answer<Boot> {
    opening.shop().await?.start_here(&workspace, &name).await
}

/// Starts a service inside the app, with sample sales.
#[tauri::command]
pub(super) async fn start_sample(opening: State<'_, Opening>, name: String) -> Answer<Boot> {
    opening.shop().await?.start_sample(&name).await
}

/// Ends the session.
#[tauri::command]
pub(super) async fn sign_out(opening: State<'_, Opening>) -> Answer<Boot> {
    opening.shop().await?.sign_out().await
}

/// Keeps the member's choices.
#[tauri::command]
pub(super) async fn settings_put(
    opening: State<'_, Opening>,
    settings: Settings,
) -> Answer<Settings> {
    opening.shop().await?.settings_put(settings).await
}
