//! Erased people, as the rest of the desk has to know them, and seeing to it that the file holds nothing of them.

use contract::ConversationId;
use rusqlite::Connection;

use super::{ApplyError, Cache, file};

/// How `meta.scrub` stands: nothing to do, rows to be overwritten, or only the log to be emptied.
const CLEAN: i64 = 0;
const REBUILT: i64 = 2;

impl Cache {
    /// Lists those whom the other files of the desk have yet to let go of.
    ///
    /// # Errors
    /// [`ApplyError`] of storage; so for all below.
    pub fn unforgotten(&self) -> Result<Vec<ConversationId>, ApplyError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT public FROM erased WHERE forgotten = 0")?;
        let rows = statement.query_map((), read_id)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes that the other files hold nothing of them any more; a damaged cache that was set aside goes with it.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn forgotten(&mut self, ids: &[ConversationId]) -> Result<(), ApplyError> {
        if let Err(error) = file::remove_set_aside(&self.shelf.path) {
            tracing::warn!(%error, "a damaged cache that was set aside could not be removed");
        }
        self.write(|tx| {
            for id in ids {
                tx.prepare_cached("UPDATE erased SET forgotten = 1 WHERE public = ?1")?
                    .execute([id.as_u128().to_be_bytes()])?;
            }
            Ok(())
        })
    }

    /// Rebuilds the file after rows of erased people went, so that neither it nor its log holds anything of them; does nothing
    /// where none did. What a reader stands in the way of is left to the next call.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn scrub(&mut self) -> Result<(), ApplyError> {
        let state: i64 = self
            .db
            .prepare_cached("SELECT scrub FROM meta WHERE id = 1")?
            .query_row((), |row| row.get(0))?;
        if state == CLEAN {
            return Ok(());
        }
        if state != REBUILT {
            // Words that were deleted stay in the index until its parts are merged.
            self.db
                .execute("INSERT INTO words (words) VALUES ('optimize')", ())?;
            // The copy that it is rebuilt from is as large as the file: not in memory.
            self.db.pragma_update(None, "temp_store", "FILE")?;
            let rebuilt = self.db.execute_batch("VACUUM");
            self.db.pragma_update(None, "temp_store", "MEMORY")?;
            rebuilt?;
            note(&self.db, REBUILT)?;
        }
        if file::empty_log(&self.db)? {
            note(&self.db, CLEAN)?;
        }
        Ok(())
    }
}

fn note(db: &Connection, state: i64) -> rusqlite::Result<()> {
    db.execute("UPDATE meta SET scrub = ?1 WHERE id = 1", [state])?;
    Ok(())
}

/// Reads who was erased.
pub(super) fn known(
    db: &Connection,
) -> rusqlite::Result<std::collections::BTreeSet<ConversationId>> {
    let mut statement = db.prepare("SELECT public FROM erased")?;
    let rows = statement.query_map((), read_id)?;
    rows.collect()
}

fn read_id(row: &rusqlite::Row<'_>) -> rusqlite::Result<ConversationId> {
    row.get(0)
        .map(|bytes| ConversationId::from_u128(u128::from_be_bytes(bytes)))
}
