//! People whose data is given out and erased.

use chrono::TimeDelta;
use contract::{
    Action, ConversationId, Customer, Entry, Outcome, RefusalCode, Stage as OrderStage,
    entry::SubjectErased, kind,
};

use super::script::{Script, Stage, by_email, by_phone};
use crate::identity::Trace;
use crate::store::{
    DeliveryResult, NewReading, PageBounds, Sought, SourceErasure, SourceNotice, StoreError, action,
};

const PHONE: &str = "+5547900000111";
const KEY: &str = "5547900000111";
const MAIL: &str = "rita@example.com";

fn conversation(id: ConversationId) -> Sought {
    Sought {
        conversation: Some(id),
        ..Sought::default()
    }
}

fn known_by(trace: Trace, text: &str) -> Sought {
    Sought {
        traces: vec![(trace, text.to_owned())],
        ..Sought::default()
    }
}

fn rita() -> Customer {
    Customer {
        email: Some(MAIL.to_owned()),
        ..by_phone(PHONE)
    }
}

impl Script {
    /// Rita with two orders and a note, between two orders of somebody else's.
    async fn rita_and_another(&self) -> (ConversationId, ConversationId) {
        let other = by_phone("+5547900000222");
        let another = self.settle(&self.event("o1", other.clone())).await;
        let theirs = self.settle(&self.event("o2", rita())).await;
        let note = Action::Note {
            text: "Rita pediu desconto".to_owned(),
            mentions: Vec::new(),
        };
        self.command_as_ana(self.command(theirs, note)).await;
        let again = self.settle(&self.event("o3", by_email(MAIL))).await;
        assert_eq!(again, theirs);
        self.settle(&self.event("o4", other)).await;
        (theirs, another)
    }

    async fn erase(&self, sought: Sought) -> Result<contract::Erasure, StoreError> {
        let by = Some(self.actor());
        self.store.erase(self.workspace.id, sought, by).await
    }

    /// Everything the log tells, as one text; the chain is checked on the way.
    async fn all_told(&self) -> String {
        let log = self.log().await;
        let bodies = log.iter().map(|entry| entry.body.get());
        bodies.collect::<Vec<_>>().join("\n")
    }
}

/// One entry more, and of those before nothing has changed but that those of one conversation say nothing any more.
fn check_emptied(before: &[Entry], log: &[Entry], theirs: ConversationId) {
    assert_eq!(log.len(), before.len() + 1);
    for (was, is) in before.iter().zip(log) {
        assert_eq!((was.seq, was.at, was.chain), (is.seq, is.at, is.chain));
        let gone = was.conversation_id == Some(theirs);
        assert_eq!(is.kind == kind::ERASED, gone, "{}", was.kind);
        if gone {
            assert_eq!((is.conversation_id, is.body.get()), (None, "{}"));
        } else {
            assert_eq!(was.body.get(), is.body.get());
        }
    }
}

pub(crate) async fn what_is_erased_is_told_nowhere(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let follower = script.store.subscribe(script.workspace.id);
    let (theirs, another) = script.rita_and_another().await;
    let before = script.log().await;
    let erasure = script.erase(conversation(theirs)).await.unwrap();
    assert_eq!(
        (
            erasure.conversation_ids.as_slice(),
            erasure.entries,
            erasure.deliveries
        ),
        ([theirs].as_slice(), 3, 2)
    );
    let log = script.log().await;
    check_emptied(&before, &log, theirs);
    let last = log.last().expect("the erasing is told");
    let told: SubjectErased = last.read().expect("it reads");
    assert_eq!(
        (last.kind.as_str(), last.conversation_id),
        (kind::SUBJECT_ERASED, None)
    );
    assert_eq!(
        (told.conversation_ids, told.by),
        (vec![theirs], Some(script.actor()))
    );
    let text = script.all_told().await;
    assert!(
        !text.contains("Rita") && !text.contains(MAIL) && !text.contains(KEY),
        "{text}"
    );
    assert!(
        log.iter()
            .any(|entry| entry.conversation_id == Some(another))
    );
    // The file says the same to whoever opens it next, and from the other end.
    let again = Script::with(stage.open().await, stage.world()).await;
    assert!(again.all_told().await.starts_with(&text));
    let bounds = PageBounds {
        entries: 100,
        bytes: 1 << 20,
    };
    let page = script
        .store
        .entries_before(script.workspace.id, u64::MAX, bounds)
        .await
        .unwrap();
    assert!(
        page.entries
            .iter()
            .all(|entry| !entry.json.contains("Rita"))
    );
    drop(follower);
}

pub(crate) async fn deliveries_of_the_erased_keep_their_row(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let event = script.event("o1", rita());
    let accepted = script.accept(std::slice::from_ref(&event)).await;
    let mut unread = script.reading(NewReading::Unmapped {
        event: "vip".to_owned(),
        why: "new to us".to_owned(),
    });
    unread.body = format!("{{\"buyer\":\"{}\"}}", MAIL.to_uppercase()).into();
    let unread = script.store.accept(unread).await.unwrap();
    let mut strange = script.reading(NewReading::Unmapped {
        event: "vip".to_owned(),
        why: "new to us".to_owned(),
    });
    strange.body = "{\"buyer\":\"ana@example.com\"}".into();
    let strange = script.store.accept(strange).await.unwrap();
    let workspace = script.workspace.id;
    let before = script
        .store
        .delivery(workspace, accepted.delivery_id)
        .await
        .unwrap();
    let erasure = script.erase(known_by(Trace::Phone, KEY)).await.unwrap();
    assert_eq!((erasure.entries, erasure.deliveries), (1, 2));
    for id in [accepted.delivery_id, unread.delivery_id] {
        let left = script.store.delivery(workspace, id).await.unwrap();
        assert!(left.erased && left.body.is_empty(), "{id}");
    }
    let left = script
        .store
        .delivery(workspace, accepted.delivery_id)
        .await
        .unwrap();
    assert_eq!(left.summary, before.summary);
    let kept = script
        .store
        .delivery(workspace, strange.delivery_id)
        .await
        .unwrap();
    assert!(!kept.erased && !kept.body.is_empty());
}

pub(crate) async fn an_erased_order_does_not_come_back(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let event = script.event("o1", rita());
    let first = script.delivery(std::slice::from_ref(&event));
    let (key, body) = (first.delivery_key, first.body.clone());
    script.store.accept(first).await.unwrap();
    script.erase(known_by(Trace::Email, MAIL)).await.unwrap();
    let before = script.log().await.len();
    // The same again, the same told otherwise, and what happened to the order later.
    let mut repeat = script.delivery(std::slice::from_ref(&event));
    (repeat.delivery_key, repeat.body) = (key, body);
    let retold = script.delivery(std::slice::from_ref(&event));
    let later = script.event_at("o1", OrderStage::Refunded, rita());
    let later = script.delivery(&[later]);
    for (delivery, result) in [
        (repeat, DeliveryResult::Duplicate),
        (retold, DeliveryResult::Duplicate),
        (later, DeliveryResult::Ignored),
    ] {
        let accepted = script.store.accept(delivery).await.unwrap();
        assert_eq!(
            (accepted.result, accepted.seqs.as_slice()),
            (result, [].as_slice())
        );
        let kept = script
            .store
            .delivery(script.workspace.id, accepted.delivery_id)
            .await
            .unwrap();
        assert!(kept.erased && kept.body.is_empty(), "{result:?}");
    }
    assert_eq!(script.log().await.len(), before);
    // A new order is a new conversation, found by the same phone from then on.
    let anew = script.settle(&script.event("o2", rita())).await;
    let again = script.settle(&script.event("o3", by_phone(PHONE))).await;
    assert_eq!(anew, again);
    assert_eq!(
        script
            .erase(known_by(Trace::Email, MAIL))
            .await
            .unwrap()
            .conversation_ids,
        [anew]
    );
}

pub(crate) async fn who_is_merged_is_erased_together(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let one = script.settle(&script.event("o1", by_phone(PHONE))).await;
    let other = script.settle(&script.event("o2", by_email(MAIL))).await;
    script
        .settle(&script.event("o3", by_email("ana@example.com")))
        .await;
    let merge = script.command(one, Action::Merge { other });
    script.command_as_ana(merge).await;
    let mut erased = script
        .erase(conversation(other))
        .await
        .unwrap()
        .conversation_ids;
    erased.sort_unstable();
    let mut both = vec![one, other];
    both.sort_unstable();
    assert_eq!(erased, both);
    for id in both {
        let asked = script.command(id, Action::Claim {});
        let refused = Outcome::Refused {
            code: RefusalCode::UnknownConversation,
            by: None,
        };
        assert_eq!(script.command_as_ana(asked).await, refused);
        assert_eq!(
            script.erase(conversation(id)).await,
            Err(StoreError::NotFound)
        );
    }
    let nobody = script.erase(known_by(Trace::Document, "52998224725")).await;
    assert_eq!(nobody, Err(StoreError::NotFound));
}

pub(crate) async fn a_shared_address_erases_all_that_name_it(stage: &impl Stage) {
    let script = Script::on(stage).await;
    // Two phones with one address are two conversations; its owner asks for both.
    let one = script.settle(&script.event("o1", rita())).await;
    let second = by_phone("+5547900000222");
    let other = script.settle(&script.event("o2", second.clone())).await;
    let with_mail = Customer {
        email: Some(MAIL.to_uppercase()),
        ..second
    };
    assert_eq!(script.settle(&script.event("o3", with_mail)).await, other);
    assert_ne!(one, other);
    // By conversation only the one is meant, and the other's deliveries are the other's.
    let erased = script.erase(conversation(one)).await.unwrap();
    assert_eq!(
        (erased.conversation_ids.as_slice(), erased.deliveries),
        ([one].as_slice(), 1)
    );
    let erased = script.erase(known_by(Trace::Email, MAIL)).await.unwrap();
    assert_eq!(
        (erased.conversation_ids.as_slice(), erased.deliveries),
        ([other].as_slice(), 2)
    );
}

pub(crate) async fn a_platform_erases_what_it_alone_brought(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let second = script.integrate("loja-2", "hotmart").await;
    script.settle(&script.event("o1", rita())).await;
    let from = |integration| Sought {
        only_from: Some(integration),
        ..known_by(Trace::Phone, KEY)
    };
    assert_eq!(
        script.erase(from(second.id)).await,
        Err(StoreError::NotFound)
    );
    let mut elsewhere = script.event("o2", rita());
    elsewhere.integration_id = second.id;
    let mut delivery = script.delivery(&[elsewhere]);
    delivery.integration = second.id;
    script.store.accept(delivery).await.unwrap();
    let mixed = script.erase(from(script.integration.id)).await;
    assert_eq!(mixed, Err(StoreError::NotFound), "somebody has to decide");
    let erased = script.erase(known_by(Trace::Phone, KEY)).await.unwrap();
    assert_eq!(erased.entries, 2);
    script.settle(&script.event("o3", rita())).await;
    assert!(script.erase(from(script.integration.id)).await.is_ok());
}

/// Platforms name a customer by orders too, and by their own number of them.
pub(crate) async fn a_customer_is_found_by_orders_and_by_number(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let first = script.event("o1", rita());
    let theirs = script.settle(&first).await;
    let other = by_phone("+5547900000222");
    let another = script.settle(&script.event("o2", other.clone())).await;
    let from = |integration| Sought {
        only_from: Some(integration),
        ..Sought::default()
    };
    let here = script.integration.id;
    let nobody = Sought {
        orders: vec!["kiwify:nowhere:1".to_owned()],
        customer: Some("991".to_owned()),
        ..from(here)
    };
    assert_eq!(script.erase(nobody).await, Err(StoreError::NotFound));
    let by_order = Sought {
        orders: vec![first.order_key.clone()],
        ..from(here)
    };
    let erased = script.erase(by_order.clone()).await.unwrap();
    assert_eq!(erased.conversation_ids, [theirs]);
    assert_eq!(script.erase(by_order).await, Err(StoreError::NotFound));
    // By the number in a body that names the customer; the same digits elsewhere in a body are no customer's.
    let third = script.event("o3", other);
    let mut delivery = script.delivery(std::slice::from_ref(&third));
    delivery.body = r#"{"id":"9911223","customer":{"id":9911222,"name":"Rui"}}"#.into();
    script.store.accept(delivery).await.unwrap();
    let numbered = |number: &str, integration| Sought {
        customer: Some(number.to_owned()),
        ..from(integration)
    };
    let second = script.integrate("loja-2", "hotmart").await;
    for (number, integration) in [("9911223", here), ("991122", here), ("9911222", second.id)] {
        let sought = numbered(number, integration);
        assert_eq!(
            script.erase(sought).await,
            Err(StoreError::NotFound),
            "{number}"
        );
    }
    let erased = script.erase(numbered("9911222", here)).await.unwrap();
    assert_eq!(
        (erased.conversation_ids.as_slice(), erased.entries),
        ([another].as_slice(), 2)
    );
}

/// Somebody with very many orders goes in steps, and nothing is left.
pub(crate) async fn a_customer_with_many_orders_goes_whole(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let other = script
        .settle(&script.event("other", by_phone("+5547900000222")))
        .await;
    let theirs = script.settle(&script.event("o0", rita())).await;
    for n in 1..230 {
        let told = script.event(&format!("o{n}"), by_phone(PHONE));
        assert_eq!(script.settle(&told).await, theirs);
    }
    let erased = script.erase(known_by(Trace::Email, MAIL)).await.unwrap();
    assert_eq!((erased.entries, erased.deliveries), (230, 230));
    let log = script.log().await;
    let left = log
        .iter()
        .filter(|entry| entry.conversation_id == Some(other));
    assert_eq!(left.count(), 1);
    let text = script.all_told().await;
    assert!(!text.contains(MAIL) && !text.contains(KEY), "{text}");
    let anew = script.settle(&script.event("new", rita())).await;
    assert_ne!(
        anew, theirs,
        "they begin anew, and are found by phone again"
    );
    let again = script.settle(&script.event("new2", by_phone(PHONE))).await;
    assert_eq!(again, anew);
}

/// A shop has left, and its platform wants its customers erased: those that it alone brought.
pub(crate) async fn a_source_is_erased_once_it_is_asked_for(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (here, second) = (
        script.integration.id,
        script.integrate("loja-2", "hotmart").await,
    );
    let (theirs, another) = script.rita_and_another().await;
    let mut elsewhere = script.event("o9", by_phone("+5547900000222"));
    elsewhere.integration_id = second.id;
    let mut delivery = script.delivery(&[elsewhere]);
    delivery.integration = second.id;
    script.store.accept(delivery).await.unwrap();
    assert_eq!(
        script.store.begin_source_erasure(here).await,
        Err(StoreError::NotFound),
        "nobody asked"
    );
    let asked = SourceNotice::EraseAsked;
    script.store.note_source(here, asked).await.unwrap();
    assert_eq!(script.store.begin_source_erasure(here).await, Ok(true));
    assert_eq!(script.store.begin_source_erasure(here).await, Ok(false));
    assert_eq!(
        script.store.begun_source_erasures().await.unwrap(),
        [here],
        "the next process knows of it"
    );
    let by = Some(script.actor());
    let erased = script.store.erase_source(here, by.clone()).await.unwrap();
    let expected = SourceErasure {
        conversations: 1,
        kept: 1,
        entries: 3,
        deliveries: 2,
    };
    assert_eq!(erased, expected);
    let log = script.log().await;
    let told: SubjectErased = log.last().unwrap().read().unwrap();
    assert_eq!((told.conversation_ids, told.by), (vec![theirs], by));
    let stays = |entry: &&contract::Entry| entry.conversation_id == Some(another);
    assert_eq!(log.iter().filter(stays).count(), 3);
    let text = script.all_told().await;
    assert!(!text.contains(MAIL) && !text.contains("Rita"), "{text}");
    assert_eq!(script.store.begun_source_erasures().await.unwrap(), []);
    assert_eq!(
        script.store.begin_source_erasure(here).await,
        Err(StoreError::NotFound),
        "it is done"
    );
    let records = script.store.records(script.workspace.id, None, 1).await;
    let record = records.unwrap().records.pop().unwrap();
    assert_eq!(record.action, action::SOURCE_ERASED);
    // The other source's view of them is whole, and somebody who comes back is new.
    assert_ne!(script.settle(&script.event("o10", rita())).await, theirs);
}

pub(crate) async fn what_is_held_is_given_out_and_recorded(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (theirs, _) = script.rita_and_another().await;
    let held = script
        .store
        .holdings(
            script.workspace.id,
            known_by(Trace::Email, MAIL),
            Some(script.actor()),
        )
        .await
        .unwrap();
    assert_eq!(held.conversation_ids, [theirs]);
    assert_eq!((held.entries.len(), held.deliveries.len()), (3, 2));
    assert!(
        held.entries
            .iter()
            .any(|entry| entry.get().contains("desconto"))
    );
    assert!(
        held.deliveries
            .iter()
            .all(|delivery| delivery.body.starts_with("{\"n\""))
    );
    script.world.pass(TimeDelta::seconds(1));
    script.erase(conversation(theirs)).await.unwrap();
    let records = script
        .store
        .records(script.workspace.id, None, 50)
        .await
        .unwrap()
        .records;
    let actions: Vec<&str> = records
        .iter()
        .map(|record| record.action.as_str())
        .collect();
    assert_eq!(
        actions.get(..2),
        Some([action::SUBJECT_ERASED, action::SUBJECT_EXPORTED].as_slice())
    );
    let record = records.first().unwrap();
    assert_eq!(
        (record.subject.as_str(), &record.actor),
        (theirs.to_string().as_str(), &Some(script.actor()))
    );
    let text = serde_json::to_string(&records).unwrap();
    assert!(
        !text.contains("Rita") && !text.contains(MAIL) && !text.contains(KEY),
        "{text}"
    );
}
