//! Members who come back and members who go: logins, passwords, sessions in use, removal.

use contract::{Actor, MemberId, Role, SessionId, WorkspaceId, entry::Left, kind};
use rusqlite::{Connection, Row, params};

use super::append::append;
use super::audit;
use super::people::{code_of, find_session, role_of};
use super::place::optional;
use super::writer::Writing;
use crate::store::{
    Deed, Fault, Login, NewPassword, Refusal, Session, StoreError, TokenHash, action,
};

/// Removes a member, ends their sessions and takes back the invites they gave, and tells the feed.
pub(super) fn remove(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    id: MemberId,
    by: Actor,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let (row, name, role) = present(writing.db, workspace_row, id)?;
    if role == Role::Admin && !has_other_admin(writing.db, workspace_row, row)? {
        return Err(Refusal::LastAdmin.into());
    }
    let now_ms = writing.now.timestamp_millis();
    writing
        .db
        .prepare_cached(
            "UPDATE member SET removed_at = ?2, login = '', password = '' WHERE id = ?1",
        )?
        .execute([row, now_ms])?;
    end_sessions(writing, row, None)?;
    writing
        .db
        .prepare_cached("UPDATE invite SET expires_at = ?2 WHERE invited_by = ?1 AND used_at = 0")?
        .execute(params![id.as_u128().to_be_bytes(), now_ms])?;
    writing
        .db
        .prepare_cached(
            "UPDATE invite SET expires_at = ?2 WHERE member = ?1 AND member <> 0 AND used_at = 0",
        )?
        .execute([row, now_ms])?;
    let deed = Deed::new(Some(by.clone()), action::REMOVED, id).with("role", role.as_str());
    audit::record(writing, workspace, &deed)?;
    let left = Left {
        member: Actor { id, name },
        by,
    };
    let body = serde_json::to_string(&left).map_err(|_| Fault::Internal)?;
    append(writing, workspace, None, kind::LEFT, body)?;
    Ok(())
}

/// Finds a member who is still there: their row, name and role.
pub(super) fn present(
    db: &Connection,
    workspace_row: i64,
    id: MemberId,
) -> Result<(i64, String, Role), StoreError> {
    let found = db
        .prepare_cached(
            "SELECT id, name, role FROM member
             WHERE public = ?1 AND workspace = ?2 AND removed_at = 0",
        )?
        .query_row(params![id.as_u128().to_be_bytes(), workspace_row], |row| {
            Ok((row.get(0)?, row.get(1)?, role_of(row.get(2)?)))
        })?;
    Ok(found)
}

/// Tells whether a team has an admin beside one.
pub(super) fn has_other_admin(
    db: &Connection,
    workspace_row: i64,
    row: i64,
) -> Result<bool, StoreError> {
    let found = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM member
                 WHERE workspace = ?1 AND id <> ?2 AND role = ?3 AND removed_at = 0)",
        )?
        .query_row(params![workspace_row, row, code_of(Role::Admin)], |row| {
            row.get(0)
        })?;
    Ok(found)
}

/// Ends a member's sessions, but for one where that is given.
pub(super) fn end_sessions(
    writing: &Writing<'_>,
    member_row: i64,
    keep: Option<SessionId>,
) -> Result<(), StoreError> {
    let keep = keep.map(|id| id.as_u128().to_be_bytes());
    let keep: &[u8] = keep.as_ref().map_or(&[], |bytes| bytes);
    writing
        .db
        .prepare_cached(
            "UPDATE session SET revoked_at = ?2
             WHERE member = ?1 AND revoked_at = 0 AND public <> ?3",
        )?
        .execute(params![member_row, writing.now.timestamp_millis(), keep])?;
    Ok(())
}

/// Sets a member's login and password, and ends their other sessions.
pub(super) fn set_password(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    new: &NewPassword,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let (row, name): (i64, String) = writing
        .db
        .prepare_cached(
            "SELECT id, name FROM member WHERE public = ?1 AND workspace = ?2 AND removed_at = 0",
        )?
        .query_row(
            params![new.member.as_u128().to_be_bytes(), workspace_row],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    let taken: bool = writing
        .db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM member WHERE login = ?1 AND login <> '' AND id <> ?2)",
        )?
        .query_row(params![new.login, row], |row| row.get(0))?;
    if taken {
        return Err(Refusal::LoginTaken.into());
    }
    writing
        .db
        .prepare_cached("UPDATE member SET login = ?2, password = ?3 WHERE id = ?1")?
        .execute(params![row, new.login, new.hash])?;
    end_sessions(writing, row, Some(new.keep))?;
    let actor = Actor {
        id: new.member,
        name,
    };
    let deed = Deed::new(Some(actor), action::PASSWORD_SET, new.member);
    audit::record(writing, workspace, &deed)
}

/// Finds whom a login belongs to.
pub(super) fn find_login(db: &Connection, login: &str) -> Result<Option<Login>, StoreError> {
    optional(
        db.prepare_cached(
            "SELECT public, login, password FROM member
             WHERE login = ?1 AND login <> '' AND removed_at = 0",
        )?
        .query_row([login], read_login),
    )
}

/// Finds a member's own login.
pub(super) fn login_of(
    db: &Connection,
    workspace: WorkspaceId,
    id: MemberId,
) -> Result<Option<Login>, StoreError> {
    let found = db
        .prepare_cached(
            "SELECT m.public, m.login, m.password FROM member m
             JOIN workspace w ON w.id = m.workspace
             WHERE m.public = ?2 AND w.public = ?1 AND m.removed_at = 0",
        )?
        .query_row(
            params![
                workspace.as_u128().to_be_bytes(),
                id.as_u128().to_be_bytes()
            ],
            read_login,
        )?;
    Ok(Some(found).filter(|login| !login.login.is_empty()))
}

fn read_login(row: &Row<'_>) -> rusqlite::Result<Login> {
    Ok(Login {
        member: MemberId::from_u128(u128::from_be_bytes(row.get(0)?)),
        login: row.get(1)?,
        hash: row.get(2)?,
    })
}

/// Opens another session of a member.
pub(super) fn open_session(
    writing: &mut Writing<'_>,
    member: MemberId,
    token: TokenHash,
    device: &str,
) -> Result<Session, StoreError> {
    let row = writing
        .db
        .prepare_cached("SELECT id FROM member WHERE public = ?1 AND removed_at = 0")?
        .query_row([member.as_u128().to_be_bytes()], |row| row.get(0))?;
    insert_session(writing, row, token, device)?;
    let session = find_session(writing.db, &token)?.ok_or(Fault::Internal)?;
    let actor = Actor {
        id: member,
        name: session.me.member_name.clone(),
    };
    let deed = Deed::new(Some(actor), action::SIGNED_IN, session.id);
    audit::record(writing, session.me.workspace_id, &deed)?;
    Ok(session)
}

/// Stores a session.
pub(super) fn insert_session(
    writing: &Writing<'_>,
    member_row: i64,
    token: TokenHash,
    device: &str,
) -> Result<(), StoreError> {
    let (millis, random) = writing.world.id_parts();
    let id = SessionId::new(millis, random);
    writing
        .db
        .prepare_cached(
            "INSERT INTO session (token, public, member, device, created_at, seen_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )?
        .execute(params![
            token.0,
            id.as_u128().to_be_bytes(),
            member_row,
            device,
            writing.now.timestamp_millis()
        ])?;
    Ok(())
}

/// Notes that a session is in use.
pub(super) fn touch(writing: &Writing<'_>, token: &TokenHash) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached("UPDATE session SET seen_at = ?2 WHERE token = ?1 AND revoked_at = 0")?
        .execute(params![token.0, writing.now.timestamp_millis()])?;
    Ok(())
}
