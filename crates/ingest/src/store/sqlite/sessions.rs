//! Signed-in devices as people see them: the list, ending one, and a code that lets a member back in.

use chrono::DateTime;
use contract::{Actor, MemberId, SessionId, WorkspaceId};
use rusqlite::{Connection, params};

use super::audit;
use super::members::end_sessions;
use super::people::{code_of, role_of};
use super::place::optional;
use super::writer::Writing;
use crate::store::{Deed, NewReturn, OpenSession, StoreError, action};

/// Most sessions of one list.
const LONGEST_LIST: u32 = 200;

/// Lists a member's sessions that were not ended and were in use since a time, the last used first.
pub(super) fn list(
    db: &Connection,
    workspace: WorkspaceId,
    member: MemberId,
    since_ms: i64,
) -> Result<Vec<OpenSession>, StoreError> {
    let row = member_row(db, workspace, member)?;
    let mut statement = db.prepare_cached(
        "SELECT public, device, created_at, seen_at FROM session
         WHERE member = ?1 AND revoked_at = 0 AND seen_at > ?2 LIMIT ?3",
    )?;
    let rows = statement.query_map(params![row, since_ms, LONGEST_LIST], |row| {
        let at = |column| {
            let millis = row.get(column)?;
            Ok::<_, rusqlite::Error>(DateTime::from_timestamp_millis(millis).unwrap_or_default())
        };
        Ok(OpenSession {
            id: SessionId::from_u128(u128::from_be_bytes(row.get(0)?)),
            device: row.get(1)?,
            created_at: at(2)?,
            seen_at: at(3)?,
        })
    })?;
    let mut sessions: Vec<OpenSession> = rows.collect::<rusqlite::Result<_>>()?;
    sessions.sort_by_key(|session| std::cmp::Reverse((session.seen_at, session.id)));
    Ok(sessions)
}

/// Ends a session in somebody's name; of one member only, where that is given.
pub(super) fn end(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    id: SessionId,
    of: Option<MemberId>,
    by: Actor,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let found: Option<(i64, [u8; 16])> = optional(
        writing
            .db
            .prepare_cached(
                "SELECT m.id, m.public FROM session s JOIN member m ON m.id = s.member
                 WHERE s.public = ?1 AND s.revoked_at = 0 AND m.workspace = ?2",
            )?
            .query_row(params![id.as_u128().to_be_bytes(), workspace_row], |row| {
                Ok((row.get(0)?, row.get(1)?))
            }),
    )?;
    let owner = found.map(|(_, public)| MemberId::from_u128(u128::from_be_bytes(public)));
    let owner = owner.filter(|owner| of.is_none_or(|of| of == *owner));
    let owner = owner.ok_or(StoreError::NotFound)?;
    writing
        .db
        .prepare_cached("UPDATE session SET revoked_at = ?2 WHERE public = ?1")?
        .execute(params![
            id.as_u128().to_be_bytes(),
            writing.now.timestamp_millis()
        ])?;
    let deed = Deed::new(Some(by), action::SIGNED_OUT, id).with("member", owner.to_string());
    audit::record(writing, workspace, &deed)
}

/// Takes a member's password and sessions away, and stores a code that lets them back in, once.
pub(super) fn let_back_in(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    new: &NewReturn,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let (row, role): (i64, i64) = writing
        .db
        .prepare_cached(
            "SELECT id, role FROM member
             WHERE public = ?1 AND workspace = ?2 AND removed_at = 0",
        )?
        .query_row(
            params![new.member.as_u128().to_be_bytes(), workspace_row],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    writing
        .db
        .prepare_cached("UPDATE member SET login = '', password = '' WHERE id = ?1")?
        .execute([row])?;
    end_sessions(writing, row, None)?;
    // Of several codes for one member only the last works.
    writing
        .db
        .prepare_cached(
            "UPDATE invite SET expires_at = ?2 WHERE member = ?1 AND member <> 0 AND used_at = 0",
        )?
        .execute([row, writing.now.timestamp_millis()])?;
    writing
        .db
        .prepare_cached(
            "INSERT INTO invite (code, workspace, role, invited_by, expires_at, member)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            new.code.0,
            workspace_row,
            code_of(role_of(role)),
            new.by.id.as_u128().to_be_bytes(),
            new.expires_at.timestamp_millis(),
            row
        ])?;
    let deed = Deed::new(Some(new.by.clone()), action::PASSWORD_RESET, new.member);
    audit::record(writing, workspace, &deed)
}

fn member_row(
    db: &Connection,
    workspace: WorkspaceId,
    member: MemberId,
) -> Result<i64, StoreError> {
    let row = db
        .prepare_cached(
            "SELECT m.id FROM member m JOIN workspace w ON w.id = m.workspace
             WHERE m.public = ?1 AND w.public = ?2 AND m.removed_at = 0",
        )?
        .query_row(
            params![
                member.as_u128().to_be_bytes(),
                workspace.as_u128().to_be_bytes()
            ],
            |row| row.get(0),
        )?;
    Ok(row)
}
