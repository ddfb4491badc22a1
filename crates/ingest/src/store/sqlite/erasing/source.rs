//! Erasing all customers of one account, as its platform demands once a shop has left: a walk in steps, each its own
//! transaction. First the conversations are closed and told, then their entries and the account's deliveries are overwritten;
//! a walk that was broken off begins anew and finds what is left.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use contract::{Actor, ConversationId, IntegrationId, WorkspaceId, entry::SubjectErased, kind};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::super::append::{append, position};
use super::super::integrations::Shelved;
use super::super::place::TraceKeys;
use super::super::writer::Writing;
use super::super::{SMALL, SqliteStore, audit, blanking, duties};
use super::finding::Origin;
use super::remains::{Remains, STEP, STEP_BYTES};
use super::{count, forget_people, scrubbing};
use crate::identity::Traces;
use crate::store::{Deed, Fault, Key16, SourceErasure, StoreError, action};

/// Rows read at once.
const SLICE: u32 = 512;
/// Conversations closed in one transaction.
const CLOSED: usize = 100;

type Public = [u8; 16];

/// Whose customers go, and which.
struct Survey {
    workspace: WorkspaceId,
    workspace_row: i64,
    id: IntegrationId,
    row: i64,
    /// Conversations that have nothing from another account, with their rows.
    doomed: HashMap<Public, i64>,
    rows: HashSet<i64>,
    kept: usize,
    /// Up to where the log was looked through.
    to: i64,
}

/// What the notes of accounts that are left by all customers begin with.
const NOTE: &str = "erasing-source:";

/// Who is on the way out with an account, and which of its deliveries.
#[derive(Serialize, Deserialize)]
pub(super) struct Leaving {
    pub(super) conversations: Vec<ConversationId>,
    pub(super) deliveries: Vec<i64>,
}

impl Leaving {
    /// Lists them. A conversation that another account tells of meanwhile stays, and is read again when the walk has ended.
    fn of(db: &Connection, survey: &Survey) -> Result<Self, StoreError> {
        let conversations = survey.doomed.keys();
        let conversations =
            conversations.map(|home| ConversationId::from_u128(u128::from_be_bytes(*home)));
        Ok(Self {
            conversations: conversations.collect(),
            deliveries: survey.deliveries(db)?,
        })
    }

    /// Reads all that is noted.
    pub(super) fn noted(db: &Connection) -> Result<Vec<Self>, StoreError> {
        // The character that follows the colon.
        let mut statement =
            db.prepare_cached("SELECT value FROM meta WHERE name >= ?1 AND name < ?2")?;
        let mut rows = statement.query([NOTE, "erasing-source;"])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let text = row.get_ref(0)?.as_str().map_err(|_| Fault::Damaged)?;
            all.push(serde_json::from_str(text).map_err(|_| Fault::Damaged)?);
        }
        Ok(all)
    }

    fn note(db: &Connection, account: i64, text: &str) -> Result<(), StoreError> {
        db.prepare_cached(
            "INSERT INTO meta (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![format!("{NOTE}{account}"), text])?;
        Ok(())
    }

    fn forget(db: &Connection, account: i64) -> Result<(), StoreError> {
        db.prepare_cached("DELETE FROM meta WHERE name = ?1")?
            .execute([format!("{NOTE}{account}")])?;
        Ok(())
    }
}

/// One step's worth of entries.
#[derive(Default)]
struct Entries {
    places: Vec<i64>,
    keys: BTreeSet<Key16>,
    /// Where the next step begins, and whether there is one.
    to: i64,
    more: bool,
}

impl SqliteStore {
    /// Erases them, and notes that it is done.
    pub(super) async fn erase_all_of(
        &self,
        account: Shelved,
        by: Option<Actor>,
    ) -> Result<SourceErasure, StoreError> {
        let (workspace, id, row) = (
            account.integration.workspace,
            account.integration.id,
            account.row,
        );
        let survey = self
            .readers
            .read(move |db| Survey::take(db, workspace, id, row))
            .await?;
        let mut erased = SourceErasure::default();
        let fold = self.veil.fold();
        let outcome = self.walk(survey, fold, by.clone(), &mut erased).await;
        if outcome.is_err()
            && self
                .readers
                .read(Leaving::noted)
                .await
                .is_ok_and(|n| n.is_empty())
        {
            // Nothing was closed, so nothing is on its way out.
            self.veil.lift(fold);
        }
        outcome?;
        let deed = Deed::new(by, action::SOURCE_ERASED, id)
            .with("conversations", erased.conversations)
            .with("kept", erased.kept)
            .with("entries", erased.entries)
            .with("deliveries", erased.deliveries);
        self.write(SMALL, move |writing| {
            audit::record(writing, workspace, &deed)?;
            Leaving::forget(writing.db, row)?;
            duties::end(writing.db, row, true)
        })
        .await?;
        self.veil.lift(fold);
        Ok(erased)
    }

    /// Hides them, closes their conversations and overwrites what is left of them, in this order.
    async fn walk(
        &self,
        survey: Survey,
        fold: u64,
        by: Option<Actor>,
        erased: &mut SourceErasure,
    ) -> Result<(), StoreError> {
        let row = survey.row;
        let mut survey = self.hide_all(survey, fold).await?;
        survey = self.close_conversations(survey, by, erased).await?;
        erased.kept = count(survey.kept);
        survey = self.overwrite_entries(survey, erased).await?;
        erased.deliveries = self.overwrite_deliveries(row).await?;
        self.forget_waiting(survey).await?;
        self.scrub(None).await
    }

    /// Hides all that is on its way out from every reader, and notes it, so that it stays hidden whatever happens in between.
    async fn hide_all(&self, survey: Survey, fold: u64) -> Result<Survey, StoreError> {
        let (survey, leaving) = self
            .readers
            .read(move |db| {
                let leaving = Leaving::of(db, &survey)?;
                Ok((survey, leaving))
            })
            .await?;
        let note = serde_json::to_string(&leaving).map_err(|_| Fault::Internal)?;
        let (veil, row, workspace) = (Arc::clone(&self.veil), survey.row, survey.workspace);
        self.write(note.len(), move |writing| {
            veil.hide(fold, &leaving.conversations, &leaving.deliveries);
            // Readers at the head find their entries in the file, where the veil is looked at.
            writing.ledger.erased.push(workspace);
            Leaving::note(writing.db, row, &note)
        })
        .await?;
        Ok(survey)
    }

    async fn close_conversations(
        &self,
        mut survey: Survey,
        by: Option<Actor>,
        erased: &mut SourceErasure,
    ) -> Result<Survey, StoreError> {
        let mut all: Vec<(Public, i64)> =
            survey.doomed.iter().map(|(id, row)| (*id, *row)).collect();
        all.sort_unstable();
        for step in all.chunks(CLOSED) {
            let (step, by) = (step.to_vec(), by.clone());
            let closed;
            (survey, closed) = self
                .write(STEP_BYTES, move |writing| {
                    let closed = survey.close(writing, &step, by)?;
                    Ok((survey, closed))
                })
                .await?;
            erased.conversations += closed;
        }
        Ok(survey)
    }

    async fn overwrite_entries(
        &self,
        mut survey: Survey,
        erased: &mut SourceErasure,
    ) -> Result<Survey, StoreError> {
        let mut after = position(survey.workspace_row, 0)?;
        loop {
            let found;
            (survey, found) = self
                .readers
                .read(move |db| {
                    let found = survey.next_entries(db, after)?;
                    Ok((survey, found))
                })
                .await?;
            after = found.to;
            let more = found.more;
            erased.entries += count(found.places.len());
            if !found.places.is_empty() {
                survey = self
                    .write(STEP_BYTES, move |writing| {
                        survey.overwrite(writing, &found)?;
                        Ok(survey)
                    })
                    .await?;
            }
            if !more {
                return Ok(survey);
            }
        }
    }

    async fn overwrite_deliveries(&self, account: i64) -> Result<u64, StoreError> {
        let (mut after, mut overwritten) = (0, 0);
        loop {
            let (rows, to, more) = self
                .readers
                .read(move |db| next_deliveries(db, account, after))
                .await?;
            after = to;
            overwritten += count(rows.len());
            let rows = Arc::new(Remains::of_deliveries(rows));
            self.in_steps(&rows, 0).await?;
            if !more {
                return Ok(overwritten);
            }
        }
    }

    /// Lets go of checkouts that are waited for and of finished fetches.
    async fn forget_waiting(&self, survey: Survey) -> Result<(), StoreError> {
        let row = survey.row;
        let checkouts = self.readers.read(move |db| survey.checkouts(db)).await?;
        for step in checkouts.chunks(STEP) {
            let step = step.to_vec();
            self.write(STEP_BYTES, move |writing| {
                let mut delete = writing
                    .db
                    .prepare_cached("DELETE FROM checkout WHERE key = ?1")?;
                for key in &step {
                    delete.execute([key])?;
                }
                Ok(())
            })
            .await?;
        }
        loop {
            let gone = self
                .write(STEP_BYTES, move |writing| {
                    let gone = writing
                        .db
                        .prepare_cached(
                            "DELETE FROM job WHERE id IN (SELECT id FROM job
                             WHERE integration = ?1 AND kind = 0 AND state >= 2 LIMIT ?2)",
                        )?
                        .execute(params![row, STEP])?;
                    Ok(gone)
                })
                .await?;
            if gone < STEP {
                return Ok(());
            }
        }
    }
}

impl Survey {
    /// Walks the log and tells whose customers have nothing from another account; those closed by an earlier walk count too.
    fn take(
        db: &Connection,
        workspace: WorkspaceId,
        id: IntegrationId,
        row: i64,
    ) -> Result<Self, StoreError> {
        let workspace_row = db
            .prepare_cached("SELECT id FROM workspace WHERE public = ?1")?
            .query_row([workspace.as_u128().to_be_bytes()], |row| row.get(0))?;
        let mut survey = Self {
            workspace,
            workspace_row,
            id,
            row,
            doomed: HashMap::new(),
            rows: HashSet::new(),
            kept: 0,
            to: position(workspace_row, 0)?,
        };
        let (mut ours, mut others) = (HashSet::new(), HashSet::new());
        let to = survey.each_sale(db, survey.to, |_, home, from| {
            if from == id { &mut ours } else { &mut others }.insert(home);
        })?;
        survey.to = to;
        let mixed = survey.groups(db, &others)?;
        for home in ours {
            let found: Option<(i64, i64)> = super::super::place::optional(
                db.prepare_cached("SELECT id, merged_into FROM conversation WHERE public = ?1")?
                    .query_row([home], |row| Ok((row.get(0)?, row.get(1)?))),
            )?;
            let Some((row, _)) = found else { continue };
            if others.contains(&home) || mixed.contains(&top(db, row)?) {
                survey.kept += 1;
            } else {
                survey.doomed.insert(home, row);
                survey.rows.insert(row);
            }
        }
        Ok(survey)
    }

    /// Returns the conversations that show those of others: whoever is merged with one of them is known from there too.
    fn groups(
        &self,
        db: &Connection,
        others: &HashSet<Public>,
    ) -> Result<HashSet<i64>, StoreError> {
        let mut merged = HashSet::new();
        let mut statement = db.prepare_cached(
            "SELECT id, public FROM conversation WHERE workspace = ?1 AND id IN
                 (SELECT id FROM conversation WHERE merged_into <> 0
                  UNION SELECT merged_into FROM conversation WHERE merged_into <> 0)",
        )?;
        let mut rows = statement.query([self.workspace_row])?;
        while let Some(row) = rows.next()? {
            if others.contains(&row.get::<_, Public>(1)?) {
                merged.insert(top(db, row.get(0)?)?);
            }
        }
        Ok(merged)
    }

    /// Walks the sales of the workspace behind a place: place, conversation and account of each; returns where it ended.
    fn each_sale(
        &self,
        db: &Connection,
        after: i64,
        mut take: impl FnMut(i64, Public, IntegrationId),
    ) -> Result<i64, StoreError> {
        let end = position(self.workspace_row + 1, 0)?;
        let mut last = after;
        loop {
            let mut statement = db.prepare_cached(
                "SELECT position, conversation, kind, body FROM entry
                 WHERE position > ?1 AND position < ?2 ORDER BY position LIMIT ?3",
            )?;
            let mut rows = statement.query(params![last, end, SLICE])?;
            let mut count = 0;
            while let Some(row) = rows.next()? {
                count += 1;
                last = row.get(0)?;
                if row.get_ref(2)?.as_str().map_err(|_| Fault::Damaged)? == kind::COMMERCE {
                    let body = row.get_ref(3)?.as_str().map_err(|_| Fault::Damaged)?;
                    let origin: Origin = serde_json::from_str(body).map_err(|_| Fault::Damaged)?;
                    take(last, row.get(1)?, origin.integration_id);
                }
            }
            if count < SLICE {
                return Ok(last);
            }
        }
    }

    /// Closes conversations and has the feed tell it; one that another account has told of since stays.
    fn close(
        &mut self,
        writing: &mut Writing<'_>,
        step: &[(Public, i64)],
        by: Option<Actor>,
    ) -> Result<u64, StoreError> {
        let (mut late, id) = (HashSet::new(), self.id);
        self.to = self.each_sale(writing.db, self.to, |_, home, from| {
            if from != id {
                late.insert(home);
            }
        })?;
        for home in late {
            if let Some(row) = self.doomed.remove(&home) {
                self.rows.remove(&row);
                self.kept += 1;
            }
        }
        let (mut closed, mut rows) = (Vec::new(), Vec::new());
        for (home, row) in step
            .iter()
            .filter(|(home, _)| self.doomed.contains_key(home))
        {
            let is_open: bool = writing
                .db
                .prepare_cached("SELECT erased_at = 0 FROM conversation WHERE id = ?1")?
                .query_row([row], |row| row.get(0))?;
            if is_open {
                closed.push(ConversationId::from_u128(u128::from_be_bytes(*home)));
                rows.push(*row);
            }
        }
        if rows.is_empty() {
            return Ok(0);
        }
        scrubbing::note_due(writing.db)?;
        forget_people(writing, &rows)?;
        let gone = count(closed.len());
        let body = SubjectErased {
            conversation_ids: closed,
            by,
        };
        let body = serde_json::to_string(&body).map_err(|_| Fault::Internal)?;
        append(writing, self.workspace, None, kind::SUBJECT_ERASED, body)?;
        Ok(gone)
    }

    /// Lists the account's deliveries that brought nothing to a conversation that stays.
    fn deliveries(&self, db: &Connection) -> Result<Vec<i64>, StoreError> {
        let mut brought = db.prepare_cached(
            "SELECT conversation FROM entry WHERE position >= ?1 AND position < ?1 + ?2",
        )?;
        let mut statement = db.prepare_cached(
            "SELECT id, first_seq, entry_count, duplicate_of FROM delivery
             WHERE id > ?1 AND integration = ?2 AND length(body) > 0 ORDER BY id LIMIT ?3",
        )?;
        let (mut leaving, mut last) = (BTreeSet::new(), 0);
        loop {
            let mut seen = 0;
            let mut rows = statement.query(params![last, self.row, SLICE])?;
            while let Some(row) = rows.next()? {
                seen += 1;
                last = row.get(0)?;
                let (first, entries, repeats): (u64, i64, i64) =
                    (row.get(1)?, row.get(2)?, row.get(3)?);
                let goes = if entries > 0 {
                    let first = position(self.workspace_row, first)?;
                    let homes =
                        brought.query_map([first, entries], |row| row.get::<_, Vec<u8>>(0))?;
                    let homes: Vec<Vec<u8>> = homes.collect::<rusqlite::Result<_>>()?;
                    homes.iter().all(|home| {
                        Public::try_from(home.as_slice())
                            .map_or(true, |home| self.doomed.contains_key(&home))
                    })
                } else {
                    repeats == 0 || leaving.contains(&repeats)
                };
                if goes {
                    leaving.insert(last);
                }
            }
            if seen < SLICE {
                return Ok(leaving.into_iter().collect());
            }
        }
    }

    /// Finds the next entries of the closed conversations, and what their customers were found by.
    fn next_entries(&self, db: &Connection, after: i64) -> Result<Entries, StoreError> {
        let end = position(self.workspace_row + 1, 0)?;
        let mut found = Entries {
            to: after,
            ..Entries::default()
        };
        loop {
            let mut statement = db.prepare_cached(
                "SELECT position, conversation, kind, body FROM entry
                 WHERE position > ?1 AND position < ?2 ORDER BY position LIMIT ?3",
            )?;
            let mut rows = statement.query(params![found.to, end, SLICE])?;
            let mut seen = 0;
            while let Some(row) = rows.next()? {
                seen += 1;
                found.to = row.get(0)?;
                let home = row.get_ref(1)?.as_blob().map_err(|_| Fault::Damaged)?;
                let is_gone =
                    Public::try_from(home).is_ok_and(|home| self.doomed.contains_key(&home));
                if !is_gone {
                    continue;
                }
                found.places.push(found.to);
                if row.get_ref(2)?.as_str().map_err(|_| Fault::Damaged)? == kind::COMMERCE {
                    let body = row.get_ref(3)?.as_str().map_err(|_| Fault::Damaged)?;
                    let event = serde_json::from_str(body).map_err(|_| Fault::Damaged)?;
                    let keys = TraceKeys::of(self.workspace, &Traces::of(&event));
                    found.keys.extend(keys.personal());
                }
                if found.places.len() == STEP {
                    found.more = true;
                    return Ok(found);
                }
            }
            if seen < SLICE {
                return Ok(found);
            }
        }
    }

    fn overwrite(&self, writing: &mut Writing<'_>, found: &Entries) -> Result<(), StoreError> {
        scrubbing::note_due(writing.db)?;
        for place in &found.places {
            blanking::entry(writing.db, *place)?;
        }
        let mut gone = Vec::new();
        for key in &found.keys {
            if let Some(row) = writing.ledger.keys.get(writing.db, *key)?
                && self.rows.contains(&row)
            {
                gone.push((*key, row));
            }
        }
        writing.ledger.erased.push(self.workspace);
        writing.ledger.keys.remove(writing.db, &gone)
    }

    fn checkouts(&self, db: &Connection) -> Result<Vec<Public>, StoreError> {
        let mut statement =
            db.prepare_cached("SELECT key, event FROM checkout WHERE workspace = ?1")?;
        let mut rows = statement.query([self.workspace_row])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let event = row.get_ref(1)?.as_str().map_err(|_| Fault::Damaged)?;
            let origin: Origin = serde_json::from_str(event).map_err(|_| Fault::Damaged)?;
            if origin.integration_id == self.id {
                found.push(row.get(0)?);
            }
        }
        Ok(found)
    }
}

/// Follows merges to the conversation that shows this one.
fn top(db: &Connection, mut row: i64) -> Result<i64, StoreError> {
    loop {
        let into: i64 = db
            .prepare_cached("SELECT merged_into FROM conversation WHERE id = ?1")?
            .query_row([row], |row| row.get(0))?;
        if into == 0 {
            return Ok(row);
        }
        row = into;
    }
}

/// Finds the next deliveries of an account that brought nothing that stays: their rows, where it ended, whether there is more.
fn next_deliveries(
    db: &Connection,
    account: i64,
    after: i64,
) -> Result<(Vec<i64>, i64, bool), StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT d.id, d.integration = ?2
             AND length(d.body) > 0 AND substr(d.body, 1, 4) <> ?3
             AND CASE WHEN d.entry_count > 0 THEN NOT EXISTS (
                     SELECT 1 FROM entry e
                     WHERE e.position >= (d.workspace << 40 | d.first_seq)
                         AND e.position < (d.workspace << 40 | d.first_seq) + d.entry_count
                         AND e.kind <> 'erased')
                 WHEN d.duplicate_of <> 0 THEN EXISTS (
                     SELECT 1 FROM delivery o
                     WHERE o.id = d.duplicate_of AND substr(o.body, 1, 4) = ?3)
                 ELSE true END
         FROM delivery d WHERE d.id > ?1 ORDER BY d.id LIMIT ?4",
    )?;
    let mut rows = statement.query(params![after, account, blanking::BLANK, SLICE])?;
    let (mut found, mut last, mut seen) = (Vec::new(), after, 0);
    while let Some(row) = rows.next()? {
        seen += 1;
        last = row.get(0)?;
        if row.get(1)? {
            found.push(last);
        }
    }
    Ok((found, last, seen == SLICE))
}
