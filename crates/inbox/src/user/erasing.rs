//! Letting go of what the member wrote to people whose data was erased, in this file, its log and its damaged predecessors.

use contract::ConversationId;
use rusqlite::params;

use super::{UserDb, UserError, salvage};

/// Rows that belong to one conversation, at whichever desk.
const ROWS: [&str; 5] = [
    "DELETE FROM draft WHERE conversation = ?1",
    "DELETE FROM begun WHERE conversation = ?1",
    "DELETE FROM outbox WHERE conversation = ?1",
    "DELETE FROM read_mark WHERE conversation = ?1",
    "DELETE FROM reveal WHERE conversation = ?1",
];

impl UserDb {
    /// Lets go of all that belongs to the conversations. Texts sent or thrown away long ago may still stand in the free space of
    /// the file, so it is rebuilt whether or not a row is found; it is small.
    ///
    /// What could be read of a damaged predecessor was taken over; it goes, since nobody can say what else is in it.
    pub(crate) fn forget(&mut self, ids: &[ConversationId]) -> Result<(), UserError> {
        let step = self.file.transaction()?;
        for id in ids {
            for sql in ROWS {
                step.prepare_cached(sql)?.execute(params![id.to_string()])?;
            }
        }
        step.commit()?;
        self.file.execute_batch("VACUUM")?;
        let busy: i64 = self
            .file
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy != 0 {
            return Err(UserError::Busy);
        }
        if let Some(path) = self.file.path() {
            salvage::remove_set_aside(path.as_ref());
        }
        Ok(())
    }
}
