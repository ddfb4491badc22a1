//! Reading a span of time back: complete, never too fast, and nothing is told twice. What goes wrong is said.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use contract::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::platforms::{Plan, Platform, State};

use crate::api::eventually;
use crate::reading_back::Shop;

fn many() -> Plan {
    Plan {
        orders: 2_000,
        carts: 250,
        ..Plan::default()
    }
}

#[tokio::test]
async fn all_is_read_once_and_never_too_fast() {
    let platform = Platform::yampi(many());
    let shop = Shop::of(&platform).await;
    let id = shop.sync().await;
    let done = shop.done(&id).await;
    let progress = &done["progress"];
    assert_eq!(progress["read"], 2_250, "{done}");
    assert_eq!(progress["accepted"], 2_250, "{done}");
    let events = shop.events().await;
    let told: BTreeSet<&str> = events.iter().map(|one| one.external_id.as_str()).collect();
    for id in platform.order_ids() {
        assert!(told.contains(id.as_str()), "{id} is missing");
    }
    let again = shop.sync().await;
    let done = shop.done(&again).await;
    assert_eq!(done["progress"]["duplicate"], 2_250, "{done}");
    assert_eq!(shop.events().await.len(), events.len());
    let seen = platform.seen();
    assert_eq!(seen.too_fast, 0, "{seen:?}");
    assert!(seen.peak <= seen.allowed, "{seen:?}");
}

#[tokio::test]
async fn codes_to_pay_by_come_with_a_listing() {
    let platform = Platform::nuvemshop(Plan {
        orders: 300,
        carts: 0,
        ..Plan::default()
    });
    let shop = Shop::of(&platform).await;
    let id = shop.sync().await;
    let done = shop.done(&id).await;
    assert_eq!(done["progress"]["accepted"], 300, "{done}");
    let codes = |events: &[contract::Event]| {
        let pix = events.iter().filter_map(|one| one.payment.pix.as_ref());
        pix.filter(|pix| pix.code.is_some()).count()
    };
    let events = shop.events().await;
    assert_eq!(codes(&events), 60, "each fifth order waits for its PIX");
    let seen = platform.seen();
    assert_eq!(seen.too_fast, 0, "{seen:?}");
    // Two pages of orders and one without carts, and one request for each order that waits.
    assert_eq!(seen.requests, 3 + 120, "{seen:?}");
    // What a notice brings tells the same, so it tells nothing new.
    let body = format!(
        r#"{{"store_id":4321987,"event":"order/created","id":{}}}"#,
        platform.order_id(0)
    );
    shop.api.deliver(&shop.path, "nuvemshop", &body).await.ok();
    eventually("it is fetched", async || {
        let jobs = shop.jobs("fetch").await;
        jobs.iter().any(|job| job["state"] == "done")
    })
    .await;
    assert_eq!(shop.events().await.len(), events.len());
}

/// Transactions are for few apps: whoever is refused them once is refused them for every order.
#[tokio::test]
async fn what_an_app_may_not_read_is_asked_for_once_a_listing() {
    let platform = Platform::nuvemshop(Plan {
        orders: 300,
        carts: 0,
        ..Plan::default()
    });
    platform.hide_payments();
    let shop = Shop::of(&platform).await;
    for listing in 1..=2 {
        let id = shop.sync().await;
        let done = shop.done(&id).await;
        assert_eq!(done["progress"]["read"], 300, "{done}");
        // Two pages of orders and one without carts, and one request that is refused.
        assert_eq!(platform.seen().requests, listing * (3 + 1));
    }
    assert_eq!(shop.events().await.len(), 300);
}

#[tokio::test]
async fn a_notice_does_not_wait_behind_a_long_page() {
    let platform = Platform::nuvemshop(Plan {
        orders: 200,
        carts: 0,
        ..Plan::default()
    });
    let shop = Shop::of(&platform).await;
    platform.slow_down(Duration::from_millis(50));
    let id = shop.sync().await;
    eventually("the page is being completed", async || {
        platform.seen().requests > 2
    })
    .await;
    let body = format!(
        r#"{{"store_id":4321987,"event":"order/paid","id":{}}}"#,
        platform.order_id(2)
    );
    shop.api.deliver(&shop.path, "nuvemshop", &body).await.ok();
    let events = shop.until_events(1).await;
    assert_eq!(events[0].external_id, platform.order_id(2));
    assert_eq!(shop.job(&id).await["progress"]["read"], 0);
    platform.slow_down(Duration::ZERO);
    shop.done(&id).await;
}

#[tokio::test]
async fn troubles_that_stay_end_the_job_and_say_so() {
    for (status, code) in [
        (401, "platform_unauthorised"),
        (403, "platform_forbidden"),
        (404, "platform_not_found"),
        (422, "platform_refused"),
    ] {
        let platform = Platform::shopify(Plan::default());
        let shop = Shop::of(&platform).await;
        platform.refuse(Some(status));
        let id = shop.sync().await;
        let failed = shop.until(&id, |job| job["state"] == "failed").await;
        assert_eq!(failed["problem"]["code"], code, "{failed}");
        assert!(!failed["finishedAt"].is_null(), "{failed}");
        assert!(shop.events().await.is_empty());
        // Once it is mended, asking again does.
        platform.refuse(None);
        let again = shop.sync().await;
        let done = shop.done(&again).await;
        assert_eq!(done["progress"]["accepted"], 13, "{done}");
    }
}

#[tokio::test]
async fn troubles_that_pass_are_waited_for() {
    let platform = Platform::shopify(Plan::default());
    let shop = Shop::with(
        &platform,
        |config| config.api_timeout = Duration::from_millis(400),
        json!({}),
    )
    .await;
    type Break = fn(&Platform);
    for (what, begin, end, code) in [
        (
            "429",
            (|it| it.fail(2, 429)) as Break,
            (|_| {}) as Break,
            "platform_too_fast",
        ),
        ("503", |it| it.fail(3, 503), |_| {}, "platform_failed"),
        (
            "cut JSON",
            |it| it.break_json(2),
            |_| {},
            "platform_unreadable",
        ),
        (
            "silence",
            |it| it.slow_down(Duration::from_secs(2)),
            |it| it.slow_down(Duration::ZERO),
            "platform_unreachable",
        ),
    ] {
        begin(&platform);
        let id = shop.sync().await;
        let path = format!("/api/v1/jobs/{id}");
        let mut codes = BTreeSet::new();
        let begun = std::time::Instant::now();
        loop {
            let job = shop.api.get(&shop.api.admin, &path).await.ok().value();
            codes.extend(job["problem"]["code"].as_str().map(str::to_owned));
            if !codes.is_empty() {
                end(&platform);
            }
            assert_ne!(job["state"], "failed", "{what}: {job}");
            if job["state"] == "done" {
                assert_eq!(job["progress"]["read"], 13, "{what}: {job}");
                assert!(job["problem"].is_null(), "{what}: {job}");
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{what}: {job}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert!(
            codes.is_empty() || codes.contains(code),
            "{what}: {codes:?}"
        );
    }
    assert_eq!(shop.until_events(13).await.len(), 13);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let platform = Platform::shopify(Plan::default());
    let shop = Shop::of(&platform).await;
    let api = &shop.api;
    api.integration("outra", "cart_abandonment").await;
    let bare = json!({"slug": "nua", "provider": "shopify", "name": "Nua"});
    api.post(&api.admin, "/api/v1/integrations", &bare)
        .await
        .ok();
    let since = "2026-01-01T00:00:00Z";
    for (body, status, code) in [
        (
            json!({"integration": "outra", "since": since}),
            409,
            "not_pulled",
        ),
        (
            json!({"integration": "nua", "since": since}),
            409,
            "not_set_up",
        ),
        (
            json!({"integration": "nenhuma", "since": since}),
            422,
            "invalid",
        ),
        (
            json!({"integration": "loja", "since": "ontem"}),
            422,
            "invalid",
        ),
        (
            json!({"integration": "loja", "since": "2999-01-01T00:00:00Z"}),
            422,
            "invalid",
        ),
        (
            json!({"integration": "loja", "since": since, "until": since}),
            422,
            "invalid",
        ),
        (
            json!({"integration": "loja", "since": since, "kinds": ["sales"]}),
            422,
            "invalid",
        ),
        (
            json!({"integration": "loja", "since": since, "kinds": ["Rita"]}),
            422,
            "invalid",
        ),
    ] {
        let asked = api
            .post(&api.admin, "/api/v1/integrations/sync", &body)
            .await;
        asked.refuses(status, code);
    }
    let agent = api.member(Role::Agent).await;
    let body = json!({"integration": "loja", "since": since});
    api.post(&agent, "/api/v1/integrations/sync", &body)
        .await
        .refuses(403, "forbidden");
    let id = shop.sync().await;
    for path in ["/api/v1/jobs".to_owned(), format!("/api/v1/jobs/{id}")] {
        api.get(&agent, &path).await.refuses(403, "forbidden");
    }
    for path in ["/api/v1/jobs/x", "/api/v1/jobs?integration=nenhuma"] {
        api.get(&api.admin, path).await.refuses(404, "not_found");
    }
    let paused = api
        .request(Method::PATCH, "/api/v1/integrations/loja")
        .bearer_auth(&api.admin)
        .json(&json!({"active": false}));
    api.send(paused).await.ok();
    api.post(&api.admin, "/api/v1/integrations/sync", &body)
        .await
        .refuses(409, "integration_inactive");
}

#[tokio::test]
async fn a_job_can_be_ended() {
    let platform = Platform::yampi(many());
    platform.slow_down(Duration::from_millis(30));
    let shop = Shop::of(&platform).await;
    let kinds =
        json!({"integration": "loja", "since": "2020-01-01T00:00:00Z", "kinds": ["orders"]});
    let asked = shop
        .api
        .post(&shop.api.admin, "/api/v1/integrations/sync", &kinds);
    let id = asked.await.value()["id"].as_str().unwrap().to_owned();
    let read = |job: &Value| job["progress"]["read"].as_u64() > Some(0);
    let running = shop.until(&id, read).await;
    assert_eq!(running["state"], "running", "{running}");
    assert_eq!(running["kinds"], json!(["orders"]));
    let request = shop
        .api
        .request(Method::DELETE, &format!("/api/v1/jobs/{id}"));
    let ended = shop.api.send(request.bearer_auth(&shop.api.admin)).await;
    let ended = ended.ok().value();
    assert_eq!(ended["state"], "cancelled");
    // What waits behind it is done, and it has read nothing more by then.
    let next = shop.sync().await;
    shop.until(&next, read).await;
    assert_eq!(shop.job(&id).await, ended);
}

#[tokio::test]
async fn what_changed_meanwhile_is_found_by_itself() {
    let platform = Platform::shopify(Plan::default());
    let shop = Shop::with(&platform, |_| {}, json!({"reconcileMinutes": 100})).await;
    let id = shop.sync().await;
    shop.done(&id).await;
    let before = shop.until_events(13).await;
    // Its webhook never came.
    platform.mark(0, State::Paid, Utc::now() + TimeDelta::seconds(1));
    let planned = async || !shop.jobs("reconcile").await.is_empty();
    eventually("a reconciliation is planned", planned).await;
    // On the faster clock it comes round each minute.
    shop.world.pass(TimeDelta::minutes(2));
    let events = shop.until_events(before.len() + 1).await;
    let told = events.last().unwrap();
    assert_eq!(told.external_id, platform.order_id(0));
    assert_eq!(told.status(), contract::Status::Approved);
    eventually("another is planned", async || {
        shop.jobs("reconcile").await.len() >= 2
    })
    .await;
    // Switched off, none waits any more.
    let mut settings = platform.settings();
    settings["reconcileMinutes"] = json!(0);
    let change = shop
        .api
        .request(Method::PATCH, "/api/v1/integrations/loja")
        .bearer_auth(&shop.api.admin)
        .json(&json!({"settings": settings}));
    shop.api.send(change).await.ok();
    eventually("none waits", async || {
        let jobs = shop.jobs("reconcile").await;
        jobs.iter()
            .all(|job| matches!(job["state"].as_str(), Some("done" | "cancelled")))
    })
    .await;
}
