//! Appending to the feed: the next number, the chain, the row.

use contract::{Chain, ConversationId, WorkspaceId};
use rusqlite::params;

use super::ledger::Unpublished;
use super::writer::Writing;
use crate::store::StoreError;

/// Bits of an entry's key that hold its number; the rest hold the workspace's row.
pub(super) const SEQ_BITS: u32 = 40;

/// Computes an entry's key.
///
/// Numbers beyond 2^40 and rows beyond 2^22 do not fit; at ten thousand entries a second the first would take three years in
/// one workspace, and the file is refused to grow there.
pub(super) fn position(workspace_row: i64, seq: u64) -> Result<i64, StoreError> {
    let fits = (0..1 << (62 - SEQ_BITS)).contains(&workspace_row) && seq < 1 << SEQ_BITS;
    match i64::try_from(seq) {
        Ok(seq) if fits => Ok((workspace_row << SEQ_BITS) | seq),
        _ => Err(crate::store::Fault::Internal.into()),
    }
}

/// Appends one entry and returns its number.
pub(super) fn append(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    conversation: Option<ConversationId>,
    kind: &'static str,
    body: String,
) -> Result<u64, StoreError> {
    let before = writing.ledger.standing(writing.db, workspace)?;
    let seq = before.seq + 1;
    let at = writing.now;
    let chain = before.chain.next(seq, at, conversation, kind, &body);
    insert(
        writing,
        position(before.row, seq)?,
        conversation,
        kind,
        &body,
        chain,
    )?;
    writing.ledger.advance(
        before,
        Unpublished {
            workspace,
            seq,
            at,
            conversation,
            kind,
            body,
            chain,
        },
    );
    Ok(seq)
}

fn insert(
    writing: &Writing<'_>,
    position: i64,
    conversation: Option<ConversationId>,
    kind: &str,
    body: &str,
    chain: Chain,
) -> Result<(), StoreError> {
    let id = conversation.map(|id| id.as_u128().to_be_bytes());
    let id: &[u8] = id.as_ref().map_or(&[], |bytes| bytes);
    writing
        .db
        .prepare_cached(
            "INSERT INTO entry (position, at, conversation, kind, body, chain)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            position,
            writing.now.timestamp_millis(),
            id,
            kind,
            body,
            chain.as_bytes()
        ])?;
    Ok(())
}
