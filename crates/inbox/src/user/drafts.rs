//! What was typed and not handed over, one text a conversation.

use std::collections::HashSet;

use contract::{ConversationId, Stage};
use rusqlite::{OptionalExtension, params};

use super::{UserDb, UserError};
use crate::asking::DraftAsked;
use crate::view::Draft;

/// Holds a draft, and where its order stood when it was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptDraft {
    /// The draft.
    pub(crate) draft: Draft,
    /// The order's stage at that time, where the draft is about one.
    pub(crate) begun: Option<Stage>,
}

impl UserDb {
    /// Keeps a draft, or forgets it when its text is empty. `stage` is where its order stands now; it is remembered when the
    /// draft is new, or begins anew with another template or order.
    pub(crate) fn save_draft(
        &self,
        asked: &DraftAsked,
        stage: Option<Stage>,
        now: i64,
    ) -> Result<(), UserError> {
        if asked.text.is_empty() {
            return self.drop_draft(asked.conversation_id);
        }
        self.file.execute(
            r"INSERT INTO draft (desk, conversation, text, template_key, order_key, saved_at, begun_stage)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
              ON CONFLICT (desk, conversation) DO UPDATE SET
                  begun_stage = CASE
                      WHEN template_key = excluded.template_key AND order_key = excluded.order_key THEN begun_stage
                      ELSE excluded.begun_stage END,
                  text = excluded.text, template_key = excluded.template_key,
                  order_key = excluded.order_key, saved_at = excluded.saved_at",
            params![
                self.desk()?,
                asked.conversation_id.to_string(),
                asked.text,
                asked.template_key.as_deref().unwrap_or_default(),
                asked.order_key.as_deref().unwrap_or_default(),
                now,
                stage.map_or("", Stage::as_str)
            ],
        )?;
        Ok(())
    }

    /// Lists the conversations with a draft.
    pub(crate) fn drafted(&self) -> Result<HashSet<ConversationId>, UserError> {
        let mut read = self
            .file
            .prepare_cached("SELECT conversation FROM draft WHERE desk = ?1")?;
        let rows = read.query_map(params![self.desk()?], |row| row.get::<_, String>(0))?;
        rows.map(|id| id?.parse().map_err(|_| UserError::Unreadable("draft")))
            .collect()
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
    pub(crate) fn draft(&self, id: ConversationId) -> Result<Option<KeptDraft>, UserError> {
        let some = |text: String| (!text.is_empty()).then_some(text);
        let row = self.file.query_row(
            "SELECT text, template_key, order_key, saved_at, begun_stage FROM draft
             WHERE desk = ?1 AND conversation = ?2",
            params![self.desk()?, id.to_string()],
            |row| {
                let draft = Draft {
                    text: row.get(0)?,
                    template_key: some(row.get(1)?),
                    order_key: some(row.get(2)?),
                    saved_at: row.get(3)?,
                    stop: None,
                };
                let begun: String = row.get(4)?;
                let begun = Stage::from_name(&begun);
                Ok(KeptDraft { draft, begun })
            },
        );
        Ok(row.optional()?)
    }
}
