//! The audit log: written in the transaction of the deed, read newest first.

use chrono::{DateTime, Utc};
use contract::{Actor, MemberId, WorkspaceId};
use rusqlite::{Connection, Row, params};

use super::place::optional;
use super::writer::Writing;
use crate::store::{Deed, Fault, Record, RecordPage, StoreError};

/// Most records of one page.
const LONGEST_PAGE: u32 = 200;

/// Records a deed.
pub(super) fn record(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    deed: &Deed,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let id = deed
        .actor
        .as_ref()
        .map(|actor| actor.id.as_u128().to_be_bytes());
    let id: &[u8] = id.as_ref().map_or(&[], |bytes| bytes);
    let name = deed.actor.as_ref().map_or("", |actor| actor.name.as_str());
    writing
        .db
        .prepare_cached(
            "INSERT INTO audit (workspace, at, actor, actor_name, action, subject, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            workspace_row,
            writing.now.timestamp_millis(),
            id,
            name,
            deed.action,
            deed.subject,
            serde_json::to_string(&deed.detail).map_err(|_| Fault::Internal)?,
        ])?;
    Ok(())
}

/// Names a member as records do; `None` for one who is not known.
pub(super) fn actor(db: &Connection, id: MemberId) -> Result<Option<Actor>, StoreError> {
    let name: Option<String> = optional(
        db.prepare_cached("SELECT name FROM member WHERE public = ?1")?
            .query_row([id.as_u128().to_be_bytes()], |row| row.get(0)),
    )?;
    Ok(name.map(|name| Actor { id, name }))
}

/// Lists a workspace's records, newest first.
pub(super) fn list(
    db: &Connection,
    workspace: WorkspaceId,
    before: Option<i64>,
    limit: u32,
) -> Result<RecordPage, StoreError> {
    let wanted = limit.clamp(1, LONGEST_PAGE);
    let mut statement = db.prepare_cached(
        "SELECT a.id, a.at, a.actor, a.actor_name, a.action, a.subject, a.detail
         FROM workspace w JOIN audit a ON a.workspace = w.id
         WHERE w.public = ?1 AND a.id < ?2 ORDER BY a.id DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(
        params![
            workspace.as_u128().to_be_bytes(),
            before.unwrap_or(i64::MAX),
            wanted + 1
        ],
        read,
    )?;
    let mut records: Vec<Record> = rows.collect::<rusqlite::Result<_>>()?;
    let more = records.len() > wanted as usize;
    records.truncate(wanted as usize);
    let next_before = records.last().filter(|_| more).map(|record| record.id);
    Ok(RecordPage {
        records,
        next_before,
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<Record> {
    let actor: Vec<u8> = row.get(2)?;
    let name: String = row.get(3)?;
    let detail: String = row.get(6)?;
    Ok(Record {
        id: row.get(0)?,
        at: DateTime::from_timestamp_millis(row.get(1)?).unwrap_or(DateTime::<Utc>::MIN_UTC),
        actor: <[u8; 16]>::try_from(actor).ok().map(|bytes| Actor {
            id: MemberId::from_u128(u128::from_be_bytes(bytes)),
            name,
        }),
        action: row.get(4)?,
        subject: row.get(5)?,
        detail: serde_json::from_str(&detail).unwrap_or_default(),
    })
}
