//! Custom sources: a blueprint is tried before it is taken, and what it reads goes the way of every other delivery.

use contract::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Answer, Api, SECRET};

const INTEGRATIONS: &str = "/api/v1/integrations";

fn blueprint() -> Value {
    json!({
        "proof": {"scheme": "token", "header": "X-Token"},
        "event": "header('X-Topic')",
        "stageFrom": "status",
        "deliveryId": "delivery",
        "stages": {"open": "payment_pending", "paid": "purchase_approved"},
        "amountUnit": "major",
        "fields": {"externalId": "id", "amount": "total", "name": "buyer", "email": "mail"},
    })
}

fn body(delivery: &str, status: &str) -> Value {
    json!({"delivery": delivery, "status": status, "id": "A-70011", "total": 0.29, "buyer": "Rita",
        "mail": "rita.moraes@example.com"})
}

fn integration(settings: &Value) -> Value {
    json!({"slug": "meu-sistema", "provider": "custom", "name": "Meu sistema", "secrets": [SECRET], "settings": settings})
}

fn codes(problems: &Value) -> Vec<(&str, &str)> {
    let problems = problems.as_array().unwrap().iter();
    problems
        .map(|one| (one["path"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect()
}

async fn send(api: &Api, path: &str, token: &str, body: &Value) -> Answer {
    let request = api
        .request(Method::POST, path)
        .header("X-Token", token)
        .header("X-Topic", "orders/changed")
        .json(body);
    api.send(request).await
}

#[tokio::test]
async fn settings_that_cannot_be_worked_with_are_refused_with_every_fault() {
    let api = Api::start().await;
    let bare = api
        .post(
            &api.admin,
            INTEGRATIONS,
            &json!({"slug": "a", "provider": "custom", "name": "A"}),
        )
        .await;
    bare.refuses(422, "invalid");
    assert_eq!(
        codes(&bare.value()["problems"]),
        [("settings.blueprint", "missing")]
    );

    let mut broken = blueprint();
    broken["event"] = json!("a[");
    broken["stages"]["paid"] = json!("approved");
    let refused = api
        .post(
            &api.admin,
            INTEGRATIONS,
            &integration(&json!({"blueprint": broken})),
        )
        .await;
    refused.refuses(422, "invalid");
    let refused = refused.value();
    let expected = [
        ("settings.blueprint.event", "bad_expression"),
        ("settings.blueprint.stages.paid", "unknown_stage"),
    ];
    assert_eq!(codes(&refused["problems"]), expected);
    assert_eq!(refused["path"], "settings.blueprint.event");

    let sample = json!({"body": body("d-1", "open"), "expect": {"amountMinor": 2_900}});
    let contradicted = integration(&json!({"blueprint": blueprint(), "samples": [sample]}));
    let refused = api.post(&api.admin, INTEGRATIONS, &contradicted).await;
    refused.refuses(422, "invalid");
    let expected = [("settings.samples[0].expect.amountMinor", "contradicted")];
    assert_eq!(codes(&refused.value()["problems"]), expected);

    let sound = integration(&json!({"blueprint": blueprint()}));
    assert_eq!(api.post(&api.admin, INTEGRATIONS, &sound).await.status, 201);
    let path = format!("{INTEGRATIONS}/meu-sistema");
    let patch = |body: Value| {
        api.request(Method::PATCH, &path)
            .bearer_auth(&api.admin)
            .json(&body)
    };
    let worse = patch(json!({"settings": {"blueprint": {}}}));
    api.send(worse).await.refuses(422, "invalid");
    api.send(patch(json!({"active": false}))).await.ok();
}

#[tokio::test]
async fn a_preview_tells_what_settings_would_do_and_keeps_nothing() {
    let api = Api::start().await;
    let headers = json!({"X-Token": SECRET, "X-Topic": "orders/changed"});
    let asked = json!({
        "provider": "custom",
        "settings": {"blueprint": blueprint()},
        "secrets": [SECRET],
        "samples": [
            {"name": "open", "headers": headers, "body": body("d-1", "open")},
            {"name": "text", "headers": {"X-Token": "other"}, "body": body("d-1", "paid").to_string()},
            {"name": "unknown", "headers": {}, "body": body("d-1", "settled")},
            {"name": "cut", "body": "{\"id\": "},
        ],
    });
    let path = format!("{INTEGRATIONS}/preview");
    let previewed = api.post(&api.admin, &path, &asked).await.ok().value();
    assert_eq!(previewed["problems"], json!([]));
    let results = &previewed["results"];
    let told = |index: usize| {
        let one = &results[index];
        (
            one["reading"].clone(),
            one["proof"]["holds"].clone(),
            one["proof"]["reason"].clone(),
        )
    };
    assert_eq!(told(0), (json!("events"), json!(true), Value::Null));
    assert_eq!(told(1), (json!("events"), json!(false), json!("mismatch")));
    assert_eq!(told(2), (json!("unmapped"), json!(false), json!("missing")));
    assert_eq!(
        told(3),
        (json!("unreadable"), json!(false), json!("missing"))
    );
    assert_eq!(results[0]["events"][0]["amountMinor"], 29);
    assert_eq!(results[0]["events"][0]["event"], "orders/changed");
    assert_eq!(results[1]["events"][0]["stage"], "purchase_approved");
    assert_eq!(results[3]["code"], "truncated");

    // The same of a platform that has a reader.
    let asked = json!({"provider": "unified", "secrets": [SECRET], "samples": [{"body": crate::api::order("U-1", "pending")}]});
    let previewed = api.post(&api.admin, &path, &asked).await.ok().value();
    assert_eq!(previewed["results"][0]["events"][0]["externalId"], "U-1");

    let listed = api.get(&api.admin, INTEGRATIONS).await.ok().value();
    assert_eq!(listed["integrations"], json!([]));
    let lead = api.member(Role::Lead).await;
    api.post(&lead, &path, &asked)
        .await
        .refuses(403, "forbidden");
    let unknown = json!({"provider": "nosuch"});
    api.post(&api.admin, &path, &unknown)
        .await
        .refuses(422, "invalid");
    let many = json!({"provider": "unified", "samples": vec![json!({}); 21]});
    api.post(&api.admin, &path, &many)
        .await
        .refuses(422, "invalid");
}

#[tokio::test]
async fn a_word_the_blueprint_lacked_is_read_anew_once_it_is_there() {
    let api = Api::start().await;
    let mut lacking = blueprint();
    lacking["stages"] = json!({"open": "payment_pending"});
    let made = api
        .post(
            &api.admin,
            INTEGRATIONS,
            &integration(&json!({"blueprint": lacking})),
        )
        .await
        .ok()
        .value();
    let path = format!("/api/v1/webhooks/custom/{}", made["key"].as_str().unwrap());

    send(&api, &path, "another-secret", &body("d-1", "paid"))
        .await
        .refuses(401, "bad_proof");
    let first = send(&api, &path, SECRET, &body("d-1", "open"))
        .await
        .ok()
        .value();
    assert_eq!(first["result"], "accepted");
    // The source's id of the delivery tells a repeat, whatever else differs.
    let mut repeat = body("d-1", "open");
    repeat["sentAgain"] = json!(true);
    let repeat = send(&api, &path, SECRET, &repeat).await.ok().value();
    assert_eq!(repeat["result"], "duplicate");
    let unmapped = send(&api, &path, SECRET, &body("d-2", "paid"))
        .await
        .ok()
        .value();
    assert_eq!(unmapped["result"], "unmapped");

    let mended = json!({"settings": {"blueprint": blueprint()}});
    let change = api
        .request(Method::PATCH, &format!("{INTEGRATIONS}/meu-sistema"))
        .bearer_auth(&api.admin)
        .json(&mended);
    api.send(change).await.ok();
    let again = format!(
        "/api/v1/deliveries/{}/reprocess",
        unmapped["deliveryId"].as_str().unwrap()
    );
    let read = api.post(&api.admin, &again, &json!({})).await.ok().value();
    assert_eq!(
        (&read["result"], &read["entries"]),
        (&json!("accepted"), &json!(1))
    );
    let entries = api.entries().await;
    let last = serde_json::to_value(entries.last().unwrap()).unwrap();
    assert_eq!(last["body"]["stage"], "purchase_approved");
    // The header that names the event was kept beside the body.
    assert_eq!(last["body"]["event"], "orders/changed");
}

#[tokio::test]
async fn a_test_event_is_made_of_a_kept_sample() {
    let api = Api::start().await;
    let settings = json!({"blueprint": blueprint(), "samples": [{"headers": {"X-Topic": "orders/changed"}, "body": body("d-1", "open")}]});
    api.post(&api.admin, INTEGRATIONS, &integration(&settings))
        .await
        .ok();
    let path = format!("{INTEGRATIONS}/meu-sistema/test-event");
    let sent = api.post(&api.admin, &path, &json!({})).await.ok().value();
    assert_eq!(sent["result"], "accepted");
    let entries = api.entries().await;
    let last = serde_json::to_value(entries.last().unwrap()).unwrap();
    assert_eq!(last["body"]["isTest"], true);

    let mut bare = integration(&json!({"blueprint": blueprint()}));
    bare["slug"] = json!("sem-amostra");
    api.post(&api.admin, INTEGRATIONS, &bare).await.ok();
    let path = format!("{INTEGRATIONS}/sem-amostra/test-event");
    api.post(&api.admin, &path, &json!({}))
        .await
        .refuses(409, "no_sample");
}
