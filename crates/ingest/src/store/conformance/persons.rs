//! The team, the accounts, and the customers behind the conversations.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    Customer, Role, SessionId, Stage as OrderStage,
    entry::{Joined, Merged},
    kind,
};

use super::script::{Script, Stage, by_email, by_phone, new_integration, refusal};
use crate::store::{
    Integration, NewInviteRow, Redeem, SecretText, StoreError, StoredSecret, TokenHash, World,
};

fn invite(script: &Script, code: &str, minutes: i64) -> NewInviteRow {
    NewInviteRow {
        code: TokenHash::of(code),
        role: Role::Lead,
        expires_at: script.world.now() + TimeDelta::minutes(minutes),
        by: Some(script.session.me.member_id),
    }
}

fn redeem(code: &str, token: &str) -> Redeem {
    Redeem {
        code: TokenHash::of(code),
        name: "Bia".to_owned(),
        token: TokenHash::of(token),
        device: "notebook".to_owned(),
    }
}

pub(crate) async fn people_join_once_by_invite(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    for (code, minutes) in [("good", 10), ("late", 5)] {
        script
            .store
            .create_invite(workspace, invite(&script, code, minutes))
            .await
            .unwrap();
    }
    script.world.pass(TimeDelta::minutes(6));
    let session = script.store.redeem(redeem("good", "t1")).await.unwrap();
    assert_eq!(
        (session.me.role, session.me.workspace_id),
        (Role::Lead, workspace)
    );
    assert_eq!(session.me.workspace_name, "Loja");
    for (code, expected) in [
        ("good", "invite_used"),
        ("late", "invite_expired"),
        ("none", "invite_unknown"),
    ] {
        let outcome = script.store.redeem(redeem(code, "t2")).await;
        assert_eq!(refusal(outcome), expected);
    }
    let found = script.store.session(&TokenHash::of("t1")).await.unwrap();
    assert_eq!(found.as_deref(), Some(&session));
    assert_eq!(script.store.session(&TokenHash::of("t2")).await, Ok(None));
    let members = script.store.members(workspace).await.unwrap();
    let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["Ana", "Bia"]);
    let bia = script
        .store
        .member(workspace, session.me.member_id)
        .await
        .unwrap();
    assert_eq!(members.last(), Some(&bia));
    let log = script.log().await;
    let last = log.last().unwrap();
    let joined: Joined = last.read().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.conversation_id),
        (kind::JOINED, None)
    );
    assert_eq!((joined.member.id, joined.role), (bia.id, Role::Lead));
}

pub(crate) async fn sessions_end(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    script
        .store
        .create_invite(workspace, invite(&script, "good", 10))
        .await
        .unwrap();
    let session = script.store.redeem(redeem("good", "t1")).await.unwrap();
    let find = || async { script.store.session(&TokenHash::of("t1")).await.unwrap() };
    assert!(find().await.is_some(), "and it is in memory now");
    let elsewhere = script.store.revoke_session(other.id, session.id).await;
    assert_eq!(elsewhere, Err(StoreError::NotFound));
    assert!(find().await.is_some());
    for _ in 0..2 {
        script
            .store
            .revoke_session(workspace, session.id)
            .await
            .unwrap();
        assert!(find().await.is_none());
    }
    let unknown = script
        .store
        .revoke_session(workspace, SessionId::new(1, [1; 10]))
        .await;
    assert_eq!(unknown, Err(StoreError::NotFound));
}

pub(crate) async fn workspaces_are_found_again(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let again = script.store.ensure_workspace("Loja").await.unwrap();
    assert_eq!(again, script.workspace);
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    assert_ne!(other.id, again.id);
    let unknown = contract::WorkspaceId::new(1, [1; 10]);
    assert_eq!(script.store.head(unknown).await, Err(StoreError::NotFound));
}

pub(crate) async fn integrations_are_changed_by_slug(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let before = &script.integration;
    let until = script.world.now() + TimeDelta::hours(24);
    script.world.pass(TimeDelta::seconds(1));
    let mut change = new_integration(script.dyn_world(), "loja-1", "kiwify");
    change.active = false;
    change.secrets = vec![
        StoredSecret {
            value: SecretText::new("novo"),
            valid_until: None,
        },
        StoredSecret {
            value: SecretText::new("velho"),
            valid_until: Some(until),
        },
    ];
    let changed = script
        .store
        .upsert_integration(workspace, change)
        .await
        .unwrap();
    assert!(!changed.created);
    let changed = changed.integration;
    assert_eq!(
        (changed.id, changed.key.expose()),
        (before.id, before.key.expose())
    );
    assert_eq!(changed.created_at, before.created_at);
    assert!(changed.updated_at > before.updated_at && !changed.active);

    let other_platform = new_integration(script.dyn_world(), "loja-1", "hotmart");
    let outcome = script
        .store
        .upsert_integration(workspace, other_platform)
        .await;
    assert_eq!(refusal(outcome), "provider_fixed");
    let mut same_key = new_integration(script.dyn_world(), "loja-9", "kiwify");
    same_key.key = before.key.clone();
    let outcome = script.store.upsert_integration(workspace, same_key).await;
    assert_eq!(refusal(outcome), "key_taken");

    let second = script.integrate("loja-2", "hotmart").await;
    let again = stage.open().await;
    for store in [&script.store, &again] {
        let by_key = store.integration_by_key(before.key.expose());
        for found in [by_key, store.integration(before.id)] {
            check_changed(&found.expect("it is there"), before, until);
        }
        let slugs = |list: Vec<std::sync::Arc<crate::store::Integration>>| -> Vec<String> {
            list.into_iter().map(|found| found.slug.clone()).collect()
        };
        assert_eq!(slugs(store.integrations(workspace)), ["loja-1", "loja-2"]);
        assert_eq!(slugs(store.all_integrations()), ["loja-1", "loja-2"]);
        assert!(store.integration(second.id).is_some());
    }
}

/// The secrets are the new ones, and what was not named is what it was.
fn check_changed(found: &Integration, before: &Integration, until: DateTime<Utc>) {
    let secrets: Vec<_> = found
        .secrets
        .iter()
        .map(|secret| (secret.value.expose().to_owned(), secret.valid_until))
        .collect();
    assert_eq!(
        secrets,
        [("novo".to_owned(), None), ("velho".to_owned(), Some(until))]
    );
    assert_eq!(
        found.credentials.get("token").map(SecretText::expose),
        Some("credencial-de-teste")
    );
    assert_eq!(found.settings.as_json(), before.settings.as_json());
}

pub(crate) async fn secrets_are_not_shown(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let shown = format!("{:?}", script.integration);
    for secret in [
        "segredo-de-teste",
        "credencial-de-teste",
        script.integration.key.expose(),
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

pub(crate) async fn conversations_follow_the_person(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let phone = "+5547998000111";
    let first = script.converse(&script.event("o1", by_phone(phone))).await;
    // The same mobile as it was before the ninth digit.
    let old_form = script
        .converse(&script.event("o2", by_phone("+554798000111")))
        .await;
    let stranger = script
        .converse(&script.event("o3", by_phone("+5547900000222")))
        .await;
    let same_order = script
        .converse(&script.event_at("o1", OrderStage::Refunded, Customer::default()))
        .await;
    assert_eq!((old_form, same_order), (first, first));
    assert_ne!(stranger, first);
    let mut with_mail = by_phone(phone);
    with_mail.email = Some("Ana.Teste@Example.com".to_owned());
    with_mail.document = Some("12345678909".to_owned());
    assert_eq!(
        script
            .converse(&script.event("o4", with_mail.clone()))
            .await,
        first
    );
    let mail = by_email("ana.teste@example.com");
    assert_eq!(script.converse(&script.event("o5", mail)).await, first);
    let document = Customer {
        document: Some("123.456.789-09".to_owned()),
        ..Customer::default()
    };
    assert_eq!(script.converse(&script.event("o6", document)).await, first);
    // Two phones with one mailbox are two people: the phone decides, and nobody is merged.
    let mut shared = by_phone("+5547900000222");
    shared.email = with_mail.email;
    assert_eq!(script.converse(&script.event("o7", shared)).await, stranger);
    assert!(
        !script
            .kinds()
            .await
            .iter()
            .any(|found| found == kind::MERGED)
    );
    let stored = script
        .log()
        .await
        .into_iter()
        .filter_map(|entry| entry.event().unwrap());
    let typed: Vec<_> = stored.filter_map(|event| event.customer.phone).collect();
    assert!(
        typed.contains(&"+554798000111".to_owned()),
        "the number stays as it came"
    );
}

pub(crate) async fn an_anonymous_order_finds_its_person(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let anonymous = script
        .converse(&script.event("o1", Customer::default()))
        .await;
    let person = script
        .converse(&script.event("o2", by_phone("+5547900000111")))
        .await;
    assert_ne!(anonymous, person);
    let named = script.event_at(
        "o1",
        OrderStage::PurchaseApproved,
        by_phone("+5547900000111"),
    );
    assert_eq!(script.converse(&named).await, person);
    let log = script.log().await;
    let merge = log.iter().find(|entry| entry.kind == kind::MERGED).unwrap();
    assert_eq!(merge.conversation_id, Some(person));
    let body: Merged = merge.read().unwrap();
    assert_eq!((body.from, body.reason.as_str()), (anonymous, "phone"));
    let later = script.event_at("o1", OrderStage::Refunded, Customer::default());
    assert_eq!(script.converse(&later).await, person, "its order moved");
    assert_eq!(
        script
            .kinds()
            .await
            .iter()
            .filter(|found| *found == kind::MERGED)
            .count(),
        1
    );
}
