//! Views that leads save for the team.

use contract::{Actor, TeamView, ViewId, WorkspaceId, entry::Removed, kind};
use rusqlite::{Connection, Row, params};

use super::read_actor;
use crate::store::sharing::MOST_VIEWS;
use crate::store::sqlite::append::append;
use crate::store::sqlite::place::optional;
use crate::store::sqlite::writer::Writing;
use crate::store::{Fault, Refusal, StoreError};

/// Lists the team's views, by name.
pub(super) fn list(db: &Connection, workspace: WorkspaceId) -> Result<Vec<TeamView>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT v.public, v.member, v.member_name, v.name, v.filter
         FROM workspace w JOIN team_view v ON v.workspace = w.id WHERE w.public = ?1",
    )?;
    let rows = statement.query_map([workspace.as_u128().to_be_bytes()], read)?;
    let mut views: Vec<TeamView> = rows.collect::<rusqlite::Result<_>>()?;
    views.sort_by_key(|view| (view.name.to_lowercase(), view.id));
    Ok(views)
}

/// Saves a view and tells it, unless it is there as it is.
pub(super) fn save(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    view: TeamView,
    by: Actor,
) -> Result<TeamView, StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    match find(writing, workspace_row, view.id)? {
        Some(known) if (&known.name, &known.filter) == (&view.name, &view.filter) => {
            return Ok(known);
        }
        None if count(writing, workspace_row)? >= MOST_VIEWS => {
            return Err(Refusal::TooMany.into());
        }
        _ => {}
    }
    writing
        .db
        .prepare_cached(
            "INSERT INTO team_view (workspace, public, at, member, member_name, name, filter)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (workspace, public) DO UPDATE SET at = excluded.at,
                 member = excluded.member, member_name = excluded.member_name,
                 name = excluded.name, filter = excluded.filter",
        )?
        .execute(params![
            workspace_row,
            view.id.as_u128().to_be_bytes(),
            writing.now.timestamp_millis(),
            by.id.as_u128().to_be_bytes(),
            by.name,
            view.name,
            serde_json::to_string(&view.filter).map_err(|_| Fault::Internal)?,
        ])?;
    let saved = TeamView {
        by: Some(by),
        ..view
    };
    let body = serde_json::to_string(&saved).map_err(|_| Fault::Internal)?;
    append(writing, workspace, None, kind::VIEW_SAVED, body)?;
    Ok(saved)
}

/// Removes a view and tells it.
pub(super) fn remove(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    id: ViewId,
    by: Actor,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let gone = writing
        .db
        .prepare_cached("DELETE FROM team_view WHERE workspace = ?1 AND public = ?2")?
        .execute(params![workspace_row, id.as_u128().to_be_bytes()])?;
    if gone == 0 {
        return Err(StoreError::NotFound);
    }
    let removed = Removed {
        key: id.to_string(),
        by,
    };
    let body = serde_json::to_string(&removed).map_err(|_| Fault::Internal)?;
    append(writing, workspace, None, kind::VIEW_REMOVED, body)?;
    Ok(())
}

fn find(
    writing: &Writing<'_>,
    workspace_row: i64,
    id: ViewId,
) -> Result<Option<TeamView>, StoreError> {
    optional(
        writing
            .db
            .prepare_cached(
                "SELECT public, member, member_name, name, filter FROM team_view
                 WHERE workspace = ?1 AND public = ?2",
            )?
            .query_row(params![workspace_row, id.as_u128().to_be_bytes()], read),
    )
}

fn count(writing: &Writing<'_>, workspace_row: i64) -> Result<u32, StoreError> {
    let count = writing
        .db
        .prepare_cached("SELECT count(*) FROM team_view WHERE workspace = ?1")?
        .query_row([workspace_row], |row| row.get(0))?;
    Ok(count)
}

fn read(row: &Row<'_>) -> rusqlite::Result<TeamView> {
    let filter: String = row.get(4)?;
    Ok(TeamView {
        id: ViewId::from_u128(u128::from_be_bytes(row.get(0)?)),
        name: row.get(3)?,
        filter: serde_json::from_str(&filter).map_err(|_| rusqlite::Error::InvalidQuery)?,
        by: Some(read_actor(row, 1)?),
    })
}
