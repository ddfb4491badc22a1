//! One person's conversation.

use contract::{Channel, ConversationId, PersonPart, SnoozeUntil, Stage, StageGroup};
use follow_up::Mark;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::OrderCard;
use super::{Amount, MergedPerson, Owner, Suggestion};

/// Shows one person's conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConversationView {
    /// The conversation.
    pub id: ConversationId,
    /// The person.
    pub person: Person,
    /// Who has taken it.
    pub owner: Option<Owner>,
    /// The orders; the first is the one to act on.
    pub orders: Vec<OrderCard>,
    /// The newest 50 items of the timeline, oldest first.
    pub timeline: Vec<TimelineItem>,
    /// What to ask for older items; `None` at the start.
    pub older: Option<String>,
    /// What was typed and not handed over.
    pub draft: Option<Draft>,
    /// A note that was begun and not written down.
    pub begun_note: Option<String>,
    /// What the customer answered, begun and not written down.
    pub begun_answer: Option<String>,
    /// The conversations that are a part of this one, oldest merge first; those of actions that wait are among them.
    pub merged: Vec<MergedPerson>,
    /// The conversations that may be the same person's, the newest suggestion first.
    pub suggestions: Vec<Suggestion>,
    /// How many names the contact data was told with, where it is shared by several people.
    #[ts(type = "number | null")]
    pub shared: Option<u32>,
    /// The labels, in alphabetical order; those of actions that wait are among them.
    pub labels: Vec<String>,
    /// How the work on it stands.
    pub handling: Handling,
}

/// Shows how the work on a conversation stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "state",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum Handling {
    /// It is worked on, or waits to be.
    #[default]
    Open,
    /// It was put aside.
    Snoozed {
        /// Until when.
        until: SnoozeUntil,
        /// When that is at the latest, where a time is known; Unix milliseconds.
        #[ts(type = "number | null")]
        at: Option<i64>,
        /// Who put it aside.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// The service has not confirmed it yet.
        pending: bool,
    },
    /// It was put aside and is back.
    Back {
        /// Why.
        reason: BackReason,
        /// Since when; Unix milliseconds.
        #[ts(type = "number")]
        at: i64,
    },
    /// Nothing is left to be done.
    Resolved {
        /// Who said so.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// When; Unix milliseconds.
        #[ts(type = "number")]
        at: i64,
        /// The service has not confirmed it yet.
        pending: bool,
    },
}

/// Lists why a conversation that was put aside is back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum BackReason {
    /// The time came.
    Time,
    /// The order was paid.
    Paid,
    /// The code or boleto ran out.
    Expired,
    /// The customer answered.
    Replied,
    /// Something new happened: another order, a refusal, a refund, a dispute.
    News,
}

/// Lists what a timeline can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TimelineOnly {
    /// What platforms told.
    Purchases,
    /// Texts handed over and answers recorded.
    Messages,
    /// Notes.
    Notes,
    /// Claims, assignments, labels, putting aside, resolving, merging.
    Handling,
}

/// Tells where an order's buyer came from, in the words of its campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Origin {
    /// `utm_source`.
    pub source: Option<String>,
    /// What stands in its place on some platforms, which nothing is narrowed by.
    pub src: Option<String>,
    /// `utm_medium`.
    pub medium: Option<String>,
    /// `utm_campaign`.
    pub campaign: Option<String>,
}

/// Shows a person, masked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Person {
    /// Full name.
    pub name: Option<String>,
    /// Masked phone.
    pub phone: Option<String>,
    /// The phone can be opened in WhatsApp.
    pub whatsapp: bool,
    /// How many hours earlier it is in the phone's area than in São Paulo.
    pub hours_earlier: u8,
    /// Masked e-mail.
    pub email: Option<String>,
    /// Masked CPF or CNPJ.
    pub document: Option<String>,
    /// Where the newest order that tells it came from.
    pub origin: Option<Origin>,
    /// Approved orders, not counting tests.
    #[ts(type = "number")]
    pub purchases: u32,
    /// Their sum, where all are of one currency.
    pub spent: Option<Amount>,
    /// Orders with a refund or a dispute.
    #[ts(type = "number")]
    pub reversals: u32,
}

/// Shows one item of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TimelineItem {
    /// Unique in the conversation, steady across reads.
    pub id: String,
    /// When.
    #[ts(type = "number")]
    pub at: i64,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// Lists what a timeline can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum Happening {
    /// A platform told something of an order.
    Stage {
        /// The order.
        order_key: String,
        /// The stage told.
        stage: Stage,
        /// Its group.
        group: StageGroup,
        /// The amount told.
        amount: Option<Amount>,
        /// The first item told.
        product: Option<String>,
        /// The platform.
        platform: String,
        /// It is a test.
        is_test: bool,
    },
    /// A text was opened in a channel outside.
    HandedOver {
        /// Where.
        channel: Channel,
        /// The frozen text.
        text: String,
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// The service has not confirmed it yet.
        pending: bool,
    },
    /// A note.
    Note {
        /// What it says.
        text: String,
        /// Who wrote it.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// The service has not confirmed it yet.
        pending: bool,
        /// The names of those asked to read it.
        mentions: Vec<String>,
        /// The member at this desk is one of them.
        mentions_me: bool,
    },
    /// The customer answered in a channel outside, a member recorded.
    Received {
        /// Where.
        channel: Channel,
        /// What was said, as far as it was written down.
        text: String,
        /// Who recorded it.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// The service has not confirmed it yet.
        pending: bool,
    },
    /// Somebody gave the conversation to a member.
    Assigned {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// To whom.
        to: String,
        /// To the member at this desk.
        to_me: bool,
    },
    /// Somebody said that nothing is left to be done.
    Resolved {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
    },
    /// Somebody took a resolution back.
    Reopened {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
    },
    /// Somebody put the conversation aside.
    Snoozed {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// Until when.
        until: SnoozeUntil,
    },
    /// Somebody brought the conversation back.
    Woken {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
    },
    /// Somebody changed the labels.
    Labelled {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// Labels put on.
        add: Vec<String>,
        /// Labels taken off.
        remove: Vec<String>,
    },
    /// Somebody had contact data shown in full.
    Revealed {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// Which part.
        part: PersonPart,
    },
    /// Somebody took the conversation.
    Claimed {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
    },
    /// Somebody gave it back.
    Released {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
    },
    /// Another conversation turned out to be the same person's.
    Merged {
        /// What showed it: `phone`, `email`, `document`, `order`, or `person` where somebody said so.
        reason: String,
        /// Who said so.
        by: Option<String>,
        /// It was the member at this desk.
        by_me: bool,
    },
    /// A merge was undone.
    Unmerged {
        /// Who undid it.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
    },
}

/// Holds what was typed and not handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// The template it began as.
    pub template_key: Option<String>,
    /// The order it is about.
    pub order_key: Option<String>,
    /// When it was saved.
    #[ts(type = "number")]
    pub saved_at: i64,
    /// Its order was paid or closed since it was begun: it is not to be sent as it is.
    #[ts(optional = nullable)]
    pub stop: Option<DraftStop>,
    /// Where values of the sale stand in it.
    pub marks: Vec<Mark>,
}

/// Tells that a draft's order is over since the draft was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DraftStop {
    /// Where the order stands now, or the one that paid the same thing.
    pub stage: Stage,
    /// Since when, in Unix milliseconds.
    #[ts(type = "number")]
    pub at: i64,
    /// The other order by which the same thing was paid, as people call it.
    pub paid_by: Option<String>,
}
