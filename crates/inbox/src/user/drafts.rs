//! What was typed and not handed over or written down: of each conversation one message, one note and one answer.

use std::collections::HashSet;

use contract::{ConversationId, Stage};
use rusqlite::{OptionalExtension, params};

use super::{UserDb, UserError};
use crate::asking::{DraftAsked, DraftKind};
use crate::view::Draft;

/// Holds a draft, and where its order stood when it was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptDraft {
    /// The draft.
    pub(crate) draft: Draft,
    /// The order's stage at that time, where the draft is about one.
    pub(crate) begun: Option<Stage>,
}

/// What the kinds are called in the file.
const NOTE: &str = "note";
const ANSWER: &str = "answer";

/// Holds a note and an answer that were begun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Begun {
    /// The note.
    pub(crate) note: Option<String>,
    /// What the customer answered.
    pub(crate) answer: Option<String>,
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
        match asked.kind {
            DraftKind::Message if asked.text.is_empty() => {
                return self.drop_draft(asked.conversation_id);
            }
            DraftKind::Message => {}
            DraftKind::Note => return self.save_begun(NOTE, asked),
            DraftKind::Answer => return self.save_begun(ANSWER, asked),
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

    fn save_begun(&self, kind: &str, asked: &DraftAsked) -> Result<(), UserError> {
        if asked.text.is_empty() {
            return self.forget_begun(asked.conversation_id, kind);
        }
        let (desk, id) = (self.desk()?, asked.conversation_id.to_string());
        self.file.execute(
            r"INSERT INTO begun (desk, conversation, kind, text) VALUES (?1, ?2, ?3, ?4)
              ON CONFLICT (desk, conversation, kind) DO UPDATE SET text = excluded.text",
            params![desk, id, kind, asked.text],
        )?;
        Ok(())
    }

    /// Reads the note and the answer that were begun in a conversation.
    pub(crate) fn begun(&self, id: ConversationId) -> Result<Begun, UserError> {
        let of = |kind: &str| {
            let text = self.file.query_row(
                "SELECT text FROM begun WHERE desk = ?1 AND conversation = ?2 AND kind = ?3",
                params![self.desk()?, id.to_string(), kind],
                |row| row.get(0),
            );
            Ok::<_, UserError>(text.optional()?)
        };
        Ok(Begun {
            note: of(NOTE)?,
            answer: of(ANSWER)?,
        })
    }

    /// Forgets a note or an answer that was begun, if it is still the given text.
    pub(crate) fn drop_begun(
        &self,
        id: ConversationId,
        kind: DraftKind,
        text: &str,
    ) -> Result<(), UserError> {
        let begun = self.begun(id)?;
        let (kind, there) = match kind {
            DraftKind::Message => return Ok(()),
            DraftKind::Note => (NOTE, begun.note),
            DraftKind::Answer => (ANSWER, begun.answer),
        };
        if there.is_some_and(|there| there.trim() == text.trim()) {
            self.forget_begun(id, kind)?;
        }
        Ok(())
    }

    fn forget_begun(&self, id: ConversationId, kind: &str) -> Result<(), UserError> {
        self.file.execute(
            "DELETE FROM begun WHERE desk = ?1 AND conversation = ?2 AND kind = ?3",
            params![self.desk()?, id.to_string(), kind],
        )?;
        Ok(())
    }

    /// Lists the conversations in which something was begun.
    pub(crate) fn drafted(&self) -> Result<HashSet<ConversationId>, UserError> {
        let mut read = self.file.prepare_cached(
            "SELECT conversation FROM draft WHERE desk = ?1
             UNION SELECT conversation FROM begun WHERE desk = ?1",
        )?;
        let rows = read.query_map(params![self.desk()?], |row| row.get::<_, String>(0))?;
        rows.map(|id| id?.parse().map_err(|_| UserError::Unreadable("draft")))
            .collect()
    }

    /// Tells whether something was begun in a conversation.
    pub(crate) fn is_drafted(&self, id: ConversationId) -> Result<bool, UserError> {
        let mut read = self.file.prepare_cached(
            "SELECT 1 FROM draft WHERE desk = ?1 AND conversation = ?2
             UNION SELECT 1 FROM begun WHERE desk = ?1 AND conversation = ?2",
        )?;
        Ok(read.exists(params![self.desk()?, id.to_string()])?)
    }

    /// Tells whether nothing of a kind was begun in a conversation.
    pub(crate) fn is_free(&self, id: ConversationId, kind: DraftKind) -> Result<bool, UserError> {
        Ok(match kind {
            DraftKind::Message => self.draft(id)?.is_none(),
            DraftKind::Note => self.begun(id)?.note.is_none(),
            DraftKind::Answer => self.begun(id)?.answer.is_none(),
        })
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
                    marks: Vec::new(),
                };
                let begun: String = row.get(4)?;
                let begun = Stage::from_name(&begun);
                Ok(KeptDraft { draft, begun })
            },
        );
        Ok(row.optional()?)
    }
}
