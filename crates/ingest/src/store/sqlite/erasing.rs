//! Erasing a person: found on a reader's connection, closed in one transaction, overwritten, and then looked for in the file itself.
//!
//! What is erased is overwritten where it lies and the log is emptied into the file. Copies may still stand in the free space of
//! pages that were split or joined while the person was a customer: the file is searched for them, and those pages are wiped.
//!
//! Nobody who writes waits for long: of a person with very many orders the rows are overwritten some at a time. Closing them is
//! what counts: from that transaction on the feed tells that they are gone, nothing new is kept of their orders, no reader sees
//! what is left, and which rows are left stands in the file, so that breaking off in between loses nothing.

mod finding;
mod giving_out;
mod needles;
mod remains;
mod scrubbing;
mod source;
mod veil;
mod wiping;

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use contract::{
    Actor, ConversationId, Erasure, IntegrationId, WorkspaceId, entry::SubjectErased, kind,
};
use rusqlite::{Connection, params};

use super::append::append;
use super::integrations::Shelved;
use super::writer::Writing;
use super::{SMALL, SqliteStore, audit, duties};
use crate::store::{
    Deed, Fault, Holdings, Sought, SourceErasure, SourceNotice, Store, StoreError, Subjects, Trust,
    action,
};
use finding::Found;
pub(super) use remains::{Remains, STEP_BYTES};
#[cfg(test)]
pub(super) use remains::{STEP, noted};
pub(super) use scrubbing::Eye;
pub(super) use veil::Veil;

/// How often a person's conversations may change between being found and being erased.
const TRIES: usize = 5;

/// How long a step waits that the writer's queue had no room for.
const PAUSE: Duration = Duration::from_millis(100);

#[async_trait]
impl Subjects for SqliteStore {
    async fn erase(
        &self,
        workspace: WorkspaceId,
        sought: Sought,
        by: Option<Actor>,
    ) -> Result<Erasure, StoreError> {
        let _erases = self.mind.nodes.erases();
        self.take_up().await?;
        for _ in 0..TRIES {
            let found = self.find(workspace, sought.clone()).await?;
            if let Some(closed) = self.close_found(found, by.clone()).await? {
                let Closed { erasure, words, .. } = self.overwrite(closed).await?;
                self.scrub(Some(words)).await?;
                return Ok(erasure);
            }
        }
        Err(Fault::Busy.into())
    }

    async fn note_source(&self, id: IntegrationId, notice: SourceNotice) -> Result<(), StoreError> {
        let row = self.account(id)?.row;
        self.write(SMALL, move |writing| {
            duties::note(writing.db, row, notice, writing.now)
        })
        .await
    }

    async fn begin_source_erasure(&self, id: IntegrationId) -> Result<bool, StoreError> {
        let row = self.account(id)?.row;
        self.write(SMALL, move |writing| duties::begin(writing.db, row))
            .await
    }

    async fn begun_source_erasures(&self) -> Result<Vec<IntegrationId>, StoreError> {
        if !self.on_duty() || !self.mind.nodes.nobody_erases() {
            return Ok(Vec::new());
        }
        let (begun, left) = self
            .readers
            .read(|db| Ok((duties::begun(db)?, is_left(db)?)))
            .await?;
        // Beside others it has to be so at two looks: between noting it and being at it there is a moment.
        let before = {
            let mut seen = self
                .broken_off
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let first = self.mind.nodes.alone && seen.as_ref().is_some_and(Vec::is_empty);
            let before = if first {
                begun.clone()
            } else {
                seen.take().unwrap_or_default()
            };
            *seen = Some(begun.clone());
            before
        };
        if left {
            let _erases = self.mind.nodes.erases();
            self.take_up().await?;
        }
        Ok(begun.into_iter().filter(|id| before.contains(id)).collect())
    }

    async fn erase_source(
        &self,
        id: IntegrationId,
        by: Option<Actor>,
    ) -> Result<SourceErasure, StoreError> {
        let _erases = self.mind.nodes.erases();
        let account = self.account(id)?;
        let row = account.row;
        let erased = self.erase_all_of(account, by).await;
        if erased.is_err() {
            // Somebody can ask for it again.
            self.write(SMALL, move |writing| duties::end(writing.db, row, false))
                .await?;
        }
        erased
    }

    async fn holdings(
        &self,
        workspace: WorkspaceId,
        sought: Sought,
        by: Option<Actor>,
    ) -> Result<Holdings, StoreError> {
        let mut found = self.find(workspace, sought).await?;
        found.leave_out(&self.veil);
        if found.is_empty() {
            return Err(StoreError::NotFound);
        }
        let first = first_id(&found);
        let veil = Arc::clone(&self.veil);
        let holdings = self
            .readers
            .read(move |db| giving_out::collect(db, &veil, &found))
            .await?;
        let deed = Deed::new(by, action::SUBJECT_EXPORTED, first)
            .with("conversations", holdings.conversation_ids.len())
            .with("entries", holdings.entries.len())
            .with("deliveries", holdings.deliveries.len());
        self.record(workspace, deed).await?;
        Ok(holdings)
    }
}

impl SqliteStore {
    fn account(&self, id: IntegrationId) -> Result<Shelved, StoreError> {
        self.catalogue.by_id(id).ok_or(StoreError::NotFound)
    }

    /// Does what was broken off: rows that are yet to be overwritten, and files that have yet to be seen to.
    async fn take_up(&self) -> Result<(), StoreError> {
        for (name, remains) in self.readers.read(remains::noted).await? {
            self.in_steps(&Arc::new(remains), 0).await?;
            self.write(SMALL, move |writing| remains::forget(writing.db, &name))
                .await?;
        }
        if self.readers.read(scrubbing::is_due).await? {
            self.scrub(None).await?;
        }
        Ok(())
    }

    /// Looks for a person until there is little that came meanwhile, which the writer has to look through.
    pub(super) async fn find(
        &self,
        workspace: WorkspaceId,
        sought: Sought,
    ) -> Result<Found, StoreError> {
        let only_from = match sought.only_from {
            None => None,
            Some(id) => Some((self.account(id)?.row, id)),
        };
        let mut found = self
            .readers
            .read(move |db| Found::look(db, workspace, &sought, only_from))
            .await?;
        for _ in 0..TRIES {
            let (later, is_near) = self.readers.read(move |db| found.catch_up(db)).await?;
            found = later;
            if is_near {
                break;
            }
        }
        if found.is_empty() {
            return Err(StoreError::NotFound);
        }
        Ok(found)
    }

    /// Closes the conversations that were found; `None` when the person's conversations are others by now.
    pub(super) async fn close_found(
        &self,
        found: Found,
        by: Option<Actor>,
    ) -> Result<Option<Closed>, StoreError> {
        let (veil, fold) = (Arc::clone(&self.veil), self.veil.fold());
        let closed = self
            .write(STEP_BYTES, move |writing| {
                close(writing, found, by, (&veil, fold))
            })
            .await;
        if closed.is_err() {
            self.veil.lift(fold);
        }
        closed
    }

    /// Overwrites what is left of somebody whose conversations are closed.
    async fn overwrite(&self, closed: Closed) -> Result<Closed, StoreError> {
        let Some(name) = closed.note.clone() else {
            return Ok(closed);
        };
        self.in_steps(&closed.remains, closed.done).await?;
        self.write(SMALL, move |writing| remains::forget(writing.db, &name))
            .await?;
        self.veil.lift(closed.fold);
        Ok(closed)
    }

    /// Overwrites rows from a place on, some at a time. What the writer has no room for waits.
    async fn in_steps(&self, remains: &Arc<Remains>, from: usize) -> Result<(), StoreError> {
        let mut at = from;
        while at < remains.len() {
            let step = Arc::clone(remains);
            let work = move |writing: &mut Writing<'_>| {
                scrubbing::note_due(writing.db)?;
                step.step(writing.db, at)
            };
            match self.write(STEP_BYTES, work).await {
                Ok(next) => at = next,
                Err(StoreError::Overloaded) => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Sees to it that no file holds what was erased; without words, whatever stands between rows.
    async fn scrub(&self, words: Option<Vec<String>>) -> Result<(), StoreError> {
        self.aside(|path, _| scrubbing::empty_log(path)).await?;
        let is_sweep = words.is_none();
        let mut pages = self
            .aside(move |path, eye| eye.pages(path, words.as_deref()))
            .await?;
        if is_sweep {
            let free = self.readers.read(wiping::FreePages::read);
            pages.extend(free.await?.numbers());
        }
        let mut wiped = 0;
        for step in pages.chunks(scrubbing::PAGES) {
            let step = step.to_vec();
            let work = move |writing: &mut Writing<'_>| wiping::wipe(writing.db, &step);
            wiped += self.write(STEP_BYTES, work).await?;
        }
        if wiped > 0 {
            self.aside(|path, _| scrubbing::empty_log(path)).await?;
        }
        self.write(SMALL, |writing| scrubbing::note_done(writing.db))
            .await
    }

    /// Does something with the file off the async threads.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path, &Eye) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (path, eye) = (self.path.clone(), Arc::clone(&self.eye));
        let done = tokio::task::spawn_blocking(move || work(&path, &eye));
        done.await.map_err(|_| Fault::Internal)?
    }
}

/// Tells whether something was left to be overwritten or seen to.
fn is_left(db: &Connection) -> Result<bool, StoreError> {
    Ok(scrubbing::is_due(db)? || !remains::noted(db)?.is_empty())
}

/// Somebody whose conversations are closed.
pub(super) struct Closed {
    erasure: Erasure,
    /// By which copies left in the file are found.
    words: Vec<String>,
    remains: Arc<Remains>,
    /// How many of the rows are overwritten already.
    done: usize,
    /// The note of what is left; `None` where nothing is.
    note: Option<String>,
    /// By which the rows are hidden until then.
    fold: u64,
}

/// Does what an earlier process left to be done, before any other connection is open.
pub(super) fn finish(db: &Connection, path: &Path, eye: &Eye) -> Result<(), StoreError> {
    remains::at_once(db)?;
    if scrubbing::is_due(db)? {
        scrubbing::at_once(db, path, eye)?;
    }
    Ok(())
}

/// Closes what was found and what came since, and overwrites the first rows; `None` when the person's conversations are others
/// by now.
fn close(
    writing: &mut Writing<'_>,
    mut found: Found,
    by: Option<Actor>,
    (veil, fold): (&Veil, u64),
) -> Result<Option<Closed>, StoreError> {
    if !found.look_on(writing.db)? {
        return Ok(None);
    }
    let remains = Remains::of(writing.db, &found)?;
    let erasure = Erasure {
        conversation_ids: found.conversations.values().copied().collect(),
        entries: count(found.entries.len()),
        deliveries: count(found.deliveries.len()),
        checkouts: count(remains.checkouts.len()),
        jobs: count(remains.jobs.len()),
    };
    forget_keys(writing, &found)?;
    forget_people(writing, found.conversations.keys())?;
    tell(writing, &found, &erasure, by)?;
    scrubbing::note_due(writing.db)?;
    writing.ledger.erased.push(found.workspace);
    let done = remains.step(writing.db, 0)?;
    let note = if done < remains.len() {
        veil.hide(fold, &erasure.conversation_ids, remains.deliveries());
        Some(remains.note(writing)?)
    } else {
        None
    };
    Ok(Some(Closed {
        erasure,
        words: found.needles.words().map(str::to_owned).collect(),
        remains: Arc::new(remains),
        done,
        note,
        fold,
    }))
}

/// The keys of orders stay, so that what comes later of them is known to be an erased person's.
fn forget_keys(writing: &mut Writing<'_>, found: &Found) -> Result<(), StoreError> {
    let mut gone = Vec::new();
    for key in &found.keys {
        if let Some(row) = writing.ledger.keys.get(writing.db, *key)?
            && found.conversations.contains_key(&row)
        {
            gone.push((*key, row));
        }
    }
    writing.ledger.keys.remove(writing.db, &gone)
}

fn forget_people<'a>(
    writing: &Writing<'_>,
    rows: impl IntoIterator<Item = &'a i64>,
) -> Result<(), StoreError> {
    for row in rows {
        writing
            .db
            .prepare_cached(
                "UPDATE conversation SET kinds = 0, names = x'', merged_into = 0, merged_seq = 0,
                     claimed_by = 0, held_seq = 0, erased_at = ?2 WHERE id = ?1",
            )?
            .execute(params![row, writing.now.timestamp_millis()])?;
        writing
            .db
            .prepare_cached("DELETE FROM pair WHERE low = ?1 OR high = ?1")?
            .execute([row])?;
    }
    Ok(())
}

/// Has the feed tell it, and records who did it, with counts and without anything of the person.
fn tell(
    writing: &mut Writing<'_>,
    found: &Found,
    erasure: &Erasure,
    by: Option<Actor>,
) -> Result<(), StoreError> {
    if !erasure.conversation_ids.is_empty() {
        let body = SubjectErased {
            conversation_ids: erasure.conversation_ids.clone(),
            by: by.clone(),
        };
        let body = serde_json::to_string(&body).map_err(|_| Fault::Internal)?;
        append(writing, found.workspace, None, kind::SUBJECT_ERASED, body)?;
    }
    let deed = Deed::new(by, action::SUBJECT_ERASED, first_id(found))
        .with("conversations", erasure.conversation_ids.len())
        .with("entries", erasure.entries)
        .with("deliveries", erasure.deliveries)
        .with("checkouts", erasure.checkouts)
        .with("jobs", erasure.jobs);
    audit::record(writing, found.workspace, &deed)
}

fn first_id(found: &Found) -> String {
    let first = found.conversations.values().next();
    first.map_or_else(String::new, ConversationId::to_string)
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
