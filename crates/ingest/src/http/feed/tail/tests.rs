use std::sync::Arc;

use contract::{Chain, Epoch};

use super::{CHUNK_BYTES, KEPT, Ring};
use crate::store::{FeedEntry, FeedPage};

fn epoch(text: &str) -> Epoch {
    Epoch(text.to_owned())
}

fn page(from: u64, to: u64, bytes: usize) -> FeedPage {
    let entries = (from..=to).map(|seq| FeedEntry {
        seq,
        chain: Chain::EMPTY,
        json: Arc::from("x".repeat(bytes)),
    });
    FeedPage {
        epoch: epoch("a"),
        entries: entries.collect(),
        head: to,
        next_after: None,
        next_before: None,
        chain_before: Chain::EMPTY,
    }
}

fn ids(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    text.lines()
        .filter_map(|line| line.strip_prefix("id: ").map(str::to_owned))
        .collect()
}

#[test]
fn frames_are_server_sent_events_with_their_position() {
    let mut ring = Ring::default();
    let chunk = ring.take_in(&page(7, 8, 1)).after(6).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&chunk.bytes),
        "id: a.7\nevent: entry\ndata: x\n\nid: a.8\nevent: entry\ndata: x\n\n"
    );
    assert_eq!((chunk.last, chunk.entries), (8, 2));
}

#[test]
fn what_came_before_an_erasing_is_read_anew() {
    let mut ring = Ring::default();
    ring.take_in(&page(1, 3, 1));
    let mut told = page(4, 5, 1);
    let erased = r#"{"seq":5,"kind":"subject.erased"}"#;
    told.entries.last_mut().unwrap().json = Arc::from(erased);
    let chunk = ring.take_in(&told).after(3).unwrap();
    assert_eq!(ids(&chunk.bytes), ["a.4", "a.5"]);
    assert!(ring.lies_before(0, &epoch("a")), "1 to 3 are forgotten");
}

#[test]
fn a_cursor_is_served_from_the_ring_only_where_nothing_is_missing() {
    let mut ring = Ring::default();
    ring.take_in(&page(5, 9, 1));
    let (ours, other) = (epoch("a"), epoch("b"));
    for (cursor, before, after) in [
        (3, true, true),
        (4, false, true),
        (8, false, true),
        (9, false, false),
        (12, false, false),
    ] {
        assert_eq!(ring.lies_before(cursor, &ours), before, "{cursor}");
        assert_eq!(ring.holds_after(cursor, &ours), after, "{cursor}");
        assert!(
            !ring.lies_before(cursor, &other) && !ring.holds_after(cursor, &other),
            "{cursor}"
        );
    }
    assert_eq!(ids(&ring.after(7).unwrap().bytes), ["a.8", "a.9"]);
    assert!(ring.after(9).is_none());
}

#[test]
fn chunks_are_bounded_and_follow_on_each_other() {
    let mut ring = Ring::default();
    ring.take_in(&page(1, 40, CHUNK_BYTES / 10));
    let (mut cursor, mut seen) = (0, Vec::new());
    while let Some(chunk) = ring.after(cursor) {
        assert!(chunk.bytes.len() <= CHUNK_BYTES);
        seen.extend(ids(&chunk.bytes));
        cursor = chunk.last;
    }
    assert_eq!(
        seen,
        (1..=40).map(|seq| format!("a.{seq}")).collect::<Vec<_>>()
    );
    let large = Ring::default()
        .take_in(&page(1, 2, CHUNK_BYTES * 2))
        .after(0)
        .unwrap();
    assert_eq!(
        large.entries, 1,
        "an entry larger than a chunk still goes out"
    );
}

#[test]
fn the_ring_is_bounded() {
    let mut ring = Ring::default();
    ring.take_in(&page(1, KEPT as u64 + 100, 1));
    assert_eq!(ring.frames.len(), KEPT);
    assert_eq!(ring.newest(), Some(KEPT as u64 + 100));
    assert!(ring.lies_before(0, &epoch("a")));
}
