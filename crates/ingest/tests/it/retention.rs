//! Raw bodies that were kept for as long as the service is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use ingest::store::{System, World};
use serde_json::json;

use crate::api::{Api, eventually};

/// A clock that some days are added to.
#[derive(Default)]
struct Later {
    days: AtomicI64,
}

impl World for Later {
    fn now(&self) -> DateTime<Utc> {
        System.now() + TimeDelta::days(self.days.load(Ordering::SeqCst))
    }

    /// The days pass; nobody sets a clock.
    fn has_run(&self) -> Duration {
        let days = u64::try_from(self.days.load(Ordering::SeqCst)).unwrap_or(0);
        System.has_run() + Duration::from_secs(days * 24 * 60 * 60)
    }

    fn fill(&self, bytes: &mut [u8]) {
        System.fill(bytes);
    }
}

#[tokio::test]
async fn a_body_is_let_go_for_its_age_and_reading_it_anew_says_so() {
    let world = Arc::new(Later::default());
    let api = Api::in_world(Arc::clone(&world) as _, |config| {
        config.session_days = 400;
        config.raw_keep_days = 30;
    })
    .await;
    let path = api.integration("loja", "kiwify").await;
    let cart = json!({"id": "c1", "status": "abandoned", "email": "rita@example.com"}).to_string();
    let sent = api.deliver(&path, "kiwify", &cart).await.ok().value();
    assert_eq!(sent["result"], "accepted");
    let one = format!(
        "/api/v1/deliveries/{}",
        sent["deliveryId"].as_str().unwrap()
    );
    let shown = async || api.get(&api.admin, &one).await.ok().value();
    let before = shown().await;
    assert_eq!(
        (&before["payload"]["id"], before.get("expired")),
        (&json!("c1"), None)
    );
    let told = api.entries().await.len();

    world.days.store(31, Ordering::SeqCst);
    let fresh = json!({"id": "c2", "status": "abandoned", "email": "ana@example.com"}).to_string();
    let fresh = api.deliver(&path, "kiwify", &fresh).await.ok().value();
    eventually("the old body is let go", async || {
        shown().await["expired"] == true
    })
    .await;
    let after = shown().await;
    assert!(after.get("payload").is_none() && after.get("payloadText").is_none());
    assert_eq!(after["result"], "accepted");
    assert_eq!(after["firstSeq"], before["firstSeq"]);
    let again = format!("{one}/reprocess");
    let again = api.post(&api.admin, &again, &json!({})).await;
    again.refuses(409, "body_expired");
    let repeat = api.deliver(&path, "kiwify", &cart).await.ok().value();
    assert_eq!(repeat["result"], "duplicate", "what it told is still known");
    assert_eq!(api.entries().await.len(), told + 1);
    let young = format!(
        "/api/v1/deliveries/{}",
        fresh["deliveryId"].as_str().unwrap()
    );
    let young = api.get(&api.admin, &young).await.ok().value();
    assert_eq!(young["payload"]["id"], "c2");
}

/// A clock that jumps, as when a time server or a person sets it, changes what entries say of their time and nothing else.
#[tokio::test]
async fn a_clock_that_jumps_leaves_one_log_without_a_gap() {
    let world = Arc::new(Later::default());
    let api = Api::in_world(Arc::clone(&world) as _, |config| {
        config.session_days = 3_650;
    })
    .await;
    let path = api.integration("loja", "kiwify").await;
    let before = api.entries().await.len();
    let mut days = Vec::new();
    for (number, day) in [0, 400, -400, -399, 2_000, 0].into_iter().enumerate() {
        world.days.store(day, Ordering::SeqCst);
        let mail = format!("rita{number}@example.com");
        let cart = json!({"id": format!("c{number}"), "status": "abandoned", "email": mail});
        for result in ["accepted", "duplicate"] {
            let sent = api.deliver(&path, "kiwify", &cart.to_string()).await;
            assert_eq!(sent.ok().value()["result"], result, "on day {day}");
        }
        days.push(world.now().date_naive());
    }
    let entries = api.entries().await;
    let (mut chain, mut seq) = (contract::Chain::EMPTY, 0);
    for entry in &entries {
        assert!(
            entry.seq == seq + 1 && entry.follows(chain),
            "{}",
            entry.seq
        );
        (chain, seq) = (entry.chain, entry.seq);
    }
    let told = entries
        .iter()
        .skip(before)
        .map(|entry| entry.at.date_naive());
    assert_eq!(told.collect::<Vec<_>>(), days);
}
