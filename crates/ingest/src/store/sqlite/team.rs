//! What leads and admins change about a team: who may do what, and which invites still stand.

use chrono::{DateTime, Utc};
use contract::{Actor, MemberId, Role, WorkspaceId};
use rusqlite::{Connection, Row, params};

use super::audit;
use super::members::{has_other_admin, present};
use super::people::{code_of, role_of, tell_joined};
use super::writer::Writing;
use crate::store::{Deed, InviteId, OpenInvite, Refusal, StoreError, action, most_invited};

/// Gives a member another role, takes back the invites they could not give any more, and tells the feed.
pub(super) fn set_role(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    id: MemberId,
    role: Role,
    by: Actor,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let (row, name, before) = present(writing.db, workspace_row, id)?;
    if before == role {
        return Ok(());
    }
    if before == Role::Admin && !has_other_admin(writing.db, workspace_row, row)? {
        return Err(Refusal::LastAdmin.into());
    }
    writing
        .db
        .prepare_cached("UPDATE member SET role = ?2 WHERE id = ?1")?
        .execute([row, code_of(role)])?;
    take_back(writing, id, role)?;
    let deed = Deed::new(Some(by), action::ROLE_SET, id)
        .with("before", before.as_str())
        .with("role", role.as_str());
    audit::record(writing, workspace, &deed)?;
    tell_joined(writing, workspace, Actor { id, name }, role)
}

/// Ends the open invites of a member that their role does not cover.
fn take_back(writing: &Writing<'_>, id: MemberId, role: Role) -> Result<(), StoreError> {
    let most = most_invited(role).map_or(-1, code_of);
    writing
        .db
        .prepare_cached(
            "UPDATE invite SET expires_at = ?3
             WHERE invited_by = ?1 AND role > ?2 AND used_at = 0 AND expires_at > ?3 AND member = 0",
        )?
        .execute(params![
            id.as_u128().to_be_bytes(),
            most,
            writing.now.timestamp_millis()
        ])?;
    Ok(())
}

/// Lists the invites that can be used at a time, the first to end first.
pub(super) fn invites(
    db: &Connection,
    workspace: WorkspaceId,
    now: DateTime<Utc>,
) -> Result<Vec<OpenInvite>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT substr(i.code, 1, 16), i.role, i.expires_at, m.public, m.name
         FROM invite i JOIN workspace w ON w.id = i.workspace
         LEFT JOIN member m ON m.public = i.invited_by
         WHERE w.public = ?1 AND i.used_at = 0 AND i.expires_at > ?2 AND i.member = 0
         ORDER BY i.expires_at, i.code",
    )?;
    let ids = params![workspace.as_u128().to_be_bytes(), now.timestamp_millis()];
    let rows = statement.query_map(ids, read_invite)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read_invite(row: &Row<'_>) -> rusqlite::Result<OpenInvite> {
    let by: Option<[u8; 16]> = row.get(3)?;
    let name: Option<String> = row.get(4)?;
    Ok(OpenInvite {
        id: InviteId(row.get(0)?),
        role: role_of(row.get(1)?),
        expires_at: DateTime::from_timestamp_millis(row.get(2)?)
            .unwrap_or(DateTime::<Utc>::MIN_UTC),
        by: by.zip(name).map(|(public, name)| Actor {
            id: MemberId::from_u128(u128::from_be_bytes(public)),
            name,
        }),
    })
}

/// Takes an invite back that can still be used, where it is for no more than a role.
pub(super) fn revoke_invite(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    id: InviteId,
    most: Role,
    by: Actor,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let ended = writing
        .db
        .prepare_cached(
            "UPDATE invite SET expires_at = ?4
             WHERE substr(code, 1, 16) = ?1 AND workspace = ?2 AND role <= ?3
                 AND used_at = 0 AND expires_at > ?4 AND member = 0",
        )?
        .execute(params![
            id.0,
            workspace_row,
            code_of(most),
            writing.now.timestamp_millis()
        ])?;
    if ended == 0 {
        return Err(StoreError::NotFound);
    }
    audit::record(
        writing,
        workspace,
        &Deed::new(Some(by), action::INVITE_REVOKED, id),
    )
}
