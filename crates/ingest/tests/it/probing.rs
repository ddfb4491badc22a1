//! What health tells when the platforms themselves are asked: whether the API answers, and whether the webhook is still there.

use ingest::Config;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::platforms::{Plan, Platform};

use crate::reading_back::Shop;

fn platforms() -> [Platform; 7] {
    [
        Platform::shopify(Plan::default()),
        Platform::nuvemshop(Plan::default()),
        Platform::yampi(Plan::default()),
        Platform::cartpanda(Plan::default()),
        Platform::hotmart(Plan::default()),
        Platform::kiwify(Plan::default()),
        Platform::iset(Plan::default()),
    ]
}

async fn shop(platform: &Platform) -> Shop {
    // Some platforms register no address that is not `https`.
    let public =
        |config: &mut Config| "https://ganchos.example.com".clone_into(&mut config.public_url);
    Shop::with(platform, public, json!({})).await
}

/// Returns what the report says of the one source, once its platform was asked.
async fn asked(shop: &Shop) -> Value {
    let path = "/api/v1/integrations/health?probe=true";
    let report = shop.api.get(&shop.api.admin, path).await.ok().value();
    report["integrations"][0].clone()
}

#[tokio::test]
async fn every_api_is_asked_whether_it_answers() {
    for platform in platforms() {
        let shop = shop(&platform).await;
        let health = asked(&shop).await;
        assert_eq!(health["probe"]["ok"], true, "{platform:?}: {health}");
        assert!(health["probe"]["latencyMs"].is_u64(), "{health}");
        platform.refuse(Some(401));
        let health = asked(&shop).await;
        assert_eq!(
            (&health["probe"]["ok"], &health["probe"]["code"]),
            (&json!(false), &json!("platform_unauthorised")),
            "{platform:?}: {health}"
        );
        assert_eq!(health["state"], "attention", "{platform:?}: {health}");
    }
}

#[tokio::test]
async fn a_webhook_that_is_gone_is_told() {
    for platform in platforms() {
        let shop = shop(&platform).await;
        let path = "/api/v1/integrations/loja/register-webhook";
        let register = || {
            shop.api
                .request(Method::POST, path)
                .bearer_auth(&shop.api.admin)
        };
        let told = asked(&shop).await["registration"].clone();
        let done = shop.api.send(register()).await.ok().value();
        if done["registered"] == false {
            assert_eq!(told, Value::Null, "{platform:?}");
            continue;
        }
        assert_eq!(told["registered"], false, "{platform:?}: {told}");
        let told = asked(&shop).await["registration"].clone();
        assert_eq!(told["registered"], true, "{platform:?}: {told}");
        platform.lose_events();
        let told = asked(&shop).await["registration"].clone();
        assert_eq!(told["registered"], false, "{platform:?}: {told}");
    }
}
