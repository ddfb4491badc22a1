//! An hour without a line: everything is done, shown and kept; when the line is back it leaves in order, once, and each result
//! is seen.

use std::collections::BTreeMap;

use contract::{Action, Channel, ConversationId, PersonPart, RefusalCode, SnoozeUntil};
use inbox::Refusal;
use inbox::asking::ViewSaveAsked;
use inbox::view::{FreshnessState, Handling, OutboxState};

use crate::desk::{Desk, all, open};
use crate::proxy::Proxy;
use crate::real::{Real, sit};

fn note(number: usize) -> Action {
    Action::Note {
        text: format!("nota {number}"),
        mentions: Vec::new(),
    }
}

fn label(add: &str) -> Action {
    Action::Label {
        add: vec![add.to_owned()],
        remove: Vec::new(),
    }
}

/// Twenty actions of all kinds on four people.
fn hour(people: &[ConversationId; 4]) -> Vec<(ConversationId, Action)> {
    let [one, two, three, four] = *people;
    let received = |text: &str| Action::Receive {
        channel: Channel::Whatsapp,
        text: text.to_owned(),
    };
    let put_aside = Action::Snooze {
        until: SnoozeUntil::Reply {},
    };
    let phone = Action::Reveal {
        part: PersonPart::Phone,
    };
    vec![
        (one, Action::Claim {}),
        (one, note(1)),
        (one, label("VIP")),
        (one, Action::Resolve {}),
        (two, Action::Claim {}),
        (two, note(2)),
        (two, put_aside.clone()),
        (two, label("Black Friday")),
        (three, note(3)),
        (three, Action::Claim {}),
        (three, Action::Release {}),
        (three, received("quero sim")),
        (three, phone),
        (three, label("VIP")),
        (one, Action::Reopen {}),
        (one, note(4)),
        (four, Action::Claim {}),
        (four, note(5)),
        (two, Action::Wake {}),
        (two, put_aside),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_hour_offline_leaves_in_order_and_once() {
    let real = Real::start().await;
    real.sell(40, 11).await;
    let proxy = Proxy::before(&real.serving.base_url(), 0).await;
    proxy.heal();
    let ana = sit(&real, proxy.url.as_str()).await;
    ana.live().await;
    let bia = joined(&real).await;
    bia.live().await;
    let ids: Vec<_> = all(&ana.inbox).await.iter().map(|row| row.id).collect();
    let people: [ConversationId; 4] = ids.first_chunk().copied().expect("four people");
    let [one, two, three, four] = people;

    proxy.set_up(false);
    ana.state(FreshnessState::Offline).await;
    // A colleague takes one meanwhile.
    bia.inbox
        .act(four, Action::Claim {})
        .await
        .expect("written");
    bia.until("Bia's claim is kept", async |inbox| {
        inbox
            .outbox()
            .await
            .expect("reads")
            .is_empty()
            .then_some(())
    })
    .await;
    let before = real.head().await;
    let done = hour(&people);
    let mut ids = Vec::new();
    for (who, action) in &done {
        ids.push(ana.inbox.act(*who, action.clone()).await.expect("written"));
    }
    assert_eq!(ana.inbox.outbox().await.expect("reads").len(), 20);
    shown(&ana, one, two, three).await;
    let view = ViewSaveAsked {
        id: None,
        name: "VIPs".to_owned(),
        filter: contract::Filter::default(),
        team: true,
    };
    assert_eq!(
        ana.inbox.view_save(view).await.err(),
        Some(Refusal::Offline)
    );
    let asked = ana.inbox.provenance("kiwify:1").await;
    assert_eq!(asked.err(), Some(Refusal::Offline));

    proxy.set_up(true);
    ana.inbox.wake();
    let refused = ana.until("only the refused one is left", async |inbox| {
        let outbox = inbox.outbox().await.expect("reads");
        let [item] = outbox.as_slice() else {
            return None;
        };
        matches!(item.state, OutboxState::Refused { .. }).then(|| item.clone())
    });
    let refused = refused.await;
    assert_eq!(
        (refused.conversation_id, refused.kind.as_str()),
        (four, "claim")
    );
    let expected = OutboxState::Refused {
        code: RefusalCode::AlreadyClaimed,
        by: Some("Bia".to_owned()),
    };
    assert_eq!(refused.state, expected, "and it says who");
    shown(&ana, one, two, three).await;
    let owner = ana.conversation(four).await.owner.expect("Bia has it");
    assert_eq!(owner.name, "Bia");

    // Nothing twice, nothing missing, in the order it was done.
    let told = real.commands_after(before).await;
    let expected: Vec<_> = ids.into_iter().filter(|id| *id != refused.id).collect();
    assert_eq!(told, expected);
    let mut counts = BTreeMap::new();
    for id in told {
        *counts.entry(id).or_insert(0) += 1;
    }
    assert!(counts.values().all(|count| *count == 1));
}

/// What the hour comes to, pending or not.
async fn shown(desk: &Desk, one: ConversationId, two: ConversationId, three: ConversationId) {
    let first = desk.conversation(one).await;
    assert!(first.owner.expect("mine").is_me);
    assert_eq!(first.handling, Handling::Open);
    assert_eq!(first.labels, ["VIP"]);
    let second = desk.conversation(two).await;
    assert!(matches!(
        second.handling,
        Handling::Snoozed { by_me: true, .. }
    ));
    assert_eq!(second.labels, ["Black Friday"]);
    let third = desk.conversation(three).await;
    assert_eq!((third.owner, third.labels), (None, vec!["VIP".to_owned()]));
}

pub(crate) async fn joined(real: &Real) -> Desk {
    let folder = tempfile::tempdir().expect("a folder");
    let bia = Desk {
        inbox: open(folder.path()).await,
        folder,
    };
    let invite = real.invite().await;
    bia.inbox
        .join(&real.serving.base_url(), &invite, "Bia", "outra mesa")
        .await
        .expect("joins");
    bia
}
