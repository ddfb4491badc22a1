//! A job's row, and how its parts are written as numbers.

use chrono::{DateTime, Utc};
use contract::{IntegrationId, JobId, WorkspaceId};
use rusqlite::Row;

use crate::store::{Job, JobKind, JobState, Place, Progress, Span};

pub(super) const SELECT: &str = "SELECT j.public, w.public, i.public, j.kind, j.state, j.subject,
        j.notices, j.told_at, j.kinds, j.since, j.until, j.listing, j.cursor, j.read, j.accepted,
        j.duplicate, j.unmapped, j.rejected, j.total, j.problem, j.attempts, j.due_at,
        j.created_at, j.finished_at, j.told, j.known_at
    FROM job j JOIN workspace w ON w.id = j.workspace JOIN integration i ON i.id = j.integration";

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Job> {
    let id = |column: usize| row.get(column).map(u128::from_be_bytes);
    let words = |column: usize| -> rusqlite::Result<Vec<String>> {
        let text: String = row.get(column)?;
        let words = text.split(',').filter(|word| !word.is_empty());
        Ok(words.map(str::to_owned).collect())
    };
    let until: i64 = row.get(10)?;
    let listing: i64 = row.get(11)?;
    let cursor: String = row.get(12)?;
    let total: i64 = row.get(18)?;
    Ok(Job {
        id: JobId::from_u128(id(0)?),
        workspace: WorkspaceId::from_u128(id(1)?),
        integration: IntegrationId::from_u128(id(2)?),
        kind: kind_of(row.get(3)?).ok_or(rusqlite::Error::InvalidQuery)?,
        state: state_of(row.get(4)?).ok_or(rusqlite::Error::InvalidQuery)?,
        order: row.get(5)?,
        notices: row.get(6)?,
        told_at: some_millis(row.get(7)?),
        told: words(24)?,
        known_at: some_millis(row.get(25)?),
        kinds: words(8)?,
        span: some_millis(until)
            .map(|until| {
                Ok::<_, rusqlite::Error>(Span {
                    since: millis(row.get(9)?),
                    until,
                })
            })
            .transpose()?,
        place: u32::try_from(listing)
            .ok()
            .map(|listing| Place { listing, cursor }),
        progress: Progress {
            read: row.get(13)?,
            accepted: row.get(14)?,
            duplicate: row.get(15)?,
            unmapped: row.get(16)?,
            rejected: row.get(17)?,
            total: u64::try_from(total).ok(),
        },
        problem: row.get(19)?,
        attempts: row.get(20)?,
        due_at: millis(row.get(21)?),
        created_at: millis(row.get(22)?),
        finished_at: some_millis(row.get(23)?),
    })
}

pub(super) fn millis(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Reads a time of which 0 says that there is none.
fn some_millis(at: i64) -> Option<DateTime<Utc>> {
    (at != 0).then(|| millis(at))
}

/// Returns the number a kind is stored as.
pub(super) const fn code_of_kind(kind: JobKind) -> i64 {
    match kind {
        JobKind::Fetch => 0,
        JobKind::Sync => 1,
        JobKind::Reconcile => 2,
    }
}

fn kind_of(code: i64) -> Option<JobKind> {
    JobKind::ALL
        .into_iter()
        .find(|kind| code_of_kind(*kind) == code)
}

/// Returns the number a state is stored as.
pub(super) const fn code_of_state(state: JobState) -> i64 {
    match state {
        JobState::Waiting => 0,
        JobState::Running => 1,
        JobState::Done => 2,
        JobState::Failed => 3,
        JobState::Cancelled => 4,
    }
}

fn state_of(code: i64) -> Option<JobState> {
    JobState::ALL
        .into_iter()
        .find(|state| code_of_state(*state) == code)
}
