//! What is announced, and how much becomes one notice. Pure: times are passed in.
//!
//! What happens to orders, as far as the member wants to hear of it, and what colleagues ask of the member, is held until nothing
//! came for a moment, then announced one by one when it is little and together when it is much. After a notice there is a pause,
//! and after many a long one, so that a storm makes a handful of notices and no flood. What was missed in an absence is one notice.

mod burst;
mod missed;
mod ring;
mod wanted;

use std::collections::HashSet;

use contract::ConversationId;

use crate::asking::Settings;
use crate::cache::Happening;
use crate::view::Amount;

pub(crate) use burst::Burst;
pub(crate) use missed::{Entries, Missed};
pub(crate) use ring::Ring;
pub(crate) use wanted::wants;

/// Announces what happened to an order, a colleague's word to the member, or several at once.
#[derive(Clone, PartialEq, Eq)]
pub enum Notice {
    /// What happened to one order.
    Happening(Happening),
    /// What happened to several, in a burst.
    Happenings(Sum),
    /// A colleague mentioned the member or gave them a conversation.
    Call(Call),
    /// Several calls of a burst.
    Calls {
        /// How many.
        count: u32,
        /// The newest one, to open.
        newest: ConversationId,
    },
    /// All that came while the member was away.
    Missed {
        /// What happened to orders.
        orders: Sum,
        /// How many calls.
        calls: u32,
    },
}

/// Adds up what happened to orders.
#[derive(Clone, PartialEq, Eq)]
pub struct Sum {
    /// How many sales were approved.
    pub sales: u32,
    /// What they are together, where all are of one currency.
    pub total: Option<Amount>,
    /// How much else happened.
    pub others: u32,
    /// The conversation of the newest, to open.
    pub newest: ConversationId,
}

impl Sum {
    /// Adds up; where nothing happened, `newest` is the one to open.
    fn of(happenings: &[Happening], newest: ConversationId) -> Self {
        let sales = || happenings.iter().filter(|happening| happening.is_sale());
        Self {
            sales: count(sales().count()),
            total: total(sales().map(|sale| sale.amount)),
            others: count(happenings.len().saturating_sub(sales().count())),
            newest: happenings
                .last()
                .map_or(newest, |last| last.conversation_id),
        }
    }

    const fn is_empty(&self) -> bool {
        self.sales == 0 && self.others == 0
    }
}

impl Notice {
    /// Tells whether the member wants notices of this kind.
    #[must_use]
    pub const fn is_wanted(&self, settings: &Settings) -> bool {
        match self {
            Self::Happening(_) | Self::Happenings(_) => settings.notify_sales,
            Self::Call(_) | Self::Calls { .. } => settings.notify_mine,
            Self::Missed { orders, calls } => {
                (settings.notify_sales && !orders.is_empty())
                    || (settings.notify_mine && *calls > 0)
            }
        }
    }

    /// Returns the conversation it leads to.
    #[must_use]
    pub const fn newest(&self) -> ConversationId {
        match self {
            Self::Happening(happening) => happening.conversation_id,
            Self::Call(call) => call.conversation_id,
            Self::Calls { newest, .. } => *newest,
            Self::Happenings(orders) | Self::Missed { orders, .. } => orders.newest,
        }
    }

    /// Tells whether it is of one order and nothing else.
    #[must_use]
    pub const fn is_of_one_order(&self) -> bool {
        matches!(self, Self::Happening(_))
    }

    /// Tells whether a sale was approved just now.
    pub(crate) fn is_of_a_new_sale(&self) -> bool {
        match self {
            Self::Happening(happening) => happening.is_sale(),
            Self::Happenings(orders) => orders.sales > 0,
            Self::Call(_) | Self::Calls { .. } | Self::Missed { .. } => false,
        }
    }
}

/// Holds a notice that is to be shown now.
#[derive(Clone, PartialEq, Eq)]
pub struct Announcement {
    /// What it says.
    pub notice: Notice,
    /// It is to be heard.
    pub is_heard: bool,
}

/// Tells that a colleague wants something of the member.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What for.
    pub reason: CallReason,
    /// The colleague's name.
    pub by: String,
    /// The customer's first name.
    pub first_name: Option<String>,
}

/// Lists what a colleague can want of the member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallReason {
    /// Asks them to read a note.
    Mention,
    /// Gave them the conversation.
    Assignment,
}

/// Keeps the last of what happened to each order, and every sale; the order stays.
fn latest(happenings: Vec<Happening>) -> Vec<Happening> {
    let mut newer = HashSet::new();
    let mut kept: Vec<Happening> = happenings
        .into_iter()
        .rev()
        .filter(|happening| newer.insert(happening.order_key.clone()) || happening.is_sale())
        .collect();
    kept.reverse();
    kept
}

/// Adds amounts up, unless one is unknown or of another currency.
fn total(mut amounts: impl Iterator<Item = Option<Amount>>) -> Option<Amount> {
    let mut total = amounts.next()??;
    for amount in amounts {
        let amount = amount.filter(|amount| amount.currency == total.currency)?;
        total.minor = total.minor.checked_add(amount.minor)?;
    }
    Some(total)
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
