//! What the service has not confirmed yet.

use contract::ConversationId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Shows one action that the service has not confirmed, or has refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OutboxItem {
    /// The action.
    pub id: contract::CommandId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The person's name.
    pub name: Option<String>,
    /// The action's kind on the wire.
    pub kind: String,
    /// How it stands.
    pub state: OutboxState,
    /// When it was made.
    #[ts(type = "number")]
    pub made_at: i64,
    /// How often it was tried.
    #[ts(type = "number")]
    pub tries: u32,
}

/// Tells how an action stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "state",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum OutboxState {
    /// It waits for its turn or for the network; can still be undone.
    Waiting,
    /// It is on its way.
    Sending,
    /// The service answered; the feed has yet to show it.
    Answered,
    /// The service refused it.
    Refused {
        /// Why.
        code: contract::RefusalCode,
        /// Who is in the way.
        by: Option<String>,
    },
}
