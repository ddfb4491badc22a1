//! Which sales are announced, and what the page is told.

use std::time::Duration;

use contract::Stage;
use inbox::notices::Notice;

use crate::desk::Desk;
use crate::service::Service;
use crate::tape::{Tape, person};

async fn open() -> (Service, Desk, inbox::engine::Notices) {
    let mut tape = Tape::new("k1");
    tape.sale(1, Stage::PurchaseApproved);
    tape.sale(2, Stage::PixGenerated);
    let service = Service::start(tape).await;
    let desk = Desk::at(&service).await;
    let notices = desk.inbox.notices();
    desk.live().await;
    (service, desk, notices)
}

async fn next(notices: &mut inbox::engine::Notices) -> Notice {
    tokio::time::timeout(Duration::from_secs(20), notices.next())
        .await
        .expect("in time")
        .expect("open")
}

#[tokio::test]
async fn only_a_real_new_sale_is_announced_and_once() {
    let (service, desk, mut notices) = open().await;
    service.with(|state| {
        let tape = &mut state.tape;
        tape.sale_with(3, Stage::PurchaseApproved, |event| event.is_test = true);
        tape.sale(1, Stage::PurchaseCompleted);
        tape.sale_with(4, Stage::PurchaseApproved, |event| {
            event.occurred_at -= chrono::TimeDelta::days(3);
        });
        tape.sale(2, Stage::PurchaseApproved);
        tape.sale(2, Stage::PurchaseApproved);
        tape.sale(2, Stage::PurchaseCompleted);
    });
    desk.rows(4).await;
    let Notice::Sale(sale) = next(&mut notices).await else {
        panic!("one sale")
    };
    assert_eq!(sale.conversation_id, person(2));
    assert_eq!(sale.amount.map(|amount| amount.minor), Some(19_700));
    assert_eq!(
        (sale.product.as_deref(), sale.first_name.as_deref()),
        (Some("Curso de Costura"), Some("Pessoa"))
    );
    // Only the sale after these is announced next.
    service.with(|state| state.tape.sale(9, Stage::PurchaseApproved));
    let Notice::Sale(sale) = next(&mut notices).await else {
        panic!("one sale")
    };
    assert_eq!(sale.conversation_id, person(9));
}

#[tokio::test]
async fn a_burst_is_one_notice() {
    let (service, _desk, mut notices) = open().await;
    service.with(|state| {
        for number in 10..110 {
            state.tape.sale(number, Stage::PurchaseApproved);
        }
    });
    let Notice::Sales { count, total, .. } = next(&mut notices).await else {
        panic!("a summary")
    };
    assert_eq!(
        (count, total.map(|total| total.minor)),
        (100, Some(1_970_000))
    );
}

#[tokio::test]
async fn a_live_entry_is_told_at_once_by_its_id() {
    let (service, desk, _notices) = open().await;
    let mut changes = desk.inbox.changes();
    service.with(|state| state.tape.sale(2, Stage::PurchaseApproved));
    let told = tokio::time::timeout(Duration::from_secs(5), async {
        loop {
            let change = changes.next().await.expect("open");
            if change.conversations.contains(&person(2)) {
                return change;
            }
        }
    });
    let change = told.await.expect("in time");
    assert!(change.counters && change.sold == [person(2)] && !change.everything);
}
