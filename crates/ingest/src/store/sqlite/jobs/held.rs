//! What is held back until a fetch has its answer: confirmed, dropped, let go, or told after all.
//!
//! While something waits for a fetch the fetch does not end, so nothing can be forgotten here.

use contract::{DeliveryId, JobId, Status, WorkspaceId};
use rusqlite::{Connection, params};

use super::super::accept::{Note, Said, Scope, code_of, read, store_events};
use super::super::blanking;
use super::super::place::optional;
use super::super::tallies::{Tally, counts};
use super::super::writer::Writing;
use crate::store::{DeliveryResult, Held, Integration, NewReading, StoreError, why};

/// How many deliveries are settled in one commit.
const AT_ONCE: u32 = 200;

/// What becomes of what is held back.
#[derive(Clone, Copy)]
struct Verdict {
    result: DeliveryResult,
    why: &'static str,
}

/// Holds a delivery until a job has its answer; one that is held already waits on as before.
pub(super) fn hold(
    writing: &Writing<'_>,
    job_row: i64,
    delivery_row: i64,
    status: Status,
) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached(
            "INSERT INTO held (job, delivery, status) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![job_row, delivery_row, status.as_str()])?;
    Ok(())
}

/// Tells whether a delivery is held.
pub(super) fn is_held(db: &Connection, delivery_row: i64) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached("SELECT 1 FROM held WHERE delivery = ?1")?;
    Ok(statement.exists([delivery_row])?)
}

/// Lists what waits for a job, oldest first.
pub(super) fn waiting(db: &Connection, job: JobId) -> Result<Vec<Held>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT d.public, h.status FROM job j JOIN held h ON h.job = j.id
         JOIN delivery d ON d.id = h.delivery WHERE j.public = ?1 ORDER BY h.delivery LIMIT ?2",
    )?;
    let rows = statement.query_map(params![job.as_u128().to_be_bytes(), AT_ONCE], |row| {
        Ok(Held {
            delivery: DeliveryId::from_u128(u128::from_be_bytes(row.get(0)?)),
            status: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Holds what waits for a job against the statuses the platform showed; returns whether something waits on.
pub(super) fn judge(
    writing: &mut Writing<'_>,
    job: JobId,
    shown: &[Status],
) -> Result<bool, StoreError> {
    if shown.is_empty() {
        return is_waited_for(writing.db, job);
    }
    settle(writing, job, |told| {
        if shown.iter().any(|status| status.as_str() == told) {
            Verdict {
                result: DeliveryResult::Accepted,
                why: why::CONFIRMED,
            }
        } else {
            Verdict {
                result: DeliveryResult::Ignored,
                why: why::CONTRADICTED,
            }
        }
    })
}

/// Tells whether something keeps a job from being given up; first drops what waits for it, where the platform denies the order.
pub(super) fn keeps_open(
    writing: &mut Writing<'_>,
    job: JobId,
    denied: bool,
) -> Result<bool, StoreError> {
    if !denied {
        return is_waited_for(writing.db, job);
    }
    settle(writing, job, |_| Verdict {
        result: DeliveryResult::Ignored,
        why: why::DENIED,
    })
}

/// Sets aside what waits for a job that is ended before its answer, to be read anew.
pub(super) fn let_go(writing: &mut Writing<'_>, job: JobId) -> Result<(), StoreError> {
    let verdict = Verdict {
        result: DeliveryResult::Unmapped,
        why: why::LET_GO,
    };
    while settle(writing, job, |_| verdict)? {}
    Ok(())
}

/// Does the same for all jobs of an account.
pub(in super::super) fn let_all_go(
    writing: &mut Writing<'_>,
    integration_row: i64,
) -> Result<(), StoreError> {
    let jobs = {
        let mut statement = writing.db.prepare_cached(
            "SELECT public FROM job WHERE integration = ?1 AND kind = 0 AND state < 2",
        )?;
        let rows = statement.query_map([integration_row], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<Vec<[u8; 16]>>>()?
    };
    for job in jobs {
        let_go(writing, JobId::from_u128(u128::from_be_bytes(job)))?;
    }
    Ok(())
}

/// What was held back of a delivery and is to be told after all.
pub(in super::super) struct PreparedHeld {
    workspace: WorkspaceId,
    job: JobId,
    delivery: DeliveryId,
    told: Said,
}

impl PreparedHeld {
    pub(in super::super) fn new(
        (workspace, job): (WorkspaceId, JobId),
        delivery: DeliveryId,
        reading: NewReading,
        why: String,
        integration: &Integration,
    ) -> Self {
        let mut told = read(reading, &Scope::of(integration), workspace);
        if told.note.result == DeliveryResult::Accepted {
            told.note.why = why;
        }
        Self {
            workspace,
            job,
            delivery,
            told,
        }
    }

    pub(in super::super) fn bytes(&self) -> usize {
        let events = self.told.events.iter().map(|event| event.bytes());
        1_024 + events.sum::<usize>()
    }

    /// Adds what is new to the feed and notes what became of the delivery.
    pub(in super::super) fn tell(mut self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        let job = job_row(writing.db, self.job)?;
        let row = optional(
            writing
                .db
                .prepare_cached(
                    "DELETE FROM held WHERE job = ?1
                         AND delivery = (SELECT d.id FROM delivery d JOIN workspace w
                             ON w.id = d.workspace WHERE w.public = ?2 AND d.public = ?3)
                     RETURNING delivery",
                )?
                .query_row(
                    params![
                        job,
                        self.workspace.as_u128().to_be_bytes(),
                        self.delivery.as_u128().to_be_bytes()
                    ],
                    |row| row.get(0),
                ),
        )?;
        let Some(row) = row else {
            return Ok(());
        };
        let stored = store_events(writing, self.workspace, row, self.told.events)?;
        if stored.erased {
            blanking::delivery(writing.db, row)?;
            self.told.note.result = DeliveryResult::Ignored;
            why::ERASED.clone_into(&mut self.told.note.why);
        }
        note(writing, row, &self.told.note, &stored.seqs)
    }
}

/// Settles some of what waits for a job; returns whether more does.
fn settle(
    writing: &mut Writing<'_>,
    job: JobId,
    judge: impl Fn(&str) -> Verdict,
) -> Result<bool, StoreError> {
    let job_row = job_row(writing.db, job)?;
    let waiting = {
        let mut statement = writing.db.prepare_cached(
            "SELECT delivery, status FROM held WHERE job = ?1 ORDER BY delivery LIMIT ?2",
        )?;
        let rows = statement.query_map([job_row, i64::from(AT_ONCE)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        rows.collect::<rusqlite::Result<Vec<(i64, String)>>>()?
    };
    for (delivery, status) in waiting {
        let Verdict { result, why } = judge(&status);
        writing
            .db
            .prepare_cached("DELETE FROM held WHERE job = ?1 AND delivery = ?2")?
            .execute([job_row, delivery])?;
        let verdict = Note {
            result,
            event: String::new(),
            why: why.to_owned(),
            path: String::new(),
        };
        note(writing, delivery, &verdict, &[])?;
    }
    is_waited_for(writing.db, job)
}

/// Notes what became of a delivery. What it has told already stays told, so its result stays too.
fn note(
    writing: &mut Writing<'_>,
    delivery_row: i64,
    note: &Note,
    seqs: &[u64],
) -> Result<(), StoreError> {
    let (count, integration, at_ms, headers, proof): (i64, i64, i64, String, String) = writing
        .db
        .prepare_cached(
            "UPDATE delivery SET why = ?2, path = ?3,
                 result = CASE WHEN entry_count + ?5 = 0 THEN ?6 ELSE result END,
                 first_seq = CASE WHEN entry_count = 0 THEN ?4 ELSE first_seq END,
                 entry_count = entry_count + ?5
             WHERE id = ?1 RETURNING entry_count, integration, received_at, headers, proof",
        )?
        .query_row(
            params![
                delivery_row,
                note.why,
                note.path,
                seqs.first().copied().unwrap_or(0),
                seqs.len(),
                code_of(note.result),
            ],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ))
            },
        )?;
    let changes = count == 0 && note.result != DeliveryResult::Accepted;
    if changes && counts(&headers, &proof) {
        writing.ledger.tallies.push(Tally {
            integration,
            delivery: delivery_row,
            at_ms,
            result: note.result,
            before: Some(DeliveryResult::Accepted),
        });
    }
    Ok(())
}

fn is_waited_for(db: &Connection, job: JobId) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT 1 FROM job j JOIN held h ON h.job = j.id WHERE j.public = ?1 LIMIT 1",
    )?;
    Ok(statement.exists([job.as_u128().to_be_bytes()])?)
}

fn job_row(db: &Connection, job: JobId) -> Result<i64, StoreError> {
    let row = db
        .prepare_cached("SELECT id FROM job WHERE public = ?1")?
        .query_row([job.as_u128().to_be_bytes()], |row| row.get(0))?;
    Ok(row)
}
