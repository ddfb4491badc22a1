//! What a team shares beside conversations: templates with versions, views, and where an order's state comes from.

use contract::{Role, kind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Answer, Api, order};

const TEMPLATE: &str = "/api/v1/templates/pix.own/pt-BR";
const VIEW: &str = "/api/v1/views/view_01k9x4e8r2m5n7p9q1s3t5v7w9";

fn template(text: &str, version: u32) -> Value {
    json!({
        "key": "pix.own", "locale": "pt-BR", "name": "PIX da loja", "stages": ["pix"],
        "subject": "Seu PIX", "text": text, "version": version,
    })
}

async fn put(api: &Api, token: &str, path: &str, body: &Value) -> Answer {
    let request = api.request(Method::PUT, path).bearer_auth(token).json(body);
    api.send(request).await
}

async fn delete(api: &Api, path: &str) -> Answer {
    let request = api.request(Method::DELETE, path).bearer_auth(&api.admin);
    api.send(request).await
}

#[tokio::test]
async fn a_template_goes_from_a_lead_to_the_team() {
    let api = Api::start().await;
    let (agent, lead) = (api.member(Role::Agent).await, api.member(Role::Lead).await);
    let saved = put(&api, &lead, TEMPLATE, &template("Oi, {{?motivo}}", 0)).await;
    assert_eq!(saved.ok().value(), json!({"version": 1}));
    let list = api.get(&agent, "/api/v1/templates").await.ok().value();
    let first = &list["templates"][0];
    assert_eq!(first["template"]["text"], "Oi, {{?motivo}}");
    assert_eq!(
        (&first["by"]["name"], &first["version"]),
        (&json!("lead"), &json!(1))
    );
    let entry = api.entries().await.pop().unwrap();
    assert_eq!(entry.kind, kind::TEMPLATE_SAVED);

    let late = put(&api, &api.admin, TEMPLATE, &template("outro", 0)).await;
    late.refuses(409, "version_conflict");
    assert_eq!(late.value()["current"]["version"], 1);
    assert_eq!(
        late.value()["current"]["template"]["text"],
        "Oi, {{?motivo}}"
    );
    let second = put(&api, &api.admin, TEMPLATE, &template("outro", 1)).await;
    assert_eq!(second.ok().value(), json!({"version": 2}));

    delete(&api, &format!("{TEMPLATE}?version=1"))
        .await
        .refuses(409, "version_conflict");
    assert_eq!(
        delete(&api, &format!("{TEMPLATE}?version=2")).await.status,
        204
    );
    let versions = api
        .get(&lead, &format!("{TEMPLATE}/versions"))
        .await
        .ok()
        .value();
    let versions = versions["versions"].as_array().unwrap();
    let shown: Vec<_> = versions
        .iter()
        .map(|change| {
            (
                change["version"].as_u64(),
                change["template"]["text"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (Some(3), None),
            (Some(2), Some("outro")),
            (Some(1), Some("Oi, {{?motivo}}"))
        ]
    );
    let list = api.get(&agent, "/api/v1/templates").await.ok().value();
    assert_eq!(list, json!({"templates": []}));
}

#[tokio::test]
async fn a_template_that_cannot_be_filled_is_not_taken() {
    let api = Api::start().await;
    let change = |field: &str, value: Value| {
        let mut body = template("Oi", 0);
        body[field] = value;
        body
    };
    for (path, body) in [
        ("text", change("text", json!("Oi, {{ nome }}"))),
        ("text", change("text", json!(" "))),
        ("text", change("text", json!("{% if x %}"))),
        ("text", change("text", json!("código: {{ pix.code }}"))),
        ("text", change("text", json!("x".repeat(1_001)))),
        ("key", change("key", json!("pix.other"))),
        ("locale", change("locale", json!("en"))),
        ("stages", change("stages", json!([]))),
        ("subject", change("subject", json!("{{ amount }}"))),
        ("name", change("name", json!(""))),
        ("platforms", change("platforms", json!(["Kiwify!"]))),
    ] {
        let answer = put(&api, &api.admin, TEMPLATE, &body).await;
        answer.refuses(422, "invalid");
        assert_eq!(answer.value()["path"], path);
    }
    let nowhere = put(
        &api,
        &api.admin,
        "/api/v1/templates/pix.own/fr",
        &template("Oi", 0),
    )
    .await;
    nowhere.refuses(404, "not_found");
}

/// What nobody should be sent is not taken by the service either, whatever program asked; advice stays advice.
#[tokio::test]
async fn a_template_that_threatens_is_not_taken() {
    let api = Api::start().await;
    let marketing = |text: &str| {
        let mut body = template(text, 0);
        body["marketing"] = json!(true);
        body
    };
    let mut loud = template("Oi, segue o pedido.", 0);
    loud["subject"] = json!("Vamos negativar seu CPF");
    for (body, path, code) in [
        (template("Vou acionar um advogado.", 0), "text", "threat"),
        (loud, "subject", "threat"),
        (
            marketing("Temos novidades para você."),
            "text",
            "no_opt_out",
        ),
    ] {
        let answer = put(&api, &api.admin, TEMPLATE, &body).await;
        answer.refuses(422, "template_stopped");
        let told = answer.value();
        assert_eq!(told["path"], path, "{told}");
        assert_eq!(told["problems"][0]["path"], path, "{told}");
        assert_eq!(told["problems"][0]["code"], code, "{told}");
    }
    let list = api.get(&api.admin, "/api/v1/templates").await.ok().value();
    assert_eq!(list, json!({"templates": []}));
    let fine = marketing("Temos novidades! Se preferir não receber, é só me avisar.");
    put(&api, &api.admin, TEMPLATE, &fine).await.ok();
    let shouting = template("Olá, CORRA que acaba!!", 1);
    put(&api, &api.admin, TEMPLATE, &shouting).await.ok();
}

#[tokio::test]
async fn a_view_goes_from_a_lead_to_the_team() {
    let api = Api::start().await;
    let agent = api.member(Role::Agent).await;
    let view = |name: &str, filter: Value| json!({"id": "view_01k9x4e8r2m5n7p9q1s3t5v7w9", "name": name, "filter": filter});
    let high = json!({"stages": ["pix"], "amountFrom": 50_000, "owners": [{"is": "nobody"}], "period": {"kind": "days", "count": 7}});
    let saved = put(&api, &api.admin, VIEW, &view("  PIX alto ", high))
        .await
        .ok()
        .value();
    assert_eq!(
        (&saved["name"], &saved["by"]["name"]),
        (&json!("PIX alto"), &json!("Ada"))
    );
    assert_eq!(api.entries().await.pop().unwrap().kind, kind::VIEW_SAVED);
    let list = api.get(&agent, "/api/v1/views").await.ok().value();
    assert_eq!(list["views"][0], saved);
    for (path, body) in [
        ("name", view(" ", json!({}))),
        ("name", view(&"x".repeat(61), json!({}))),
        (
            "filter.labels",
            view("x", json!({"labels": ["x".repeat(301)]})),
        ),
        (
            "filter.products",
            view("x", json!({"products": vec!["x"; 101]})),
        ),
        (
            "filter.amountTo",
            view("x", json!({"amountFrom": 2, "amountTo": 1})),
        ),
        (
            "filter.amountFrom",
            view("x", json!({"amountFrom": i64::MIN})),
        ),
        (
            "filter.period",
            view("x", json!({"period": {"kind": "days", "count": 0}})),
        ),
    ] {
        let answer = put(&api, &api.admin, VIEW, &body).await;
        answer.refuses(422, "invalid");
        assert_eq!(answer.value()["path"], path);
    }
    let unknown = put(&api, &api.admin, VIEW, &view("x", json!({"colour": "red"}))).await;
    unknown.refuses(422, "invalid");
    let other = "/api/v1/views/view_01k9x4e8r2m5n7p9q1s3t5v7wa";
    let crossed = put(&api, &api.admin, other, &view("x", json!({}))).await;
    crossed.refuses(422, "invalid");
    assert_eq!(delete(&api, VIEW).await.status, 204);
    delete(&api, VIEW).await.refuses(404, "not_found");
    assert_eq!(api.entries().await.pop().unwrap().kind, kind::VIEW_REMOVED);
}

#[tokio::test]
async fn an_order_knows_where_it_comes_from() {
    let api = Api::start().await;
    let agent = api.member(Role::Agent).await;
    let path = api.integration("loja", "unified").await;
    let pending = order("A-1", "pending");
    for body in [&pending, &order("A-1", "approved"), &pending, &pending] {
        api.deliver(&path, "unified", body).await.ok();
    }
    let entries = api.entries().await;
    let event = entries
        .iter()
        .find_map(|entry| entry.event().ok().flatten());
    let key = event.unwrap().order_key;
    let asked = |key: &str| {
        let key = key.replace(':', "%3A");
        let path = format!("/api/v1/orders/provenance?orderKey={key}");
        api.request(Method::GET, &path).bearer_auth(&agent)
    };
    let told = api.send(asked(&key)).await.ok().value();
    let told = told["deliveries"].as_array().unwrap();
    let shown: Vec<_> = told
        .iter()
        .map(|told| {
            (
                told["event"].as_str().unwrap(),
                told["proof"].as_str().unwrap(),
                &told["repeats"],
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("order.approved", "signature", &json!(0)),
            ("order.pending", "signature", &json!(2))
        ]
    );
    let newest = told[0]["id"].as_str().unwrap();
    let raw = api
        .get(&api.admin, &format!("/api/v1/deliveries/{newest}"))
        .await
        .ok();
    assert_eq!(raw.value()["payload"]["status"], "approved");
    let nothing = api.send(asked("nowhere")).await.ok().value();
    assert_eq!(nothing, json!({"deliveries": []}));
    api.get(&agent, "/api/v1/orders/provenance")
        .await
        .refuses(400, "bad_query");
}

#[tokio::test]
async fn of_all_desks_one_gets_a_step() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    api.deliver(&path, "unified", &order("A-1", "pending"))
        .await
        .ok();
    let conversation = api.entries().await.last().unwrap().conversation_id.unwrap();
    let (ana, bia) = (api.member(Role::Agent).await, api.member(Role::Agent).await);
    let step =
        |since: &str| json!({"orderKey": "unified:A-1", "template": "pix.help", "since": since});
    let ask = async |who: &str, since: &str| {
        let answer = api.post(who, "/api/v1/steps", &step(since)).await;
        answer.ok().value()["result"].clone()
    };
    let due = "2026-01-05T12:00:00Z";
    assert_eq!(ask(&ana, due).await, "taken");
    assert_eq!(ask(&bia, due).await, "elsewhere");
    assert_eq!(ask(&ana, due).await, "taken", "it is hers still");
    let handed = json!({"commands": [{
        "id": "cmd_01k9x4e8r2m5n7p9q1s3t5v7w9", "conversationId": conversation,
        "kind": "message.handed_over",
        "body": {"channel": "whatsapp", "text": "Oi", "templateKey": "pix.help", "orderKey": "unified:A-1"},
    }]});
    api.post(&ana, "/api/v1/commands", &handed).await.ok();
    for who in [&ana, &bia] {
        assert_eq!(ask(who, due).await, "done");
    }
    // Another round of it, and what another order has.
    assert_eq!(ask(&bia, "2126-01-05T12:00:00Z").await, "taken");
    let other = json!({"orderKey": "unified:A-2", "template": "pix.help", "since": due});
    let answer = api.post(&bia, "/api/v1/steps", &other).await.ok();
    assert_eq!(answer.value(), json!({"result": "taken"}));
    let empty = json!({"orderKey": "", "template": "pix.help", "since": due});
    api.post(&bia, "/api/v1/steps", &empty)
        .await
        .refuses(422, "invalid");
}

#[tokio::test]
async fn sequences_go_from_a_lead_to_the_team() {
    const PATH: &str = "/api/v1/sequences";
    let api = Api::start().await;
    let (agent, lead) = (api.member(Role::Agent).await, api.member(Role::Lead).await);
    let mut body = api.get(&agent, PATH).await.ok().value();
    assert_eq!(body["version"], 0);
    assert_eq!(body["stages"][0]["group"], "cart");
    put(&api, &agent, PATH, &body)
        .await
        .refuses(403, "forbidden");
    body["stages"][0]["on"] = json!(false);
    let saved = put(&api, &lead, PATH, &body).await;
    assert_eq!(saved.ok().value(), json!({"version": 1}));
    let there = api.get(&agent, PATH).await.ok().value();
    assert_eq!(
        (&there["version"], &there["stages"][0]["on"]),
        (&json!(1), &json!(false))
    );
    let entry = api.entries().await.pop().unwrap();
    assert_eq!(entry.kind, kind::SEQUENCE_SAVED);
    body["restDays"] = json!(true);
    let late = put(&api, &lead, PATH, &body).await;
    late.refuses(409, "version_conflict");
    assert_eq!(late.value()["current"], there);
    body["version"] = json!(1);
    for (path, pointer, value) in [
        ("stages", "/stages/0/group", json!("approved")),
        ("steps", "/stages/1/steps", json!([])),
        ("template", "/stages/1/steps/0/template", json!("")),
        (
            "at",
            "/stages/1/steps/0/at",
            json!({"from": "stage", "minutes": 1}),
        ),
        ("silentHours", "/silentHours", json!(0)),
    ] {
        let mut broken = body.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        let answer = put(&api, &lead, PATH, &broken).await;
        answer.refuses(422, "invalid");
        assert_eq!(answer.value()["path"], path);
    }
}
