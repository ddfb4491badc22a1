//! Conversations' rows, and the links by which one takes another in.
//!
//! A row keeps what is its own, whatever it is linked to: taking a link away leaves both as they would be without it.

use contract::ConversationId;
use rusqlite::{Row, params};

use super::place::optional;
use super::writer::Writing;
use crate::identity::{Kinds, Names};
use crate::store::{Fault, StoreError};

/// How deep a claim is looked for in what was taken in; as deep as the desktop looks.
const DEEPEST: usize = 64;

/// A conversation's row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conversation {
    pub(super) row: i64,
    pub(super) id: ConversationId,
    /// What the traces that lead to this very row are.
    pub(super) kinds: Kinds,
    /// The names that came with them.
    pub(super) names: Names,
    pub(super) merged_into: i64,
    merged_seq: u64,
    claimed_by: i64,
    held_seq: u64,
    /// Its person's data was erased: nothing is added to it any more.
    pub(super) is_erased: bool,
}

impl Conversation {
    /// Returns a conversation that was just stored.
    pub(super) const fn new(row: i64, id: ConversationId, kinds: Kinds, names: Names) -> Self {
        Self {
            row,
            id,
            kinds,
            names,
            merged_into: 0,
            merged_seq: 0,
            claimed_by: 0,
            held_seq: 0,
            is_erased: false,
        }
    }

    /// Returns the number of the entry that told who has it; `None` where nobody has this very row.
    pub(super) fn told_held(&self) -> Option<u64> {
        (self.claimed_by != 0).then_some(self.held_seq)
    }
}

/// Finds a conversation itself, whatever took it in; none that was erased.
pub(super) fn by_id(
    writing: &Writing<'_>,
    workspace_row: i64,
    id: ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    optional(
        writing
            .db
            .prepare_cached(
                "SELECT id, public, kinds, names, merged_into, merged_seq, claimed_by, held_seq,
                 erased_at
                 FROM conversation WHERE public = ?1 AND workspace = ?2 AND erased_at = 0",
            )?
            .query_row(params![id.as_u128().to_be_bytes(), workspace_row], read),
    )
}

/// Reads a conversation's row.
pub(super) fn by_row(writing: &Writing<'_>, row: i64) -> Result<Conversation, StoreError> {
    let conversation = writing
        .db
        .prepare_cached(
            "SELECT id, public, kinds, names, merged_into, merged_seq, claimed_by, held_seq,
                 erased_at
             FROM conversation WHERE id = ?1",
        )?
        .query_row([row], read)?;
    Ok(conversation)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        row: row.get(0)?,
        id: ConversationId::from_u128(u128::from_be_bytes(row.get(1)?)),
        kinds: Kinds::from_bits(row.get(2)?),
        names: Names::from_bytes(row.get_ref(3)?.as_blob()?),
        merged_into: row.get(4)?,
        merged_seq: row.get(5)?,
        claimed_by: row.get(6)?,
        held_seq: row.get(7)?,
        is_erased: row.get::<_, i64>(8)? != 0,
    })
}

/// Follows links to the conversation that shows this one. Each link was set between two that had none, so this ends.
pub(super) fn survivor(
    writing: &Writing<'_>,
    mut found: Conversation,
) -> Result<Conversation, StoreError> {
    while found.merged_into != 0 {
        found = by_row(writing, found.merged_into)?;
    }
    Ok(found)
}

/// Lists the rows that a conversation was taken in by, nearest first.
pub(super) fn above(
    writing: &Writing<'_>,
    conversation: Conversation,
) -> Result<Vec<Conversation>, StoreError> {
    let mut rows = Vec::new();
    let mut next = conversation.merged_into;
    while next != 0 {
        let found = by_row(writing, next)?;
        next = found.merged_into;
        rows.push(found);
    }
    Ok(rows)
}

/// Reads a conversation and all that it took in, through however many links.
pub(super) fn whole(
    writing: &Writing<'_>,
    conversation: Conversation,
) -> Result<Vec<Conversation>, StoreError> {
    let mut all = vec![conversation];
    let mut next = 0;
    while let Some(row) = all.get(next).map(|part| part.row) {
        all.extend(taken_in(writing, row)?);
        next += 1;
    }
    Ok(all)
}

fn taken_in(writing: &Writing<'_>, row: i64) -> Result<Vec<Conversation>, StoreError> {
    let mut statement = writing.db.prepare_cached(
        "SELECT id, public, kinds, names, merged_into, merged_seq, claimed_by, held_seq,
             erased_at
         FROM conversation WHERE merged_into = ?1 AND merged_into <> 0",
    )?;
    let rows = statement.query_map([row], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Links one conversation to another, as the entry of this number told.
pub(super) fn link(
    writing: &Writing<'_>,
    from: i64,
    into: i64,
    seq: u64,
) -> Result<(), StoreError> {
    set_link(writing, from, into, seq)
}

/// Takes a conversation's link away.
pub(super) fn unlink(writing: &Writing<'_>, from: i64) -> Result<(), StoreError> {
    set_link(writing, from, 0, 0)
}

fn set_link(writing: &Writing<'_>, from: i64, into: i64, seq: u64) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached("UPDATE conversation SET merged_into = ?2, merged_seq = ?3 WHERE id = ?1")?
        .execute(params![from, into, seq])?;
    Ok(())
}

/// Returns the member who has a conversation, 0 for nobody: whoever took it, else who had what it took in since it was given back.
pub(super) fn holder(writing: &Writing<'_>, conversation: Conversation) -> Result<i64, StoreError> {
    holder_within(writing, conversation, DEEPEST)
}

fn holder_within(
    writing: &Writing<'_>,
    conversation: Conversation,
    depth: usize,
) -> Result<i64, StoreError> {
    if conversation.claimed_by != 0 || depth == 0 {
        return Ok(conversation.claimed_by);
    }
    let mut parts = taken_in(writing, conversation.row)?;
    parts.retain(|part| part.merged_seq > conversation.held_seq);
    parts.sort_unstable_by_key(|part| part.merged_seq);
    for part in parts {
        let holder = holder_within(writing, part, depth - 1)?;
        if holder != 0 {
            return Ok(holder);
        }
    }
    Ok(0)
}

/// Notes who has a conversation, 0 for nobody, as the entry of this number told.
pub(super) fn hold(
    writing: &Writing<'_>,
    conversation: Conversation,
    member_row: i64,
    seq: u64,
) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached("UPDATE conversation SET claimed_by = ?2, held_seq = ?3 WHERE id = ?1")?
        .execute(params![conversation.row, member_row, seq])?;
    Ok(())
}

/// Notes what a conversation is known by now.
pub(super) fn know(
    writing: &Writing<'_>,
    conversation: Conversation,
    kinds: Kinds,
    names: Names,
) -> Result<(), StoreError> {
    if kinds == conversation.kinds && names == conversation.names {
        return Ok(());
    }
    writing
        .db
        .prepare_cached("UPDATE conversation SET kinds = ?2, names = ?3 WHERE id = ?1")?
        .execute(params![conversation.row, kinds.bits(), names.bytes()])?;
    Ok(())
}

/// Finds one of several conversations.
pub(super) fn one_of(
    conversations: &[Conversation],
    id: ConversationId,
) -> Result<Conversation, StoreError> {
    let found = conversations.iter().find(|found| found.id == id);
    found.copied().ok_or(Fault::Internal.into())
}
