//! Shopify, REST: an access token, pages by links, a bucket of 40 that drains by two a second, one webhook a topic.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::{
    Answer, Api, Asked, Meter,
    shop::{Order, Shop, Slice, State, in_brazil, within},
    wire::joined,
};

const BASE: &str = "/admin/api/2026-07";
const TOKEN: &str = "shpat_teste_0123456789abcdef";

pub(super) struct Shopify;

impl Api for Shopify {
    fn slug(&self) -> &'static str {
        "shopify"
    }

    fn meter(&self) -> Meter {
        Meter::bucket(40, 2.0)
    }

    fn credentials(&self) -> Value {
        json!({"accessToken": TOKEN})
    }

    fn settings(&self) -> Value {
        json!({"shopDomain": "loja-exemplo.myshopify.com"})
    }

    fn answer(&self, asked: &Asked, shop: &mut Shop) -> Answer {
        if asked.header("x-shopify-access-token") != TOKEN {
            return errors(401, "[API] Invalid API key or access token");
        }
        let Some(parts) = asked.below(BASE) else {
            return errors(404, "Not Found");
        };
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["orders.json"]) => listing(asked, shop, shop.orders(), "orders", order),
            ("GET", ["checkouts.json"]) => {
                listing(asked, shop, shop.carts(), "checkouts", checkout)
            }
            ("GET", ["orders", file]) => {
                let id = file.trim_end_matches(".json");
                match shop.fetch(id, "shopify") {
                    Some(found) => Answer::json(200, &json!({"order": order(&found)})),
                    None => errors(404, "Not Found"),
                }
            }
            (_, ["webhooks.json"]) => webhooks(asked, shop),
            ("DELETE", ["webhooks", file]) => {
                let id = file.trim_end_matches(".json");
                shop.hooks
                    .retain(|hook| hook["id"].as_u64() != id.parse().ok());
                Answer::json(200, &json!({}))
            }
            _ => errors(404, "Not Found"),
        }
    }

    fn cart(&self, cart: &Order) -> Option<Value> {
        Some(checkout(cart))
    }

    fn too_fast(&self, wait: Duration) -> Answer {
        errors(429, "Exceeded 2 calls per second for api client.")
            .with("retry-after", format!("{:.1}", wait.as_secs_f64().max(0.1)))
            .with("x-shopify-shop-api-call-limit", "40/40")
    }
}

fn errors(status: u16, text: &str) -> Answer {
    Answer::json(status, &json!({"errors": text}))
}

/// A link's key holds what the first request asked for, and where to go on.
struct Place {
    min: String,
    max: String,
    page: usize,
}

impl Place {
    fn of(asked: &Asked) -> Option<Self> {
        let key = asked.query("page_info");
        if key.is_empty() {
            return Some(Self {
                min: asked.query("updated_at_min").to_owned(),
                max: asked.query("updated_at_max").to_owned(),
                page: 1,
            });
        }
        // Beside a key only the size of a page may stand.
        let alone = asked
            .query
            .keys()
            .all(|name| matches!(name.as_str(), "page_info" | "limit" | "fields"));
        let parts: Vec<&str> = key.split('|').collect();
        let [min, max, page] = parts.as_slice() else {
            return None;
        };
        alone.then_some(Self {
            min: (*min).to_owned(),
            max: (*max).to_owned(),
            page: page.parse().ok()?,
        })
    }

    fn key(&self, page: usize) -> String {
        let key = format!("{}|{}|{page}", self.min, self.max);
        url::form_urlencoded::byte_serialize(key.as_bytes()).collect()
    }
}

fn listing(
    asked: &Asked,
    shop: &Shop,
    listed: impl Iterator<Item = Order>,
    name: &'static str,
    body: fn(&Order) -> Value,
) -> Answer {
    let Some(place) = Place::of(asked) else {
        return errors(400, "page_info: Invalid value.");
    };
    // Without a status only open orders are listed, and half of these are closed.
    let all = !asked.query("page_info").is_empty() || !asked.query("status").is_empty();
    let per_page = asked.number("limit").unwrap_or(50).clamp(1, 250);
    let listed = listed
        .filter(|order| all || order.state != State::Paid)
        .filter(|order| within(order.changed, &place.min, &place.max));
    let slice = Slice::of(listed, place.page, per_page);
    let list: Vec<Value> = slice.orders.iter().map(body).collect();
    let answer =
        Answer::json(200, &json!({name: list})).with("x-shopify-shop-api-call-limit", "1/40");
    if place.page >= slice.pages {
        return answer;
    }
    let next = format!(
        "<{}{BASE}/{name}.json?limit={per_page}&page_info={}>; rel=\"next\"",
        shop.url,
        place.key(place.page + 1),
    );
    answer.with("link", next)
}

fn webhooks(asked: &Asked, shop: &mut Shop) -> Answer {
    if asked.method == Method::GET {
        return Answer::json(200, &json!({"webhooks": shop.hooks}));
    }
    let told = asked.json();
    let (topic, address) = (&told["webhook"]["topic"], &told["webhook"]["address"]);
    let same = |hook: &Value| hook["topic"] == *topic && hook["address"] == *address;
    if shop.hooks.iter().any(same) {
        let taken = json!({"errors": {"address": ["for this topic has already been taken"]}});
        return Answer::json(422, &taken);
    }
    let hook = json!({
        "id": 4_759_306 + shop.count(), "address": address, "topic": topic, "format": "json",
        "fields": [], "metafield_namespaces": [], "private_metafield_namespaces": [],
        "api_version": "2026-07",
    });
    shop.hooks.push(hook.clone());
    Answer::json(201, &json!({"webhook": hook}))
}

fn moment(at: chrono::DateTime<chrono::Utc>) -> String {
    in_brazil(at, "%Y-%m-%dT%H:%M:%S-03:00")
}

fn customer(order: &Order) -> Value {
    let buyer = order.buyer();
    let (first, last) = buyer.split_once(' ').unwrap_or((&buyer, ""));
    json!({
        "id": 7_100_000_000_001_u64 + order.index as u64, "email": order.email(),
        "phone": order.phone(), "first_name": first, "last_name": last,
    })
}

fn order(order: &Order) -> Value {
    let (financial, gateway) = match order.state {
        State::Pix => ("pending", "Mercado Pago Pix"),
        State::Boleto => ("pending", "Mercado Pago Boleto"),
        State::Refused => ("pending", "Mercado Pago"),
        State::PartlyRefunded => ("partially_refunded", "Mercado Pago"),
        State::Paid => ("paid", "Mercado Pago"),
        State::Refunded => ("refunded", "Mercado Pago"),
        State::Cancelled => ("voided", "Mercado Pago"),
    };
    let cancelled = (order.state == State::Cancelled).then(|| moment(order.changed));
    let head = json!({
        "id": order.id, "admin_graphql_api_id": format!("gid://shopify/Order/{}", order.id),
        "name": format!("#{}", 1001 + order.index), "order_number": 1001 + order.index,
        "token": order.token(), "checkout_id": order.id + 1, "checkout_token": format!("c{}", order.token()),
        "cart_token": format!("k{}", order.token()),
        "created_at": moment(order.made), "processed_at": moment(order.made),
        "updated_at": moment(order.changed), "cancelled_at": cancelled, "closed_at": null,
        "cancel_reason": null, "financial_status": financial, "fulfillment_status": null,
        "currency": "BRL", "presentment_currency": "BRL",
        "total_price": order.decimal(), "current_total_price": order.decimal(),
        "subtotal_price": order.decimal(), "total_discounts": "0.00",
        "payment_gateway_names": [gateway],
    });
    let buyer_and_lines = json!({
        "email": order.email(), "contact_email": order.email(), "phone": order.phone(),
        "customer": customer(order), "billing_address": null, "shipping_address": null,
        "line_items": [{
            "id": order.id + 2, "title": "Camiseta Algodão", "variant_title": "Preta / M",
            "name": "Camiseta Algodão - Preta / M", "sku": "CAM-PR-M", "quantity": 1,
            "price": order.decimal(), "total_discount": "0.00", "product_id": 8_100_000_001_u64,
            "variant_id": 8_200_000_001_u64, "properties": [],
        }],
        "discount_codes": [], "note": null, "note_attributes": [], "tags": "",
        "order_status_url": format!("https://loja-exemplo.myshopify.com/60000000001/orders/{}/authenticate?key=exemplo", order.token()),
        "refunds": [], "fulfillments": [], "test": false, "source_name": "web",
    });
    joined(head, buyer_and_lines)
}

fn checkout(cart: &Order) -> Value {
    json!({
        "id": cart.id, "token": cart.token(), "cart_token": format!("k{}", cart.token()),
        "email": cart.email(), "phone": cart.phone(), "created_at": moment(cart.made),
        "updated_at": moment(cart.changed), "completed_at": null, "closed_at": null,
        "gateway": null, "currency": "BRL", "presentment_currency": "BRL",
        "total_price": cart.decimal(), "subtotal_price": cart.decimal(),
        "total_discounts": "0.00", "customer": customer(cart), "name": format!("#{}", cart.id),
        "line_items": [{
            "key": "a1", "title": "Camiseta Algodão", "variant_title": "Preta / M",
            "presentment_title": "Camiseta Algodão", "quantity": 1, "price": cart.decimal(),
            "line_price": cart.decimal(), "sku": "CAM-PR-M", "product_id": 8_100_000_001_u64,
            "variant_id": 8_200_000_001_u64,
        }],
        "abandoned_checkout_url": format!("https://loja-exemplo.myshopify.com/60000000001/checkouts/{}/recover?key=exemplo", cart.token()),
        "note_attributes": [], "discount_codes": [], "customer_locale": "pt-BR", "source_name": "web",
    })
}
