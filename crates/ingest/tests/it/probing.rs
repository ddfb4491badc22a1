//! What health tells when the platforms themselves are asked: whether the API answers, and whether the webhook is still there.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use ingest::Config;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::platforms::{Plan, Platform};

use crate::api::{Api, eventually};
use crate::reading_back::{Shop, integration};

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

#[tokio::test]
async fn the_time_told_is_the_platforms_without_our_waiting() {
    let platform = Platform::cartpanda(Plan {
        time_scale: 1,
        ..Plan::default()
    });
    // By the real clock, one request a second is let through.
    let api = Api::with(|config| config.allow_private_hosts = true).await;
    let source = integration(&platform, json!({}));
    api.post(&api.admin, "/api/v1/integrations", &source)
        .await
        .ok();
    let answers_after = Duration::from_millis(60);
    platform.slow_down(answers_after);
    let probe = async || {
        let path = "/api/v1/integrations/health?probe=true";
        let report = api.get(&api.admin, path).await.ok().value();
        let told = report["integrations"][0]["probe"]["latencyMs"].as_u64();
        Duration::from_millis(told.expect("it was asked"))
    };
    probe().await;
    let begun = Instant::now();
    let told = probe().await;
    let waited = begun.elapsed().saturating_sub(told);
    assert!(told >= answers_after, "{told:?}");
    assert!(
        waited > Duration::from_millis(500),
        "{told:?} and {waited:?}"
    );
}

#[tokio::test]
async fn shops_behind_one_address_share_its_limit() {
    let platform = Platform::yampi(Plan::default());
    let shop = Shop::of(&platform).await;
    let api = &shop.api;
    for number in 0..19 {
        let mut source = integration(&platform, json!({}));
        source["slug"] = json!(format!("outra-{number}"));
        api.post(&api.admin, "/api/v1/integrations", &source)
            .await
            .ok();
    }
    // Each of them alone stays far below what the platform lets through.
    for _ in 0..5 {
        let path = "/api/v1/integrations/health?probe=true";
        let report = api.get(&api.admin, path).await.ok().value();
        for health in report["integrations"].as_array().unwrap() {
            assert_eq!(health["probe"]["ok"], true, "{health}");
        }
    }
    let seen = platform.seen();
    assert_eq!((seen.requests, seen.too_fast), (200, 0), "{seen:?}");
    assert!(seen.peak <= seen.allowed, "{seen:?}");
}

#[tokio::test]
async fn a_webhook_that_went_away_is_found_out_within_a_day() {
    for platform in [
        Platform::shopify(Plan::default()),
        Platform::nuvemshop(Plan::default()),
        Platform::yampi(Plan::default()),
        Platform::kiwify(Plan::default()),
    ] {
        let shop = shop(&platform).await;
        let told = async || {
            let path = "/api/v1/integrations/health";
            let report = shop.api.get(&shop.api.admin, path).await.ok().value();
            report["integrations"][0].clone()
        };
        // One that was never registered from here may have been made by hand: nobody looks for it.
        shop.world.pass(TimeDelta::hours(26));
        assert_eq!(told().await["registration"], Value::Null);
        let path = "/api/v1/integrations/loja/register-webhook";
        let request = shop.api.request(Method::POST, path);
        let request = request.bearer_auth(&shop.api.admin);
        shop.api.send(request).await.ok();
        assert_eq!(told().await["registration"]["registered"], true);
        platform.lose_events();
        assert_eq!(told().await["registration"]["registered"], true);
        shop.world.pass(TimeDelta::hours(26));
        eventually("it is missed", async || {
            told().await["registration"]["registered"] == false
        })
        .await;
        assert_eq!(told().await["state"], "attention");
        let request = shop.api.request(Method::POST, path);
        let request = request.bearer_auth(&shop.api.admin);
        shop.api.send(request).await.ok();
        assert_eq!(told().await["registration"]["registered"], true);
    }
}
