//! Storing one delivery: nonce, keys, body, events and entries in the batch's transaction.

use contract::{WorkspaceId, kind};
use rusqlite::params;

use super::append::append;
use super::blanking;
use super::checkouts::{self, PreparedNews};
use super::jobs::{self, Fetch};
use super::place::{TraceKeys, conversation_of, is_of_erased};
use super::sharing::Told;
use super::tallies::Tally;
use super::writer::Writing;
use crate::store::{
    Accepted, DeliveryResult, Integration, Key16, NewDelivery, NewReading, Refusal, StoreError,
    came_from_platform, why,
};

mod said;

pub(super) use said::{Said, Scope, read};

/// A delivery with everything computed that needs no table; made on the asker's side of the queue.
#[derive(Clone)]
pub(super) struct Prepared {
    id: contract::DeliveryId,
    workspace: WorkspaceId,
    integration_row: i64,
    received_ms: i64,
    nonce: Option<(Key16, i64)>,
    /// `None` for a rejected one, and for one of a paused account: once the platform's reading is mended or the account taken up
    /// again, a repeat must count.
    key: Option<Key16>,
    note: Note,
    events: Vec<PreparedEvent>,
    fetch: Option<Fetch>,
    /// What would lead to the conversation of what is held back or set aside.
    held: Option<TraceKeys>,
    proof: String,
    headers: String,
    query: String,
    /// Whether it says something about how the integration fares.
    counts: bool,
    body_bytes: usize,
    body: Vec<u8>,
}

#[derive(Clone)]
pub(super) struct PreparedEvent {
    key: Key16,
    traces: TraceKeys,
    told: Told,
    body: String,
    checkout: Option<PreparedNews>,
}

impl PreparedEvent {
    /// Returns roughly how much the writer has to write.
    pub(super) fn bytes(&self) -> usize {
        self.body.len()
    }
}

/// What the list of deliveries tells beside the result.
#[derive(Clone)]
pub(super) struct Note {
    pub(super) result: DeliveryResult,
    pub(super) event: String,
    pub(super) why: String,
    pub(super) path: String,
}

impl Prepared {
    /// Hashes, compresses and writes out what the writer then only stores.
    pub(super) fn new(
        delivery: NewDelivery,
        integration: &Integration,
        integration_row: i64,
    ) -> Result<Self, serde_json::Error> {
        let scope = Scope::of(integration);
        let workspace = delivery.workspace;
        // What we fetched ourselves is never sent to us again by somebody who waits for an answer.
        let counts_again = matches!(
            delivery.reading,
            NewReading::Rejected { .. } | NewReading::Paused { .. }
        ) && !delivery.proof.is_pulled();
        let Said {
            note,
            events,
            fetch,
            held,
        } = read(delivery.reading, &scope, workspace);
        Ok(Self {
            id: delivery.id,
            workspace: delivery.workspace,
            integration_row,
            received_ms: delivery.received_at.timestamp_millis(),
            nonce: delivery.nonce.map(|nonce| {
                (
                    scope.nonce(&nonce.value),
                    nonce.expires_at.timestamp_millis(),
                )
            }),
            key: (!counts_again).then(|| scope.key(b"delivery", &delivery.delivery_key)),
            note,
            events,
            fetch,
            held,
            counts: came_from_platform(&delivery.headers, &delivery.proof),
            proof: serde_json::to_string(&delivery.proof)?,
            headers: serde_json::to_string(&delivery.headers)?,
            query: delivery.query,
            body_bytes: delivery.body.len(),
            body: lz4_flex::compress_prepend_size(&delivery.body),
        })
    }

    /// Returns roughly how much the writer has to write.
    pub(super) fn bytes(&self) -> usize {
        let events: usize = self.events.iter().map(PreparedEvent::bytes).sum();
        1_024 + self.body.len() + self.headers.len() + events
    }

    /// Stores the delivery.
    pub(super) fn store(mut self, writing: &mut Writing<'_>) -> Result<Accepted, StoreError> {
        if let Some((key, expires_ms)) = self.nonce {
            burn(writing, key, expires_ms)?;
        }
        let row = writing.ledger.next_delivery(writing.db)?;
        let same = match self.key {
            Some(key) => first_seen(writing, key, row)?,
            None => None,
        };
        self.drop_held_of_erased(writing)?;
        let outcome = self.outcome(writing, row, same)?;
        self.insert(writing, row, &outcome)?;
        if self.counts {
            writing.ledger.tallies.push(Tally {
                integration: self.integration_row,
                delivery: row,
                at_ms: self.received_ms,
                result: outcome.result,
                before: None,
            });
        }
        Ok(Accepted {
            delivery_id: self.id,
            result: outcome.result,
            seqs: outcome.seqs,
        })
    }

    /// Asks for what is to be fetched and appends what is told, and says what comes of the delivery; `same` is the one that
    /// it repeats.
    fn outcome(
        &mut self,
        writing: &mut Writing<'_>,
        row: i64,
        same: Option<i64>,
    ) -> Result<Outcome, StoreError> {
        let mut outcome = Outcome::new(self.note.result);
        // Two changes of one order may be told in the same bytes: a notice repeats another only while that one waits.
        let asked = match &self.fetch {
            Some(fetch) => Some(jobs::ask(
                writing,
                self.workspace,
                self.integration_row,
                fetch,
            )?),
            None => None,
        };
        let asks = asked.as_ref().is_some_and(|asked| asked.is_new);
        let held = match asked {
            Some(asked) => asked.hold(writing, row, same)?,
            None => false,
        };
        if let Some(original) = same.filter(|_| !asks && !held) {
            outcome.repeat(original, false);
        } else if self.note.result == DeliveryResult::Accepted {
            self.tell_events(writing, row, asks, &mut outcome)?;
        }
        Ok(outcome)
    }

    /// Appends the events that are new; what tells nothing new repeats, and what is an erased person's is not kept.
    fn tell_events(
        &mut self,
        writing: &mut Writing<'_>,
        row: i64,
        asks: bool,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        let events = std::mem::take(&mut self.events);
        let stored = store_events(writing, self.workspace, row, events)?;
        let tells_nothing = stored.seqs.is_empty() && !asks;
        if let Some(original) = stored.seen_in.filter(|_| tells_nothing) {
            // What repeats an erased person's data is no better kept than that was.
            let keeps_body = !stored.erased && !blanking::is_blank(writing.db, original)?;
            outcome.repeat(original, keeps_body);
            return Ok(());
        }
        if stored.erased {
            self.blank();
            if tells_nothing {
                outcome.result = DeliveryResult::Ignored;
                why::ERASED.clone_into(&mut self.note.why);
            }
        }
        outcome.seqs = stored.seqs;
        Ok(())
    }

    /// Holds nothing back and sets nothing aside of an erased person's order, and keeps nothing of what told it.
    fn drop_held_of_erased(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        if let Some(traces) = self.held.take()
            && is_of_erased(writing, &traces)?
        {
            self.blank();
            self.fetch = None;
            self.note.result = DeliveryResult::Ignored;
            why::ERASED.clone_into(&mut self.note.why);
        }
        Ok(())
    }

    /// Stores what was fetched, unless it tells nothing new: most of a listing never does.
    pub(super) fn store_pulled(
        mut self,
        writing: &mut Writing<'_>,
    ) -> Result<DeliveryResult, StoreError> {
        let row = writing.ledger.next_delivery(writing.db)?;
        let mut outcome = Outcome::new(self.note.result);
        match (self.note.result, self.key) {
            (DeliveryResult::Accepted, _) => {
                let events = std::mem::take(&mut self.events);
                let stored = store_events(writing, self.workspace, row, events)?;
                if stored.seqs.is_empty() {
                    return Ok(DeliveryResult::Duplicate);
                }
                if stored.erased {
                    self.blank();
                }
                outcome.seqs = stored.seqs;
            }
            (DeliveryResult::Unmapped | DeliveryResult::Rejected, Some(key)) => {
                if first_seen(writing, key, row)?.is_some() {
                    return Ok(outcome.result);
                }
            }
            _ => return Ok(outcome.result),
        }
        self.insert(writing, row, &outcome)?;
        Ok(outcome.result)
    }

    /// Lets go of the body.
    fn blank(&mut self) {
        self.body = blanking::BLANK.to_vec();
    }

    fn insert(
        &self,
        writing: &mut Writing<'_>,
        row: i64,
        outcome: &Outcome,
    ) -> Result<(), StoreError> {
        let workspace_row = writing.ledger.standing(writing.db, self.workspace)?.row;
        let body: &[u8] = if outcome.keeps_body { &self.body } else { &[] };
        let note = &self.note;
        writing
            .db
            .prepare_cached(
                "INSERT INTO delivery (id, public, workspace, integration, received_at, result,
                     first_seq, entry_count, duplicate_of, event, why, path, proof, headers,
                     body_bytes, body, query)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            )?
            .execute(params![
                row,
                self.id.as_u128().to_be_bytes(),
                workspace_row,
                self.integration_row,
                self.received_ms,
                code_of(outcome.result),
                outcome.seqs.first().copied().unwrap_or(0),
                outcome.seqs.len(),
                outcome.duplicate_of,
                note.event,
                note.why,
                note.path,
                self.proof,
                self.headers,
                self.body_bytes,
                body,
                self.query,
            ])?;
        Ok(())
    }
}

/// What storing events has done.
pub(super) struct Stored {
    /// The numbers of the new entries.
    pub(super) seqs: Vec<u64>,
    /// The delivery that had brought one of the events before.
    pub(super) seen_in: Option<i64>,
    /// Whether one of the events was an erased person's, and is not kept.
    pub(super) erased: bool,
}

/// Appends the events that were not there before.
pub(super) fn store_events(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    delivery_row: i64,
    events: Vec<PreparedEvent>,
) -> Result<Stored, StoreError> {
    let mut stored = Stored {
        seqs: Vec::new(),
        seen_in: None,
        erased: false,
    };
    for event in events {
        if let Some(before) = first_seen(writing, event.key, delivery_row)? {
            stored.seen_in.get_or_insert(before);
            continue;
        }
        let Some(seq) = tell(writing, workspace, &event.traces, event.body)? else {
            stored.erased = true;
            continue;
        };
        event.told.note(writing, delivery_row)?;
        if let Some(news) = event.checkout {
            checkouts::note(writing, workspace, delivery_row, news)?;
        }
        stored.seqs.push(seq);
    }
    Ok(stored)
}

/// Appends one event to the feed, in its conversation; `None` when it is an erased person's.
pub(super) fn tell(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    traces: &TraceKeys,
    body: String,
) -> Result<Option<u64>, StoreError> {
    let Some(conversation) = conversation_of(writing, workspace, traces)? else {
        return Ok(None);
    };
    append(writing, workspace, Some(conversation), kind::COMMERCE, body).map(Some)
}

/// What became of the delivery.
struct Outcome {
    result: DeliveryResult,
    seqs: Vec<u64>,
    duplicate_of: i64,
    keeps_body: bool,
}

impl Outcome {
    const fn new(result: DeliveryResult) -> Self {
        Self {
            result,
            seqs: Vec::new(),
            duplicate_of: 0,
            keeps_body: true,
        }
    }

    fn repeat(&mut self, original: i64, keeps_body: bool) {
        self.result = DeliveryResult::Duplicate;
        self.duplicate_of = original;
        self.keeps_body = keeps_body;
    }
}

fn burn(writing: &mut Writing<'_>, nonce: Key16, expires_ms: i64) -> Result<(), StoreError> {
    if writing.ledger.keys.burn(writing.db, nonce, expires_ms)? {
        Ok(())
    } else {
        Err(Refusal::NonceReused.into())
    }
}

/// Notes a key for this delivery; returns the delivery that had it before, if any.
pub(super) fn first_seen(
    writing: &mut Writing<'_>,
    key: Key16,
    delivery: i64,
) -> Result<Option<i64>, StoreError> {
    let before = writing.ledger.keys.get(writing.db, key)?;
    if before.is_none() {
        writing.ledger.keys.put(writing.db, key, delivery)?;
    }
    Ok(before)
}

/// Returns the number a result is stored as.
pub(super) const fn code_of(result: DeliveryResult) -> i64 {
    match result {
        DeliveryResult::Accepted => 0,
        DeliveryResult::Duplicate => 1,
        DeliveryResult::Ignored => 2,
        DeliveryResult::Unmapped => 3,
        DeliveryResult::Rejected => 4,
    }
}

/// Reads a stored result's number.
pub(super) fn result_of(code: i64) -> Option<DeliveryResult> {
    DeliveryResult::ALL
        .into_iter()
        .find(|result| code_of(*result) == code)
}
