//! Who is one person: what was merged, what may be.

use contract::ConversationId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::PersonPart;

/// Shows a conversation that is a part of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MergedPerson {
    /// The conversation that was taken in.
    pub id: ConversationId,
    /// The name its own orders tell, else a masked e-mail or phone.
    pub name: Option<String>,
    /// What showed that it is the same person: `phone`, `email`, `document`, `order`, or `person` where somebody said so.
    pub reason: String,
    /// Who said so.
    pub by_name: Option<String>,
    /// It was the member at this desk.
    pub by_me: bool,
    /// When.
    #[ts(type = "number")]
    pub at: i64,
    /// How it stands.
    pub state: MergeState,
}

/// Tells how a merge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MergeState {
    /// It is done.
    Merged,
    /// It was asked for, and the service has not confirmed it yet.
    Merging,
    /// Its undoing was asked for, and the service has not confirmed it yet.
    Separating,
}

/// Shows a conversation that may be the same person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Suggestion {
    /// The other conversation.
    pub id: ConversationId,
    /// The person's name, else a masked e-mail or phone.
    pub name: Option<String>,
    /// What they have in common: `phone`, `email`, `document` or `order`.
    pub reason: String,
    /// What both are known by and differs in their newest orders.
    pub differs: Vec<PersonPart>,
}
