//! Who did what, how sources fare, and how sessions begin and end.

use chrono::TimeDelta;
use contract::{Actor, MemberId, Role, entry::Left, kind};

use super::script::{Script, Stage, by_phone, new_integration, refusal};
use crate::store::{
    Counts, Deed, DeliveryResult, Enrolment, NewPassword, NewReading, Session, StoreError,
    TRIAL_HEADER, TokenHash, World, action,
};

const PHONE: &str = "+5547900000111";

async fn enrol(script: &Script, name: &str, role: Role) -> Session {
    let enrolment = Enrolment {
        name: name.to_owned(),
        role,
        token: TokenHash::of(name),
        device: "notebook".to_owned(),
    };
    script
        .store
        .enrol(script.workspace.id, enrolment)
        .await
        .unwrap()
}

async fn is_in(script: &Script, token: &str) -> bool {
    let session = script.store.session(&TokenHash::of(token)).await;
    session.unwrap().is_some()
}

async fn actions(script: &Script) -> Vec<String> {
    let page = script
        .store
        .records(script.workspace.id, None, 50)
        .await
        .unwrap();
    page.records
        .into_iter()
        .map(|record| record.action)
        .collect()
}

async fn last_day(script: &Script) -> Counts {
    let activity = script.store.activity(script.workspace.id).await.unwrap();
    activity.first().expect("one integration").last_day
}

fn password(member: MemberId, login: &str, keep: &Session) -> NewPassword {
    NewPassword {
        member,
        login: login.to_owned(),
        hash: format!("hash of {login}"),
        keep: keep.id,
    }
}

pub(crate) async fn a_session_in_use_goes_on_and_a_resting_one_ends(stage: &impl Stage) {
    let script = Script::on(stage).await;
    enrol(&script, "Bia", Role::Agent).await;
    enrol(&script, "Caio", Role::Agent).await;
    // Ninety days is how long a session may rest.
    for _ in 0..4 {
        script.world.pass(TimeDelta::days(40));
        assert!(is_in(&script, "Bia").await);
        // The note that it is in use is durable with the next commit; here it is waited for.
        script.store.ready().await.unwrap();
    }
    assert!(!is_in(&script, "Caio").await, "rested for 160 days");
    let again = stage.open().await;
    let found = again.session(&TokenHash::of("Bia")).await.unwrap();
    assert!(found.is_some(), "the file knows it too");
    script.world.pass(TimeDelta::days(90));
    assert!(!is_in(&script, "Bia").await);
}

pub(crate) async fn a_removed_member_is_out(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let (bia, by) = (enrol(&script, "Bia", Role::Admin).await, script.actor());
    let davi = enrol(&script, "Davi", Role::Admin).await.me.member_id;
    assert!(is_in(&script, "Bia").await);
    let id = bia.me.member_id;
    let other = script.store.ensure_workspace("Outra").await.unwrap();
    let elsewhere = script.store.remove_member(other.id, id, by.clone()).await;
    assert_eq!(elsewhere, Err(StoreError::NotFound));
    script
        .store
        .remove_member(workspace, id, by.clone())
        .await
        .unwrap();
    assert!(!is_in(&script, "Bia").await);
    let twice = script.store.remove_member(workspace, id, by.clone()).await;
    assert_eq!(twice, Err(StoreError::NotFound));
    let members = script.store.members(workspace).await.unwrap();
    assert!(members.iter().all(|member| member.id != id));
    let opened = script
        .store
        .open_session(id, TokenHash::of("t9"), String::new())
        .await;
    assert_eq!(opened, Err(StoreError::NotFound));
    let log = script.log().await;
    let last = log.last().unwrap();
    let left: Left = last.read().unwrap();
    assert_eq!(
        (last.kind.as_str(), left.member.id, left.by),
        (kind::LEFT, id, by.clone())
    );
    let last_one = script.store.remove_member(workspace, davi, by).await;
    assert_eq!(refusal(last_one), "last_admin");
}

pub(crate) async fn a_password_ends_other_sessions(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (workspace, bia) = (
        script.workspace.id,
        enrol(&script, "Bia", Role::Agent).await,
    );
    let id = bia.me.member_id;
    assert_eq!(script.store.login_of(workspace, id).await, Ok(None));
    let second = script
        .store
        .open_session(id, TokenHash::of("t2"), "celular".to_owned())
        .await
        .unwrap();
    assert_eq!(second.me, bia.me);
    script
        .store
        .set_password(workspace, password(id, "bia", &second))
        .await
        .unwrap();
    assert!(!is_in(&script, "Bia").await && is_in(&script, "t2").await);
    let login = script.store.login("bia").await.unwrap().unwrap();
    assert_eq!((login.member, login.hash.as_str()), (id, "hash of bia"));
    assert_eq!(script.store.login_of(workspace, id).await, Ok(Some(login)));
}

pub(crate) async fn a_login_is_one_members(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let bia = enrol(&script, "Bia", Role::Agent).await;
    let caio = enrol(&script, "Caio", Role::Agent).await;
    let set = async |session: &Session, login: &str| {
        let password = password(session.me.member_id, login, session);
        script.store.set_password(workspace, password).await
    };
    set(&bia, "bia").await.unwrap();
    set(&bia, "bia").await.unwrap();
    assert_eq!(refusal(set(&caio, "bia").await), "login_taken");
    assert_eq!(
        script.store.login("").await,
        Ok(None),
        "no login is nobody's"
    );
    script
        .store
        .remove_member(workspace, bia.me.member_id, script.actor())
        .await
        .unwrap();
    set(&caio, "bia").await.unwrap();
}

pub(crate) async fn what_is_refused_is_not_recorded(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let before = actions(&script).await;
    let other_platform = new_integration(script.dyn_world(), "loja-1", "hotmart");
    let outcome = script
        .store
        .upsert_integration_as(
            script.workspace.id,
            other_platform,
            Some(script.actor()),
            None,
        )
        .await;
    assert_eq!(refusal(outcome), "provider_fixed");
    assert_eq!(actions(&script).await, before);
}

pub(crate) async fn deeds_are_recorded_once(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let actor = Actor {
        id: script.session.me.member_id,
        name: "Ana".to_owned(),
    };
    for n in 0..5 {
        let deed = Deed::new(Some(actor.clone()), action::TEST_EVENT, n).with("n", n);
        script.store.record(workspace, deed).await.unwrap();
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = script.store.records(workspace, before, 2).await.unwrap();
        assert!(page.records.len() <= 2);
        seen.extend(page.records);
        before = page.next_before;
        if before.is_none() {
            break;
        }
    }
    let subjects: Vec<_> = seen
        .iter()
        .filter(|record| record.action == action::TEST_EVENT)
        .map(|record| (record.subject.as_str(), record.actor.as_ref(), record.at))
        .collect();
    let now = script.world.now();
    let expected = ["4", "3", "2", "1", "0"].map(|subject| (subject, Some(&actor), now));
    assert_eq!(subjects, expected);
    let other = script.store.ensure_workspace("Outra").await.unwrap();
    let elsewhere = script.store.records(other.id, None, 50).await.unwrap();
    assert_eq!(elsewhere.records, []);
}

pub(crate) async fn counts_move_with_what_is_read_anew(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let unmapped = || NewReading::Unmapped {
        event: "e".to_owned(),
        why: "w".to_owned(),
    };
    let delivery = script.reading(unmapped());
    let id = delivery.id;
    script.store.accept(delivery).await.unwrap();
    let mut trial = script.reading(unmapped());
    trial
        .headers
        .push((TRIAL_HEADER.to_owned(), "true".to_owned()));
    script.store.accept(trial).await.unwrap();
    script.store.count_bad_proof(script.integration.id);
    let expected = Counts {
        unmapped: 1,
        bad_proof: 1,
        ..Counts::default()
    };
    assert_eq!(last_day(&script).await, expected);
    let event = script.event("o1", by_phone(PHONE));
    let reading = NewReading::Events(vec![crate::store::NewEvent::new(&event, "o1").unwrap()]);
    let again = script
        .store
        .reprocess_as(script.workspace.id, id, reading, Some(script.actor()))
        .await
        .unwrap();
    assert_eq!(again.result, DeliveryResult::Accepted);
    let expected = Counts {
        accepted: 1,
        bad_proof: 1,
        ..Counts::default()
    };
    assert_eq!(last_day(&script).await, expected);
    // The next process finds them.
    script.store.close().await;
    let again = stage.open().await;
    let activity = again.activity(script.workspace.id).await.unwrap();
    assert_eq!(activity.first().map(|one| one.last_day.accepted), Some(1));
    script.world.pass(TimeDelta::hours(25));
    let activity = again.activity(script.workspace.id).await.unwrap();
    assert_eq!(
        activity.first().map(|one| one.last_day),
        Some(Counts::default())
    );
}

pub(crate) async fn a_deleted_integration_frees_its_slug(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (workspace, id) = (script.workspace.id, script.integration.id);
    script.accept(&[script.event("o1", by_phone(PHONE))]).await;
    script
        .store
        .delete_integration(workspace, id, Some(script.actor()))
        .await
        .unwrap();
    let again = stage.open().await;
    for store in [&script.store, &again] {
        assert!(store.integration(id).is_none());
        assert!(
            store
                .integration_by_key(script.integration.key.expose())
                .is_none()
        );
        assert!(store.integrations(workspace).is_empty());
        assert_eq!(store.activity(workspace).await, Ok(vec![]));
    }
    let twice = script.store.delete_integration(workspace, id, None).await;
    assert_eq!(twice, Err(StoreError::NotFound));
    let query = crate::store::DeliveryQuery {
        limit: 10,
        ..crate::store::DeliveryQuery::default()
    };
    let kept = script.store.deliveries(workspace, query).await.unwrap();
    assert_eq!(kept.deliveries.len(), 1);
    let second = script.integrate("loja-1", "hotmart").await;
    assert_ne!(second.id, id);
}
