//! What agents do, over HTTP.

use std::time::{Duration, Instant};

use contract::{CommandAnswers, ConversationId, Outcome, RefusalCode, Role, kind};
use ingest::store::{System, World};
use serde_json::{Value, json};

use crate::api::{Api, order};

fn new_id() -> String {
    let world: &dyn World = &System;
    let (millis, random) = world.id_parts();
    contract::CommandId::new(millis, random).to_string()
}

async fn with_conversation() -> (Api, ConversationId) {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    api.deliver(&path, "unified", &order("A-1", "pending"))
        .await
        .ok();
    let conversation = api.entries().await.last().unwrap().conversation_id.unwrap();
    (api, conversation)
}

#[tokio::test]
async fn a_batch_is_answered_one_by_one_and_a_repeat_as_the_first() {
    let (api, conversation) = with_conversation().await;
    let command = |kind: &str, body: Value| json!({"id": new_id(), "conversationId": conversation, "kind": kind, "body": body});
    let batch = json!({"commands": [
        command("claim", json!({})),
        command("note", json!({"text": "Ligar amanhã"})),
        command("message.handed_over", json!({"channel": "whatsapp", "text": "Oi, Rita"})),
        command("note", json!({"text": ""})),
        command("release", json!({})),
    ]});
    let first: CommandAnswers = api
        .post(&api.admin, "/api/v1/commands", &batch)
        .await
        .ok()
        .json();
    let again: CommandAnswers = api
        .post(&api.admin, "/api/v1/commands", &batch)
        .await
        .ok()
        .json();
    assert_eq!(first, again);
    let refused = Outcome::Refused {
        code: RefusalCode::Invalid,
        by: None,
    };
    assert_eq!(first.results[3].outcome, refused);
    let kinds: Vec<String> = api
        .entries()
        .await
        .iter()
        .rev()
        .take(4)
        .map(|entry| entry.kind.clone())
        .collect();
    assert_eq!(
        kinds,
        [
            kind::RELEASED,
            kind::HANDED_OVER,
            kind::NOTED,
            kind::CLAIMED
        ]
    );
}

#[tokio::test]
async fn a_claimed_conversation_names_who_has_it() {
    let (api, conversation) = with_conversation().await;
    let agent = api.member(Role::Agent).await;
    let claim = || json!({"commands": [{"id": new_id(), "conversationId": conversation, "kind": "claim", "body": {}}]});
    api.post(&agent, "/api/v1/commands", &claim()).await.ok();
    let answers: CommandAnswers = api
        .post(&api.admin, "/api/v1/commands", &claim())
        .await
        .ok()
        .json();
    let Outcome::Refused { code, by } = &answers.results[0].outcome else {
        panic!("{answers:?}")
    };
    assert_eq!(
        (*code, by.as_ref().unwrap().name.as_str()),
        (RefusalCode::AlreadyClaimed, "agent")
    );
}

/// Fifty agents take the same conversation at once: one has it, and each of the others is told who, within a second.
#[tokio::test]
async fn one_of_fifty_agents_has_it_and_the_rest_are_told_who() {
    let (api, conversation) = with_conversation().await;
    let mut agents = Vec::new();
    for n in 0..50 {
        let name = format!("Agente {n:02}");
        let (workspace, role) = (api.workspace, Role::Agent);
        let store = &*api.store;
        let enrolled = ingest::people::enrol(store, &System, workspace, &name, role, "teste").await;
        agents.push((name, enrolled.unwrap().1));
    }
    let asked = agents.into_iter().map(|(name, token)| {
        let claim =
            json!({"id": new_id(), "conversationId": conversation, "kind": "claim", "body": {}});
        let request = api
            .request(reqwest::Method::POST, "/api/v1/commands")
            .bearer_auth(token)
            .json(&json!({ "commands": [claim] }));
        tokio::spawn(async move {
            let sent = Instant::now();
            let answer = crate::api::read(request.send().await.unwrap()).await;
            (name, answer, sent.elapsed())
        })
    });
    let asked: Vec<_> = asked.collect();
    let (mut winners, mut told) = (Vec::new(), Vec::new());
    for waiting in asked {
        let (name, answer, took) = waiting.await.unwrap();
        assert!(took < Duration::from_secs(1), "{name} waited {took:?}");
        let answers: CommandAnswers = answer.ok().json();
        match &answers.results[0].outcome {
            Outcome::Applied { .. } => winners.push(name),
            Outcome::Refused { code, by } => {
                assert_eq!(*code, RefusalCode::AlreadyClaimed);
                told.push(by.as_ref().unwrap().name.clone());
            }
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(told, vec![winners[0].clone(); 49]);
    let entries = api.entries().await;
    let claims = entries.iter().filter(|entry| entry.kind == kind::CLAIMED);
    assert_eq!(claims.count(), 1);
}

#[tokio::test]
async fn a_merge_and_its_undoing_are_answered_and_told() {
    let (api, one) = with_conversation().await;
    let path = api.integration("loja-2", "unified").await;
    let somebody_else = order("B-1", "pending").replace("+5547900000111", "+5547900000222");
    api.deliver(&path, "unified", &somebody_else).await.ok();
    let other = api.entries().await.last().unwrap().conversation_id.unwrap();
    assert_ne!(one, other);
    let command = |kind: &str, body: Value| json!({"id": new_id(), "conversationId": one, "kind": kind, "body": body});
    let batch = json!({"commands": [
        command("merge", json!({"other": other})),
        command("merge", json!({"other": other})),
        command("unmerge", json!({"from": other})),
        command("unmerge", json!({"from": other})),
        command("keep_apart", json!({"other": other})),
    ]});
    let answers: CommandAnswers = api
        .post(&api.admin, "/api/v1/commands", &batch)
        .await
        .ok()
        .json();
    let codes: Vec<Option<RefusalCode>> = answers
        .results
        .iter()
        .map(|answer| match &answer.outcome {
            Outcome::Applied { .. } => None,
            Outcome::Refused { code, .. } => Some(*code),
        })
        .collect();
    let (again, nothing) = (RefusalCode::AlreadyMerged, RefusalCode::NotMerged);
    assert_eq!(codes, [None, Some(again), None, Some(nothing), None]);
    let entries = api.entries().await;
    let told = entries.iter().rev().take(3);
    let told: Vec<_> = told
        .map(|entry| (entry.kind.as_str(), entry.conversation_id))
        .collect();
    assert_eq!(
        told,
        [
            (kind::KEPT_APART, Some(one)),
            (kind::UNMERGED, Some(one)),
            (kind::MERGED, Some(one))
        ]
    );
}

#[tokio::test]
async fn batches_are_checked_as_a_whole() {
    let (api, conversation) = with_conversation().await;
    let many: Vec<Value> = (0..101).map(|_| json!({"id": new_id(), "conversationId": conversation, "kind": "claim", "body": {}})).collect();
    for (code, body) in [
        ("invalid", json!({"commands": many})),
        ("invalid", json!({"commands": [{"id": "x"}]})),
        (
            "invalid",
            json!({"commands": [{"id": new_id(), "conversationId": conversation, "kind": "dance", "body": {}}]}),
        ),
        ("invalid", json!({})),
    ] {
        api.post(&api.admin, "/api/v1/commands", &body)
            .await
            .refuses(422, code);
    }
    api.send(
        api.request(reqwest::Method::POST, "/api/v1/commands")
            .bearer_auth(&api.admin)
            .body("{"),
    )
    .await
    .refuses(400, "bad_json");
}
