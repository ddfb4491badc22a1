//! Erasing a person: found on a reader's connection, gone in one transaction, and then looked for in the file itself.
//!
//! What is erased is overwritten where it lies and the log is emptied into the file. Copies may still stand in the free space of
//! pages that were split or joined while the person was a customer: the file is searched for them, and those pages are wiped.
//!
//! Nobody who writes waits for long: of a person with very many orders most rows are overwritten before, some at a time. What
//! is kept until the last transaction is enough to find the person again, so that breaking off in between loses nothing.

mod finding;
mod giving_out;
mod needles;
mod scrubbing;
mod source;
mod wiping;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use contract::{
    Actor, ConversationId, Erasure, IntegrationId, WorkspaceId, entry::SubjectErased, kind,
};
use rusqlite::{Connection, params};

use super::append::append;
use super::integrations::Shelved;
use super::writer::Writing;
use super::{SMALL, SqliteStore, audit, blanking, duties};
use crate::store::{
    Deed, Fault, Holdings, Sought, SourceErasure, SourceNotice, StoreError, Subjects, Trust, action,
};
use finding::Found;
pub(super) use scrubbing::Eye;

/// How often a person's conversations may change between being found and being erased.
const TRIES: usize = 5;

/// Rows overwritten in one transaction, and how many bytes they count as in the writer's queue.
const STEP: usize = 200;
const STEP_BYTES: usize = 256 << 10;

#[async_trait]
impl Subjects for SqliteStore {
    async fn erase(
        &self,
        workspace: WorkspaceId,
        sought: Sought,
        by: Option<Actor>,
    ) -> Result<Erasure, StoreError> {
        if self.readers.read(scrubbing::is_due).await? {
            self.scrub(None).await?;
        }
        for _ in 0..TRIES {
            let found = self.find(workspace, sought.clone()).await?;
            let (found, ahead) = self.overwrite_ahead(found).await?;
            let by = by.clone();
            let work = move |writing: &mut Writing<'_>| carry_out(writing, found, &ahead, by);
            if let Some((erasure, words)) = self.write(SMALL, work).await? {
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
        self.readers.read(duties::begun).await
    }

    async fn erase_source(
        &self,
        id: IntegrationId,
        by: Option<Actor>,
    ) -> Result<SourceErasure, StoreError> {
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
        let found = self.find(workspace, sought).await?;
        let first = first_id(&found);
        let holdings = self
            .readers
            .read(move |db| giving_out::collect(db, &found))
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

    async fn find(&self, workspace: WorkspaceId, sought: Sought) -> Result<Found, StoreError> {
        let only_from = match sought.only_from {
            None => None,
            Some(id) => Some((self.account(id)?.row, id)),
        };
        let found = self
            .readers
            .read(move |db| Found::look(db, workspace, &sought, only_from))
            .await?;
        if found.is_empty() {
            return Err(StoreError::NotFound);
        }
        Ok(found)
    }

    /// Overwrites most of what is held of a person of whom there is much. Deliveries go first: an entry that is gone does not
    /// lead to the one that brought it.
    async fn overwrite_ahead(&self, found: Found) -> Result<(Found, Ahead), StoreError> {
        let mut ahead = Ahead::default();
        if found.entries.len() + found.deliveries.len() <= STEP {
            return Ok((found, ahead));
        }
        ahead.deliveries.clone_from(&found.deliveries);
        ahead.entries = found.entries.difference(&found.anchors).copied().collect();
        self.in_steps(&ahead.deliveries, blanking::delivery).await?;
        self.in_steps(&ahead.entries, blanking::entry).await?;
        Ok((found, ahead))
    }

    /// Overwrites rows, some at a time.
    async fn in_steps(
        &self,
        rows: &BTreeSet<i64>,
        overwrite: fn(&Connection, i64) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let rows: Vec<i64> = rows.iter().copied().collect();
        for step in rows.chunks(STEP) {
            let step = step.to_vec();
            self.write(STEP_BYTES, move |writing| {
                scrubbing::note_due(writing.db)?;
                step.iter().try_for_each(|row| overwrite(writing.db, *row))
            })
            .await?;
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

/// What was overwritten before the last transaction.
#[derive(Default)]
struct Ahead {
    entries: BTreeSet<i64>,
    deliveries: BTreeSet<i64>,
}

/// Does what an earlier process left to be done, before any other connection is open.
pub(super) fn finish(db: &Connection, path: &Path, eye: &Eye) -> Result<(), StoreError> {
    if scrubbing::is_due(db)? {
        scrubbing::at_once(db, path, eye)?;
    }
    Ok(())
}

/// Erases what was found and what came since; `None` when the person's conversations are others by now.
fn carry_out(
    writing: &mut Writing<'_>,
    mut found: Found,
    ahead: &Ahead,
    by: Option<Actor>,
) -> Result<Option<(Erasure, Vec<String>)>, StoreError> {
    if !found.look_on(writing.db)? {
        return Ok(None);
    }
    for place in found.entries.difference(&ahead.entries) {
        blanking::entry(writing.db, *place)?;
    }
    for row in found.deliveries.difference(&ahead.deliveries) {
        blanking::delivery(writing.db, *row)?;
    }
    let erasure = Erasure {
        conversation_ids: found.conversations.values().copied().collect(),
        entries: count(found.entries.len()),
        deliveries: count(found.deliveries.len()),
        checkouts: forget_checkouts(writing.db, &found)?,
        jobs: forget_jobs(writing.db, &found)?,
    };
    forget_keys(writing, &found)?;
    forget_people(writing, found.conversations.keys())?;
    tell(writing, &found, &erasure, by)?;
    scrubbing::note_due(writing.db)?;
    writing.ledger.erased.push(found.workspace);
    Ok(Some((
        erasure,
        found.needles.words().map(str::to_owned).collect(),
    )))
}

fn forget_checkouts(db: &Connection, found: &Found) -> Result<u64, StoreError> {
    let mut gone = 0;
    for key in &found.checkouts {
        gone += db
            .prepare_cached("DELETE FROM checkout WHERE key = ?1")?
            .execute([key])?;
    }
    Ok(count(gone))
}

/// An open fetch goes on: what it brings of an erased person's order is not kept.
fn forget_jobs(db: &Connection, found: &Found) -> Result<u64, StoreError> {
    let mut gone = 0;
    for row in &found.jobs {
        gone += db
            .prepare_cached("DELETE FROM job WHERE id = ?1 AND state >= 2")?
            .execute([row])?;
    }
    Ok(count(gone))
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
