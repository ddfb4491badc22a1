//! Reading a stored delivery anew.

use contract::{Actor, DeliveryId, WorkspaceId};
use rusqlite::params;

use super::accept::{Note, Said, Scope, code_of, read, result_of, store_events};
use super::audit;
use super::integrations::Shelved;
use super::jobs;
use super::tallies::{Tally, counts};
use super::writer::Writing;
use crate::store::{Accepted, Deed, DeliveryResult, Fault, NewReading, StoreError, action};

/// A new reading of a delivery, prepared on the asker's side of the queue.
pub(super) struct Again {
    workspace: WorkspaceId,
    id: DeliveryId,
    integration_row: i64,
    actor: Option<Actor>,
    told: Said,
}

impl Again {
    pub(super) fn new(
        workspace: WorkspaceId,
        id: DeliveryId,
        reading: NewReading,
        shelved: &Shelved,
        actor: Option<Actor>,
    ) -> Self {
        Self {
            workspace,
            id,
            integration_row: shelved.row,
            actor,
            told: read(reading, &Scope::of(&shelved.integration), workspace),
        }
    }

    /// Adds what is new to the feed and notes the new result.
    pub(super) fn store(self, writing: &mut Writing<'_>) -> Result<Accepted, StoreError> {
        let workspace_row = writing.ledger.standing(writing.db, self.workspace)?.row;
        let (row, before, at_ms, counts) = writing
            .db
            .prepare_cached(
                "SELECT id, result, received_at, headers, proof FROM delivery
                 WHERE workspace = ?1 AND public = ?2",
            )?
            .query_row(
                params![workspace_row, self.id.as_u128().to_be_bytes()],
                |row| {
                    let counts = counts(&row.get::<_, String>(3)?, &row.get::<_, String>(4)?);
                    Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, counts))
                },
            )?;
        let before = result_of(before).ok_or(Fault::Damaged)?;
        let Said {
            note,
            events,
            fetch,
            ..
        } = self.told;
        if let Some(fetch) = &fetch {
            let asked = jobs::ask(writing, self.workspace, self.integration_row, fetch)?;
            asked.hold(writing, row, None)?;
        }
        let nothing_read = events.is_empty();
        let stored = store_events(writing, self.workspace, row, events)?;
        let result = match (stored.seqs.is_empty(), nothing_read) {
            (false, _) => DeliveryResult::Accepted,
            (true, _) if stored.erased => DeliveryResult::Ignored,
            (true, false) if fetch.is_none() => DeliveryResult::Duplicate,
            (true, _) => note.result,
        };
        // What is in the feed stays there, whatever a new reading makes of its delivery.
        if before != DeliveryResult::Accepted || !stored.seqs.is_empty() {
            let original = stored.seen_in.filter(|seen_in| *seen_in != row);
            rewrite(writing, row, result, &note, &stored.seqs, original)?;
            if counts && before != result {
                writing.ledger.tallies.push(Tally {
                    integration: self.integration_row,
                    delivery: row,
                    at_ms,
                    result,
                    before: Some(before),
                });
            }
        }
        let deed = Deed::new(self.actor, action::REPROCESSED, self.id)
            .with("before", before.as_str())
            .with("result", result.as_str());
        audit::record(writing, self.workspace, &deed)?;
        Ok(Accepted {
            delivery_id: self.id,
            result,
            seqs: stored.seqs,
        })
    }
}

fn rewrite(
    writing: &Writing<'_>,
    row: i64,
    result: DeliveryResult,
    note: &Note,
    seqs: &[u64],
    original: Option<i64>,
) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached(
            "UPDATE delivery SET result = ?2, event = ?3, why = ?4, path = ?5,
                 first_seq = CASE WHEN entry_count = 0 THEN ?6 ELSE first_seq END,
                 entry_count = entry_count + ?7,
                 duplicate_of = CASE WHEN duplicate_of = 0 THEN ?8 ELSE duplicate_of END
             WHERE id = ?1",
        )?
        .execute(params![
            row,
            code_of(result),
            note.event,
            note.why,
            note.path,
            seqs.first().copied().unwrap_or(0),
            seqs.len(),
            original.unwrap_or(0),
        ])?;
    Ok(())
}
