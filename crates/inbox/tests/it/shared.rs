//! What a team shares, through the real service: templates, views, who is there, where an order's state comes from.

use contract::{Filter, Present};
use follow_up::{Locale, Moment, Template};
use inbox::asking::ViewSaveAsked;
use inbox::{Inbox, Refusal};

use crate::desk::{Desk, all};
use crate::offline::joined;
use crate::real::{Real, sit};

async fn open() -> (Real, Desk, Desk) {
    let real = Real::start().await;
    real.sell(30, 3).await;
    let ana = sit(&real, &real.serving.base_url()).await;
    let bia = joined(&real).await;
    ana.live().await;
    bia.live().await;
    (real, ana, bia)
}

fn template(text: &str) -> Template {
    Template {
        key: "pix.equipe".to_owned(),
        name: "Da equipe".to_owned(),
        locale: Locale::PtBr,
        stages: vec![contract::StageGroup::Pix],
        platforms: Vec::new(),
        moment: Moment::Any,
        channel: None,
        subject: "Seu PIX".to_owned(),
        text: text.to_owned(),
        marketing: false,
        place: 0,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leads_template_reaches_all_and_no_version_is_lost() {
    let (_real, ana, bia) = open().await;
    let saved = ana.inbox.template_save(template("Oi"), 0).await;
    assert_eq!(saved.expect("saved").version, 1);
    let there = |version: u32| {
        async move |inbox: &Inbox| {
            let cards = inbox.template_list().await.ok()?;
            let card = cards
                .into_iter()
                .find(|card| card.template.key == "pix.equipe");
            card.is_some_and(|card| card.version == version)
                .then_some(())
        }
    };
    bia.until("version 1", there(1)).await;
    let refused = bia.inbox.template_save(template("Olá"), 1).await;
    assert_eq!(refused.err(), Some(Refusal::Forbidden));
    let stale = ana.inbox.template_save(template("Olá"), 0).await;
    assert_eq!(stale.err(), Some(Refusal::VersionConflict));
    let second = ana.inbox.template_save(template("Olá"), 1).await;
    assert_eq!(second.expect("saved").version, 2);
    let versions = ana.inbox.template_versions("pix.equipe", Locale::PtBr);
    let versions: Vec<u32> = versions
        .await
        .expect("lists")
        .iter()
        .map(|version| version.version)
        .collect();
    assert_eq!(versions, [2, 1]);
    let removed = ana.inbox.template_remove("pix.equipe", Locale::PtBr, 2);
    removed.await.expect("taken away");
    bia.until("gone", async |inbox| {
        let cards = inbox.template_list().await.ok()?;
        (!cards.iter().any(|card| card.template.key == "pix.equipe")).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_teams_view_and_who_is_there_reach_a_colleague() {
    let (_real, ana, bia) = open().await;
    let view = ViewSaveAsked {
        id: None,
        name: "Kiwify".to_owned(),
        filter: Filter {
            platforms: vec!["kiwify".to_owned()],
            ..Filter::default()
        },
        team: true,
    };
    let saved = ana.inbox.view_save(view.clone()).await.expect("saved");
    bia.until("the view", async |inbox| {
        let views = inbox.views().await.ok()?;
        views
            .iter()
            .any(|view| view.id == saved.id && view.team)
            .then_some(())
    })
    .await;
    let refused = bia.inbox.view_save(view).await;
    assert_eq!(refused.err(), Some(Refusal::Forbidden));
    ana.inbox.view_remove(saved.id).await.expect("taken away");
    bia.until("no view", async |inbox| {
        inbox.views().await.ok()?.is_empty().then_some(())
    })
    .await;

    let who = all(&ana.inbox).await.first().expect("somebody").id;
    let here = Present {
        conversation_id: Some(who),
        writing: true,
    };
    ana.inbox.present(here).expect("kept");
    bia.until("Ana is there", async |inbox| {
        let there = inbox.presence().ok()?;
        let at = |present: &contract::PresentMember| present.conversation_id == who;
        there.iter().any(at).then_some(())
    })
    .await;
    let orders = ana.conversation(who).await.orders;
    let order_key = &orders.first().expect("an order").order_key;
    let told = ana.inbox.provenance(order_key).await.expect("answers");
    let newest = told.deliveries.first().expect("a delivery");
    let raw = ana.inbox.raw_event(newest.id).await.expect("reads");
    assert!(raw.starts_with('{'));
    let refused = bia.inbox.raw_event(newest.id).await;
    assert_eq!(refused.err(), Some(Refusal::Forbidden));
}
