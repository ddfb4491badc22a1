//! Finding an event's conversation in the tables; the rules are in [`crate::identity`].
//!
//! An entry names its home, the conversation its strongest trace led to first; what took that in is found by links.

use contract::{
    ConversationId, WorkspaceId,
    entry::{MergeSuggested, Merged, Shared},
    kind,
};
use rusqlite::params;
use serde::Serialize;

use super::append::append;
use super::links::{self, Conversation, by_row, know, one_of, survivor, whole};
use super::pairs;
use super::writer::Writing;
use crate::identity::{
    Found, Kinds, Merge, NameHash, Names, Settled, Settlement, Suggestion, Trace, Traces, place,
};
use crate::store::{Fault, Key16, StoreError};

/// The traces and the name of one event, hashed for the tables.
#[derive(Debug, Clone)]
pub(crate) struct TraceKeys {
    keys: Vec<(Trace, Key16)>,
    name: Option<NameHash>,
}

impl TraceKeys {
    /// Returns the keys of what may be a person's: all but those of orders.
    pub(super) fn personal(&self) -> impl Iterator<Item = Key16> {
        let weak = self.keys.iter().filter(|(trace, _)| trace.is_weak());
        weak.map(|(_, key)| *key)
    }

    /// Hashes one trace for its workspace.
    pub(super) fn one(workspace: WorkspaceId, trace: Trace, text: &str) -> Key16 {
        let scope = workspace.as_u128().to_be_bytes();
        Key16::of(&[&scope[..], trace.as_str().as_bytes(), text.as_bytes()])
    }

    /// Hashes an event's traces for its workspace.
    pub(crate) fn of(workspace: WorkspaceId, traces: &Traces) -> Self {
        let scope = workspace.as_u128().to_be_bytes();
        let hash =
            |what: &str, text: &str| Key16::of(&[&scope[..], what.as_bytes(), text.as_bytes()]);
        let mut keys: Vec<(Trace, Key16)> = Vec::new();
        for (trace, text) in traces.iter() {
            let key = hash(trace.as_str(), text);
            // An order may name a cart twice, or itself.
            if keys.iter().all(|(_, known)| *known != key) {
                keys.push((trace, key));
            }
        }
        let name = traces.name.as_deref().map(|name| hash("name", name));
        let name = name.and_then(|Key16(bytes)| bytes.first_chunk().copied());
        Self {
            keys,
            name: name.map(NameHash::from_be_bytes),
        }
    }
}

/// Where the traces of one event lead.
#[derive(Default)]
struct Led {
    /// The conversations that keys lead to themselves, strongest trace first, each once.
    homes: Vec<Conversation>,
    /// Those that show them, with the strongest trace that led there, each once.
    shown: Vec<(Trace, Conversation)>,
    /// What led nowhere before.
    missing: Vec<(Trace, Key16)>,
}

/// Finds the conversation an event is at home in, making, linking or suggesting conversations as the rules say.
///
/// `None` where the event's order is that of a person whose data was erased: nothing of it is to be kept.
pub(super) fn conversation_of(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    keys: &TraceKeys,
) -> Result<Option<ConversationId>, StoreError> {
    let Some(led) = follow(writing, keys)? else {
        return Ok(None);
    };
    let home = match led.homes.first() {
        Some(home) => *home,
        None => create(writing, workspace, keys.name, &led.missing)?,
    };
    if led.shown.len() > 1 {
        weigh(writing, workspace, &led.shown, keys.name)?;
    }
    remember(writing, workspace, home, keys.name, &led.missing)?;
    Ok(Some(home.id))
}

/// Tells whether what an event leads to first, its order, is that of a person whose data was erased.
pub(super) fn is_of_erased(
    writing: &mut Writing<'_>,
    keys: &TraceKeys,
) -> Result<bool, StoreError> {
    let first = keys.keys.first().filter(|(trace, _)| !trace.is_weak());
    let Some((_, key)) = first else {
        return Ok(false);
    };
    match writing.ledger.keys.get(writing.db, *key)? {
        Some(row) => Ok(by_row(writing, row)?.is_erased),
        None => Ok(false),
    }
}

fn follow(writing: &mut Writing<'_>, keys: &TraceKeys) -> Result<Option<Led>, StoreError> {
    let mut led = Led::default();
    for (place, (trace, key)) in keys.keys.iter().enumerate() {
        let Some(row) = writing.ledger.keys.get(writing.db, *key)? else {
            led.missing.push((*trace, *key));
            continue;
        };
        if led.homes.iter().any(|home| home.row == row) {
            continue;
        }
        let home = by_row(writing, row)?;
        if home.is_erased {
            if place == 0 && !trace.is_weak() {
                return Ok(None);
            }
            // An order of its own that grew from an erased cart, or a person who came back: they begin anew.
            continue;
        }
        if trace.is_weak() && is_a_strangers(home.names, keys.name) {
            continue;
        }
        led.homes.push(home);
        let shown = survivor(writing, home)?;
        if led.shown.iter().all(|(_, known)| known.row != shown.row) {
            led.shown.push((*trace, shown));
        }
    }
    Ok(Some(led))
}

/// Tells whether what many people share was used by one more: that does not make the event theirs.
fn is_a_strangers(names: Names, name: Option<NameHash>) -> bool {
    names.are_shared() && name.is_some_and(|name| !names.has(name))
}

fn create(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    name: Option<NameHash>,
    traces: &[(Trace, Key16)],
) -> Result<Conversation, StoreError> {
    let (millis, random) = writing.world.id_parts();
    let id = ConversationId::new(millis, random);
    let kinds = kinds_of(Kinds::default(), traces);
    let names = names_of(Names::default(), name);
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    writing
        .db
        .prepare_cached(
            "INSERT INTO conversation (workspace, public, kinds, names) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            workspace_row,
            id.as_u128().to_be_bytes(),
            kinds.bits(),
            names.bytes()
        ])?;
    let row = writing.db.last_insert_rowid();
    Ok(Conversation::new(row, id, kinds, names))
}

fn kinds_of(start: Kinds, traces: &[(Trace, Key16)]) -> Kinds {
    traces
        .iter()
        .fold(start, |kinds, (trace, _)| kinds.with(*trace))
}

fn names_of(start: Names, name: Option<NameHash>) -> Names {
    name.map_or(start, |name| start.with(name))
}

/// Does what the evidence of an event that leads to several conversations comes to.
fn weigh(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    shown: &[(Trace, Conversation)],
    name: Option<NameHash>,
) -> Result<(), StoreError> {
    let mut wholes = Vec::with_capacity(shown.len());
    for (_, conversation) in shown {
        wholes.push(whole(writing, *conversation)?);
    }
    let mut settled = Vec::new();
    for (n, one) in wholes.iter().enumerate() {
        for other in wholes.iter().skip(n + 1) {
            if let Some(how) = pairs::between(writing, one, other)?
                && let (Some(one), Some(other)) = (one.first(), other.first())
            {
                let (one, other) = (one.id, other.id);
                settled.push(Settled { one, other, how });
            }
        }
    }
    let traces = shown.iter().map(|(trace, _)| *trace);
    let found: Vec<Found> = traces.zip(&wholes).filter_map(as_found).collect();
    let placing = place(&found, name, &settled);
    let conversations: Vec<Conversation> = shown.iter().map(|(_, found)| *found).collect();
    let survivor = placing.conversation.ok_or(Fault::Internal)?;
    let survivor = one_of(&conversations, survivor)?;
    for merge in placing.merges {
        let from = one_of(&conversations, merge.from)?;
        merge_one(writing, workspace, merge, from, survivor)?;
    }
    for suggestion in placing.suggestions {
        let other = one_of(&conversations, suggestion.other)?;
        suggest(writing, workspace, suggestion, survivor, other)?;
    }
    Ok(())
}

fn as_found((trace, whole): (Trace, &Vec<Conversation>)) -> Option<Found> {
    let union = |(kinds, names): (Kinds, Names), part: &Conversation| {
        (kinds.union(part.kinds), names.union(part.names))
    };
    let (kinds, names) = whole.iter().fold(Default::default(), union);
    Some(Found {
        trace,
        conversation: whole.first()?.id,
        kinds,
        names,
    })
}

fn merge_one(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    merge: Merge,
    from: Conversation,
    into: Conversation,
) -> Result<(), StoreError> {
    let body = Merged {
        from: from.id,
        reason: merge.reason.as_str().to_owned(),
        command_id: None,
        by: None,
    };
    let seq = tell(writing, workspace, into, kind::MERGED, &body)?;
    links::link(writing, from.row, into.row, seq)
}

fn suggest(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    suggestion: Suggestion,
    to: Conversation,
    other: Conversation,
) -> Result<(), StoreError> {
    let body = MergeSuggested {
        other: other.id,
        reason: suggestion.reason.as_str().to_owned(),
    };
    tell(writing, workspace, to, kind::MERGE_SUGGESTED, &body)?;
    pairs::settle(writing, to.row, other.row, Settlement::Suggested)
}

/// Stores the traces that led nowhere before, and what the conversation is known by now.
fn remember(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    home: Conversation,
    name: Option<NameHash>,
    missing: &[(Trace, Key16)],
) -> Result<(), StoreError> {
    for (_, key) in missing {
        writing.ledger.keys.put(writing.db, *key, home.row)?;
    }
    let names = names_of(home.names, name);
    know(writing, home, kinds_of(home.kinds, missing), names)?;
    if names.are_shared() && !home.names.are_shared() {
        let names = u32::try_from(names.count()).map_err(|_| Fault::Internal)?;
        tell(writing, workspace, home, kind::SHARED, &Shared { names })?;
    }
    Ok(())
}

fn tell(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    conversation: Conversation,
    kind: &'static str,
    body: &impl Serialize,
) -> Result<u64, StoreError> {
    let body = serde_json::to_string(body).map_err(|_| Fault::Internal)?;
    append(writing, workspace, Some(conversation.id), kind, body)
}

/// Turns "no row" into `None`.
pub(super) fn optional<T>(outcome: rusqlite::Result<T>) -> Result<Option<T>, StoreError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
