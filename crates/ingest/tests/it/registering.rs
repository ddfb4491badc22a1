//! Registering the webhook through a platform's API, and what is told where that cannot be done.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::platforms::{Plan, Platform};

use crate::reading_back::Shop;

/// How the outside reaches the service.
const PUBLIC: &str = "https://ganchos.example.com";

async fn register(shop: &Shop) -> crate::api::Answer {
    let path = "/api/v1/integrations/loja/register-webhook";
    let request = shop.api.request(Method::POST, path);
    shop.api.send(request.bearer_auth(&shop.api.admin)).await
}

/// Counts what the audit log tells of one kind.
async fn recorded(shop: &Shop, action: &str) -> usize {
    let page = shop.api.get(&shop.api.admin, "/api/v1/audit").await.ok();
    let records = page.value()["records"].as_array().unwrap().clone();
    records.iter().filter(|one| one["action"] == action).count()
}

#[tokio::test]
async fn registering_twice_changes_nothing_the_second_time() {
    for platform in [
        Platform::shopify(Plan::default()),
        Platform::yampi(Plan::default()),
        Platform::kiwify(Plan::default()),
        Platform::nuvemshop(Plan::default()),
    ] {
        // Some platforms take no address that is not `https`.
        let public = |config: &mut ingest::Config| PUBLIC.clone_into(&mut config.public_url);
        let shop = Shop::with(&platform, public, json!({})).await;
        let first = register(&shop).await.ok().value();
        assert_eq!(first["registered"], true, "{first}");
        assert!(!first["events"].as_array().unwrap().is_empty(), "{first}");
        let hooks = platform.registered();
        assert!(!hooks.is_empty());
        let address = format!("{PUBLIC}{}", shop.path);
        for hook in &hooks {
            assert!(hook.to_string().contains(&address), "{hook}");
        }
        let second = register(&shop).await.ok().value();
        let sorted = |answer: &Value| {
            let mut events: Vec<String> = serde_json::from_value(answer["events"].clone()).unwrap();
            events.sort();
            events
        };
        assert_eq!(sorted(&second), sorted(&first), "{platform:?}");
        assert_eq!(platform.registered().len(), hooks.len());
        let seen = platform.seen();
        assert_eq!(seen.too_fast, 0, "{seen:?}");
        assert_eq!(recorded(&shop, "integration.registered").await, 2);
    }
}

#[tokio::test]
async fn a_webhook_is_found_behind_those_of_others() {
    for platform in [
        Platform::yampi(Plan::default()),
        Platform::kiwify(Plan::default()),
    ] {
        let shop = Shop::of(&platform).await;
        register(&shop).await.ok();
        platform.crowd(230);
        register(&shop).await.ok();
        assert_eq!(platform.registered().len(), 231, "{platform:?}");
        let path = "/api/v1/integrations/health?probe=true";
        let report = shop.api.get(&shop.api.admin, path).await.ok().value();
        let told = &report["integrations"][0]["registration"];
        assert_eq!(told["registered"], true, "{platform:?}: {told}");
        assert_eq!(platform.seen().too_fast, 0, "{platform:?}");
    }
}

#[tokio::test]
async fn a_webhook_whose_secret_nobody_knows_is_made_anew() {
    let platform = Platform::yampi(Plan::default());
    platform.hide_secrets();
    let shop = Shop::unsigned(&platform).await;
    let secrets = async || {
        let path = "/api/v1/integrations/loja";
        let told = shop.api.get(&shop.api.admin, path).await.ok().value();
        told["secrets"].as_array().unwrap().len()
    };
    // Another process of ours made it, and was killed before it stored the secret.
    register(&shop).await.ok();
    let change = shop
        .api
        .request(Method::PATCH, "/api/v1/integrations/loja")
        .bearer_auth(&shop.api.admin)
        .json(&json!({"secrets": []}));
    shop.api.send(change).await.ok();
    assert_eq!(secrets().await, 0);
    let lost = platform.registered();
    let told = register(&shop).await.ok().value();
    assert_eq!(told["secretStored"], true, "{told}");
    assert_eq!(secrets().await, 1);
    let made = platform.registered();
    assert_eq!((lost.len(), made.len()), (1, 1));
    assert_ne!(made[0]["secret_key"], lost[0]["secret_key"]);
    // What it sends from now on is proven with the secret that was stored.
    let secret = made[0]["secret_key"].as_str().unwrap().to_owned();
    let body = r#"{"event":"customer.created","resource":{}}"#;
    let request = shop.api.signed(&shop.path, "yampi", &secret, body);
    assert_eq!(
        shop.api.send(request).await.ok().value()["result"],
        "ignored"
    );
    // With a secret at hand it is left as it is, shown or not.
    register(&shop).await.ok();
    assert_eq!(platform.registered(), made);
    // Unless another process of ours was killed while it registered: then the secret at hand may be that of a webhook before.
    let id = shop.api.store.integrations(shop.api.workspace)[0].id;
    assert!(!shop.api.store.begin_registering(id).await.unwrap());
    register(&shop).await.ok();
    let again = platform.registered();
    assert_eq!(again.len(), 1);
    assert_ne!(again[0]["secret_key"], made[0]["secret_key"]);
    register(&shop).await.ok();
    assert_eq!(platform.registered(), again);
}

#[tokio::test]
async fn troubles_are_told_as_the_platforms() {
    let platform = Platform::shopify(Plan::default());
    let shop = Shop::of(&platform).await;
    for (answered, status, code) in [
        (401, 409, "platform_unauthorised"),
        (403, 409, "platform_forbidden"),
        (500, 502, "platform_failed"),
        (429, 502, "platform_too_fast"),
        (422, 422, "platform_refused"),
    ] {
        platform.refuse(Some(answered));
        register(&shop).await.refuses(status, code);
    }
    platform.refuse(None);
    platform.break_json(1);
    register(&shop).await.refuses(502, "platform_unreadable");
    assert_eq!(register(&shop).await.status, 200);
}

#[tokio::test]
async fn where_it_cannot_be_done_the_steps_are_told() {
    let platform = Platform::shopify(Plan::default());
    let shop = Shop::of(&platform).await;
    let api = &shop.api;
    api.integration("carrinho", "cart_abandonment").await;
    let path = "/api/v1/integrations/carrinho/register-webhook";
    let request = api.request(Method::POST, path).bearer_auth(&api.admin);
    let told = api.send(request).await.ok().value();
    assert_eq!(
        (&told["registered"], &told["reason"]),
        (&json!(false), &json!("not_offered"))
    );
    for locale in ["pt-BR", "en"] {
        assert!(told["steps"][locale].is_array(), "{told}");
    }
    let bare = json!({"slug": "nua", "provider": "shopify", "name": "Nua"});
    api.post(&api.admin, "/api/v1/integrations", &bare)
        .await
        .ok();
    let request = |path: &str, token: &str| api.request(Method::POST, path).bearer_auth(token);
    let path = "/api/v1/integrations/nua/register-webhook";
    api.send(request(path, &api.admin))
        .await
        .refuses(409, "not_set_up");
    let lead = api.member(contract::Role::Lead).await;
    api.send(request(path, &lead))
        .await
        .refuses(403, "forbidden");
    let none = "/api/v1/integrations/nenhuma/register-webhook";
    api.send(request(none, &api.admin))
        .await
        .refuses(404, "not_found");
}
