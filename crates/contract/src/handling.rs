//! What a team does with conversations beyond messages: putting aside, showing contact data, being there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::entry::Actor;
use crate::ids::{ConversationId, MemberId};

/// Says until when a conversation is put aside. A new order or a dispute brings it back earlier, whatever was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum SnoozeUntil {
    /// Until a time.
    Time {
        /// When.
        #[ts(type = "string")]
        at: DateTime<Utc>,
    },
    /// Until the order is paid.
    Paid {
        /// The order.
        order_key: String,
    },
    /// Until what can be paid runs out: the PIX code, the boleto.
    Expired {
        /// The order.
        order_key: String,
    },
    /// Until the customer answers: a member records it, or the customer does something in the shop.
    Reply {},
}

/// Lists the parts of contact data that are masked until asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PersonPart {
    /// The phone.
    Phone,
    /// The e-mail.
    Email,
    /// The CPF or CNPJ.
    Document,
}

/// Says where a member is; sent while a conversation is open, and again at least every 20 seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Present {
    /// The conversation that is open; `None` when none is.
    pub conversation_id: Option<ConversationId>,
    /// A text is being written there.
    #[serde(default)]
    pub writing: bool,
}

/// Says that a member looks at a conversation now; known to the service's memory only, gone 45 seconds after the last word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PresentMember {
    /// Who.
    pub member: Actor,
    /// Where.
    pub conversation_id: ConversationId,
    /// A text is being written there.
    #[serde(default)]
    pub writing: bool,
}

impl PresentMember {
    /// Tells whether this is somebody else, looking at the given conversation.
    #[must_use]
    pub fn is_other_at(&self, me: MemberId, conversation: ConversationId) -> bool {
        self.member.id != me && self.conversation_id == conversation
    }
}
