use std::time::Duration;

use bytes::Bytes;
use contract::{Actor, ConversationId, MemberId, Present, SessionId, WorkspaceId};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, advance, timeout};
use tokio_util::sync::CancellationToken;

use super::Presences;

const TEAM: WorkspaceId = WorkspaceId::from_u128(1);

fn conversation(n: u128) -> ConversationId {
    ConversationId::from_u128(n)
}

fn member(n: u128) -> Actor {
    Actor {
        id: MemberId::from_u128(n),
        name: format!("Agente {n}"),
    }
}

fn presences() -> Presences {
    Presences::new(CancellationToken::new())
}

fn at(n: u128) -> Present {
    Present {
        conversation_id: Some(conversation(n)),
        writing: false,
    }
}

/// Waits for the next picture and returns who is where: member, conversation, writing.
async fn next(frames: &mut watch::Receiver<Bytes>) -> Vec<(String, u128, bool)> {
    let changed = timeout(Duration::from_secs(120), frames.changed()).await;
    changed.expect("a picture in time").expect("it is told");
    let frame = frames.borrow_and_update().clone();
    let text = String::from_utf8(frame.to_vec()).unwrap();
    let data = text.strip_prefix("event: presence\ndata: ").expect(&text);
    let picture: Value = serde_json::from_str(data.trim()).unwrap();
    let members = picture["members"].as_array().unwrap().iter();
    members
        .map(|there| {
            let id: ConversationId =
                serde_json::from_value(there["conversationId"].clone()).unwrap();
            let name = there["member"]["name"].as_str().unwrap().to_owned();
            (name, id.as_u128(), there["writing"] == true)
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_word_is_told_and_ends() {
    let presences = presences();
    let mut frames = presences.watch(TEAM);
    assert!(frames.borrow().is_empty(), "nobody was anywhere");
    let session = SessionId::from_u128(1);
    let start = Instant::now();
    presences.note(TEAM, session, member(1), &at(7));
    let one = |writing| vec![("Agente 1".to_owned(), 7, writing)];
    assert_eq!(next(&mut frames).await, one(false));
    let writing = Present {
        writing: true,
        ..at(7)
    };
    presences.note(TEAM, session, member(1), &writing);
    assert_eq!(next(&mut frames).await, one(true));
    assert_eq!(next(&mut frames).await, [], "the word has ended");
    let lasted = start.elapsed();
    assert!(lasted >= Duration::from_secs(45) && lasted < Duration::from_secs(46));
}

#[tokio::test(start_paused = true)]
async fn many_words_are_few_pictures() {
    let presences = presences();
    let mut frames = presences.watch(TEAM);
    presences.note(TEAM, SessionId::from_u128(0), member(0), &at(0));
    next(&mut frames).await;
    let start = Instant::now();
    let mut pictures = 0;
    for n in 0..200 {
        let session = SessionId::from_u128(n % 50);
        presences.note(TEAM, session, member(n % 50), &at(n));
        advance(Duration::from_millis(5)).await;
        tokio::task::yield_now().await;
        if frames.has_changed().unwrap() {
            frames.mark_unchanged();
            pictures += 1;
        }
    }
    let most = start.elapsed().as_millis() / 250 + 1;
    assert!((2..=most).contains(&pictures), "{pictures} of {most}");
}

#[tokio::test(start_paused = true)]
async fn two_devices_are_one_member_and_leaving_is_told() {
    let presences = presences();
    let mut frames = presences.watch(TEAM);
    let [first, second] = [1, 2].map(SessionId::from_u128);
    presences.note(TEAM, first, member(1), &at(7));
    presences.note(TEAM, second, member(1), &at(7));
    assert_eq!(next(&mut frames).await.len(), 1);
    presences.leave(TEAM, first);
    presences.note(TEAM, second, member(1), &at(8));
    assert_eq!(next(&mut frames).await, [("Agente 1".to_owned(), 8, false)]);
    let nowhere = Present {
        conversation_id: None,
        writing: false,
    };
    presences.note(TEAM, second, member(1), &nowhere);
    assert_eq!(next(&mut frames).await, []);
    let other = presences.watch(WorkspaceId::from_u128(2));
    assert!(other.borrow().is_empty(), "another team sees nothing");
}
