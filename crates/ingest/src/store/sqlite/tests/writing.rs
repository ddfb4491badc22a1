//! The writer: batches, failures of one job and of the disk, and the bounded queue.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use contract::{Chain, kind};

use super::Folder;
use crate::store::conformance::Stage;
use crate::store::conformance::script::{Script, by_phone, refusal};
use crate::store::sqlite::append::append;
use crate::store::sqlite::{QueueBounds, SMALL, SqliteStore};
use crate::store::{DeliveryResult, Fault, Refusal, Store, StoreError};

const PHONE: &str = "+5547900000111";

/// Bounds that no slow machine reaches by itself.
pub(super) fn calm() -> QueueBounds {
    QueueBounds {
        patience: Duration::from_secs(600),
        ..QueueBounds::default()
    }
}

/// A store that the test can look into.
pub(super) async fn opened(folder: &Folder, queue: QueueBounds) -> (Arc<SqliteStore>, Script) {
    let mut options = folder.options();
    options.queue = queue;
    let store = Arc::new(SqliteStore::open(options).expect("opens"));
    let script = Script::with(Arc::clone(&store) as Arc<dyn Store>, folder.world()).await;
    (store, script)
}

/// Holds the writer in a job until the returned sender is dropped.
async fn hold_writer(store: &Arc<SqliteStore>) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel::<()>();
    let (started, running) = tokio::sync::oneshot::channel();
    let store = Arc::clone(store);
    tokio::spawn(async move {
        store
            .write(SMALL, move |_| {
                started.send(()).expect("awaited");
                // Ends when the sender is dropped.
                assert!(released.recv().is_err());
                Ok(())
            })
            .await
    });
    running.await.expect("the writer runs");
    release
}

#[tokio::test]
async fn a_poisoned_job_takes_back_its_own_rows_only() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let before = script.log().await.len();
    let workspace = script.workspace.id;
    let release = hold_writer(&store).await;
    let mut answers = Vec::new();
    for n in 0..9_u64 {
        let asked = Arc::clone(&store);
        answers.push(tokio::spawn(async move {
            let write = asked.write(SMALL, move |writing| {
                let body = format!("{{\"n\":{n}}}");
                let seq = append(writing, workspace, None, "test.entry", body)?;
                match n % 3 {
                    1 => {
                        writing
                            .db
                            .execute("INSERT INTO meta (name) VALUES ('epoch')", [])?;
                        Ok(seq)
                    }
                    2 => Err(Refusal::NonceReused.into()),
                    _ => Ok(seq),
                }
            });
            write.await
        }));
        while store.pulse().queue_jobs < n + 1 {
            tokio::task::yield_now().await;
        }
    }
    let batches = store.pulse().batch_jobs.count;
    drop(release);
    let mut outcomes = Vec::new();
    for answer in answers {
        outcomes.push(answer.await.expect("answered"));
    }
    assert_eq!(
        store.pulse().batch_jobs.count,
        batches + 2,
        "the nine shared one commit"
    );
    let seq = |n: u64| Ok(before as u64 + n);
    let poison = || Err(StoreError::Unavailable(Fault::Internal));
    let refused = || Err(StoreError::Refused(Refusal::NonceReused));
    assert_eq!(
        outcomes,
        vec![
            seq(1),
            poison(),
            refused(),
            seq(2),
            poison(),
            refused(),
            seq(3),
            poison(),
            refused(),
        ]
    );
    let log = script.log().await;
    let stored: Vec<&str> = log
        .iter()
        .skip(before)
        .map(|entry| entry.body.get())
        .collect();
    assert_eq!(stored, ["{\"n\":0}", "{\"n\":3}", "{\"n\":6}"]);
}

#[tokio::test]
async fn a_poisoned_delivery_takes_back_its_own_rows_only() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let trigger =
        "CREATE TEMP TRIGGER poison BEFORE INSERT ON main.delivery WHEN new.query = 'poison'
         BEGIN SELECT raise(ABORT, 'poisoned'); END";
    let poisoning = store.write(SMALL, |writing| Ok(writing.db.execute_batch(trigger)?));
    poisoning.await.unwrap();
    let release = hold_writer(&store).await;
    let mut answers = Vec::new();
    for n in 0..9_u64 {
        let mut delivery = script.delivery(&[script.event(&format!("o{n}"), by_phone(PHONE))]);
        match n % 3 {
            1 => delivery.query = "poison".to_owned(),
            2 => delivery.nonce = Some(script.nonce("nonce-0005")),
            _ => {}
        }
        let asked = Arc::clone(&store);
        answers.push(tokio::spawn(async move { asked.accept(delivery).await }));
        while store.pulse().queue_jobs < n + 1 {
            tokio::task::yield_now().await;
        }
    }
    let batches = store.pulse().batch_jobs.count;
    drop(release);
    let mut outcomes = Vec::new();
    for answer in answers {
        let answer = answer.await.expect("answered");
        outcomes.push(answer.map_or_else(|error| error.to_string(), |_| "kept".to_owned()));
    }
    assert_eq!(
        store.pulse().batch_jobs.count,
        batches + 2,
        "the nine shared one commit"
    );
    assert_eq!(store.pulse().repeated_batches, 1);
    let poison = StoreError::Unavailable(Fault::Internal).to_string();
    let reused = StoreError::Refused(Refusal::NonceReused).to_string();
    let (kept, poison, reused) = ("kept", poison.as_str(), reused.as_str());
    assert_eq!(
        outcomes,
        [
            kept, poison, kept, kept, poison, reused, kept, poison, reused
        ]
    );
    assert_eq!(script.commerce_count().await, 4);
    let unpoisoned = script.delivery(&[script.event("o1", by_phone(PHONE))]);
    let after = store.accept(unpoisoned).await.unwrap();
    assert_eq!(
        after.result,
        DeliveryResult::Accepted,
        "nothing is left of it"
    );
}

#[tokio::test]
async fn a_nonce_comes_back_when_its_delivery_fails() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let trigger = |statement: &'static str| {
        store.write(SMALL, move |writing| {
            Ok(writing.db.execute_batch(statement)?)
        })
    };
    trigger(
        "CREATE TEMP TRIGGER poison BEFORE INSERT ON main.delivery
         BEGIN SELECT raise(ABORT, 'poisoned'); END",
    )
    .await
    .unwrap();
    let with_nonce = || {
        let mut delivery = script.delivery(&[script.event("o1", by_phone(PHONE))]);
        delivery.nonce = Some(script.nonce("nonce-0001"));
        delivery
    };
    let before = store.head(script.workspace.id).await.unwrap();
    let failed = script.store.accept(with_nonce()).await;
    assert_eq!(failed, Err(StoreError::Unavailable(Fault::Internal)));
    assert_eq!(store.head(script.workspace.id).await.unwrap(), before);
    trigger("DROP TRIGGER poison").await.unwrap();
    script.store.accept(with_nonce()).await.unwrap();
    assert_eq!(
        refusal(script.store.accept(with_nonce()).await),
        "nonce_reused"
    );
    assert_eq!(script.commerce_count().await, 1);
}

#[tokio::test]
async fn a_full_queue_says_so_at_once_and_loses_nothing() {
    let folder = Folder::set().await;
    let bounds = QueueBounds { jobs: 8, ..calm() };
    let (store, script) = opened(&folder, bounds).await;
    let release = hold_writer(&store).await;
    let mut waiting = tokio::task::JoinSet::new();
    for n in 0..8_u64 {
        let asked = Arc::clone(&store);
        let delivery = script.delivery(&[script.event(&format!("o{n}"), by_phone(PHONE))]);
        waiting.spawn(async move { asked.accept(delivery).await });
        while store.pulse().queue_jobs < n + 1 {
            tokio::task::yield_now().await;
        }
    }
    for _ in 0..3 {
        let delivery = script.delivery(&[script.event("late", by_phone(PHONE))]);
        assert_eq!(store.accept(delivery).await, Err(StoreError::Overloaded));
    }
    assert_eq!(store.pulse().overloaded, 3);
    drop(release);
    for answer in waiting.join_all().await {
        assert_eq!(answer.unwrap().seqs.len(), 1);
    }
    assert_eq!(script.commerce_count().await, 8);
    script
        .accept(&[script.event("late", by_phone(PHONE))])
        .await;
    assert_eq!(store.pulse().queue_jobs, 0);
}

#[tokio::test]
async fn the_queue_is_bounded_in_bytes_too() {
    let folder = Folder::set().await;
    let bounds = QueueBounds {
        bytes: 100_000,
        ..calm()
    };
    let (store, _script) = opened(&folder, bounds).await;
    let release = hold_writer(&store).await;
    let large = |store: Arc<SqliteStore>| async move { store.write(200_000, |_| Ok(())).await };
    let first = tokio::spawn(large(Arc::clone(&store)));
    while store.pulse().queue_bytes == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(large(Arc::clone(&store)).await, Err(StoreError::Overloaded));
    drop(release);
    assert_eq!(
        first.await.expect("answered"),
        Ok(()),
        "a single one is taken whatever its size"
    );
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_passes() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let set_pages = |count: i64| {
        store.write(SMALL, move |writing| {
            writing.db.pragma_update(None, "max_page_count", count)?;
            Ok(())
        })
    };
    set_pages(1)
        .await
        .expect("SQLite raises it to the present size");
    let mut accepted = Vec::new();
    let mut n = 0;
    let fault = loop {
        n += 1;
        let event = script.event(&format!("o{n}"), by_phone(PHONE));
        match script.store.accept(script.delivery(&[event])).await {
            Ok(answer) => accepted.extend(answer.seqs),
            Err(error) => break error,
        }
    };
    assert_eq!(fault, StoreError::Unavailable(Fault::DiskFull));
    let event = script.event("while-full", by_phone(PHONE));
    let again = script
        .store
        .accept(script.delivery(std::slice::from_ref(&event)))
        .await;
    assert_eq!(again, Err(StoreError::Unavailable(Fault::DiskFull)));
    assert!(store.pulse().failed_commits >= 2);
    let log = script.log().await;
    assert_eq!(
        log.iter()
            .filter(|entry| entry.kind == kind::COMMERCE)
            .count(),
        accepted.len()
    );

    set_pages(100_000).await.expect("needs no page");
    let after = script.accept(&[event]).await;
    assert_eq!(after.seqs, vec![log.len() as u64 + 1], "no number is lost");
    script.log().await;
    store.quick_check().await.unwrap();
    store.ready().await.unwrap();
}

#[tokio::test]
async fn after_an_io_fault_the_batch_is_taken_back_and_the_file_opened_anew() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let workspace = script.workspace.id;
    let before = store.head(workspace).await.unwrap();
    let failed: Result<(), _> = store
        .write(SMALL, move |writing| {
            append(writing, workspace, None, "test.entry", "{}".to_owned())?;
            Err(Fault::Io.into())
        })
        .await;
    assert_eq!(failed, Err(StoreError::Unavailable(Fault::Io)));
    assert_eq!(store.head(workspace).await.unwrap(), before);
    script.accept(&[script.event("o1", by_phone(PHONE))]).await;
    assert_eq!(script.log().await.len() as u64, before.seq + 1);
}

#[tokio::test]
async fn a_failed_flush_ends_the_store() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let failed: Result<(), _> = store.write(SMALL, |_| Err(Fault::Flush.into())).await;
    let flush = StoreError::Unavailable(Fault::Flush);
    assert_eq!(failed, Err(flush));
    assert_eq!(store.failed().await, Fault::Flush);
    let event = script.event("o1", by_phone(PHONE));
    assert_eq!(
        script.store.accept(script.delivery(&[event])).await,
        Err(flush)
    );
    assert_eq!(
        script.commerce_count().await,
        0,
        "what is there can still be read"
    );
    // A new start finds the file well.
    let again = folder.open().await;
    again.ready().await.unwrap();
}

#[tokio::test]
async fn closing_writes_what_was_taken_and_empties_the_log() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let release = hold_writer(&store).await;
    let delivery = script.delivery(&[script.event("o1", by_phone(PHONE))]);
    let taken = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.accept(delivery).await }
    });
    while store.pulse().queue_jobs == 0 {
        tokio::task::yield_now().await;
    }
    let mut closing = Box::pin(store.close());
    tokio::select! {
        biased;
        () = &mut closing => panic!("it cannot close while a job runs"),
        () = std::future::ready(()) => {}
    }
    let late: Result<(), _> = store.write(SMALL, |_| Ok(())).await;
    assert_eq!(late, Err(StoreError::Unavailable(Fault::Closed)));
    drop(release);
    closing.await;
    assert_eq!(taken.await.expect("answered").unwrap().seqs.len(), 1);
    let log = super::super::gauges::log_of(&folder.options().path);
    let left = std::fs::metadata(log).map_or(0, |found| found.len());
    assert_eq!(left, 0, "the log was moved into the file");
    let again = Script {
        store: folder.open().await,
        ..script
    };
    assert_eq!(again.commerce_count().await, 1);
}

#[tokio::test]
async fn another_process_is_noticed() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let token = crate::store::TokenHash::of("token");
    let enrolment = crate::store::Enrolment {
        name: "Bia".to_owned(),
        role: contract::Role::Admin,
        token,
        device: String::new(),
    };
    let other = folder.open().await;
    let session = other.enrol(script.workspace.id, enrolment).await.unwrap();
    assert!(store.session(&token).await.unwrap().is_some());
    script.accept(&[script.event("o1", by_phone(PHONE))]).await;
    let log = script.log().await;
    assert_eq!(
        log.last().map(|entry| entry.kind.as_str()),
        Some(kind::COMMERCE)
    );
    other
        .revoke_session(script.workspace.id, session.id)
        .await
        .unwrap();
    store.ready().await.unwrap();
    assert!(store.session(&token).await.unwrap().is_none());
    assert_ne!(
        store.head(script.workspace.id).await.unwrap().chain,
        Chain::EMPTY
    );
}

#[tokio::test]
async fn a_writer_that_does_not_keep_up_takes_nothing_more() {
    let folder = Folder::set().await;
    let bounds = QueueBounds {
        patience: Duration::ZERO,
        ..QueueBounds::default()
    };
    let (store, _script) = opened(&folder, bounds).await;
    let release = hold_writer(&store).await;
    let first = store.submit(SMALL, |_| Ok(())).expect("nothing waits yet");
    let second = store.submit(SMALL, |_| Ok(()));
    assert_eq!(second.err(), Some(StoreError::Overloaded));
    drop(release);
    assert_eq!(first.await.expect("answered"), Ok(()));
}

#[tokio::test]
async fn checkpoints_are_no_outside_change() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let token = crate::store::TokenHash::of("token");
    let enrolment = crate::store::Enrolment {
        name: "Bia".to_owned(),
        role: contract::Role::Agent,
        token,
        device: String::new(),
    };
    store.enrol(script.workspace.id, enrolment).await.unwrap();
    let known = store.session(&token).await.unwrap().unwrap();
    for _ in 0..3 {
        store.checkpoint().await.unwrap();
        store.ready().await.unwrap();
    }
    let still_known = store.session(&token).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&known, &still_known), "nothing was read anew");
}

/// What a process had stored and not counted when it was killed is counted by the next; beside one that lives it is left to that.
#[tokio::test]
async fn counts_that_a_killed_process_kept_in_memory_are_made_again() {
    let folder = Folder::set().await;
    let (_store, script) = opened(&folder, calm()).await;
    script
        .accept(&[script.event("o1", by_phone("+5547900000111"))])
        .await;
    let killed = Folder::set().await;
    let (from, to) = (folder.options().path, killed.options().path);
    for end in ["", "-wal"] {
        let name = |path: &std::path::Path| format!("{}{end}", path.display());
        std::fs::copy(name(&from), name(&to)).unwrap();
    }
    for (there, counted) in [(&killed, 1), (&folder, 0)] {
        let store = there.open().await;
        let activity = store.activity(script.workspace.id).await.unwrap();
        assert_eq!(
            activity.first().map(|one| one.last_day.accepted),
            Some(counted)
        );
    }
}
