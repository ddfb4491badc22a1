//! Which sales are announced, and how a burst becomes one notice. Pure: times are passed in.

use contract::ConversationId;

use crate::view::Amount;

/// Announces an approved sale, or several at once.
#[derive(Clone, PartialEq, Eq)]
pub enum Notice {
    /// One sale.
    Sale(Sale),
    /// Several sales of a burst.
    Sales {
        /// How many.
        count: u32,
        /// Their sum, where all are of one currency.
        total: Option<Amount>,
        /// The newest one, to open.
        newest: ConversationId,
    },
}

/// Tells of one approved sale.
#[derive(Clone, PartialEq, Eq)]
pub struct Sale {
    /// The conversation to open.
    pub conversation_id: ConversationId,
    /// The order.
    pub order_key: String,
    /// The amount.
    pub amount: Option<Amount>,
    /// The first product.
    pub product: Option<String>,
    /// The buyer's first name.
    pub first_name: Option<String>,
}
