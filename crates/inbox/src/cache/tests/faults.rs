use rusqlite::Connection;

use super::*;
use crate::cache::file::{self, beside};
use feed::trade;

fn reopened(world: World) -> (World, Option<Refill>) {
    let World { folder, cache } = world;
    drop(cache);
    let Opened { cache, refill } = open(&folder);
    (World { folder, cache }, refill)
}

#[test]
fn a_cache_is_there_again_after_closing_and_after_a_crash() {
    let feed = trade(300, 1);
    let mut world = World::of(&feed, 3);
    world.cache.mark_read(conversation(1)).expect("a mark");
    let before = world.cache.digest().expect("a digest");
    let (mut world, refill) = reopened(world);
    assert_eq!(
        (refill, world.cache.digest().expect("a digest")),
        (None, before.clone())
    );
    assert_eq!(world.cache.cursor().head, 300);
    world.follow(&trade(320, 1));
    let World { folder, cache } = world;
    cache.close().expect("closed in good order");
    assert!(!beside(&path(&folder), "-wal").exists());
    assert_eq!(open(&folder).cache.cursor().head, 320);
}

/// What a power cut leaves of a log that is written in order: a beginning of it, of any length.
#[test]
fn a_power_cut_leaves_a_whole_state_at_an_earlier_entry() {
    let feed = feed::story(21, 120, 9);
    let mut straight = World::new();
    straight.cache.begin(&feed.page(1, 5)).expect("a page");
    let mut states = vec![straight.cache.digest().expect("a digest")];
    // The first five are in the main file, all later steps in the log only.
    file::checkpoint(&straight.cache.db, file::Checkpoint::Truncate).expect("a checkpoint");
    for first in (6..=feed.head()).step_by(5) {
        let page = feed.page(first, first + 4);
        straight
            .cache
            .apply(&feed.epoch, &page.entries)
            .expect("entries");
        states.push(straight.cache.digest().expect("a digest"));
    }
    let whole = path(&straight.folder);
    let log = std::fs::read(beside(&whole, "-wal")).expect("a log");
    straight.index();
    let settled = straight.cache.digest().expect("a digest");
    let mut seen = std::collections::BTreeSet::new();
    let mut dice = feed::Dice::new(1);
    for _ in 0..40 {
        let folder = TempDir::new().expect("a folder");
        let left = usize::try_from(dice.below(log.len() as u64)).expect("small");
        std::fs::copy(&whole, path(&folder)).expect("a copy");
        std::fs::write(beside(&path(&folder), "-wal"), &log[..left]).expect("a torn log");
        let Opened { mut cache, refill } = open(&folder);
        assert_eq!(refill, None, "cut at {left}");
        let state = cache.digest().expect("a digest");
        let at = states.iter().position(|known| *known == state);
        seen.insert(at.expect("a state that was there"));
        let cursor = cache.cursor();
        let rest = feed.page(cursor.head + 1, feed.head());
        cache.apply(&feed.epoch, &rest.entries).expect("the rest");
        while cache.settle(1_000).expect("an index").more {}
        assert_eq!(cache.digest().expect("a digest"), settled);
    }
    assert!(seen.len() > 5, "{seen:?}");
}

#[test]
fn a_file_that_cannot_be_used_is_replaced_and_said_so() {
    type Harm = fn(&std::path::Path);
    type Case = (&'static str, Box<dyn Fn(&std::path::Path)>, &'static str);
    let sql = |sql: &'static str| {
        move |path: &std::path::Path| {
            Connection::open(path)
                .expect("a file")
                .execute_batch(sql)
                .expect("harm");
        }
    };
    let garble: Harm = |path| std::fs::write(path, vec![7; 40_000]).expect("harm");
    let hole: Harm = |path| {
        // The first page stays, so only a check of the whole finds it.
        let mut bytes = std::fs::read(path).expect("a file");
        for page in bytes.chunks_mut(4_096).skip(1) {
            page[..512].fill(0x5a);
        }
        std::fs::write(path, bytes).expect("harm");
    };
    let empty: Harm = |path| std::fs::write(path, []).expect("harm");
    let cases: [Case; 8] = [
        ("garbage", Box::new(garble), "damaged"),
        ("broken pages", Box::new(hole), "damaged"),
        ("no meta row", Box::new(sql("DELETE FROM meta")), "damaged"),
        (
            "rows that make no sense",
            Box::new(sql("UPDATE meta SET clean = 2")),
            "damaged",
        ),
        ("an empty file", Box::new(empty), "other version"),
        (
            "an older layout",
            Box::new(sql("PRAGMA user_version = 0")),
            "other version",
        ),
        (
            "a newer layout",
            Box::new(sql("PRAGMA user_version = 99")),
            "other version",
        ),
        (
            "another member",
            Box::new(sql("UPDATE meta SET member = x'01'")),
            "other member",
        ),
    ];
    for (name, harm, expected) in cases {
        let feed = trade(200, 2);
        let World { folder, cache } = World::of(&feed, 0);
        cache.close().expect("closed in good order");
        // As a crash leaves it.
        sql("UPDATE meta SET clean = 0")(&path(&folder));
        harm(&path(&folder));
        let Opened { cache, refill } = open(&folder);
        let kept = beside(&path(&folder), ".damaged");
        let said = match refill.expect(name) {
            Refill::New => "new",
            Refill::OtherVersion => "other version",
            Refill::OtherMember => "other member",
            Refill::Damaged { set_aside } => {
                assert!(set_aside == kept && kept.exists(), "{name}");
                "damaged"
            }
        };
        assert_eq!(said, expected, "{name}");
        assert_eq!(kept.exists(), expected == "damaged", "{name}");
        let mut world = World { folder, cache };
        assert_eq!(world.cache.cursor().epoch, None);
        world.begin(&feed);
        assert!(!world.list(View::All).is_empty(), "{name}");
    }
}

#[test]
fn rows_that_make_no_sense_lead_to_a_refill() {
    let feed = trade(200, 2);
    let mut world = World::of(&feed, 0);
    let sql = "UPDATE purchase SET fold = '{', facts = '{'";
    world.cache.db.execute(sql, ()).expect("harm");
    let more = trade(260, 2);
    let page = more.page(201, 260);
    let answer = world.cache.apply(&feed.epoch, &page.entries);
    assert!(matches!(answer, Err(ApplyError::Corrupt)), "{answer:?}");
    let World { folder, cache } = world;
    cache.close().expect("closed in good order");
    let refill = open(&folder).refill;
    assert!(matches!(refill, Some(Refill::Damaged { .. })), "{refill:?}");
}

#[test]
fn a_full_disk_stops_writing_and_not_reading() {
    let feed = trade(3_000, 4);
    let mut world = World::new();
    world.cache.begin(&feed.page(1, 200)).expect("a page");
    let before = world.cache.digest().expect("a digest");
    let pages: i64 = world
        .cache
        .db
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .expect("a count");
    let limit = |world: &World, pages: i64| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        world
            .cache
            .db
            .query_row(&sql, (), |_| Ok(()))
            .expect("a limit");
    };
    limit(&world, pages + 3);
    let answer = world
        .cache
        .apply(&feed.epoch, &feed.page(201, 3_000).entries);
    assert!(matches!(answer, Err(ApplyError::DiskFull)), "{answer:?}");
    assert_eq!(
        (
            world.cache.digest().expect("a digest"),
            world.cache.cursor().head
        ),
        (before, 200)
    );
    assert!(!world.list(View::All).is_empty());
    limit(&world, 1_000_000);
    world.follow(&feed);
    assert_eq!(world.cache.cursor().head, 3_000);
}

#[test]
fn the_old_view_stays_readable_until_the_new_one_takes_its_place() {
    let mut world = World::of(&trade(200, 5), 0);
    let views = world.cache.views();
    let mut other = trade(900, 6);
    other.epoch = contract::Epoch("k2".to_owned());
    let count = |views: &super::super::Views| views.counters(&nobody()).expect("counters");
    let before = count(&views);

    let mut fresh = world.cache.beside(minute(0)).expect("a cache beside");
    fresh.begin(&other.page(500, 900)).expect("a page");
    assert_eq!(count(&views), before);
    fresh.apply_older(&other.page(1, 499)).expect("a page");
    while fresh.settle(500).expect("an index").more {}
    let expected = fresh.digest().expect("a digest");
    assert_eq!(count(&views), before);

    world.cache.replace_with(fresh).expect("a swap");
    assert_ne!(count(&views), before);
    assert_eq!(world.cache.digest().expect("a digest"), expected);
    assert_eq!(world.cache.cursor().position().to_string(), "k2.900");
    world.cache.sweep(minute(1)).expect("still writable");
    assert!(!beside(&world.path(), ".new").exists());
    let (world, refill) = reopened(world);
    assert_eq!((refill, world.cache.cursor().head), (None, 900));
}

#[test]
fn a_half_filled_cache_beside_is_forgotten() {
    let world = World::of(&trade(200, 5), 0);
    let mut fresh = world.cache.beside(minute(0)).expect("a cache beside");
    fresh.begin(&trade(100, 6).page(1, 100)).expect("a page");
    drop(fresh);
    assert!(beside(&world.path(), ".new").exists());
    let (world, refill) = reopened(world);
    assert_eq!((refill, world.cache.cursor().head), (None, 200));
    assert!(!beside(&world.path(), ".new").exists());
}

#[test]
fn readers_work_while_the_writer_writes() {
    let feed = trade(4_000, 8);
    let mut world = World::new();
    world.cache.begin(&feed.page(1, 100)).expect("a page");
    let views = world.cache.views();
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let asked = PageAsked {
                saved: None,
                filter: contract::Filter::default(),
                view: View::All,
                after: None,
                limit: 50,
            };
            let mut total = 0;
            while total < 1_000 {
                let page = views.list_page(&asked, &nobody()).expect("a page");
                assert!(page.total >= total, "a snapshot went back");
                assert_eq!(page.rows.len() as u64, page.total.min(50));
                total = page.total;
            }
        });
        for first in (101..4_000).step_by(100) {
            let page = feed.page(first, first + 99);
            world
                .cache
                .apply(&feed.epoch, &page.entries)
                .expect("entries");
        }
        reading.join().expect("the reader saw whole states only");
    });
}

#[test]
fn entries_this_version_cannot_read_are_passed_over() {
    let mut feed = Feed::default();
    feed.entry(None, "weather.changed", &serde_json::json!({"rain": true}));
    feed.entry(
        Some(conversation(1)),
        contract::kind::COMMERCE,
        &serde_json::json!({"id": 7}),
    );
    feed.entry(Some(conversation(2)), "conversation.sung_to", &"la");
    feed.sale(conversation(3), "1", Stage::CartAbandoned, |_| ());
    let world = World::of(&feed, 0);
    assert_eq!(world.ids(View::All), [conversation(3)]);
    assert_eq!(world.cache.cursor().head, 4);
}
