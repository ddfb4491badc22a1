//! What platforms pass on by law: a customer to be erased, a question to be answered, and that the app was taken away.

use contract::kind;
use serde_json::{Value, json};

use crate::api::{Answer, Api, order};

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

/// A shop of Shopify's, which signs as Shopify does.
struct Shop {
    api: Api,
    path: String,
    sale: String,
}

impl Shop {
    async fn open() -> Self {
        let api = Api::start().await;
        let body = json!({"slug": "shop", "provider": "shopify", "name": "Shop", "secrets": [crate::api::SECRET],
            "settings": {"shopDomain": "loja-exemplo.myshopify.com"}});
        let made = api.post(&api.admin, "/api/v1/integrations", &body).await;
        let key = made.ok().value()["key"].as_str().unwrap().to_owned();
        let text = include_str!("../../../../fixtures/providers/shopify/orders_create.json");
        let fixture: Value = serde_json::from_str(text).unwrap();
        let sale = fixture["request"]["bodyText"].as_str().unwrap();
        Self {
            path: format!("/api/v1/webhooks/shopify/{key}"),
            sale: sale.to_owned(),
            api,
        }
    }

    async fn sent(&self, topic: &str, body: &Value, id: &str) -> Answer {
        self.sent_as(crate::api::SECRET, topic, &body.to_string(), id)
            .await
    }

    async fn sent_as(&self, secret: &str, topic: &str, body: &str, id: &str) -> Answer {
        let signed = self.api.signed(&self.path, "shopify", secret, body);
        let request = signed
            .header("x-shopify-topic", topic)
            .header("x-shopify-shop-domain", "loja-exemplo.myshopify.com")
            .header("x-shopify-event-id", id)
            .header("x-shopify-webhook-id", id);
        self.api.send(request).await
    }

    async fn sells(&self) {
        let sold = self.sent_as(crate::api::SECRET, "orders/create", &self.sale, "e-1");
        assert_eq!(sold.await.ok().value()["result"], "accepted");
        assert!(self.told().await.contains(SHOPPER));
    }

    /// Everything the feed tells.
    async fn told(&self) -> String {
        let entries = self.api.entries().await;
        let bodies = entries.iter().map(|entry| entry.body.get());
        bodies.collect::<Vec<_>>().join("")
    }

    async fn health(&self) -> Value {
        let health = self
            .api
            .get(&self.api.admin, "/api/v1/integrations/health")
            .await;
        health.ok().value()["integrations"][0].clone()
    }

    async fn erases(&self) -> Answer {
        let path = "/api/v1/integrations/shop/erase-customers";
        self.api.post(&self.api.admin, path, &json!({})).await
    }
}

const SHOPPER: &str = "mariana.alencar@example.com";
const SHOPPED: u64 = 5_739_872_911_634;
const SHOPPERS_NUMBER: u64 = 8_120_441_370_912;

#[tokio::test]
async fn a_signed_request_erases_the_customer_before_it_is_answered() {
    let shop = Shop::open().await;
    shop.sells().await;
    let redact = json!({"shop_id": 1, "shop_domain": "loja-exemplo.myshopify.com",
        "customer": {"id": 1, "email": SHOPPER, "phone": null}, "orders_to_redact": []});
    let answer = shop.sent("customers/redact", &redact, "e-2").await;
    assert_eq!(answer.ok().value()["result"], "ignored");
    assert!(!shop.told().await.contains(SHOPPER));
    let last = shop.api.entries().await.pop().unwrap();
    let body: Value = serde_json::from_str(last.body.get()).unwrap();
    assert_eq!(last.kind, kind::SUBJECT_ERASED);
    assert!(body.get("by").is_none(), "nobody of the team did it");
    // The platform repeats what it is not sure of.
    let answer = shop.sent("customers/redact", &redact, "e-2").await;
    assert_eq!(answer.ok().value()["result"], "duplicate");
}

/// Whoever has no address any more is named by their orders, or by the platform's number of them.
#[tokio::test]
async fn a_customer_is_erased_by_order_and_by_number() {
    for (customer, orders) in [
        (json!({"id": 1}), json!([SHOPPED])),
        (json!({"id": 1}), json!([SHOPPED.to_string()])),
        (json!({"id": SHOPPERS_NUMBER, "email": null}), json!([])),
        (Value::Null, json!([SHOPPED])),
    ] {
        let shop = Shop::open().await;
        let mut sale: Value = serde_json::from_str(&shop.sale).unwrap();
        sale["id"] = SHOPPED.into();
        sale["customer"]["id"] = SHOPPERS_NUMBER.into();
        let sold = shop.sent("orders/create", &sale, "e-1").await;
        assert_eq!(sold.ok().value()["result"], "accepted");
        let mut redact = json!({"shop_id": 1, "shop_domain": "loja-exemplo.myshopify.com", "customer": customer,
            "orders_to_redact": orders});
        if customer.is_null() {
            redact.as_object_mut().unwrap().remove("customer");
        }
        shop.sent("customers/redact", &redact, "e-2").await.ok();
        assert!(!shop.told().await.contains(SHOPPER), "{redact}");
    }
}

/// The app is taken away, two days later the shop is to be erased, and an admin says yes.
#[tokio::test]
async fn a_shop_that_has_left_is_erased_once_an_admin_confirms() {
    let shop = Shop::open().await;
    shop.sells().await;
    shop.erases().await.refuses(409, "not_asked");
    let gone = json!({"id": 1, "domain": "loja-exemplo.myshopify.com"});
    shop.sent("app/uninstalled", &gone, "e-2").await.ok();
    let health = shop.health().await;
    assert_eq!(
        (&health["active"], &health["paused"], &health["erasure"]),
        (&json!(false), &json!("access_ended"), &Value::Null)
    );
    // Nothing but what the law asks for is heeded any more, and only signed.
    let told = shop.api.entries().await.len();
    let late = shop.sent_as(crate::api::SECRET, "orders/create", &shop.sale, "e-3");
    assert_eq!(late.await.ok().value()["result"], "ignored");
    assert_eq!(shop.api.entries().await.len(), told);
    let redact = json!({"shop_id": 1, "shop_domain": "loja-exemplo.myshopify.com"});
    let text = redact.to_string();
    let forged = shop.sent_as("outro-segredo", "shop/redact", &text, "e-4");
    forged.await.refuses(401, "bad_proof");
    assert_eq!(shop.health().await["erasure"], Value::Null);
    shop.sent("shop/redact", &redact, "e-4").await.ok();
    let health = shop.health().await;
    assert_eq!(health["state"], "attention");
    assert_eq!(health["erasure"]["running"], false, "{health}");
    let day = |at: &str| at.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let time = |name: &str| day(health["erasure"][name].as_str().unwrap());
    assert_eq!((time("dueAt") - time("askedAt")).num_days(), 30);
    assert!(shop.told().await.contains(SHOPPER), "nobody has said yes");
    assert_eq!(shop.erases().await.status, 202);
    let done = async {
        while !shop.health().await["erasure"].is_null() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), done)
        .await
        .expect("it is done");
    assert!(!shop.told().await.contains(SHOPPER));
    shop.erases().await.refuses(409, "not_asked");
}

/// What is taken up again is not said to be gone.
#[tokio::test]
async fn a_source_that_is_taken_up_again_is_not_gone() {
    let shop = Shop::open().await;
    let gone = json!({"id": 1, "domain": "loja-exemplo.myshopify.com"});
    shop.sent("app/uninstalled", &gone, "e-2").await.ok();
    for (active, paused) in [(true, Value::Null), (false, Value::Null)] {
        let path = "/api/v1/integrations/shop";
        let change = json!({"active": active});
        let request = shop.api.request(reqwest::Method::PATCH, path);
        let request = request.bearer_auth(&shop.api.admin).json(&change);
        shop.api.send(request).await.ok();
        assert_eq!(shop.health().await["paused"], paused, "{active}");
    }
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

/// Whom the platform suspends goes on when it says so; what a person paused stays paused.
#[tokio::test]
async fn a_suspended_shops_source_goes_on_with_it() {
    let api = Api::start().await;
    let nuvem = nuvemshop(&api).await;
    let told = async |event: &str| {
        let body = json!({"store_id": 4_321_987, "event": event}).to_string();
        let answer = api.deliver(&nuvem, "nuvemshop", &body).await;
        assert_ne!(answer.ok().value()["result"], "accepted", "{event}");
    };
    let stands = async || {
        let health = api.get(&api.admin, "/api/v1/integrations/health").await;
        let one = health.ok().value()["integrations"][0].clone();
        (one["active"].clone(), one["paused"].clone())
    };
    let forged = json!({"store_id": 4_321_987, "event": "app/suspended"}).to_string();
    let forged = api.signed(&nuvem, "nuvemshop", "outro-segredo", &forged);
    api.send(forged).await.refuses(401, "bad_proof");
    assert_eq!(stands().await, (json!(true), Value::Null));
    // Twice: platforms repeat themselves, and suspend a shop again.
    for _ in 0..2 {
        told("app/suspended").await;
        told("app/suspended").await;
        assert_eq!(stands().await, (json!(false), json!("suspended")));
        told("app/resumed").await;
        assert_eq!(stands().await, (json!(true), Value::Null));
    }
    let path = "/api/v1/integrations/nuvem";
    let request = api.request(reqwest::Method::PATCH, path);
    let request = request.bearer_auth(&api.admin);
    api.send(request.json(&json!({"active": false}))).await.ok();
    for event in ["app/suspended", "app/resumed"] {
        told(event).await;
        assert_eq!(stands().await, (json!(false), Value::Null), "{event}");
    }
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
    // What comes afterwards is nobody's, but for what the law asks for: kept, and told nobody.
    let sold = json!({"store_id": 4_321_987, "event": "order/created", "id": 1}).to_string();
    let late = api.deliver(&nuvem, "nuvemshop", &sold).await;
    assert_eq!(late.ok().value()["result"], "ignored");
    assert_eq!(newest(&api).await["whyCode"], "source_paused");
    api.deliver(&nuvem, "nuvemshop", &redact()).await.ok();
}
