//! Saved views of the member's own: kept here, listed and counted like any other, over restarts and over a cache made anew.

use contract::{Filter, OwnerIs, ViewId};
use inbox::asking::{RowsAsked, ViewSaveAsked};
use inbox::view::{PageAsked, SavedView, View};
use inbox::{Inbox, Refusal};

use crate::desk::{Desk, page};
use crate::service::Service;
use crate::tape::{Tape, person};

async fn open() -> (Service, Desk) {
    let mut tape = Tape::new("k1");
    tape.carts(5);
    let service = Service::start(tape).await;
    let desk = Desk::at(&service).await;
    desk.rows(5).await;
    desk.live().await;
    (service, desk)
}

fn mine(id: Option<ViewId>, name: &str) -> ViewSaveAsked {
    ViewSaveAsked {
        id,
        name: name.to_owned(),
        filter: Filter {
            owners: vec![OwnerIs::Me],
            ..Filter::default()
        },
        team: false,
    }
}

fn asked(id: ViewId) -> PageAsked {
    PageAsked {
        saved: Some(id),
        ..page(50)
    }
}

/// Waits until a view is filled and has so many rows, counted and listed.
async fn has(desk: &Desk, id: ViewId, count: u64) {
    desk.until("the view's rows", async |inbox: &Inbox| {
        let counters = inbox.counters().await.ok()?;
        let counted = counters.saved.iter().find(|saved| saved.id == id)?;
        let page = inbox.list_page(asked(id)).await.ok()?;
        let there = page.rows.len() as u64 == count && page.total == count;
        (there && counted.count == count && !counted.filling).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_own_view_is_filled_follows_and_is_forgotten() {
    let (service, desk) = open().await;
    desk.inbox
        .act(person(2), contract::Action::Claim {})
        .await
        .expect("written");
    let saved = desk
        .inbox
        .view_save(mine(None, "  Meus   carrinhos "))
        .await;
    let saved = saved.expect("kept");
    assert_eq!((saved.name.as_str(), saved.team), ("Meus carrinhos", false));
    has(&desk, saved.id, 1).await;
    desk.inbox
        .act(person(3), contract::Action::Claim {})
        .await
        .expect("written");
    has(&desk, saved.id, 2).await;
    let rows = desk
        .inbox
        .rows(RowsAsked {
            view: View::All,
            saved: Some(saved.id),
            filter: Filter::default(),
            ids: vec![person(1), person(2), person(3)],
            until: None,
        })
        .await
        .expect("reads");
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, [person(2), person(3)]);

    // Renamed in its place.
    let renamed = desk.inbox.view_save(mine(Some(saved.id), "Meus")).await;
    assert_eq!(renamed.expect("kept").id, saved.id);
    // Deleted cache, same view.
    let desk = without_cache(desk, &service).await;
    has(&desk, saved.id, 2).await;
    let named = |views: Vec<SavedView>| views.into_iter().map(|view| view.name).collect::<Vec<_>>();
    assert_eq!(named(desk.inbox.views().await.expect("reads")), ["Meus"]);

    desk.inbox.view_remove(saved.id).await.expect("forgotten");
    assert!(desk.inbox.views().await.expect("reads").is_empty());
    let again = desk.inbox.view_remove(saved.id).await;
    assert!(matches!(again, Err(Refusal::NotFound(_))), "{again:?}");
    let refused = desk.inbox.view_save(mine(None, " ")).await;
    assert!(matches!(refused, Err(Refusal::Invalid(_))));
}

async fn without_cache(desk: Desk, service: &Service) -> Desk {
    let Desk { inbox, folder } = desk;
    inbox.close().await;
    drop(inbox);
    std::fs::remove_file(folder.path().join("cache.db")).expect("there was one");
    let inbox = crate::desk::open(folder.path()).await;
    let desk = Desk { inbox, folder };
    desk.sit(service).await;
    desk.rows(5).await;
    desk
}

#[tokio::test]
async fn whoever_sits_here_is_a_member() {
    let (_service, desk) = open().await;
    let members = desk.inbox.members().await.expect("reads");
    let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["Ana"]);
    let values = desk.inbox.filter_values().await.expect("reads");
    assert_eq!(values.products, ["Curso de Costura"]);
}
