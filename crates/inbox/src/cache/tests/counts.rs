//! What is counted is what is listed: by the minute, pending actions laid over, saved views, lists narrowed.

use chrono::{DateTime, TimeDelta};
use contract::{Filter, Pix, Role, SnoozeUntil};
use proptest::prelude::*;

use super::super::listing;
use super::desk::shown;
use super::*;
use crate::view::Handling;
use feed::Dice;
use feed::desk::{filter, view};

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
                let again = views.rows_of((view, saved, &asked.filter), &ids, None, &overlay).expect("rows");
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
