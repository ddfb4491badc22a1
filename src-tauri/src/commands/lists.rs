//! Lists of conversations and what stands around them.

use contract::{ConversationId, Filter, ViewId};
use inbox::{
    asking::{Found, RowsAsked, SearchAsked},
    view::{Counters, Desk, FilterValues, Freshness, PageAsked, Row, RowPage, View},
};
use tauri::{AppHandle, State};

use super::Answer;
use crate::{shop::Opening, window};

/// Reads one page of a view.
#[tauri::command]
pub(super) async fn list_page(opening: State<'_, Opening>, asked: PageAsked) -> Answer<RowPage> {
    Ok(opening.shop().await?.inbox().list_page(asked).await?)
}

/// Reads rows again, in place.
#[tauri::command]
pub(super) async fn rows(
    opening: State<'_, Opening>,
    view: View,
    saved: Option<ViewId>,
    filter: Option<Filter>,
    ids: Vec<ConversationId>,
    until: Option<String>,
) -> Answer<Vec<Row>> {
    let asked = RowsAsked {
        view,
        saved,
        filter: filter.unwrap_or_default(),
        ids,
        until,
    };
    Ok(opening.shop().await?.inbox().rows(asked).await?)
}

/// Counts every view.
#[tauri::command]
pub(super) async fn counters(opening: State<'_, Opening>) -> Answer<Counters> {
    Ok(opening.shop().await?.inbox().counters().await?)
}

/// Lists what there is to narrow lists by.
#[tauri::command]
pub(super) async fn filter_values(opening: State<'_, Opening>) -> Answer<FilterValues> {
    Ok(opening.shop().await?.inbox().filter_values().await?)
}

/// Tells how the desk stands to its service.
#[tauri::command]
pub(super) async fn freshness(opening: State<'_, Opening>) -> Answer<Freshness> {
    Ok(opening.shop().await?.inbox().freshness())
}

/// Tells who sits here.
#[tauri::command]
pub(super) async fn desk(opening: State<'_, Opening>) -> Answer<Option<Desk>> {
    Ok(opening.shop().await?.inbox().desk())
}

/// Finds conversations.
#[tauri::command]
pub(super) async fn search(opening: State<'_, Opening>, asked: SearchAsked) -> Answer<Found> {
    Ok(opening.shop().await?.inbox().search(asked).await?)
}

/// Shows on the app's icon how many conversations have something that ends now; none at 0.
#[tauri::command]
pub(super) fn badge(app: AppHandle, count: u32) {
    window::badge(&app, count);
}
