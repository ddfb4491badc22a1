//! Steps of sequences being done: compared and set, so that of all desks one does each.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Actor, MemberId, SessionId, StepAnswer, StepAsked, WorkspaceId};
use rusqlite::{Connection, Row, params};

use crate::store::sqlite::place::optional;
use crate::store::sqlite::writer::Writing;
use crate::store::{Key16, StoreError};

/// A desk that took a step up and did not tell of its text within so long is waited for no longer.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// How a step stands.
struct Stood {
    by: Actor,
    /// The session that took it up; `None` once it is done.
    session: Option<SessionId>,
    at: DateTime<Utc>,
    /// Since when it was due then.
    since: i64,
}

/// Gives a step to a session, unless it was done or another has it.
pub(super) fn take(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    asked: &StepAsked,
    by: &Actor,
    session: SessionId,
) -> Result<StepAnswer, StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let key = key(&asked.order_key, &asked.template);
    let since = asked.since.timestamp_millis();
    let stood = read(writing.db, workspace_row, key)?.filter(|stood| stood.since >= since);
    match stood {
        Some(Stood {
            by,
            session: None,
            at,
            ..
        }) => return Ok(StepAnswer::Done { by, at }),
        Some(Stood {
            by,
            session: Some(other),
            at,
            ..
        }) if other != session && writing.now < at + LEASE => {
            return Ok(StepAnswer::Elsewhere { by, at });
        }
        _ => {}
    }
    write(writing, (workspace_row, key), by.id, Some(session), since)?;
    Ok(StepAnswer::Taken)
}

/// Notes that a template's text was handed over because of an order: that does the step which has it, whoever took it up.
pub(in crate::store::sqlite) fn done(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    (order_key, template): (&str, &str),
    by: MemberId,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let key = key(order_key, template);
    let now = writing.now.timestamp_millis();
    write(writing, (workspace_row, key), by, None, now)
}

fn key(order_key: &str, template: &str) -> Key16 {
    Key16::of(&[order_key.as_bytes(), template.as_bytes()])
}

fn read(db: &Connection, workspace_row: i64, key: Key16) -> Result<Option<Stood>, StoreError> {
    optional(
        db.prepare_cached(
            "SELECT m.public, m.name, s.session, s.at, s.since
             FROM step s JOIN member m ON m.id = s.member
             WHERE s.workspace = ?1 AND s.key = ?2",
        )?
        .query_row(params![workspace_row, key.0], stood),
    )
}

fn stood(row: &Row<'_>) -> rusqlite::Result<Stood> {
    let session: Vec<u8> = row.get(2)?;
    let session = <[u8; 16]>::try_from(session).ok();
    let at: i64 = row.get(3)?;
    Ok(Stood {
        by: Actor {
            id: MemberId::from_u128(u128::from_be_bytes(row.get(0)?)),
            name: row.get(1)?,
        },
        session: session.map(|bytes| SessionId::from_u128(u128::from_be_bytes(bytes))),
        at: DateTime::from_timestamp_millis(at).unwrap_or(DateTime::UNIX_EPOCH),
        since: row.get(4)?,
    })
}

fn write(
    writing: &Writing<'_>,
    (workspace_row, key): (i64, Key16),
    member: MemberId,
    session: Option<SessionId>,
    since: i64,
) -> Result<(), StoreError> {
    let session = session.map_or_else(Vec::new, |id| id.as_u128().to_be_bytes().to_vec());
    writing
        .db
        .prepare_cached(
            "INSERT INTO step (workspace, key, member, session, at, since)
             VALUES (?1, ?2, (SELECT id FROM member WHERE public = ?3), ?4, ?5, ?6)
             ON CONFLICT (workspace, key) DO UPDATE SET
                 member = excluded.member, session = excluded.session, at = excluded.at,
                 since = max(step.since, excluded.since)",
        )?
        .execute(params![
            workspace_row,
            key.0,
            member.as_u128().to_be_bytes(),
            session,
            writing.now.timestamp_millis(),
            since,
        ])?;
    Ok(())
}
