//! Platforms whose API gives out tokens: one serves until it ends, over restarts too, and is never seen.

use serde_json::json;
use testkit::platforms::{Plan, Platform};

use crate::reading_back::Shop;

#[tokio::test]
async fn a_token_serves_until_it_ends() {
    for platform in [
        Platform::hotmart(Plan::default()),
        Platform::kiwify(Plan::default()),
        Platform::iset(Plan::default()),
    ] {
        let mut shop = Shop::of(&platform).await;
        for _ in 0..2 {
            let id = shop.sync().await;
            shop.done(&id).await;
        }
        assert_eq!(platform.seen().sign_ins, 1, "{platform:?}");
        // It is kept, so nobody signs in anew only because the service did.
        shop.api.stop().await;
        shop.api.start_again().await;
        let id = shop.sync().await;
        shop.done(&id).await;
        assert_eq!(platform.seen().sign_ins, 1, "{platform:?}");
        let seen = platform.seen();
        assert_eq!(seen.too_fast, 0, "{platform:?}: {seen:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    for platform in [
        Platform::hotmart(Plan::default()),
        Platform::kiwify(Plan::default()),
    ] {
        let shop = Shop::of(&platform).await;
        let id = shop.sync().await;
        shop.done(&id).await;
        platform.end_tokens();
        let id = shop.sync().await;
        let done = shop.done(&id).await;
        assert_eq!(done["problem"], json!(null), "{done}");
        assert_eq!(platform.seen().sign_ins, 2, "{platform:?}");
        // Credentials that are not taken are tried once, not for ever.
        platform.refuse(Some(401));
        let before = platform.seen().requests;
        let id = shop.sync().await;
        let failed = shop.until(&id, |job| job["state"] == "failed").await;
        assert_eq!(failed["problem"]["code"], "platform_unauthorised");
        let asked = platform.seen().requests - before;
        assert!(asked <= 3, "{platform:?}: {asked} requests");
    }
}

#[tokio::test]
async fn every_platform_is_read_back_within_its_limit() {
    let plan = || Plan {
        orders: 700,
        carts: 60,
        ..Plan::default()
    };
    for platform in [
        Platform::shopify(plan()),
        Platform::nuvemshop(plan()),
        Platform::yampi(plan()),
        Platform::cartpanda(plan()),
        Platform::hotmart(plan()),
        Platform::kiwify(plan()),
        Platform::iset(plan()),
    ] {
        let shop = Shop::of(&platform).await;
        let mut heads = Vec::new();
        for _ in 0..2 {
            let id = shop.sync().await;
            let done = shop.done(&id).await;
            assert_eq!(done["progress"]["rejected"], 0, "{platform:?}: {done}");
            heads.push((
                shop.events().await.len(),
                done["progress"]["accepted"].clone(),
            ));
        }
        let told = shop.events().await;
        for id in platform.order_ids() {
            let known = told.iter().any(|event| event.external_id == id);
            assert!(known, "{platform:?}: {id} is missing");
        }
        assert_eq!(heads[1], (heads[0].0, json!(0)), "{platform:?}");
        let seen = platform.seen();
        assert_eq!(seen.too_fast, 0, "{platform:?}: {seen:?}");
    }
}
