//! What a sequence that is being drawn up comes to.

use contract::{ConversationId, Stage};
use follow_up::SequencePlan;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Tells what a stage's sequence is worth before it is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SequenceCheck {
    /// The first field that the service would refuse.
    pub fault: Option<String>,
    /// What it comes to for the newest real orders of its stage, newest first.
    pub orders: Vec<SequenceTrial>,
}

/// Shows what a sequence comes to for one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SequenceTrial {
    /// The order's conversation.
    pub conversation_id: ConversationId,
    /// The order.
    pub order_key: String,
    /// The person's name.
    pub name: Option<String>,
    /// Where the order stands.
    pub stage: Stage,
    /// Since when, in Unix milliseconds.
    #[ts(type = "number")]
    pub since: i64,
    /// When what can be paid runs out, in Unix milliseconds.
    #[ts(type = "number | null")]
    pub ends: Option<i64>,
    /// What it comes to.
    pub plan: SequencePlan,
    /// Who has the conversation, where that ends it.
    pub taken_by: Option<String>,
}
