//! The table of jobs.

mod asking;
mod held;
mod pages;
mod rows;

use chrono::{DateTime, Utc};
use contract::{JobId, Status, WorkspaceId};
use rusqlite::{Connection, params};

use super::place::optional;
use super::writer::Writing;
use crate::store::{Job, JobKind, JobQuery, JobState, NewJob, Refusal, Setback, StoreError};

use held::waiting;
pub(super) use held::{PreparedHeld, let_all_go};
pub(super) use pages::PreparedPage;
use rows::{SELECT, code_of_kind, code_of_state, millis, read};

/// Most jobs of one list.
const LONGEST_LIST: u32 = 200;

/// Past this many bytes a fetch takes no more names of events.
const LONGEST_TOLD: u32 = 500;

/// How many old jobs go in one commit.
const FORGOTTEN_AT_ONCE: u32 = 500;

/// Asks for one order to be fetched.
#[derive(Clone)]
pub(super) struct Fetch {
    order: String,
    /// The name of the event that told of it.
    event: String,
    told_ms: i64,
    held: Option<Status>,
}

/// The job that fetches an order.
pub(super) struct Asked {
    row: i64,
    /// Whether none waited before.
    pub(super) is_new: bool,
    held: Option<Status>,
}

impl Fetch {
    pub(super) fn new(
        order: String,
        event: String,
        told_at: Option<DateTime<Utc>>,
        held: Option<Status>,
    ) -> Self {
        Self {
            order,
            event,
            told_ms: told_at.map_or(0, |at| at.timestamp_millis()),
            held,
        }
    }
}

impl Asked {
    /// Holds a delivery until the job has its answer, where there is something to hold back and its like is not held already;
    /// returns whether it is held.
    pub(super) fn hold(
        &self,
        writing: &Writing<'_>,
        delivery_row: i64,
        same: Option<i64>,
    ) -> Result<bool, StoreError> {
        let Some(status) = self.held else {
            return Ok(false);
        };
        if let Some(same) = same
            && held::is_held(writing.db, same)?
        {
            return Ok(false);
        }
        held::hold(writing, self.row, delivery_row, status)?;
        Ok(true)
    }
}

/// Makes a job that fetches an order, unless one waits already.
pub(super) fn ask(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    integration_row: i64,
    fetch: &Fetch,
) -> Result<Asked, StoreError> {
    let asked = |row, is_new| Asked {
        row,
        is_new,
        held: fetch.held,
    };
    let waits = optional(
        writing
            .db
            .prepare_cached(
                "UPDATE job SET notices = notices + 1, told_at = max(told_at, ?3),
                     told = CASE WHEN instr(',' || told || ',', ',' || ?4 || ',') > 0
                         OR length(told) > ?5 THEN told ELSE told || ',' || ?4 END
                 WHERE integration = ?1 AND subject = ?2 AND kind = 0 AND state < 2
                 RETURNING id",
            )?
            .query_row(
                params![
                    integration_row,
                    fetch.order,
                    fetch.told_ms,
                    fetch.event,
                    LONGEST_TOLD
                ],
                |row| row.get(0),
            ),
    )?;
    if let Some(row) = waits {
        return Ok(asked(row, false));
    }
    let (made, random) = writing.world.id_parts();
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    writing
        .db
        .prepare_cached(
            "INSERT INTO job (public, workspace, integration, kind, subject, notices, told_at,
                 due_at, created_at, told, known_at) VALUES (?1, ?2, ?3, 0, ?4, 1, ?5, ?6, ?6, ?7,
                 ifnull((SELECT max(known_at) FROM job
                     WHERE integration = ?3 AND subject = ?4 AND kind = 0), 0))",
        )?
        .execute(params![
            JobId::new(made, random).as_u128().to_be_bytes(),
            workspace_row,
            integration_row,
            fetch.order,
            fetch.told_ms,
            writing.now.timestamp_millis(),
            fetch.event,
        ])?;
    Ok(asked(writing.db.last_insert_rowid(), true))
}

/// Stores a listing to be done.
pub(super) fn create(
    writing: &mut Writing<'_>,
    integration_row: i64,
    new: &NewJob,
) -> Result<Job, StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, new.workspace)?.row;
    writing
        .db
        .prepare_cached(
            "INSERT INTO job (public, workspace, integration, kind, kinds, since, until, due_at,
                 created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            new.id.as_u128().to_be_bytes(),
            workspace_row,
            integration_row,
            code_of_kind(new.kind),
            new.kinds.join(","),
            new.span.map_or(0, |span| span.since.timestamp_millis()),
            new.span.map_or(0, |span| span.until.timestamp_millis()),
            new.due_at.timestamp_millis(),
            writing.now.timestamp_millis(),
        ])?;
    get(writing.db, new.workspace, new.id)
}

/// Reads a job.
pub(super) fn get(db: &Connection, workspace: WorkspaceId, id: JobId) -> Result<Job, StoreError> {
    let sql = format!("{SELECT} WHERE j.public = ?1 AND w.public = ?2");
    let job = db.prepare_cached(&sql)?.query_row(
        params![
            id.as_u128().to_be_bytes(),
            workspace.as_u128().to_be_bytes()
        ],
        read,
    )?;
    Ok(job)
}

/// Lists jobs, newest first.
pub(super) fn list(
    db: &Connection,
    workspace: WorkspaceId,
    integration_row: Option<i64>,
    query: &JobQuery,
) -> Result<Vec<Job>, StoreError> {
    let limit = query.limit.clamp(1, LONGEST_LIST);
    let scope = workspace.as_u128().to_be_bytes();
    let sql = match integration_row {
        Some(_) => format!("{SELECT} WHERE j.integration = ?1 AND w.public = ?2 ORDER BY j.id DESC LIMIT ?3"),
        None => format!(
            "{SELECT} WHERE ?1 IS NULL AND j.workspace = (SELECT id FROM workspace WHERE public = ?2)
             ORDER BY j.id DESC LIMIT ?3"
        ),
    };
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map(params![integration_row, scope, limit], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Ends a job, unless it has ended.
pub(super) fn cancel(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    id: JobId,
) -> Result<Job, StoreError> {
    let job = get(writing.db, workspace, id)?;
    if job.state.is_open() {
        held::let_go(writing, id)?;
        finish(writing, id, JobState::Cancelled)?;
    }
    get(writing.db, workspace, id)
}

fn finish(writing: &Writing<'_>, id: JobId, state: JobState) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached("UPDATE job SET state = ?2, finished_at = ?3 WHERE public = ?1")?
        .execute(params![
            id.as_u128().to_be_bytes(),
            code_of_state(state),
            writing.now.timestamp_millis()
        ])?;
    Ok(())
}

/// Tells when the jobs of an account are due, by kind.
pub(super) fn due(
    db: &Connection,
    integration_row: i64,
    kind: JobKind,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due = optional(
        db.prepare_cached(
            "SELECT due_at FROM job WHERE integration = ?1 AND kind = ?2 AND state < 2
             ORDER BY due_at LIMIT 1",
        )?
        .query_row(params![integration_row, code_of_kind(kind)], |row| {
            row.get(0)
        }),
    )?;
    Ok(due.map(millis))
}

/// Returns the account's next job: each kind's earliest, in the order of the kinds.
pub(super) fn next(
    db: &Connection,
    integration_row: i64,
    now: DateTime<Utc>,
) -> Result<Option<Job>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE j.integration = ?1 AND j.kind = ?2 AND j.state < 2 AND j.due_at <= ?3
         ORDER BY j.due_at LIMIT 1"
    );
    let mut statement = db.prepare_cached(&sql)?;
    for kind in JobKind::ALL {
        let asked = params![integration_row, code_of_kind(kind), now.timestamp_millis()];
        if let Some(job) = optional(statement.query_row(asked, read))? {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

/// Moves an account's waiting reconciliation, or ends it.
pub(super) fn move_reconcile(
    writing: &Writing<'_>,
    integration_row: i64,
    due_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let sql = match due_at {
        Some(_) => {
            "UPDATE job SET due_at = ?2
             WHERE integration = ?1 AND kind = 2 AND state = 0 AND attempts = 0"
        }
        None => {
            "UPDATE job SET state = 4, finished_at = ?2
             WHERE integration = ?1 AND kind = 2 AND state < 2"
        }
    };
    let at = due_at.unwrap_or(writing.now).timestamp_millis();
    writing
        .db
        .prepare_cached(sql)?
        .execute(params![integration_row, at])?;
    Ok(())
}

/// Notes what stood in a job's way.
pub(super) fn set_back(
    writing: &mut Writing<'_>,
    id: JobId,
    setback: &Setback,
) -> Result<(), StoreError> {
    let again_at = match setback.again_at {
        None if held::keeps_open(writing, id, setback.denied)? => Some(writing.now),
        again_at => again_at,
    };
    let sql = match again_at {
        Some(_) => {
            "UPDATE job SET problem = ?2, attempts = attempts + 1, due_at = ?3
             WHERE public = ?1 AND state < 2"
        }
        None => {
            "UPDATE job SET problem = ?2, attempts = attempts + 1, finished_at = ?3, state = 3
             WHERE public = ?1 AND state < 2"
        }
    };
    let at = again_at.unwrap_or(writing.now).timestamp_millis();
    let changed = writing.db.prepare_cached(sql)?.execute(params![
        id.as_u128().to_be_bytes(),
        setback.problem,
        at
    ])?;
    if changed == 0 {
        return Err(Refusal::JobOver.into());
    }
    Ok(())
}

/// Lets old jobs go.
pub(super) fn forget(writing: &Writing<'_>, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let gone = writing
        .db
        .prepare_cached(
            "DELETE FROM job WHERE id IN (SELECT id FROM job
                 WHERE state >= 2 AND finished_at < ?1 ORDER BY finished_at LIMIT ?2)",
        )?
        .execute(params![before.timestamp_millis(), FORGOTTEN_AT_ONCE])?;
    Ok(u64::try_from(gone).unwrap_or(0))
}
