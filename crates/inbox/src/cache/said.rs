//! What a timeline is narrowed to, and what is said in one, for the search index.

use rusqlite::Connection;

use super::ApplyError;
use super::moment::Moment;
use crate::view::TimelineOnly;

/// Returns the number of a kind of moment in the table.
pub(super) const fn code(kind: TimelineOnly) -> i64 {
    match kind {
        TimelineOnly::Purchases => 0,
        TimelineOnly::Messages => 1,
        TimelineOnly::Notes => 2,
        TimelineOnly::Handling => 3,
    }
}

/// Notes and messages that a conversation is found by, the newest of each.
const MAX_TEXTS: i64 = 100;

pub(super) const SAID: [&str; 2] = [
    "SELECT what FROM moment INDEXED BY moment_by_kind
    WHERE conversation = ?1 AND kind <> 0 AND kind = 1 ORDER BY at DESC, seq DESC LIMIT ?2",
    "SELECT what FROM moment INDEXED BY moment_by_kind
    WHERE conversation = ?1 AND kind <> 0 AND kind = 2 ORDER BY at DESC, seq DESC LIMIT ?2",
];

/// Reads the newest that was said in a conversation.
pub(super) fn texts(db: &Connection, conversation: i64) -> Result<Vec<String>, ApplyError> {
    let mut texts = Vec::new();
    for sql in SAID {
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query((conversation, MAX_TEXTS))?;
        while let Some(row) = rows.next()? {
            let moment = serde_json::from_str::<Moment>(row.get_ref(0)?.as_str()?);
            let moment = moment.map_err(|_| ApplyError::Corrupt)?;
            texts.extend(moment.text().map(str::to_owned));
        }
    }
    Ok(texts)
}
