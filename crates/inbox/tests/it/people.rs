//! The people of a team, through the real service: invited, let back in, removed; where each is signed in.

use contract::Role;
use inbox::Refusal;
use inbox::people::EntryCode;
use inbox::view::FreshnessState;

use crate::desk::{Desk, open};
use crate::real::{Real, sit};

/// Opens a desk that comes in by a code.
async fn enter(real: &Real, by: &EntryCode, name: &str) -> Desk {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = open(folder.path()).await;
    let desk = Desk { inbox, folder };
    desk.inbox
        .join(&real.serving.base_url(), &by.code, name, "mesa nova")
        .await
        .expect("comes in");
    desk.live().await;
    desk
}

async fn names(desk: &Desk) -> Vec<(String, Role, bool)> {
    let people = desk.inbox.people().await.expect("lists");
    people
        .into_iter()
        .map(|one| (one.name, one.role, one.is_me))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_invited_is_in_the_list_and_who_is_removed_is_out() {
    let real = Real::start().await;
    let ana = sit(&real, &real.serving.base_url()).await;
    ana.live().await;
    let code = ana.inbox.invite(Role::Lead).await.expect("invites");
    assert_eq!(code.role, Role::Lead);
    assert_eq!(code.server, real.serving.base_url().trim_end_matches('/'));
    assert!(!format!("{code:?}").contains(&code.code));

    let bia = enter(&real, &code, "Bia").await;
    let ana_row = |is_me| ("Ana".to_owned(), Role::Admin, is_me);
    let bia_row = |is_me| ("Bia".to_owned(), Role::Lead, is_me);
    assert_eq!(names(&ana).await, [ana_row(true), bia_row(false)]);
    assert_eq!(names(&bia).await, [ana_row(false), bia_row(true)]);

    let caio = bia.inbox.invite(Role::Agent).await.expect("leads invite");
    let caio = enter(&real, &caio, "Caio").await;
    let above = bia.inbox.invite(Role::Lead).await;
    assert_eq!(above.err(), Some(Refusal::Forbidden));
    let by_agent = caio.inbox.invite(Role::Agent).await;
    assert_eq!(by_agent.err(), Some(Refusal::Forbidden));

    let people = ana.inbox.people().await.expect("lists");
    let id = |name: &str| {
        people
            .iter()
            .find(|one| one.name == name)
            .expect("in it")
            .id
    };
    let last = ana.inbox.remove_member(id("Ana")).await;
    assert_eq!(last.err(), Some(Refusal::LastAdmin));
    let by_lead = bia.inbox.remove_member(id("Caio")).await;
    assert_eq!(by_lead.err(), Some(Refusal::Forbidden));
    ana.inbox.remove_member(id("Caio")).await.expect("removed");
    assert_eq!(names(&ana).await, [ana_row(true), bia_row(false)]);
    let again = ana.inbox.remove_member(id("Caio")).await;
    assert!(matches!(again, Err(Refusal::NotFound(_))), "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_are_seen_and_ended_and_a_code_lets_the_same_person_back_in() {
    let real = Real::start().await;
    let ana = sit(&real, &real.serving.base_url()).await;
    ana.live().await;
    let code = ana.inbox.invite(Role::Agent).await.expect("invites");
    let bia = enter(&real, &code, "Bia").await;
    let own = bia.inbox.devices(None).await.expect("lists");
    assert_eq!(own.len(), 1);
    assert_eq!(
        (own[0].device.as_str(), own[0].is_this),
        ("mesa nova", true)
    );

    let of_bia = ana.inbox.people().await.expect("lists")[1].id;
    let of_ana = bia.inbox.people().await.expect("lists")[0].id;
    let seen = ana.inbox.devices(Some(of_bia)).await.expect("lists");
    assert_eq!((seen[0].id, seen[0].is_this), (own[0].id, false));
    let curious = bia.inbox.devices(Some(of_ana)).await;
    assert_eq!(curious.err(), Some(Refusal::Forbidden));
    ana.inbox.end_session(own[0].id).await.expect("ended");
    assert_eq!(ana.inbox.devices(Some(of_bia)).await, Ok(Vec::new()));
    // Once the line has noticed, it is the line that is out of reach.
    let out = bia.inbox.people().await;
    assert!(
        matches!(out, Err(Refusal::SignedOut | Refusal::Offline)),
        "{out:?}"
    );

    let back = ana.inbox.let_back_in(of_bia).await.expect("lets back in");
    assert!(back.expires_at < code.expires_at);
    let bia = enter(&real, &back, "Bia de volta").await;
    let me = bia.inbox.people().await.expect("lists");
    assert_eq!((me[1].id, me[1].name.as_str()), (of_bia, "Bia"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn out_of_reach_nothing_is_pretended() {
    let real = Real::start().await;
    let ana = sit(&real, &real.serving.base_url()).await;
    ana.live().await;
    real.serving.stop();
    ana.state(FreshnessState::Offline).await;
    assert_eq!(ana.inbox.people().await.err(), Some(Refusal::Offline));
    let invited = ana.inbox.invite(Role::Agent).await;
    assert_eq!(invited.err(), Some(Refusal::Offline));
    assert_eq!(ana.inbox.devices(None).await.err(), Some(Refusal::Offline));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_and_open_invites_are_changed_by_those_who_may() {
    let real = Real::start().await;
    let ana = sit(&real, &real.serving.base_url()).await;
    ana.live().await;
    let code = ana.inbox.invite(Role::Lead).await.expect("invites");
    let open = ana.inbox.open_invites().await.expect("lists");
    let by = open[0].by.as_ref().map(|by| by.name.as_str());
    assert_eq!((open.len(), open[0].role, by), (1, Role::Lead, Some("Ana")));
    let bia = enter(&real, &code, "Bia").await;
    assert_eq!(ana.inbox.open_invites().await, Ok(Vec::new()));

    bia.inbox.invite(Role::Agent).await.expect("invites");
    let open = bia.inbox.open_invites().await.expect("lists");
    let id = open[0].id.as_str();
    bia.inbox.take_invite_back(id).await.expect("taken back");
    assert_eq!(bia.inbox.open_invites().await, Ok(Vec::new()));
    for id in [id, "../members"] {
        let gone = bia.inbox.take_invite_back(id).await;
        assert!(matches!(gone, Err(Refusal::NotFound(_))), "{gone:?}");
    }

    let people = ana.inbox.people().await.expect("lists");
    let (of_ana, of_bia) = (people[0].id, people[1].id);
    let by_lead = bia.inbox.set_role(of_bia, Role::Admin).await;
    assert_eq!(by_lead.err(), Some(Refusal::Forbidden));
    let alone = ana.inbox.set_role(of_ana, Role::Lead).await;
    assert_eq!(alone.err(), Some(Refusal::LastAdmin));
    ana.inbox.set_role(of_bia, Role::Agent).await.expect("set");
    let bia_row = ("Bia".to_owned(), Role::Agent, false);
    assert!(names(&ana).await.contains(&bia_row));
    let agents = bia.inbox.open_invites().await;
    assert_eq!(agents.err(), Some(Refusal::Forbidden));
}
