//! What a timeline tells of one entry, kept compactly; the rest of the entry lives on in the orders' folds.

use contract::entry::{
    ByMember, HandedOver, KeptApart, MergeSuggested, Merged, Noted, Shared, Unmerged,
};
use contract::{Actor, Channel, CommandId, ConversationId, Entry, Event, MemberId, Stage, kind};
use serde::{Deserialize, Serialize};

use super::ApplyError;
use crate::card;
use crate::view::{Amount, Happening, TimelineItem};

/// Holds what an entry tells, and what is kept of it for a timeline.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) told: Told,
    /// A [`Moment`] as it is stored.
    pub(super) what: Option<String>,
}

impl Reading {
    /// Reads an entry.
    pub(super) fn of(entry: &Entry) -> Result<Self, ApplyError> {
        let told = Told::read(entry);
        let what = told.moment().map(|moment| serde_json::to_string(&moment));
        Ok(Self {
            told,
            what: what.transpose().map_err(|_| ApplyError::Corrupt)?,
        })
    }
}

/// Holds an entry read by its kind.
#[derive(Debug)]
pub(super) enum Told {
    Event(Box<Event>),
    Claimed(ByMember),
    Released(ByMember),
    Noted(Noted),
    HandedOver(HandedOver),
    Merged(Merged),
    Unmerged(Unmerged),
    Suggested(MergeSuggested),
    KeptApart(KeptApart),
    Shared(Shared),
    /// Of a kind, or in a shape, that this version does not read.
    Nothing,
}

impl Told {
    /// Reads an entry; what cannot be read is passed over, since the feed must be able to grow.
    fn read(entry: &Entry) -> Self {
        let told = match entry.kind.as_str() {
            kind::COMMERCE => entry.read().map(|event| Self::Event(Box::new(event))),
            kind::CLAIMED => entry.read().map(Self::Claimed),
            kind::RELEASED => entry.read().map(Self::Released),
            kind::NOTED => entry.read().map(Self::Noted),
            kind::HANDED_OVER => entry.read().map(Self::HandedOver),
            kind::MERGED => entry.read().map(Self::Merged),
            kind::UNMERGED => entry.read().map(Self::Unmerged),
            kind::MERGE_SUGGESTED => entry.read().map(Self::Suggested),
            kind::KEPT_APART => entry.read().map(Self::KeptApart),
            kind::SHARED => entry.read().map(Self::Shared),
            _ => Ok(Self::Nothing),
        };
        told.unwrap_or_else(|_| {
            tracing::warn!(entry.seq = entry.seq, entry.kind = %entry.kind, "an entry of a known kind has an unknown shape");
            Self::Nothing
        })
    }

    /// Returns the action that caused the entry.
    pub(super) fn command(&self) -> Option<CommandId> {
        match self {
            Self::Claimed(told) | Self::Released(told) => Some(told.command_id),
            Self::Noted(told) => Some(told.command_id),
            Self::HandedOver(told) => Some(told.command_id),
            Self::Merged(told) => told.command_id,
            Self::Unmerged(told) => Some(told.command_id),
            Self::KeptApart(told) => Some(told.command_id),
            Self::Event(_) | Self::Suggested(_) | Self::Shared(_) | Self::Nothing => None,
        }
    }

    /// Returns who acted.
    pub(super) fn actor(&self) -> Option<MemberId> {
        match self {
            Self::Claimed(told) | Self::Released(told) => Some(told.by.id),
            Self::Noted(told) => Some(told.by.id),
            Self::HandedOver(told) => Some(told.by.id),
            _ => None,
        }
    }

    /// Tells whether something happened with the person; what only says who is one person is not news and moves no row.
    pub(super) fn is_happening(&self) -> bool {
        matches!(
            self,
            Self::Event(_)
                | Self::Claimed(_)
                | Self::Released(_)
                | Self::Noted(_)
                | Self::HandedOver(_)
        )
    }

    /// Returns when it happened: by the platform's clock, but never later than the service heard of it.
    pub(super) fn at(&self, stored_at: i64) -> i64 {
        match self {
            Self::Event(event) => event.occurred_at.timestamp_millis().min(stored_at).max(1),
            _ => stored_at.max(1),
        }
    }

    /// Returns what the timeline tells of it.
    fn moment(&self) -> Option<Moment> {
        Some(match self {
            Self::Event(event) => Moment::Stage {
                order: event.order_key.clone(),
                stage: event.stage,
                amount: event.amount().map(|money| Amount {
                    minor: money.minor,
                    currency: money.currency,
                }),
                product: event.items.first().map(|item| item.name.clone()),
                provider: event.provider.clone(),
                is_test: event.is_test,
            },
            Self::Claimed(told) => Moment::Claimed {
                by: told.by.clone(),
            },
            Self::Released(told) => Moment::Released {
                by: told.by.clone(),
            },
            Self::Noted(told) => Moment::Note {
                command: told.command_id,
                by: told.by.clone(),
                text: told.text.clone(),
            },
            Self::HandedOver(told) => Moment::HandedOver {
                command: told.command_id,
                by: told.by.clone(),
                channel: told.channel,
                text: told.text.clone(),
            },
            Self::Merged(told) => Moment::Merged {
                from: told.from,
                reason: told.reason.clone(),
                by: told.by.clone(),
            },
            Self::Unmerged(told) => Moment::Unmerged {
                from: told.from,
                by: told.by.clone(),
            },
            Self::Suggested(_) | Self::KeptApart(_) | Self::Shared(_) | Self::Nothing => {
                return None;
            }
        })
    }
}

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
    },
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
            Self::HandedOver { command, .. } | Self::Note { command, .. } => Some(*command),
            _ => None,
        }
    }

    /// Writes the moment for the page.
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
            Self::Note { by, text, .. } => Happening::Note {
                text,
                by_me: by.id == me,
                by: by.name,
                pending: false,
                mentions: Vec::new(),
                mentions_me: false,
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
