//! What a team does with conversations: resolving, putting aside, labels, who has what, and what the desk shows of it at once.

use chrono::{DateTime, TimeDelta};
use contract::{Filter, Pix, Role, SnoozeUntil, kind};
use proptest::prelude::*;

use super::super::listing;
use super::*;
use crate::asking::TimelineAsked;
use crate::view::{BackReason, ConversationView, Handling, Happening, TimelineOnly};
use feed::Dice;
use feed::desk::{filter, view};

fn shown(world: &World, number: u64, overlay: &Overlay) -> ConversationView {
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

/// The pure rule, written down once more: what has not ended, by its end less twenty minutes for each doubling of the amount.
#[test]
fn what_is_due_is_right_at_every_minute() {
    let mut dice = Dice::new(5);
    let mut feed = Feed::default();
    let mut ends = Vec::new();
    for number in 0..500 {
        let until = i64::try_from(dice.below(240)).expect("small");
        let whole = i64::try_from(1 + dice.below(5_000)).expect("small");
        let (stage, told) = match dice.below(3) {
            0 => (Stage::PixGenerated, 0),
            1 => (Stage::CartAbandoned, until - 24 * 60),
            _ => (Stage::PaymentRefused, until - 24 * 60),
        };
        feed.sale(conversation(number), &number.to_string(), stage, |event| {
            event.occurred_at = feed::start() + TimeDelta::minutes(told);
            event.amount_minor = Some(whole * 100);
            event.payment.pix = (stage == Stage::PixGenerated).then(|| Pix {
                code: None,
                expires_at: Some(feed::start() + TimeDelta::minutes(until)),
            });
        });
        ends.push((conversation(number), until, whole));
    }
    let rank = |until: i64, whole: i64| {
        let worth = u32::try_from(whole + 1).expect("small");
        let power = worth.ilog2();
        let part = f64::from(worth) / f64::from(1_u32 << power) - 1.0;
        f64::from(i32::try_from(until).expect("small")) - 20.0 * (f64::from(power) + part)
    };
    let mut world = World::of(&feed, 0);
    for now in 0..=240 {
        world.sweep(now);
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = world.page(View::Due, after, 200, &nobody());
            found.extend(page.rows.iter().map(|row| row.id));
            after = page.next;
            if after.is_none() {
                assert_eq!(page.total, found.len() as u64, "minute {now}");
                break;
            }
        }
        let alive = ends.iter().filter(|(_, until, _)| now < *until);
        assert_eq!(found.len(), alive.count(), "minute {now}");
        let ranks: Vec<f64> = found
            .iter()
            .map(|id| {
                let (_, until, whole) = ends.iter().find(|(known, ..)| known == id).expect("one");
                assert!(now < *until, "minute {now}");
                rank(*until, *whole)
            })
            .collect();
        assert!(
            ranks.windows(2).all(|pair| pair[0] <= pair[1] + 1e-4),
            "minute {now}"
        );
    }
}

#[test]
fn labels_are_one_whatever_their_case_and_follow_merges() {
    let mut feed = Feed::default();
    for number in [1, 2] {
        feed.sale(
            conversation(number),
            &number.to_string(),
            Stage::CartAbandoned,
            |_| (),
        );
    }
    let ana = member(0);
    feed.label(conversation(1), &ana, &["VIP", "Atacado"], &[]);
    feed.label(conversation(2), &ana, &["vip", "troca"], &[]);
    feed.label(conversation(1), &ana, &[], &["atacado"]);
    let mut world = World::of(&feed, 0);
    let labels = |world: &World, number: u64| shown(world, number, &nobody()).labels;
    assert_eq!(labels(&world, 1), ["VIP"]);
    assert_eq!(labels(&world, 2), ["troca", "VIP"]);
    feed.label(conversation(2), &ana, &[], &["Vip"]);
    feed.merge(conversation(1), conversation(2));
    world.follow(&feed);
    assert_eq!(
        labels(&world, 1),
        ["troca"],
        "the newest told of any of them"
    );
    let values = world.cache.views().filter_values().expect("values");
    assert_eq!(values.labels, ["troca"]);
    feed.unmerge(conversation(1), conversation(2), &ana);
    world.follow(&feed);
    assert_eq!(
        (labels(&world, 1), labels(&world, 2)),
        (vec!["VIP".to_owned()], vec!["troca".to_owned()])
    );
}

#[test]
fn the_team_and_its_templates_are_those_of_the_newest_entries() {
    let mut feed = Feed::default();
    feed.join(&member(1), Role::Lead);
    feed.join(&member(2), Role::Agent);
    feed.leave(&member(2));
    feed.save_template("oi", "Oi!").save_template("oi", "Olá!");
    feed.save_template("tchau", "Tchau!")
        .remove_template("tchau");
    let world = World::of(&feed, 0);
    let views = world.cache.views();
    let members = views.members(member(0).id).expect("members");
    let named: Vec<_> = members
        .iter()
        .map(|one| (one.name.as_str(), one.role))
        .collect();
    assert_eq!(named, [("Bia", Role::Lead)]);
    let templates = views.templates().expect("templates");
    assert_eq!(templates.len(), 1);
    assert!(
        templates[0].key == "oi" && templates[0].body.contains("Olá!"),
        "{templates:?}"
    );
    assert_eq!(
        (templates[0].locale.as_str(), templates[0].by.as_ref()),
        ("pt-BR", Some(&member(1)))
    );
}

#[test]
fn a_timeline_narrows_to_a_kind_and_reaches_a_moment() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    let ana = member(0);
    for number in 0..120 {
        feed.at(number)
            .note(conversation(1), &ana, &format!("nota {number}"));
        feed.receive(conversation(1), &ana, "oi");
        feed.label(conversation(1), &ana, &["VIP"], &[]);
    }
    let world = World::of(&feed, 200);
    let asked = |only, at| TimelineAsked {
        id: conversation(1),
        before: None,
        at,
        only,
    };
    let read = |asked: &TimelineAsked| {
        let views = world.cache.views();
        views.timeline(asked, &nobody()).expect("a page")
    };
    let mut notes = Vec::new();
    let mut next = asked(Some(TimelineOnly::Notes), None);
    loop {
        let page = read(&next);
        notes = [page.items, notes].concat();
        next.before = page.older;
        if next.before.is_none() {
            break;
        }
    }
    assert_eq!(notes.len(), 120);
    assert!(
        notes
            .iter()
            .all(|item| matches!(item.what, Happening::Note { .. }))
    );
    for (only, count) in [
        (TimelineOnly::Purchases, 1),
        (TimelineOnly::Messages, 50),
        (TimelineOnly::Handling, 50),
    ] {
        assert_eq!(
            read(&asked(Some(only), None)).items.len(),
            count,
            "{only:?}"
        );
    }
    let then = read(&asked(None, Some(minute(60))));
    assert_eq!(then.items.last().map(|item| item.at), Some(minute(60)));
    assert_eq!((then.items.len(), then.older.is_some()), (50, true));
}

#[test]
fn pending_actions_are_shown_at_once_everywhere() {
    let mut feed = Feed::default();
    for number in 1..=3 {
        feed.sale(
            conversation(number),
            &number.to_string(),
            Stage::CartAbandoned,
            |_| (),
        );
    }
    feed.join(&member(1), Role::Agent);
    let world = World::of(&feed, 1);
    let one = conversation(1);
    let at = |minutes: i64| DateTime::from_timestamp_millis(minute(minutes)).expect("a time");
    let until = SnoozeUntil::Time { at: at(60) };
    let aside = pending(one, Action::Snooze { until });
    assert_eq!(world.count(View::Due, &aside), 2);
    assert_eq!(
        world.page(View::Snoozed, None, 9, &aside).rows[0].snoozed_until,
        Some(minute(60))
    );
    assert!(matches!(
        shown(&world, 1, &aside).handling,
        Handling::Snoozed {
            pending: true,
            by_me: true,
            ..
        }
    ));

    let done = pending(one, Action::Resolve {});
    assert_eq!(
        (
            world.count(View::Resolved, &done),
            world.count(View::Unassigned, &done)
        ),
        (1, 2)
    );
    assert!(matches!(
        shown(&world, 1, &done).handling,
        Handling::Resolved { pending: true, .. }
    ));

    let given = pending(one, Action::Assign { to: member(1).id });
    let owner = shown(&world, 1, &given).owner.expect("an owner");
    assert_eq!(
        (owner.name.as_str(), owner.is_me, owner.pending),
        ("Bia", false, true)
    );

    let add = vec!["VIP".to_owned()];
    let labelled = pending(
        one,
        Action::Label {
            add,
            remove: Vec::new(),
        },
    );
    assert_eq!(shown(&world, 1, &labelled).labels, ["VIP"]);
    let row = &world.page(View::All, None, 9, &labelled).rows[0];
    assert_eq!(
        (row.id, row.labels.as_slice()),
        (one, ["VIP".to_owned()].as_slice())
    );
}

fn action(dice: &mut Dice) -> Action {
    let at = DateTime::from_timestamp_millis(minute(2_000)).expect("a time");
    match dice.below(11) {
        0 => Action::Claim {},
        1 => Action::Release {},
        2 => Action::Assign { to: member(1).id },
        3 => Action::Resolve {},
        4 => Action::Reopen {},
        5 => Action::Snooze {
            until: SnoozeUntil::Time { at },
        },
        6 => Action::Wake {},
        7 => Action::Label {
            add: vec!["Vip".to_owned()],
            remove: Vec::new(),
        },
        8 => Action::Label {
            add: Vec::new(),
            remove: vec!["VIP".to_owned()],
        },
        9 => Action::Note {
            text: "ligar".to_owned(),
            mentions: Vec::new(),
        },
        _ => Action::Receive {
            channel: contract::Channel::Email,
            text: String::new(),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is listed, saved, narrowed or pending: what is counted is what is there, once each, and is read again the same.
    #[test]
    fn counts_are_the_lists_lengths(seed in any::<u64>(), swept in 0_i64..3_000) {
        let feed = feed::story(seed, 90, 6);
        let mut dice = Dice::new(seed ^ 7);
        let mut world = World::of(&feed, swept);
        for number in [5, 6] {
            let own = crate::view::SavedView {
                id: view(number),
                name: "Minha".to_owned(),
                filter: filter(&mut dice),
                team: false,
                by: None,
            };
            world.cache.put_view(&own).expect("a view");
        }
        world.index();
        let acts = (0..dice.below(6)).map(|number| Pending {
            id: CommandId::new(number, [9; 10]),
            conversation_id: conversation(dice.below(6)),
            made_at: minute(swept),
            action: action(&mut dice),
        });
        let overlay = Overlay { me: member(0), pending: acts.collect() };
        let views = world.cache.views();
        let counters = views.counters(&overlay).expect("counters");
        let built_in = counters.views.iter().map(|count| (count.view, None, count.count));
        let saved = counters.saved.iter().map(|count| (View::All, Some(count.id), count.count));
        prop_assert!(counters.saved.iter().all(|count| !count.filling));
        prop_assert_eq!(counters.views.len(), listing::VIEWS.len());
        for (view, saved, count) in built_in.chain(saved).collect::<Vec<_>>() {
            let filters = [Filter::default(), filter(&mut dice)];
            for filter in filters {
                let is_plain = filter.is_empty();
                let mut asked = PageAsked { view, saved, filter, after: None, limit: 2 };
                let mut rows: Vec<Row> = Vec::new();
                loop {
                    let page = views.list_page(&asked, &overlay).expect("a page");
                    rows.extend(page.rows);
                    asked.after = page.next;
                    if asked.after.is_none() {
                        prop_assert_eq!(page.total, rows.len() as u64, "{:?}", asked);
                        break;
                    }
                }
                prop_assert!(!is_plain || count == rows.len() as u64, "{:?}", asked);
                let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
                let mut once = ids.clone();
                once.sort_unstable();
                once.dedup();
                prop_assert_eq!(once.len(), ids.len());
                let again = views.rows_of(view, saved, &asked.filter, &ids, &overlay).expect("rows");
                prop_assert_eq!(again, rows);
            }
        }
        // A saved view lists what its filter leaves of all there is.
        for view in views.saved().expect("views") {
            let ids = |saved, filter| {
                let asked = PageAsked { view: View::All, saved, filter, after: None, limit: 200 };
                let page = views.list_page(&asked, &overlay).expect("a page");
                page.rows.iter().map(|row| row.id).collect::<Vec<_>>()
            };
            prop_assert_eq!(ids(Some(view.id), Filter::default()), ids(None, view.filter.clone()), "{:?}", view);
        }
    }
}

#[test]
fn saved_views_fill_in_steps_follow_time_and_go() {
    let mut feed = Feed::default();
    for number in 0..30 {
        feed.sale(
            conversation(number),
            &number.to_string(),
            Stage::PixGenerated,
            |event| {
                event.payment.pix = Some(Pix {
                    code: None,
                    expires_at: Some(event.occurred_at + TimeDelta::minutes(60)),
                });
            },
        );
    }
    let mut world = World::of(&feed, 0);
    let within = |minutes| Filter {
        ends_within: Some(minutes),
        ..Filter::default()
    };
    feed.save_view(1, within(30));
    assert!(world.follow(&feed).change.views);
    let saved = |world: &World| {
        world
            .cache
            .views()
            .counters(&nobody())
            .expect("counts")
            .saved
    };
    assert!(saved(&world)[0].filling);
    assert!(world.cache.settle(10).expect("a step").more);
    assert!(saved(&world)[0].filling);
    world.index();
    assert_eq!(
        (saved(&world)[0].filling, saved(&world)[0].count),
        (false, 0)
    );
    for (minutes, count) in [(29, 0), (30, 30), (59, 30), (60, 0), (45, 30)] {
        world.sweep(minutes);
        assert_eq!(saved(&world)[0].count, count, "minute {minutes}");
    }
    feed.save_view(1, within(5));
    world.follow(&feed);
    world.index();
    assert_eq!(saved(&world)[0].count, 0, "changed");
    let World { folder, cache } = world;
    cache.close().expect("closed in good order");
    let Opened { cache, refill } = open(&folder);
    assert_eq!(refill, None);
    let mut world = World { folder, cache };
    feed.remove_view(1);
    world.follow(&feed);
    world.index();
    assert_eq!(saved(&world), []);
    let left: i64 = world
        .cache
        .db
        .query_row(
            "SELECT count(*) FROM listing WHERE view >= 100",
            (),
            |row| row.get(0),
        )
        .expect("a count");
    assert_eq!(left, 0);
    let asked = PageAsked {
        view: View::All,
        saved: Some(view(1)),
        filter: Filter::default(),
        after: None,
        limit: 10,
    };
    let page = world
        .cache
        .views()
        .list_page(&asked, &nobody())
        .expect("a page");
    assert_eq!(
        (page.rows.len(), page.total),
        (0, 0),
        "a view that is gone is empty"
    );
}
