//! People whose data was erased: gone from every list and from the file, whatever comes in whichever order.

use contract::{Customer, Entry, entry::SubjectErased, kind};
use serde_json::value::RawValue;

use super::super::digest;
use super::*;
use feed::story;

const WORDS: [&str; 6] = [
    "Plantada",
    "plantada@example.com",
    "47999997731",
    "nota-7731",
    "rotulo-7731",
    "resposta-7731",
];

fn planted() -> Customer {
    Customer {
        name: Some("Vivi Plantada".to_owned()),
        email: Some("plantada@example.com".to_owned()),
        phone: Some("+5547999997731".to_owned()),
        ..Customer::default()
    }
}

/// Forty others around one person, who is known by two conversations that were merged.
fn shop() -> Feed {
    let mut feed = story(7, 200, 40);
    let (one, two) = (conversation(900), conversation(901));
    for (id, key) in [(one, "p-1"), (two, "p-2")] {
        feed.sale(id, key, Stage::PixGenerated, |event| {
            event.customer = planted();
        });
    }
    feed.merge(one, two).claim(one, &member(0));
    feed.note(two, &member(1), "nota-7731");
    feed.label(one, &member(1), &["rotulo-7731"], &[]);
    feed.assign(two, &member(1), &member(2));
    feed.receive(one, &member(1), "resposta-7731");
    feed.suggest(conversation(1), two, "email");
    feed.sale(conversation(1), "o-9", Stage::PurchaseApproved, |_| {});
    feed
}

fn erase(feed: &mut Feed) {
    let body = SubjectErased {
        conversation_ids: vec![conversation(900), conversation(901)],
        by: Some(member(2)),
    };
    feed.entry(None, kind::SUBJECT_ERASED, &body);
}

/// The same log as the service hands it out afterwards.
fn blanked(feed: &Feed) -> Feed {
    let gone = [Some(conversation(900)), Some(conversation(901))];
    let blank = |entry: &Entry| {
        if gone.contains(&entry.conversation_id) {
            Entry {
                conversation_id: None,
                kind: kind::ERASED.to_owned(),
                body: RawValue::from_string("{}".to_owned()).expect("JSON"),
                ..entry.clone()
            }
        } else {
            entry.clone()
        }
    };
    Feed::of(feed.entries.iter().map(blank).collect())
}

fn lines(world: &World) -> Vec<String> {
    digest::lines(&world.cache.db).expect("reads")
}

fn assert_absent(world: &World) {
    for file in std::fs::read_dir(world.folder.path()).expect("a folder") {
        let file = file.expect("a file").path();
        let bytes = std::fs::read(&file).expect("reads");
        for word in WORDS {
            let is_there = bytes
                .windows(word.len())
                .any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
            assert!(!is_there, "{word} is in {}", file.display());
        }
    }
}

#[test]
fn nothing_is_left_of_the_erased_and_everything_of_the_others() {
    let mut feed = shop();
    let mut world = World::of(&feed, 600);
    let others = world.ids(View::All).len() - 1;
    let typed = |world: &World| {
        let found = world.cache.views().search(&asked("plantada", 9), &nobody());
        found.expect("a search").rows.len()
    };
    assert_eq!(typed(&world), 1);
    erase(&mut feed);
    let applied = world.follow(&feed);
    let mut changed = applied.change.conversations;
    changed.retain(|id| *id >= conversation(900));
    changed.sort_unstable();
    assert_eq!(changed, [conversation(900), conversation(901)]);
    world.index();
    world.sweep(601);
    assert_eq!((world.ids(View::All).len(), typed(&world)), (others, 0));
    assert_eq!(world.count(View::All, &nobody()), others as u64);
    let views = world.cache.views();
    let view = views.conversation(conversation(900), minute(601), &nobody());
    assert_eq!(view.expect("a read"), None);
    let lines = lines(&world).join("\n");
    assert!(WORDS.iter().all(|word| !lines.contains(word)), "{lines}");
    world.cache.scrub().expect("scrubs");
    assert_absent(&world);
    assert_eq!(world.ids(View::All).len(), others);
}

#[test]
fn whoever_reads_the_log_anew_has_the_same() {
    let mut feed = shop();
    let mut old = World::of(&feed, 600);
    erase(&mut feed);
    // What follows the erasing, the person's new order among it.
    feed.sale(conversation(902), "p-3", Stage::PixGenerated, |event| {
        event.customer = planted();
    });
    old.follow(&feed);
    old.index();
    old.sweep(600);
    let anew = World::of(&blanked(&feed), 600);
    assert_eq!(lines(&old), lines(&anew));
    // From the newest backwards; a page that was written before the erasing comes after it.
    for older in [&feed, &blanked(&feed)] {
        let mut backwards = World::new();
        let head = feed.head();
        let newest = blanked(&feed).page(head - 3, head);
        backwards.cache.begin(&newest).expect("begins");
        let page = older.page(1, head - 4);
        backwards.cache.apply_older(&page).expect("the page fits");
        backwards.index();
        backwards.sweep(600);
        assert_eq!(lines(&backwards), lines(&anew));
    }
}

#[test]
fn who_is_erased_is_known_after_a_restart_and_told_to_the_other_files_once() {
    let mut feed = shop();
    let mut world = World::of(&feed, 600);
    erase(&mut feed);
    world.follow(&feed);
    let World { folder, cache } = world;
    drop(cache);
    let mut cache = open(&folder).cache;
    let mut gone = cache.unforgotten().expect("reads");
    gone.sort_unstable();
    assert_eq!(gone, [conversation(900), conversation(901)]);
    cache.forgotten(&gone).expect("notes");
    assert!(cache.unforgotten().expect("reads").is_empty());
    let mark = ReadMark {
        conversation_id: conversation(900),
        at: minute(3),
    };
    cache.replay_read(&[mark]).expect("replays");
    let mut world = World { folder, cache };
    world.index();
    assert!(
        lines(&world)
            .iter()
            .all(|line| !line.starts_with("conversation") || !line.contains(&hex(900)))
    );
    // What was left to be seen to is seen to by the next who opens it.
    world.cache.scrub().expect("scrubs");
    assert_absent(&world);
}

fn hex(number: u64) -> String {
    format!("{:032X}", conversation(number).as_u128())
}

/// A merge that the service has undone and this desk has not heard of: what is not erased stands by itself.
#[test]
fn what_an_erased_one_had_taken_in_stands_by_itself() {
    let mut feed = shop();
    feed.merge(conversation(900), conversation(1));
    let mut world = World::of(&feed, 600);
    assert!(!world.ids(View::All).contains(&conversation(1)));
    erase(&mut feed);
    world.follow(&feed);
    world.index();
    world.sweep(601);
    assert!(world.ids(View::All).contains(&conversation(1)));
    world.cache.scrub().expect("scrubs");
    assert_absent(&world);
}
