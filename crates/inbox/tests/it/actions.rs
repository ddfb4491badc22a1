//! What agents do: neither lost nor doubled, whatever the line does in between.

use contract::{Action, Actor, Channel, CommandId, MemberId, RefusalCode, Stage};
use inbox::Refusal;
use inbox::asking::{CopyWhat, DraftAsked, HandOverAsked, LinkWhat, Outside};
use inbox::view::{Happening, OutboxState, Primary};

use crate::desk::{Desk, HOLD, Hand};
use crate::service::{BAD, Kind, Service, Trick};
use crate::tape::{Tape, order_key, person};

async fn open() -> (Service, Desk) {
    let mut tape = Tape::new("k1");
    tape.carts(3);
    let service = Service::start(tape).await;
    let desk = Desk::at(&service).await;
    desk.rows(3).await;
    desk.live().await;
    (service, desk)
}

fn note(text: &str) -> Action {
    Action::Note {
        text: text.to_owned(),
        mentions: Vec::new(),
    }
}

/// The notes of person 1 as the page shows them, with whether they are pending.
async fn notes(desk: &Desk) -> Vec<(String, bool)> {
    let timeline = desk.conversation(person(1)).await.timeline;
    timeline
        .into_iter()
        .filter_map(|item| match item.what {
            Happening::Note { text, pending, .. } => Some((text, pending)),
            _ => None,
        })
        .collect()
}

async fn settled(desk: &Desk) {
    desk.until("an empty outbox", async |inbox| {
        inbox
            .outbox()
            .await
            .expect("reads")
            .is_empty()
            .then_some(())
    })
    .await;
}

fn applied(service: &Service) -> Vec<CommandId> {
    service.with(|state| state.answers.keys().copied().collect())
}

#[tokio::test]
async fn an_action_is_shown_at_once_and_confirmed_by_the_feed() {
    let (service, desk) = open().await;
    service.trick(
        Kind::Commands,
        Trick::Refuse(503, "busy", "retry-after: 600\r\n"),
    );
    let id = desk
        .inbox
        .act(person(1), note("ligar amanhã"))
        .await
        .expect("written");
    assert_eq!(notes(&desk).await, [("ligar amanhã".to_owned(), true)]);
    let item = desk
        .inbox
        .outbox()
        .await
        .expect("reads")
        .pop()
        .expect("waits");
    assert_eq!(
        (item.id, item.kind.as_str(), item.name.as_deref()),
        (id, "note", Some("Pessoa 1 de Teste"))
    );
    desk.until("waiting", async |inbox| {
        let item = inbox.outbox().await.expect("reads").pop()?;
        (item.tries == 1 && item.state == OutboxState::Waiting).then_some(())
    })
    .await;
    desk.inbox.wake();
    settled(&desk).await;
    assert_eq!(notes(&desk).await, [("ligar amanhã".to_owned(), false)]);
    assert_eq!(applied(&service), [id]);
}

#[tokio::test]
async fn a_lost_answer_does_nothing_twice() {
    let (service, desk) = open().await;
    for trick in [
        Trick::SwallowAnswer,
        Trick::CutAfter(30),
        Trick::Refuse(503, "busy", ""),
        Trick::StallAfter(10),
    ] {
        service.trick(Kind::Commands, trick);
    }
    for text in ["um", "dois", "três"] {
        desk.inbox
            .act(person(1), note(text))
            .await
            .expect("written");
    }
    settled(&desk).await;
    let texts: Vec<String> = notes(&desk)
        .await
        .into_iter()
        .map(|(text, _)| text)
        .collect();
    assert_eq!(texts, ["um", "dois", "três"], "in order, each once");
}

#[tokio::test]
async fn what_was_done_offline_leaves_in_order_when_the_line_is_back() {
    let (service, desk) = open().await;
    service.with(|state| state.signed_out = true);
    for number in 0..150 {
        desk.inbox
            .act(person(1), note(&number.to_string()))
            .await
            .expect("written");
    }
    let desk = desk.reopened(&service).await;
    assert_eq!(
        desk.inbox.outbox().await.expect("reads").len(),
        150,
        "kept over a restart"
    );
    service.with(|state| state.signed_out = false);
    desk.inbox.wake();
    settled(&desk).await;
    let expected: Vec<String> = (0..150).map(|number| number.to_string()).collect();
    let told: Vec<String> = service.with(|state| {
        let notes = state
            .tape
            .entries
            .iter()
            .filter(|entry| entry.kind == contract::kind::NOTED);
        notes
            .map(|entry| entry.read::<contract::entry::Noted>().expect("a note").text)
            .collect()
    });
    assert_eq!(told, expected);
    assert!(service.with(|state| state.batches.iter().all(|batch| batch.len() <= 100)));
}

#[tokio::test]
async fn a_refused_claim_says_who_has_it() {
    let (service, desk) = open().await;
    let bia = Actor {
        id: MemberId::from_u128(99),
        name: "Bia".to_owned(),
    };
    service.with(|state| state.holders.insert(person(1), bia));
    let id = desk
        .inbox
        .act(person(1), Action::Claim {})
        .await
        .expect("written");
    let state = desk.until("refused", async |inbox| {
        let item = inbox.outbox().await.expect("reads").pop()?;
        matches!(item.state, OutboxState::Refused { .. }).then_some(item.state)
    });
    let refused = OutboxState::Refused {
        code: RefusalCode::AlreadyClaimed,
        by: Some("Bia".to_owned()),
    };
    assert_eq!(state.await, refused);
    desk.until("nothing that pretends it is taken", async |inbox| {
        let conversation = inbox.conversation(person(1)).await.expect("there");
        conversation.owner.is_none().then_some(())
    })
    .await;
    assert!(!desk.inbox.undo(id).await.expect("answers"));
    service.with(|state| state.holders.clear());
    desk.inbox.outbox_retry(id).await.expect("tries again");
    settled(&desk).await;
    assert!(
        desk.conversation(person(1))
            .await
            .owner
            .expect("taken")
            .is_me
    );
}

#[tokio::test]
async fn a_refused_action_can_be_let_go() {
    let (service, desk) = open().await;
    service.trick(Kind::Commands, Trick::Refuse(400, "bad_body", ""));
    let id = desk.inbox.act(person(1), note("x")).await.expect("written");
    desk.until("refused", async |inbox| {
        let item = inbox.outbox().await.expect("reads").pop()?;
        matches!(
            item.state,
            OutboxState::Refused {
                code: RefusalCode::Invalid,
                ..
            }
        )
        .then_some(())
    })
    .await;
    desk.inbox.outbox_discard(id).await.expect("lets go");
    settled(&desk).await;
    assert_eq!(
        desk.inbox.outbox_discard(id).await,
        Err(Refusal::NotFound("action"))
    );
}

#[tokio::test]
async fn one_bad_action_does_not_hold_up_the_others() {
    let (service, desk) = open().await;
    service.with(|state| state.signed_out = true);
    for text in ["um", BAD, "três"] {
        desk.inbox
            .act(person(1), note(text))
            .await
            .expect("written");
    }
    // The batch is refused as a whole, then each is tried alone, and only the bad one is refused.
    service.with(|state| state.signed_out = false);
    desk.sit(&service).await;
    desk.until("one refused", async |inbox| {
        let outbox = inbox.outbox().await.expect("reads");
        let refused =
            |item: &inbox::view::OutboxItem| matches!(item.state, OutboxState::Refused { .. });
        (outbox.len() == 1 && outbox.iter().all(refused)).then_some(())
    })
    .await;
    let texts: Vec<String> = notes(&desk)
        .await
        .into_iter()
        .map(|(text, _)| text)
        .collect();
    assert_eq!(texts, ["um", "três"]);
}

#[tokio::test]
async fn undo_recalls_what_waits_and_turns_back_what_left() {
    let (service, desk) = open().await;
    service.with(|state| state.signed_out = true);
    // Whatever is tried now is refused at the door, so it never left.
    let id = desk
        .inbox
        .act(person(1), note("não era isso"))
        .await
        .expect("written");
    desk.until("waiting again", async |inbox| {
        let item = inbox.outbox().await.expect("reads").pop()?;
        (item.state == OutboxState::Waiting && item.tries > 0).then_some(())
    })
    .await;
    let undone = desk.inbox.undo(id).await.expect("answers");
    service.with(|state| state.signed_out = false);
    desk.sit(&service).await;
    settled(&desk).await;
    assert_eq!(
        applied(&service).is_empty(),
        undone,
        "either it is gone, or it was said that it is not"
    );

    let id = desk
        .inbox
        .act(person(2), Action::Claim {})
        .await
        .expect("written");
    settled(&desk).await;
    assert!(desk.conversation(person(2)).await.owner.is_some());
    assert!(desk.inbox.undo(id).await.expect("turns back"));
    settled(&desk).await;
    assert_eq!(desk.conversation(person(2)).await.owner, None);
}

#[tokio::test]
async fn a_merge_is_turned_back_and_again() {
    let (service, desk) = open().await;
    let merged = async |rows: usize| {
        desk.rows(rows).await;
        desk.conversation(person(1)).await.merged.len()
    };
    let merge = Action::Merge { other: person(2) };
    let id = desk.inbox.act(person(1), merge).await.expect("written");
    settled(&desk).await;
    assert_eq!(merged(2).await, 1);
    assert_eq!(desk.conversation(person(2)).await.id, person(1));
    assert!(desk.inbox.undo(id).await.expect("turns back"));
    settled(&desk).await;
    assert_eq!(merged(3).await, 0);
    assert_eq!(desk.conversation(person(2)).await.id, person(2));
    let told: Vec<String> = service.with(|state| {
        let told = state.tape.entries.iter().skip(3);
        told.map(|entry| entry.kind.clone()).collect()
    });
    assert_eq!(told, ["conversation.merged", "conversation.unmerged"]);
    let again = desk
        .inbox
        .act(person(1), Action::Unmerge { from: person(3) });
    let id = again.await.expect("written");
    settled(&desk).await;
    assert!(desk.inbox.undo(id).await.expect("turns back"));
    settled(&desk).await;
    assert_eq!(merged(2).await, 1);
}

#[tokio::test]
async fn a_text_is_written_down_and_opened() {
    let (_service, desk) = open().await;
    let asked = HandOverAsked {
        conversation_id: person(1),
        order_key: Some(order_key(1)),
        template_key: None,
        text: "Oi, posso ajudar?".to_owned(),
        channel: Channel::Whatsapp,
        step: false,
    };
    let (_, opened) = desk.hand_over(asked.clone()).await.expect("opens");
    let address = "https://wa.me/5511900000001?text=Oi%2C%20posso%20ajudar%3F";
    assert!(opened == Outside::Open(address.to_owned()));
    settled(&desk).await;
    let timeline = desk.conversation(person(1)).await.timeline;
    let told = timeline.iter().any(|item| {
        matches!(&item.what, Happening::HandedOver { text, pending: false, by_me: true, .. } if text == "Oi, posso ajudar?")
    });
    assert!(told);
    let mail = HandOverAsked {
        channel: Channel::Email,
        ..asked.clone()
    };
    let (_, opened) = desk.hand_over(mail).await.expect("opens");
    assert!(
        matches!(opened, Outside::Open(address) if address.starts_with("mailto:pessoa1@example.com?"))
    );
    let unknown = HandOverAsked {
        order_key: Some("kiwify:none".to_owned()),
        ..asked
    };
    assert_eq!(
        desk.hand_over(unknown).await.err(),
        Some(Refusal::NotFound("order"))
    );
}

#[tokio::test]
async fn what_no_program_opened_is_told_to_nobody_and_stays_a_draft() {
    let (service, desk) = open().await;
    let asked = HandOverAsked {
        conversation_id: person(1),
        order_key: Some(order_key(1)),
        template_key: None,
        text: "Oi, posso ajudar?".to_owned(),
        channel: Channel::Email,
        step: false,
    };
    desk.inbox.save_draft(draft_of(&asked)).await.expect("kept");
    let not_opened = desk
        .inbox
        .hand_over(asked.clone(), |_| std::future::ready(Err(Refusal::NoLink)))
        .await;
    assert_eq!(not_opened, Err(Refusal::NoLink));
    assert_eq!(desk.inbox.outbox().await.expect("reads"), []);
    let view = desk.conversation(person(1)).await;
    assert_eq!(view.draft.map(|draft| draft.text), Some(asked.text.clone()));
    desk.hand_over(asked).await.expect("opens");
    settled(&desk).await;
    assert_eq!(applied(&service).len(), 1, "told once, when it was opened");
    assert_eq!(desk.conversation(person(1)).await.draft, None);
}

#[tokio::test]
async fn what_cannot_be_unsaid_is_held_back_and_can_be_taken_back_meanwhile() {
    let mut tape = Tape::new("k1");
    tape.carts(3);
    let service = Service::start(tape).await;
    let clock = Hand::new();
    let desk = Desk::holding(&service, &clock).await;
    desk.rows(3).await;
    desk.live().await;
    let act = async |id, action| desk.inbox.act(id, action).await.expect("written");
    let said = act(person(1), note("pediu nota")).await;
    let behind = act(person(1), Action::Claim {}).await;
    let other = act(person(2), Action::Claim {}).await;
    desk.until("what is not held has left", async |_| {
        (applied(&service) == [other]).then_some(())
    })
    .await;
    assert!(desk.inbox.back_until(said).is_some());
    assert_eq!(desk.inbox.back_until(other), None);
    assert!(desk.inbox.undo(said).await.expect("turns back"));
    let begun = desk.conversation(person(1)).await.begun_note;
    assert_eq!(begun.as_deref(), Some("pediu nota"), "it is a draft again");
    desk.until("what stood behind it has left", async |_| {
        applied(&service).contains(&behind).then_some(())
    })
    .await;
    let said = act(person(3), note("ligar")).await;
    clock.pass(HOLD);
    act(person(2), Action::Release {}).await;
    settled(&desk).await;
    assert!(applied(&service).contains(&said));
    assert!(!desk.inbox.undo(said).await.expect("answers"));
    assert_eq!(service.with(|state| state.answers.len()), 4);
}

#[tokio::test]
async fn what_is_held_back_leaves_when_the_desk_is_left() {
    let mut tape = Tape::new("k1");
    tape.carts(1);
    let service = Service::start(tape).await;
    let desk = Desk::holding(&service, &Hand::new()).await;
    desk.rows(1).await;
    desk.live().await;
    let said = desk.inbox.act(person(1), note("até amanhã")).await;
    desk.inbox.close().await;
    assert_eq!(applied(&service), [said.expect("written")]);
}

#[tokio::test]
async fn the_same_thing_paid_by_another_order_stops_the_chase() {
    let (service, desk) = open().await;
    let asked = HandOverAsked {
        conversation_id: person(1),
        order_key: Some(order_key(1)),
        template_key: None,
        text: "Segue o link: https://pay.example.com/c/1".to_owned(),
        channel: Channel::Whatsapp,
        step: false,
    };
    desk.inbox.save_draft(draft_of(&asked)).await.expect("kept");
    service.with(|state| {
        state.tape.sale_with(1, Stage::PurchaseApproved, |event| {
            event.order_key = order_key(9);
            event.external_id = "9".to_owned();
        })
    });
    let stop = desk
        .until("stopped", async |inbox| {
            let view = inbox.conversation(person(1)).await.expect("is here");
            view.draft?.stop
        })
        .await;
    assert_eq!(stop.stage, Stage::PurchaseApproved);
    assert_eq!(stop.paid_by.as_deref(), Some("9"));
    assert_eq!(
        desk.hand_over(asked).await.err(),
        Some(Refusal::AlreadyPaid)
    );
}

#[tokio::test]
async fn what_stands_between_refuses_nothing_and_signs_nobody_out() {
    let (service, desk) = open().await;
    for status in [401, 403, 404, 405, 410, 302] {
        service.trick(Kind::Commands, Trick::Foreign(status));
    }
    for number in 0..12 {
        let text = number.to_string();
        desk.inbox
            .act(person(1), note(&text))
            .await
            .expect("written");
    }
    settled(&desk).await;
    assert_eq!(notes(&desk).await.len(), 12);
}

fn draft_of(asked: &HandOverAsked) -> DraftAsked {
    DraftAsked {
        conversation_id: asked.conversation_id,
        kind: inbox::asking::DraftKind::Message,
        text: asked.text.clone(),
        template_key: asked.template_key.clone(),
        order_key: asked.order_key.clone(),
    }
}

#[tokio::test]
async fn a_draft_that_is_read_again_tells_which_parts_came_from_the_sale() {
    let (_service, desk) = open().await;
    let (id, link) = (person(1), "https://pay.example.com/c/1");
    let draft = |template_key: Option<&str>, text: &str| DraftAsked {
        conversation_id: id,
        kind: inbox::asking::DraftKind::Message,
        text: text.to_owned(),
        template_key: template_key.map(str::to_owned),
        order_key: Some(order_key(1)),
    };
    for (template, text) in [
        (Some("cart.link"), format!("Olá 🙂 segue:\n{link}\nOk?")),
        (None, format!("{link} é o seu")),
    ] {
        desk.inbox
            .save_draft(draft(template, &text))
            .await
            .expect("kept");
        let kept = desk.conversation(id).await.draft.expect("kept");
        let units: Vec<u16> = text.encode_utf16().collect();
        let marked: Vec<(&str, String)> = kept
            .marks
            .iter()
            .map(|mark| {
                let stretch = String::from_utf16_lossy(&units[mark.start..mark.end]);
                (mark.variable.as_str(), stretch)
            })
            .collect();
        assert_eq!(marked, [("checkout_url", link.to_owned())], "{text}");
    }
    let gone = DraftAsked {
        order_key: Some("kiwify:none".to_owned()),
        ..draft(None, link)
    };
    desk.inbox.save_draft(gone).await.expect("kept");
    let kept = desk.conversation(id).await.draft.expect("kept");
    assert_eq!((kept.text.as_str(), kept.marks.len()), (link, 0));
    let values = desk
        .inbox
        .sale_values(id, order_key(1), follow_up::Locale::PtBr)
        .await
        .expect("there");
    let told = values.iter().find(|one| one.variable == "checkout_url");
    assert_eq!(told.and_then(|one| one.value.as_deref()), Some(link));
}

#[tokio::test]
async fn a_payment_in_the_meantime_stops_the_chase() {
    let (service, desk) = open().await;
    let asked = HandOverAsked {
        conversation_id: person(1),
        order_key: Some(order_key(1)),
        template_key: Some("cart.link".to_owned()),
        text: "Segue o link".to_owned(),
        channel: Channel::Whatsapp,
        step: false,
    };
    desk.inbox.save_draft(draft_of(&asked)).await.expect("kept");
    let view = desk.conversation(person(1)).await;
    assert_eq!(view.draft.expect("kept").stop, None);
    assert!(desk.rows(3).await.iter().any(|row| row.has_draft));
    let link = desk
        .inbox
        .copy(person(1), order_key(1), CopyWhat::Link)
        .await;
    assert_eq!(link.as_deref(), Ok("https://pay.example.com/c/1"));
    service.with(|state| state.tape.sale(1, Stage::PurchaseApproved));
    desk.until("paid", async |inbox| {
        let view = inbox.conversation(person(1)).await.expect("is here");
        view.orders
            .iter()
            .any(|order| {
                order.stage == Stage::PurchaseApproved && order.primary == Primary::Nothing
            })
            .then_some(())
    })
    .await;
    let draft = desk.conversation(person(1)).await.draft.expect("kept");
    assert_eq!(
        draft.stop.map(|stop| stop.stage),
        Some(Stage::PurchaseApproved)
    );
    // A text begun now is about a sale that is known to be paid.
    let thanks = DraftAsked {
        text: "Obrigada!".to_owned(),
        template_key: None,
        ..draft_of(&asked)
    };
    desk.inbox.save_draft(thanks).await.expect("kept");
    let draft = desk.conversation(person(1)).await.draft.expect("kept");
    assert_eq!(draft.stop, None);
    assert_eq!(
        desk.hand_over(asked).await.err(),
        Some(Refusal::AlreadyPaid)
    );
    let link = desk
        .inbox
        .copy(person(1), order_key(1), CopyWhat::Link)
        .await;
    assert_eq!(link, Err(Refusal::AlreadyPaid));
    let page = desk
        .inbox
        .link(person(1), order_key(1), LinkWhat::Order)
        .await;
    assert_eq!(page, Err(Refusal::NoLink));
    assert!(
        desk.inbox.outbox().await.expect("reads").is_empty(),
        "nothing was written down"
    );
}
