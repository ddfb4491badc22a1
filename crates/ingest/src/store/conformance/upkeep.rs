//! What whoever runs the service asks of its store, and what it remembers of the platforms' side.

use std::sync::Arc;

use chrono::TimeDelta;
use contract::entry::{IntegrationRemoved, IntegrationSaved};
use contract::{Actor, IntegrationId, Role, kind};

use super::script::{Script, Stage, by_phone, new_integration};
use crate::store::{
    Enrolment, NewDelivery, NewIntegration, PageBounds, Refusal, RegistrationSeen, StoreError,
    TokenHash, World,
};

pub(crate) async fn a_webhooks_registration_is_remembered(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (id, workspace) = (script.integration.id, script.workspace.id);
    let other = script.integrate("loja-2", "yampi").await;
    let seen = |registered| RegistrationSeen {
        registered,
        at: script.world.now(),
    };
    let told = async || {
        let activity = script.store.activity(workspace).await.unwrap();
        activity
            .first()
            .expect("the first integration")
            .registration
    };
    let before = |later| {
        let time = script.world.now() + TimeDelta::seconds(later);
        script.store.registrations_before(time)
    };
    // One that somebody made by hand may not show: that it is not there says nothing.
    script
        .store
        .keep_registration(id, seen(false))
        .await
        .unwrap();
    assert_eq!(told().await, None);
    assert_eq!(before(1).await.unwrap(), []);

    for registered in [true, false, true] {
        script.world.pass(TimeDelta::days(1));
        let now = seen(registered);
        script.store.keep_registration(id, now).await.unwrap();
        assert_eq!(told().await, Some(now));
        assert_eq!(before(0).await.unwrap(), [], "looked at just now");
        assert_eq!(before(1).await.unwrap(), [id]);
    }
    script
        .store
        .keep_registration(other.id, seen(true))
        .await
        .unwrap();
    assert_eq!(before(1).await.unwrap().len(), 2);
    script
        .store
        .delete_integration(workspace, id, None)
        .await
        .unwrap();
    assert_eq!(before(1).await.unwrap(), [other.id]);
    let nobody = IntegrationId::from_u128(9);
    let unknown = script.store.keep_registration(nobody, seen(true)).await;
    assert_eq!(unknown, Err(StoreError::NotFound));
}

pub(crate) async fn sources_are_told_as_the_team_knows_them(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (workspace, id) = (script.workspace.id, script.integration.id);
    let save = async |how: fn(&mut NewIntegration)| {
        let mut change = new_integration(script.dyn_world(), "loja-1", "kiwify");
        how(&mut change);
        let by = Some(script.actor());
        let saved = script
            .store
            .upsert_integration_as(workspace, change, by, None);
        saved.await.unwrap();
    };
    save(|_| ()).await;
    save(|change| change.settings = serde_json::json!({"zone": "America/Manaus"})).await;
    save(|change| change.name = "Cursos da Ana".to_owned()).await;
    save(|change| {
        change.name = "Cursos da Ana".to_owned();
        change.active = false;
    })
    .await;
    let none = script.store.tell_integrations().await.unwrap();
    assert_eq!(none, 0, "each was told when it was made");
    let removed = script.store.delete_integration(workspace, id, None);
    removed.await.unwrap();
    let log = script.log().await;
    let told: Vec<(String, bool, Option<Actor>)> = log
        .iter()
        .filter(|entry| entry.kind == kind::INTEGRATION_SAVED)
        .map(|entry| entry.read::<IntegrationSaved>().unwrap())
        .inspect(|told| assert_eq!((told.id, told.provider.as_str()), (id, "kiwify")))
        .map(|told| (told.name, told.active, told.by))
        .collect();
    let (ours, ana) = ("Cursos da Ana".to_owned(), Some(script.actor()));
    assert_eq!(
        told,
        [
            ("Conta de teste".to_owned(), true, None),
            (ours.clone(), true, ana.clone()),
            (ours, false, ana)
        ],
        "what says nothing else to the team is not told again"
    );
    let last = log.last().unwrap();
    let gone: IntegrationRemoved = last.read().unwrap();
    assert_eq!(
        (last.kind.as_str(), gone.id),
        (kind::INTEGRATION_REMOVED, id)
    );
}

pub(crate) async fn a_store_tells_how_it_is(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let empty = script.store.size().await.unwrap();
    for n in 0..200 {
        let event = script.event(&format!("o{n}"), by_phone("+5547900000111"));
        script.accept(&[event]).await;
    }
    script.store.ready().await.unwrap();
    script.store.checkpoint().await.unwrap();
    script.store.quick_check().await.unwrap();
    assert!(script.store.size().await.unwrap() > empty);
    let pulse = script.store.pulse();
    assert_eq!((pulse.queue_jobs, pulse.failed_commits), (0, 0));
    assert!(pulse.batch_jobs.sum >= 200);
    let failed = futures_util::future::poll_immediate(script.store.failed()).await;
    assert_eq!(failed, None, "it goes on");
}

/// A new version is started on the data beside the old one, which ends later.
pub(crate) async fn what_one_process_did_holds_at_the_other(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (one, other) = (Arc::clone(&script.store), stage.open().await);
    let (workspace, token) = (script.workspace.id, TokenHash::of("do-segundo"));
    assert!(one.on_duty() && !other.on_duty(), "one does the jobs");

    let proven = |order: &str| NewDelivery {
        nonce: Some(script.nonce("um-nonce-so")),
        ..script.delivery(&[script.event(order, by_phone("+5547900000111"))])
    };
    let mut followed = other.subscribe(workspace);
    followed.mark_unchanged();
    one.accept(proven("o1")).await.unwrap();
    let waited = tokio::time::timeout(std::time::Duration::from_secs(5), followed.changed());
    waited.await.expect("it is woken").unwrap();
    let head = other.head(workspace).await.unwrap();
    assert_eq!(head, one.head(workspace).await.unwrap());
    let page = PageBounds {
        entries: 100,
        bytes: 1 << 20,
    };
    let read = other.entries_after(workspace, 0, page).await.unwrap();
    assert_eq!(read.entries.len() as u64, head.seq);
    assert_eq!(
        other.accept(proven("o2")).await,
        Err(Refusal::NonceReused.into()),
        "burnt at the other"
    );

    // Sessions and integrations hold and end there at once.
    let enrolment = Enrolment {
        name: "Bia".to_owned(),
        role: Role::Agent,
        token,
        device: "teste".to_owned(),
    };
    let session = one.enrol(workspace, enrolment).await.unwrap();
    let learnt = other.learnt();
    assert!(other.session(&token).await.unwrap().is_some());
    one.revoke_session(workspace, session.id).await.unwrap();
    assert!(other.session(&token).await.unwrap().is_none());
    let made = script.integrate("loja-nova", "kiwify").await;
    other.look_again().await.unwrap();
    assert!(other.integration(made.id).is_some() && other.learnt() > learnt);
    one.delete_integration(workspace, made.id, None)
        .await
        .unwrap();
    other.look_again().await.unwrap();
    assert!(other.integration(made.id).is_none());

    assert_eq!(
        one.begin_registering(script.integration.id).await,
        Ok(false)
    );
    assert_eq!(
        other.begin_registering(script.integration.id).await,
        Ok(true)
    );
    one.end_registering(script.integration.id).await.unwrap();
    assert_eq!(
        other.begin_registering(script.integration.id).await,
        Ok(false)
    );

    // Both write in turn, and one goes on where the other has ended.
    for n in 0..20 {
        let store = if n % 2 == 0 { &one } else { &other };
        let event = script.event(&format!("t{n}"), by_phone("+5547900000111"));
        store.accept(script.delivery(&[event])).await.unwrap();
    }
    one.close().await;
    assert!(other.on_duty(), "somebody does the jobs");
    let event = script.event("t20", by_phone("+5547900000111"));
    other.accept(script.delivery(&[event])).await.unwrap();
    let read = other.entries_after(workspace, 0, page).await.unwrap();
    let seqs: Vec<u64> = read.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=read.head).collect::<Vec<_>>());
    let sales = read
        .entries
        .iter()
        .filter(|entry| entry.json.contains("\"pix_generated\""));
    assert_eq!(sales.count(), 22, "each once");
}
