//! The feed: gap-free, chained, the same however it is read.

use std::time::Duration;

use contract::{Chain, Entry};
use proptest::strategy::Strategy;
use proptest::test_runner::TestRunner;

use super::script::{Script, Stage, by_email, by_phone, log, refusal};
use crate::store::{DeliveryResult, FeedPage, PageBounds};

/// Fills the log with entries of different lengths.
async fn fill(script: &Script, count: usize) -> Vec<Entry> {
    for n in 0..count {
        let mut event = script.event(
            &format!("o{n}"),
            by_email(&format!("a{}@example.com", n % 5)),
        );
        event.coupon = Some("x".repeat((n % 13) * 40));
        script.accept(&[event]).await;
    }
    script.log().await
}

pub(crate) async fn any_paging_gives_the_whole_log(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let whole = numbers(&fill(&script, 60).await);
    let mut runner = TestRunner::deterministic();
    for _ in 0..40 {
        let sizes = proptest::collection::vec((1_usize..20, 200_usize..9_000), 1..8);
        let sizes = sizes.new_tree(&mut runner).unwrap();
        let sizes = proptest::strategy::ValueTree::current(&sizes);
        let bounds: Vec<PageBounds> = sizes
            .into_iter()
            .map(|(entries, bytes)| PageBounds { entries, bytes })
            .collect();
        assert_eq!(upwards(&script, &bounds).await, whole, "{bounds:?}");
        assert_eq!(downwards(&script, &bounds).await, whole, "{bounds:?}");
    }
}

/// Reads from the start to the head, page sizes as given, over and over.
async fn upwards(script: &Script, bounds: &[PageBounds]) -> Vec<u64> {
    let (mut found, mut seq, mut chain) = (Vec::new(), 0, Chain::EMPTY);
    for bounds in bounds.iter().cycle() {
        let page = script
            .store
            .entries_after(script.workspace.id, seq, *bounds)
            .await
            .unwrap();
        let entries = checked(&page, *bounds);
        assert_eq!(page.chain_before, chain);
        found.extend(numbers(&entries));
        chain = entries.last().map_or(chain, |last| last.chain);
        match page.next_after {
            Some(next) => seq = next,
            None => break,
        }
    }
    found
}

/// Reads from the head to the start.
async fn downwards(script: &Script, bounds: &[PageBounds]) -> Vec<u64> {
    let (mut found, mut seq) = (Vec::new(), u64::MAX);
    for bounds in bounds.iter().cycle() {
        let page = script
            .store
            .entries_before(script.workspace.id, seq, *bounds)
            .await
            .unwrap();
        let entries = checked(&page, *bounds);
        found.splice(0..0, numbers(&entries));
        match page.next_before {
            Some(next) => seq = next,
            None => break,
        }
    }
    found
}

/// Checks that a page holds to its bounds and that its entries follow on each other.
fn checked(page: &FeedPage, bounds: PageBounds) -> Vec<Entry> {
    let bytes: usize = page.entries.iter().map(|entry| entry.json.len()).sum();
    assert!(page.entries.len() <= bounds.entries);
    assert!(page.entries.len() <= 1 || bytes <= bounds.bytes);
    let page: contract::Page = serde_json::from_str(&page.to_json()).expect("a page is JSON");
    let mut chain = page.chain_before;
    for entry in &page.entries {
        assert!(entry.follows(chain), "the chain holds at {}", entry.seq);
        chain = entry.chain;
    }
    page.entries
}

fn numbers(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}

pub(crate) async fn pages_keep_their_bounds(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let empty = script.store.ensure_workspace("Vazia").await.unwrap();
    let bounds = PageBounds {
        entries: 0,
        bytes: 0,
    };
    let page = script
        .store
        .entries_after(empty.id, 0, bounds)
        .await
        .unwrap();
    assert_eq!(
        (page.entries.len(), page.next_after, page.next_before),
        (0, None, None)
    );
    assert_eq!((page.head, page.chain_before), (0, Chain::EMPTY));
    let page = script
        .store
        .entries_before(empty.id, u64::MAX, bounds)
        .await
        .unwrap();
    assert_eq!(
        (page.entries.len(), page.next_after, page.next_before),
        (0, None, None)
    );
    fill(&script, 5).await;
    let page = script
        .store
        .entries_after(script.workspace.id, 0, bounds)
        .await
        .unwrap();
    assert_eq!(page.entries.len(), 1, "one entry is always given");
    assert_eq!((page.next_after, page.next_before), (Some(1), None));
    let page = script
        .store
        .entries_before(script.workspace.id, 4, bounds)
        .await
        .unwrap();
    assert_eq!(page.entries.first().map(|entry| entry.seq), Some(3));
    assert_eq!((page.next_after, page.next_before), (Some(3), Some(3)));
}

pub(crate) async fn positions_outside_the_log_are_refused(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let head = fill(&script, 3).await.len() as u64;
    let at = |seq| {
        script
            .store
            .entries_after(script.workspace.id, seq, PageBounds::default())
    };
    assert_eq!(at(head).await.unwrap().entries.len(), 0);
    for beyond in [head + 1, u64::MAX] {
        assert_eq!(refusal(at(beyond).await), "cursor_ahead");
    }
    assert_eq!(script.store.log_start(script.workspace.id).await, Ok(1));
    let chain = script.store.chain_at(script.workspace.id, head + 1).await;
    assert_eq!(chain, Ok(None));
    let page = script
        .store
        .entries_before(script.workspace.id, 0, PageBounds::default())
        .await;
    assert_eq!(page.unwrap().entries.len(), 0);
}

pub(crate) async fn heads_and_chains_agree(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let entries = fill(&script, 9).await;
    let head = script.store.head(script.workspace.id).await.unwrap();
    let last = entries.last().unwrap();
    assert_eq!((head.seq, head.chain), (last.seq, last.chain));
    for entry in &entries {
        let chain = script.store.chain_at(script.workspace.id, entry.seq).await;
        assert_eq!(chain, Ok(Some(entry.chain)));
    }
    let start = script.store.chain_at(script.workspace.id, 0).await;
    assert_eq!(start, Ok(Some(Chain::EMPTY)));
}

pub(crate) async fn subscribers_are_woken(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    let mut here = script.store.subscribe(script.workspace.id);
    let mut there = script.store.subscribe(other.id);
    here.mark_unchanged();
    there.mark_unchanged();
    let seqs = script
        .accept(&[script.event("o1", by_phone("+5547900000111"))])
        .await
        .seqs;
    let woken = tokio::time::timeout(Duration::from_secs(5), here.changed()).await;
    assert!(woken.is_ok(), "woken within its time");
    assert_eq!(seqs.last(), Some(&*here.borrow()));
    assert_eq!(there.has_changed().ok(), Some(false), "others sleep on");
}

/// Entries that a follower gets from memory are those the file holds, byte for byte.
pub(crate) async fn a_follower_reads_what_the_file_holds(stage: &impl Stage) {
    let script = Script::on(stage).await;
    fill(&script, 3).await;
    let follower = script.store.subscribe(script.workspace.id);
    let whole = fill(&script, 40).await;
    let workspace = script.workspace.id;
    let mut live = Vec::new();
    for seq in 0..whole.len() as u64 {
        let page = script
            .store
            .entries_after(workspace, seq, PageBounds::default())
            .await
            .unwrap();
        assert_eq!(page.entries.len(), whole.len() - seq as usize);
        live.push(page.to_json());
    }
    drop(follower);
    script
        .accept(&[script.event("last", by_email("z@example.com"))])
        .await;
    for (seq, live) in (0_u64..).zip(live) {
        let bounds = PageBounds {
            entries: whole.len() - seq as usize,
            bytes: 1 << 20,
        };
        let page = script
            .store
            .entries_after(workspace, seq, bounds)
            .await
            .unwrap();
        let (live, stored): (contract::Page, contract::Page) = (
            serde_json::from_str(&live).unwrap(),
            serde_json::from_str(&page.to_json()).unwrap(),
        );
        assert_eq!(live.chain_before, stored.chain_before);
        let text = |page: &contract::Page| serde_json::to_string(&page.entries).unwrap();
        assert_eq!(text(&live), text(&stored));
    }
}

pub(crate) async fn a_new_epoch_replaces_the_old(stage: &impl Stage) {
    let script = Script::on(stage).await;
    fill(&script, 2).await;
    let before = script.store.head(script.workspace.id).await.unwrap();
    let epoch = script.store.new_epoch().await.unwrap();
    assert_ne!(epoch, before.epoch);
    let after = script.store.head(script.workspace.id).await.unwrap();
    assert_eq!(
        (after.epoch, after.seq, after.chain),
        (epoch.clone(), before.seq, before.chain)
    );
    let page = script
        .store
        .entries_after(script.workspace.id, 0, PageBounds::default())
        .await;
    assert_eq!(page.unwrap().epoch, epoch);
    let opened_again = stage.open().await;
    assert_eq!(
        opened_again.head(script.workspace.id).await.unwrap().epoch,
        epoch
    );
}

/// A second opening while the first is not closed sees what a start after a kill would see.
pub(crate) async fn what_is_answered_survives_a_kill(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let event = script.event("o1", by_phone("+5547900000111"));
    let mut delivery = script.delivery(std::slice::from_ref(&event));
    delivery.nonce = Some(script.nonce("nonce-0004"));
    let (id, key) = (delivery.id, delivery.delivery_key);
    script.store.accept(delivery).await.unwrap();
    let entries = fill(&script, 5).await;
    let head = script.store.head(script.workspace.id).await.unwrap();

    let again = Script {
        store: stage.open().await,
        ..script
    };
    assert_eq!(again.store.head(again.workspace.id).await.unwrap(), head);
    let stored = log(again.store.as_ref(), &again.workspace).await;
    assert_eq!(numbers(&stored), numbers(&entries));
    again.store.delivery(again.workspace.id, id).await.unwrap();
    let key_text = again.integration.key.expose();
    assert!(again.store.integration_by_key(key_text).is_some());
    let mut replay = again.delivery(std::slice::from_ref(&event));
    replay.nonce = Some(again.nonce("nonce-0004"));
    assert_eq!(refusal(again.store.accept(replay).await), "nonce_reused");
    let mut repeat = again.delivery(&[event]);
    repeat.delivery_key = key;
    let accepted = again.store.accept(repeat).await.unwrap();
    assert_eq!(accepted.result, DeliveryResult::Duplicate);
    // The writer that was not closed notices that another has written.
    again
        .accept(&[again.event("o9", by_phone("+5547900000199"))])
        .await;
    assert_eq!(again.log().await.len(), entries.len() + 1);
}

pub(crate) async fn concurrent_deliveries_are_numbered_without_gaps(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let before = script.log().await.len();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..400 {
        // Each event comes four times.
        let event = script.event(&format!("o{}", n % 100), by_email("a@example.com"));
        let (store, delivery) = (
            std::sync::Arc::clone(&script.store),
            script.delivery(&[event]),
        );
        tasks.spawn(async move { store.accept(delivery).await });
    }
    let answers = tasks.join_all().await;
    let mut seqs: Vec<u64> = answers
        .into_iter()
        .flat_map(|answer| answer.unwrap().seqs)
        .collect();
    seqs.sort_unstable();
    let first = before as u64 + 1;
    assert_eq!(seqs, (first..first + 100).collect::<Vec<_>>());
    assert_eq!(script.log().await.len(), before + 100);
}
