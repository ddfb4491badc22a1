//! Raw bodies that were kept for as long as the service is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

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
