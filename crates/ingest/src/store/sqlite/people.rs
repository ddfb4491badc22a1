//! Workspaces, members, invites and sessions in the tables, and the sessions seen lately in memory.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use contract::{Actor, Me, MemberId, Role, SessionId, WorkspaceId, entry::Joined, kind};
use rusqlite::{Connection, Row, params};

use super::append::append;
use super::audit;
use super::members::{insert_session, open_session};
use super::nodes;
use super::place::optional;
use super::writer::Writing;
use crate::store::{
    Deed, Enrolment, Fault, Member, NewInviteRow, Redeem, Refusal, Session, StoreError, TokenHash,
    Workspace, action,
};

/// Most sessions kept in memory; beyond that all are forgotten and asked for again.
const KEPT_SESSIONS: usize = 10_000;

/// Holds the sessions seen lately.
#[derive(Default)]
pub(super) struct Sessions {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    by_token: HashMap<TokenHash, Arc<Session>>,
    /// Counts how often all was forgotten: what was read before may be out of date after.
    age: u64,
}

impl Sessions {
    /// Returns the session, or the age to give to [`Sessions::put`] after reading it from the file.
    pub(super) fn get(&self, token: &TokenHash) -> Result<Arc<Session>, u64> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.by_token.get(token).cloned().ok_or(known.age)
    }

    pub(super) fn put(&self, token: TokenHash, session: Arc<Session>, age: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.age != age {
            return;
        }
        if known.by_token.len() >= KEPT_SESSIONS {
            known.by_token.clear();
        }
        known.by_token.insert(token, session);
    }

    /// Shows a session anew where it was known.
    pub(super) fn renew(&self, token: TokenHash, session: Arc<Session>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = known.by_token.get_mut(&token) {
            *kept = session;
        }
    }

    pub(super) fn forget(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.by_token.clear();
        known.age += 1;
    }
}

/// Finds a workspace by name or makes it; returns its row too.
pub(super) fn ensure_workspace(
    writing: &mut Writing<'_>,
    name: &str,
) -> Result<(Workspace, i64), StoreError> {
    let found = optional(
        writing
            .db
            .prepare_cached("SELECT id, public FROM workspace WHERE name = ?1")?
            .query_row([name], |row| Ok((row.get(0)?, row.get(1)?))),
    )?;
    let (row, id) = match found {
        Some((row, public)) => (row, WorkspaceId::from_u128(u128::from_be_bytes(public))),
        None => create_workspace(writing, name)?,
    };
    let name = name.to_owned();
    Ok((Workspace { id, name }, row))
}

fn create_workspace(writing: &Writing<'_>, name: &str) -> Result<(i64, WorkspaceId), StoreError> {
    let (millis, random) = writing.world.id_parts();
    let id = WorkspaceId::new(millis, random);
    writing
        .db
        .prepare_cached("INSERT INTO workspace (public, name, created_at) VALUES (?1, ?2, ?3)")?
        .execute(params![
            id.as_u128().to_be_bytes(),
            name,
            writing.now.timestamp_millis()
        ])?;
    let row = writing.db.last_insert_rowid();
    nodes::count_on(writing.db)?;
    Ok((row, id))
}

/// Adds a member and a session, and tells the feed.
pub(super) fn enrol(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    enrolment: Enrolment,
) -> Result<Session, StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let (millis, random) = writing.world.id_parts();
    let member = Actor {
        id: MemberId::new(millis, random),
        name: enrolment.name,
    };
    let now_ms = writing.now.timestamp_millis();
    writing
        .db
        .prepare_cached(
            "INSERT INTO member (public, workspace, name, role, joined_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            member.id.as_u128().to_be_bytes(),
            workspace_row,
            member.name,
            code_of(enrolment.role),
            now_ms
        ])?;
    let member_row = writing.db.last_insert_rowid();
    insert_session(writing, member_row, enrolment.token, &enrolment.device)?;
    let deed = Deed::new(Some(member.clone()), action::JOINED, member.id)
        .with("role", enrolment.role.as_str());
    audit::record(writing, workspace, &deed)?;
    tell_joined(writing, workspace, member, enrolment.role)?;
    find_session(writing.db, &enrolment.token)?.ok_or(Fault::Internal.into())
}

/// Has the feed tell who belongs to the team, and as what.
pub(super) fn tell_joined(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    member: Actor,
    role: Role,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(&Joined { member, role }).map_err(|_| Fault::Internal)?;
    append(writing, workspace, None, kind::JOINED, body)?;
    Ok(())
}

/// Stores an invite.
pub(super) fn invite(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    invite: &NewInviteRow,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let by = invite.by.map(|id| id.as_u128().to_be_bytes());
    let by: &[u8] = by.as_ref().map_or(&[], |bytes| bytes);
    writing
        .db
        .prepare_cached(
            "INSERT INTO invite (code, workspace, role, invited_by, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            invite.code.0,
            workspace_row,
            code_of(invite.role),
            by,
            invite.expires_at.timestamp_millis()
        ])?;
    let actor = match invite.by {
        Some(id) => audit::actor(writing.db, id)?,
        None => None,
    };
    let deed = Deed::new(actor, action::INVITED, "").with("role", invite.role.as_str());
    audit::record(writing, workspace, &deed)
}

/// Uses an invite up.
pub(super) fn redeem(writing: &mut Writing<'_>, redeem: Redeem) -> Result<Session, StoreError> {
    let now_ms = writing.now.timestamp_millis();
    let found = find_invite(writing.db, &redeem.code)?;
    let invite = found.ok_or(Refusal::InviteUnknown)?;
    if invite.used_ms != 0 {
        return Err(Refusal::InviteUsed.into());
    }
    if invite.expires_ms <= now_ms {
        return Err(Refusal::InviteExpired.into());
    }
    writing
        .db
        .prepare_cached("UPDATE invite SET used_at = ?2 WHERE code = ?1")?
        .execute(params![redeem.code.0, now_ms])?;
    if let Some(member) = invite.member {
        return open_session(writing, member, redeem.token, &redeem.device);
    }
    let enrolment = Enrolment {
        name: redeem.name,
        role: invite.role,
        token: redeem.token,
        device: redeem.device,
    };
    enrol(writing, invite.workspace, enrolment)
}

/// An invite as it is stored.
struct StoredInvite {
    workspace: WorkspaceId,
    role: Role,
    expires_ms: i64,
    used_ms: i64,
    /// Whom it lets back in; `None` where it is for somebody new.
    member: Option<MemberId>,
}

fn find_invite(db: &Connection, code: &TokenHash) -> Result<Option<StoredInvite>, StoreError> {
    optional(
        db.prepare_cached(
            "SELECT w.public, i.role, i.expires_at, i.used_at, m.public
             FROM invite i JOIN workspace w ON w.id = i.workspace
             LEFT JOIN member m ON m.id = i.member WHERE i.code = ?1",
        )?
        .query_row([code.0], |row| {
            let member: Option<[u8; 16]> = row.get(4)?;
            Ok(StoredInvite {
                workspace: WorkspaceId::from_u128(u128::from_be_bytes(row.get(0)?)),
                role: role_of(row.get(1)?),
                expires_ms: row.get(2)?,
                used_ms: row.get(3)?,
                member: member.map(|bytes| MemberId::from_u128(u128::from_be_bytes(bytes))),
            })
        }),
    )
}

/// Ends a session.
pub(super) fn revoke(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    id: SessionId,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let ended = writing
        .db
        .prepare_cached(
            "UPDATE session SET revoked_at = ?3
             WHERE public = ?1 AND member IN (SELECT id FROM member WHERE workspace = ?2)",
        )?
        .execute(params![
            id.as_u128().to_be_bytes(),
            workspace_row,
            writing.now.timestamp_millis()
        ])?;
    if ended == 0 {
        return Err(StoreError::NotFound);
    }
    let owner = optional(
        writing
            .db
            .prepare_cached(
                "SELECT m.public, m.name FROM session s JOIN member m ON m.id = s.member
                 WHERE s.public = ?1",
            )?
            .query_row([id.as_u128().to_be_bytes()], |row| {
                Ok(Actor {
                    id: MemberId::from_u128(u128::from_be_bytes(row.get(0)?)),
                    name: row.get(1)?,
                })
            }),
    )?;
    audit::record(
        writing,
        workspace,
        &Deed::new(owner, action::SIGNED_OUT, id),
    )
}

/// Finds a session that was not ended.
pub(super) fn find_session(
    db: &Connection,
    token: &TokenHash,
) -> Result<Option<Session>, StoreError> {
    optional(
        db.prepare_cached(
            "SELECT s.public, w.public, w.name, m.public, m.name, m.role, s.seen_at
             FROM session s JOIN member m ON m.id = s.member JOIN workspace w ON w.id = m.workspace
             WHERE s.token = ?1 AND s.revoked_at = 0",
        )?
        .query_row([token.0], |row| {
            Ok(Session {
                id: SessionId::from_u128(u128::from_be_bytes(row.get(0)?)),
                me: Me {
                    workspace_id: WorkspaceId::from_u128(u128::from_be_bytes(row.get(1)?)),
                    workspace_name: row.get(2)?,
                    member_id: MemberId::from_u128(u128::from_be_bytes(row.get(3)?)),
                    member_name: row.get(4)?,
                    role: role_of(row.get(5)?),
                },
                seen_at: DateTime::from_timestamp_millis(row.get(6)?)
                    .unwrap_or(DateTime::<Utc>::MIN_UTC),
            })
        }),
    )
}

/// Lists a workspace's members, in order of joining.
pub(super) fn members(db: &Connection, workspace: WorkspaceId) -> Result<Vec<Member>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT m.public, m.name, m.role, m.joined_at
         FROM member m JOIN workspace w ON w.id = m.workspace
         WHERE w.public = ?1 AND m.removed_at = 0 ORDER BY m.id",
    )?;
    let rows = statement.query_map([workspace.as_u128().to_be_bytes()], read_member)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Finds one member.
pub(super) fn member(
    db: &Connection,
    workspace: WorkspaceId,
    id: MemberId,
) -> Result<Member, StoreError> {
    let member = db
        .prepare_cached(
            "SELECT m.public, m.name, m.role, m.joined_at
             FROM member m JOIN workspace w ON w.id = m.workspace
             WHERE m.public = ?2 AND w.public = ?1 AND m.removed_at = 0",
        )?
        .query_row(
            params![
                workspace.as_u128().to_be_bytes(),
                id.as_u128().to_be_bytes()
            ],
            read_member,
        )?;
    Ok(member)
}

fn read_member(row: &Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        id: MemberId::from_u128(u128::from_be_bytes(row.get(0)?)),
        name: row.get(1)?,
        role: role_of(row.get(2)?),
        joined_at: DateTime::from_timestamp_millis(row.get(3)?).unwrap_or(DateTime::<Utc>::MIN_UTC),
    })
}

pub(super) const fn code_of(role: Role) -> i64 {
    match role {
        Role::Agent => 0,
        Role::Lead => 1,
        Role::Admin => 2,
    }
}

/// An unknown number, as a newer program may have written, gives the least power.
pub(super) const fn role_of(code: i64) -> Role {
    match code {
        2 => Role::Admin,
        1 => Role::Lead,
        _ => Role::Agent,
    }
}
