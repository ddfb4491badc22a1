//! Any way the same entries come leaves the same rows.

use contract::Entry;
use proptest::prelude::*;

use super::super::{digest, listing};
use super::*;
use feed::{Dice, story};

/// Says how a cache comes by a feed: where it begins, and how big the steps are.
#[derive(Debug, Clone)]
struct Way {
    first: u64,
    last: u64,
    steps: u64,
    repeats: bool,
}

fn travel(feed: &Feed, way: &Way, swept: i64) -> World {
    let mut world = World::new();
    let mut dice = Dice::new(way.steps);
    world.cache.sweep(minute(0)).expect("a sweep");
    world
        .cache
        .begin(&feed.page(way.first, way.last))
        .expect("the first page");
    loop {
        let cursor = world.cache.cursor();
        let step = 1 + dice.below(way.steps);
        let newer = cursor.head < feed.head();
        if newer && (cursor.filled || dice.below(2) == 0) {
            let from = if way.repeats {
                cursor.head.saturating_sub(2).max(cursor.tail)
            } else {
                cursor.head + 1
            };
            let page = feed.page(from, (cursor.head + step).min(feed.head()));
            world
                .cache
                .apply(&feed.epoch, &page.entries)
                .expect("newer entries");
        } else if !cursor.filled {
            let to = if way.repeats {
                cursor.tail + 1
            } else {
                cursor.tail - 1
            };
            let page = feed.page(
                cursor.tail.saturating_sub(step).max(1),
                to.min(cursor.head.max(1)),
            );
            world.cache.apply_older(&page).expect("older entries");
        } else if !newer {
            break;
        }
        if dice.below(4) == 0 {
            let at = i64::try_from(dice.below(600)).expect("small");
            world.cache.sweep(minute(at)).expect("a sweep");
        }
    }
    world.sweep(swept);
    world.index();
    world
}

fn lines(world: &World) -> Vec<String> {
    digest::lines(&world.cache.db).expect("rows")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_way_does_not_matter(
        seed in any::<u64>(),
        length in 1_u64..70,
        people in 2_u64..6,
        (first, last, steps) in (0_u64..70, 0_u64..70, 1_u64..20),
        repeats in any::<bool>(),
        swept in 0_i64..1_000,
    ) {
        let feed = story(seed, length, people);
        let head = feed.head();
        let first = 1 + first % head;
        let way = Way { first, last: first + last % (head - first + 1), steps, repeats };
        let whole = Way { first: 1, last: head, steps: 1, repeats: false };
        let (straight, other) = (travel(&feed, &whole, swept), travel(&feed, &way, swept));
        prop_assert_eq!(lines(&straight), lines(&other), "{:?}", way);
        prop_assert_eq!(straight.cache.digest().expect("a digest"), other.cache.digest().expect("a digest"));
        check_counters(&other);
    }
}

/// The counters are what counting gives, and each list holds what its counter says.
fn check_counters(world: &World) {
    for view in listing::VIEWS {
        let counted: i64 = world
            .cache
            .db
            .query_row(
                "SELECT count(*) FROM listing WHERE view = ?1",
                [listing::code(view)],
                |row| row.get(0),
            )
            .expect("a count");
        assert_eq!(
            world.count(view, &nobody()),
            counted.unsigned_abs(),
            "{view:?}"
        );
        assert_eq!(
            world.list(view).len() as u64,
            counted.unsigned_abs(),
            "{view:?}"
        );
    }
}

#[test]
fn a_wide_page_read_on_two_threads_leaves_the_same_rows() {
    let feed = story(11, 900, 40);
    let whole = Way {
        first: 1,
        last: feed.head(),
        steps: 1,
        repeats: false,
    };
    let narrow = Way {
        first: 300,
        last: 320,
        steps: 30,
        repeats: false,
    };
    assert_eq!(
        lines(&travel(&feed, &whole, 100)),
        lines(&travel(&feed, &narrow, 100))
    );
}

#[test]
fn entries_that_do_not_follow_are_named_and_change_nothing() {
    let feed = story(3, 40, 5);
    let mut world = World::new();
    world.cache.begin(&feed.page(11, 20)).expect("a page");
    let before = world.cache.digest().expect("a digest");
    let forged = |page: &[Entry]| {
        let mut page = page.to_vec();
        page[1].kind = "conversation.noted".to_owned();
        page
    };
    let page = |first, last| feed.page(first, last).entries;
    let other = contract::Epoch("k2".to_owned());
    let cases: Vec<(Result<_, ApplyError>, &str)> = vec![
        (
            world.cache.apply(&feed.epoch, &page(22, 25)),
            "entry 21 was due and 22 came",
        ),
        (
            world
                .cache
                .apply(&feed.epoch, &[page(21, 22), page(24, 25)].concat()),
            "entry 23 was due and 24 came",
        ),
        (
            world.cache.apply(&feed.epoch, &forged(&page(21, 25))),
            "entry 22 does not continue the history that is here",
        ),
        (
            world.cache.apply(&other, &page(21, 25)),
            "the entries are of another history of the feed",
        ),
        (
            world.cache.apply_older(&feed.page(5, 9)),
            "entry 10 was due and 9 came",
        ),
        (
            world.cache.apply_older(&contract::Page {
                entries: forged(&page(6, 10)),
                ..feed.page(6, 10)
            }),
            "entry 7 does not continue the history that is here",
        ),
        (
            world.cache.apply_older(&contract::Page {
                epoch: other.clone(),
                ..feed.page(6, 10)
            }),
            "the entries are of another history of the feed",
        ),
        (
            world.cache.begin(&feed.page(1, 5)),
            "the cache already follows a feed",
        ),
    ];
    for (answer, expected) in cases {
        assert_eq!(
            answer.expect_err("it does not follow").to_string(),
            expected
        );
    }
    // A page of another history that is consistent in itself: only the tail's chain tells.
    let foreign = story(4, 40, 5);
    let answer = world.cache.apply_older(&foreign.page(6, 10));
    assert!(
        matches!(answer, Err(ApplyError::ChainMismatch { seq: 10 })),
        "{answer:?}"
    );
    assert_eq!(world.cache.digest().expect("a digest"), before);
    assert_eq!(world.cache.cursor().position().to_string(), "k1.20");
}

#[test]
fn the_log_may_end_before_the_first_entry() {
    let feed = story(3, 40, 5);
    let mut world = World::new();
    world.cache.begin(&feed.page(31, 40)).expect("a page");
    let mut page = feed.page(11, 30);
    page.next_before = None;
    assert!(!world.cache.cursor().filled);
    world.cache.apply_older(&page).expect("a page");
    let cursor = world.cache.cursor();
    assert_eq!((cursor.tail, cursor.head, cursor.filled), (11, 40, true));
}

#[test]
fn an_empty_feed_is_followed_from_its_start() {
    let mut feed = Feed::default();
    let mut world = World::new();
    world.cache.begin(&feed.page(1, 0)).expect("an empty page");
    assert!(world.cache.cursor().filled);
    feed.sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    world.follow(&feed);
    assert_eq!(world.ids(View::All), [conversation(1)]);
}

#[test]
fn sales_are_told_once_and_never_for_tests_or_history() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "old", Stage::PurchaseApproved, |_| ());
    let mut world = World::of(&feed, 0);
    feed.at(1)
        .sale(conversation(2), "1", Stage::PixGenerated, |_| ());
    feed.sale(conversation(2), "1", Stage::PurchaseApproved, |event| {
        event.customer.name = Some("Rita de Teste".to_owned());
    });
    feed.sale(conversation(2), "1", Stage::PurchaseApproved, |_| ());
    feed.sale(conversation(3), "2", Stage::PurchaseApproved, |event| {
        event.is_test = true;
    });
    feed.sale(conversation(4), "3", Stage::PurchaseCompleted, |_| ());
    feed.sale(conversation(1), "old", Stage::PurchaseCompleted, |_| ());
    let applied = world.follow(&feed);
    let happened = applied.happenings.iter().map(|one| one.stage);
    assert!(happened.eq([Stage::PixGenerated, Stage::PurchaseApproved]));
    let [_, sale] = applied.happenings.as_slice() else {
        panic!("{} happenings", applied.happenings.len())
    };
    assert_eq!(
        (
            sale.conversation_id,
            sale.first_name.as_deref(),
            sale.stored_at
        ),
        (conversation(2), Some("Rita"), minute(1))
    );
    assert_eq!(applied.change.sold, [conversation(2)]);
    feed.sale(conversation(2), "1", Stage::PurchaseApproved, |_| ());
    assert_eq!(world.follow(&feed).happenings.len(), 0);
}

#[test]
fn what_happens_to_an_order_is_told_where_it_comes_to_stand_elsewhere() {
    use Stage::{
        BoletoGenerated, CartAbandoned, Chargeback, Delivered, PaymentExpired, PaymentRefused,
        PixGenerated, PurchaseApproved, RefundRequested, Refunded,
    };
    for (story, told) in [
        (vec![CartAbandoned, CartAbandoned], vec![CartAbandoned]),
        (
            vec![CartAbandoned, PixGenerated, PixGenerated, PaymentExpired],
            vec![CartAbandoned, PixGenerated, PaymentExpired],
        ),
        (
            vec![PaymentRefused, BoletoGenerated, PurchaseApproved],
            vec![PaymentRefused, BoletoGenerated, PurchaseApproved],
        ),
        // A late PIX does not un-pay, and a delivery is no sale.
        (
            vec![PurchaseApproved, PixGenerated, Delivered],
            vec![PurchaseApproved],
        ),
        (
            vec![PurchaseApproved, RefundRequested, Refunded, Chargeback],
            vec![PurchaseApproved, RefundRequested, Refunded, Chargeback],
        ),
    ] {
        for together in [false, true] {
            let mut feed = Feed::default();
            feed.sale(conversation(9), "old", CartAbandoned, |_| ());
            let mut world = World::of(&feed, 0);
            let mut happened = Vec::new();
            for (number, stage) in story.iter().enumerate() {
                feed.at(i64::try_from(number).expect("few")).sale(
                    conversation(1),
                    "1",
                    *stage,
                    |_| (),
                );
                if !together {
                    happened.extend(world.follow(&feed).happenings);
                }
            }
            happened.extend(world.follow(&feed).happenings);
            let stages: Vec<_> = happened.iter().map(|one| one.stage).collect();
            assert_eq!(stages, told, "{story:?} together: {together}");
        }
    }
}

#[test]
fn what_happens_is_told_with_who_has_the_conversation_then() {
    for (script, owner) in [
        ("", None),
        ("c1", Some(1)),
        ("c0", Some(0)),
        ("c0 r0", None),
    ] {
        let mut feed = Feed::default();
        feed.sale(conversation(1), "1", Stage::PixGenerated, |_| ());
        let mut world = World::of(&feed, 0);
        feed.sale(conversation(1), "1", Stage::PurchaseApproved, |_| ());
        for word in script.split_whitespace() {
            match word {
                "c0" => feed.claim(conversation(1), &member(0)),
                "c1" => feed.claim(conversation(1), &member(1)),
                _ => feed.release(conversation(1), &member(0)),
            };
        }
        let happenings = world.follow(&feed).happenings;
        let [sale] = happenings.as_slice() else {
            panic!("{} happenings", happenings.len())
        };
        let expected = owner.map(|owner| member(owner).id);
        assert_eq!(sale.owner, expected, "{script}");
    }
}

#[test]
fn who_holds_a_merged_conversation_follows_the_service() {
    // What happens to conversations 1 and 2, and who holds 1 in the end; a merge is of 2 into 1.
    let cases = [
        ("c2 m", Some("Bia")),
        ("c1 c2 m", Some("Ana")),
        ("c2 m r1", None),
        ("c1 r1 c2 m", Some("Bia")),
        ("c2 r2 m", None),
        ("c2 m r1 c1", Some("Ana")),
    ];
    for (script, expected) in cases {
        let mut feed = Feed::default();
        feed.sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
        feed.sale(conversation(2), "2", Stage::CartAbandoned, |_| ());
        for word in script.split(' ') {
            match word {
                "c1" => feed.claim(conversation(1), &member(0)),
                "r1" => feed.release(conversation(1), &member(0)),
                "c2" => feed.claim(conversation(2), &member(1)),
                "r2" => feed.release(conversation(2), &member(1)),
                _ => feed.merge(conversation(1), conversation(2)),
            };
        }
        let world = World::of(&feed, 0);
        let [row] = world.list(View::All).try_into().expect("one row");
        let row: Row = row;
        assert_eq!(
            (row.id, row.owner.map(|owner| owner.name).as_deref()),
            (conversation(1), expected),
            "{script}"
        );
    }
}
