//! Lists: views, rows, counters.

use contract::{
    ConversationId, Currency, Filter, IntegrationId, MemberId, Role, Stage, StageGroup, ViewId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::BackReason;

/// Lists the views of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum View {
    /// Everything that can still be won or lost by acting, most pressing first.
    Due,
    /// Conversations the member has taken.
    Mine,
    /// Open work that nobody has taken.
    Unassigned,
    /// Every conversation, newest activity first.
    All,
    /// PIX awaiting payment.
    Pix,
    /// Boletos awaiting payment.
    Boleto,
    /// Abandoned carts.
    Cart,
    /// Refused payments.
    Refused,
    /// Approved sales.
    Approved,
    /// Refunds asked for or made.
    Refund,
    /// Disputes.
    Chargeback,
    /// Put aside, the first to come back first.
    Snoozed,
    /// Nothing left to be done, newest first.
    Resolved,
    /// A step of a sequence is due, the one that has been so longest first.
    Steps,
}

/// Asks for one page of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PageAsked {
    /// The view.
    pub view: View,
    /// The saved view, in place of `view`.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub saved: Option<ViewId>,
    /// What narrows it further.
    #[serde(default)]
    #[ts(optional, as = "Option<Filter>")]
    pub filter: Filter,
    /// Where the page before ended; opaque.
    pub after: Option<String>,
    /// 1 to 200 rows.
    #[ts(type = "number")]
    pub limit: u32,
}

/// Holds one page of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowPage {
    /// The rows, in the view's order.
    pub rows: Vec<Row>,
    /// What to ask as `after` for the next page; `None` at the end.
    pub next: Option<String>,
    /// How many rows the view has, from the counters.
    #[ts(type = "number")]
    pub total: u64,
}

/// Shows one conversation in a list: who and how much; what and by when; stage, platform, owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Row {
    /// The conversation.
    pub id: ConversationId,
    /// The person's name, else a masked e-mail or phone; never empty unless nobody is known.
    pub name: Option<String>,
    /// The amount of the order shown.
    pub amount: Option<Amount>,
    /// The first item of the order shown, and how many more there are.
    pub product: Option<String>,
    /// Items beyond the first.
    #[ts(type = "number")]
    pub more_items: u32,
    /// The stage of the order shown.
    pub stage: Option<Stage>,
    /// Its group.
    pub group: Option<StageGroup>,
    /// The platform's name as people say it.
    pub platform: Option<String>,
    /// Who has taken the conversation.
    pub owner: Option<Owner>,
    /// What of the conversation ends first; in views of stages, of the order shown.
    pub deadline: Option<Deadline>,
    /// What it is ranked by among what is due; `None` where it is not.
    pub pressure: Option<Pressure>,
    /// The step of a sequence that is due.
    pub step: Option<DueStep>,
    /// The last thing that happened.
    #[ts(type = "number")]
    pub last_at: i64,
    /// Something happened since the member last looked.
    pub unread: bool,
    /// The order shown is a test.
    pub is_test: bool,
    /// The labels, in alphabetical order.
    pub labels: Vec<String>,
    /// Something was typed here and not handed over.
    pub has_draft: bool,
    /// It was put aside and is back: why.
    pub back: Option<BackReason>,
    /// When it comes back at the latest, while it is put aside.
    #[ts(type = "number | null")]
    pub snoozed_until: Option<i64>,
}

/// An amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Amount {
    /// Minor units.
    #[ts(type = "number")]
    pub minor: i64,
    /// ISO 4217.
    pub currency: Currency,
}

/// Shows who has taken a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Owner {
    /// Who.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// It is the member at this desk.
    pub is_me: bool,
    /// The service has not confirmed it yet.
    pub pending: bool,
}

/// Tells which step of a sequence is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DueStep {
    /// Its number, from 1.
    #[ts(type = "number")]
    pub step: u32,
    /// How many there are.
    #[ts(type = "number")]
    pub of: u32,
    /// Since when, in Unix milliseconds.
    #[ts(type = "number")]
    pub since: i64,
}

/// Tells what ends and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Deadline {
    /// What ends.
    pub kind: DeadlineKind,
    /// When it began, for the draining ring; the same as `at` where unknown.
    #[ts(type = "number")]
    pub from: i64,
    /// When it ends.
    #[ts(type = "number")]
    pub at: i64,
}

/// Tells what ranks a conversation among what is due: an end, moved ahead by money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Pressure {
    /// What ends.
    pub ends: Deadline,
    /// The amount that moves it ahead.
    pub amount: Option<Amount>,
    /// The moment it is ranked by, in Unix milliseconds: the end, less what the amount counts.
    #[ts(type = "number")]
    pub at: i64,
}

/// Lists what can run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DeadlineKind {
    /// The PIX code's validity.
    Pix,
    /// The boleto's due date, to the end of that day in São Paulo.
    Boleto,
    /// The time in which an abandoned cart or a refused payment is worth a word.
    Recovery,
    /// The time in which a dispute has to be answered.
    Dispute,
    /// The 24 hours in which a customer who wrote on WhatsApp can be answered freely.
    Window,
    /// The time at which a conversation put aside comes back.
    Snooze,
}

/// Counts the rows of each view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Counters {
    /// One entry a view.
    pub views: Vec<ViewCount>,
    /// One entry a saved view.
    pub saved: Vec<SavedCount>,
}

/// Counts the rows of one saved view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SavedCount {
    /// The view.
    pub id: ViewId,
    /// Its rows.
    #[ts(type = "number")]
    pub count: u64,
    /// It was saved just now and is still being filled.
    pub filling: bool,
}

/// Shows a saved view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SavedView {
    /// The view.
    pub id: ViewId,
    /// What it is called.
    pub name: String,
    /// What it shows.
    pub filter: Filter,
    /// The whole team has it; else only the member at this desk.
    pub team: bool,
    /// Who saved it last, for one of the team.
    pub by: Option<String>,
}

/// Shows a member of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Colleague {
    /// Who.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// It is the member at this desk.
    pub is_me: bool,
}

/// Lists what there is to narrow lists by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FilterValues {
    /// Platforms with orders here.
    pub platforms: Vec<Named>,
    /// Sources with orders here.
    pub sources: Vec<NamedSource>,
    /// Products, the most frequent first; at most 200.
    pub products: Vec<String>,
    /// Labels in use, the most frequent first; at most 200.
    pub labels: Vec<String>,
    /// Campaign sources, likewise.
    pub utm_sources: Vec<String>,
    /// Campaign media, likewise.
    pub utm_mediums: Vec<String>,
    /// Campaigns, likewise.
    pub utm_campaigns: Vec<String>,
}

/// A value with the name people say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Named {
    /// The value.
    pub value: String,
    /// Its name.
    pub name: String,
}

/// A source with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NamedSource {
    /// The source.
    pub id: IntegrationId,
    /// Its name; the platform's, with a number where there are several, until the feed names it.
    pub name: String,
    /// Whether it still takes deliveries.
    pub standing: SourceStanding,
}

/// Tells whether a source still takes deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SourceStanding {
    /// It does.
    #[default]
    Active,
    /// Not for now; what happens to its orders is not told.
    Paused,
    /// Never again.
    Removed,
}

/// Counts the rows of one view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ViewCount {
    /// The view.
    pub view: View,
    /// Its rows.
    #[ts(type = "number")]
    pub count: u64,
}
