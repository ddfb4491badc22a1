//! What is announced, and how a burst becomes one notice. Pure: times are passed in.
//!
//! Sales, and what colleagues ask of the member, are held until none came for a moment, then announced one by one when they are
//! few and together when they are many. After a notice there is a pause, and after many a long one, so that a storm makes a
//! handful of notices and no flood.

use contract::ConversationId;

use crate::asking::Settings;
use crate::cache::Sale;
use crate::view::Amount;

/// From this many on, a burst becomes one notice.
const MANY: usize = 5;

/// The longest something is held while more keeps coming, in milliseconds.
const LONGEST: i64 = 5_000;

/// The pause after a notice, in milliseconds.
const PAUSE: i64 = 2_000;

/// The pause after a notice while many wait, in milliseconds.
const LONG_PAUSE: i64 = 10_000;

/// Announces an approved sale, a colleague's word to the member, or several at once.
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
    /// A colleague mentioned the member or gave them a conversation.
    Call(Call),
    /// Several calls of a burst.
    Calls {
        /// How many.
        count: u32,
        /// The newest one, to open.
        newest: ConversationId,
    },
}

impl Notice {
    /// Tells whether the member wants notices of this kind.
    #[must_use]
    pub const fn is_wanted(&self, settings: &Settings) -> bool {
        match self {
            Self::Sale(_) | Self::Sales { .. } => settings.notify_sales,
            Self::Call(_) | Self::Calls { .. } => settings.notify_mine,
        }
    }
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

/// Gathers what is to be announced.
pub(crate) struct Burst<T> {
    hold: i64,
    held: Vec<T>,
    first_at: i64,
    last_at: i64,
    announced_at: Option<i64>,
}

impl<T> Burst<T> {
    /// Holds each for `hold` milliseconds after the one before.
    pub(crate) const fn new(hold: i64) -> Self {
        Self {
            hold,
            held: Vec::new(),
            first_at: 0,
            last_at: 0,
            announced_at: None,
        }
    }

    /// Takes in what just happened, at `now` (milliseconds of any steady clock).
    pub(crate) fn take(&mut self, news: impl IntoIterator<Item = T>, now: i64) {
        let before = self.held.len();
        self.held.extend(news);
        if before == 0 {
            self.first_at = now;
        }
        if self.held.len() > before {
            self.last_at = now;
        }
    }

    /// Returns when there is something to announce, by the same clock; `None` while nothing is held.
    pub(crate) fn due(&self) -> Option<i64> {
        if self.held.is_empty() {
            return None;
        }
        let quiet = self.last_at.saturating_add(self.hold);
        let due = quiet.min(self.first_at.saturating_add(LONGEST));
        let pause = if self.held.len() < MANY {
            PAUSE
        } else {
            LONG_PAUSE
        };
        let rested = self.announced_at.map(|at| at.saturating_add(pause));
        Some(rested.map_or(due, |rested| rested.max(due)))
    }

    /// Returns what is to be announced at `now`: each of a few by `one`, many by one summary of `all`.
    fn release_with(
        &mut self,
        now: i64,
        one: fn(T) -> Notice,
        all: fn(&[T]) -> Option<Notice>,
    ) -> Vec<Notice> {
        if self.due().is_none_or(|due| now < due) {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held);
        self.announced_at = Some(now);
        if held.len() < MANY {
            return held.into_iter().map(one).collect();
        }
        all(&held).into_iter().collect()
    }
}

impl Burst<Sale> {
    /// Returns what is to be announced at `now`: each sale of a few, one summary of many.
    pub(crate) fn release(&mut self, now: i64) -> Vec<Notice> {
        self.release_with(now, Notice::Sale, summary)
    }
}

impl Burst<Call> {
    /// Returns what is to be announced at `now`: each call of a few, one summary of many.
    pub(crate) fn release(&mut self, now: i64) -> Vec<Notice> {
        self.release_with(now, Notice::Call, |calls| {
            Some(Notice::Calls {
                count: u32::try_from(calls.len()).unwrap_or(u32::MAX),
                newest: calls.last()?.conversation_id,
            })
        })
    }
}

fn summary(sales: &[Sale]) -> Option<Notice> {
    let newest = sales.last()?.conversation_id;
    Some(Notice::Sales {
        count: u32::try_from(sales.len()).unwrap_or(u32::MAX),
        total: total(sales),
        newest,
    })
}

/// Adds the amounts up, unless one is unknown or of another currency.
fn total(sales: &[Sale]) -> Option<Amount> {
    let mut amounts = sales.iter().map(|sale| sale.amount);
    let mut total = amounts.next()??;
    for amount in amounts {
        let amount = amount.filter(|amount| amount.currency == total.currency)?;
        total.minor = total.minor.checked_add(amount.minor)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use contract::{ConversationId, Currency};
    use proptest::prelude::*;

    use super::{Burst, Call, CallReason, Notice, Sale};
    use crate::view::Amount;

    fn sale(number: u128) -> Sale {
        Sale {
            conversation_id: ConversationId::from_u128(number),
            order_key: number.to_string(),
            amount: Some(Amount {
                minor: 100,
                currency: Currency::BRL,
            }),
            product: None,
            first_name: None,
            stored_at: 0,
            occurred_at: 0,
        }
    }

    /// Lets sales come at the given times and turns the clock by 10 ms; returns when each notice was made and its sales.
    fn played(times: &[i64]) -> Vec<(i64, u32)> {
        let mut burst = Burst::new(400);
        let mut made = Vec::new();
        for now in (0..60_000).step_by(10) {
            let came = times.iter().filter(|at| (now..now + 10).contains(*at));
            burst.take(came.map(|at| sale(at.unsigned_abs().into())), now);
            for notice in burst.release(now) {
                made.push(match notice {
                    Notice::Sale(_) => (now, 1),
                    Notice::Sales { count, total, .. } => {
                        assert_eq!(total.map(|total| total.minor), Some(i64::from(count) * 100));
                        (now, count)
                    }
                    Notice::Call(_) | Notice::Calls { .. } => panic!("nobody called"),
                });
            }
        }
        made
    }

    #[test]
    fn bursts_become_summaries() {
        for (times, made) in [
            (vec![], vec![]),
            (vec![0], vec![(400, 1)]),
            (vec![0, 300], vec![(700, 1), (700, 1)]),
            (vec![0, 0, 0, 0, 0], vec![(400, 5)]),
            (vec![0, 1000], vec![(400, 1), (2400, 1)]),
            (
                vec![0, 1000, 1100, 1200, 1300, 1400],
                vec![(400, 1), (10_400, 5)],
            ),
            (
                (0..100).map(|n| n * 100).collect(),
                vec![(5000, 51), (15_000, 49)],
            ),
            (vec![7; 100], vec![(400, 100)]),
        ] {
            assert_eq!(played(&times), made, "{times:?}");
        }
    }

    #[test]
    fn sums_are_told_only_in_one_currency() {
        let mut burst = Burst::new(0);
        let usd = Currency::USD;
        let foreign = sale(9).amount.map(|amount| Amount {
            currency: usd,
            ..amount
        });
        let mut sales: Vec<_> = (1..=5).map(sale).collect();
        sales.push(Sale {
            amount: foreign,
            ..sale(9)
        });
        burst.take(sales, 0);
        let newest = ConversationId::from_u128(9);
        let expected = Notice::Sales {
            count: 6,
            total: None,
            newest,
        };
        assert!(burst.release(0) == [expected]);
    }

    #[test]
    fn calls_are_told_one_by_one_or_together() {
        let call = |number: u128| Call {
            conversation_id: ConversationId::from_u128(number),
            reason: CallReason::Mention,
            by: "Bia".to_owned(),
            first_name: None,
        };
        let mut burst = Burst::new(0);
        burst.take([call(1), call(2)], 0);
        assert!(burst.release(0) == [Notice::Call(call(1)), Notice::Call(call(2))]);
        burst.take((1..=6).map(call), 20_000);
        let together = Notice::Calls {
            count: 6,
            newest: ConversationId::from_u128(6),
        };
        assert!(burst.release(20_000) == [together]);
    }

    proptest! {
        #[test]
        fn no_sale_is_lost_or_told_twice(times in proptest::collection::vec(0_i64..20_000, 0..150)) {
            let told: u32 = played(&times).iter().map(|(_, count)| count).sum();
            prop_assert_eq!(told as usize, times.len());
        }

        #[test]
        fn a_hundred_sales_in_ten_seconds_make_two_notices_at_most(gaps in proptest::collection::vec(0_i64..=200, 99)) {
            let mut times = vec![0];
            for gap in gaps {
                let last = times.last().copied().unwrap_or(0);
                times.push((last + gap).min(9_999));
            }
            prop_assert!(played(&times).len() <= 2);
        }
    }
}
