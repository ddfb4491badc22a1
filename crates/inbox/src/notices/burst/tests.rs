use contract::{ConversationId, Currency, Stage};
use proptest::prelude::*;

use super::Burst;
use crate::asking::Settings;
use crate::cache::Happening;
use crate::notices::tests::{call, happening};
use crate::notices::{Notice, Ring, Sum};

/// Says when a notice was made, of how many sales, and whether it was heard.
type Made = (i64, u32, bool);

/// Lets sales come at the given times and turns the clock by 10 ms.
fn played(times: &[i64]) -> Vec<Made> {
    let settings = Settings {
        notify_sound: true,
        ..Settings::default()
    };
    let (mut burst, mut ring) = (Burst::new(400), Ring::default());
    let mut made = Vec::new();
    let mut number = 0;
    for now in (0..60_000).step_by(10) {
        let came = times.iter().filter(|at| (now..now + 10).contains(*at));
        let came = came.map(|_| {
            number += 1;
            happening(number)
        });
        burst.take(came, now);
        for notice in burst.release(now) {
            let heard = ring.announce(notice, &settings, now);
            let count = match heard.notice {
                Notice::Happening(_) => 1,
                Notice::Happenings(sum) => {
                    let total = sum.total.map(|total| total.minor);
                    assert_eq!(total, Some(i64::from(sum.sales) * 100));
                    assert_eq!(sum.others, 0);
                    sum.sales
                }
                _ => panic!("nobody called"),
            };
            made.push((now, count, heard.is_heard));
        }
    }
    made
}

#[test]
fn bursts_become_summaries() {
    for (times, made) in [
        (vec![], vec![]),
        (vec![0], vec![(400, 1, true)]),
        (vec![0, 300], vec![(700, 1, true), (700, 1, false)]),
        (vec![0, 0, 0, 0, 0], vec![(400, 5, true)]),
        (vec![0, 1000], vec![(400, 1, true), (2400, 1, false)]),
        (
            vec![0, 1000, 1100, 1200, 1300, 1400],
            vec![(400, 1, true), (10_400, 5, true)],
        ),
        (
            (0..100).map(|n| n * 100).collect(),
            vec![(5000, 51, true), (15_000, 49, true)],
        ),
        (vec![7; 100], vec![(400, 100, true)]),
    ] {
        assert_eq!(played(&times), made, "{times:?}");
    }
}

#[test]
fn sums_are_told_only_in_one_currency() {
    let mut burst = Burst::new(0);
    let usd = Currency::USD;
    let foreign = happening(9).amount.map(|amount| crate::view::Amount {
        currency: usd,
        ..amount
    });
    let mut sales: Vec<_> = (1..=5).map(happening).collect();
    sales.push(Happening {
        amount: foreign,
        ..happening(9)
    });
    burst.take(sales, 0);
    let expected = Notice::Happenings(Sum {
        sales: 6,
        total: None,
        others: 0,
        newest: ConversationId::from_u128(9),
    });
    assert!(burst.release(0) == [expected]);
}

#[test]
fn what_an_order_was_before_is_not_told_beside_what_it_is_now() {
    let at = |stage, number| Happening {
        stage,
        ..happening(number)
    };
    let mut burst = Burst::new(0);
    burst.take([at(Stage::PixGenerated, 1), at(Stage::PixGenerated, 2)], 0);
    burst.take([happening(1)], 0);
    let told = [at(Stage::PixGenerated, 2), happening(1)].map(Notice::Happening);
    assert!(burst.release(0) == told);
    // A sale is told all the same.
    burst.take([happening(3), at(Stage::RefundRequested, 3)], 5_000);
    let told = [happening(3), at(Stage::RefundRequested, 3)].map(Notice::Happening);
    assert!(burst.release(5_000) == told);
}

#[test]
fn a_mixed_burst_counts_sales_apart() {
    let mut burst = Burst::new(0);
    let refused = (11..=13).map(|number| Happening {
        stage: Stage::PaymentRefused,
        ..happening(number)
    });
    burst.take((1..=4).map(happening).chain(refused), 0);
    let released = burst.release(0);
    let [Notice::Happenings(sum)] = released.as_slice() else {
        panic!("one summary")
    };
    let total = sum.total.map(|total| total.minor);
    assert_eq!((sum.sales, sum.others, total), (4, 3, Some(400)));
}

#[test]
fn calls_are_told_one_by_one_or_together() {
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
        let told: u32 = played(&times).iter().map(|(_, count, _)| count).sum();
        prop_assert_eq!(told as usize, times.len());
    }

    #[test]
    fn a_hundred_sales_in_ten_seconds_make_two_notices_and_two_sounds_at_most(gaps in proptest::collection::vec(0_i64..=200, 99)) {
        let mut times = vec![0];
        for gap in gaps {
            let last = times.last().copied().unwrap_or(0);
            times.push((last + gap).min(9_999));
        }
        let made = played(&times);
        prop_assert!(made.len() <= 2);
        prop_assert!(made.iter().filter(|(.., heard)| *heard).count() <= 2);
    }
}
