//! The team's templates at work: under the keys, filled with answers, ranked by use, tried before they are saved.

use contract::entry::Removed;
use contract::{Actor, Channel, MemberId, Stage, StageGroup, kind};
use follow_up::{
    Answers, Fill, IncomingChange, Locale, MissingKind, Moment, SharedTemplate, Template,
    TemplateSaved,
};
use inbox::Refusal;
use inbox::asking::HandOverAsked;
use inbox::view::FreshnessState;

use crate::desk::Desk;
use crate::service::Service;
use crate::tape::{Tape, order_key, person};

const KEY: &str = "cart.motivo";

async fn open() -> (Service, Desk) {
    let mut tape = Tape::new("k1");
    tape.carts(3);
    tape.sale(9, Stage::PurchaseApproved);
    let service = Service::start(tape).await;
    let desk = Desk::at(&service).await;
    desk.rows(4).await;
    desk.live().await;
    (service, desk)
}

fn template(text: &str) -> Template {
    Template {
        key: KEY.to_owned(),
        name: "Perguntar o motivo".to_owned(),
        locale: Locale::PtBr,
        stages: vec![StageGroup::Cart],
        platforms: Vec::new(),
        moment: Moment::Any,
        channel: None,
        subject: "Seu carrinho".to_owned(),
        text: text.to_owned(),
        marketing: false,
        place: 900,
    }
}

fn bia() -> Actor {
    Actor {
        id: MemberId::from_u128(99),
        name: "Bia".to_owned(),
    }
}

fn share(service: &Service, text: &str, version: u32) {
    let saved = TemplateSaved {
        template: SharedTemplate {
            template: template(text),
            version,
        },
        by: bia(),
    };
    service.with(|state| state.tape.write(None, kind::TEMPLATE_SAVED, &saved));
}

/// Waits until the team's template is there in this version.
async fn version(desk: &Desk, version: Option<u32>) {
    desk.until("the version", async |inbox| {
        let cards = inbox.template_list().await.expect("reads");
        let card = cards.iter().find(|card| card.template.key == KEY);
        (card.map(|card| card.version) == version).then_some(())
    })
    .await;
}

async fn fill(desk: &Desk, answers: &[(&str, &str)]) -> Result<Fill, Refusal> {
    let owned = |(name, answer): &(&str, &str)| ((*name).to_owned(), (*answer).to_owned());
    let answers: Answers = answers.iter().map(owned).collect();
    desk.inbox
        .fill(
            person(1),
            order_key(1),
            KEY.to_owned(),
            Locale::PtBr,
            answers,
        )
        .await
}

#[tokio::test]
async fn a_shared_template_lies_under_a_key_until_it_is_taken_away() {
    let (service, desk) = open().await;
    assert_eq!(
        fill(&desk, &[]).await.err(),
        Some(Refusal::NotFound("template"))
    );
    share(&service, "Foi {{?motivo}}?", 1);
    version(&desk, Some(1)).await;
    let cards = desk.inbox.template_list().await.expect("reads");
    let card = cards.iter().find(|card| card.template.key == KEY);
    let card = card.expect("is there");
    assert_eq!(
        (card.built_in, card.changed_by.as_deref()),
        (false, Some("Bia"))
    );
    let chips = desk
        .inbox
        .templates(person(1), order_key(1), Locale::PtBr)
        .await
        .expect("reads");
    let chip = chips.iter().find(|chip| chip.template_key == KEY);
    assert_eq!(chip.expect("under a key").prompts, ["motivo"]);
    let Fill::Blocked { missing, .. } = fill(&desk, &[]).await.expect("answers") else {
        panic!("nobody answered")
    };
    assert_eq!(
        missing.first().map(|missing| missing.kind),
        Some(MissingKind::Prompt)
    );
    let Fill::Filled { text, .. } = fill(&desk, &[("motivo", "o frete")]).await.expect("fills")
    else {
        panic!("it was answered")
    };
    assert_eq!(text, "Foi o frete?");
    share(&service, "Foi por {{?motivo}}?", 2);
    version(&desk, Some(2)).await;
    let Fill::Filled { text, .. } = fill(&desk, &[("motivo", "frete")]).await.expect("fills")
    else {
        panic!("it was answered")
    };
    assert_eq!(text, "Foi por frete?");
    let gone = Removed {
        key: format!("{KEY}/pt-BR"),
        by: bia(),
    };
    service.with(|state| state.tape.write(None, kind::TEMPLATE_REMOVED, &gone));
    version(&desk, None).await;
    assert!(fill(&desk, &[("motivo", "frete")]).await.is_err());
}

#[tokio::test]
async fn a_key_keeps_its_meaning_through_the_day() {
    let (_service, desk) = open().await;
    let chips = async || {
        let chips = desk
            .inbox
            .templates(person(1), order_key(1), Locale::PtBr)
            .await
            .expect("reads");
        let keyed = chips.into_iter().filter(|chip| chip.key.is_some());
        keyed.map(|chip| chip.template_key).collect::<Vec<_>>()
    };
    let before = chips().await;
    let last = before.last().expect("some").clone();
    assert_ne!(before.first(), Some(&last));
    desk.hand_over(HandOverAsked {
        conversation_id: person(1),
        order_key: Some(order_key(1)),
        template_key: Some(last.clone()),
        text: "Oi!".to_owned(),
        channel: Channel::Whatsapp,
        step: false,
    })
    .await
    .expect("opens");
    assert_eq!(chips().await, before);
}

#[tokio::test]
async fn a_draft_is_tried_on_real_orders_and_travels_as_a_file() {
    let (service, desk) = open().await;
    let draft = template("Oi, {{ checkout_url }} e {{ coupon }}");
    let check = desk
        .inbox
        .template_check(draft, Locale::PtBr)
        .await
        .expect("looks");
    assert!(check.error.is_none());
    let tried: Vec<_> = check
        .preview
        .iter()
        .map(|preview| preview.order_key.clone())
        .collect();
    assert_eq!(
        tried,
        [order_key(3), order_key(2), order_key(1)],
        "carts only"
    );
    let hole = |fill: &Fill| match fill {
        Fill::Blocked { missing, .. } => missing.iter().any(|missing| missing.variable == "coupon"),
        Fill::Filled { .. } => false,
    };
    assert!(check.preview.iter().all(|preview| hole(&preview.fill)));
    let broken = desk
        .inbox
        .template_check(template("{{ nada }}"), Locale::PtBr)
        .await
        .expect("looks");
    assert!(broken.error.is_some() && broken.preview.is_empty());

    share(&service, "Foi {{?motivo}}?", 3);
    version(&desk, Some(3)).await;
    let file = desk.inbox.template_export().await.expect("writes");
    let incoming = desk.inbox.template_import(&file).await.expect("reads");
    assert!(incoming.items.len() > 10);
    let same = |change: &IncomingChange| *change == IncomingChange::Same;
    assert!(incoming.items.iter().all(|item| same(&item.change)));
    let changed = file.replace("Foi {{?motivo}}?", "Seria {{?motivo}}?");
    let incoming = desk.inbox.template_import(&changed).await.expect("reads");
    let of = |change| {
        let items = incoming.items.iter();
        let items = items.filter(move |item| item.change == change);
        items
            .map(|item| (item.template.key.as_str(), item.version))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(IncomingChange::Changed), [(KEY, 3)]);
    let refused = desk.inbox.template_import("{}").await;
    assert!(matches!(refused, Err(Refusal::Invalid(_))));
    service.with(|state| state.deaf = true);
    desk.state(FreshnessState::Offline).await;
    let saved = desk.inbox.template_save(template("Oi"), 0).await;
    assert_eq!(saved.err(), Some(Refusal::Offline));
}
