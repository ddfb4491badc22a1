//! Nuvemshop: a token in `Authentication`, pages by number that reach no further than 10,000 entries, 404 beyond the end, a bucket
//! of 40 that drains by two a second, one webhook an event.

use std::time::Duration;

use axum::http::Method;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    Answer, Api, Asked, Meter,
    shop::{Order, Shop, Slice, State, within},
    wire::joined,
};

const BASE: &str = "/2025-03/4321987";
const TOKEN: &str = "token-de-teste-da-nuvem";
/// How far pages reach.
const REACH: usize = 10_000;

pub(super) struct Nuvemshop;

impl Api for Nuvemshop {
    fn slug(&self) -> &'static str {
        "nuvemshop"
    }

    fn meter(&self) -> Meter {
        Meter::bucket(40, 2.0)
    }

    fn credentials(&self) -> Value {
        json!({"accessToken": TOKEN})
    }

    fn settings(&self) -> Value {
        json!({"storeId": "4321987"})
    }

    fn answer(&self, asked: &Asked, shop: &mut Shop) -> Answer {
        if asked.header("user-agent").is_empty() {
            return told(400, "Missing a user agent");
        }
        if asked.bearer("authentication", "bearer ") != TOKEN {
            return told(401, "Invalid access token");
        }
        let is_json = asked.header("content-type").starts_with("application/json");
        if asked.method == Method::POST && !is_json {
            return told(415, "Unsupported media type");
        }
        let Some(parts) = asked.below(BASE) else {
            return told(404, "Not Found");
        };
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["orders"]) => listing(asked, shop.orders(), order),
            ("GET", ["checkouts"]) => listing(asked, shop.carts(), checkout),
            ("GET", ["orders", id]) => match shop.fetch(id, "nuvemshop") {
                Some(found) => Answer::json(200, &order(&found)),
                None => told(404, "Order not found"),
            },
            ("GET", ["orders", _, "transactions"]) if shop.hides_payments => {
                told(403, "Missing a valid scope")
            }
            ("GET", ["orders", id, "transactions"]) => transactions(shop, id),
            (_, ["webhooks"]) => webhooks(asked, shop),
            _ => told(404, "Not Found"),
        }
    }

    fn too_fast(&self, wait: Duration) -> Answer {
        told(429, "Too Many Requests")
            .with("x-rate-limit-limit", 40)
            .with("x-rate-limit-remaining", 0)
            .with("x-rate-limit-reset", wait.as_millis().max(1))
    }
}

fn told(status: u16, description: &str) -> Answer {
    let body = json!({"code": status, "message": description, "description": description});
    Answer::json(status, &body)
}

fn listing(
    asked: &Asked,
    listed: impl Iterator<Item = Order>,
    body: fn(&Order) -> Value,
) -> Answer {
    let per_page = asked.number("per_page").unwrap_or(30).clamp(1, 200);
    let page = asked.number("page").unwrap_or(1).max(1);
    if page * per_page > REACH {
        return told(422, "page * per_page is limited to 10000");
    }
    let (min, max) = (asked.query("updated_at_min"), asked.query("updated_at_max"));
    let listed = listed.filter(|order| within(order.changed, min, max));
    let slice = Slice::of(listed, page, per_page);
    if slice.orders.is_empty() {
        return told(404, &format!("Last page is {}", slice.pages));
    }
    let list: Vec<Value> = slice.orders.iter().map(body).collect();
    Answer::json(200, &Value::Array(list)).with("x-total-count", slice.total)
}

fn webhooks(asked: &Asked, shop: &mut Shop) -> Answer {
    if asked.method == Method::GET {
        let url = asked.query("url");
        let ours = shop.hooks.iter();
        let ours = ours.filter(|hook| url.is_empty() || hook["url"] == url);
        let list: Vec<Value> = ours.cloned().collect();
        if list.is_empty() {
            return told(404, "Last page is 0");
        }
        return Answer::json(200, &Value::Array(list));
    }
    let sent = asked.json();
    let known = sent["event"]
        .as_str()
        .is_some_and(|event| event.starts_with("order/") || event.starts_with("app/"));
    if !known
        || !sent["url"]
            .as_str()
            .is_some_and(|url| url.starts_with("https://"))
    {
        let wrong = json!({"event": ["is not valid"], "url": ["is not valid"]});
        return Answer::json(422, &wrong);
    }
    let at = "2026-08-01T09:11:51-03:00";
    let hook = json!({
        "id": 5_670 + shop.count(), "event": sent["event"], "url": sent["url"],
        "created_at": at, "updated_at": at,
    });
    shop.hooks.push(hook.clone());
    Answer::json(201, &hook)
}

/// The offset stands without a colon.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

fn products(order: &Order) -> Value {
    json!([{
        "id": order.id + 1, "name": "Tênis Casual (Branco, 41)", "price": order.decimal(),
        "quantity": "1", "product_id": 182_001, "variant_id": "182012", "sku": "TEN-BR-41",
    }])
}

fn contact(order: &Order) -> Value {
    json!({
        "contact_name": order.buyer(), "contact_email": order.email(),
        "contact_phone": order.phone(), "contact_identification": null,
        "subtotal": order.decimal(), "discount": "0.00", "total": order.decimal(),
        "currency": "BRL", "language": "pt", "coupon": [],
        "created_at": moment(order.made), "updated_at": moment(order.changed),
    })
}

fn order(order: &Order) -> Value {
    let (status, payment, method) = match order.state {
        State::Pix => ("open", "pending", "pix"),
        State::Boleto => ("open", "pending", "boleto"),
        State::Refused => ("open", "pending", "credit_card"),
        State::Paid | State::PartlyRefunded => ("open", "paid", "credit_card"),
        State::Refunded => ("cancelled", "refunded", "credit_card"),
        State::Cancelled => ("cancelled", "voided", "pix"),
    };
    let own = json!({
        "id": order.id, "number": 100 + order.index, "token": order.token(), "store_id": "4321987",
        "status": status, "payment_status": payment, "shipping_status": "unpacked",
        "gateway": "nuvempago", "gateway_name": "Nuvem Pago", "gateway_id": null,
        "payment_details": {"method": method, "credit_card_company": null, "installments": "1"},
        "customer": null, "products": products(order), "cancelled_at": null,
        "paid_at": (payment == "paid").then(|| moment(order.made)),
    });
    joined(own, contact(order))
}

fn checkout(cart: &Order) -> Value {
    let own = json!({
        "id": cart.id, "token": cart.token(), "store_id": 4_321_987,
        "abandoned_checkout_url": format!("https://loja-exemplo.example.com/checkout/v3/order/proxy/{}/{}", cart.id, cart.token()),
        "gateway": null, "completed_at": null,
        "payment_details": {"method": null, "credit_card_company": null, "installments": 1},
        "products": [{"id": cart.id + 1, "name": "Tênis Casual (Branco, 41)", "price": cart.decimal(),
            "quantity": 1, "product_id": 182_001, "variant_id": 182_012, "sku": "TEN-BR-41"}],
    });
    joined(own, contact(cart))
}

/// Tells of one attempt to pay; of an order that is arranged otherwise, of none.
fn transactions(shop: &Shop, id: &str) -> Answer {
    let found = shop.orders().find(|order| order.id.to_string() == id);
    let Some(order) = found.filter(|order| order.state != State::Boleto) else {
        return Answer::json(200, &json!([]));
    };
    let (kind, status) = match order.state {
        State::Refused => ("credit_card", "failed"),
        State::Paid => ("credit_card", "paid"),
        State::PartlyRefunded => ("credit_card", "partially_refunded"),
        State::Refunded => ("credit_card", "refunded"),
        State::Pix | State::Boleto | State::Cancelled => ("pix", "pending"),
    };
    let amount = |value: &str| json!({"value": value, "currency": "BRL"});
    let given_back = match order.state {
        State::PartlyRefunded => order.tenth(),
        State::Refunded => order.decimal(),
        _ => "0.00".to_owned(),
    };
    Answer::json(
        200,
        &json!([{
            "id": format!("6b765950-e8e2-49f1-9c6a-{:012}", order.index),
            "payment_method": {"type": kind}, "status": status,
            "captured_amount": amount("0.00"), "refunded_amount": amount(&given_back),
            "authorized_amount": null, "voided_amount": null,
            "info": info(&order),
            "failure_code": (order.state == State::Refused).then_some("insufficient_funds"),
            "created_at": order.made.format("%Y-%m-%d %H:%M:%S").to_string(),
        }]),
    )
}

fn info(order: &Order) -> Value {
    if order.state != State::Pix {
        return json!({"installments": {"quantity": 3, "interest": "0.00"}});
    }
    json!({
        "external_resource_code": order.pix_code(),
        "external_resource_url": format!("https://pagamentos.example.com/pix/{}.png", order.id),
        "external_resource_expires_at": (order.made + chrono::TimeDelta::hours(24)).to_rfc3339(),
        "external_url": format!("https://pagamentos.example.com/merchant/{}", order.id),
    })
}
