//! Devices that are signed in, members who come back, roles and invites, and who read what.

use chrono::TimeDelta;
use contract::{Actor, MemberId, Role, entry::Joined};

use super::script::{Script, Stage, by_phone, refusal};
use crate::store::{
    Enrolment, InviteId, NewInviteRow, NewPassword, NewReturn, Redeem, Session, StoreError,
    TokenHash, World, action,
};

async fn enrol(script: &Script, name: &str) -> Session {
    let enrolment = Enrolment {
        name: name.to_owned(),
        role: Role::Lead,
        token: TokenHash::of(name),
        device: "notebook".to_owned(),
    };
    let workspace = script.workspace.id;
    script.store.enrol(workspace, enrolment).await.unwrap()
}

async fn devices(script: &Script, member: MemberId) -> Vec<String> {
    let open = script.store.sessions(script.workspace.id, member).await;
    open.unwrap().into_iter().map(|open| open.device).collect()
}

async fn last_action(script: &Script) -> (String, String) {
    let page = script.store.records(script.workspace.id, None, 1).await;
    let record = page.unwrap().records.pop().unwrap();
    (record.action, record.subject)
}

pub(crate) async fn devices_are_listed_and_ended_in_somebodys_name(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let other = script.store.ensure_workspace("Outra").await.unwrap();
    let (first, by) = (enrol(&script, "Bia").await, script.actor());
    let bia = first.me.member_id;
    script.world.pass(TimeDelta::minutes(5));
    let second = TokenHash::of("second");
    let opened = script.store.open_session(bia, second, "celular".to_owned());
    let opened = opened.await.unwrap();
    assert_eq!(devices(&script, bia).await, ["celular", "notebook"]);
    for (place, member) in [(other.id, bia), (workspace, MemberId::from_u128(9))] {
        let nowhere = script.store.sessions(place, member).await;
        assert_eq!(nowhere, Err(StoreError::NotFound));
    }

    let end = |place, of| script.store.end_session(place, opened.id, of, by.clone());
    let somebody_elses = Some(by.id);
    for (place, of) in [(other.id, None), (workspace, somebody_elses)] {
        assert_eq!(end(place, of).await, Err(StoreError::NotFound));
    }
    assert!(script.store.session(&second).await.unwrap().is_some());
    end(workspace, Some(bia)).await.unwrap();
    assert_eq!(script.store.session(&second).await, Ok(None));
    assert_eq!(devices(&script, bia).await, ["notebook"]);
    let ended = (action::SIGNED_OUT.to_owned(), opened.id.to_string());
    assert_eq!(last_action(&script).await, ended);
    assert_eq!(end(workspace, None).await, Err(StoreError::NotFound));
}

pub(crate) async fn a_member_is_let_back_in_once(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let bia = enrol(&script, "Bia").await;
    let id = bia.me.member_id;
    let password = NewPassword {
        member: id,
        login: "bia".to_owned(),
        hash: "a hash".to_owned(),
        keep: bia.id,
    };
    script
        .store
        .set_password(workspace, password)
        .await
        .unwrap();
    let back = |member| NewReturn {
        member,
        code: TokenHash::of("de volta"),
        expires_at: script.world.now() + TimeDelta::hours(1),
        by: script.actor(),
    };
    let nobody = back(MemberId::from_u128(9));
    let nobody = script.store.let_back_in(workspace, nobody).await;
    assert_eq!(nobody, Err(StoreError::NotFound));
    script.store.let_back_in(workspace, back(id)).await.unwrap();
    let reset = (action::PASSWORD_RESET.to_owned(), id.to_string());
    assert_eq!(last_action(&script).await, reset);
    assert_eq!(script.store.session(&TokenHash::of("Bia")).await, Ok(None));
    assert_eq!(script.store.login("bia").await, Ok(None));

    let before = script.store.members(workspace).await.unwrap();
    let redeem = |token: &str| Redeem {
        code: TokenHash::of("de volta"),
        name: "Outro nome".to_owned(),
        token: TokenHash::of(token),
        device: "celular".to_owned(),
    };
    let session = script.store.redeem(redeem("t1")).await.unwrap();
    assert_eq!((session.me.member_id, session.me.role), (id, Role::Lead));
    let after = script.store.members(workspace).await.unwrap();
    assert_eq!(before, after, "nobody new has joined");
    let twice = script.store.redeem(redeem("t2")).await;
    assert_eq!(refusal(twice), "invite_used");
}

pub(crate) async fn who_reads_a_payload_is_recorded(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let told = script.event("o1", by_phone("+5547900000111"));
    let id = script.accept(&[told]).await.delivery_id;
    let read = script.store.delivery_as(workspace, id, script.actor());
    let plain = script.store.delivery(workspace, id).await.unwrap();
    assert_eq!(read.await.unwrap().body, plain.body);
    let recorded = (action::DELIVERY_READ.to_owned(), id.to_string());
    assert_eq!(last_action(&script).await, recorded);
    let other = script.store.ensure_workspace("Outra").await.unwrap();
    let elsewhere = script.store.delivery_as(other.id, id, script.actor()).await;
    assert_eq!(elsewhere.err(), Some(StoreError::NotFound));
}

pub(crate) async fn a_role_counts_at_once(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let (bia, by) = (enrol(&script, "Bia").await, script.actor());
    let id = bia.me.member_id;
    let role = async || {
        let session = script.store.session(&TokenHash::of("Bia")).await.unwrap();
        session.expect("still in").me.role
    };
    assert_eq!(role().await, Role::Lead);
    let set = |place, member, role| script.store.set_role(place, member, role, by.clone());
    let other = script.store.ensure_workspace("Outra").await.unwrap();
    for (place, member) in [(other.id, id), (workspace, MemberId::from_u128(9))] {
        let nowhere = set(place, member, Role::Agent).await;
        assert_eq!(nowhere, Err(StoreError::NotFound));
    }
    set(workspace, id, Role::Admin).await.unwrap();
    assert_eq!(role().await, Role::Admin);
    let told = (action::ROLE_SET.to_owned(), id.to_string());
    assert_eq!(last_action(&script).await, told);
    let log = script.log().await;
    let last: Joined = log.last().unwrap().read().unwrap();
    assert_eq!((last.member.id, last.role), (id, Role::Admin));

    // The same again is no change, and a team without an admin could not be helped.
    set(workspace, id, Role::Admin).await.unwrap();
    assert_eq!(script.log().await.len(), log.len());
    let alone = set(workspace, id, Role::Agent).await;
    assert_eq!(refusal(alone), "last_admin");
    assert_eq!(role().await, Role::Admin);
}

pub(crate) async fn open_invites_are_listed_and_taken_back(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let bia = enrol(&script, "Bia").await;
    let by = Actor {
        id: bia.me.member_id,
        name: "Bia".to_owned(),
    };
    for (code, role, hours) in [
        ("late", Role::Agent, 1),
        ("agent", Role::Agent, 10),
        ("lead", Role::Lead, 20),
        ("used", Role::Agent, 30),
    ] {
        let row = NewInviteRow {
            code: TokenHash::of(code),
            role,
            expires_at: script.world.now() + TimeDelta::hours(hours),
            by: Some(by.id),
        };
        script.store.create_invite(workspace, row).await.unwrap();
    }
    let redeem = |code: &str| Redeem {
        code: TokenHash::of(code),
        name: "Caio".to_owned(),
        token: TokenHash::of("t1"),
        device: String::new(),
    };
    script.store.redeem(redeem("used")).await.unwrap();
    script.world.pass(TimeDelta::hours(2));
    let open = script.store.invites(workspace).await.unwrap();
    let shown: Vec<_> = open.iter().map(|one| (one.role, one.by.clone())).collect();
    let (agent, lead) = (
        (Role::Agent, Some(by.clone())),
        (Role::Lead, Some(by.clone())),
    );
    assert_eq!(shown, [agent, lead]);
    let [agent, lead] = open.as_slice() else {
        panic!("two are open");
    };

    let other = script.store.ensure_workspace("Outra").await.unwrap();
    assert_eq!(script.store.invites(other.id).await.unwrap(), []);
    let revoke = |place, id, most| script.store.revoke_invite(place, id, most, by.clone());
    for (place, id, most) in [
        (other.id, agent.id, Role::Admin),
        (workspace, lead.id, Role::Agent),
        (workspace, InviteId([9; 16]), Role::Admin),
    ] {
        assert_eq!(revoke(place, id, most).await, Err(StoreError::NotFound));
    }
    revoke(workspace, agent.id, Role::Agent).await.unwrap();
    let told = (action::INVITE_REVOKED.to_owned(), agent.id.to_string());
    assert_eq!(last_action(&script).await, told);
    let gone = revoke(workspace, agent.id, Role::Agent).await;
    assert_eq!(gone, Err(StoreError::NotFound));
    let late = script.store.redeem(redeem("agent")).await;
    assert_eq!(refusal(late), "invite_expired");

    // Who may invite nobody any more has no invites left.
    let set = script
        .store
        .set_role(workspace, by.id, Role::Agent, script.actor());
    set.await.unwrap();
    assert_eq!(script.store.invites(workspace).await.unwrap(), []);
}
