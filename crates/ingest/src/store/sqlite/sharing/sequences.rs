//! The team's sequences: one document, whose last version is kept; the feed tells who changed it when.

use contract::{Actor, WorkspaceId, kind};
use follow_up::{SequencesSaved, SharedSequences};
use rusqlite::{Connection, Row, params};

use crate::store::sqlite::append::append;
use crate::store::sqlite::place::optional;
use crate::store::sqlite::writer::Writing;
use crate::store::{Fault, Refusal, StoreError};

/// Returns the team's sequences, or those that come with the program.
pub(super) fn of_team(
    db: &Connection,
    workspace: WorkspaceId,
) -> Result<SharedSequences, StoreError> {
    let found = optional(
        db.prepare_cached(
            "SELECT s.version, s.body
             FROM workspace w JOIN sequences s ON s.workspace = w.id WHERE w.public = ?1",
        )?
        .query_row([workspace.as_u128().to_be_bytes()], read),
    )?;
    Ok(found.unwrap_or_default())
}

/// Saves sequences on top of the version they are based on, tells them, and returns the new version.
pub(super) fn save(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    based: SharedSequences,
    by: Actor,
) -> Result<u32, StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let there = of_team(writing.db, workspace)?;
    if there.version > 0 && there.sequences == based.sequences {
        return Ok(there.version);
    }
    if there.version != based.version {
        return Err(Refusal::VersionConflict.into());
    }
    let sequences = SharedSequences {
        version: there.version.saturating_add(1),
        ..based
    };
    writing
        .db
        .prepare_cached(
            "INSERT INTO sequences (workspace, version, at, member, member_name, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (workspace) DO UPDATE SET version = excluded.version, at = excluded.at,
                 member = excluded.member, member_name = excluded.member_name,
                 body = excluded.body",
        )?
        .execute(params![
            workspace_row,
            sequences.version,
            writing.now.timestamp_millis(),
            by.id.as_u128().to_be_bytes(),
            by.name,
            serde_json::to_string(&sequences.sequences).map_err(|_| Fault::Internal)?,
        ])?;
    let version = sequences.version;
    let body = serde_json::to_string(&SequencesSaved { sequences, by });
    let body = body.map_err(|_| Fault::Internal)?;
    append(writing, workspace, None, kind::SEQUENCE_SAVED, body)?;
    Ok(version)
}

fn read(row: &Row<'_>) -> rusqlite::Result<SharedSequences> {
    let sequences = serde_json::from_str(row.get_ref(1)?.as_str()?);
    Ok(SharedSequences {
        version: row.get(0)?,
        sequences: sequences.map_err(|_| rusqlite::Error::InvalidQuery)?,
    })
}
