//! Settings as sellers enter them.

use chrono::TimeDelta;
use serde_json::json;

use super::{Shopify, shop};
use crate::{Provider, Settings};

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
