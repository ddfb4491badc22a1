//! How the work on a conversation stands: resolving, putting aside, coming back.

use chrono::TimeDelta;
use contract::{Pix, SnoozeUntil, kind};

use super::*;
use crate::view::{BackReason, ConversationView, Handling};

pub(super) fn shown(world: &World, number: u64, overlay: &Overlay) -> ConversationView {
    let views = world.cache.views();
    let shown = views.conversation(conversation(number), minute(600), overlay);
    shown.expect("a read").expect("a conversation")
}

/// Tells one thing of conversation 1, as a word says it.
fn tell(feed: &mut Feed, minutes: i64, words: &str) {
    let (cnv, ana) = (conversation(1), member(0));
    feed.at(minutes);
    let told: Vec<&str> = words.split(' ').collect();
    let stage = |word: &str| match word {
        "cart" => Some(Stage::CartAbandoned),
        "pix" => Some(Stage::PixGenerated),
        "paid" => Some(Stage::PurchaseApproved),
        "refused" => Some(Stage::PaymentRefused),
        "expired" => Some(Stage::PaymentExpired),
        "dispute" => Some(Stage::Chargeback),
        "shipped" => Some(Stage::Fulfilled),
        _ => None,
    };
    let key = |order: &str| format!("kiwify:{order}");
    match *told.as_slice() {
        ["snooze", "until", at] => {
            let at = feed::start() + TimeDelta::minutes(at.parse().expect("minutes"));
            feed.snooze(cnv, &ana, SnoozeUntil::Time { at })
        }
        ["snooze", "paid", order] => {
            let order_key = key(order);
            feed.snooze(cnv, &ana, SnoozeUntil::Paid { order_key })
        }
        ["snooze", "expired", order] => {
            let order_key = key(order);
            feed.snooze(cnv, &ana, SnoozeUntil::Expired { order_key })
        }
        ["snooze", "reply"] => feed.snooze(cnv, &ana, SnoozeUntil::Reply {}),
        ["resolve"] => feed.done(cnv, kind::RESOLVED, &ana),
        ["reopen"] => feed.done(cnv, kind::REOPENED, &ana),
        ["wake"] => feed.done(cnv, kind::WOKEN, &ana),
        ["note"] => feed.note(cnv, &ana, "ligar"),
        ["claim"] => feed.claim(cnv, &member(1)),
        ["reply"] => feed.receive(cnv, &ana, "ainda quero"),
        ["test", order] => feed.sale(cnv, order, Stage::PixGenerated, |event| {
            event.is_test = true;
        }),
        [word, order] => feed.sale(cnv, order, stage(word).expect(word), |event| {
            event.items[0].name = format!("Curso {order}");
            if event.stage == Stage::PixGenerated {
                event.payment.pix = Some(Pix {
                    code: None,
                    expires_at: Some(event.occurred_at + TimeDelta::minutes(30)),
                });
            }
        }),
        _ => panic!("{words}"),
    };
}

fn said(handling: &Handling) -> String {
    match handling {
        Handling::Open => "open".to_owned(),
        Handling::Snoozed { .. } => "snoozed".to_owned(),
        Handling::Resolved { .. } => "resolved".to_owned(),
        Handling::Back { reason, .. } => format!("back {reason:?}").to_lowercase(),
    }
}

#[test]
fn the_work_on_a_conversation_stands_as_the_newest_told_says() {
    // (what is told at which minute, how it stands at which minute)
    type Case = (
        &'static [(i64, &'static str)],
        &'static [(i64, &'static str)],
    );
    let cases: &[Case] = &[
        (&[(0, "pix a"), (1, "resolve")], &[(2, "resolved")]),
        (
            &[(0, "pix a"), (1, "resolve"), (2, "reopen")],
            &[(3, "open")],
        ),
        (
            &[(0, "pix a"), (1, "resolve"), (2, "cart b")],
            &[(3, "open")],
        ),
        (
            &[(0, "pix a"), (1, "resolve"), (2, "reply")],
            &[(3, "open")],
        ),
        (
            &[(0, "pix a"), (1, "resolve"), (2, "paid a")],
            &[(3, "resolved")],
        ),
        (
            &[(0, "pix a"), (1, "resolve"), (2, "test t")],
            &[(3, "resolved")],
        ),
        (
            &[(0, "pix a"), (1, "resolve"), (2, "note")],
            &[(3, "resolved")],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60")],
            &[
                (2, "snoozed"),
                (59, "snoozed"),
                (60, "back time"),
                (5, "snoozed"),
            ],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60"), (61, "note")],
            &[(62, "open"), (30, "snoozed")],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60"), (30, "note")],
            &[(31, "snoozed"), (61, "back time")],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60"), (2, "wake")],
            &[(3, "open"), (61, "open")],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60"), (2, "resolve")],
            &[(3, "resolved"), (61, "resolved")],
        ),
        (
            &[(0, "pix a"), (1, "resolve"), (2, "snooze until 60")],
            &[(3, "snoozed"), (61, "back time")],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60"), (5, "pix a")],
            &[(6, "snoozed")],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60"), (5, "cart b")],
            &[(6, "back news"), (61, "back news")],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60"), (5, "refused a")],
            &[(6, "back news")],
        ),
        (
            &[(0, "paid a"), (1, "snooze until 60"), (5, "dispute a")],
            &[(6, "back news")],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60"), (5, "reply")],
            &[(6, "back replied")],
        ),
        (
            &[(0, "pix a"), (1, "snooze until 60"), (5, "test t")],
            &[(6, "snoozed")],
        ),
        (
            &[(0, "pix a"), (1, "snooze paid a"), (5, "paid a")],
            &[(6, "back paid")],
        ),
        (
            &[
                (0, "pix a"),
                (1, "snooze paid a"),
                (5, "paid a"),
                (6, "claim"),
            ],
            &[(7, "open")],
        ),
        (
            &[(0, "pix a"), (1, "paid a"), (2, "snooze paid a")],
            &[(3, "back paid")],
        ),
        (
            &[(0, "pix a"), (1, "snooze paid a"), (5, "pix b")],
            &[(6, "back news")],
        ),
        (
            &[(0, "pix a"), (1, "snooze expired a")],
            &[(29, "snoozed"), (30, "back expired")],
        ),
        (
            &[(0, "pix a"), (1, "snooze expired a"), (5, "expired a")],
            &[(6, "back expired")],
        ),
        (
            &[(0, "pix a"), (1, "snooze expired a"), (5, "paid a")],
            &[(6, "back paid"), (40, "back paid")],
        ),
        (
            &[(0, "pix a"), (1, "snooze expired a"), (35, "expired a")],
            &[(31, "back expired"), (36, "back expired")],
        ),
        (
            &[(0, "pix a"), (1, "snooze expired a"), (35, "paid a")],
            &[(36, "back paid")],
        ),
        (
            &[
                (0, "pix a"),
                (1, "snooze expired a"),
                (31, "note"),
                (35, "expired a"),
            ],
            &[(34, "open"), (36, "open")],
        ),
        (
            &[
                (0, "pix a"),
                (1, "snooze expired a"),
                (31, "claim"),
                (35, "paid a"),
            ],
            &[(36, "open")],
        ),
        (
            &[
                (0, "pix a"),
                (1, "snooze expired a"),
                (20, "expired a"),
                (21, "note"),
            ],
            &[(22, "open"), (31, "open")],
        ),
        (
            &[(0, "pix a"), (1, "snooze reply"), (5, "shipped a")],
            &[(6, "back replied")],
        ),
        (
            &[
                (0, "pix a"),
                (1, "snooze until 60"),
                (5, "cart b"),
                (6, "note"),
                (7, "cart c"),
            ],
            &[(8, "open"), (61, "open")],
        ),
    ];
    for (story, expected) in cases {
        let mut feed = Feed::default();
        for (minutes, words) in *story {
            tell(&mut feed, *minutes, words);
        }
        let mut backwards = World::new();
        let last = feed.head();
        backwards
            .cache
            .begin(&feed.page(last, last))
            .expect("the newest");
        for seq in (1..last).rev() {
            let page = feed.page(seq, seq);
            backwards.cache.apply_older(&page).expect("an older one");
        }
        backwards.index();
        for mut world in [World::of(&feed, 0), backwards] {
            for (minutes, expected) in *expected {
                world.sweep(*minutes);
                let found = shown(&world, 1, &nobody()).handling;
                assert_eq!(said(&found), *expected, "{story:?} at {minutes}");
                check_views(&world, &found);
            }
        }
    }
}

/// A conversation is in the lists of its state, and in no list of work while it is put aside or resolved.
fn check_views(world: &World, handling: &Handling) {
    let has = |view: View| !world.list(view).is_empty();
    let is_work = matches!(handling, Handling::Open | Handling::Back { .. });
    assert!(has(View::All));
    assert_eq!(
        has(View::Snoozed),
        matches!(handling, Handling::Snoozed { .. })
    );
    assert_eq!(
        has(View::Resolved),
        matches!(handling, Handling::Resolved { .. })
    );
    for view in [
        View::Due,
        View::Mine,
        View::Unassigned,
        View::Pix,
        View::Cart,
    ] {
        assert!(is_work || !has(view), "{view:?} {handling:?}");
    }
    if let Handling::Back { reason, at } = handling {
        let row = world.list(View::Due).remove(0);
        assert_eq!(row.back, Some(*reason));
        assert!(row.deadline.is_some() && *at >= minute(1));
    }
}

#[test]
fn one_that_is_back_leads_what_is_due() {
    let mut feed = Feed::default();
    tell(&mut feed, 0, "paid a");
    tell(&mut feed, 1, "snooze until 20");
    feed.at(2)
        .sale(conversation(2), "b", Stage::PixGenerated, |event| {
            event.payment.pix = Some(Pix {
                code: None,
                expires_at: Some(event.occurred_at + TimeDelta::minutes(30)),
            });
        });
    let mut world = World::of(&feed, 10);
    assert_eq!(world.ids(View::Due), [conversation(2)]);
    let aside = world.list(View::Snoozed).remove(0);
    assert_eq!(aside.snoozed_until, Some(minute(20)));
    world.sweep(20);
    assert_eq!(world.ids(View::Due), [conversation(1), conversation(2)]);
    assert_eq!(world.list(View::Due)[0].back, Some(BackReason::Time));
}

#[test]
fn an_answer_opens_the_time_for_a_word_again() {
    let mut feed = Feed::default();
    tell(&mut feed, 0, "cart a");
    tell(&mut feed, 23 * 60, "reply");
    let mut world = World::of(&feed, 25 * 60);
    let ends = world.list(View::Due)[0].deadline.expect("a window");
    assert_eq!((ends.from, ends.at), (minute(23 * 60), minute(47 * 60)));
    world.sweep(47 * 60);
    assert_eq!(world.list(View::Due), []);
}
