//! Erasing on this engine: what the file holds between its rows, and what a process leaves to the next.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use contract::{Customer, DeliveryId, Event, Stage, kind};

use super::Folder;
use super::writing::{calm, opened};
use crate::identity::Trace;
use crate::store::conformance::Stage as _;
use crate::store::conformance::script::{Script, by_email};
use crate::store::sqlite::erasing::{Remains, STEP, STEP_BYTES, noted};
use crate::store::sqlite::{SMALL, SqliteStore};
use crate::store::{DeliveryResult, Sought, SourceNotice, Store, StoreError, Subjects, World};

fn mail(n: usize) -> String {
    format!("pessoa-{n:04}@example.com")
}

fn named(n: usize) -> Sought {
    Sought {
        traces: vec![(Trace::Email, mail(n))],
        ..Sought::default()
    }
}

/// Tells whether a word is in any file of the store.
fn holds(folder: &Folder, word: &str) -> bool {
    let path = folder.options().path;
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .any(|bytes| {
            bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        })
}

async fn buys(script: &Script, n: usize) {
    let customer = Customer {
        name: Some(format!("Pessoa {n:04}")),
        ..by_email(&mail(n))
    };
    let mut event = script.event(&format!("{}-{n}", script.workspace.name), customer);
    // Bodies of very different lengths, so that pages are split at every sort of place.
    event.checkout_url = Some(format!(
        "https://loja.example.com/{}",
        "x".repeat(n * 37 % 900)
    ));
    script.accept(&[event]).await;
}

/// Two workspaces share the table of entries, so that pages of the first are split in the middle of the table and leave copies
/// behind.
#[tokio::test]
async fn no_copy_is_left_between_the_rows() {
    let folder = Folder::set().await;
    let (store, first) = opened(&folder, calm()).await;
    let second = Script {
        workspace: store.ensure_workspace("Outra").await.unwrap(),
        ..Script::with(first.store.clone(), folder.world()).await
    };
    let second = Script {
        integration: second.integrate("loja-3", "kiwify").await,
        ..second
    };
    for n in 0..120 {
        buys(&second, 1_000 + n).await;
        buys(&first, n).await;
    }
    for n in [3, 40, 41, 77, 119] {
        assert!(holds(&folder, &mail(n)), "{n} is there at first");
        first
            .store
            .erase(first.workspace.id, named(n), None)
            .await
            .unwrap();
        assert!(!holds(&folder, &mail(n)), "{n} is left");
        assert!(
            !holds(&folder, &format!("Pessoa {n:04}")),
            "the name of {n} is left"
        );
    }
    for n in [1_003, 1_064] {
        second
            .store
            .erase(second.workspace.id, named(n), None)
            .await
            .unwrap();
        assert!(!holds(&folder, &mail(n)), "{n} is left");
    }
    assert!(holds(&folder, &mail(1)) && holds(&folder, &mail(1_001)));
    first.log().await;
    store.quick_check().await.unwrap();
}

/// An older program did not overwrite what it deleted.
#[tokio::test]
async fn what_an_older_program_left_behind_goes_too() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    buys(&script, 1).await;
    let left = format!("https://loja.example.com/?de={}", mail(1));
    store
        .write(SMALL, move |writing| {
            writing.db.pragma_update(None, "secure_delete", false)?;
            writing.db.execute(
                "INSERT INTO checkout (key, workspace, event) VALUES (x'00', 1, ?1)",
                [left],
            )?;
            writing.db.execute("DELETE FROM checkout", [])?;
            writing.db.pragma_update(None, "secure_delete", true)?;
            Ok(())
        })
        .await
        .unwrap();
    script
        .store
        .erase(script.workspace.id, named(1), None)
        .await
        .unwrap();
    assert!(!holds(&folder, &mail(1)));
    buys(&script, 2).await;
    script.log().await;
}

#[tokio::test]
async fn what_a_process_left_undone_is_done_by_the_next() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    buys(&script, 1).await;
    // As after a kill between the commit and seeing to the files.
    store
        .write(SMALL, |writing| {
            writing.db.pragma_update(None, "secure_delete", false)?;
            writing.db.execute("DELETE FROM delivery", [])?;
            writing.db.execute("DELETE FROM entry", [])?;
            writing.db.execute(
                "INSERT INTO meta (name, value) VALUES ('unscrubbed', '1')",
                [],
            )?;
            Ok(())
        })
        .await
        .unwrap();
    store.checkpoint().await.unwrap();
    assert!(holds(&folder, &mail(1)));
    drop(script);
    store.close().await;
    drop(store);
    let again = SqliteStore::open(folder.options()).unwrap();
    assert!(!holds(&folder, &mail(1)));
    again.quick_check().await.unwrap();
}

/// Has one person order very often; returns an order of theirs and a delivery.
async fn orders_often(script: &Script, who: usize, orders: usize) -> (Event, DeliveryId) {
    let event = |n: usize| script.event(&format!("muitos-{n}"), by_email(&mail(who)));
    let mut first = None;
    // Many together, so that they share commits.
    for from in (0..orders).step_by(500) {
        let many = (from..orders.min(from + 500)).map(|n| {
            let delivery = script.delivery(&[event(n)]);
            first.get_or_insert(delivery.id);
            script.store.accept(delivery)
        });
        for accepted in futures_util::future::join_all(many).await {
            accepted.unwrap();
        }
    }
    (event(0), first.unwrap())
}

/// Each step is a commit of its own, with few rows in it, so that no sale waits for more than one.
#[tokio::test]
async fn somebody_with_thousands_of_orders_goes_in_steps() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let orders = 5_000;
    orders_often(&script, 1, orders).await;
    let before = store.pulse().batch_jobs.count;
    let erased = script
        .store
        .erase(script.workspace.id, named(1), None)
        .await
        .unwrap();
    let all = u64::try_from(orders).unwrap();
    assert_eq!((erased.entries, erased.deliveries), (all, all));
    let commits = store.pulse().batch_jobs.count - before;
    let steps = 2 * all / u64::try_from(STEP).unwrap();
    assert!(commits >= steps, "{commits} commits for {steps} steps");
    assert!(!holds(&folder, &mail(1)));
    let left = store.readers.read(noted).await.unwrap();
    assert!(left.is_empty());
    let log = script.log().await;
    assert!(log.iter().all(|entry| entry.kind != kind::COMMERCE));
}

#[tokio::test]
async fn a_step_is_bounded_by_rows_and_by_bytes() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    for _ in 0..3 {
        let mut large = script.delivery(&[]);
        // Nothing that could be packed.
        let mut noise = vec![0; STEP_BYTES / 2 + 1];
        script.world.fill(&mut noise);
        large.body = hex::encode(noise).into();
        script.store.accept(large).await.unwrap();
    }
    let steps = store
        .write(SMALL, |writing| {
            let list = |rows: Vec<i64>| Remains::of_deliveries(rows).step(writing.db, 0);
            // Rows that are overwritten already cost a step like any other.
            Ok((list(vec![1, 2, 3])?, list(vec![1; 3 * STEP])?))
        })
        .await;
    let (by_bytes, by_rows) = steps.unwrap();
    assert!(by_bytes < 3, "{by_bytes} large bodies in one step");
    assert!(by_rows <= STEP, "{by_rows} rows in one step");
}

/// From the transaction that closes somebody on, nothing of them is read or kept, although the rows are all there yet; what the
/// process leaves undone the next one does before it reads anything.
#[tokio::test]
async fn an_erasing_that_is_broken_off_goes_on_at_the_next_start() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let (order, delivery) = orders_often(&script, 1, 3 * STEP).await;
    let workspace = script.workspace.id;
    let found = store.find(workspace, named(1)).await.unwrap();
    assert!(store.close_found(found, None).await.unwrap().is_some());
    assert!(holds(&folder, &mail(1)), "only the first step is done");

    let log = script.log().await;
    assert!(log.iter().all(|entry| entry.kind != kind::COMMERCE));
    assert!(log.iter().any(|entry| entry.kind == kind::SUBJECT_ERASED));
    let mut told = log.iter().map(|entry| entry.body.get());
    assert!(!told.any(|body| body.contains(&mail(1))));
    let shown = script.store.delivery(workspace, delivery).await.unwrap();
    assert!(shown.erased && shown.body.is_empty());
    let later = script.event_at(&order.external_id, Stage::Refunded, by_email(&mail(1)));
    let later = script
        .store
        .accept(script.delivery(&[later]))
        .await
        .unwrap();
    assert_eq!(later.result, DeliveryResult::Ignored);

    drop(script);
    store.close().await;
    drop(store);
    let (store, script) = opened(&folder, calm()).await;
    assert!(!holds(&folder, &mail(1)));
    assert!(store.readers.read(noted).await.unwrap().is_empty());
    let gone = script.store.erase(workspace, named(1), None).await;
    assert_eq!(gone, Err(StoreError::NotFound));
    script.log().await;
    store.quick_check().await.unwrap();
}

/// A fault may end one in the same process: whoever erases next goes on with it.
#[tokio::test]
async fn an_erasing_that_was_given_up_is_taken_up_by_the_next() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    orders_often(&script, 1, 2 * STEP).await;
    buys(&script, 2).await;
    let workspace = script.workspace.id;
    let found = store.find(workspace, named(1)).await.unwrap();
    assert!(store.close_found(found, None).await.unwrap().is_some());
    script.store.erase(workspace, named(2), None).await.unwrap();
    assert!(!holds(&folder, &mail(1)) && !holds(&folder, &mail(2)));
    assert!(store.readers.read(noted).await.unwrap().is_empty());
}

/// All customers of a source are out of sight before the first of them is overwritten, whenever the process ends.
#[tokio::test(flavor = "multi_thread")]
async fn all_customers_of_a_source_are_hidden_from_the_first_step_on() {
    for cut in 0..6 {
        let folder = Folder::set().await;
        let (store, script) = opened(&folder, calm()).await;
        let (workspace, source) = (script.workspace.id, script.integration.id);
        for n in 0..230 {
            buys(&script, n).await;
        }
        let shown = script
            .accept(&[script.event("mais-um", by_email(&mail(7)))])
            .await;
        let asked = SourceNotice::EraseAsked;
        store.note_source(source, asked).await.unwrap();
        store.begin_source_erasure(source).await.unwrap();
        let before = store.head(workspace).await.unwrap().seq;
        let erasing = {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.erase_source(source, None).await })
        };
        // Told of a hundred of them; then broken off a little later each time.
        while store.head(workspace).await.unwrap().seq == before {
            tokio::task::yield_now().await;
        }
        if cut > 0 {
            tokio::time::sleep(Duration::from_millis(8 << cut)).await;
        }
        erasing.abort();
        drop(erasing.await);
        let hidden = async |script: &Script, when: &str| {
            let told: Vec<_> = script.log().await;
            let mut told = told.iter().map(|entry| entry.body.get());
            assert!(
                !told.any(|body| body.contains("@example.com")),
                "{when}, {cut}"
            );
            let shown = script
                .store
                .delivery(workspace, shown.delivery_id)
                .await
                .unwrap();
            assert!(shown.erased && shown.body.is_empty(), "{when}, {cut}");
            let found = script.store.holdings(workspace, named(229), None).await;
            assert!(matches!(found, Err(StoreError::NotFound)), "{when}, {cut}");
        };
        hidden(&script, "broken off").await;
        store.close().await;
        drop((script, store));
        let (store, script) = opened(&folder, calm()).await;
        hidden(&script, "started again").await;
        store.erase_source(source, None).await.unwrap();
        hidden(&script, "done").await;
        assert!(!holds(&folder, "@example.com"), "{cut}");
    }
}

/// How many events the large file holds, unless `BALCAO_ERASED_EVENTS` says otherwise, and how many people they are of.
const EVENTS: u32 = 5_000_000;
const PEOPLE: u32 = 200_000;

fn events() -> u32 {
    let told = std::env::var("BALCAO_ERASED_EVENTS").ok();
    told.and_then(|told| told.parse().ok()).unwrap_or(EVENTS)
}

/// Copies one person's sale and its delivery until the file is large; nothing of it names anybody else.
fn fill(folder: &Folder) {
    let db = rusqlite::Connection::open(folder.options().path).unwrap();
    db.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN")
        .unwrap();
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";
    let run = |sql: &str, count: u32| {
        db.execute(&format!("{numbers} {sql}"), [count]).unwrap();
    };
    db.execute_batch(
        "CREATE TEMP TABLE sale AS SELECT * FROM entry WHERE kind = 'commerce' ORDER BY position LIMIT 1;
         CREATE TEMP TABLE sent AS SELECT * FROM delivery ORDER BY id LIMIT 1;
         CREATE TEMP TABLE home (i INTEGER PRIMARY KEY, public BLOB);",
    )
    .unwrap();
    db.execute_batch(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {PEOPLE} - 1)
         INSERT INTO home SELECT i, randomblob(16) FROM n;
         INSERT INTO conversation (workspace, public) SELECT 1, public FROM home;"
    ))
    .unwrap();
    run(
        "INSERT INTO entry (position, at, conversation, chain, kind, body)
         SELECT sale.position + 100000 + i, sale.at,
             (SELECT public FROM home WHERE home.i = n.i * 7919 % (SELECT count(*) FROM home)),
             randomblob(16), sale.kind,
             replace(sale.body, 'pessoa-9999', printf('massa-%07d', i)) FROM n, sale",
        events(),
    );
    run(
        "INSERT INTO delivery (public, workspace, integration, received_at, first_seq, entry_count,
             event, proof, headers, body_bytes, body)
         SELECT unhex(printf('019f%028x', i)), workspace, integration, received_at, first_seq + 100000 + i, 1,
             event, proof, headers, body_bytes, body FROM n, sent",
        events(),
    );
    db.execute(
        "UPDATE workspace SET head_seq = head_seq + 100000 + ?1 WHERE id = 1",
        [events()],
    )
    .unwrap();
    db.execute_batch("COMMIT; PRAGMA journal_mode = WAL")
        .unwrap();
}

/// Tells how long it takes to erase somebody on a large file, one with thousands of orders among them, and how long others wait
/// meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "fills a file of many gigabytes: run it by its name, on a machine that does nothing else"]
async fn on_a_large_file_nobody_waits_for_an_erasing() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    for n in [9_999, 1, 2, 3] {
        buys(&script, n).await;
    }
    orders_often(&script, 4, 5_000).await;
    drop(script);
    store.close().await;
    drop(store);
    let began = Instant::now();
    fill(&folder);
    let bytes = std::fs::metadata(folder.options().path).unwrap().len();
    say(&format!(
        "filled {} MB in {:?}",
        bytes >> 20,
        began.elapsed()
    ));
    let (store, script) = opened(&folder, calm()).await;
    let (store, script) = (store, Arc::new(script));
    let stop = Arc::new(AtomicBool::new(false));
    let sender = tokio::spawn({
        let (script, stop) = (Arc::clone(&script), Arc::clone(&stop));
        async move {
            let mut waits = Vec::new();
            for n in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let began = Instant::now();
                buys(&script, 20_000 + n).await;
                waits.push(began.elapsed());
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            waits.sort_unstable();
            waits
        }
    });
    for n in [2, 3, 4] {
        let began = Instant::now();
        let erased = script
            .store
            .erase(script.workspace.id, named(n), None)
            .await;
        let erased = erased.unwrap();
        let taken = began.elapsed();
        say(&format!("erased {} entries in {taken:?}", erased.entries));
    }
    stop.store(true, Ordering::Relaxed);
    let waits = sender.await.unwrap();
    let at = |share: usize| waits.get(waits.len() * share / 1_000);
    say(&format!(
        "{} sales beside it: half within {:?}, 99 % within {:?}, 99.9 % within {:?}, all within {:?}",
        waits.len(),
        at(500),
        at(990),
        at(999),
        waits.last()
    ));
    assert!(!holds_in_pages(&folder, &mail(2)) && holds_in_pages(&folder, &mail(1)));
    drop(script);
    store.close().await;
}

/// Writes a line for whoever ran the test.
fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").unwrap();
}

/// Tells whether a word is in the database or its log, read a piece at a time.
fn holds_in_pages(folder: &Folder, word: &str) -> bool {
    let path = folder.options().path;
    let log = format!("{}-wal", path.display());
    [path, log.into()].into_iter().any(|path| {
        let Ok(file) = std::fs::File::open(path) else {
            return false;
        };
        let search = aho_corasick::AhoCorasick::new([word]).unwrap();
        search.stream_find_iter(file).next().is_some()
    })
}
