//! Sample sales go in by the front door.

use std::collections::BTreeSet;

use contract::kind;
use ingest::sample_sales::{SampleSales, SampleSalesError, send};
use tokio_util::sync::CancellationToken;

use crate::api::Api;

fn sales(api: &Api) -> SampleSales {
    SampleSales {
        to: format!("{}/", api.base),
        admin_token: api.admin.clone(),
        per_minute: 60,
        opening: 0,
        count: Some(120),
        burst: true,
        seed: 3,
    }
}

#[tokio::test]
async fn sample_sales_fill_the_feed() {
    let api = Api::start().await;
    let mut told = 0;
    let summary = send(&sales(&api), &CancellationToken::new(), |_| told += 1)
        .await
        .unwrap();
    assert_eq!((summary.taken, summary.refused, told), (120, 0, 120));
    let entries = api.entries().await;
    let events: Vec<_> = entries
        .iter()
        .filter(|entry| entry.kind == kind::COMMERCE)
        .map(|entry| entry.event().unwrap().unwrap())
        .collect();
    assert!(events.len() > 100, "{}", events.len());
    let providers: BTreeSet<&str> = events.iter().map(|event| event.provider.as_str()).collect();
    assert_eq!(
        providers,
        BTreeSet::from(["cart_abandonment", "hotmart", "kiwify", "unified"])
    );
    let people: BTreeSet<_> = entries
        .iter()
        .filter_map(|entry| entry.conversation_id)
        .collect();
    assert!(
        people.len() > 30 && people.len() < events.len(),
        "{} people, {} events",
        people.len(),
        events.len()
    );
    // A second run finds its integrations again.
    send(&sales(&api), &CancellationToken::new(), |_| {})
        .await
        .unwrap();
    let integrations = api
        .get(&api.admin, "/api/v1/integrations")
        .await
        .ok()
        .value();
    assert_eq!(integrations["integrations"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn the_pace_is_kept_and_the_word_to_stop_is_heard() {
    let api = Api::start().await;
    let stop = CancellationToken::new();
    let order = SampleSales {
        burst: false,
        count: None,
        per_minute: 1,
        opening: 10,
        ..sales(&api)
    };
    let told = stop.clone();
    let mut heard = 0;
    let summary = send(&order, &stop, |_| {
        heard += 1;
        if heard == 10 {
            told.cancel();
        }
    })
    .await
    .unwrap();
    assert_eq!(summary.taken, 10);
}

#[tokio::test]
async fn a_wrong_token_or_address_is_told() {
    let api = Api::start().await;
    let order = SampleSales {
        admin_token: "wrong".to_owned(),
        ..sales(&api)
    };
    let error = send(&order, &CancellationToken::new(), |_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(error, SampleSalesError::NotAllowed { status: 401, .. }),
        "{error}"
    );
    let order = SampleSales {
        to: "http://127.0.0.1:1".to_owned(),
        ..sales(&api)
    };
    let error = send(&order, &CancellationToken::new(), |_| {})
        .await
        .unwrap_err();
    assert!(matches!(error, SampleSalesError::Unreachable(_)), "{error}");
}
