//! Checkouts of a platform that does not tell of abandonment: told of after a while, unless something followed.

use chrono::{SecondsFormat, TimeDelta, Utc};
use contract::Stage;
use reqwest::RequestBuilder;
use serde_json::json;
use testkit::platforms::{Plan, Platform};

use crate::api::SECRET;
use crate::reading_back::Shop;

const NOTHING: Plan = Plan {
    orders: 0,
    carts: 0,
    since: chrono::DateTime::UNIX_EPOCH,
    until: chrono::DateTime::UNIX_EPOCH,
    time_scale: 100,
};

fn sent(shop: &Shop, topic: &str, body: &serde_json::Value) -> RequestBuilder {
    let body = body.to_string();
    shop.api
        .signed(&shop.path, "shopify", SECRET, &body)
        .header("x-shopify-topic", topic)
        .header("x-shopify-shop-domain", "loja-exemplo.myshopify.com")
}

fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn checkout(token: &str) -> serde_json::Value {
    json!({
        "id": 37_000_000_000_001_u64, "token": token, "email": format!("{token}@example.com"),
        "created_at": now(), "updated_at": now(), "completed_at": null, "currency": "BRL",
        "total_price": "119.90", "line_items": [], "name": "#1",
        "abandoned_checkout_url": format!("https://loja-exemplo.myshopify.com/1/checkouts/{token}/recover"),
    })
}

fn order(id: u64, checkout: &str) -> serde_json::Value {
    json!({
        "id": id, "name": "#1001", "email": format!("{checkout}@example.com"), "currency": "BRL",
        "created_at": now(), "updated_at": now(), "financial_status": "paid", "test": false,
        "total_price": "119.90", "line_items": [], "checkout_token": checkout,
        "gateway": "manual", "payment_gateway_names": ["manual"],
    })
}

#[tokio::test]
async fn a_checkout_nobody_finished_is_told_of_and_one_that_became_an_order_is_not() {
    let platform = Platform::shopify(NOTHING);
    let shop = Shop::with(&platform, |_| {}, json!({"abandonAfterMinutes": 45})).await;
    for token in ["deixado", "comprado"] {
        let request = sent(&shop, "checkouts/create", &checkout(token));
        assert_eq!(
            shop.api.send(request).await.ok().value()["result"],
            "accepted"
        );
    }
    // The order of the third comes before the news of its checkout.
    for (id, token) in [(5_001, "comprado"), (5_002, "trocado")] {
        let request = sent(&shop, "orders/paid", &order(id, token));
        assert_eq!(
            shop.api.send(request).await.ok().value()["result"],
            "accepted"
        );
    }
    let request = sent(&shop, "checkouts/create", &checkout("trocado"));
    shop.api.send(request).await.ok();
    let before = shop.until_events(5).await;
    assert!(
        before
            .iter()
            .all(|event| event.stage != Stage::CartAbandoned)
    );
    shop.world.pass(TimeDelta::minutes(44));
    shop.until_events(5).await;
    shop.world.pass(TimeDelta::minutes(2));
    let events = shop.until_events(6).await;
    let told = events.last().unwrap();
    assert_eq!(told.stage, Stage::CartAbandoned);
    assert_eq!(told.external_id, "deixado");
    assert_eq!(told.amount_minor, Some(11_990));
    assert!(told.checkout_url.is_some());
    let begun = before.iter().find(|event| event.external_id == "deixado");
    let begun = begun.unwrap();
    assert_eq!(told.order_key, begun.order_key);
    assert_eq!(told.occurred_at, begun.occurred_at + TimeDelta::minutes(45));
    shop.world.pass(TimeDelta::hours(3));
    shop.sync_nothing().await;
    shop.until_events(6).await;
}

#[tokio::test]
async fn an_abandonment_the_clock_told_of_is_not_told_again_by_a_listing() {
    let changed = Utc::now() - TimeDelta::minutes(5);
    let platform = Platform::shopify(Plan {
        carts: 1,
        since: changed,
        until: changed,
        ..NOTHING
    });
    let shop = Shop::with(&platform, |_| {}, json!({"abandonAfterMinutes": 45})).await;
    let cart = platform.cart(0);
    let request = sent(&shop, "checkouts/create", &cart);
    shop.api.send(request).await.ok();
    shop.world.pass(TimeDelta::minutes(41));
    let told = shop.until_events(2).await;
    assert_eq!(told[1].stage, Stage::CartAbandoned);
    let id = shop.sync().await;
    let done = shop.done(&id).await;
    assert_eq!(done["progress"]["read"], 1, "{done}");
    assert_eq!(done["progress"]["duplicate"], 1, "{done}");
    shop.until_events(2).await;
}

#[tokio::test]
async fn an_abandonment_a_listing_told_of_is_not_told_again_by_the_clock() {
    let changed = Utc::now() - TimeDelta::minutes(50);
    let platform = Platform::shopify(Plan {
        carts: 1,
        since: changed,
        until: changed,
        ..NOTHING
    });
    let shop = Shop::with(&platform, |_| {}, json!({"abandonAfterMinutes": 45})).await;
    let id = shop.sync().await;
    shop.done(&id).await;
    let told = shop.until_events(1).await;
    assert_eq!(told[0].stage, Stage::CartAbandoned);
    // The news of it was held up on its way.
    let request = sent(&shop, "checkouts/create", &platform.cart(0));
    shop.api.send(request).await.ok();
    shop.world.pass(TimeDelta::hours(3));
    shop.sync_nothing().await;
    shop.until_events(2).await;
}

impl Shop {
    /// Waits until the jobs were looked at again.
    async fn sync_nothing(&self) {
        let id = self.sync().await;
        self.done(&id).await;
    }
}
