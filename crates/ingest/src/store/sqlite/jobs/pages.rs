//! Storing what an answer of an API held, together with how far its job has come.

use contract::JobId;
use rusqlite::params;

use super::super::accept::Prepared;
use super::super::writer::Writing;
use super::held;
use super::rows::code_of_state;
use crate::store::{DeliveryResult, JobState, PageStored, Refusal, StoreError, Then};

/// A page with everything computed that needs no table.
pub(in super::super) struct PreparedPage {
    pub(in super::super) job: JobId,
    pub(in super::super) integration_row: i64,
    pub(in super::super) deliveries: Vec<Prepared>,
    pub(in super::super) then: Then,
}

/// How the job's row changes.
struct Step {
    state: JobState,
    place: (i64, String),
    since_ms: i64,
    until_ms: i64,
    total: i64,
    known_ms: i64,
}

impl PreparedPage {
    pub(in super::super) fn bytes(&self) -> usize {
        1_024 + self.deliveries.iter().map(Prepared::bytes).sum::<usize>()
    }

    /// Stores the page.
    pub(in super::super) fn store(
        self,
        writing: &mut Writing<'_>,
    ) -> Result<PageStored, StoreError> {
        let notices = self.open(writing)?;
        let mut results = Vec::with_capacity(self.deliveries.len());
        for delivery in self.deliveries {
            results.push(delivery.store_pulled(writing)?);
        }
        let mut step = Step::of(&self.then, notices);
        if let (Then::Fetched { shown, .. }, JobState::Done) = (&self.then, step.state)
            && held::judge(writing, self.job, shown)?
        {
            step.state = JobState::Waiting;
        }
        let listed = (step.state == JobState::Done).then_some(step.until_ms);
        let state = step.state;
        move_on(writing, self.job, step, &results)?;
        if let Some(until_ms) = listed {
            note_listed(writing, self.job, self.integration_row, until_ms)?;
        }
        Ok(PageStored { state, results })
    }

    /// Checks that the job was not ended meanwhile; returns how many notices asked for it.
    fn open(&self, writing: &Writing<'_>) -> Result<u64, StoreError> {
        let found = writing
            .db
            .prepare_cached("SELECT notices FROM job WHERE public = ?1 AND state < 2")?
            .query_row([self.job.as_u128().to_be_bytes()], |row| row.get(0));
        match found {
            Ok(notices) => Ok(notices),
            Err(rusqlite::Error::QueryReturnedNoRows) => Err(Refusal::JobOver.into()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Step {
    fn of(then: &Then, notices: u64) -> Self {
        let number = |total: &Option<u64>| total.and_then(|total| i64::try_from(total).ok());
        match then {
            Then::Next { place, span, total } => Self {
                state: JobState::Running,
                place: (i64::from(place.listing), place.cursor.clone()),
                since_ms: span.since.timestamp_millis(),
                until_ms: span.until.timestamp_millis(),
                total: number(total).unwrap_or(-1),
                known_ms: 0,
            },
            Then::Listed { span } => Self {
                state: JobState::Done,
                place: (0, String::new()),
                since_ms: span.since.timestamp_millis(),
                until_ms: span.until.timestamp_millis(),
                total: -1,
                known_ms: 0,
            },
            // A notice that came meanwhile may tell of a later change.
            Then::Fetched {
                notices: before,
                shown_at,
                ..
            } => Self {
                state: if *before == notices {
                    JobState::Done
                } else {
                    JobState::Waiting
                },
                place: (-1, String::new()),
                since_ms: 0,
                until_ms: 0,
                total: -1,
                known_ms: shown_at.map_or(0, |at| at.timestamp_millis()),
            },
        }
    }
}

fn move_on(
    writing: &Writing<'_>,
    id: JobId,
    step: Step,
    results: &[DeliveryResult],
) -> Result<(), StoreError> {
    let count = |wanted| results.iter().filter(|found| **found == wanted).count();
    let now = writing.now.timestamp_millis();
    writing
        .db
        .prepare_cached(
            "UPDATE job SET state = ?2, listing = ?3, cursor = ?4, since = ?5, until = ?6,
                 total = CASE WHEN ?7 < 0 THEN total ELSE ?7 END,
                 read = read + ?8, accepted = accepted + ?9, duplicate = duplicate + ?10,
                 unmapped = unmapped + ?11, rejected = rejected + ?12,
                 problem = '', attempts = 0, due_at = ?13, known_at = max(known_at, ?14),
                 finished_at = CASE WHEN ?2 < 2 THEN 0 ELSE ?13 END
             WHERE public = ?1",
        )?
        .execute(params![
            id.as_u128().to_be_bytes(),
            code_of_state(step.state),
            step.place.0,
            step.place.1,
            step.since_ms,
            step.until_ms,
            step.total,
            results.len(),
            count(DeliveryResult::Accepted),
            count(DeliveryResult::Duplicate),
            count(DeliveryResult::Unmapped),
            count(DeliveryResult::Rejected),
            now,
            step.known_ms,
        ])?;
    Ok(())
}

/// Notes up to when all changes are listed, after a reconciliation.
fn note_listed(
    writing: &Writing<'_>,
    id: JobId,
    integration_row: i64,
    until_ms: i64,
) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached(
            "INSERT INTO api (integration, listed_to)
             SELECT ?2, ?3 FROM job WHERE public = ?1 AND kind = 2
             ON CONFLICT (integration) DO UPDATE SET listed_to = max(listed_to, excluded.listed_to)",
        )?
        .execute(params![
            id.as_u128().to_be_bytes(),
            integration_row,
            until_ms
        ])?;
    Ok(())
}
