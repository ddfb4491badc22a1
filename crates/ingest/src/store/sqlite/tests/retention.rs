//! Bodies that are let go for their age: which, how many at a time, and what stays.

use bytes::Bytes;
use chrono::TimeDelta;
use contract::{DeliveryId, StepAnswer, StepAsked};
use rusqlite::Connection;

use super::Folder;
use super::writing::{calm, opened};
use crate::store::conformance::Stage;
use crate::store::conformance::script::{Script, by_email, by_phone};
use crate::store::sqlite::connection;
use crate::store::sqlite::retention::Sweep;
use crate::store::{DeliveryResult, Sought, Store, Subjects, World};

const KEPT: TimeDelta = TimeDelta::days(90);

/// Keeps deliveries of distinct orders, each with a word of its own in its body.
async fn sells(script: &Script, word: &str, count: usize) -> Vec<DeliveryId> {
    let mut ids = Vec::new();
    for n in 0..count {
        let event = script.event(&format!("{word}-{n}"), by_phone("+5547900000111"));
        let mut delivery = script.delivery(&[event]);
        delivery.body = Bytes::from(format!("{{\"said\":\"{word}-{n:04}-fim\"}}"));
        ids.push(delivery.id);
        let accepted = script.store.accept(delivery).await.unwrap();
        assert_eq!(accepted.result, DeliveryResult::Accepted);
    }
    ids
}

/// Steps until nothing is left to do, a day after the clock was looked at first; returns how many steps did something.
fn swept(db: &Connection, script: &Script, kept: Option<TimeDelta>) -> usize {
    let mut sweep = Sweep::new(kept);
    let mut step = || sweep.step(db, script.world.as_ref()).unwrap();
    let first = step();
    script.world.pass(TimeDelta::days(1));
    let after = (0..50).map(|_| step()).take_while(|bytes| *bytes > 0);
    usize::from(first > 0) + after.count()
}

fn file_holds(folder: &Folder, word: &str) -> bool {
    let bytes = std::fs::read(folder.options().path).unwrap();
    bytes
        .windows(word.len())
        .any(|part| part == word.as_bytes())
}

#[tokio::test]
async fn steps_done_long_ago_are_forgotten() {
    let folder = Folder::set().await;
    let (_store, script) = opened(&folder, calm()).await;
    let take = async |number: u32| {
        let asked = StepAsked {
            order_key: format!("kiwify:{number}"),
            template: "pix.remind".to_owned(),
            since: script.world.now(),
        };
        let (workspace, by) = (script.workspace.id, script.actor());
        let taking = script
            .store
            .take_step(workspace, asked, by, script.session.id);
        assert_eq!(taking.await.unwrap(), StepAnswer::Taken);
    };
    for number in 0..40 {
        take(number).await;
    }
    script.world.pass(TimeDelta::days(100));
    take(40).await;
    let db = connection::writer(&folder.options().path).unwrap();
    let rows = || -> u32 {
        db.query_row("SELECT count(*) FROM step", [], |row| row.get(0))
            .unwrap()
    };
    let mut sweep = Sweep::new(None);
    let mut all = || {
        for _ in 0..256 {
            sweep.step(&db, script.world.as_ref()).unwrap();
        }
    };
    all();
    assert_eq!(rows(), 41, "a hundred days are not long");
    script.world.pass(TimeDelta::days(81));
    all();
    assert_eq!(rows(), 1, "the younger one is known still");
}

#[tokio::test]
async fn old_bodies_go_and_what_became_of_them_stays() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let old = sells(&script, "velho", 300).await;
    script.world.pass(TimeDelta::days(60));
    let young = sells(&script, "novo", 5).await;
    script.world.pass(TimeDelta::days(31));

    let before = store.delivery(script.workspace.id, old[7]).await.unwrap();
    assert!(!before.body.is_empty() && !before.expired);
    let db = connection::writer(&folder.options().path).unwrap();
    assert_eq!(swept(&db, &script, None), 0, "without an age they stay");
    assert_eq!(swept(&db, &script, Some(KEPT)), 3, "128 rows a step");
    let mut another = Sweep::new(Some(KEPT));
    let bytes = another.step(&db, script.world.as_ref()).unwrap();
    assert_eq!(bytes, 0, "another begins where it ended");

    for id in &old {
        let after = store.delivery(script.workspace.id, *id).await.unwrap();
        assert!(after.expired && !after.erased && after.body.is_empty());
        assert_eq!(after.summary.result, DeliveryResult::Accepted);
        assert!(after.summary.body_bytes > 0 && after.summary.first_seq.is_some());
    }
    for id in &young {
        let after = store.delivery(script.workspace.id, *id).await.unwrap();
        assert!(!after.expired && !after.body.is_empty());
    }
    // Their events are still known, so a repeat is one; it keeps the body that it brought.
    let repeat = script.delivery(&[script.event("velho-7", by_phone("+5547900000111"))]);
    let (id, repeated) = (repeat.id, store.accept(repeat).await.unwrap());
    assert_eq!(repeated.result, DeliveryResult::Duplicate);
    let repeat = store.delivery(script.workspace.id, id).await.unwrap();
    assert_eq!(repeat.summary.duplicate_of, Some(old[7]));

    // Moved into the file, nothing of the old ones is between the rows either.
    drop(db);
    store.close().await;
    assert!(file_holds(&folder, "novo-0003-fim"));
    assert!(!file_holds(&folder, "velho-0007-fim"));
    assert!(!file_holds(&folder, "velho-0299-fim"));
}

/// A clock that was set far ahead has a day to be set right; until then, and through any number of starts, nothing goes.
#[tokio::test]
async fn a_clock_far_ahead_lets_nothing_go_for_a_day() {
    let folder = Folder::set().await;
    let (_store, script) = opened(&folder, calm()).await;
    sells(&script, "venda", 3).await;
    let db = connection::writer(&folder.options().path).unwrap();
    let world = script.world.as_ref();
    let hour = TimeDelta::hours(1);
    let (year, most_of_a_day) = (TimeDelta::days(365), TimeDelta::hours(23));
    let mut sweep = Sweep::new(Some(KEPT));
    assert_eq!(sweep.step(&db, world).unwrap(), 0);

    world.set_ahead(year);
    assert_eq!(sweep.step(&db, world).unwrap(), 0);
    world.pass(most_of_a_day);
    assert_eq!(sweep.step(&db, world).unwrap(), 0);
    // What comes meanwhile has the wrong time too, which proves nothing; nor does another start.
    sells(&script, "depois", 1).await;
    let mut sweep = Sweep::new(Some(KEPT));
    for _ in 0..most_of_a_day.num_hours() {
        assert_eq!(sweep.step(&db, world).unwrap(), 0);
        world.pass(hour);
    }
    world.set_ahead(-year);
    assert_eq!(sweep.step(&db, world).unwrap(), 0, "it was set right");

    // Time that passes is believed at once, and so is a leap that stands for a day.
    world.set_ahead(year);
    assert_eq!(sweep.step(&db, world).unwrap(), 0);
    world.pass(TimeDelta::days(1));
    assert!(sweep.step(&db, world).unwrap() > 0);
    let mut sweep = Sweep::new(Some(TimeDelta::hours(1)));
    sells(&script, "agora", 1).await;
    sweep.step(&db, world).unwrap();
    world.pass(KEPT);
    assert!(sweep.step(&db, world).unwrap() > 0);
}

/// A body that is let go for its age can still belong to somebody who is erased, and what was erased stays told as erased.
#[tokio::test]
async fn what_was_let_go_can_be_erased_and_the_other_way_round() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let sold = async |name: &str| {
        let customer = by_email(&format!("{name}@example.com"));
        script
            .accept(&[script.event(name, customer)])
            .await
            .delivery_id
    };
    let (first, second) = (sold("rita").await, sold("ana").await);
    let erase = async |name: &str| {
        let sought = Sought {
            traces: vec![(crate::identity::Trace::Email, format!("{name}@example.com"))],
            ..Sought::default()
        };
        store
            .erase(script.workspace.id, sought, None)
            .await
            .unwrap()
    };
    assert_eq!(erase("rita").await.deliveries, 1);
    script.world.pass(KEPT + TimeDelta::days(1));
    let db = connection::writer(&folder.options().path).unwrap();
    swept(&db, &script, Some(KEPT));
    drop(db);
    let told = async |id: DeliveryId| {
        let shown = store.delivery(script.workspace.id, id).await.unwrap();
        (shown.erased, shown.expired)
    };
    assert_eq!(told(first).await, (true, false));
    assert_eq!(told(second).await, (false, true));
    assert_eq!(erase("ana").await.deliveries, 1);
    assert_eq!(told(second).await, (true, false));
}
