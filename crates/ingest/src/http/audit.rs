//! Who did what to the sources and the team, for admins.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::Desk;
use super::answer::Refused;
use super::body::Params;
use super::who::Admin;
use crate::store::RecordPage;

/// How many records a page holds where the caller does not say, and at most.
const PAGE: (u32, u32) = (50, 200);

/// The query of a list.
#[derive(Deserialize)]
pub(crate) struct ListQuery {
    before: Option<i64>,
    limit: Option<u32>,
}

/// `GET /api/v1/audit`.
pub(crate) async fn list(
    State(desk): State<Desk>,
    admin: Admin,
    Params(query): Params<ListQuery>,
) -> Result<Json<RecordPage>, Refused> {
    let limit = query.limit.unwrap_or(PAGE.0).clamp(1, PAGE.1);
    let reading = desk.store.records(admin.workspace(), query.before, limit);
    Ok(Json(reading.await?))
}
