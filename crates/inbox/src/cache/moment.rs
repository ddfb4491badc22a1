//! What a timeline tells of one entry, kept compactly; the rest of the entry lives on in the orders' folds.

use contract::{
    Actor, Channel, CommandId, ConversationId, MemberId, PersonPart, SnoozeUntil, Stage,
};
use serde::{Deserialize, Serialize};

use crate::card;
use crate::view::{Amount, Happening, TimelineItem, TimelineOnly};

/// Tells one thing of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "k")]
pub(super) enum Moment {
    #[serde(rename = "s")]
    Stage {
        order: String,
        stage: Stage,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Amount>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        product: Option<String>,
        provider: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_test: bool,
    },
    #[serde(rename = "h")]
    HandedOver {
        command: CommandId,
        by: Actor,
        channel: Channel,
        text: String,
    },
    #[serde(rename = "n")]
    Note {
        command: CommandId,
        by: Actor,
        text: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Actor>,
    },
    #[serde(rename = "g")]
    Received {
        command: CommandId,
        by: Actor,
        channel: Channel,
        text: String,
    },
    #[serde(rename = "a")]
    Assigned { by: Actor, to: Actor },
    #[serde(rename = "d")]
    Resolved { by: Actor },
    #[serde(rename = "o")]
    Reopened { by: Actor },
    #[serde(rename = "z")]
    Snoozed { by: Actor, until: SnoozeUntil },
    #[serde(rename = "w")]
    Woken { by: Actor },
    #[serde(rename = "l")]
    Labelled {
        by: Actor,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove: Vec<String>,
    },
    #[serde(rename = "v")]
    Revealed { by: Actor, part: PersonPart },
    #[serde(rename = "c")]
    Claimed { by: Actor },
    #[serde(rename = "r")]
    Released { by: Actor },
    #[serde(rename = "m")]
    Merged {
        from: ConversationId,
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Actor>,
    },
    #[serde(rename = "u")]
    Unmerged { from: ConversationId, by: Actor },
}

impl Moment {
    /// Returns the action it shows, where the page could show it as pending too.
    pub(super) fn command(&self) -> Option<CommandId> {
        match self {
            Self::HandedOver { command, .. }
            | Self::Note { command, .. }
            | Self::Received { command, .. } => Some(*command),
            _ => None,
        }
    }

    /// Returns what a timeline has to be narrowed to for it to be there.
    pub(super) const fn kind(&self) -> TimelineOnly {
        match self {
            Self::Stage { .. } => TimelineOnly::Purchases,
            Self::HandedOver { .. } | Self::Received { .. } => TimelineOnly::Messages,
            Self::Note { .. } => TimelineOnly::Notes,
            _ => TimelineOnly::Handling,
        }
    }

    /// Returns the words a conversation is found by for it.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::HandedOver { text, .. }
            | Self::Note { text, .. }
            | Self::Received { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Writes the moment for the page: one table, like the one that reads it.
    pub(super) fn item(self, seq: u64, at: i64, me: MemberId) -> TimelineItem {
        let command = self.command();
        let what = match self {
            Self::Stage {
                order,
                stage,
                amount,
                product,
                provider,
                is_test,
            } => Happening::Stage {
                order_key: order,
                stage,
                group: stage.group(),
                amount,
                product,
                platform: card::platform(&provider),
                is_test,
            },
            Self::HandedOver {
                by, channel, text, ..
            } => Happening::HandedOver {
                channel,
                text,
                by_me: by.id == me,
                by: by.name,
                pending: false,
            },
            Self::Note {
                by, text, mentions, ..
            } => Happening::Note {
                text,
                by_me: by.id == me,
                by: by.name,
                pending: false,
                mentions_me: mentions.iter().any(|actor| actor.id == me),
                mentions: mentions.into_iter().map(|actor| actor.name).collect(),
            },
            Self::Received {
                by, channel, text, ..
            } => Happening::Received {
                channel,
                text,
                by_me: by.id == me,
                by: by.name,
                pending: false,
            },
            Self::Assigned { by, to } => Happening::Assigned {
                by_me: by.id == me,
                by: by.name,
                to_me: to.id == me,
                to: to.name,
            },
            Self::Resolved { by } => Happening::Resolved {
                by_me: by.id == me,
                by: by.name,
            },
            Self::Reopened { by } => Happening::Reopened {
                by_me: by.id == me,
                by: by.name,
            },
            Self::Snoozed { by, until } => Happening::Snoozed {
                by_me: by.id == me,
                by: by.name,
                until,
            },
            Self::Woken { by } => Happening::Woken {
                by_me: by.id == me,
                by: by.name,
            },
            Self::Labelled { by, add, remove } => Happening::Labelled {
                by_me: by.id == me,
                by: by.name,
                add,
                remove,
            },
            Self::Revealed { by, part } => Happening::Revealed {
                by_me: by.id == me,
                by: by.name,
                part,
            },
            Self::Claimed { by } => Happening::Claimed {
                by_me: by.id == me,
                by: by.name,
            },
            Self::Released { by } => Happening::Released {
                by_me: by.id == me,
                by: by.name,
            },
            Self::Merged { reason, by, .. } => Happening::Merged {
                reason,
                by_me: by.as_ref().is_some_and(|by| by.id == me),
                by: by.map(|by| by.name),
            },
            Self::Unmerged { by, .. } => Happening::Unmerged {
                by_me: by.id == me,
                by: by.name,
            },
        };
        TimelineItem {
            // The same name as while it was pending, so that the page replaces and does not add.
            id: command.map_or_else(|| seq.to_string(), |command| command.to_string()),
            at,
            what,
        }
    }
}
