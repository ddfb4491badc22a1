//! What is settled about pairs of conversations: suggested once, or kept apart by a person.
//!
//! A pair counts for everything its two have taken in: what a conversation's part is kept apart from, the whole is kept apart
//! from.

use std::collections::HashSet;

use rusqlite::params;

use super::links::Conversation;
use super::writer::Writing;
use crate::identity::Settlement;
use crate::store::StoreError;

/// Tells what is settled about two conversations, each given with all that it took in; being kept apart outweighs a suggestion.
pub(super) fn between(
    writing: &Writing<'_>,
    one: &[Conversation],
    other: &[Conversation],
) -> Result<Option<Settlement>, StoreError> {
    let mut found = None;
    for (_, _, how) in pairs(writing, one, other)? {
        match how {
            Settlement::Apart => return Ok(Some(how)),
            Settlement::Suggested => found = Some(how),
        }
    }
    Ok(found)
}

/// Settles something about two conversations; a suggestion does not undo that they are kept apart.
pub(super) fn settle(
    writing: &Writing<'_>,
    one: i64,
    other: i64,
    how: Settlement,
) -> Result<(), StoreError> {
    let is_apart = matches!(how, Settlement::Apart);
    writing
        .db
        .prepare_cached(
            "INSERT INTO pair (low, high, apart) VALUES (?1, ?2, ?3)
             ON CONFLICT (low, high) DO UPDATE SET apart = max(apart, excluded.apart)",
        )?
        .execute(params![one.min(other), one.max(other), is_apart])?;
    Ok(())
}

/// Lets two conversations, each given with all that it took in, be one person's again.
///
/// The pair stays noted as if it had been suggested: people have dealt with it, and are not asked once more.
pub(super) fn reconcile(
    writing: &Writing<'_>,
    one: &[Conversation],
    other: &[Conversation],
) -> Result<(), StoreError> {
    for (low, high, how) in pairs(writing, one, other)? {
        if how == Settlement::Apart {
            writing
                .db
                .prepare_cached("UPDATE pair SET apart = 0 WHERE low = ?1 AND high = ?2")?
                .execute([low, high])?;
        }
    }
    Ok(())
}

fn pairs(
    writing: &Writing<'_>,
    one: &[Conversation],
    other: &[Conversation],
) -> Result<Vec<(i64, i64, Settlement)>, StoreError> {
    let (few, many) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let many: HashSet<i64> = many.iter().map(|part| part.row).collect();
    let mut statement = writing.db.prepare_cached(
        "SELECT low, high, apart FROM pair WHERE low = ?1
         UNION ALL SELECT low, high, apart FROM pair WHERE high = ?1",
    )?;
    let mut found = Vec::new();
    for part in few {
        let rows = statement.query_map([part.row], |row| {
            let how = if row.get(2)? {
                Settlement::Apart
            } else {
                Settlement::Suggested
            };
            Ok((row.get(0)?, row.get(1)?, how))
        })?;
        for pair in rows {
            let (low, high, how): (i64, i64, Settlement) = pair?;
            if many.contains(&(low + high - part.row)) {
                found.push((low, high, how));
            }
        }
    }
    Ok(found)
}
