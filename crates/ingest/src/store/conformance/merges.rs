//! Merges by a person and on evidence, their undoing, and who is kept apart.

use chrono::TimeDelta;
use contract::{
    Action, ConversationId, Customer, Entry, Outcome, RefusalCode, Stage as OrderStage,
    entry::{KeptApart, MergeSuggested, Merged, Shared, Unmerged},
    kind,
};

use super::script::{Script, Stage, actor, by_email, by_phone};

const PHONE: &str = "+5547900000111";
const OTHER_PHONE: &str = "+5547900000222";
const MAIL: &str = "casa@example.com";

fn named(name: &str, customer: Customer) -> Customer {
    Customer {
        name: Some(name.to_owned()),
        ..customer
    }
}

fn with_mail(customer: Customer) -> Customer {
    Customer {
        email: Some(MAIL.to_owned()),
        ..customer
    }
}

fn refused(code: RefusalCode) -> Outcome {
    Outcome::Refused { code, by: None }
}

/// Words for what people say of two conversations.
impl Script {
    async fn say(&self, of: ConversationId, action: Action) -> Outcome {
        self.command_as_ana(self.command(of, action)).await
    }

    async fn do_say(&self, of: ConversationId, action: Action) -> Entry {
        let outcome = self.say(of, action).await;
        let Outcome::Applied { seq } = outcome else {
            panic!("applied: {outcome:?}");
        };
        let mut log = self.log().await;
        log.retain(|entry| entry.seq == seq);
        log.pop().expect("the entry it names")
    }

    async fn told(&self, kind: &str) -> Vec<Entry> {
        let mut log = self.log().await;
        log.retain(|entry| entry.kind == kind);
        log
    }

    /// Two who were told by one phone each, of whom the second also has the house's e-mail address.
    async fn two(&self) -> (ConversationId, ConversationId) {
        let one = self.converse(&self.event("o1", by_phone(PHONE))).await;
        let other = with_mail(by_phone(OTHER_PHONE));
        (one, self.converse(&self.event("o2", other)).await)
    }
}

pub(crate) async fn a_merge_by_a_person_is_undone(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (one, other) = script.two().await;
    let entry = script.do_say(one, Action::Merge { other }).await;
    let merged: Merged = entry.read().unwrap();
    assert_eq!(
        (entry.conversation_id, merged.from),
        (Some(one), other),
        "the other is taken in, although both have a phone"
    );
    assert_eq!(
        (merged.reason.as_str(), merged.by),
        ("person", Some(script.actor()))
    );
    assert!(merged.command_id.is_some());
    let while_merged = script.event("o3", by_phone(OTHER_PHONE));
    assert_eq!(script.settle(&while_merged).await, other, "at home");
    assert_eq!(script.shown(other).await, one, "and shown with the other");
    let note = Action::Note {
        text: "oi".to_owned(),
        mentions: Vec::new(),
    };
    let note = script.do_say(other, note).await;
    assert_eq!(note.conversation_id, Some(one));

    let entry = script.do_say(one, Action::Unmerge { from: other }).await;
    let undone: Unmerged = entry.read().unwrap();
    assert_eq!((entry.conversation_id, undone.from), (Some(one), other));
    assert_eq!(script.shown(other).await, other);
    for (order, phone, home) in [("o4", PHONE, one), ("o5", OTHER_PHONE, other)] {
        let event = script.event(order, by_phone(phone));
        assert_eq!(script.converse(&event).await, home);
    }
    let refund = script.event_at("o3", OrderStage::Refunded, Customer::default());
    assert_eq!(script.converse(&refund).await, other, "its order too");
}

pub(crate) async fn what_was_told_goes_back_as_it_came(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let one = script.converse(&script.event("o1", by_phone(PHONE))).await;
    // Of two that are known, the older stays.
    script.world.pass(TimeDelta::milliseconds(1));
    let other = script.converse(&script.event("o2", by_email(MAIL))).await;
    let both = script.event("o3", with_mail(by_phone(PHONE)));
    let at = script.settle(&both).await;
    assert_eq!((at, script.shown(other).await), (one, one));
    let merge = script.told(kind::MERGED).await.pop().unwrap();
    let body: Merged = merge.read().unwrap();
    assert_eq!((body.reason.as_str(), body.by), ("email", None));
    script.do_say(one, Action::Unmerge { from: other }).await;
    // The evidence is there again, and a person has said what it is worth.
    let again = script.event("o4", with_mail(by_phone(PHONE)));
    assert_eq!(script.converse(&again).await, one);
    assert_eq!(script.shown(other).await, other);
    assert_eq!(script.told(kind::MERGED).await.len(), 1);
    assert!(script.told(kind::MERGE_SUGGESTED).await.is_empty());
    // Known by nothing but its e-mail address still: a phone that is new joins it as if nothing had been.
    let third = script
        .converse(&script.event("o5", by_phone(OTHER_PHONE)))
        .await;
    script
        .converse(&script.event("o6", with_mail(by_phone(OTHER_PHONE))))
        .await;
    assert_eq!(script.shown(third).await, script.shown(other).await);
    // A person's word counts, and the last one.
    script.do_say(one, Action::Merge { other }).await;
    assert_eq!(script.shown(third).await, one);
}

pub(crate) async fn a_suggestion_is_made_once(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (one, other) = script.two().await;
    for order in ["o3", "o4"] {
        let event = script.event(order, with_mail(by_phone(PHONE)));
        assert_eq!(script.converse(&event).await, one);
    }
    let told = script.told(kind::MERGE_SUGGESTED).await;
    let [suggested] = told.as_slice() else {
        panic!("one suggestion: {told:?}");
    };
    let body: MergeSuggested = suggested.read().unwrap();
    assert_eq!(suggested.conversation_id, Some(one));
    assert_eq!((body.other, body.reason.as_str()), (other, "email"));
    assert_eq!(script.shown(other).await, other, "nobody is merged");
    // Nor is it repeated for what takes one of them in.
    let third = script
        .converse(&script.event("o5", by_email("outra@example.com")))
        .await;
    script.do_say(third, Action::Merge { other: one }).await;
    script
        .converse(&script.event("o6", with_mail(by_phone(PHONE))))
        .await;
    assert_eq!(script.told(kind::MERGE_SUGGESTED).await.len(), 1);
}

pub(crate) async fn those_kept_apart_stay_apart(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let one = script.converse(&script.event("o1", by_phone(PHONE))).await;
    let other = script.converse(&script.event("o2", by_email(MAIL))).await;
    let entry = script.do_say(other, Action::KeepApart { other: one }).await;
    let kept: KeptApart = entry.read().unwrap();
    assert_eq!((entry.conversation_id, kept.other), (Some(other), one));
    assert_eq!(kept.by, script.actor());
    let joined = script.event("o3", with_mail(by_phone(PHONE)));
    assert_eq!(script.settle(&joined).await, one);
    assert_eq!(script.shown(other).await, other);
    assert!(script.told(kind::MERGE_SUGGESTED).await.is_empty());
    // What takes one of them in is kept apart too.
    let document = Customer {
        document: Some("12345678909".to_owned()),
        ..Customer::default()
    };
    let third = script.converse(&script.event("o4", document.clone())).await;
    script.do_say(third, Action::Merge { other }).await;
    let both = Customer {
        phone: Some(PHONE.to_owned()),
        ..document
    };
    script.settle(&script.event("o5", both)).await;
    assert_ne!(script.shown(one).await, script.shown(third).await);
    assert!(script.told(kind::MERGE_SUGGESTED).await.is_empty());
}

pub(crate) async fn shared_contact_data_swallows_nobody(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let mut homes = Vec::new();
    for (n, name) in ["Ana", "Bia", "Caio", "Davi", "Eva", "Fabio"]
        .iter()
        .enumerate()
    {
        let customer = named(&format!("{name} Teste"), by_email(MAIL));
        homes.push(
            script
                .converse(&script.event(&format!("o{n}"), customer))
                .await,
        );
    }
    let shared = homes.pop().unwrap();
    assert!(homes.iter().all(|home| *home == shared));
    let told = script.told(kind::SHARED).await;
    let [entry] = told.as_slice() else {
        panic!("told once: {told:?}");
    };
    assert_eq!(entry.conversation_id, Some(shared));
    assert_eq!(entry.read::<Shared>().unwrap().names, 6);
    // One more name is somebody else, with what is known of them beside.
    let gil = named("Gil Teste", with_mail(by_phone(PHONE)));
    let own = script.converse(&script.event("o6", gil.clone())).await;
    assert_ne!(own, shared);
    let by_phone_only = named("Gil de Teste", by_phone(PHONE));
    assert_eq!(
        script.converse(&script.event("o7", by_phone_only)).await,
        own
    );
    // Those who were there before, and those who give no name, are found as ever; an order stays.
    for (order, customer) in [
        ("o8", named("ANA TESTE", by_email(MAIL))),
        ("o9", by_email(MAIL)),
        ("o0", gil),
    ] {
        assert_eq!(
            script
                .converse(&script.event_at(order, OrderStage::Refunded, customer))
                .await,
            shared
        );
    }
    // Evidence neither merges nor suggests any more.
    let apart = script
        .converse(&script.event("p1", named("Ana Teste", by_phone(OTHER_PHONE))))
        .await;
    let joined = named("Ana Teste", with_mail(by_phone(OTHER_PHONE)));
    assert_eq!(script.converse(&script.event("p2", joined)).await, apart);
    for kind in [kind::MERGED, kind::MERGE_SUGGESTED] {
        assert!(script.told(kind).await.is_empty(), "{kind}");
    }
}

pub(crate) async fn an_order_joins_the_cart_it_grew_from(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let bought = |order: &str, cart: &str, customer: Customer| {
        let mut event = script.event_at(order, OrderStage::PurchaseApproved, customer);
        event.carts = vec![format!("kiwify:{cart}"), format!("kiwify:{cart}")];
        event
    };
    // The cart is nobody's yet, and the buyer is known.
    let buyer = script.converse(&script.event("o1", by_phone(PHONE))).await;
    let cart = script
        .converse(&script.event("c2", Customer::default()))
        .await;
    let order = bought("o2", "c2", by_phone(PHONE));
    assert_eq!(script.converse(&order).await, buyer);
    assert_eq!(script.shown(cart).await, buyer);
    // The order names nobody, and came first.
    let order = script
        .converse(&bought("o3", "c3", Customer::default()))
        .await;
    let cart = script.converse(&script.event("c3", by_email(MAIL))).await;
    assert_eq!(order, cart);
    // Both were there, apart, before the order said what it grew from.
    let order = script
        .converse(&script.event("o4", Customer::default()))
        .await;
    let cart = script
        .converse(&script.event("c4", by_phone(OTHER_PHONE)))
        .await;
    let said = script
        .converse(&bought("o4", "c4", Customer::default()))
        .await;
    assert_eq!((said, script.shown(order).await), (cart, cart));
    let reasons: Vec<String> = script
        .told(kind::MERGED)
        .await
        .iter()
        .map(|entry| entry.read::<Merged>().unwrap().reason)
        .collect();
    assert_eq!(reasons, ["phone", "order"]);
}

pub(crate) async fn claims_come_with_a_merge_and_go_with_its_undoing(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (one, other) = script.two().await;
    let bia = actor(&script.enrol("Bia").await);
    script.do_say(other, Action::Claim {}).await;
    script.do_say(one, Action::Merge { other }).await;
    let claim = |of| script.command_as(bia.clone(), script.command(of, Action::Claim {}));
    let told = Outcome::Refused {
        code: RefusalCode::AlreadyClaimed,
        by: Some(script.actor()),
    };
    assert_eq!(claim(one).await, told, "it came with what was taken in");
    script.do_say(one, Action::Release {}).await;
    let taken = claim(one).await;
    assert!(matches!(taken, Outcome::Applied { .. }), "{taken:?}");
    script.do_say(one, Action::Unmerge { from: other }).await;
    assert_eq!(claim(other).await, told, "as before the merge");
    assert_eq!(
        script.say(one, Action::Release {}).await,
        refused(RefusalCode::NotYours),
        "what was done while merged stays done"
    );
}

pub(crate) async fn what_people_cannot_say_is_refused(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (one, other) = script.two().await;
    let nobody = ConversationId::new(1, [1; 10]);
    let third = script
        .converse(&script.event("o3", by_email("outra@example.com")))
        .await;
    script.do_say(one, Action::Merge { other }).await;
    let log = script.log().await.len();
    for (of, action, code) in [
        (one, Action::Merge { other }, RefusalCode::AlreadyMerged),
        (
            other,
            Action::Merge { other: one },
            RefusalCode::AlreadyMerged,
        ),
        (
            one,
            Action::Merge { other: one },
            RefusalCode::AlreadyMerged,
        ),
        (one, Action::KeepApart { other }, RefusalCode::AlreadyMerged),
        (one, Action::Unmerge { from: third }, RefusalCode::NotMerged),
        (
            third,
            Action::Unmerge { from: other },
            RefusalCode::NotMerged,
        ),
        (one, Action::Unmerge { from: one }, RefusalCode::NotMerged),
        (
            one,
            Action::Merge { other: nobody },
            RefusalCode::UnknownConversation,
        ),
        (
            one,
            Action::Unmerge { from: nobody },
            RefusalCode::UnknownConversation,
        ),
        (
            one,
            Action::KeepApart { other: nobody },
            RefusalCode::UnknownConversation,
        ),
    ] {
        assert_eq!(
            script.say(of, action.clone()).await,
            refused(code),
            "{action:?}"
        );
    }
    let elsewhere = script.store.ensure_workspace("Outra loja").await.unwrap();
    let command = script.command(one, Action::Unmerge { from: other });
    let answers = script
        .store
        .apply(elsewhere.id, script.actor(), vec![command])
        .await
        .unwrap();
    let outcomes: Vec<_> = answers.into_iter().map(|answer| answer.outcome).collect();
    assert_eq!(outcomes, [refused(RefusalCode::UnknownConversation)]);
    assert_eq!(script.log().await.len(), log, "nothing was told");
}
