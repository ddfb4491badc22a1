//! Settings as sellers enter them, and the keys of states that several topics tell.

use chrono::{DateTime, TimeDelta};
use contract::IntegrationId;
use serde_json::json;

use super::{Shopify, read, shop};
use crate::{Context, Provider, Reading, Settings};

#[test]
fn finds_the_shop_in_what_was_entered() {
    for (entered, found) in [
        (
            json!("loja-exemplo.myshopify.com"),
            Some("loja-exemplo.myshopify.com"),
        ),
        (json!(" Loja-Exemplo "), Some("loja-exemplo.myshopify.com")),
        (
            json!("https://loja-exemplo.myshopify.com/admin?a=b"),
            Some("loja-exemplo.myshopify.com"),
        ),
        (json!("www.loja.example.com"), None),
        (json!("https://"), None),
        (json!(""), None),
        (json!(7), None),
    ] {
        let settings = Settings::new(json!({ "shopDomain": entered }));
        assert_eq!(shop(&settings).as_deref(), found, "{entered}");
    }
}

#[test]
fn a_domain_that_is_no_shops_own_is_told_and_opens_nothing() {
    for (entered, is_wrong) in [
        (json!("doces.example.com"), true),
        (json!("https://"), true),
        (json!("loja-exemplo"), false),
        (json!("loja-exemplo.myshopify.com"), false),
        (json!(" "), false),
        (json!(null), false),
    ] {
        let settings = Settings::new(json!({ "shopDomain": entered }));
        let now = chrono::DateTime::UNIX_EPOCH;
        let problems = Shopify.problems(&settings, now);
        let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
        let expected: &[&str] = if is_wrong { &["bad_shop_domain"] } else { &[] };
        assert_eq!(codes, expected, "{entered}");
    }
}

#[test]
fn waits_as_long_as_the_seller_says() {
    for (entered, minutes) in [
        (json!(30), 30),
        (json!("45"), 45),
        (json!(0), 60),
        (json!(-5), 60),
        (json!("soon"), 60),
        (json!(null), 60),
    ] {
        let settings = Settings::new(json!({ "abandonAfterMinutes": entered }));
        let wait = Shopify.abandons_after(&settings);
        assert_eq!(wait, Some(TimeDelta::minutes(minutes)), "{entered}");
    }
}

#[test]
fn a_state_told_by_several_topics_has_one_key() {
    let settings = Settings::default();
    let context = Context {
        now: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
        integration: IntegrationId::from_u128(7),
        settings: &settings,
    };
    let told = |topic: &str, status: &str, changed: &str| {
        let body = json!({
            "id": 1, "financial_status": status, "total_price": "10.00", "currency": "BRL", "updated_at": changed,
        });
        let reading = read(topic, body.to_string().as_bytes(), None, &context);
        let Ok(Reading::Events(drafts)) = reading else {
            panic!("{reading:?}");
        };
        let draft = drafts.into_iter().next().expect("an event");
        assert_eq!(draft.event, topic);
        draft.business_key
    };
    let first = told("orders/create", "paid", "2024-08-03T10:15:22-03:00");
    for topic in ["orders/paid", "orders/updated"] {
        assert_eq!(
            told(topic, "paid", "2024-08-03T13:15:22Z"),
            first,
            "{topic}"
        );
    }
    let other = told("orders/create", "pending", "2024-08-03T13:15:22Z");
    let later = told("orders/updated", "paid", "2024-08-03T13:15:23Z");
    assert!(other != first && later != first);
}
