//! Counting how integrations fare without a write of its own in any commit: in memory first, and every few seconds, when the
//! writer looks after the file, added to the tables.
//!
//! After a crash the deliveries stored since the last writing are counted again from their table; of refused proofs, which are
//! stored nowhere, the last seconds are lost.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use contract::silence::{self, ARRIVALS};
use contract::{IntegrationId, WorkspaceId};
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};

use super::accept::result_of;
use super::place::optional;
use super::{api, duties};
use crate::store::{
    Activity, Counts, DeliveryResult, ProofSummary, StoreError, came_from_platform,
};

const HOUR: i64 = 3_600_000;
/// Hours that make up the last day, the running one among them.
const DAY: i64 = 24;
/// Hours kept.
const KEPT: i64 = 8 * 24;
/// Events closer than this count as one arrival, in milliseconds.
const APART: i64 = silence::APART.num_milliseconds();

/// One thing to count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    pub(super) integration: i64,
    /// The delivery's row.
    pub(super) delivery: i64,
    /// When it came.
    pub(super) at_ms: i64,
    pub(super) result: DeliveryResult,
    /// What it counted as before it was read anew.
    pub(super) before: Option<DeliveryResult>,
}

/// Holds what is counted and not yet written.
#[derive(Default)]
pub(super) struct Tallies {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Batch,
    /// What is being written now.
    leaving: Option<Batch>,
    /// How often something was written.
    written: u64,
}

#[derive(Clone, Default)]
struct Batch {
    of: HashMap<i64, Share>,
    /// The newest delivery counted.
    newest: i64,
}

/// What one integration adds.
#[derive(Clone, Default)]
struct Share {
    hours: BTreeMap<i64, Counts>,
    arrivals: Arrivals,
}

/// When events came.
#[derive(Clone, Default)]
struct Arrivals {
    last: i64,
    spaced: Vec<i64>,
}

impl Tallies {
    /// Counts what a commit has made durable.
    pub(super) fn add(&self, tallies: Vec<Tally>) {
        if tallies.is_empty() {
            return;
        }
        let mut state = self.lock();
        for tally in tallies {
            state.waiting.add(&tally);
        }
    }

    /// Counts a refused proof.
    pub(super) fn add_bad_proof(&self, integration: i64, at_ms: i64) {
        let mut state = self.lock();
        let share = state.waiting.of.entry(integration).or_default();
        share.hours.entry(at_ms / HOUR).or_default().bad_proof += 1;
    }

    /// Counts again what a process that ended at once had stored and not written here.
    pub(super) fn recover(&self, db: &Connection) -> Result<(), StoreError> {
        let mut statement = db.prepare_cached(
            "SELECT id, integration, received_at, result, headers, proof FROM delivery WHERE id > ?1",
        )?;
        let found = statement.query_map([tallied_to(db)?], read_unwritten)?;
        let found: Vec<Option<Tally>> = found.collect::<rusqlite::Result<_>>()?;
        self.add(found.into_iter().flatten().collect());
        Ok(())
    }

    /// Adds to the tables what waits; what cannot be written waits on.
    pub(super) fn write(&self, db: &Connection) -> Result<(), StoreError> {
        let batch = {
            let mut state = self.lock();
            if state.waiting.of.is_empty() {
                return Ok(());
            }
            let batch = std::mem::take(&mut state.waiting);
            state.leaving = Some(batch.clone());
            batch
        };
        let outcome = batch.write(db);
        let mut state = self.lock();
        state.leaving = None;
        state.written += 1;
        if outcome.is_err() {
            let newer = std::mem::replace(&mut state.waiting, batch);
            state.waiting.merge(newer);
        }
        outcome
    }

    /// Tells how the workspace's integrations fare: what is written and what waits.
    pub(super) fn activity(
        &self,
        db: &Connection,
        workspace: WorkspaceId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Activity>, StoreError> {
        loop {
            let (extra, written) = {
                let state = self.lock();
                let mut extra = state.leaving.clone().unwrap_or_default();
                extra.merge(state.waiting.clone());
                (extra, state.written)
            };
            let found = activity(db, workspace, now.timestamp_millis() / HOUR, &extra)?;
            // Else something moved from the memory to the tables meanwhile, and would be counted twice or not at all.
            if self.lock().written == written {
                return Ok(found);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batch {
    fn add(&mut self, tally: &Tally) {
        let share = self.of.entry(tally.integration).or_default();
        let counts = share.hours.entry(tally.at_ms / HOUR).or_default();
        *place(counts, tally.result) += 1;
        if let Some(before) = tally.before {
            *place(counts, before) -= 1;
        }
        if tally.result == DeliveryResult::Accepted {
            share.arrivals.add(tally.at_ms);
        }
        self.newest = self.newest.max(tally.delivery);
    }

    fn merge(&mut self, newer: Self) {
        for (integration, share) in newer.of {
            let mine = self.of.entry(integration).or_default();
            for (hour, counts) in share.hours {
                add(mine.hours.entry(hour).or_default(), &counts);
            }
            mine.arrivals.merge(&share.arrivals);
        }
        self.newest = self.newest.max(newer.newest);
    }

    fn write(&self, db: &Connection) -> Result<(), StoreError> {
        let tx = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
        for (integration, share) in &self.of {
            for (hour, counts) in &share.hours {
                write_hour(&tx, *integration, *hour, counts)?;
            }
            if share.arrivals.last > 0 {
                let mut arrivals = read_arrivals(&tx, *integration)?;
                arrivals.merge(&share.arrivals);
                write_arrivals(&tx, *integration, &arrivals)?;
            }
            let newest = share.hours.keys().next_back().copied().unwrap_or(0);
            tx.prepare_cached("DELETE FROM tally WHERE integration = ?1 AND hour < ?2")?
                .execute(params![integration, newest - KEPT])?;
        }
        tx.prepare_cached(
            "UPDATE meta SET value = CAST(max(CAST(value AS INTEGER), ?1) AS TEXT)
             WHERE name = 'tallied_to'",
        )?
        .execute([self.newest])?;
        Ok(tx.commit()?)
    }
}

impl Arrivals {
    /// Times come nearly in order; one from before the last arrival adds nothing.
    fn add(&mut self, at: i64) {
        self.last = self.last.max(at);
        if self.spaced.last().is_none_or(|last| at - last >= APART) {
            self.spaced.push(at);
            let surplus = self.spaced.len().saturating_sub(ARRIVALS);
            self.spaced.drain(..surplus);
        }
    }

    fn merge(&mut self, newer: &Self) {
        for at in &newer.spaced {
            self.add(*at);
        }
        self.last = self.last.max(newer.last);
    }
}

fn place(counts: &mut Counts, result: DeliveryResult) -> &mut i64 {
    match result {
        DeliveryResult::Accepted => &mut counts.accepted,
        DeliveryResult::Duplicate => &mut counts.duplicate,
        DeliveryResult::Ignored => &mut counts.ignored,
        DeliveryResult::Unmapped => &mut counts.unmapped,
        DeliveryResult::Rejected => &mut counts.rejected,
    }
}

fn add(to: &mut Counts, more: &Counts) {
    to.accepted += more.accepted;
    to.duplicate += more.duplicate;
    to.ignored += more.ignored;
    to.unmapped += more.unmapped;
    to.rejected += more.rejected;
    to.bad_proof += more.bad_proof;
}

fn tallied_to(db: &Connection) -> Result<i64, StoreError> {
    let text: String = db
        .prepare_cached("SELECT value FROM meta WHERE name = 'tallied_to'")?
        .query_row([], |row| row.get(0))?;
    Ok(text.parse().unwrap_or(0))
}

/// Tells of a stored delivery whether it says something about how its integration fares.
pub(super) fn counts(headers: &str, proof: &str) -> bool {
    let headers: Vec<(String, String)> = serde_json::from_str(headers).unwrap_or_default();
    serde_json::from_str::<ProofSummary>(proof)
        .is_ok_and(|proof| came_from_platform(&headers, &proof))
}

fn read_unwritten(row: &Row<'_>) -> rusqlite::Result<Option<Tally>> {
    let counted = counts(&row.get::<_, String>(4)?, &row.get::<_, String>(5)?);
    let Some(result) = result_of(row.get(3)?).filter(|_| counted) else {
        return Ok(None);
    };
    Ok(Some(Tally {
        delivery: row.get(0)?,
        integration: row.get(1)?,
        at_ms: row.get(2)?,
        result,
        before: None,
    }))
}

fn write_hour(
    db: &Connection,
    integration: i64,
    hour: i64,
    counts: &Counts,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO tally (integration, hour, accepted, duplicate, ignored, unmapped, rejected, bad_proof)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (integration, hour) DO UPDATE SET
             accepted = accepted + excluded.accepted, duplicate = duplicate + excluded.duplicate,
             ignored = ignored + excluded.ignored, unmapped = unmapped + excluded.unmapped,
             rejected = rejected + excluded.rejected, bad_proof = bad_proof + excluded.bad_proof",
    )?
    .execute(params![
        integration,
        hour,
        counts.accepted,
        counts.duplicate,
        counts.ignored,
        counts.unmapped,
        counts.rejected,
        counts.bad_proof,
    ])?;
    Ok(())
}

fn read_arrivals(db: &Connection, integration: i64) -> Result<Arrivals, StoreError> {
    let found = optional(
        db.prepare_cached("SELECT last_at, spaced FROM arrival WHERE integration = ?1")?
            .query_row([integration], |row| {
                let spaced: Vec<u8> = row.get(1)?;
                let spaced = spaced.as_chunks::<8>().0;
                Ok(Arrivals {
                    last: row.get(0)?,
                    spaced: spaced
                        .iter()
                        .map(|bytes| i64::from_be_bytes(*bytes))
                        .collect(),
                })
            }),
    )?;
    Ok(found.unwrap_or_default())
}

fn write_arrivals(
    db: &Connection,
    integration: i64,
    arrivals: &Arrivals,
) -> Result<(), StoreError> {
    let spaced: Vec<u8> = arrivals
        .spaced
        .iter()
        .flat_map(|at| at.to_be_bytes())
        .collect();
    db.prepare_cached(
        "INSERT INTO arrival (integration, last_at, spaced) VALUES (?1, ?2, ?3)
         ON CONFLICT (integration) DO UPDATE SET last_at = excluded.last_at, spaced = excluded.spaced",
    )?
    .execute(params![integration, arrivals.last, spaced])?;
    Ok(())
}

fn activity(
    db: &Connection,
    workspace: WorkspaceId,
    this_hour: i64,
    extra: &Batch,
) -> Result<Vec<Activity>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT i.id, i.public FROM workspace w JOIN integration i ON i.workspace = w.id
         WHERE w.public = ?1 AND i.deleted_at = 0",
    )?;
    let rows = statement.query_map([workspace.as_u128().to_be_bytes()], |row| {
        let id = IntegrationId::from_u128(u128::from_be_bytes(row.get(1)?));
        Ok((row.get::<_, i64>(0)?, id))
    })?;
    let mut rows: Vec<(i64, IntegrationId)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.sort_unstable_by_key(|(row, _)| *row);
    let since = this_hour - DAY;
    let mut found = Vec::with_capacity(rows.len());
    for (row, integration) in rows {
        let mut arrivals = read_arrivals(db, row)?;
        let mut last_day = read_since(db, row, since)?;
        if let Some(share) = extra.of.get(&row) {
            arrivals.merge(&share.arrivals);
            for counts in share.hours.range(since + 1..).map(|(_, counts)| counts) {
                add(&mut last_day, counts);
            }
        }
        found.push(Activity {
            integration,
            last_event_at: (arrivals.last > 0).then(|| time(arrivals.last)),
            arrivals: arrivals.spaced.into_iter().map(time).collect(),
            last_day,
            jobs_open: count(db, OPEN_JOBS, row, 0)?,
            jobs_failed: count(db, FAILED_JOBS, row, since * HOUR)?,
            registration: api::registration(db, row)?,
            duties: duties::read(db, row)?,
        });
    }
    Ok(found)
}

const OPEN_JOBS: &str =
    "SELECT count(*) FROM job WHERE integration = ?1 AND state < 2 AND ?2 IS ?2";
const FAILED_JOBS: &str =
    "SELECT count(*) FROM job WHERE integration = ?1 AND state = 3 AND finished_at > ?2";

fn count(db: &Connection, sql: &str, integration: i64, since: i64) -> Result<u64, StoreError> {
    let count = db
        .prepare_cached(sql)?
        .query_row(params![integration, since], |row| row.get(0))?;
    Ok(count)
}

fn read_since(db: &Connection, integration: i64, hour: i64) -> Result<Counts, StoreError> {
    let counts = db
        .prepare_cached(
            "SELECT coalesce(sum(accepted), 0), coalesce(sum(duplicate), 0), coalesce(sum(ignored), 0),
                 coalesce(sum(unmapped), 0), coalesce(sum(rejected), 0), coalesce(sum(bad_proof), 0)
             FROM tally WHERE integration = ?1 AND hour > ?2",
        )?
        .query_row(params![integration, hour], |row| {
            Ok(Counts {
                accepted: row.get(0)?,
                duplicate: row.get(1)?,
                ignored: row.get(2)?,
                unmapped: row.get(3)?,
                rejected: row.get(4)?,
                bad_proof: row.get(5)?,
            })
        })?;
    Ok(counts)
}

fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MIN_UTC)
}
