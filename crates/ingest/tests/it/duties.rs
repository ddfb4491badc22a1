//! What platforms pass on by law: a customer to be erased, a question to be answered, and that the app was taken away.

use contract::kind;
use serde_json::{Value, json};

use crate::api::{Api, order};

const MAIL: &str = "rafael.plantado@example.com";
const PHONE: &str = "+5541900000032";

/// A sale from a source of its own.
fn sale(id: &str) -> String {
    let mut body: Value = serde_json::from_str(&order(id, "pending")).unwrap();
    body["customer"] = json!({"name": "Rafael Plantado", "email": MAIL, "phone": PHONE});
    body.to_string()
}

fn redact() -> String {
    json!({"store_id": 4_321_987, "customer": {"id": 1, "email": MAIL, "phone": PHONE, "identification": "12345678909"},
        "orders_to_redact": [1_398_455_001]})
    .to_string()
}

async fn newest(api: &Api) -> Value {
    let listed = api.get(&api.admin, "/api/v1/deliveries?limit=1").await;
    listed.ok().value()["deliveries"][0].clone()
}

/// Makes a source of Nuvemshop, and returns the path of its webhook.
async fn nuvemshop(api: &Api) -> String {
    let body = json!({"slug": "nuvem", "provider": "nuvemshop", "name": "Nuvem", "secrets": [crate::api::SECRET],
        "settings": {"storeId": "4321987"}});
    let made = api.post(&api.admin, "/api/v1/integrations", &body).await;
    let key = made.ok().value()["key"].as_str().unwrap().to_owned();
    format!("/api/v1/webhooks/nuvemshop/{key}")
}

#[tokio::test]
async fn a_platform_erases_its_own_customers_and_nobody_elses() {
    let api = Api::start().await;
    let nuvem = nuvemshop(&api).await;
    let path = api.integration("loja", "unified").await;
    api.deliver(&path, "unified", &sale("P-1")).await.ok();
    // The customer came from another source: the request alone goes, the sale stays.
    api.deliver(&nuvem, "nuvemshop", &redact()).await.ok();
    let entries = api.entries().await;
    assert!(entries.iter().all(|entry| entry.kind != kind::ERASED));
    let told = newest(&api).await;
    assert_eq!(told["event"], "customers/redact");
    let shown = format!("/api/v1/deliveries/{}", told["id"].as_str().unwrap());
    let shown = api.get(&api.admin, &shown).await.ok().value();
    assert_eq!(shown["erased"], true, "{shown}");
}

/// A shop's own sale, and its platform's request: what Shopify sends, signed as it signs.
#[tokio::test]
async fn a_signed_request_erases_the_customer_before_it_is_answered() {
    let api = Api::start().await;
    let body = json!({"slug": "shop", "provider": "shopify", "name": "Shop", "secrets": [crate::api::SECRET],
        "settings": {"shopDomain": "loja-exemplo.myshopify.com"}});
    let made = api.post(&api.admin, "/api/v1/integrations", &body).await;
    let key = made.ok().value()["key"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/webhooks/shopify/{key}");
    let text = include_str!("../../../../fixtures/providers/shopify/orders_create.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    let sale = fixture["request"]["bodyText"].as_str().unwrap();
    let sent = async |topic: &str, body: &str, id: &str| {
        let request = api
            .signed(&path, "shopify", crate::api::SECRET, body)
            .header("x-shopify-topic", topic)
            .header("x-shopify-shop-domain", "loja-exemplo.myshopify.com")
            .header("x-shopify-event-id", id)
            .header("x-shopify-webhook-id", id);
        api.send(request).await.ok().value()["result"].clone()
    };
    assert_eq!(sent("orders/create", sale, "e-1").await, "accepted");
    let mail = "mariana.alencar@example.com";
    let told = async || {
        let entries = api.entries().await;
        let bodies = entries.iter().map(|entry| entry.body.get());
        bodies.collect::<Vec<_>>().join("")
    };
    assert!(told().await.contains(mail));
    let redact = json!({"shop_id": 1, "shop_domain": "loja-exemplo.myshopify.com",
        "customer": {"id": 1, "email": mail, "phone": null}, "orders_to_redact": []})
    .to_string();
    assert_eq!(sent("customers/redact", &redact, "e-2").await, "ignored");
    assert!(!told().await.contains(mail));
    let last = api.entries().await.pop().unwrap();
    let body: Value = serde_json::from_str(last.body.get()).unwrap();
    assert_eq!(last.kind, kind::SUBJECT_ERASED);
    assert!(body.get("by").is_none(), "nobody of the team did it");
    // The platform repeats what it is not sure of.
    assert_eq!(sent("customers/redact", &redact, "e-2").await, "duplicate");
}

#[tokio::test]
async fn what_a_lead_has_to_answer_is_seen_in_the_deliveries() {
    let api = Api::start().await;
    let nuvem = nuvemshop(&api).await;
    let asked = json!({"store_id": 4_321_987, "customer": {"id": 1, "email": MAIL}, "data_request": {"id": 7}});
    api.deliver(&nuvem, "nuvemshop", &asked.to_string())
        .await
        .ok();
    let told = newest(&api).await;
    assert_eq!(told["event"], "customers/data_request");
    assert!(
        told["why"].as_str().unwrap().contains("export it"),
        "{told}"
    );
}

#[tokio::test]
async fn a_source_whose_app_was_taken_away_is_paused() {
    let api = Api::start().await;
    let nuvem = nuvemshop(&api).await;
    let gone = json!({"store_id": 4_321_987, "event": "app/uninstalled"}).to_string();
    // Whoever cannot sign it pauses nothing.
    let forged = api.signed(&nuvem, "nuvemshop", "outro-segredo", &gone);
    api.send(forged).await.refuses(401, "bad_proof");
    let active = async || {
        let one = api.get(&api.admin, "/api/v1/integrations/nuvem").await;
        one.ok().value()["active"].clone()
    };
    assert_eq!(active().await, true);
    api.deliver(&nuvem, "nuvemshop", &gone).await.ok();
    assert_eq!(active().await, false);
    let told = newest(&api).await;
    assert!(told["why"].as_str().unwrap().contains("paused"), "{told}");
    let records = api.get(&api.admin, "/api/v1/audit").await.ok().value();
    let actions: Vec<&str> = records["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|record| record["action"].as_str())
        .collect();
    assert!(actions.contains(&"integration.access_ended"), "{actions:?}");
    // What comes afterwards is nobody's.
    api.deliver(&nuvem, "nuvemshop", &redact())
        .await
        .refuses(404, "unknown_webhook");
}
