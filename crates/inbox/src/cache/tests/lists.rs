use chrono::TimeDelta;
use contract::{Customer, Event, Pix};

use super::*;
use crate::view::DeadlineKind;

fn pix(minutes: i64) -> impl FnOnce(&mut Event) {
    move |event| {
        event.payment.pix = Some(Pix {
            code: None,
            expires_at: Some(event.occurred_at + TimeDelta::minutes(minutes)),
        });
    }
}

fn named(name: &str) -> impl FnOnce(&mut Event) {
    let name = Some(name.to_owned());
    move |event| event.customer.name = name
}

#[test]
fn each_stage_stands_where_agents_look_for_it() {
    use View::{All, Approved, Boleto, Cart, Chargeback, Due, Pix, Refund, Refused, Unassigned};
    let cases: &[(&[Stage], &[View])] = &[
        (&[Stage::CartAbandoned], &[Due, Unassigned, All, Cart]),
        (&[Stage::PixGenerated], &[Due, Unassigned, All, Pix]),
        (&[Stage::BoletoGenerated], &[Due, Unassigned, All, Boleto]),
        (&[Stage::PaymentRefused], &[Due, Unassigned, All, Refused]),
        (&[Stage::InAnalysis], &[All]),
        (&[Stage::PurchaseApproved], &[All, Approved]),
        (
            &[Stage::PurchaseApproved, Stage::PixGenerated],
            &[All, Approved],
        ),
        (&[Stage::PaymentExpired], &[All]),
        (&[Stage::RefundRequested], &[Unassigned, All, Refund]),
        (&[Stage::PurchaseApproved, Stage::Refunded], &[All, Refund]),
        (&[Stage::Chargeback], &[Due, Unassigned, All, Chargeback]),
        (
            &[Stage::Refunded, Stage::Chargeback],
            &[Due, Unassigned, All, Refund, Chargeback],
        ),
        (
            &[Stage::Chargeback, Stage::ChargebackReversed],
            &[All, Approved],
        ),
    ];
    for (stages, expected) in cases {
        let mut feed = Feed::default();
        for (at, stage) in stages.iter().enumerate() {
            let minutes = i64::try_from(at).expect("small");
            feed.at(minutes).sale(conversation(1), "1", *stage, |_| ());
        }
        let world = World::of(&feed, 10);
        let found: Vec<View> = super::super::listing::VIEWS
            .into_iter()
            .filter(|view| !world.list(*view).is_empty())
            .collect();
        assert_eq!(found, *expected, "{stages:?}");
    }
}

#[test]
fn money_and_time_left_order_what_is_due_and_time_empties_it() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::PixGenerated, pix(60));
    feed.sale(conversation(2), "2", Stage::PixGenerated, pix(30));
    feed.sale(conversation(3), "3", Stage::PixGenerated, |event| {
        pix(60)(event);
        event.amount_minor = Some(1_999_700);
    });
    feed.sale(conversation(4), "4", Stage::CartAbandoned, |_| ());
    let mut world = World::of(&feed, 0);
    let order = |numbers: &[u64]| {
        numbers
            .iter()
            .map(|number| conversation(*number))
            .collect::<Vec<_>>()
    };
    assert_eq!(world.ids(View::Due), order(&[3, 2, 1, 4]));

    world.sweep(29);
    assert_eq!(world.ids(View::Due), order(&[3, 2, 1, 4]));
    world.sweep(30);
    assert_eq!(world.ids(View::Due), order(&[3, 1, 4]));
    world.sweep(24 * 60);
    assert_eq!(world.ids(View::Due), order(&[]));
    assert_eq!(
        (world.list(View::Pix).len(), world.list(View::Cart).len()),
        (3, 1)
    );
    world.sweep(25 * 60);
    assert_eq!(world.list(View::Pix).len(), 0);

    // A clock that was wrong and is put right brings everything back.
    world.sweep(10);
    assert_eq!(world.ids(View::Due), order(&[3, 2, 1, 4]));
    assert_eq!(world.count(View::Pix, &nobody()), 3);
}

#[test]
fn a_sweep_does_a_bounded_part_and_says_that_there_is_more() {
    let mut feed = Feed::default();
    for number in 0..1_200 {
        feed.sale(
            conversation(number),
            &number.to_string(),
            Stage::PixGenerated,
            pix(5 + i64::try_from(number).expect("small") / 100),
        );
    }
    let mut world = World::of(&feed, 0);
    assert_eq!(world.count(View::Due, &nobody()), 1_200);
    let swept = world.cache.sweep(minute(60)).expect("a sweep");
    assert!(
        swept.more && swept.change.everything && swept.change.counters,
        "{swept:?}"
    );
    let left = world.count(View::Due, &nobody());
    assert!((600..=700).contains(&left), "{left}");
    world.sweep(60);
    world.index();
    assert_eq!(world.count(View::Due, &nobody()), 0);
    let back = world.cache.sweep(minute(0)).expect("a sweep");
    assert!(back.more, "{back:?}");
    world.sweep(0);
    world.index();
    assert_eq!(world.count(View::Due, &nobody()), 1_200);
}

#[test]
fn pages_follow_each_other_without_gap_or_twin() {
    let mut feed = Feed::default();
    for number in 0..130 {
        // Many at the same minute, so that the key has to break ties.
        feed.at(i64::try_from(number).expect("small") / 10).sale(
            conversation(number),
            &number.to_string(),
            Stage::InAnalysis,
            |_| (),
        );
    }
    let world = World::of(&feed, 0);
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = world.page(View::All, after, 7, &nobody());
        assert_eq!(page.total, 130);
        seen.extend(page.rows.iter().map(|row| row.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, world.ids(View::All));
    assert_eq!(seen.len(), 130);
    assert!(
        world
            .list(View::All)
            .is_sorted_by_key(|row| std::cmp::Reverse(row.last_at))
    );
    // A cursor of another list or of nothing reads as the start.
    assert_eq!(
        world
            .page(View::All, Some("x".to_owned()), 1, &nobody())
            .rows
            .len(),
        1
    );
}

#[test]
fn a_row_says_who_what_how_much_and_by_when() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::PixGenerated, |event| {
        pix(30)(event);
        named("Rita de Teste")(event);
        event.items.push(contract::Item {
            name: "Bônus".to_owned(),
            ..contract::Item::default()
        });
    });
    feed.at(3).claim(conversation(1), &member(1));
    let world = World::of(&feed, 5);
    let rows = world.list(View::Due);
    insta::assert_json_snapshot!(rows);
    let ids = [conversation(1), conversation(8)];
    let views = world.cache.views();
    assert_eq!(views.rows(View::Due, &ids, &nobody()).expect("rows"), rows);
    assert_eq!(views.rows(View::Cart, &ids, &nobody()).expect("rows"), []);
}

#[test]
fn nobody_is_named_in_full_unless_by_name() {
    let cases = [
        (
            Customer {
                name: Some("Rita".to_owned()),
                ..Customer::default()
            },
            Some("Rita"),
        ),
        (
            Customer {
                email: Some("rita@example.com".to_owned()),
                ..Customer::default()
            },
            Some("r•••@example.com"),
        ),
        (
            Customer {
                phone: Some("+5547999990000".to_owned()),
                ..Customer::default()
            },
            Some("+55 47 9••••-0000"),
        ),
        (Customer::default(), None),
    ];
    for (customer, expected) in cases {
        let mut feed = Feed::default();
        feed.sale(conversation(1), "1", Stage::CartAbandoned, |event| {
            event.customer = customer;
        });
        let world = World::of(&feed, 0);
        assert_eq!(world.list(View::All)[0].name.as_deref(), expected);
    }
}

#[test]
fn a_window_of_ours_is_not_shown_once_it_is_over() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    feed.sale(conversation(2), "2", Stage::PixGenerated, pix(30));
    let world = World::of(&feed, 24 * 60 + 1);
    assert_eq!(world.list(View::Cart)[0].deadline, None);
    let ended = world.list(View::Pix)[0]
        .deadline
        .expect("a charge's end is shown");
    assert_eq!((ended.kind, ended.at), (DeadlineKind::Pix, minute(30)));
}

#[test]
fn a_purchase_of_the_same_thing_ends_the_chase() {
    let cases = [
        // (what the later sale is of, whether the first is chased still)
        ("Curso de Violão", false),
        ("Outra coisa", true),
    ];
    for (product, chased) in cases {
        let mut feed = Feed::default();
        feed.sale(conversation(1), "1", Stage::PixGenerated, pix(60));
        feed.at(5)
            .sale(conversation(1), "2", Stage::PurchaseApproved, |event| {
                event.items[0].name = product.to_owned();
            });
        let world = World::of(&feed, 6);
        assert_eq!(
            world.list(View::Due).len(),
            usize::from(chased),
            "{product}"
        );
        assert_eq!(
            world.list(View::Pix).len(),
            usize::from(chased),
            "{product}"
        );
        assert_eq!(world.list(View::Approved).len(), 1);
        let views = world.cache.views();
        let shown = views.conversation(conversation(1), minute(6), &nobody());
        let orders = shown.expect("a read").expect("a conversation").orders;
        let card = orders.iter().find(|card| card.order_key == "kiwify:1");
        let paid_by = card.expect("the first order").paid_by.clone();
        let expected = (!chased).then(|| ("2".to_owned(), minute(5)));
        assert_eq!(paid_by.map(|by| (by.reference, by.at)), expected);
        let judged = views.order(conversation(1), "kiwify:1");
        let (_, paid_by) = judged.expect("a read").expect("an order");
        assert_eq!(paid_by.is_none(), chased, "{product}");
    }
}

#[test]
fn a_person_of_many_orders_is_judged_once_a_batch() {
    let mut feed = Feed::default();
    for number in 0..3_000 {
        let stage = if number % 3 == 0 {
            Stage::PurchaseApproved
        } else {
            Stage::PixGenerated
        };
        feed.sale(conversation(1), &number.to_string(), stage, |event| {
            event.items[0].name = format!("Produto {number}");
            pix(60)(event);
        });
    }
    let world = World::of(&feed, 0);
    assert_eq!(world.list(View::Due).len(), 1);
    let views = world.cache.views();
    let shown = views.conversation(conversation(1), minute(1), &nobody());
    let shown = shown.expect("a read").expect("a conversation");
    assert_eq!((shown.orders.len(), shown.person.purchases), (30, 1_000));
}

#[test]
fn tests_are_shown_and_never_count_as_work() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::PixGenerated, |event| {
        pix(60)(event);
        event.is_test = true;
    });
    let world = World::of(&feed, 1);
    assert_eq!(
        (world.list(View::Due), world.list(View::Unassigned)),
        (vec![], vec![])
    );
    assert!(world.list(View::Pix)[0].is_test && world.list(View::All)[0].is_test);
}

#[test]
fn claims_move_conversations_and_pending_ones_do_so_at_once() {
    let mut feed = Feed::default();
    for number in 1..=3 {
        feed.sale(
            conversation(number),
            &number.to_string(),
            Stage::PixGenerated,
            pix(60),
        );
    }
    feed.claim(conversation(1), &member(0))
        .claim(conversation(2), &member(1));
    let mut world = World::of(&feed, 1);
    assert_eq!(world.ids(View::Mine), [conversation(1)]);
    assert_eq!(world.ids(View::Unassigned), [conversation(3)]);
    let owner = |world: &World, number: u64, overlay: &Overlay| {
        let rows = world
            .cache
            .views()
            .rows(View::All, &[conversation(number)], overlay);
        let owner = rows.expect("rows").remove(0).owner;
        owner.map(|owner| (owner.name, owner.is_me, owner.pending))
    };
    assert_eq!(
        owner(&world, 2, &nobody()),
        Some(("Bia".to_owned(), false, false))
    );

    let taken = pending(conversation(3), Action::Claim {});
    assert_eq!(
        owner(&world, 3, &taken),
        Some(("Ana".to_owned(), true, true))
    );
    let mine = world.page(View::Mine, None, 50, &taken);
    assert_eq!(
        mine.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        [conversation(3), conversation(1)]
    );
    assert_eq!((mine.total, world.count(View::Unassigned, &taken)), (2, 0));
    assert_eq!(world.page(View::Unassigned, None, 50, &taken).rows, []);
    assert_eq!(
        world
            .cache
            .views()
            .rows(View::Mine, &[conversation(3)], &taken)
            .expect("rows")
            .len(),
        1
    );

    let given = pending(conversation(1), Action::Release {});
    assert_eq!(world.page(View::Mine, None, 50, &given).rows, []);
    assert_eq!(
        (world.count(View::Mine, &given), owner(&world, 1, &given)),
        (0, None)
    );

    feed.release(conversation(1), &member(0))
        .claim(conversation(3), &member(0));
    let applied = world.follow(&feed);
    assert_eq!(applied.confirmed.len(), 2);
    assert!(
        !applied.change.counters,
        "one out and one in leaves every count as it was"
    );
    assert_eq!(world.ids(View::Mine), [conversation(3)]);
    assert_eq!(
        owner(&world, 3, &taken),
        Some(("Ana".to_owned(), true, false)),
        "confirmed before the outbox knew"
    );
    assert_eq!(world.count(View::Mine, &taken), 1);
}

#[test]
fn what_others_did_is_unread_until_looked_at() {
    let mut feed = Feed::default();
    feed.at(1)
        .sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    let mut world = World::of(&feed, 1);
    let unread = |world: &World| world.list(View::All)[0].unread;
    assert!(unread(&world));
    let mark = world.cache.mark_read(conversation(1)).expect("a mark");
    assert_eq!(
        mark,
        [ReadMark {
            conversation_id: conversation(1),
            at: minute(1)
        }]
    );
    assert!(!unread(&world));
    assert_eq!(world.cache.mark_read(conversation(1)).expect("no mark"), []);
    assert_eq!(world.cache.mark_read(conversation(9)).expect("no mark"), []);

    feed.at(2).note(conversation(1), &member(0), "minha");
    world.follow(&feed);
    assert!(!unread(&world), "one's own note is not news");
    // Told late of something that happened before the mark: still news.
    feed.at(3)
        .sale(conversation(1), "1", Stage::PixGenerated, |event| {
            event.occurred_at -= TimeDelta::minutes(30);
        });
    world.follow(&feed);
    assert!(unread(&world));
}

#[test]
fn read_marks_survive_a_refill_even_before_their_conversations() {
    let mut feed = Feed::default();
    feed.at(1)
        .sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    feed.at(2)
        .sale(conversation(2), "2", Stage::CartAbandoned, |_| ());
    let mut world = World::new();
    let mark = |number, minutes| ReadMark {
        conversation_id: conversation(number),
        at: minute(minutes),
    };
    world
        .cache
        .replay_read(&[mark(1, 1), mark(2, 1), mark(7, 1)])
        .expect("marks");
    assert_eq!(world.list(View::All), []);
    world.begin(&feed);
    let unread: Vec<bool> = world.list(View::All).iter().map(|row| row.unread).collect();
    assert_eq!(unread, [true, false]);
}

#[test]
fn what_was_there_before_the_member_came_is_read() {
    let mut feed = Feed::default();
    feed.at(1)
        .sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    feed.at(9)
        .sale(conversation(2), "2", Stage::CartAbandoned, |_| ());
    let folder = TempDir::new().expect("a folder");
    let since = Holder {
        read_until: minute(5),
        ..holder()
    };
    let mut cache = Cache::open(&path(&folder), since, minute(0))
        .expect("a cache")
        .cache;
    cache.begin(&feed.page(1, 2)).expect("a page");
    let asked = PageAsked {
        saved: None,
        filter: contract::Filter::default(),
        view: View::All,
        after: None,
        limit: 10,
    };
    let rows = cache
        .views()
        .list_page(&asked, &nobody())
        .expect("rows")
        .rows;
    assert_eq!(
        rows.iter().map(|row| row.unread).collect::<Vec<_>>(),
        [true, false]
    );
}
