//! Notices that an order changed: the order is fetched, once however many come, and what is fetched decides.

use std::time::Duration;

use contract::{Stage, Status};
use reqwest::Method;
use serde_json::json;
use testkit::platforms::{Plan, Platform, State};

use crate::api::{Answer, SECRET, eventually};
use crate::reading_back::Shop;

async fn notify(shop: &Shop, event: &str, id: &str) -> Answer {
    let body = format!(r#"{{"store_id":4321987,"event":"{event}","id":{id}}}"#);
    let request = shop.api.signed(&shop.path, "nuvemshop", SECRET, &body);
    shop.api.send(request).await
}

/// Waits until every fetch has ended, and returns them.
async fn fetched(shop: &Shop, count: usize) -> Vec<serde_json::Value> {
    eventually("all is fetched", async || {
        let jobs = shop.jobs("fetch").await;
        jobs.len() >= count
            && jobs
                .iter()
                .all(|job| matches!(job["state"].as_str(), Some("done" | "failed")))
    })
    .await;
    shop.jobs("fetch").await
}

#[tokio::test]
async fn fifty_notices_at_once_are_one_fetch() {
    let platform = Platform::nuvemshop(Plan::default());
    let shop = Shop::of(&platform).await;
    let id = platform.order_id(3);
    // One fetch is under way for as long as the fifty take to come, so none of them can slip in behind its own.
    platform.slow_down(Duration::from_secs(3));
    notify(&shop, "order/created", &platform.order_id(0))
        .await
        .ok();
    let under_way = async || platform.seen().fetches == [0];
    eventually("the first is asked for", under_way).await;
    let events = ["order/created", "order/updated", "order/paid"];
    let all = (0..50).map(|n| notify(&shop, events[n % 3], &id));
    let answers = futures_util::future::join_all(all).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(platform.seen().fetches, [0], "the fifty came in time");
    platform.slow_down(Duration::ZERO);
    let jobs = fetched(&shop, 2).await;
    assert_eq!(jobs.len(), 2, "{jobs:?}");
    assert_eq!(jobs[0]["order"], id.as_str());
    assert_eq!(platform.seen().fetches, [0, 3]);
    let events = shop.until_events(2).await;
    assert_eq!(events[1].external_id, id);
    assert_eq!(events[1].stage, Stage::PurchaseApproved);
    // The same bytes, another change.
    platform.mark(3, State::Refunded, chrono::Utc::now());
    assert_eq!(
        notify(&shop, "order/updated", &id).await.value()["result"],
        "accepted"
    );
    fetched(&shop, 3).await;
    let events = shop.until_events(3).await;
    assert_eq!(events[2].stage, Stage::Refunded);
    assert_eq!(platform.seen().too_fast, 0);
}

#[tokio::test]
async fn an_order_that_cannot_be_seen_yet_is_asked_for_again() {
    let platform = Platform::nuvemshop(Plan::default());
    let shop = Shop::of(&platform).await;
    platform.hide(0, 3);
    platform.hide(1, 1_000);
    for index in [0, 1] {
        notify(&shop, "order/created", &platform.order_id(index))
            .await
            .ok();
    }
    let jobs = fetched(&shop, 2).await;
    for job in &jobs {
        let seen = job["order"] == platform.order_id(0).as_str();
        assert_eq!(job["state"], if seen { "done" } else { "failed" }, "{job}");
        if !seen {
            assert_eq!(job["problem"]["code"], "platform_not_found");
        }
    }
    let events = shop.until_events(1).await;
    assert_eq!(events[0].external_id, platform.order_id(0));
}

#[tokio::test]
async fn an_answer_older_than_its_notice_is_asked_for_again() {
    let platform = Platform::nuvemshop(Plan::default());
    let shop = Shop::of(&platform).await;
    let paid_at = chrono::Utc::now() - chrono::TimeDelta::minutes(2);
    for (index, times) in [(0, 3), (1, 1_000)] {
        platform.mark(index, State::Paid, paid_at);
        platform.lag(index, times);
        let id = platform.order_id(index);
        notify(&shop, "order/paid", &id).await.ok();
        if index == 0 {
            eventually("it is told why it waits", async || {
                let jobs = shop.jobs("fetch").await;
                jobs.iter()
                    .any(|job| job["problem"]["code"] == "platform_lags")
            })
            .await;
        }
    }
    let jobs = fetched(&shop, 2).await;
    assert!(jobs.iter().all(|job| job["state"] == "done"), "{jobs:?}");
    let events = shop.until_events(2).await;
    let stage_of = |index| {
        let id = platform.order_id(index);
        let told: Vec<Stage> = events
            .iter()
            .filter(|event| event.external_id == id)
            .map(|event| event.stage)
            .collect();
        told
    };
    assert_eq!(stage_of(0), [Stage::PurchaseApproved]);
    // What never catches up is believed after a while: other notices and the comparison will tell.
    let last: Vec<Status> = stage_of(1).iter().map(|stage| stage.status()).collect();
    assert_eq!(last, [Status::Pending]);
    let fetches = platform.seen().fetches;
    let count = |index| fetches.iter().filter(|one| **one == index).count();
    assert_eq!((count(0), count(1)), (4, 6));
}

#[tokio::test]
async fn an_answer_older_than_the_last_is_asked_for_again() {
    let platform = Platform::nuvemshop(Plan::default());
    let shop = Shop::of(&platform).await;
    let id = platform.order_id(0);
    let at = |minutes| chrono::Utc::now() - chrono::TimeDelta::minutes(minutes);
    platform.mark(0, State::Paid, at(9));
    notify(&shop, "order/updated", &id).await.ok();
    fetched(&shop, 1).await;
    platform.mark(0, State::Refunded, at(3));
    platform.lag(0, 2);
    notify(&shop, "order/updated", &id).await.ok();
    fetched(&shop, 2).await;
    let events = shop.until_events(2).await;
    let told: Vec<Stage> = events.iter().map(|event| event.stage).collect();
    assert_eq!(told, [Stage::PurchaseApproved, Stage::Refunded]);
    assert_eq!(platform.seen().fetches.len(), 4);
}

/// A refund names its order and not what is left of it: the order is fetched, and one as it was before says nothing of that.
#[tokio::test]
async fn an_order_as_it_was_before_its_refund_does_not_undo_it() {
    for (behind, last) in [(2, Stage::PartiallyRefunded), (1_000, Stage::Refunded)] {
        let platform = Platform::shopify(Plan::default());
        let shop = Shop::of(&platform).await;
        let refunded_at = chrono::Utc::now() - chrono::TimeDelta::minutes(1);
        platform.mark(0, State::PartlyRefunded, refunded_at);
        platform.lag(0, behind);
        let order: u64 = platform.order_id(0).parse().unwrap();
        let at = refunded_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let refund = json!({
            "id": 509, "order_id": order, "created_at": at, "processed_at": at,
            "transactions": [{"id": 1, "kind": "refund", "status": "success", "amount": "1.00", "currency": "BRL"}],
        });
        let request = shop
            .api
            .signed(&shop.path, "shopify", SECRET, &refund.to_string());
        let request = request
            .header("x-shopify-topic", "refunds/create")
            .header("x-shopify-shop-domain", "loja-exemplo.myshopify.com");
        shop.api.send(request).await.ok();
        fetched(&shop, 1).await;
        let events = shop.until_events(2).await;
        let order = contract::Order::of(&events);
        assert_eq!(order.stage(), Some(last), "{behind}: {events:#?}");
    }
}

/// An order shows neither a refused card nor a part given back; its transactions do.
#[tokio::test]
async fn a_refused_card_and_a_part_given_back_are_seen() {
    let platform = Platform::nuvemshop(Plan::default());
    let shop = Shop::of(&platform).await;
    let tell = async |event: &str, index: usize| {
        notify(&shop, event, &platform.order_id(index)).await.ok();
    };
    platform.mark(2, State::Refused, chrono::Utc::now());
    tell("order/pending", 2).await;
    let events = shop.until_events(1).await;
    assert_eq!(events[0].stage, Stage::PaymentRefused);
    let refusal = events[0].payment.refusal.as_deref();
    assert_eq!(refusal, Some("insufficient_funds"));
    platform.mark(2, State::PartlyRefunded, chrono::Utc::now());
    tell("order/updated", 2).await;
    let events = shop.until_events(2).await;
    assert_eq!(events[1].stage, Stage::PartiallyRefunded);
    let whole = events[1].amount_minor.expect("an amount");
    assert_eq!(events[1].refunded_minor, Some(whole / 10));
    assert_eq!(platform.seen().too_fast, 0);
}

#[tokio::test]
async fn without_credentials_a_notice_waits_to_be_read_anew() {
    let platform = Platform::nuvemshop(Plan::default());
    let shop = Shop::of(&platform).await;
    let change = async |credentials: serde_json::Value| {
        let request = shop
            .api
            .request(Method::PATCH, "/api/v1/integrations/loja")
            .bearer_auth(&shop.api.admin)
            .json(&json!({"credentials": credentials}));
        shop.api.send(request).await.ok();
    };
    change(json!({"accessToken": null})).await;
    let answer = notify(&shop, "order/paid", &platform.order_id(2))
        .await
        .ok()
        .value();
    assert_eq!(answer["result"], "unmapped");
    let path = format!(
        "/api/v1/deliveries/{}",
        answer["deliveryId"].as_str().unwrap()
    );
    let kept = shop.api.get(&shop.api.admin, &path).await.ok().value();
    assert_eq!(kept["why"], "API credentials are missing");
    assert!(shop.jobs("fetch").await.is_empty());
    change(platform.credentials()).await;
    let again = format!("{path}/reprocess");
    let again = shop
        .api
        .post(&shop.api.admin, &again, &json!({}))
        .await
        .ok();
    assert_eq!(again.value()["result"], "accepted");
    fetched(&shop, 1).await;
    let events = shop.until_events(1).await;
    assert_eq!(events[0].external_id, platform.order_id(2));
}
