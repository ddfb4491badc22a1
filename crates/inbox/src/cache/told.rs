//! An entry read by its kind: what it tells, and what of it is kept for a timeline.

use contract::entry::{
    Assigned, ByMember, HandedOver, IntegrationRemoved, IntegrationSaved, Joined, KeptApart,
    Labelled, Left, MergeSuggested, Merged, Noted, Received, Removed, Revealed, Shared, Snoozed,
    SubjectErased, Unmerged,
};
use contract::{CommandId, ConversationId, Entry, Event, MemberId, TeamView, kind};
use follow_up::SequencesSaved;

use super::ApplyError;
use super::moment::Moment;
use super::said::code;
use super::team::TemplateTold;
use crate::view::Amount;

/// Holds what an entry tells, and what is kept of it for a timeline.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) told: Told,
    /// A [`Moment`] as it is stored, and its kind's number.
    pub(super) what: Option<(i64, String)>,
}

impl Reading {
    /// Reads an entry.
    pub(super) fn of(entry: &Entry) -> Result<Self, ApplyError> {
        let told = Told::read(entry);
        let what = told.moment().map(|moment| {
            let text = serde_json::to_string(&moment);
            text.map(|text| (code(moment.kind()), text))
        });
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
    Assigned(Assigned),
    Resolved(ByMember),
    Reopened(ByMember),
    Snoozed(Snoozed),
    Woken(ByMember),
    Labelled(Labelled),
    Revealed(Revealed),
    Received(Received),
    Joined(Joined),
    Left(Left),
    ViewSaved(Box<TeamView>),
    ViewRemoved(Removed),
    TemplateSaved(TemplateTold),
    TemplateRemoved(Removed),
    SequencesSaved(Box<SequencesSaved>),
    SourceSaved(IntegrationSaved),
    SourceRemoved(IntegrationRemoved),
    SubjectErased(SubjectErased),
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
            kind::ASSIGNED => entry.read().map(Self::Assigned),
            kind::RESOLVED => entry.read().map(Self::Resolved),
            kind::REOPENED => entry.read().map(Self::Reopened),
            kind::SNOOZED => entry.read().map(Self::Snoozed),
            kind::WOKEN => entry.read().map(Self::Woken),
            kind::LABELLED => entry.read().map(Self::Labelled),
            kind::REVEALED => entry.read().map(Self::Revealed),
            kind::RECEIVED => entry.read().map(Self::Received),
            kind::JOINED => entry.read().map(Self::Joined),
            kind::LEFT => entry.read().map(Self::Left),
            kind::VIEW_SAVED => entry.read().map(|view| Self::ViewSaved(Box::new(view))),
            kind::VIEW_REMOVED => entry.read().map(Self::ViewRemoved),
            kind::TEMPLATE_SAVED => entry.read().map(Self::TemplateSaved),
            kind::TEMPLATE_REMOVED => entry.read().map(Self::TemplateRemoved),
            kind::SEQUENCE_SAVED => entry
                .read()
                .map(|told| Self::SequencesSaved(Box::new(told))),
            kind::INTEGRATION_SAVED => entry.read().map(Self::SourceSaved),
            kind::INTEGRATION_REMOVED => entry.read().map(Self::SourceRemoved),
            kind::SUBJECT_ERASED => entry.read().map(Self::SubjectErased),
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
            Self::Assigned(told) => Some(told.command_id),
            Self::Resolved(told) | Self::Reopened(told) | Self::Woken(told) => {
                Some(told.command_id)
            }
            Self::Snoozed(told) => Some(told.command_id),
            Self::Labelled(told) => Some(told.command_id),
            Self::Revealed(told) => Some(told.command_id),
            Self::Received(told) => Some(told.command_id),
            Self::Event(_)
            | Self::Suggested(_)
            | Self::Shared(_)
            | Self::Joined(_)
            | Self::Left(_)
            | Self::ViewSaved(_)
            | Self::ViewRemoved(_)
            | Self::TemplateSaved(_)
            | Self::TemplateRemoved(_)
            | Self::SequencesSaved(_)
            | Self::SourceSaved(_)
            | Self::SourceRemoved(_)
            | Self::SubjectErased(_)
            | Self::Nothing => None,
        }
    }

    /// Returns the second conversation that it speaks of.
    pub(super) fn other(&self) -> Option<ConversationId> {
        match self {
            Self::Merged(told) => Some(told.from),
            Self::Unmerged(told) => Some(told.from),
            Self::Suggested(told) => Some(told.other),
            Self::KeptApart(told) => Some(told.other),
            _ => None,
        }
    }

    /// Returns who acted.
    pub(super) fn actor(&self) -> Option<MemberId> {
        match self {
            Self::Claimed(told) | Self::Released(told) => Some(told.by.id),
            Self::Noted(told) => Some(told.by.id),
            Self::HandedOver(told) => Some(told.by.id),
            Self::Assigned(told) => Some(told.by.id),
            Self::Resolved(told) | Self::Reopened(told) | Self::Woken(told) => Some(told.by.id),
            Self::Snoozed(told) => Some(told.by.id),
            Self::Labelled(told) => Some(told.by.id),
            Self::Received(told) => Some(told.by.id),
            _ => None,
        }
    }

    /// Tells whether something happened with the person; what only says who is one person is not news and moves no row, nor is
    /// having looked at contact data.
    pub(super) fn is_happening(&self) -> bool {
        matches!(
            self,
            Self::Event(_)
                | Self::Claimed(_)
                | Self::Released(_)
                | Self::Noted(_)
                | Self::HandedOver(_)
                | Self::Assigned(_)
                | Self::Resolved(_)
                | Self::Reopened(_)
                | Self::Snoozed(_)
                | Self::Woken(_)
                | Self::Labelled(_)
                | Self::Received(_)
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
    ///
    /// One table, however long: an arm for each kind, so that a new kind asks here what is told of it.
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
                mentions: told.mentions.clone(),
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
            Self::Assigned(told) => Moment::Assigned {
                by: told.by.clone(),
                to: told.to.clone(),
            },
            Self::Resolved(told) => Moment::Resolved {
                by: told.by.clone(),
            },
            Self::Reopened(told) => Moment::Reopened {
                by: told.by.clone(),
            },
            Self::Snoozed(told) => Moment::Snoozed {
                by: told.by.clone(),
                until: told.until.clone(),
            },
            Self::Woken(told) => Moment::Woken {
                by: told.by.clone(),
            },
            Self::Labelled(told) => Moment::Labelled {
                by: told.by.clone(),
                add: told.add.clone(),
                remove: told.remove.clone(),
            },
            Self::Revealed(told) => Moment::Revealed {
                by: told.by.clone(),
                part: told.part,
            },
            Self::Received(told) => Moment::Received {
                command: told.command_id,
                by: told.by.clone(),
                channel: told.channel,
                text: told.text.clone(),
            },
            Self::Suggested(_)
            | Self::KeptApart(_)
            | Self::Shared(_)
            | Self::Joined(_)
            | Self::Left(_)
            | Self::ViewSaved(_)
            | Self::ViewRemoved(_)
            | Self::TemplateSaved(_)
            | Self::TemplateRemoved(_)
            | Self::SequencesSaved(_)
            | Self::SourceSaved(_)
            | Self::SourceRemoved(_)
            | Self::SubjectErased(_)
            | Self::Nothing => return None,
        })
    }
}
