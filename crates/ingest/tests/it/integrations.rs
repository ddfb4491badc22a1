//! Setting up platform accounts: secrets go in and never come out.

use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Api, SECRET, order};

#[tokio::test]
async fn a_slug_creates_once_and_then_updates() {
    let api = Api::start().await;
    let body = json!({"slug": "loja", "provider": "unified", "name": "Loja", "secrets": [SECRET],
        "credentials": {"apiKey": "credencial-secreta"}, "settings": {"checkoutUrl": "https://loja.example.com"}});
    let made = api.post(&api.admin, "/api/v1/integrations", &body).await;
    assert_eq!(made.status, 201);
    let made = made.value();
    assert_eq!(
        made["webhookUrl"],
        format!(
            "{}/api/v1/webhooks/unified/{}",
            api.base,
            made["key"].as_str().unwrap()
        )
    );
    let renamed = api
        .post(
            &api.admin,
            "/api/v1/integrations",
            &json!({"slug": "loja", "provider": "unified", "name": "Nova"}),
        )
        .await;
    assert_eq!(renamed.status, 200);
    let renamed = renamed.value();
    for kept in ["id", "key", "settings", "credentials", "secrets"] {
        assert_eq!(made[kept], renamed[kept], "{kept}");
    }
    assert_eq!(renamed["name"], "Nova");
    let other = json!({"slug": "loja", "provider": "kiwify", "name": "Loja"});
    api.post(&api.admin, "/api/v1/integrations", &other)
        .await
        .refuses(409, "provider_fixed");
    for path in ["/api/v1/integrations", "/api/v1/integrations/loja"] {
        let shown = api.get(&api.admin, path).await.ok();
        let text = String::from_utf8_lossy(&shown.body).into_owned();
        assert!(
            !text.contains(SECRET) && !text.contains("credencial-secreta"),
            "{text}"
        );
    }
    let lead = api.member(contract::Role::Lead).await;
    let shown = api
        .get(&lead, "/api/v1/integrations/loja")
        .await
        .ok()
        .value();
    assert!(shown.get("key").is_none() && shown.get("webhookUrl").is_none());
}

#[tokio::test]
async fn what_is_not_acceptable_is_named() {
    let api = Api::start().await;
    for (path, change) in [
        ("slug", json!({"slug": "Loja"})),
        ("slug", json!({"slug": ""})),
        ("slug", json!({"slug": "-a"})),
        ("provider", json!({"provider": "nosuch"})),
        ("name", json!({"name": "  "})),
        ("secrets[1]", json!({"secrets": ["a", " "]})),
        ("secrets", json!({"secrets": ["a", "b", "c"]})),
        ("credentials", json!({"credentials": {"": "x"}})),
        (
            "settings.apiBaseUrl",
            json!({"settings": {"apiBaseUrl": "https://169.254.169.254/"}}),
        ),
        (
            "settings.statusWords",
            json!({"provider": "iset", "settings": {"statusWords": "Separando"}}),
        ),
        (
            "settings.statusWords.Separando",
            json!({"provider": "iset", "settings": {"statusWords": {"Separando": "separado"}}}),
        ),
        (
            "settings.abandonAfterMinutes",
            json!({"provider": "shopify", "settings": {"abandonAfterMinutes": "abc"}}),
        ),
    ] {
        let mut body = json!({"slug": "loja", "provider": "unified", "name": "Loja"});
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let answer = api.post(&api.admin, "/api/v1/integrations", &body).await;
        answer.refuses(422, "invalid");
        assert_eq!(answer.value()["path"], path);
    }
}

/// What an admin is offered as a table is refused as a text, whole and by its place, and leaves what was there as it was.
#[tokio::test]
async fn settings_are_taken_in_the_form_they_are_read_in() {
    let api = Api::start().await;
    let platforms = api.get(&api.admin, "/api/v1/platforms").await.ok().value();
    let of_iset = platforms["platforms"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["slug"] == "iset")
        .unwrap();
    let form = |name: &str| {
        let fields = of_iset["settings"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == name);
        field.unwrap()["form"].clone()
    };
    assert_eq!(form("statusWords"), "stages");
    assert_eq!(form("abandonAfterMinutes"), "number");

    let words = json!({"statusWords": {"Separando": "fulfilled"}, "abandonAfterMinutes": "90"});
    let body = json!({"slug": "loja", "provider": "iset", "name": "Loja", "settings": words});
    api.post(&api.admin, "/api/v1/integrations", &body)
        .await
        .ok();
    let bad = json!({"settings": {"statusWords": "Separando", "abandonAfterMinutes": "abc"}});
    let request = api.request(Method::PATCH, "/api/v1/integrations/loja");
    let refused = api.send(request.bearer_auth(&api.admin).json(&bad)).await;
    refused.refuses(422, "invalid");
    let problems = refused.value()["problems"].clone();
    let named: Vec<_> = problems
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["path"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        named,
        [
            ("settings.abandonAfterMinutes", "bad_number"),
            ("settings.statusWords", "bad_table")
        ]
    );
    let stored = api.get(&api.admin, "/api/v1/integrations/loja").await;
    assert_eq!(stored.ok().value()["settings"], words);
}

/// Where a platform goes by two names, either leads to it.
#[tokio::test]
async fn a_platform_of_two_names_is_reached_by_both() {
    let api = Api::start().await;
    let body = json!({"slug": "loja", "provider": "adoorei", "name": "Loja"});
    let made = api.post(&api.admin, "/api/v1/integrations", &body).await;
    let made = made.ok().value();
    assert_eq!(made["provider"], "adorei");
    let key = made["key"].as_str().unwrap();
    for name in ["adorei", "adoorei"] {
        let path = format!("/api/v1/webhooks/{name}/{key}");
        let request = api.request(Method::POST, &path).body("{}");
        assert_ne!(api.send(request).await.status, 404, "{name}");
    }
}

#[tokio::test]
async fn during_a_rotation_both_secrets_hold() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let rotate = async |body: Value| {
        api.post(&api.admin, "/api/v1/integrations/loja/rotate-secret", &body)
            .await
    };
    let send = async |secret: &str, id: &str| {
        api.send(api.signed(&path, "unified", secret, &order(id, "pending")))
            .await
    };

    let rotated = rotate(json!({"overlapHours": 1})).await.ok().value();
    let fresh = rotated["secret"].as_str().unwrap().to_owned();
    assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
    send(SECRET, "R-1").await.ok();
    send(&fresh, "R-2").await.ok();
    assert_eq!(
        api.metric(
            "balcao_proofs_total{provider=\"unified\",scheme=\"unified.hmac\",secret=\"1\"}"
        )
        .await,
        Some(1.0)
    );

    let rotated = rotate(json!({"secret": "terceiro", "overlapHours": 0}))
        .await
        .ok()
        .value();
    assert!(
        rotated.get("secret").is_none(),
        "a secret that was sent is not sent back"
    );
    send(SECRET, "R-3").await.refuses(401, "bad_proof");
    send(&fresh, "R-4").await.refuses(401, "bad_proof");
    send("terceiro", "R-5").await.ok();
    rotate(json!({"overlapHours": 169}))
        .await
        .refuses(422, "invalid");
    rotate(json!({"secret": ""})).await.refuses(422, "invalid");
}

#[tokio::test]
async fn a_change_touches_only_what_it_names() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    let patch = async |body: Value| {
        api.send(
            api.request(Method::PATCH, "/api/v1/integrations/loja")
                .bearer_auth(&api.admin)
                .json(&body),
        )
        .await
    };
    let off = patch(json!({"active": false})).await.ok().value();
    assert_eq!(
        (off["active"].as_bool(), off["name"].as_str()),
        (Some(false), Some("loja"))
    );
    let result = async || {
        let body = order("A-1", "pending");
        let sent = api.deliver(&path, "unified", &body).await;
        sent.ok().value()["result"].clone()
    };
    assert_eq!(result().await, "ignored");
    patch(json!({"active": true, "name": "Loja nova"}))
        .await
        .ok();
    assert_eq!(
        result().await,
        "accepted",
        "what was set aside does not count as told"
    );
    api.send(
        api.request(Method::PATCH, "/api/v1/integrations/nosuch")
            .bearer_auth(&api.admin)
            .json(&json!({})),
    )
    .await
    .refuses(404, "not_found");
}
