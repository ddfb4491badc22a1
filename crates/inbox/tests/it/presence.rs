//! Who looks at what: told while a conversation is open, heard from the stream, gone with the line.

use contract::{Actor, MemberId, Present, PresentMember};
use inbox::view::FreshnessState;

use crate::desk::Desk;
use crate::service::{Service, me};
use crate::tape::{Tape, person};

async fn open() -> (Service, Desk) {
    let mut tape = Tape::new("k1");
    tape.carts(2);
    let service = Service::start(tape).await;
    let desk = Desk::at(&service).await;
    desk.live().await;
    (service, desk)
}

fn at(number: Option<u64>, writing: bool) -> Present {
    Present {
        conversation_id: number.map(person),
        writing,
    }
}

fn there(member: MemberId, name: &str) -> PresentMember {
    PresentMember {
        member: Actor {
            id: member,
            name: name.to_owned(),
        },
        conversation_id: person(1),
        writing: true,
    }
}

/// Waits until the last that was said is this; every word wakes the service, so it is looked at again after each.
async fn said_last(service: &Service, expected: &Present) {
    let heard = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        while service.with(|state| state.said.last() != Some(expected)) {
            tokio::task::yield_now().await;
        }
    });
    heard.await.expect("said in time");
}

#[tokio::test]
async fn the_service_hears_what_is_open_again_and_again_until_nothing_is() {
    let (service, desk) = open().await;
    desk.inbox.present(at(Some(1), false)).expect("kept");
    said_last(&service, &at(Some(1), false)).await;
    let count = service.with(|state| state.said.len());
    desk.inbox.present(at(Some(1), true)).expect("kept");
    said_last(&service, &at(Some(1), true)).await;
    // Said again by itself, while nothing changes.
    let again = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        while service.with(|state| state.said.len()) < count + 3 {
            tokio::task::yield_now().await;
        }
    });
    again.await.expect("again in time");
    desk.inbox.hidden(true);
    said_last(&service, &at(None, false)).await;
    desk.inbox.hidden(false);
    said_last(&service, &at(Some(1), true)).await;
    desk.inbox.present(at(None, false)).expect("kept");
    said_last(&service, &at(None, false)).await;
}

#[tokio::test]
async fn others_are_shown_and_gone_with_the_line() {
    let (service, desk) = open().await;
    let bia = there(MemberId::from_u128(99), "Bia");
    let myself = there(me().member_id, "Ana");
    service.with(|state| state.there = vec![bia.clone(), myself]);
    let others = desk.until("Bia is there", async |inbox| {
        let others = inbox.presence().expect("reads");
        (!others.is_empty()).then_some(others)
    });
    assert_eq!(others.await, [bia], "others only");
    service.with(|state| state.deaf = true);
    desk.state(FreshnessState::Offline).await;
    assert_eq!(desk.inbox.presence().expect("reads"), []);
}
