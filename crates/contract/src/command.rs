//! What agents do: commands, made on the desktop with their own id, answered by the service, effected in the feed.

use serde::{Deserialize, Serialize};

use crate::handling::{PersonPart, SnoozeUntil};
use crate::ids::{CommandId, ConversationId, MemberId};

/// Asks for one change; the id is its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Command {
    /// Made once on the desktop; a repeat is answered as the first was.
    pub id: CommandId,
    /// The conversation to change.
    pub conversation_id: ConversationId,
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
}

/// Says what to do; on the wire `kind` and `body`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "kind", content = "body", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum Action {
    /// Takes the conversation, if nobody else has it.
    #[serde(rename = "claim")]
    Claim {},
    /// Gives the conversation back.
    #[serde(rename = "release")]
    Release {},
    /// Writes a note the customer never sees.
    #[serde(rename = "note")]
    Note {
        /// 1 to 4,000 characters.
        text: String,
        /// Who is asked to read it; at most 20.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<MemberId>>")]
        mentions: Vec<MemberId>,
    },
    /// Gives the conversation to a member. Agents may give away what is theirs, what is nobody's, and what they gave away
    /// themselves until its new owner claims it; leads everything.
    #[serde(rename = "assign")]
    Assign {
        /// Who shall have it.
        to: MemberId,
    },
    /// Says that nothing is left to be done, until something new happens.
    #[serde(rename = "resolve")]
    Resolve {},
    /// Takes a resolution back.
    #[serde(rename = "reopen")]
    Reopen {},
    /// Puts the conversation aside until a time or an event.
    #[serde(rename = "snooze")]
    Snooze {
        /// Until when.
        until: SnoozeUntil,
    },
    /// Brings a conversation back that was put aside.
    #[serde(rename = "wake")]
    Wake {},
    /// Puts labels on and takes labels off.
    #[serde(rename = "label")]
    Label {
        /// Labels to put on; each 1 to 40 characters without line breaks, at most 20.
        #[serde(default)]
        add: Vec<String>,
        /// Labels to take off, likewise.
        #[serde(default)]
        remove: Vec<String>,
    },
    /// Records that the customer answered in a channel outside.
    #[serde(rename = "message.received")]
    Receive {
        /// Where.
        channel: Channel,
        /// What was said, as far as it was written down; at most 4,000 characters.
        #[serde(default)]
        text: String,
    },
    /// Records that a part of the customer's contact data was shown in full.
    #[serde(rename = "reveal")]
    Reveal {
        /// Which part.
        part: PersonPart,
    },
    /// Records that a filled text was opened in a channel outside.
    #[serde(rename = "message.handed_over")]
    HandOver {
        /// Where it was opened.
        channel: Channel,
        /// The frozen text, 1 to 4,000 characters.
        text: String,
        /// The template it came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional = nullable)]
        template_key: Option<String>,
        /// The order it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional = nullable)]
        order_key: Option<String>,
    },
    /// Says that another conversation is the same person's: it is taken in.
    #[serde(rename = "merge")]
    Merge {
        /// The conversation to take in.
        other: ConversationId,
    },
    /// Undoes a merge: what the other conversation brought is its own again.
    #[serde(rename = "unmerge")]
    Unmerge {
        /// The conversation that was taken in.
        from: ConversationId,
    },
    /// Says that another conversation is somebody else's, whatever they have in common.
    #[serde(rename = "keep_apart")]
    KeepApart {
        /// The other conversation.
        other: ConversationId,
    },
}

impl Action {
    /// Returns the action's kind on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Claim {} => "claim",
            Self::Release {} => "release",
            Self::Note { .. } => "note",
            Self::Assign { .. } => "assign",
            Self::Resolve {} => "resolve",
            Self::Reopen {} => "reopen",
            Self::Snooze { .. } => "snooze",
            Self::Wake {} => "wake",
            Self::Label { .. } => "label",
            Self::Receive { .. } => "message.received",
            Self::Reveal { .. } => "reveal",
            Self::HandOver { .. } => "message.handed_over",
            Self::Merge { .. } => "merge",
            Self::Unmerge { .. } => "unmerge",
            Self::KeepApart { .. } => "keep_apart",
        }
    }
}

/// Lists where a message can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Channel {
    /// WhatsApp, by its link.
    Whatsapp,
    /// The mail program.
    Email,
    /// The clipboard.
    Clipboard,
}

/// Asks for several changes at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CommandBatch {
    /// 1 to 100 commands, done in this order.
    pub commands: Vec<Command>,
}

/// Answers a batch, one answer for each command, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CommandAnswers {
    /// The answers.
    pub results: Vec<CommandAnswer>,
}

/// Answers one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CommandAnswer {
    /// The command answered.
    pub id: CommandId,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Says what became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(
    tag = "result",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum Outcome {
    /// It is in the feed.
    Applied {
        /// The entry that holds it.
        #[ts(type = "number")]
        seq: u64,
    },
    /// It changed nothing and will not.
    Refused {
        /// Why.
        code: RefusalCode,
        /// Who is in the way, for `already_claimed`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional = nullable)]
        by: Option<crate::entry::Actor>,
    },
}

/// Lists why a command can be refused; each code is one that the desktop acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RefusalCode {
    /// Somebody else has the conversation.
    AlreadyClaimed,
    /// The member does not have the conversation.
    NotYours,
    /// There is no such conversation.
    UnknownConversation,
    /// The team has no such member.
    UnknownMember,
    /// The command's body is not acceptable (empty or too long).
    Invalid,
    /// The two conversations are one already.
    AlreadyMerged,
    /// The other conversation is not a part of this one.
    NotMerged,
    /// The same id was used before for something else.
    IdReused,
}
