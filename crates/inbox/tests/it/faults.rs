//! Every way in which the line or the service fails: afterwards the cache is what the service has.

use std::time::Duration;

use contract::{Epoch, Stage};
use inbox::view::{FreshnessState, Trouble};

use crate::desk::{Desk, all};
use crate::service::{Kind, Service, Trick};
use crate::tape::Tape;

fn tape(carts: u64) -> Tape {
    let mut tape = Tape::new("k1");
    tape.carts(carts);
    tape
}

/// Plays tricks on the given requests while entries come, and compares the cache with the service in the end.
async fn survives(carts: u64, tricks: &[(Kind, Trick)]) -> Service {
    let service = Service::start(tape(carts)).await;
    for (kind, trick) in tricks {
        service.trick(*kind, trick.clone());
    }
    let desk = Desk::at(&service).await;
    desk.rows(usize::try_from(carts).expect("small")).await;
    for (kind, trick) in tricks {
        service.trick(*kind, trick.clone());
    }
    desk.inbox.wake();
    for _ in 0..5 {
        service.with(|state| state.tape.carts(30));
        tokio::task::yield_now().await;
    }
    let tape = service.with(|state| state.tape.clone());
    desk.holds(&tape).await;
    service
}

#[tokio::test]
async fn cuts_at_any_byte() {
    for bytes in [0, 1, 40, 90, 130, 200, 301, 777, 1_500, 20_000] {
        survives(
            40,
            &[
                (Kind::Stream, Trick::CutAfter(bytes)),
                (Kind::Page, Trick::CutAfter(bytes)),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn silence_in_mid_entry() {
    for bytes in [0, 95, 400] {
        survives(
            20,
            &[
                (Kind::Stream, Trick::StallAfter(bytes)),
                (Kind::Page, Trick::StallAfter(bytes)),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn what_stands_between_ends_no_session() {
    for status in [401, 403, 404, 302, 410] {
        survives(
            20,
            &[
                (Kind::Stream, Trick::Foreign(status)),
                (Kind::Page, Trick::Foreign(status)),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn slow_lines_get_through() {
    let slices = Trick::Slices(700, Duration::from_millis(1));
    survives(600, &[(Kind::Page, slices.clone()), (Kind::Stream, slices)]).await;
}

#[tokio::test]
async fn a_missing_entry_on_the_stream_is_asked_for() {
    let service = Service::start(tape(5)).await;
    let desk = Desk::at(&service).await;
    desk.live().await;
    service.trick(Kind::Stream, Trick::Skip(7));
    desk.inbox.wake();
    service.with(|state| state.tape.carts(5));
    desk.rows(10).await;
    desk.holds(&tape(10)).await;
}

#[tokio::test]
async fn a_stream_that_holds_its_last_entry_back_is_not_waited_for() {
    let service = Service::start(tape(5)).await;
    let desk = Desk::at(&service).await;
    desk.live().await;
    service.trick(Kind::Stream, Trick::CutAfter(0));
    service.trick(Kind::Stream, Trick::Skip(6));
    desk.inbox.wake();
    service.with(|state| state.tape.carts(1));
    desk.rows(6).await;
    desk.holds(&tape(6)).await;
}

#[tokio::test]
async fn a_page_with_a_hole_leads_to_a_rebuild() {
    let service = Service::start(tape(5)).await;
    let desk = Desk::at(&service).await;
    desk.live().await;
    service.trick(Kind::Stream, Trick::Skip(7));
    service.trick(Kind::Page, Trick::Skip(7));
    desk.inbox.wake();
    service.with(|state| state.tape.carts(5));
    desk.rows(10).await;
    desk.holds(&tape(10)).await;
}

#[tokio::test]
async fn a_page_that_withholds_what_it_tells_of_is_asked_for_later() {
    let service = Service::start(tape(5)).await;
    let desk = Desk::at(&service).await;
    desk.live().await;
    service.trick(
        Kind::Stream,
        Trick::Refuse(503, "busy", "retry-after: 0\r\n"),
    );
    service.trick(Kind::Page, Trick::Withhold);
    desk.inbox.wake();
    service.with(|state| state.tape.carts(600));
    desk.until("it to be said", async |inbox| {
        (inbox.freshness().trouble == Some(Trouble::Incompatible)).then_some(())
    })
    .await;
    desk.rows(605).await;
    desk.holds(&tape(605)).await;
}

#[tokio::test]
async fn a_page_twice_changes_nothing() {
    let service = Service::start(tape(5)).await;
    let desk = Desk::at(&service).await;
    desk.live().await;
    service.trick(
        Kind::Stream,
        Trick::Refuse(503, "busy", "retry-after: 0\r\n"),
    );
    service.trick(Kind::Page, Trick::Again(3));
    desk.inbox.wake();
    service.with(|state| state.tape.carts(600));
    desk.rows(605).await;
    desk.holds(&tape(605)).await;
}

#[tokio::test]
async fn another_epoch_is_read_behind_the_readable_old_view() {
    let service = Service::start(tape(30)).await;
    let desk = Desk::at(&service).await;
    desk.rows(30).await;
    desk.live().await;
    let mut restored = Tape::new("k2");
    restored.carts(20);
    restored.sale(900, Stage::PixGenerated);
    // The new history is slow, so that the old one has to be read meanwhile.
    service.trick(Kind::Page, Trick::StallAfter(60));
    service.with(|state| state.tape = restored.clone());
    desk.inbox.wake();
    desk.state(FreshnessState::CatchingUp).await;
    assert_eq!(all(&desk.inbox).await.len(), 30, "the old view is readable");
    desk.rows(21).await;
    desk.holds(&restored).await;
}

#[tokio::test]
async fn a_history_that_differs_at_the_same_number_is_noticed() {
    let service = Service::start(tape(30)).await;
    let desk = Desk::at(&service).await;
    desk.rows(30).await;
    desk.live().await;
    let mut other = Tape::new("k1");
    for number in 100..135 {
        other.sale(number, Stage::BoletoGenerated);
    }
    service.with(|state| state.tape = other.clone());
    desk.inbox.wake();
    desk.rows(35).await;
    desk.holds(&other).await;
}

#[tokio::test]
async fn an_expired_cursor_is_read_anew() {
    let service = Service::start(tape(30)).await;
    let desk = Desk::at(&service).await;
    desk.rows(30).await;
    desk.inbox.close().await;
    let folder = desk.folder;
    drop(desk.inbox);
    service.with(|state| {
        state.tape.carts(3_000);
        state.log_start = 1_000;
    });
    let desk = Desk {
        inbox: crate::desk::open(folder.path()).await,
        folder,
    };
    desk.sit(&service).await;
    desk.rows(2_031).await;
}

#[tokio::test]
async fn the_epoch_may_change_again_while_reading_anew() {
    let service = Service::start(tape(30)).await;
    let desk = Desk::at(&service).await;
    desk.rows(30).await;
    desk.live().await;
    let mut second = Tape::new("k2");
    second.carts(2_500);
    service.with(|state| state.tape = second);
    service.trick(Kind::Page, Trick::Slices(usize::MAX, Duration::ZERO));
    service.trick(Kind::Page, Trick::StallAfter(100));
    desk.inbox.wake();
    desk.until("the second history", async |inbox| {
        (inbox.freshness().behind > 0).then_some(())
    })
    .await;
    let mut third = Tape::new("k3");
    third.carts(40);
    service.with(|state| state.tape = third.clone());
    desk.rows(40).await;
    desk.holds(&third).await;
}

#[tokio::test]
async fn a_busy_service_is_asked_again_when_it_says() {
    let service = Service::start(tape(3)).await;
    let desk = Desk::at(&service).await;
    desk.rows(3).await;
    desk.live().await;
    service.trick(
        Kind::Stream,
        Trick::Refuse(503, "busy", "retry-after: 2\r\n"),
    );
    let begun = std::time::Instant::now();
    desk.inbox.wake();
    desk.until("trouble", async |inbox| {
        (inbox.freshness().trouble == Some(Trouble::ServiceTrouble)).then_some(())
    })
    .await;
    desk.live().await;
    assert!(
        begun.elapsed() >= Duration::from_secs(2),
        "not before it was asked to"
    );
}

#[tokio::test]
async fn waking_up_does_not_wait() {
    let service = Service::start(tape(3)).await;
    let desk = Desk::at(&service).await;
    desk.rows(3).await;
    desk.live().await;
    service.trick(
        Kind::Stream,
        Trick::Refuse(503, "busy", "retry-after: 600\r\n"),
    );
    desk.inbox.wake();
    desk.state(FreshnessState::Offline).await;
    desk.inbox.wake();
    desk.live().await;
}

#[tokio::test]
async fn nobody_answering_is_offline_and_heals() {
    let service = Service::start(tape(3)).await;
    let desk = Desk::at(&service).await;
    desk.rows(3).await;
    service.with(|state| state.deaf = true);
    desk.until("offline", async |inbox| {
        let freshness = inbox.freshness();
        let offline = freshness.state == FreshnessState::Offline;
        (offline && freshness.trouble == Some(Trouble::Unreachable)).then_some(())
    })
    .await;
    assert_eq!(desk.rows(3).await.len(), 3, "what is here stays readable");
    service.with(|state| {
        state.deaf = false;
        state.tape.carts(2);
    });
    desk.rows(5).await;
    desk.live().await;
}

#[tokio::test]
async fn a_damaged_cache_fills_again() {
    let service = Service::start(tape(40)).await;
    let desk = Desk::at(&service).await;
    desk.rows(40).await;
    desk.inbox.close().await;
    let folder = desk.folder;
    drop(desk.inbox);
    std::fs::write(folder.path().join("cache.db"), "no database").expect("writes");
    let desk = Desk {
        inbox: crate::desk::open(folder.path()).await,
        folder,
    };
    assert!(desk.inbox.mended().cache_refilled, "it is told");
    desk.sit(&service).await;
    desk.rows(40).await;
    assert_eq!(
        service.with(|state| state.tape.epoch.clone()),
        Epoch("k1".to_owned())
    );
}
