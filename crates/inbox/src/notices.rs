//! Which sales are announced, and how a burst becomes one notice. Pure: times are passed in.
//!
//! Sales are held until none came for a moment, then announced one by one when they are few and together when they are many.
//! After a notice there is a pause, and after many sales a long one, so that a storm makes a handful of notices and no flood.

use contract::ConversationId;

use crate::cache::Sale;
use crate::view::Amount;

/// From this many sales on, a burst becomes one notice.
const MANY: usize = 5;

/// The longest a sale is held while others keep coming, in milliseconds.
const LONGEST: i64 = 5_000;

/// The pause after a notice, in milliseconds.
const PAUSE: i64 = 2_000;

/// The pause after a notice while many sales wait, in milliseconds.
const LONG_PAUSE: i64 = 10_000;

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

/// Gathers sales into notices.
pub(crate) struct Burst {
    hold: i64,
    held: Vec<Sale>,
    first_at: i64,
    last_at: i64,
    announced_at: Option<i64>,
}

impl Burst {
    /// Holds each sale for `hold` milliseconds after the one before.
    pub(crate) const fn new(hold: i64) -> Self {
        Self {
            hold,
            held: Vec::new(),
            first_at: 0,
            last_at: 0,
            announced_at: None,
        }
    }

    /// Takes in sales that were just approved, at `now` (milliseconds of any steady clock).
    pub(crate) fn take(&mut self, sales: impl IntoIterator<Item = Sale>, now: i64) {
        let before = self.held.len();
        self.held.extend(sales);
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

    /// Returns what is to be announced at `now`: each sale of a few, one summary of many.
    pub(crate) fn release(&mut self, now: i64) -> Vec<Notice> {
        if self.due().is_none_or(|due| now < due) {
            return Vec::new();
        }
        let sales = std::mem::take(&mut self.held);
        self.announced_at = Some(now);
        if sales.len() < MANY {
            return sales.into_iter().map(Notice::Sale).collect();
        }
        summary(&sales).into_iter().collect()
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

    use super::{Burst, Notice, Sale};
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
