//! Turning back what was done, and one action on many conversations.

use std::time::Duration;

use chrono::TimeDelta;
use contract::entry::ByMember;
use contract::{Action, Actor, CommandId, MemberId, SnoozeUntil, Stage, kind};
use inbox::Refusal;
use inbox::asking::StaysReason;
use inbox::view::OutboxState;

use crate::desk::Desk;
use crate::service::{Kind, Service, Trick, me};
use crate::tape::{Tape, person, start};

async fn open() -> (Service, Desk) {
    let mut tape = Tape::new("k1");
    tape.carts(4);
    let service = Service::start(tape).await;
    let desk = Desk::at(&service).await;
    desk.rows(4).await;
    desk.live().await;
    (service, desk)
}

async fn settled(desk: &Desk) {
    desk.until("an empty outbox", async |inbox| {
        let outbox = inbox.outbox().await.expect("reads");
        outbox.is_empty().then_some(())
    })
    .await;
}

fn told(service: &Service, from: usize) -> Vec<String> {
    service.with(|state| {
        let entries = state.tape.entries.iter().skip(from);
        entries.map(|entry| entry.kind.clone()).collect()
    })
}

fn label(add: &[&str], remove: &[&str]) -> Action {
    let owned = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
    Action::Label {
        add: owned(add),
        remove: owned(remove),
    }
}

#[tokio::test]
async fn each_action_is_turned_back_by_its_opposite() {
    let (service, desk) = open().await;
    let until = || SnoozeUntil::Time {
        at: start() + TimeDelta::days(3),
    };
    let mut from = service.with(|state| state.tape.entries.len());
    for (action, expected) in [
        (Action::Claim {}, vec![kind::CLAIMED, kind::RELEASED]),
        (
            Action::Assign { to: me().member_id },
            vec![kind::ASSIGNED, kind::RELEASED],
        ),
        (Action::Resolve {}, vec![kind::RESOLVED, kind::REOPENED]),
        (
            Action::Snooze { until: until() },
            vec![kind::SNOOZED, kind::WOKEN],
        ),
        (label(&["VIP"], &[]), vec![kind::LABELLED, kind::LABELLED]),
    ] {
        let id = desk.inbox.act(person(1), action.clone()).await;
        settled(&desk).await;
        assert!(desk.inbox.undo(id.expect("written")).await.expect("turns"));
        settled(&desk).await;
        assert_eq!(told(&service, from), expected, "{action:?}");
        from += expected.len();
    }
    let view = desk.conversation(person(1)).await;
    assert_eq!((view.owner, view.labels), (None, Vec::new()));
    // What was put aside and woken is put aside again, as it was.
    desk.inbox
        .act(person(1), Action::Snooze { until: until() })
        .await
        .expect("written");
    settled(&desk).await;
    let woken = desk.inbox.act(person(1), Action::Wake {}).await;
    settled(&desk).await;
    let undone = desk.inbox.undo(woken.expect("written")).await;
    assert!(undone.expect("turns back"));
    settled(&desk).await;
    assert_eq!(
        told(&service, from),
        [kind::SNOOZED, kind::WOKEN, kind::SNOOZED]
    );
    let note = Action::Note {
        text: "dito".to_owned(),
        mentions: Vec::new(),
    };
    let id = desk.inbox.act(person(1), note).await.expect("written");
    settled(&desk).await;
    assert!(!desk.inbox.undo(id).await.expect("answers"), "it was said");
}

#[tokio::test]
async fn what_is_on_its_way_is_taken_back_once_it_turns_out_not_to_have_arrived() {
    let (service, desk) = open().await;
    let from = service.with(|state| state.tape.entries.len());
    service.with(|state| state.signed_out = true);
    // The door is shut on it, slowly.
    service.trick(Kind::Commands, Trick::Slices(16, Duration::from_millis(20)));
    let id = desk.inbox.act(person(1), Action::Claim {}).await;
    let id = id.expect("written");
    desk.until("it to be on its way", async |inbox| {
        let item = inbox.outbox().await.expect("reads").pop()?;
        (item.state == OutboxState::Sending).then_some(())
    })
    .await;
    assert!(desk.inbox.undo(id).await.expect("turns back"));
    assert!(desk.inbox.outbox().await.expect("reads").is_empty());
    assert_eq!(desk.conversation(person(1)).await.owner, None);
    assert_eq!(told(&service, from), Vec::<String>::new());
}

#[tokio::test]
async fn many_are_previewed_done_and_turned_back_as_one() {
    let (service, desk) = open().await;
    let bia = Actor {
        id: MemberId::from_u128(99),
        name: "Bia".to_owned(),
    };
    service.with(|state| {
        let body = ByMember {
            command_id: CommandId::from_u128(1),
            by: bia,
        };
        state.tape.write(Some(person(2)), kind::CLAIMED, &body);
    });
    desk.inbox
        .act(person(3), Action::Claim {})
        .await
        .expect("written");
    desk.until("both have owners", async |inbox| {
        let here = inbox.outbox().await.expect("reads").is_empty();
        let bia = inbox.conversation(person(2)).await.ok()?.owner;
        (here && bia.is_some()).then_some(())
    })
    .await;
    let ids = vec![person(1), person(2), person(3), person(1), person(77)];
    let preview = desk
        .inbox
        .bulk_preview(ids.clone(), Action::Claim {})
        .await
        .expect("looks");
    let [changes] = preview.will.as_slice() else {
        panic!("{:?}", preview.will);
    };
    assert_eq!(
        (changes.id, changes.name.is_some(), changes.owner.as_ref()),
        (person(1), true, None)
    );
    assert!(!changes.snoozed && !changes.resolved);
    let wont: Vec<_> = preview
        .wont
        .iter()
        .map(|stays| (stays.id, stays.reason, stays.by.as_deref()))
        .collect();
    assert_eq!(
        wont,
        [
            (person(2), StaysReason::Taken, Some("Bia")),
            (person(3), StaysReason::Already, None),
            (person(77), StaysReason::Gone, None),
        ]
    );
    let ids: Vec<_> = (1..=4).map(person).collect();
    let from = service.with(|state| state.tape.entries.len());
    let done = desk
        .inbox
        .bulk(ids.clone(), label(&["Black Friday"], &[]))
        .await;
    let done = done.expect("written");
    assert_eq!(done.len(), 4);
    settled(&desk).await;
    let rows = desk.rows(4).await;
    assert!(rows.iter().all(|row| row.labels == ["Black Friday"]));
    let again = desk
        .inbox
        .bulk_preview(ids, label(&["black friday"], &[]))
        .await
        .expect("looks");
    assert!(again.will.is_empty() && again.wont.len() == 4);
    assert_eq!(desk.inbox.undo_many(done).await, Ok(4));
    settled(&desk).await;
    let rows = desk.rows(4).await;
    assert!(rows.iter().all(|row| row.labels.is_empty()));
    assert_eq!(told(&service, from), [kind::LABELLED; 8]);
    let other = Action::Merge { other: person(2) };
    let refused = desk.inbox.bulk_preview(vec![person(1)], other).await;
    assert!(matches!(refused, Err(Refusal::Invalid(_))));
}

#[tokio::test]
async fn what_is_resolved_comes_back_with_news_whatever_waits() {
    let (service, desk) = open().await;
    let ids: Vec<_> = (1..=3).map(person).collect();
    let done = desk.inbox.bulk(ids.clone(), Action::Resolve {}).await;
    assert_eq!(done.expect("written").len(), 3);
    // Laid over at once, before the service heard of it.
    let again = desk.inbox.bulk_preview(ids.clone(), Action::Resolve {});
    assert!(again.await.expect("looks").will.is_empty());
    settled(&desk).await;
    service.with(|state| state.tape.sale(2, Stage::PixGenerated));
    desk.until("one can be resolved again", async |inbox| {
        let preview = inbox.bulk_preview(ids.clone(), Action::Resolve {}).await;
        let will = preview.ok()?.will;
        let ids: Vec<_> = will.iter().map(|changes| changes.id).collect();
        (ids == [person(2)]).then_some(())
    })
    .await;
}
