//! When the member last looked at a conversation, and that something was shown in full.

use contract::ConversationId;
use rusqlite::params;

use super::{UserDb, UserError};
use crate::cache::ReadMark;
use crate::view::PersonPart;

impl UserDb {
    /// Remembers that a conversation was looked at; an earlier time never replaces a later one.
    pub(crate) fn mark_read(&self, mark: ReadMark) -> Result<(), UserError> {
        self.file.execute(
            r"INSERT INTO read_mark (desk, conversation, at) VALUES (?1, ?2, ?3)
              ON CONFLICT (desk, conversation) DO UPDATE SET at = max(at, excluded.at)",
            params![self.desk()?, mark.conversation_id.to_string(), mark.at],
        )?;
        Ok(())
    }

    /// Reads all marks, for a cache that begins anew.
    pub(crate) fn read_marks(&self) -> Result<Vec<ReadMark>, UserError> {
        let mut read = self
            .file
            .prepare("SELECT conversation, at FROM read_mark WHERE desk = ?1")?;
        let rows = read.query_map(params![self.desk()?], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut marks = Vec::new();
        for row in rows {
            let (id, at): (String, i64) = row?;
            let conversation_id = id.parse().map_err(|_| UserError::Unreadable("read mark"))?;
            marks.push(ReadMark {
                conversation_id,
                at,
            });
        }
        Ok(marks)
    }

    /// Writes down that a part of a person was shown in full, and never what.
    pub(crate) fn log_reveal(
        &self,
        id: ConversationId,
        part: PersonPart,
        at: i64,
    ) -> Result<(), UserError> {
        let part = match part {
            PersonPart::Phone => "phone",
            PersonPart::Email => "email",
            PersonPart::Document => "document",
        };
        self.file.execute(
            "INSERT INTO reveal (desk, at, conversation, part) VALUES (?1, ?2, ?3, ?4)",
            params![self.desk()?, at, id.to_string(), part],
        )?;
        Ok(())
    }
}
