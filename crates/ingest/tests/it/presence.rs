//! Who looks at what: said by one, seen by all who follow the feed, and never in the way of entries.

use contract::{ConversationId, Role};
use serde_json::{Value, json};

use crate::api::{Api, order};
use crate::events::Stream;

fn conversation(n: u128) -> String {
    ConversationId::from_u128(n).to_string()
}

/// Reads the stream up to the next picture: who is where, and who writes.
async fn picture(stream: &mut Stream) -> Vec<(String, String, bool)> {
    loop {
        let event = stream.next().await.expect("the stream goes on");
        if event.event != "presence" {
            continue;
        }
        assert_eq!(event.id, "", "no position: it is never resumed from");
        let data: Value = serde_json::from_str(&event.data).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let members = data["members"].as_array().unwrap().iter();
        let mut there: Vec<_> = members
            .map(|there| {
                let name = text(&there["member"]["name"]);
                (
                    name,
                    text(&there["conversationId"]),
                    there["writing"] == true,
                )
            })
            .collect();
        // Their order is nobody's promise.
        there.sort();
        return there;
    }
}

#[tokio::test]
async fn colleagues_see_where_each_other_is() {
    let api = Api::start().await;
    let (agent, lead) = (api.member(Role::Agent).await, api.member(Role::Lead).await);
    let say = async |token: &str, body: Value| {
        let answer = api.post(token, "/api/v1/presence", &body).await;
        assert_eq!(answer.status, 204);
    };
    let head = api.entries().await.len();
    let after = format!("?after={head}");
    let mut early = Stream::open(&api, &lead, &after).await;
    say(&agent, json!({"conversationId": conversation(7)})).await;
    let at = |name: &str, n, writing| (name.to_owned(), conversation(n), writing);
    assert_eq!(picture(&mut early).await, [at("agent", 7, false)]);
    // Whoever comes later sees it at once.
    let mut late = Stream::open(&api, &agent, &after).await;
    assert_eq!(picture(&mut late).await, [at("agent", 7, false)]);
    say(
        &lead,
        json!({"conversationId": conversation(7), "writing": true}),
    )
    .await;
    for stream in [&mut early, &mut late] {
        let both = picture(stream).await;
        assert_eq!(both, [at("agent", 7, false), at("lead", 7, true)]);
    }
    say(&agent, json!({"conversationId": null})).await;
    assert_eq!(picture(&mut early).await, [at("lead", 7, true)]);
    assert_eq!(api.entries().await.len(), head, "nothing of it is kept");
}

#[tokio::test]
async fn who_signs_out_is_gone_and_another_team_sees_nobody() {
    let api = Api::start().await;
    let agent = api.member(Role::Agent).await;
    let head = api.entries().await.len();
    let mut stream = Stream::open(&api, &api.admin, &format!("?after={head}")).await;
    let here = json!({"conversationId": conversation(1)});
    api.post(&agent, "/api/v1/presence", &here).await.ok();
    assert_eq!(picture(&mut stream).await.len(), 1);
    let out = api.request(reqwest::Method::DELETE, "/api/v1/sessions/me");
    api.send(out.bearer_auth(&agent)).await.ok();
    assert_eq!(picture(&mut stream).await, []);
    api.post(&agent, "/api/v1/presence", &here)
        .await
        .refuses(401, "unauthorized");
}

#[tokio::test]
async fn many_words_are_refused_and_hold_up_no_entry() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let head = api.entries().await.len();
    let mut stream = Stream::open(&api, &api.admin, &format!("?after={head}")).await;
    let mut refused = 0;
    for n in 0..40 {
        let here = json!({"conversationId": conversation(n)});
        let answer = api.post(&api.admin, "/api/v1/presence", &here).await;
        if answer.status != 204 {
            answer.refuses(429, "rate_limited");
            refused += 1;
        }
    }
    assert!(refused > 10, "{refused}");
    for n in 0..5 {
        let body = order(&format!("A-{n}"), "pending");
        api.deliver(&path, "unified", &body).await.ok();
    }
    let mut seen = Vec::new();
    while seen.len() < 5 {
        let event = stream.next().await.expect("the stream goes on");
        if event.event == "entry" {
            seen.push(event.id);
        }
    }
    let followed: Vec<u64> = seen
        .iter()
        .map(|id| id.rsplit('.').next().unwrap().parse().unwrap())
        .collect();
    let head = head as u64;
    assert_eq!(followed, (head + 1..=head + 5).collect::<Vec<_>>());
}
