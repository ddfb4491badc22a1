//! What the writer knows by heart: where each workspace's feed stands, and the next row numbers.
//!
//! Every change is noted, so that a job's savepoint takes the memory back together with the rows.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contract::{Chain, ConversationId, WorkspaceId};
use rusqlite::{Connection, params};

use super::keys::Keys;
use super::tallies::Tally;
use crate::store::StoreError;

/// Where a workspace's feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// The workspace's row.
    pub(super) row: i64,
    /// The newest entry's number.
    pub(super) seq: u64,
    /// Its chain.
    pub(super) chain: Chain,
}

/// An entry that waits for the commit to be shown to readers.
pub(super) struct Unpublished {
    pub(super) workspace: WorkspaceId,
    pub(super) seq: u64,
    pub(super) at: DateTime<Utc>,
    pub(super) conversation: Option<ConversationId>,
    pub(super) kind: &'static str,
    pub(super) body: String,
    pub(super) chain: Chain,
}

/// Remembers standings and row numbers between commits.
#[derive(Default)]
pub(super) struct Ledger {
    standings: HashMap<WorkspaceId, Standing>,
    /// What each change of the running job replaced.
    undo: Vec<(WorkspaceId, Standing)>,
    /// The entries of the running batch.
    pub(super) unpublished: Vec<Unpublished>,
    published_before_job: usize,
    /// What the running batch adds to the counts.
    pub(super) tallies: Vec<Tally>,
    tallied_before_job: usize,
    /// The workspaces of the running batch of whose entries some were erased.
    pub(super) erased: Vec<WorkspaceId>,
    next_delivery: Option<i64>,
    /// Keys seen before, and what leads to conversations.
    pub(super) keys: Keys,
}

impl Ledger {
    /// Forgets everything; the file is asked again.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Forgets what another process may have changed.
    pub(super) fn heed_others(&mut self) {
        self.forget();
    }

    /// Marks the place to which [`Ledger::undo_job`] returns.
    pub(super) fn begin_job(&mut self) {
        self.undo.clear();
        self.published_before_job = self.unpublished.len();
        self.tallied_before_job = self.tallies.len();
        self.keys.begin_job();
    }

    /// Takes back what the running job changed.
    pub(super) fn undo_job(&mut self) {
        while let Some((workspace, standing)) = self.undo.pop() {
            self.standings.insert(workspace, standing);
        }
        self.unpublished.truncate(self.published_before_job);
        self.tallies.truncate(self.tallied_before_job);
        self.keys.undo_job();
    }

    /// Takes back what the running batch changed, whose transaction was taken back; what was known before it still holds.
    pub(super) fn undo_batch(&mut self) {
        let mut keys = std::mem::take(&mut self.keys);
        keys.undo_batch();
        *self = Self {
            keys,
            ..Self::default()
        };
    }

    /// Tells where a workspace's feed stands.
    pub(super) fn standing(
        &mut self,
        db: &Connection,
        workspace: WorkspaceId,
    ) -> Result<Standing, StoreError> {
        if let Some(standing) = self.standings.get(&workspace) {
            return Ok(*standing);
        }
        let standing = read_standing(db, workspace)?;
        self.standings.insert(workspace, standing);
        Ok(standing)
    }

    /// Moves a workspace's feed on by one entry.
    pub(super) fn advance(&mut self, before: Standing, entry: Unpublished) {
        self.undo.push((entry.workspace, before));
        let after = Standing {
            row: before.row,
            seq: entry.seq,
            chain: entry.chain,
        };
        self.standings.insert(entry.workspace, after);
        self.unpublished.push(entry);
    }

    /// Gives out the next delivery's row number; a number lost to a failed job is not used again.
    pub(super) fn next_delivery(&mut self, db: &Connection) -> Result<i64, StoreError> {
        let next = match self.next_delivery {
            Some(next) => next,
            None => db
                .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM delivery")?
                .query_row([], |row| row.get(0))?,
        };
        self.next_delivery = Some(next + 1);
        Ok(next)
    }

    /// Writes the standings that the batch has moved.
    pub(super) fn write_heads(&mut self, db: &Connection) -> Result<(), StoreError> {
        let mut moved: Vec<WorkspaceId> = self.unpublished.iter().map(|e| e.workspace).collect();
        moved.sort_unstable();
        moved.dedup();
        for workspace in moved {
            let Some(standing) = self.standings.get(&workspace) else {
                continue;
            };
            db.prepare_cached("UPDATE workspace SET head_seq = ?2, head_chain = ?3 WHERE id = ?1")?
                .execute(params![
                    standing.row,
                    standing.seq,
                    standing.chain.as_bytes()
                ])?;
        }
        Ok(())
    }
}

fn read_standing(db: &Connection, workspace: WorkspaceId) -> Result<Standing, StoreError> {
    let standing = db
        .prepare_cached("SELECT id, head_seq, head_chain FROM workspace WHERE public = ?1")?
        .query_row([workspace.as_u128().to_be_bytes()], |row| {
            Ok(Standing {
                row: row.get(0)?,
                seq: row.get(1)?,
                chain: Chain::from_bytes(row.get(2)?),
            })
        })?;
    Ok(standing)
}
