//! Unsigned words about money: nobody sees an approval before the platform's API has confirmed it, where that can be asked.

use std::time::Duration;

use contract::{Event, Stage, Status};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::platforms::{Plan, Platform};

use crate::api::{SECRET, eventually};
use crate::reading_back::Shop;

/// Of the shop's orders this one is paid, and this one waits for its PIX.
const PAID: usize = 2;
const WAITING: usize = 0;

fn paid(id: &str) -> String {
    json!({"event": "order.paid", "order": {
        "id": id, "payment_status": 3, "total_price": "97,00", "currency": "BRL",
        "email": "rita@example.com", "phone": "+5511900000000", "payment_type": "pix",
        "customer": {"full_name": "Rita de Teste", "email": "rita@example.com"},
    }})
    .to_string()
}

impl Shop {
    /// Sends what nothing but the address vouches for, and returns the path of its delivery.
    async fn tell(&self, body: String) -> String {
        let request = self.api.request(Method::POST, &self.path);
        let request = request.header("content-type", "application/json");
        let answer = self.api.send(request.body(body)).await.ok().value();
        assert_eq!(answer["result"], "accepted");
        let id = answer["deliveryId"].as_str().unwrap();
        format!("/api/v1/deliveries/{id}")
    }

    async fn kept(&self, delivery: &str) -> Value {
        self.api.get(&self.api.admin, delivery).await.ok().value()
    }

    async fn settled(&self, delivery: &str) -> Value {
        eventually("the platform was asked", async || {
            self.kept(delivery).await["why"] != "the order is being fetched from the platform"
        })
        .await;
        self.kept(delivery).await
    }
}

fn stages(events: &[Event]) -> Vec<Stage> {
    events.iter().map(|event| event.stage).collect()
}

fn is_approved(events: &[Event]) -> bool {
    events
        .iter()
        .any(|event| event.status() == Status::Approved)
}

#[tokio::test]
async fn an_approval_shows_once_the_platform_confirms_it() {
    let platform = Platform::cartpanda(Plan::default());
    let mut shop = Shop::unsigned(&platform).await;
    platform.slow_down(Duration::from_secs(3));
    let delivery = shop.tell(paid(&platform.order_id(PAID))).await;
    eventually("the platform is asked", async || {
        platform.seen().requests > 0
    })
    .await;
    assert!(shop.events().await.is_empty());
    assert_eq!(shop.kept(&delivery).await["entryCount"], 0);
    // Neither does a service forget that starts anew in between.
    shop.api.stop().await;
    shop.api.start_again().await;
    platform.slow_down(Duration::ZERO);
    let events = shop.until_events(1).await;
    assert_eq!(stages(&events), [Stage::PurchaseApproved]);
    // What shows is what the platform said, not what somebody told.
    assert_eq!(events[0].event, "order.updated");
    assert_ne!(
        events[0].customer.email.as_deref(),
        Some("rita@example.com")
    );
    let kept = shop.settled(&delivery).await;
    assert_eq!(kept["result"], "accepted");
    assert_eq!(kept["why"], "the platform's API confirms it");
}

#[tokio::test]
async fn a_forged_approval_never_shows() {
    let platform = Platform::cartpanda(Plan::default());
    let shop = Shop::unsigned(&platform).await;
    for (order, why, told) in [
        (
            platform.order_id(WAITING),
            "the platform's API shows another state",
            vec![Stage::PixGenerated],
        ),
        (
            "999".to_owned(),
            "the platform's API knows no such order",
            vec![Stage::PixGenerated],
        ),
    ] {
        let delivery = shop.tell(paid(&order)).await;
        let kept = shop.settled(&delivery).await;
        assert_eq!(
            (&kept["result"], &kept["why"]),
            (&json!("ignored"), &json!(why))
        );
        assert_eq!(stages(&shop.events().await), told);
    }
}

#[tokio::test]
async fn a_platform_that_shows_it_a_moment_later_is_asked_again() {
    let platform = Platform::cartpanda(Plan::default());
    let shop = Shop::unsigned(&platform).await;
    let id = platform.order_id(WAITING);
    let delivery = shop.tell(paid(&id)).await;
    eventually("the platform is asked", async || {
        !platform.seen().fetches.is_empty()
    })
    .await;
    let now = chrono::Utc::now();
    platform.mark(WAITING, testkit::platforms::State::Paid, now);
    let kept = shop.settled(&delivery).await;
    assert_eq!(kept["why"], "the platform's API confirms it", "{kept}");
    assert!(is_approved(&shop.events().await));
}

#[tokio::test]
async fn what_the_platform_cannot_say_is_taken_as_told_and_marked() {
    type Break = fn(&Platform);
    for (begin, problem) in [
        (
            (|it| it.refuse(Some(401))) as Break,
            "platform_unauthorised",
        ),
        (|it| it.refuse(Some(403)), "platform_forbidden"),
        (|it| it.break_json(1_000), "platform_unreadable"),
    ] {
        let platform = Platform::cartpanda(Plan::default());
        let shop = Shop::unsigned(&platform).await;
        begin(&platform);
        let delivery = shop.tell(paid(&platform.order_id(PAID))).await;
        let events = shop.until_events(1).await;
        assert_eq!(stages(&events), [Stage::PurchaseApproved]);
        assert_eq!(events[0].event, "order.paid");
        let kept = shop.settled(&delivery).await;
        assert_eq!(kept["result"], "accepted");
        assert_eq!(kept["why"], format!("unconfirmed: {problem}"));
        assert_eq!(kept["entryCount"], 1);
        // Once it can be asked, the same word read anew is confirmed.
        platform.refuse(None);
        platform.break_json(0);
        let again = format!("{delivery}/reprocess");
        let again = shop.api.post(&shop.api.admin, &again, &json!({})).await;
        again.ok();
        eventually("it is confirmed", async || {
            shop.kept(&delivery).await["why"] == "the platform's API confirms it"
        })
        .await;
        assert_eq!(shop.kept(&delivery).await["result"], "accepted");
    }
}

#[tokio::test]
async fn what_is_signed_or_cannot_be_asked_shows_at_once() {
    let platform = Platform::cartpanda(Plan::default());
    platform.slow_down(Duration::from_secs(3));
    let signed = Shop::of(&platform).await;
    let body = paid(&platform.order_id(PAID));
    let request = signed.api.signed(&signed.path, "cartpanda", SECRET, &body);
    signed.api.send(request).await.ok();
    assert!(is_approved(&signed.events().await));

    let bare = Shop::unsigned(&platform).await;
    let change = bare
        .api
        .request(Method::PATCH, "/api/v1/integrations/loja")
        .bearer_auth(&bare.api.admin)
        .json(&json!({"credentials": {"accessToken": null}}));
    bare.api.send(change).await.ok();
    bare.tell(body).await;
    assert!(is_approved(&bare.events().await));
}

#[tokio::test]
async fn a_fetch_that_somebody_ends_leaves_its_word_to_be_read_anew() {
    let platform = Platform::cartpanda(Plan::default());
    let shop = Shop::unsigned(&platform).await;
    platform.refuse(Some(503));
    let delivery = shop.tell(paid(&platform.order_id(PAID))).await;
    let jobs = shop.jobs("fetch").await;
    let path = format!("/api/v1/jobs/{}", jobs[0]["id"].as_str().unwrap());
    let request = shop.api.request(Method::DELETE, &path);
    let request = request.bearer_auth(&shop.api.admin);
    shop.api.send(request).await.ok();
    let kept = shop.settled(&delivery).await;
    assert_eq!(kept["result"], "unmapped", "{kept}");
    assert!(shop.events().await.is_empty());
    platform.refuse(None);
    let again = format!("{delivery}/reprocess");
    let again = shop.api.post(&shop.api.admin, &again, &json!({})).await;
    assert_eq!(again.ok().value()["result"], "accepted");
    assert!(is_approved(&shop.until_events(1).await));
}
