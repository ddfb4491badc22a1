//! The feed: entries with gap-free numbers, positions in it, and pages of it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

use crate::chain::Chain;
use crate::command::Channel;
use crate::event::Event;
use crate::handling::{PersonPart, SnoozeUntil};
use crate::ids::{CommandId, ConversationId, IntegrationId, MemberId};

/// The kinds of entries this version writes and understands; a reader skips all others.
pub mod kind {
    /// A normalised event; the body is [`crate::Event`].
    pub const COMMERCE: &str = "commerce";
    /// A conversation was taken by a member; the body is [`super::ByMember`].
    pub const CLAIMED: &str = "conversation.claimed";
    /// A conversation was given back; the body is [`super::ByMember`].
    pub const RELEASED: &str = "conversation.released";
    /// A note was written; the body is [`super::Noted`].
    pub const NOTED: &str = "conversation.noted";
    /// A conversation was given to a member; the body is [`super::Assigned`].
    pub const ASSIGNED: &str = "conversation.assigned";
    /// Nothing is left to be done for now; the body is [`super::ByMember`].
    pub const RESOLVED: &str = "conversation.resolved";
    /// A resolution was taken back; the body is [`super::ByMember`].
    pub const REOPENED: &str = "conversation.reopened";
    /// A conversation was put aside; the body is [`super::Snoozed`].
    pub const SNOOZED: &str = "conversation.snoozed";
    /// A conversation was brought back by hand; the body is [`super::ByMember`].
    pub const WOKEN: &str = "conversation.woken";
    /// Labels were put on or taken off; the body is [`super::Labelled`].
    pub const LABELLED: &str = "conversation.labelled";
    /// A part of the contact data was shown in full; the body is [`super::Revealed`].
    pub const REVEALED: &str = "conversation.revealed";
    /// The customer answered in a channel outside; the body is [`super::Received`].
    pub const RECEIVED: &str = "message.received";
    /// A shared template was saved; the body is `follow_up`'s `TemplateSaved`.
    pub const TEMPLATE_SAVED: &str = "template.saved";
    /// A shared template was removed; the body is [`super::Removed`].
    pub const TEMPLATE_REMOVED: &str = "template.removed";
    /// The team's sequences were saved; the body is `follow_up`'s `SequencesSaved`.
    pub const SEQUENCE_SAVED: &str = "sequence.saved";
    /// A view of the team was saved; the body is [`crate::TeamView`].
    pub const VIEW_SAVED: &str = "view.saved";
    /// A view of the team was removed; the body is [`super::Removed`].
    pub const VIEW_REMOVED: &str = "view.removed";
    /// A message was handed to a channel outside; the body is [`super::HandedOver`].
    pub const HANDED_OVER: &str = "message.handed_over";
    /// Two conversations turned out to be one person; the body is [`super::Merged`].
    pub const MERGED: &str = "conversation.merged";
    /// A merge was undone; the body is [`super::Unmerged`].
    pub const UNMERGED: &str = "conversation.unmerged";
    /// Two conversations may be one person's; the body is [`super::MergeSuggested`].
    pub const MERGE_SUGGESTED: &str = "conversation.merge_suggested";
    /// Two conversations are two people's, a person said; the body is [`super::KeptApart`].
    pub const KEPT_APART: &str = "conversation.kept_apart";
    /// A conversation gathered so many names that its contact data is shared; the body is [`super::Shared`].
    pub const SHARED: &str = "conversation.shared";
    /// A person joined the team, or has another role from now on; the body is [`super::Joined`].
    pub const JOINED: &str = "member.joined";
    /// A person was removed from the team; the body is [`super::Left`].
    pub const LEFT: &str = "member.left";
    /// A source of sales was added, renamed, paused or taken up again; the body is [`super::IntegrationSaved`].
    pub const INTEGRATION_SAVED: &str = "integration.saved";
    /// A source of sales was deleted; the body is [`super::IntegrationRemoved`].
    pub const INTEGRATION_REMOVED: &str = "integration.removed";
    /// A customer's data was erased; the body is [`super::SubjectErased`].
    pub const SUBJECT_ERASED: &str = "subject.erased";
    /// What an entry told was erased with its customer's data: it keeps its number, its time and its chain, names no
    /// conversation, and its body is `{}`.
    pub const ERASED: &str = "erased";
}

/// Holds one item of the feed.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Entry {
    /// Its number: gap-free per workspace, in commit order, from 1.
    #[ts(type = "number")]
    pub seq: u64,
    /// When the service stored it, to the millisecond.
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
    /// The conversation it belongs to, if any.
    #[serde(default)]
    pub conversation_id: Option<ConversationId>,
    /// What it tells; see [`kind`].
    pub kind: String,
    /// The body, byte for byte as the chain covers it.
    #[ts(type = "unknown")]
    pub body: Box<RawValue>,
    /// The chain up to and including this entry.
    pub chain: Chain,
}

impl Entry {
    /// Reads the body as the type its kind promises.
    ///
    /// # Errors
    /// When the body does not have that shape.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.body.get())
    }

    /// Reads the body as an event, if this is a commerce entry.
    ///
    /// # Errors
    /// When the body of a commerce entry is not an event.
    pub fn event(&self) -> Result<Option<Event>, serde_json::Error> {
        if self.kind == kind::COMMERCE {
            self.read().map(Some)
        } else {
            Ok(None)
        }
    }

    /// Tells whether this entry follows directly on a position with the given chain.
    ///
    /// Of an erased entry only its chain is left, which is taken as told: it still proves that nothing before it or after it
    /// was changed, and no longer what the entry itself said.
    #[must_use]
    pub fn follows(&self, chain: Chain) -> bool {
        self.kind == kind::ERASED
            || chain.next(
                self.seq,
                self.at,
                self.conversation_id,
                &self.kind,
                self.body.get(),
            ) == self.chain
    }
}

/// Names a member as entries show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Actor {
    /// Who.
    pub id: MemberId,
    /// The name at that time.
    pub name: String,
}

/// The body of claims and releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ByMember {
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who acted.
    pub by: Actor,
}

/// The body of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Noted {
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who wrote it.
    pub by: Actor,
    /// What was written.
    pub text: String,
    /// Who is asked to read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Actor>>")]
    pub mentions: Vec<Actor>,
}

/// The body of an assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Assigned {
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who gave it away.
    pub by: Actor,
    /// Who has it now.
    pub to: Actor,
}

/// The body of putting a conversation aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Snoozed {
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who put it aside.
    pub by: Actor,
    /// Until when.
    pub until: SnoozeUntil,
}

/// The body of a change of labels; of all that is said of one label, the newest entry counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Labelled {
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who changed them.
    pub by: Actor,
    /// Labels put on.
    #[serde(default)]
    pub add: Vec<String>,
    /// Labels taken off.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// The body of contact data having been shown; never the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Revealed {
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who looked.
    pub by: Actor,
    /// Which part.
    pub part: PersonPart,
}

/// The body of a customer's answer that a member recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Received {
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who recorded it.
    pub by: Actor,
    /// Where it came.
    pub channel: Channel,
    /// What was said, as far as it was written down.
    #[serde(default)]
    pub text: String,
}

/// The body of something shared being removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Removed {
    /// What: a template's key or a view's id.
    pub key: String,
    /// Who removed it.
    pub by: Actor,
}

/// The body of a message handed to a channel outside: opened there, never known to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HandedOver {
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who handed it over.
    pub by: Actor,
    /// Where it was opened.
    pub channel: Channel,
    /// The frozen text.
    pub text: String,
    /// The template it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub template_key: Option<String>,
    /// The order it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub order_key: Option<String>,
}

/// The body of a merge: the entry's conversation took in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Merged {
    /// The conversation that was taken in.
    pub from: ConversationId,
    /// What showed that they are one person: `phone`, `email`, `document`, `order`, or `person` where somebody said so.
    pub reason: String,
    /// The action that caused it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub command_id: Option<CommandId>,
    /// Who said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub by: Option<Actor>,
}

/// The body of a merge undone: the entry's conversation gives back one that it took in.
///
/// Entries name the conversation they belong to by themselves, whatever it was merged into, so nothing else has to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Unmerged {
    /// The conversation that stands by itself again.
    pub from: ConversationId,
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who undid it.
    pub by: Actor,
}

/// The body of a suggestion: something speaks for one person, and something against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MergeSuggested {
    /// The other conversation.
    pub other: ConversationId,
    /// What they have in common: `phone`, `email`, `document` or `order`.
    pub reason: String,
}

/// The body of two conversations being kept apart, which ends a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeptApart {
    /// The other conversation.
    pub other: ConversationId,
    /// The action that caused it.
    pub command_id: CommandId,
    /// Who said so.
    pub by: Actor,
}

/// The body of contact data found to be shared by several people, as a family or a reseller does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Shared {
    /// How many names were told so far.
    #[ts(type = "number")]
    pub names: u32,
}

/// The body of a member joining, or being given another role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Joined {
    /// Who joined.
    pub member: Actor,
    /// What they may do.
    pub role: crate::session::Role,
}

/// The body of a source of sales being added or told of otherwise than before; never its key, secrets or settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct IntegrationSaved {
    /// The source.
    pub id: IntegrationId,
    /// Its platform's slug.
    pub provider: String,
    /// What the team calls it.
    pub name: String,
    /// Whether it takes deliveries; `false` while it is paused.
    pub active: bool,
    /// Who did it; nobody where the program or its operator did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub by: Option<Actor>,
}

/// The body of a source of sales being deleted; what it brought stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct IntegrationRemoved {
    /// The source.
    pub id: IntegrationId,
    /// Who did it; nobody where the program or its operator did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub by: Option<Actor>,
}

/// The body of a member leaving: their sessions have ended, and what they had claimed can be claimed by others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Left {
    /// Who left.
    pub member: Actor,
    /// Who removed them.
    pub by: Actor,
}

/// The body of a customer's data being erased: whoever keeps anything of these conversations lets it go.
///
/// No entry names any of them afterwards; a new sale to the same person begins a new conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SubjectErased {
    /// The conversations that were the customer's.
    pub conversation_ids: Vec<ConversationId>,
    /// Who had it done; absent where a platform asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub by: Option<Actor>,
}

/// Names one history of a workspace's feed; changes on restore and fail-over. At most 32 of `[0-9a-z]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(export, type = "string")]
pub struct Epoch(pub String);

impl fmt::Display for Epoch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Names a place in the feed: `epoch.seq`, or a bare `seq` where the reader knows no epoch yet.
#[derive(Debug, Clone, PartialEq, Eq, ts_rs::TS)]
#[ts(export, type = "string")]
pub struct Position {
    /// The history meant; `None` reads as "whichever is current".
    pub epoch: Option<Epoch>,
    /// The last entry known; 0 before the first.
    pub seq: u64,
}

/// Tells that a text is not a position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a position is `epoch.seq` or a bare sequence number")]
pub struct PositionError;

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let (epoch, seq) = match text.rsplit_once('.') {
            Some((epoch, seq)) => (Some(epoch), seq),
            None => (None, text),
        };
        let digits = !seq.is_empty() && seq.bytes().all(|byte| byte.is_ascii_digit());
        let seq = digits
            .then(|| seq.parse().ok())
            .flatten()
            .ok_or(PositionError)?;
        let well_formed = |epoch: &str| {
            (1..=32).contains(&epoch.len())
                && epoch
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
        };
        match epoch {
            Some(epoch) if !well_formed(epoch) => Err(PositionError),
            epoch => Ok(Self {
                epoch: epoch.map(|epoch| Epoch(epoch.to_owned())),
                seq,
            }),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.epoch {
            Some(epoch) => write!(out, "{epoch}.{}", self.seq),
            None => write!(out, "{}", self.seq),
        }
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(input)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// Holds consecutive entries, lowest number first, whichever direction was asked for.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Page {
    /// The current history.
    pub epoch: Epoch,
    /// The entries.
    pub entries: Vec<Entry>,
    /// The number of the newest entry there is.
    #[ts(type = "number")]
    pub head: u64,
    /// What to ask as `after` for the next newer page; `None` at the head.
    #[ts(type = "number | null")]
    pub next_after: Option<u64>,
    /// What to ask as `before` for the next older page; `None` at the start of the log.
    #[ts(type = "number | null")]
    pub next_before: Option<u64>,
    /// The chain of the position just before the first entry of the page.
    pub chain_before: Chain,
}

#[cfg(test)]
mod tests {
    use super::{Epoch, Position, PositionError};

    #[test]
    fn positions_read_both_forms_and_nothing_else() {
        let bare = Position {
            epoch: None,
            seq: 42,
        };
        let full = Position {
            epoch: Some(Epoch("k3".to_owned())),
            seq: 42,
        };
        assert_eq!("42".parse(), Ok(bare.clone()));
        assert_eq!("k3.42".parse(), Ok(full.clone()));
        assert_eq!(
            (bare.to_string(), full.to_string()),
            ("42".to_owned(), "k3.42".to_owned())
        );
        for bad in [
            "",
            ".",
            "k3.",
            ".1",
            "K3.1",
            "-1",
            "+1",
            "k.3.1x",
            "99999999999999999999999",
            "é.1",
        ] {
            assert_eq!(bad.parse::<Position>(), Err(PositionError), "{bad}");
        }
    }
}
