//! Steps of sequences: when they are listed, what ends them, and that what is said of a conversation agrees with the list.

use contract::entry::HandedOver;
use contract::{Action, Channel, SnoozeUntil, StageGroup, kind};
use follow_up::{
    SequenceState, SequenceStep, Sequences, SequencesSaved, SharedSequences, StageSequence, StepAt,
    StopReason,
};

use super::*;
use crate::cache::steps::Arrivals;
use crate::view::DueStep;

const CART: &str = "kiwify:cart";

/// A cart left at nine in São Paulo: a step after one hour, a day, and three days.
fn left() -> Feed {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "cart", Stage::CartAbandoned, |_| {});
    feed
}

fn handed(feed: &mut Feed, order: &str, template: Option<&str>) {
    let body = HandedOver {
        command_id: CommandId::new(u64::MAX >> 20, [feed.entries.len() as u8; 10]),
        by: member(0),
        channel: Channel::Whatsapp,
        text: "Oi".to_owned(),
        template_key: template.map(str::to_owned),
        order_key: Some(order.to_owned()),
    };
    feed.entry(Some(conversation(1)), kind::HANDED_OVER, &body);
}

fn state(world: &World, minutes: i64, overlay: &Overlay) -> Option<SequenceState> {
    let views = world.cache.views();
    let shown = views.conversation(conversation(1), minute(minutes), overlay);
    let orders = shown.expect("a read").expect("a conversation").orders;
    let cart = orders.into_iter().find(|card| card.order_key == CART);
    cart.expect("the cart").sequence
}

fn due(step: u32, since: i64, template: &str) -> SequenceState {
    SequenceState::Due {
        step,
        of: 3,
        since: minute(since),
        template: template.to_owned(),
    }
}

fn waiting(step: u32, at: i64, template: &str) -> SequenceState {
    SequenceState::Waiting {
        step,
        of: 3,
        at: minute(at),
        template: template.to_owned(),
    }
}

const fn stopped(reason: StopReason) -> SequenceState {
    SequenceState::Stopped { reason, by: None }
}

#[test]
fn time_alone_lists_a_step_and_the_night_hides_it() {
    let feed = left();
    let mut world = World::of(&feed, 0);
    for (minutes, expected) in [
        (0, waiting(1, 60, "cart.first")),
        (59, waiting(1, 60, "cart.first")),
        (60, due(1, 60, "cart.first")),
        (719, due(1, 60, "cart.first")),
        // 21:00 to 8:00.
        (720, waiting(1, 1_380, "cart.first")),
        (1_380, due(1, 60, "cart.first")),
        (1_440, due(2, 1_440, "cart.link")),
        // The clock was set back, and on again.
        (700, due(1, 60, "cart.first")),
        (30, waiting(1, 60, "cart.first")),
        (4_320, due(3, 4_320, "cart.payment")),
        (8_640, waiting(1, 0, "")),
    ] {
        world.sweep(minutes);
        let is_due = matches!(expected, SequenceState::Due { .. });
        let rows = world.list(View::Steps);
        assert_eq!(rows.len(), usize::from(is_due), "{minutes}");
        assert_eq!(
            world.count(View::Steps, &nobody()),
            u64::from(is_due),
            "{minutes}"
        );
        if let (
            Some(row),
            SequenceState::Due {
                step, of, since, ..
            },
        ) = (rows.first(), &expected)
        {
            let expected = DueStep {
                step: *step,
                of: *of,
                since: *since,
            };
            assert_eq!(row.step, Some(expected), "{minutes}");
        }
        // Nobody took the last one up: nothing had begun, so nothing is told.
        let expected = Some(expected).filter(|_| minutes != 8_640);
        assert_eq!(without_silence(&world, minutes), expected, "{minutes}");
    }
}

/// The state as if the source had just been heard: in this story it tells one thing only.
fn without_silence(world: &World, minutes: i64) -> Option<SequenceState> {
    match state(world, minutes, &nobody())? {
        SequenceState::Paused { step, of, heard_at } => {
            assert_eq!((of, heard_at), (3, minute(0)));
            let (since, template) = [
                (60, "cart.first"),
                (1_440, "cart.link"),
                (4_320, "cart.payment"),
            ][step as usize - 1];
            Some(due(step, since, template))
        }
        state => Some(state),
    }
}

#[test]
fn a_silent_source_holds_a_step_until_it_is_heard_again() {
    let mut feed = left();
    let mut world = World::of(&feed, 1_441);
    let paused = SequenceState::Paused {
        step: 2,
        of: 3,
        heard_at: minute(0),
    };
    assert_eq!(state(&world, 1_441, &nobody()), Some(paused));
    feed.at(1_441)
        .sale(conversation(2), "other", Stage::PurchaseApproved, |_| {});
    world.follow(&feed);
    assert_eq!(
        state(&world, 1_441, &nobody()),
        Some(due(2, 1_440, "cart.link"))
    );
}

#[test]
fn a_source_is_silent_by_its_own_measure_once_enough_is_known_of_it() {
    // It told something every so many minutes, the last time so many minutes after the cart was left.
    for (gap, last, at, expected) in [
        // Each hour, and then nothing for a night: that is unusual.
        (60, 360, 1_380, None),
        (60, 360, 719, Some(due(1, 60, "cart.first"))),
        // Each five hours: a day without a word is nothing.
        (300, 1_800, 3_300, Some(due(2, 1_440, "cart.link"))),
        (300, 1_800, 3_599, Some(due(2, 1_440, "cart.link"))),
        (250, 1_500, 3_001, None),
    ] {
        let mut feed = left();
        for minutes in (gap..=last).step_by(gap) {
            let other = format!("other{minutes}");
            feed.at(i64::try_from(minutes).expect("some minutes")).sale(
                conversation(2),
                &other,
                Stage::PurchaseApproved,
                |_| {},
            );
        }
        let world = World::of(&feed, at);
        let shown = state(&world, at, &nobody());
        match expected {
            Some(expected) => assert_eq!(shown, Some(expected), "{gap} {at}"),
            None => assert!(
                matches!(shown, Some(SequenceState::Paused { .. })),
                "{gap} {at}: {shown:?}"
            ),
        }
    }
}

/// So many carts, all left after eight in the evening: their first step comes when the night ends.
fn left_in_the_evening(count: u64) -> World {
    let mut feed = Feed::default();
    feed.at(661);
    for number in 1..=count {
        let key = format!("cart{number}");
        feed.sale(conversation(number), &key, Stage::CartAbandoned, |_| {});
    }
    World::of(&feed, 1_379)
}

#[test]
fn what_comes_at_one_moment_is_followed_in_parts() {
    let mut world = left_in_the_evening(1_200);
    assert_eq!(world.count(View::Steps, &nobody()), 0);
    world.cache.sweep(minute(1_380)).expect("a sweep");
    assert_eq!(
        world.count(View::Steps, &nobody()),
        500,
        "one write's share"
    );
    while world.cache.settle(100).expect("a part").more {
        let counted = world.count(View::Steps, &nobody());
        let listed = world.list(View::Steps).len() as u64;
        assert_eq!(listed, counted.min(200), "a page of what is counted");
    }
    assert_eq!(world.count(View::Steps, &nobody()), 1_200);
}

#[test]
#[ignore = "measures; run it with --release --nocapture"]
#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn when_the_night_ends_nobody_waits_for_twenty_thousand_steps() {
    use std::time::{Duration, Instant};

    let mut world = left_in_the_evening(20_000);
    let begun = Instant::now();
    let (mut longest, mut page) = (Duration::ZERO, Duration::ZERO);
    let mut first = true;
    loop {
        let part = Instant::now();
        let more = if first {
            world.cache.sweep(minute(1_380)).expect("a sweep").more
        } else {
            world.cache.settle(100).expect("a part").more
        };
        longest = longest.max(part.elapsed());
        let read = Instant::now();
        world.list(View::Steps);
        page = page.max(read.elapsed());
        if !more && !first {
            break;
        }
        first = false;
    }
    assert_eq!(world.count(View::Steps, &nobody()), 20_000);
    println!(
        "20,000 steps in {:?}; longest write {longest:?}, longest page {page:?}",
        begun.elapsed()
    );
}

#[test]
fn arrivals_are_the_same_whatever_is_read_first() {
    let of = |minutes: &mut dyn Iterator<Item = i64>| {
        let mut arrivals = Arrivals::default();
        minutes.for_each(|minutes| arrivals.add(minute(minutes)));
        arrivals
    };
    let forth = of(&mut (0..100));
    assert_eq!(forth, of(&mut (0..100).rev()));
    assert_eq!(forth, of(&mut (0..100).flat_map(|at| [at, 99 - at])));
    assert_ne!(forth, of(&mut (0..99)));
}

#[test]
fn a_sequence_is_tried_on_real_orders_before_it_is_saved() {
    let stage = |steps: &[(u32, &str)]| StageSequence {
        group: StageGroup::Cart,
        on: false,
        steps: steps
            .iter()
            .map(|(minutes, template)| SequenceStep {
                at: StepAt::Stage { minutes: *minutes },
                template: (*template).to_owned(),
            })
            .collect(),
    };
    let mut feed = left();
    let mut world = World::of(&feed, 70);
    let tried = |world: &World, stage: StageSequence, at: i64| {
        let views = world.cache.views();
        let tried = views.sequence_trials(stage, false, 3, minute(at), &nobody());
        tried.expect("a read")
    };
    let draft = stage(&[(30, "cart.link"), (720, "cart.first")]);
    let [trial] = &tried(&world, draft.clone(), 70)[..] else {
        panic!("one order stands there");
    };
    assert_eq!((&*trial.order_key, trial.since), (CART, minute(0)));
    assert_eq!((&trial.taken_by, trial.plan.stopped), (&None, None));
    let times: Vec<_> = trial
        .plan
        .steps
        .iter()
        .map(|step| (step.at, step.moved))
        .collect();
    // Nine in the evening is the next morning's.
    assert_eq!(
        times,
        [(Some(minute(30)), false), (Some(minute(1_380)), true)]
    );
    let elsewhere = StageSequence {
        group: StageGroup::Pix,
        ..draft.clone()
    };
    assert_eq!(tried(&world, elsewhere, 70), []);
    feed.at(71).claim(conversation(1), &member(1));
    world.follow(&feed);
    let [trial] = &tried(&world, draft, 72)[..] else {
        panic!("one order stands there");
    };
    assert_eq!(trial.plan.stopped, Some(StopReason::TakenOver));
    assert_eq!(trial.taken_by.as_deref(), Some("Bia"));
}

/// Does one thing to a cart whose first step is due.
type Deed = fn(&mut Feed);

#[test]
fn what_happens_ends_a_step_and_says_why() {
    let own = |feed: &mut Feed| handed(feed, CART, Some("cart.first"));
    let deeds: [(&str, Deed, Option<SequenceState>); 11] = [
        ("nothing", |_| {}, Some(due(1, 60, "cart.first"))),
        ("its text", own, Some(waiting(2, 1_440, "cart.link"))),
        (
            "another text",
            |feed| handed(feed, CART, None),
            Some(waiting(2, 1_440, "cart.link")),
        ),
        (
            "a text for another order",
            |feed| {
                feed.sale(conversation(1), "old", Stage::CartAbandoned, |event| {
                    event.items.clear();
                });
                handed(feed, "kiwify:old", Some("cart.first"));
            },
            Some(stopped(StopReason::OtherSequence)),
        ),
        (
            "an answer",
            |feed| {
                feed.receive(conversation(1), &member(0), "Vou ver");
            },
            Some(stopped(StopReason::Replied)),
        ),
        (
            "a wish to be left alone",
            |feed| {
                feed.receive(conversation(1), &member(0), "Não quero, pare");
            },
            Some(stopped(StopReason::OptedOut)),
        ),
        (
            "a colleague",
            |feed| {
                feed.claim(conversation(1), &member(1));
            },
            Some(SequenceState::Stopped {
                reason: StopReason::TakenOver,
                by: Some("Bia".to_owned()),
            }),
        ),
        (
            "done",
            |feed| {
                feed.done(conversation(1), kind::RESOLVED, &member(0));
            },
            Some(stopped(StopReason::Resolved)),
        ),
        (
            "put aside",
            |feed| {
                feed.snooze(conversation(1), &member(0), SnoozeUntil::Reply {});
            },
            Some(stopped(StopReason::Aside)),
        ),
        (
            "paid",
            |feed| {
                handed(feed, CART, Some("cart.first"));
                feed.sale(conversation(1), "cart", Stage::PurchaseApproved, |_| {});
            },
            Some(stopped(StopReason::Paid)),
        ),
        // Nothing had begun: a sale that was never followed up tells of no sequence.
        (
            "paid at once",
            |feed| {
                feed.sale(conversation(1), "cart", Stage::PurchaseApproved, |_| {});
            },
            None,
        ),
    ];
    for (name, deed, expected) in deeds {
        let mut feed = left();
        let mut world = World::of(&feed, 70);
        assert_eq!(world.ids(View::Steps), [conversation(1)], "{name}");
        deed(feed.at(70));
        world.follow(&feed);
        world.index();
        assert_eq!(state(&world, 70, &nobody()), expected, "{name}");
        let is_due = matches!(expected, Some(SequenceState::Due { .. }));
        assert_eq!(world.list(View::Steps).len(), usize::from(is_due), "{name}");
    }
}

#[test]
fn a_newer_order_of_the_same_thing_takes_the_step_over() {
    let mut feed = left();
    feed.at(5)
        .sale(conversation(1), "pix", Stage::PixGenerated, |_| {});
    let world = World::of(&feed, 70);
    assert_eq!(
        state(&world, 70, &nobody()),
        Some(stopped(StopReason::NewerOrder))
    );
    let rows = world.list(View::Steps);
    assert_eq!(rows.len(), 1, "the newer order's own step");
    assert_eq!(
        rows.first().and_then(|row| row.stage),
        Some(Stage::PixGenerated)
    );
}

#[test]
fn what_was_done_here_and_is_not_told_yet_counts() {
    let feed = left();
    let world = World::of(&feed, 70);
    let done = pending(
        conversation(1),
        Action::HandOver {
            channel: Channel::Whatsapp,
            text: "Oi".to_owned(),
            template_key: Some("cart.first".to_owned()),
            order_key: Some(CART.to_owned()),
        },
    );
    assert_eq!(world.count(View::Steps, &nobody()), 1);
    assert_eq!(world.count(View::Steps, &done), 0);
    assert_eq!(
        state(&world, 70, &done),
        Some(waiting(2, 1_440, "cart.link"))
    );
}

#[test]
fn the_newest_sequences_count_whatever_comes_first() {
    let saved = |feed: &mut Feed, version: u32, on: bool| {
        let sequences = Sequences {
            stages: Sequences::default()
                .stages
                .into_iter()
                .map(|stage| StageSequence { on, ..stage })
                .collect(),
            ..Sequences::default()
        };
        let body = SequencesSaved {
            sequences: SharedSequences { sequences, version },
            by: member(0),
        };
        feed.entry(None, kind::SEQUENCE_SAVED, &body);
    };
    let mut feed = left();
    let mut world = World::of(&feed, 70);
    saved(&mut feed, 1, false);
    world.follow(&feed);
    world.index();
    assert_eq!(world.list(View::Steps), []);
    assert_eq!(state(&world, 70, &nobody()), None);
    assert_eq!(world.cache.views().sequences().expect("reads").version, 1);
    saved(&mut feed, 2, true);
    world.follow(&feed);
    world.index();
    assert_eq!(world.ids(View::Steps), [conversation(1)]);
    assert_eq!(world.cache.views().sequences().expect("reads").version, 2);
}
