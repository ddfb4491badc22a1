//! Who is one person: merges, their undoing to the last row, suggestions, shared contact data.

use std::collections::BTreeSet;

use contract::Customer;
use proptest::prelude::*;

use super::super::digest;
use super::*;
use crate::view::{ConversationView, Happening, MergeState, PersonPart, TimelineItem};
use feed::{Dice, story};

fn view(world: &World, number: u64, overlay: &Overlay) -> Option<ConversationView> {
    let views = world.cache.views();
    views
        .conversation(conversation(number), minute(600), overlay)
        .expect("a read")
}

fn named(name: &str, email: &str) -> Customer {
    Customer {
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        ..Customer::default()
    }
}

/// Two people with a cart each: Rita (1) at minute 1 and Beto (2) at minute 2.
fn two() -> Feed {
    let mut feed = Feed::default();
    for (number, name) in [(1, "Rita de Teste"), (2, "Beto de Teste")] {
        feed.at(i64::try_from(number).expect("small")).sale(
            conversation(number),
            &number.to_string(),
            Stage::CartAbandoned,
            |event| {
                event.customer = named(name, &format!("pessoa{number}@example.com"));
            },
        );
    }
    feed
}

/// Everything that is shown of a conversation, its whole timeline without what tells of merges, and no suggestions: that a
/// merge was undone stays known.
fn shown(world: &World, number: u64) -> Option<ConversationView> {
    let mut view = view(world, number, &nobody())?;
    while let Some(before) = view.older.take() {
        let views = world.cache.views();
        let page = views
            .timeline_before(conversation(number), &before, &nobody())
            .expect("a page");
        view.timeline = [page.items, view.timeline].concat();
        view.older = page.older;
    }
    let is_link = |item: &TimelineItem| {
        matches!(
            item.what,
            Happening::Merged { .. } | Happening::Unmerged { .. }
        )
    };
    view.timeline.retain(|item| !is_link(item));
    view.suggestions.clear();
    Some(view)
}

fn found(world: &World, typed: &str) -> Vec<ConversationId> {
    let found = world.cache.views().search(&asked(typed, 50), &nobody());
    let found = found.expect("typed text never fails");
    found.rows.iter().map(|row| row.id).collect()
}

/// Sorts rows anew: those of one rank stand in the order of their arrival here.
fn by_id(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| row.id);
    rows
}

/// Returns what stands where in the lists, and when that is looked at again.
fn places(world: &World) -> Vec<String> {
    let mut lines = digest::lines(&world.cache.db).expect("rows");
    lines.retain(|line| line.starts_with("listing") || line.starts_with("turn"));
    lines
}

/// Takes a feed in as an agent's desk does: history from some place on, older pages, then what is new, a few at a time.
fn taken_in(feed: &Feed, seed: u64) -> World {
    let mut world = World::new();
    let mut dice = Dice::new(seed);
    let first = 1 + dice.below(feed.head());
    let last = first + dice.below(feed.head() - first + 1);
    world
        .cache
        .begin(&feed.page(first, last))
        .expect("the first page");
    while !world.cache.cursor().filled {
        let tail = world.cache.cursor().tail;
        let page = feed.page(tail.saturating_sub(1 + dice.below(9)).max(1), tail - 1);
        world.cache.apply_older(&page).expect("older entries");
    }
    while world.cache.cursor().head < feed.head() {
        let head = world.cache.cursor().head;
        let page = feed.page(head + 1, head + 1 + dice.below(9));
        world
            .cache
            .apply(&feed.epoch, &page.entries)
            .expect("newer entries");
    }
    world.sweep(600);
    world.index();
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_undone_merge_leaves_nothing_behind(
        seed in any::<u64>(),
        length in 1_u64..90,
        people in 2_u64..6,
        ways in any::<(u64, u64)>(),
    ) {
        let feed = story(seed, length, people);
        let world = taken_in(&feed, ways.0);
        let never = taken_in(&feed.without_undone_merges(), ways.1);
        for view in super::super::listing::VIEWS {
            prop_assert_eq!(by_id(world.list(view)), by_id(never.list(view)), "{:?}", view);
            prop_assert_eq!(world.count(view, &nobody()), never.count(view, &nobody()), "{:?}", view);
        }
        prop_assert_eq!(places(&world), places(&never));
        for number in 0..people {
            prop_assert_eq!(shown(&world, number), shown(&never, number), "{}", number);
            for typed in [format!("pessoa{number}@example.com"), format!("kiwify:{number}-1")] {
                let hits = |world| found(world, &typed).into_iter().collect::<BTreeSet<_>>();
                prop_assert_eq!(hits(&world), hits(&never), "{}", typed);
            }
        }
    }
}

#[test]
fn a_merge_and_its_undoing_move_everything_there_and_back() {
    let mut feed = two();
    feed.at(3).claim(conversation(2), &member(1));
    let mut world = World::of(&feed, 5);
    let before = (world.list(View::All), shown(&world, 1), shown(&world, 2));
    assert_eq!(world.ids(View::All), [conversation(2), conversation(1)]);

    feed.at(4)
        .merge_by(conversation(1), conversation(2), &member(0));
    let applied = world.follow(&feed);
    assert_eq!(applied.confirmed.len(), 1);
    assert_eq!(world.ids(View::All), [conversation(1)]);
    let [row] = world.list(View::All).try_into().expect("one row");
    let row: Row = row;
    assert_eq!(
        (row.last_at, row.owner.map(|owner| owner.name).as_deref()),
        (minute(3), Some("Bia")),
        "the newest of both, and the claim that came along"
    );
    assert_eq!(found(&world, "beto"), [conversation(1)]);
    let together = view(&world, 2, &nobody()).expect("a conversation");
    assert_eq!((together.id, together.orders.len()), (conversation(1), 2));
    let [merged] = together.merged.as_slice() else {
        panic!("{:?}", together.merged)
    };
    assert_eq!(
        (
            merged.id,
            merged.name.as_deref(),
            merged.reason.as_str(),
            merged.by_me,
            merged.at
        ),
        (
            conversation(2),
            Some("Beto de Teste"),
            "person",
            true,
            minute(4)
        )
    );

    // What a platform tells of the one that was taken in is the other's while they are one.
    feed.at(5)
        .sale(conversation(2), "3", Stage::PixGenerated, |_| ());
    let applied = world.follow(&feed);
    assert!(applied.change.conversations.contains(&conversation(1)));
    assert_eq!(view(&world, 1, &nobody()).expect("a view").orders.len(), 3);

    feed.at(6)
        .unmerge(conversation(1), conversation(2), &member(1));
    let applied = world.follow(&feed);
    let mut changed = applied.change.conversations;
    changed.sort_unstable();
    assert_eq!(changed, [conversation(1), conversation(2)]);
    assert_eq!(shown(&world, 1), before.1);
    let apart = shown(&world, 2).expect("a conversation");
    assert_eq!(apart.orders.len(), 2);
    assert_eq!(
        apart.owner.map(|owner| owner.name).as_deref(),
        Some("Bia"),
        "the claim went back"
    );
    assert_eq!(found(&world, "beto"), [conversation(2)]);
    assert_eq!(world.list(View::All).last(), before.0.last());
    assert!(matches!(
        view(&world, 1, &nobody()).expect("a view").timeline.as_slice(),
        [_, merged, undone]
            if matches!(&merged.what, Happening::Merged { by_me: true, .. })
                && matches!(&undone.what, Happening::Unmerged { by, by_me: false } if by == "Bia")
    ));
}

#[test]
fn what_was_done_while_they_were_one_stays_where_it_was_done() {
    let mut feed = two();
    feed.at(3).merge(conversation(1), conversation(2));
    feed.at(4).note(conversation(1), &member(0), "ligar");
    feed.at(5)
        .unmerge(conversation(1), conversation(2), &member(0));
    let world = World::of(&feed, 6);
    let notes = |number| {
        let timeline = shown(&world, number).expect("a conversation").timeline;
        let notes = timeline
            .iter()
            .filter(|item| matches!(item.what, Happening::Note { .. }));
        notes.count()
    };
    assert_eq!((notes(1), notes(2)), (1, 0));
}

#[test]
fn a_merge_hides_no_unread_news_and_reading_reads_all_parts() {
    let mut feed = two();
    let mut world = World::of(&feed, 5);
    let unread = |world: &World| -> Vec<(ConversationId, bool)> {
        let rows = world.list(View::All);
        rows.iter().map(|row| (row.id, row.unread)).collect()
    };
    world.cache.mark_read(conversation(2)).expect("a mark");
    feed.at(4)
        .merge_by(conversation(2), conversation(1), &member(0));
    world.follow(&feed);
    assert_eq!(unread(&world), [(conversation(2), true)]);
    let marks = world.cache.mark_read(conversation(2)).expect("marks");
    let mark = |number, minutes| ReadMark {
        conversation_id: conversation(number),
        at: minute(minutes),
    };
    assert_eq!(marks, [mark(1, 1)]);
    assert_eq!(unread(&world), [(conversation(2), false)]);
    feed.at(5)
        .unmerge(conversation(2), conversation(1), &member(0));
    world.follow(&feed);
    assert_eq!(
        unread(&world),
        [(conversation(2), false), (conversation(1), false)]
    );

    // A cache filled anew knows the same from the marks that were kept.
    let mut anew = World::new();
    let kept = [mark(2, 2), mark(1, 1)];
    anew.cache.replay_read(&kept).expect("marks");
    anew.begin(&feed);
    assert_eq!(unread(&anew), unread(&world));
}

#[test]
fn suggestions_stand_until_somebody_decided() {
    // What is said of conversations 1, 2 and 3, and who is suggested to 1 in the end; 3 is merged into 2 by "32".
    let cases: &[(&str, &[u64])] = &[
        ("s12", &[2]),
        ("s21", &[2]),
        ("s12 k12", &[]),
        ("k12 s12", &[2]),
        ("s12 s13", &[3, 2]),
        ("s12 m12", &[]),
        ("s12 m12 u12", &[]),
        ("s13 m23", &[2]),
        ("s13 m23 k12", &[]),
        ("s13 m23 k12 u23", &[3]),
        ("s12 m23 m12", &[]),
        ("k12 s13 m23", &[]),
        ("k12 s13 m23 u23", &[3]),
        ("s12 m12 m23 u12", &[]),
        ("s14", &[]),
    ];
    for (script, expected) in cases {
        let mut feed = two();
        feed.at(3)
            .sale(conversation(3), "3", Stage::CartAbandoned, |event| {
                event.customer = named("Ciça de Teste", "pessoa3@example.com");
            });
        for word in script.split(' ') {
            let place = |at: usize| word.get(at..=at).and_then(|digit| digit.parse().ok());
            let one = conversation(place(1).expect("a digit"));
            let other = conversation(place(2).expect("a digit"));
            match word.get(..1).expect("a letter") {
                "s" => feed.suggest(one, other, "email"),
                "k" => feed.keep_apart(one, other, &member(0)),
                "m" => feed.merge(one, other),
                _ => feed.unmerge(one, other, &member(0)),
            };
        }
        let world = World::of(&feed, 5);
        let shown = view(&world, 1, &nobody()).expect("a conversation");
        let suggested: Vec<ConversationId> = shown
            .suggestions
            .iter()
            .map(|suggestion| suggestion.id)
            .collect();
        let expected: Vec<ConversationId> = expected
            .iter()
            .map(|number| conversation(*number))
            .collect();
        assert_eq!(suggested, expected, "{script}");
    }
}

#[test]
fn a_suggestion_says_what_is_the_same_and_what_is_not() {
    let known = |phone: &str, email: &str| Customer {
        phone: Some(phone.to_owned()),
        email: Some(email.to_owned()),
        ..Customer::default()
    };
    let (one, old, other) = ("+5547999990001", "+554799990001", "+5547999990002");
    let cases = [
        (
            "email",
            known(other, "rita@example.com"),
            vec![PersonPart::Phone],
        ),
        ("email", known(old, "Rita@example.com"), vec![]),
        (
            "phone",
            known(one, "beto@example.com"),
            vec![PersonPart::Email],
        ),
        (
            "phone",
            known(other, "beto@example.com"),
            vec![PersonPart::Email],
        ),
        ("email", Customer::default(), vec![]),
        (
            "order",
            known(other, "beto@example.com"),
            vec![PersonPart::Phone, PersonPart::Email],
        ),
    ];
    for (reason, customer, expected) in cases {
        let mut feed = Feed::default();
        feed.sale(conversation(1), "1", Stage::CartAbandoned, |event| {
            event.customer = known(one, "rita@example.com");
        });
        feed.sale(conversation(2), "2", Stage::CartAbandoned, |event| {
            event.customer = customer;
        });
        feed.suggest(conversation(2), conversation(1), reason);
        let world = World::of(&feed, 5);
        let shown = view(&world, 1, &nobody()).expect("a conversation");
        let [suggestion] = shown.suggestions.as_slice() else {
            panic!("{:?}", shown.suggestions)
        };
        assert_eq!(
            (
                suggestion.id,
                suggestion.reason.as_str(),
                &suggestion.differs
            ),
            (conversation(2), reason, &expected)
        );
    }
}

#[test]
fn pending_merges_and_separations_are_shown_at_once() {
    let mut feed = two();
    feed.at(3)
        .suggest(conversation(1), conversation(2), "email");
    let mut world = World::of(&feed, 5);
    let states = |world: &World, number, overlay: &Overlay| {
        let shown = view(world, number, overlay).expect("a conversation");
        let merged: Vec<MergeState> = shown.merged.iter().map(|person| person.state).collect();
        (merged, shown.suggestions.len())
    };
    let merge = Action::Merge {
        other: conversation(2),
    };
    let apart = Action::KeepApart {
        other: conversation(2),
    };
    let separate = Action::Unmerge {
        from: conversation(2),
    };
    assert_eq!(states(&world, 1, &nobody()), (vec![], 1));
    assert_eq!(states(&world, 2, &nobody()), (vec![], 1));
    let merging = pending(conversation(1), merge);
    assert_eq!(states(&world, 1, &merging), (vec![MergeState::Merging], 0));
    assert_eq!(states(&world, 2, &merging), (vec![], 0));
    let kept = pending(conversation(1), apart);
    assert_eq!(states(&world, 1, &kept), (vec![], 0));
    assert_eq!(states(&world, 2, &kept), (vec![], 0));
    let mut undone = merging.clone();
    undone
        .pending
        .extend(pending(conversation(1), separate.clone()).pending);
    assert_eq!(
        states(&world, 1, &undone),
        (vec![], 0),
        "a merge that was taken back before it was done"
    );

    feed.at(4)
        .merge_by(conversation(1), conversation(2), &member(0));
    world.follow(&feed);
    assert_eq!(states(&world, 1, &merging), (vec![MergeState::Merged], 0));
    let separating = pending(conversation(1), separate);
    assert_eq!(
        states(&world, 1, &separating),
        (vec![MergeState::Separating], 0)
    );
}

#[test]
fn shared_contact_data_says_how_many_names() {
    let mut feed = two();
    feed.share(conversation(2), 6);
    let mut world = World::of(&feed, 5);
    let shared = |world: &World, number| view(world, number, &nobody()).expect("a view").shared;
    assert_eq!((shared(&world, 1), shared(&world, 2)), (None, Some(6)));
    feed.share(conversation(2), 9)
        .merge_by(conversation(1), conversation(2), &member(0));
    world.follow(&feed);
    assert_eq!(shared(&world, 1), Some(9));
}

#[test]
fn what_links_nothing_changes_nothing() {
    let mut feed = two();
    let before = World::of(&feed, 5);
    feed.merge(conversation(1), conversation(1))
        .unmerge(conversation(1), conversation(2), &member(0))
        .suggest(conversation(2), conversation(2), "email");
    let world = World::of(&feed, 5);
    assert_eq!(world.list(View::All), before.list(View::All));
    for number in [1, 2] {
        assert_eq!(shown(&world, number), shown(&before, number));
        assert!(
            view(&world, number, &nobody())
                .expect("a view")
                .suggestions
                .is_empty()
        );
    }
}
