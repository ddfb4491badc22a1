//! A customer is erased at the service while desks have them: no file of a desk holds anything of them afterwards.

use contract::{Action, ConversationId, Erasure, Event};
use inbox::asking::DraftAsked;
use serde_json::json;

use crate::desk::{Desk, all, open};
use crate::real::{Real, sit};

const DRAFT: &str = "rascunho-plantado-7731";
const SENT: &str = "recado-plantado-7731";
const KEPT: &str = "pendente-plantado-7731";

/// What the feed tells of a conversation's customer that nobody else's entries hold.
async fn words_of(real: &Real, who: ConversationId) -> Vec<String> {
    let entries = real.entries().await;
    let (theirs, others): (Vec<_>, Vec<_>) = entries
        .iter()
        .partition(|entry| entry.conversation_id == Some(who));
    let events = theirs.iter().filter_map(|entry| entry.event().ok()?);
    let told = |event: Event| {
        [
            event.customer.email,
            event.customer.phone,
            event.payment.pix.and_then(|pix| pix.code),
        ]
    };
    let words = events.flat_map(told).flatten();
    words
        .filter(|word| {
            others
                .iter()
                .all(|entry| !entry.body.get().contains(word.as_str()))
        })
        .collect()
}

fn holds(desk: &Desk, word: &str) -> Option<String> {
    let files = std::fs::read_dir(desk.folder.path()).expect("a folder");
    files
        .map(|file| file.expect("a file").path())
        .find(|path| {
            let bytes = std::fs::read(path).unwrap_or_default();
            bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        })
        .map(|path| path.display().to_string())
}

/// Waits until no file of the desk holds any of the words.
async fn clean(desk: &Desk, words: &[String]) {
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(40);
    while let Some(file) = words.iter().find_map(|word| holds(desk, word)) {
        assert!(
            tokio::time::Instant::now() < end,
            "{file} still holds some of it"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_of_a_desk_holds_anything_of_an_erased_customer() {
    let real = Real::start().await;
    real.sell(80, 3).await;
    let desk = sit(&real, &real.serving.base_url()).await;
    desk.live().await;
    let rows = all(&desk.inbox).await;
    let mut found = None;
    for row in &rows {
        let words = words_of(&real, row.id).await;
        if words.len() > 1 {
            found = Some((row.id, words));
            break;
        }
    }
    let (who, mut words) = found.expect("somebody with data of their own");
    let note = |text: &str| Action::Note {
        text: text.to_owned(),
        mentions: Vec::new(),
    };
    desk.inbox.act(who, note(SENT)).await.expect("written");
    desk.until("an empty outbox", async |inbox| {
        inbox
            .outbox()
            .await
            .expect("reads")
            .is_empty()
            .then_some(())
    })
    .await;
    let draft = DraftAsked {
        conversation_id: who,
        kind: inbox::asking::DraftKind::Message,
        text: DRAFT.to_owned(),
        template_key: None,
        order_key: None,
    };
    desk.inbox.save_draft(draft).await.expect("saved");
    words.extend([DRAFT, SENT].map(str::to_owned));
    for word in &words {
        assert!(holds(&desk, word).is_some(), "{word} is here at first");
    }
    // A second desk goes offline with something still to be sent.
    let away = sit(&real, &real.serving.base_url()).await;
    away.live().await;
    let Desk { inbox, folder } = away;
    inbox.close().await;
    drop(inbox);
    let inbox = open(folder.path()).await;
    let away = Desk { inbox, folder };
    away.inbox.act(who, note(KEPT)).await.expect("written");
    let mut kept = words.clone();
    kept.retain(|word| word != DRAFT);
    kept.push(KEPT.to_owned());

    let erasure: Erasure = real
        .post("subjects/erase", &json!({"conversationId": who}))
        .await;
    assert!(erasure.conversation_ids.contains(&who) && erasure.entries > 1);
    clean(&desk, &words).await;
    desk.until("one row less", async |inbox| {
        (all(inbox).await.len() < rows.len()).then_some(())
    })
    .await;
    assert!(desk.inbox.conversation(who).await.is_err());
    // Whoever comes back, and whoever comes anew.
    assert!(holds(&away, KEPT).is_some());
    let (session, token) = real.session(&real.serving.base_url());
    away.inbox
        .sit_down(session, token)
        .await
        .expect("sits down");
    clean(&away, &kept).await;
    assert!(away.inbox.outbox().await.expect("reads").is_empty());
    let anew = sit(&real, &real.serving.base_url()).await;
    anew.live().await;
    clean(&anew, &words).await;
    for desk in [desk, away, anew] {
        desk.inbox.close().await;
        clean(&desk, &kept).await;
    }
}
