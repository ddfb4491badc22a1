//! Finding an event's conversation in the tables; the rules are in [`crate::identity`].

use contract::{ConversationId, WorkspaceId, entry::Merged, kind};
use rusqlite::{Row, params};

use super::append::append;
use super::writer::Writing;
use crate::identity::{Found, Kinds, Merge, Placing, Trace, Traces, place};
use crate::store::{Fault, Key16, StoreError};

/// A conversation's row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conversation {
    pub(super) row: i64,
    pub(super) id: ConversationId,
    pub(super) kinds: Kinds,
    pub(super) merged_into: i64,
    pub(super) claimed_by: i64,
}

/// The traces of one event, hashed for the table.
#[derive(Debug, Clone)]
pub(crate) struct TraceKeys(Vec<(Trace, Key16)>);

impl TraceKeys {
    /// Hashes an event's traces for its workspace.
    pub(crate) fn of(workspace: WorkspaceId, traces: &Traces) -> Self {
        let scope = workspace.as_u128().to_be_bytes();
        let key = |trace: Trace| {
            let text = traces.get(trace)?;
            let parts = [&scope[..], trace.as_str().as_bytes(), text.as_bytes()];
            Some((trace, Key16::of(&parts)))
        };
        Self(Trace::ALL.into_iter().filter_map(key).collect())
    }
}

/// Finds the conversation an event belongs to, making or merging conversations as the rules say.
pub(super) fn conversation_of(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    keys: &TraceKeys,
) -> Result<ConversationId, StoreError> {
    let mut found = Vec::with_capacity(keys.0.len());
    let mut missing = Vec::new();
    for (trace, key) in &keys.0 {
        match writing.ledger.keys.get(writing.db, *key)? {
            Some(row) => found.push((*trace, by_row(writing, &found, row)?)),
            None => missing.push((*trace, *key)),
        }
    }
    let placing = place(
        &found
            .iter()
            .map(|(trace, c)| as_found(*trace, c))
            .collect::<Vec<_>>(),
    );
    let conversation = match placing.conversation {
        Some(id) => known(&found, id)?,
        None => create(writing, workspace, &missing)?,
    };
    merge_all(writing, workspace, &found, &placing, conversation)?;
    remember(writing, conversation, &placing, &missing)?;
    Ok(conversation.id)
}

/// Finds a conversation by its id, or the one that took it in.
pub(super) fn by_id(
    writing: &Writing<'_>,
    workspace_row: i64,
    id: ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    let conversation = optional(
        writing
            .db
            .prepare_cached(
                "SELECT id, public, kinds, merged_into, claimed_by FROM conversation
                 WHERE public = ?1 AND workspace = ?2",
            )?
            .query_row(params![id.as_u128().to_be_bytes(), workspace_row], read),
    )?;
    conversation.map(|c| survivor(writing, c)).transpose()
}

/// Reads a conversation, unless another trace of the event has led to it already.
fn by_row(
    writing: &Writing<'_>,
    found: &[(Trace, Conversation)],
    row: i64,
) -> Result<Conversation, StoreError> {
    match found.iter().find(|(_, known)| known.row == row) {
        Some((_, known)) => Ok(*known),
        None => survivor(writing, read_row(writing, row)?),
    }
}

fn read_row(writing: &Writing<'_>, row: i64) -> Result<Conversation, StoreError> {
    let conversation = writing
        .db
        .prepare_cached(
            "SELECT id, public, kinds, merged_into, claimed_by FROM conversation WHERE id = ?1",
        )?
        .query_row([row], read)?;
    Ok(conversation)
}

/// Follows merges to the conversation that is left. Each merge points to a conversation that was not merged then, so this ends.
fn survivor(writing: &Writing<'_>, mut found: Conversation) -> Result<Conversation, StoreError> {
    while found.merged_into != 0 {
        found = read_row(writing, found.merged_into)?;
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        row: row.get(0)?,
        id: ConversationId::from_u128(u128::from_be_bytes(row.get(1)?)),
        kinds: Kinds::from_bits(row.get(2)?),
        merged_into: row.get(3)?,
        claimed_by: row.get(4)?,
    })
}

fn as_found(trace: Trace, conversation: &Conversation) -> Found {
    Found {
        trace,
        conversation: conversation.id,
        kinds: conversation.kinds,
    }
}

fn known(found: &[(Trace, Conversation)], id: ConversationId) -> Result<Conversation, StoreError> {
    let place = found.iter().find(|(_, conversation)| conversation.id == id);
    place
        .map(|(_, conversation)| *conversation)
        .ok_or(Fault::Internal.into())
}

fn create(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    traces: &[(Trace, Key16)],
) -> Result<Conversation, StoreError> {
    let (millis, random) = writing.world.id_parts();
    let id = ConversationId::new(millis, random);
    let kinds = kinds_of(Kinds::default(), traces);
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    writing
        .db
        .prepare_cached("INSERT INTO conversation (workspace, public, kinds) VALUES (?1, ?2, ?3)")?
        .execute(params![
            workspace_row,
            id.as_u128().to_be_bytes(),
            kinds.bits()
        ])?;
    Ok(Conversation {
        row: writing.db.last_insert_rowid(),
        id,
        kinds,
        merged_into: 0,
        claimed_by: 0,
    })
}

fn kinds_of(start: Kinds, traces: &[(Trace, Key16)]) -> Kinds {
    traces
        .iter()
        .fold(start, |kinds, (trace, _)| kinds.with(*trace))
}

fn merge_all(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    found: &[(Trace, Conversation)],
    placing: &Placing,
    into: Conversation,
) -> Result<(), StoreError> {
    let mut into = into;
    for merge in &placing.merges {
        let from = known(found, merge.from)?;
        merge_one(writing, workspace, *merge, from, &mut into)?;
    }
    Ok(())
}

/// Takes one conversation into another. Its traces stay where they are and lead on; whoever had it has the other one now, if
/// nobody else has.
fn merge_one(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    merge: Merge,
    from: Conversation,
    into: &mut Conversation,
) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached("UPDATE conversation SET merged_into = ?2 WHERE id = ?1")?
        .execute([from.row, into.row])?;
    if into.claimed_by == 0 && from.claimed_by != 0 {
        into.claimed_by = from.claimed_by;
        writing
            .db
            .prepare_cached("UPDATE conversation SET claimed_by = ?2 WHERE id = ?1")?
            .execute([into.row, into.claimed_by])?;
    }
    let body = Merged {
        from: from.id,
        reason: merge.reason.as_str().to_owned(),
        command_id: None,
        by: None,
    };
    let body = serde_json::to_string(&body).map_err(|_| Fault::Internal)?;
    append(writing, workspace, Some(into.id), kind::MERGED, body)?;
    Ok(())
}

/// Stores the traces that led nowhere before, and what the conversation is known by now.
fn remember(
    writing: &mut Writing<'_>,
    conversation: Conversation,
    placing: &Placing,
    missing: &[(Trace, Key16)],
) -> Result<(), StoreError> {
    for (_, key) in missing {
        writing
            .ledger
            .keys
            .put(writing.db, *key, conversation.row)?;
    }
    let kinds = kinds_of(placing.kinds.union(conversation.kinds), missing);
    if kinds != conversation.kinds {
        writing
            .db
            .prepare_cached("UPDATE conversation SET kinds = ?2 WHERE id = ?1")?
            .execute(params![conversation.row, kinds.bits()])?;
    }
    Ok(())
}

/// Turns "no row" into `None`.
pub(super) fn optional<T>(outcome: rusqlite::Result<T>) -> Result<Option<T>, StoreError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
