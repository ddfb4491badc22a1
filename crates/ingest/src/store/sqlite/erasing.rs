//! Erasing a person: found on a reader's connection, gone in one transaction, and then looked for in the file itself.
//!
//! What is erased is overwritten where it lies and the log is emptied into the file. Copies may still stand in the free space of
//! pages that were split or joined while the person was a customer: the file is searched for them, and rebuilt if there are any.

mod finding;
mod giving_out;
mod needles;
mod scrubbing;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use contract::{
    Actor, ConversationId, Erasure, IntegrationId, WorkspaceId, entry::SubjectErased, kind,
};
use rusqlite::{Connection, params};

use super::append::append;
use super::writer::Writing;
use super::{SMALL, SqliteStore, audit, blanking};
use crate::store::{Deed, Fault, Holdings, Sought, StoreError, Subjects, Trust, action};
use finding::Found;
pub(super) use scrubbing::Eye;

/// How often a person's conversations may change between being found and being erased.
const TRIES: usize = 5;

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
            let by = by.clone();
            let work = move |writing: &mut Writing<'_>| carry_out(writing, found, by);
            if let Some((erasure, words)) = self.write(SMALL, work).await? {
                self.scrub(Some(words)).await?;
                return Ok(erasure);
            }
        }
        Err(Fault::Busy.into())
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
    async fn find(&self, workspace: WorkspaceId, sought: Sought) -> Result<Found, StoreError> {
        let only_from = match sought.only_from {
            None => None,
            Some(id) => Some((
                self.catalogue.by_id(id).ok_or(StoreError::NotFound)?.row,
                id,
            )),
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

    /// Sees to it that no file holds what was erased.
    async fn scrub(&self, words: Option<Vec<String>>) -> Result<(), StoreError> {
        let (path, eye) = (self.path.clone(), Arc::clone(&self.eye));
        let work = move || scrubbing::scrub(&path, &eye, words.as_deref());
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| Fault::Internal)??;
        self.write(SMALL, |writing| scrubbing::note_done(writing.db))
            .await
    }
}

/// Does what an earlier process left to be done, before any other connection is open.
pub(super) fn finish(db: &Connection, path: &Path, eye: &Eye) -> Result<(), StoreError> {
    if scrubbing::is_due(db)? {
        scrubbing::scrub(path, eye, None)?;
        scrubbing::note_done(db)?;
    }
    Ok(())
}

/// Erases what was found and what came since; `None` when the person's conversations are others by now.
fn carry_out(
    writing: &mut Writing<'_>,
    mut found: Found,
    by: Option<Actor>,
) -> Result<Option<(Erasure, Vec<String>)>, StoreError> {
    if !found.look_on(writing.db)? {
        return Ok(None);
    }
    for place in &found.entries {
        blanking::entry(writing.db, *place)?;
    }
    for row in &found.deliveries {
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
    forget_people(writing, &found)?;
    tell(writing, &found, &erasure, by)?;
    scrubbing::note_due(writing.db)?;
    writing.ledger.erased.push(found.workspace);
    Ok(Some((
        erasure,
        found.needles.words().map(str::to_owned).collect(),
    )))
}

fn forget_checkouts(db: &Connection, found: &Found) -> Result<u64, StoreError> {
    let gone = checkouts_of(db, found)?;
    for (key, _) in &gone {
        db.prepare_cached("DELETE FROM checkout WHERE key = ?1")?
            .execute([key])?;
    }
    Ok(count(gone.len()))
}

/// Lists the checkouts of the person that are waited for: their keys, and the events that would tell of their abandonment.
fn checkouts_of(db: &Connection, found: &Found) -> Result<Vec<([u8; 16], String)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT key, delivery, event FROM checkout WHERE workspace = ?1")?;
    let mut rows = statement.query([found.workspace_row])?;
    let mut theirs = Vec::new();
    while let Some(row) = rows.next()? {
        let event: String = row.get(2)?;
        let origin: Origin = serde_json::from_str(&event).map_err(|_| Fault::Damaged)?;
        if found.deliveries.contains(&row.get(1)?)
            || found.are_in(event.as_bytes(), Some(origin.integration_id))
        {
            theirs.push((row.get(0)?, event));
        }
    }
    Ok(theirs)
}

/// Where a stored event came from.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Origin {
    integration_id: IntegrationId,
}

/// An open fetch goes on: what it brings of an erased person's order is not kept.
fn forget_jobs(db: &Connection, found: &Found) -> Result<u64, StoreError> {
    let mut gone = 0;
    for (integration, order) in &found.orders {
        gone += db
            .prepare_cached(
                "DELETE FROM job WHERE kind = 0 AND state >= 2 AND subject = ?2
                 AND integration = (SELECT id FROM integration WHERE public = ?1)",
            )?
            .execute(params![integration.as_u128().to_be_bytes(), order])?;
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

fn forget_people(writing: &Writing<'_>, found: &Found) -> Result<(), StoreError> {
    for row in found.conversations.keys() {
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
