//! What was typed and not handed over, one text a conversation.

use contract::ConversationId;
use rusqlite::{OptionalExtension, params};

use super::{UserDb, UserError};
use crate::asking::DraftAsked;
use crate::view::Draft;

impl UserDb {
    /// Keeps a draft, or forgets it when its text is empty.
    pub(crate) fn save_draft(&self, asked: &DraftAsked, now: i64) -> Result<(), UserError> {
        if asked.text.is_empty() {
            return self.drop_draft(asked.conversation_id);
        }
        self.file.execute(
            r"INSERT INTO draft (desk, conversation, text, template_key, order_key, saved_at)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6)
              ON CONFLICT (desk, conversation) DO UPDATE SET
                  text = excluded.text, template_key = excluded.template_key,
                  order_key = excluded.order_key, saved_at = excluded.saved_at",
            params![
                self.desk()?,
                asked.conversation_id.to_string(),
                asked.text,
                asked.template_key.as_deref().unwrap_or_default(),
                asked.order_key.as_deref().unwrap_or_default(),
                now
            ],
        )?;
        Ok(())
    }

    /// Forgets a draft.
    pub(crate) fn drop_draft(&self, id: ConversationId) -> Result<(), UserError> {
        self.file.execute(
            "DELETE FROM draft WHERE desk = ?1 AND conversation = ?2",
            params![self.desk()?, id.to_string()],
        )?;
        Ok(())
    }

    /// Reads a draft.
    pub(crate) fn draft(&self, id: ConversationId) -> Result<Option<Draft>, UserError> {
        let some = |text: String| (!text.is_empty()).then_some(text);
        let row = self.file.query_row(
            "SELECT text, template_key, order_key, saved_at FROM draft WHERE desk = ?1 AND conversation = ?2",
            params![self.desk()?, id.to_string()],
            |row| {
                Ok(Draft {
                    text: row.get(0)?,
                    template_key: some(row.get(1)?),
                    order_key: some(row.get(2)?),
                    saved_at: row.get(3)?,
                })
            },
        );
        Ok(row.optional()?)
    }
}
