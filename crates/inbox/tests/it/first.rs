//! Signing in, first history, restarts, and one desk a folder.

use std::sync::Arc;
use std::time::Duration;

use contract::Stage;
use inbox::view::{FreshnessState, Trouble};
use inbox::{Inbox, OpenError, Refusal, Setup};

use crate::desk::{Desk, Hand, open, pace};
use crate::service::{Kind, Service, Trick};
use crate::tape::{Tape, person};

fn tape(carts: u64) -> Tape {
    let mut tape = Tape::new("k1");
    tape.carts(carts);
    tape
}

#[tokio::test]
async fn an_empty_feed_is_live_at_once_and_grows() {
    let service = Service::start(Tape::new("k1")).await;
    let desk = Desk::at(&service).await;
    desk.live().await;
    service.with(|state| state.tape.sale(1, Stage::PixGenerated));
    let rows = desk.rows(1).await;
    assert_eq!(rows[0].id, person(1));
    let tape = service.with(|state| state.tape.clone());
    desk.holds(&tape).await;
}

#[tokio::test]
async fn the_newest_page_comes_first_and_the_rest_fills_in() {
    let service = Service::start(tape(2_600)).await;
    let desk = Desk::at(&service).await;
    desk.rows(2_600).await;
    let first = service
        .with(|state| state.seen.first().cloned())
        .expect("asked");
    assert_eq!(
        first,
        (Kind::Page, "limit=500".to_owned()),
        "the newest page"
    );
    desk.holds(&tape(2_600)).await;
}

#[tokio::test]
async fn what_is_here_of_a_history_that_is_cut_off_is_listed() {
    let service = Service::start(tape(2_600)).await;
    for _ in 0..2 {
        service.trick(Kind::Page, Trick::Slices(usize::MAX, Duration::ZERO));
    }
    for _ in 0..100 {
        service.trick(
            Kind::Page,
            Trick::Refuse(503, "busy", "retry-after: 600\r\n"),
        );
    }
    let desk = Desk::at(&service).await;
    desk.rows(1_000).await;
    assert!(desk.inbox.freshness().filling_in);
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was() {
    let service = Service::start(tape(300)).await;
    let desk = Desk::at(&service).await;
    desk.live().await;
    service.with(|state| state.seen.clear());
    let desk = desk.reopened(&service).await;
    desk.live().await;
    assert_eq!(service.count(Kind::Page), 0, "nothing is fetched twice");
    service.with(|state| state.tape.carts(1_500));
    desk.holds(&tape(1_800)).await;
}

#[tokio::test]
async fn far_behind_asks_for_pages() {
    let service = Service::start(tape(10)).await;
    let desk = Desk::at(&service).await;
    desk.live().await;
    desk.inbox.close().await;
    let folder = desk.folder;
    drop(desk.inbox);
    service.with(|state| state.tape.carts(2_490));
    let desk = Desk {
        inbox: open(folder.path()).await,
        folder,
    };
    desk.sit(&service).await;
    desk.rows(2_500).await;
    let pages = service.with(|state| {
        let after =
            |query: &&(Kind, String)| query.1.contains("after=k1.") && query.0 == Kind::Page;
        state.seen.iter().filter(after).count()
    });
    assert_eq!(pages, 3);
    desk.holds(&tape(2_500)).await;
}

#[tokio::test]
async fn a_folder_has_one_desk() {
    let service = Service::start(tape(1)).await;
    let desk = Desk::at(&service).await;
    let setup = Setup {
        folder: desk.folder.path().to_owned(),
        clock: Arc::new(Hand::new()),
        pace: pace(),
    };
    assert!(matches!(Inbox::open(setup).await, Err(OpenError::InUse(_))));
}

#[tokio::test]
async fn invites_are_taken_or_refused_by_name() {
    let service = Service::start(tape(2)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = open(folder.path()).await;
    let long = "a".repeat(81);
    for (server, invite, name, refusal) in [
        ("ftp://x", "good", "Ana", Refusal::BadAddress),
        ("http://127.0.0.1:1", "good", "Ana", Refusal::Unreachable),
        (service.url.as_str(), "nope", "Ana", Refusal::BadInvite),
        (service.url.as_str(), "used", "Ana", Refusal::BadInvite),
        (service.url.as_str(), "old", "Ana", Refusal::BadInvite),
        (service.url.as_str(), "good", "  ", Refusal::BadName),
        (service.url.as_str(), "good", &long, Refusal::BadName),
    ] {
        let answer = inbox.join(server, invite, name, "mesa").await;
        assert_eq!(answer.err(), Some(refusal), "{server} {invite} {name}");
    }
    assert_eq!(inbox.desk(), None);
    inbox
        .join(service.url.as_str(), " good ", " Ana  Maria ", "mesa")
        .await
        .expect("joins");
    assert_eq!(inbox.desk().expect("sits").member, "Ana Maria");
    let desk = Desk { inbox, folder };
    desk.rows(2).await;
}

#[tokio::test]
async fn signing_out_takes_the_cache_and_leaves_what_was_written() {
    let service = Service::start(tape(3)).await;
    let desk = Desk::at(&service).await;
    desk.rows(3).await;
    let draft = inbox::asking::DraftAsked {
        conversation_id: person(1),
        kind: inbox::asking::DraftKind::Message,
        text: "Oi".to_owned(),
        template_key: None,
        order_key: None,
    };
    desk.inbox.save_draft(draft).await.expect("saves");
    desk.inbox.sign_out().await.expect("leaves");
    let freshness = desk.inbox.freshness();
    assert_eq!(
        (freshness.state, freshness.trouble),
        (FreshnessState::Stopped, Some(Trouble::SignedOut))
    );
    assert!(
        service.with(|state| state.signed_out),
        "the service was told"
    );
    assert!(!desk.folder.path().join("cache.db").exists());
    assert_eq!(desk.inbox.counters().await, Err(Refusal::SignedOut));
    service.with(|state| state.signed_out = false);
    desk.sit(&service).await;
    desk.rows(3).await;
    let draft = desk.conversation(person(1)).await.draft.expect("kept");
    assert_eq!(draft.text, "Oi");
}

#[tokio::test]
async fn an_ended_session_stops_the_desk_until_somebody_signs_in() {
    let service = Service::start(tape(3)).await;
    let desk = Desk::at(&service).await;
    desk.rows(3).await;
    service.with(|state| state.signed_out = true);
    desk.until("stopped", async |inbox| {
        (inbox.freshness().trouble == Some(Trouble::SignedOut)).then_some(())
    })
    .await;
    assert_eq!(desk.rows(3).await.len(), 3, "what is here stays readable");
    service.with(|state| {
        state.signed_out = false;
        state.tape.carts(1);
    });
    desk.sit(&service).await;
    desk.rows(4).await;
}
