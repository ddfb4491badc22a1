//! Which sales are announced, and what the page is told.

use std::collections::BTreeMap;
use std::time::Duration;

use contract::entry::{Assigned, Noted};
use contract::{Actor, MemberId, Present, Stage, StageGroup, kind};
use inbox::asking::Reach;
use inbox::notices::{CallReason, Notice};

use crate::desk::Desk;
use crate::service::{Service, me};
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
        .notice
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
    let Notice::Happening(sale) = next(&mut notices).await else {
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
    let Notice::Happening(sale) = next(&mut notices).await else {
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
    let Notice::Happenings(sum) = next(&mut notices).await else {
        panic!("a summary")
    };
    assert_eq!(
        (sum.sales, sum.total.map(|total| total.minor), sum.others),
        (100, Some(1_970_000), 0)
    );
}

#[tokio::test]
async fn what_came_while_the_desk_was_closed_is_one_notice() {
    let (service, desk, _) = open().await;
    let Desk { inbox, folder } = desk;
    inbox.close().await;
    drop(inbox);
    service.with(|state| {
        for number in 10..13 {
            state.tape.sale(number, Stage::PurchaseApproved);
        }
        state.tape.sale(14, Stage::PixGenerated);
        let body = Assigned {
            command_id: contract::CommandId::from_u128(1),
            by: bia(),
            to: ana(),
        };
        state.tape.write(Some(person(1)), kind::ASSIGNED, &body);
    });
    let inbox = crate::desk::open(folder.path()).await;
    let mut notices = inbox.notices();
    let desk = Desk { inbox, folder };
    desk.sit(&service).await;
    let Notice::Missed { orders, calls } = next(&mut notices).await else {
        panic!("one notice of all")
    };
    let total = orders.total.map(|total| total.minor);
    assert_eq!((orders.sales, orders.others, calls), (3, 0, 1));
    assert_eq!((total, orders.newest), (Some(59_100), person(12)));
    // From here on it is as ever.
    service.with(|state| state.tape.sale(2, Stage::PurchaseApproved));
    let Notice::Happening(sale) = next(&mut notices).await else {
        panic!("one sale")
    };
    assert_eq!(sale.conversation_id, person(2));
}

#[tokio::test]
async fn the_member_says_of_what_to_hear() {
    let (service, desk, mut notices) = open().await;
    let settings = inbox::asking::Settings {
        notify_of: BTreeMap::from([
            (StageGroup::Approved, Reach::Mine),
            (StageGroup::Refused, Reach::Unclaimed),
        ]),
        notify_sound: true,
        ..desk.inbox.settings()
    };
    desk.inbox.settings_put(settings).await.expect("kept");
    let command_id = contract::CommandId::from_u128(1);
    let (by, to) = (bia(), ana());
    service.with(|state| {
        state.tape.sale(5, Stage::PurchaseApproved);
        state.tape.sale(6, Stage::BoletoGenerated);
        state.tape.sale(7, Stage::PaymentRefused);
        let body = Assigned { command_id, by, to };
        state.tape.write(Some(person(2)), kind::ASSIGNED, &body);
        state.tape.sale(2, Stage::PurchaseApproved);
    });
    let mut told = Vec::new();
    while told.len() < 3 {
        let heard = tokio::time::timeout(Duration::from_secs(20), notices.next());
        let heard = heard.await.expect("in time").expect("open");
        told.push((heard.notice.newest(), heard.is_heard));
    }
    told.sort_unstable();
    // Of person 2: the sale, which is heard, and the call, which is not.
    let expected = [(person(2), false), (person(2), true), (person(7), false)];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_notice_of_the_conversation_that_is_open_is_known_to_be() {
    let (service, desk, mut notices) = open().await;
    service.with(|state| state.tape.sale(2, Stage::PurchaseApproved));
    let notice = next(&mut notices).await;
    assert!(!desk.inbox.shows(&notice), "none is open");
    for (number, expected) in [(1, false), (2, true)] {
        let present = Present {
            conversation_id: Some(person(number)),
            writing: false,
        };
        desk.inbox.present(present).expect("kept");
        assert_eq!(desk.inbox.shows(&notice), expected, "{number}");
    }
    desk.inbox.hidden(true);
    assert!(!desk.inbox.shows(&notice), "the window is out of sight");
}

fn bia() -> Actor {
    Actor {
        id: MemberId::from_u128(99),
        name: "Bia".to_owned(),
    }
}

fn ana() -> Actor {
    Actor {
        id: me().member_id,
        name: me().member_name,
    }
}

#[tokio::test]
async fn a_colleagues_call_is_announced_and_nobody_elses() {
    let (service, _desk, mut notices) = open().await;
    let command_id = contract::CommandId::from_u128(1);
    service.with(|state| {
        let mut note = |by: Actor, mentions: Vec<Actor>| {
            let body = Noted {
                command_id,
                by,
                text: "vê isso?".to_owned(),
                mentions,
            };
            state.tape.write(Some(person(2)), kind::NOTED, &body);
        };
        note(bia(), vec![bia()]);
        note(ana(), vec![ana()]);
        note(bia(), vec![ana(), bia()]);
        let mut assign = |by: Actor, to: Actor| {
            let body = Assigned { command_id, by, to };
            state.tape.write(Some(person(1)), kind::ASSIGNED, &body);
        };
        assign(ana(), ana());
        assign(bia(), bia());
        assign(bia(), ana());
    });
    for (who, reason) in [
        (person(2), CallReason::Mention),
        (person(1), CallReason::Assignment),
    ] {
        let Notice::Call(call) = next(&mut notices).await else {
            panic!("one call")
        };
        assert_eq!((call.conversation_id, call.reason), (who, reason));
        assert_eq!(
            (call.by.as_str(), call.first_name.as_deref()),
            ("Bia", Some("Pessoa"))
        );
    }
}

#[tokio::test]
async fn who_wants_no_calls_hears_of_sales_only() {
    let (service, desk, mut notices) = open().await;
    let settings = inbox::asking::Settings {
        notify_mine: false,
        ..desk.inbox.settings()
    };
    desk.inbox.settings_put(settings).await.expect("kept");
    service.with(|state| {
        let body = Assigned {
            command_id: contract::CommandId::from_u128(1),
            by: bia(),
            to: ana(),
        };
        state.tape.write(Some(person(1)), kind::ASSIGNED, &body);
        state.tape.sale(2, Stage::PurchaseApproved);
    });
    assert!(matches!(next(&mut notices).await, Notice::Happening(_)));
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
