//! Commands: compared and set, done once, told in the feed.

use contract::{
    Action, Channel, ConversationId, Outcome, RefusalCode,
    entry::{ByMember, HandedOver, Noted},
    kind,
};

use super::script::{Script, Stage, actor, by_email, by_phone};

const PHONE: &str = "+5547900000111";

async fn with_conversation(stage: &impl Stage) -> (Script, ConversationId) {
    let script = Script::on(stage).await;
    let conversation = script.converse(&script.event("o1", by_phone(PHONE))).await;
    (script, conversation)
}

fn note(text: &str) -> Action {
    Action::Note {
        text: text.to_owned(),
        mentions: Vec::new(),
    }
}

fn refused(code: RefusalCode) -> Outcome {
    Outcome::Refused { code, by: None }
}

fn is_applied(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Applied { .. })
}

pub(crate) async fn one_of_many_wins_a_claim(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let mut members = vec![script.actor()];
    for n in 0..15 {
        members.push(actor(&script.enrol(&format!("Agente {n}")).await));
    }
    let asked = members.iter().map(|member| {
        script.command_as(
            member.clone(),
            script.command(conversation, Action::Claim {}),
        )
    });
    let outcomes = futures_join(asked).await;
    let winners: Vec<usize> = (0..outcomes.len())
        .filter(|n| outcomes.get(*n).is_some_and(is_applied))
        .collect();
    let [winner] = winners.as_slice() else {
        panic!("one winner: {outcomes:?}");
    };
    let told = Outcome::Refused {
        code: RefusalCode::AlreadyClaimed,
        by: members.get(*winner).cloned(),
    };
    let losers = outcomes.iter().filter(|outcome| !is_applied(outcome));
    assert!(losers.clone().count() == 15 && losers.clone().all(|outcome| *outcome == told));
    let claims = script
        .kinds()
        .await
        .iter()
        .filter(|k| *k == kind::CLAIMED)
        .count();
    assert_eq!(claims, 1);
}

/// Runs futures at the same time.
async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(Box::pin).map(Some).collect();
    let mut done: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (slot, result) in waiting.iter_mut().zip(&mut done) {
            let polled = slot.as_mut().map(|future| future.as_mut().poll(context));
            if let Some(std::task::Poll::Ready(output)) = polled {
                *slot = None;
                *result = Some(output);
            }
        }
        if waiting.iter().all(Option::is_none) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

pub(crate) async fn a_repeat_is_answered_as_the_first_was(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let claim = script.command(conversation, Action::Claim {});
    let first = script.command_as_ana(claim.clone()).await;
    assert!(is_applied(&first));
    let bia = actor(&script.enrol("Bia").await);
    let late = script.command(conversation, Action::Claim {});
    let lost = script.command_as(bia.clone(), late.clone()).await;
    script
        .command_as_ana(script.command(conversation, Action::Release {}))
        .await;
    let log = script.log().await.len();
    assert_eq!(script.command_as_ana(claim).await, first);
    assert_eq!(
        script.command_as(bia, late).await,
        lost,
        "a refusal is not taken back"
    );
    assert_eq!(script.log().await.len(), log, "a repeat changes nothing");
}

pub(crate) async fn an_id_is_not_used_twice(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let first = script.command(conversation, note("primeira"));
    let mut second = script.command(conversation, note("segunda"));
    second.id = first.id;
    assert!(is_applied(&script.command_as_ana(first.clone()).await));
    assert_eq!(
        script.command_as_ana(second).await,
        refused(RefusalCode::IdReused)
    );
    let bia = actor(&script.enrol("Bia").await);
    assert_eq!(
        script.command_as(bia, first).await,
        refused(RefusalCode::IdReused)
    );
}

pub(crate) async fn claims_can_be_given_back_by_their_owner_only(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let bia = actor(&script.enrol("Bia").await);
    let release = || script.command(conversation, Action::Release {});
    let claim = || script.command(conversation, Action::Claim {});
    assert_eq!(
        script.command_as_ana(release()).await,
        refused(RefusalCode::NotYours)
    );
    let claimed = script.command_as_ana(claim()).await;
    assert!(is_applied(&claimed));
    assert!(
        is_applied(&script.command_as_ana(claim()).await),
        "one's own is no clash"
    );
    assert_eq!(
        script.command_as(bia.clone(), release()).await,
        refused(RefusalCode::NotYours)
    );
    assert!(is_applied(&script.command_as_ana(release()).await));
    assert!(is_applied(&script.command_as(bia, claim()).await));
    let log = script.log().await;
    let first = log
        .iter()
        .find(|entry| entry.kind == kind::CLAIMED)
        .unwrap();
    assert_eq!(first.conversation_id, Some(conversation));
    assert_eq!(first.read::<ByMember>().unwrap().by, script.actor());
}

pub(crate) async fn notes_and_messages_are_told(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let written = script.command(conversation, note("ligar amanhã"));
    let handed = script.command(
        conversation,
        Action::HandOver {
            channel: Channel::Whatsapp,
            text: "Oi, tudo bem?".to_owned(),
            template_key: Some("pix-lembrete".to_owned()),
            order_key: Some("kiwify:o1".to_owned()),
        },
    );
    for command in [&written, &handed] {
        assert!(is_applied(&script.command_as_ana(command.clone()).await));
    }
    let log = script.log().await;
    let [.., noted, message] = log.as_slice() else {
        panic!("two entries at least");
    };
    assert_eq!(
        (noted.kind.as_str(), message.kind.as_str()),
        (kind::NOTED, kind::HANDED_OVER)
    );
    let noted: Noted = noted.read().unwrap();
    assert_eq!(
        (noted.command_id, noted.text.as_str()),
        (written.id, "ligar amanhã")
    );
    let message: HandedOver = message.read().unwrap();
    assert_eq!(
        (message.command_id, message.by),
        (handed.id, script.actor())
    );
    assert_eq!(message.template_key.as_deref(), Some("pix-lembrete"));
}

pub(crate) async fn what_is_not_acceptable_is_refused(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    let log = script.log().await.len();
    let long_key = Action::HandOver {
        channel: Channel::Email,
        text: "x".to_owned(),
        template_key: Some("k".repeat(513)),
        order_key: None,
    };
    for (action, code) in [
        (note(""), RefusalCode::Invalid),
        (note("  \n"), RefusalCode::Invalid),
        (note(&"é".repeat(4_001)), RefusalCode::Invalid),
        (long_key, RefusalCode::Invalid),
    ] {
        let command = script.command(conversation, action);
        assert_eq!(script.command_as_ana(command).await, refused(code));
    }
    let nowhere = script.command(ConversationId::new(1, [1; 10]), note("oi"));
    assert_eq!(
        script.command_as_ana(nowhere).await,
        refused(RefusalCode::UnknownConversation)
    );
    let elsewhere = script.command(conversation, note("oi"));
    let answers = script
        .store
        .apply(other.id, script.actor(), vec![elsewhere])
        .await
        .unwrap();
    let outcomes: Vec<_> = answers.into_iter().map(|answer| answer.outcome).collect();
    assert_eq!(outcomes, vec![refused(RefusalCode::UnknownConversation)]);
    assert_eq!(script.log().await.len(), log);
    let longest = script.command(conversation, note(&"é".repeat(4_000)));
    assert!(is_applied(&script.command_as_ana(longest).await));
}

/// Whoever had the conversation that ended has the one that is left, and old ids still lead to it.
pub(crate) async fn a_merged_conversation_leads_on(stage: &impl Stage) {
    let (script, by_phone_only) = with_conversation(stage).await;
    let by_email_only = script
        .converse(&script.event("o2", by_email("a@example.com")))
        .await;
    let claim = script.command(by_email_only, Action::Claim {});
    assert!(is_applied(&script.command_as_ana(claim).await));
    let mut both = by_phone(PHONE);
    both.email = Some("a@example.com".to_owned());
    let left = script.converse(&script.event("o3", both)).await;
    let ended = if left == by_phone_only {
        by_email_only
    } else {
        by_phone_only
    };
    let bia = actor(&script.enrol("Bia").await);
    let taken = script
        .command_as(bia, script.command(left, Action::Claim {}))
        .await;
    let told = Outcome::Refused {
        code: RefusalCode::AlreadyClaimed,
        by: Some(script.actor()),
    };
    assert_eq!(taken, told);
    let written = script
        .command_as_ana(script.command(ended, note("oi")))
        .await;
    assert!(is_applied(&written));
    let log = script.log().await;
    assert_eq!(log.last().unwrap().conversation_id, Some(left));
}

pub(crate) async fn a_batch_is_done_in_its_order(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let before = script.log().await.len() as u64;
    let mut batch = vec![script.command(conversation, Action::Claim {})];
    batch.extend((0..50).map(|n| script.command(conversation, note(&format!("nota {n}")))));
    batch.push(script.command(conversation, Action::Release {}));
    batch.push(script.command(conversation, Action::Release {}));
    let ids: Vec<_> = batch.iter().map(|command| command.id).collect();
    let answers = script
        .store
        .apply(script.workspace.id, script.actor(), batch)
        .await
        .unwrap();
    assert_eq!(
        answers.iter().map(|answer| answer.id).collect::<Vec<_>>(),
        ids
    );
    let outcomes: Vec<_> = answers.into_iter().map(|answer| answer.outcome).collect();
    let mut expected: Vec<_> = (1..=52)
        .map(|n| Outcome::Applied { seq: before + n })
        .collect();
    expected.push(refused(RefusalCode::NotYours));
    assert_eq!(outcomes, expected);
}
