//! What a team shares beside conversations: templates, views, and where an order's state comes from.

use chrono::TimeDelta;
use contract::{
    Action, Channel, Event, Filter, StageGroup, StepAnswer, StepAsked, TeamView, ViewId,
    WorkspaceId, entry::Removed, kind,
};
use follow_up::{
    Locale, Moment, Sequences, SequencesSaved, SharedSequences, SharedTemplate, Template,
    TemplateSaved,
};

use super::script::{Script, Stage, actor, by_phone, refusal};
use crate::store::{
    DeliveryResult, MOST_VIEWS, NewReading, ProofSummary, Session, StoreError, ToldBy, World as _,
};

const PHONE: &str = "+5547900000111";

fn template(text: &str, version: u32) -> SharedTemplate {
    SharedTemplate {
        template: Template {
            key: "pix.own".to_owned(),
            name: "PIX da loja".to_owned(),
            locale: Locale::PtBr,
            stages: vec![StageGroup::Pix],
            platforms: vec!["kiwify".to_owned()],
            moment: Moment::Any,
            channel: None,
            subject: "Seu PIX".to_owned(),
            text: text.to_owned(),
            marketing: false,
            place: 5,
        },
        version,
    }
}

async fn save(script: &Script, text: &str, version: u32) -> Result<u32, StoreError> {
    let (workspace, by) = (script.workspace.id, script.actor());
    let saving = script
        .store
        .save_template(workspace, template(text, version), by);
    saving.await
}

async fn remove(script: &Script, version: u32) -> Result<(), StoreError> {
    let (workspace, by) = (script.workspace.id, script.actor());
    let key = "pix.own".to_owned();
    let removing = script
        .store
        .remove_template(workspace, key, Locale::PtBr, version, by);
    removing.await
}

async fn texts(script: &Script, workspace: WorkspaceId) -> Vec<(u32, String)> {
    let templates = script.store.templates(workspace).await.unwrap();
    let shown = templates.into_iter();
    shown
        .map(|change| (change.version, change.template.unwrap().text))
        .collect()
}

pub(crate) async fn a_template_is_changed_on_top_of_its_version(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    assert_eq!(save(&script, "um", 0).await, Ok(1));
    assert_eq!(save(&script, "dois", 1).await, Ok(2));
    let before = script.log().await.len();
    for base in [0, 1, 3] {
        let late = save(&script, "outro", base).await;
        assert_eq!(refusal(late), "version_conflict", "on top of {base}");
    }
    // Whoever sends again what was saved meanwhile, as after a lost answer, is told the version and nothing else.
    assert_eq!(save(&script, "dois", 1).await, Ok(2));
    assert_eq!(script.log().await.len(), before);
    assert_eq!(texts(&script, workspace).await, [(2, "dois".to_owned())]);
    let last = script.log().await.pop().unwrap();
    assert_eq!(last.kind, kind::TEMPLATE_SAVED);
    assert_eq!(last.conversation_id, None);
    let saved: TemplateSaved = last.read().unwrap();
    assert_eq!(saved.template, template("dois", 2));
    assert_eq!(saved.by, script.actor());
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    assert_eq!(texts(&script, other.id).await, []);
}

pub(crate) async fn a_templates_versions_stay(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let versions = async || {
        let key = "pix.own".to_owned();
        let listing = script.store.template_versions(workspace, key, Locale::PtBr);
        listing.await.map(|list| {
            let text = |template: Option<Template>| template.map(|template| template.text);
            let list = list.into_iter();
            list.map(|change| (change.version, text(change.template)))
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(versions().await, Err(StoreError::NotFound));
    assert_eq!(remove(&script, 1).await, Err(StoreError::NotFound));
    save(&script, "um", 0).await.unwrap();
    save(&script, "dois", 1).await.unwrap();
    assert_eq!(refusal(remove(&script, 1).await), "version_conflict");
    remove(&script, 2).await.unwrap();
    assert_eq!(remove(&script, 2).await, Err(StoreError::NotFound));
    assert_eq!(texts(&script, workspace).await, []);
    let last = script.log().await.pop().unwrap();
    assert_eq!(last.kind, kind::TEMPLATE_REMOVED);
    assert_eq!(last.read::<Removed>().unwrap().key, "pix.own/pt-BR");
    assert_eq!(save(&script, "de novo", 0).await, Ok(4), "begun anew");
    let text = |text: &str| Some(text.to_owned());
    let all = vec![
        (4, text("de novo")),
        (3, None),
        (2, text("dois")),
        (1, text("um")),
    ];
    assert_eq!(versions().await, Ok(all));
}

pub(crate) async fn sequences_are_changed_on_top_of_their_version(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let resting = |rest_days, version| SharedSequences {
        sequences: Sequences {
            rest_days,
            ..Sequences::default()
        },
        version,
    };
    let save = async |shared: SharedSequences| {
        let saving = script
            .store
            .save_sequences(workspace, shared, script.actor());
        saving.await
    };
    let there = async || script.store.sequences(workspace).await.unwrap();
    assert_eq!(
        there().await,
        resting(false, 0),
        "what comes with the program"
    );
    assert_eq!(refusal(save(resting(true, 1)).await), "version_conflict");
    assert_eq!(save(resting(true, 0)).await, Ok(1));
    let before = script.log().await.len();
    // Whoever sends again what was saved meanwhile is told the version and nothing else.
    assert_eq!(save(resting(true, 0)).await, Ok(1));
    assert_eq!(refusal(save(resting(false, 0)).await), "version_conflict");
    assert_eq!(script.log().await.len(), before);
    assert_eq!(there().await, resting(true, 1));
    let last = script.log().await.pop().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.conversation_id),
        (kind::SEQUENCE_SAVED, None)
    );
    let saved: SequencesSaved = last.read().unwrap();
    assert_eq!(
        (saved.sequences, saved.by),
        (resting(true, 1), script.actor())
    );
    assert_eq!(
        save(resting(false, 1)).await,
        Ok(2),
        "back to what comes with the program"
    );
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    assert_eq!(script.store.sequences(other.id).await.unwrap().version, 0);
}

pub(crate) async fn a_step_is_done_once(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let conversation = script.converse(&script.event("o1", by_phone(PHONE))).await;
    let (ana, bia) = (&script.session, &script.enrol("Bia").await);
    let since = script.world.now();
    let take = async |session: &Session, since| {
        let asked = StepAsked {
            order_key: "kiwify:o1".to_owned(),
            template: "pix.remind".to_owned(),
            since,
        };
        let (workspace, by) = (script.workspace.id, actor(session));
        let taking = script.store.take_step(workspace, asked, by, session.id);
        taking.await.unwrap()
    };
    assert_eq!(take(ana, since).await, StepAnswer::Taken);
    assert_eq!(take(ana, since).await, StepAnswer::Taken, "asked again");
    assert!(matches!(
        take(bia, since).await,
        StepAnswer::Elsewhere { by, .. } if by == script.actor()
    ));

    script.world.pass(TimeDelta::minutes(3));
    assert_eq!(take(bia, since).await, StepAnswer::Taken, "Ana went away");
    let handed = script.command(
        conversation,
        Action::HandOver {
            channel: Channel::Whatsapp,
            text: "Oi".to_owned(),
            template_key: Some("pix.remind".to_owned()),
            order_key: Some("kiwify:o1".to_owned()),
        },
    );
    script.command_as(actor(bia), handed).await;
    for session in [ana, bia] {
        assert!(matches!(
            take(session, since).await,
            StepAnswer::Done { by, .. } if by == actor(bia)
        ));
    }

    script.world.pass(TimeDelta::days(1));
    let next_round = script.world.now();
    assert_eq!(take(ana, next_round).await, StepAnswer::Taken);
}

fn view(n: u128, name: &str) -> TeamView {
    TeamView {
        id: ViewId::from_u128(n),
        name: name.to_owned(),
        filter: Filter {
            stages: vec![StageGroup::Pix],
            amount_from: Some(50_000),
            ..Filter::default()
        },
        by: None,
    }
}

pub(crate) async fn views_are_the_teams(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let bia = actor(&script.enrol("Bia").await);
    let save = async |view: TeamView| {
        let saving = script.store.save_view(workspace, view, script.actor());
        saving.await
    };
    let mut first = view(1, "PIX alto");
    // Who saved it is not the sender's to say.
    first.by = Some(bia.clone());
    let saved = save(first).await.unwrap();
    assert_eq!(saved.by, Some(script.actor()));
    save(view(2, "Álbuns")).await.unwrap();
    save(view(3, "pix baixo")).await.unwrap();
    let before = script.log().await.len();
    let again = script.store.save_view(workspace, view(1, "PIX alto"), bia);
    assert_eq!(
        again.await,
        Ok(saved),
        "nothing changed, so nothing is told"
    );
    assert_eq!(script.log().await.len(), before);
    save(view(2, "Outros")).await.unwrap();
    let last = script.log().await.pop().unwrap();
    assert_eq!(last.kind, kind::VIEW_SAVED);
    assert_eq!(last.read::<TeamView>().unwrap().name, "Outros");
    let names = async |workspace| {
        let views = script.store.team_views(workspace).await.unwrap();
        views.into_iter().map(|view| view.name).collect::<Vec<_>>()
    };
    assert_eq!(names(workspace).await, ["Outros", "PIX alto", "pix baixo"]);
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    let stranger = script
        .store
        .remove_view(other.id, ViewId::from_u128(1), script.actor());
    assert_eq!(stranger.await, Err(StoreError::NotFound));
    let removing = script
        .store
        .remove_view(workspace, ViewId::from_u128(1), script.actor());
    removing.await.unwrap();
    assert_eq!(names(workspace).await, ["Outros", "pix baixo"]);
    let last = script.log().await.pop().unwrap();
    assert_eq!(last.kind, kind::VIEW_REMOVED);
    let removed: Removed = last.read().unwrap();
    assert_eq!(removed.key, ViewId::from_u128(1).to_string());
    for n in 10..u128::from(MOST_VIEWS) + 8 {
        save(view(n, &format!("vista {n}"))).await.unwrap();
    }
    assert_eq!(refusal(save(view(999, "demais")).await), "too_many");
    assert!(save(view(2, "ainda muda")).await.is_ok());
}

async fn told(script: &Script, order: &str) -> Vec<ToldBy> {
    let key = format!("kiwify:{order}");
    let listing = script.store.provenance(script.workspace.id, key);
    listing.await.unwrap()
}

pub(crate) async fn an_order_knows_who_told_of_it(stage: &impl Stage) {
    use contract::Stage as At;
    let script = Script::on(stage).await;
    assert_eq!(told(&script, "o1").await, []);
    let event = |order: &str, at: At| script.event_at(order, at, by_phone(PHONE));
    let first = event("o1", At::PixGenerated);
    let one = script.accept(std::slice::from_ref(&first)).await;
    // Both events of one delivery are one line; the same event in other bytes is a repeat of the first.
    let both: [Event; 2] = [
        event("o1", At::PaymentExpired),
        event("o1", At::PurchaseApproved),
    ];
    let two = script.accept(&both).await;
    for _ in 0..3 {
        let repeat = script.accept(std::slice::from_ref(&first)).await;
        assert_eq!(repeat.result, DeliveryResult::Duplicate);
    }
    script.accept(&[event("o2", At::PixGenerated)]).await;
    let mut by_token = script.delivery(&[event("o1", At::Refunded)]);
    by_token.proof = ProofSummary {
        scheme: "vega.url".to_owned(),
        secret_index: 0,
        signed: false,
    };
    let three = script.store.accept(by_token).await.unwrap();
    let told_of = told(&script, "o1").await;
    let shown: Vec<_> = told_of
        .iter()
        .map(|told| (told.id, told.proof.word(), told.repeats))
        .collect();
    assert_eq!(
        shown,
        [
            (three.delivery_id, "key", 0),
            (two.delivery_id, "signature", 0),
            (one.delivery_id, "signature", 3)
        ]
    );
    assert!(told_of.iter().all(|told| told.event == "order.updated"));
    assert_eq!(told(&script, "o2").await.len(), 1);
    let again = Script::with(stage.open().await, stage.world()).await;
    assert_eq!(told(&again, "o1").await, told_of, "the file knows it too");
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    let listing = script
        .store
        .provenance(other.id, "kiwify:o1".to_owned())
        .await;
    assert_eq!(listing, Ok(Vec::new()));
}

/// However often an order is told of, the newest fifty are listed, and none is lost in between.
pub(crate) async fn the_newest_of_many_are_listed(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let mut accepted = Vec::new();
    for n in 0..130 {
        let event = script.event("o1", by_phone(PHONE));
        let new = crate::store::NewEvent::new(&event, &format!("o1:{n}")).unwrap();
        let delivery = script.reading(NewReading::Events(vec![new]));
        accepted.push(script.store.accept(delivery).await.unwrap().delivery_id);
    }
    let listed: Vec<_> = told(&script, "o1").await;
    let listed: Vec<_> = listed.into_iter().map(|told| told.id).collect();
    let newest: Vec<_> = accepted.into_iter().rev().take(50).collect();
    assert_eq!(listed, newest);
}
