//! Yampi: `User-Token` and `User-Secret-Key`, pages by number, 120 requests a minute, webhooks that bring a key of their own.

use std::time::Duration;

use axum::http::Method;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    Answer, Api, Asked, Meter,
    shop::{Order, Shop, Slice, State, day_in_brazil, in_brazil},
};

const BASE: &str = "/v2/loja-exemplo";
const TOKEN: &str = "token-de-teste-do-usuario";
const KEY: &str = "chave-de-teste-do-usuario";

pub(super) struct Yampi;

impl Api for Yampi {
    fn slug(&self) -> &'static str {
        "yampi"
    }

    fn meter(&self) -> Meter {
        Meter::window(120, Duration::from_secs(60))
    }

    fn credentials(&self) -> Value {
        json!({"userToken": TOKEN, "userSecretKey": KEY})
    }

    fn settings(&self) -> Value {
        json!({"storeAlias": "loja-exemplo"})
    }

    fn answer(&self, asked: &Asked, shop: &mut Shop) -> Answer {
        if asked.header("user-token") != TOKEN || asked.header("user-secret-key") != KEY {
            return Answer::text(401, "Unauthenticated.");
        }
        let Some(parts) = asked.below(BASE) else {
            return Answer::text(404, "Not Found");
        };
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["orders"]) => orders(asked, shop),
            ("GET", ["orders", id]) => match shop.fetch(id, "yampi") {
                Some(found) => Answer::json(200, &json!({"data": order(&found)})),
                None => Answer::text(404, "Not Found"),
            },
            ("GET", ["checkout", "carts"]) => listing(asked, shop.carts(), cart),
            (_, ["webhooks", rest @ ..]) => webhooks(asked, shop, rest),
            _ => Answer::text(404, "Not Found"),
        }
    }

    fn too_fast(&self, _wait: Duration) -> Answer {
        Answer::text(429, "Too Many Requests")
            .with("x-ratelimit-limit", 120)
            .with("x-ratelimit-remaining", 0)
    }
}

fn orders(asked: &Asked, shop: &Shop) -> Answer {
    let days = asked.query("date").strip_prefix("created_at:");
    let days = days.and_then(|days| days.split_once('|'));
    let read = |text: &str| text.parse::<NaiveDate>().ok();
    let span = days.and_then(|(from, to)| read(from).zip(read(to)));
    let within = |order: &Order| {
        span.is_none_or(|(from, to)| (from..=to).contains(&day_in_brazil(order.made)))
    };
    listing(asked, shop.orders().filter(within), order)
}

fn listing(
    asked: &Asked,
    listed: impl Iterator<Item = Order>,
    body: fn(&Order) -> Value,
) -> Answer {
    let per_page = asked.number("limit").unwrap_or(10).clamp(1, 100);
    let page = asked.number("page").unwrap_or(1).max(1);
    let slice = Slice::of(listed, page, per_page);
    let data: Vec<Value> = slice.orders.iter().map(body).collect();
    let told = json!({
        "total": slice.total, "count": data.len(), "per_page": per_page,
        "current_page": page, "total_pages": slice.pages, "links": [],
    });
    Answer::json(200, &json!({"data": data, "meta": {"pagination": told}}))
        .with("x-ratelimit-limit", 120)
}

fn webhooks(asked: &Asked, shop: &mut Shop, rest: &[&str]) -> Answer {
    let found = rest.first().map(|id| {
        let id: Option<u64> = id.parse().ok();
        shop.hooks.iter().position(|hook| hook["id"].as_u64() == id)
    });
    match (&asked.method, found) {
        (&Method::GET, None) => {
            let per_page = asked.number("limit").unwrap_or(10).clamp(1, 100);
            let page = asked.number("page").unwrap_or(1).max(1);
            let shown = shop.hooks.iter().skip((page - 1) * per_page).take(per_page);
            let data: Vec<Value> = shown.map(|hook| seen(hook, shop)).collect();
            let told = json!({
                "total": shop.hooks.len(), "count": data.len(), "per_page": per_page,
                "current_page": page, "total_pages": shop.hooks.len().div_ceil(per_page),
            });
            Answer::json(200, &json!({"data": data, "meta": {"pagination": told}}))
        }
        (&Method::POST, None) => {
            let told = asked.json();
            let number = shop.count();
            let hook = json!({
                "id": 12_000 + number, "name": told["name"], "url": told["url"], "active": true,
                "secret_key": format!("wh_teste_{number:08}"), "events": told["events"],
            });
            shop.hooks.push(hook.clone());
            Answer::json(201, &json!({"data": hook}))
        }
        (_, Some(None)) => Answer::text(404, "Not Found"),
        (&Method::GET, Some(Some(at))) => {
            Answer::json(200, &json!({"data": seen(&shop.hooks[at], shop)}))
        }
        (&Method::PUT, Some(Some(at))) => {
            let told = asked.json();
            for name in ["name", "url", "events"] {
                if !told[name].is_null() {
                    shop.hooks[at][name] = told[name].clone();
                }
            }
            Answer::json(200, &json!({"data": seen(&shop.hooks[at], shop)}))
        }
        (&Method::DELETE, Some(Some(at))) => {
            shop.hooks.remove(at);
            Answer::json(204, &Value::Null)
        }
        _ => Answer::text(405, "Method Not Allowed"),
    }
}

/// Shows a webhook that was made before.
fn seen(hook: &Value, shop: &Shop) -> Value {
    let mut shown = hook.clone();
    if shop.hides_secrets
        && let Some(shown) = shown.as_object_mut()
    {
        shown.remove("secret_key");
    }
    shown
}

fn moment(at: chrono::DateTime<chrono::Utc>) -> Value {
    json!({
        "date": in_brazil(at, "%Y-%m-%d %H:%M:%S.000000"),
        "timezone": "America/Sao_Paulo",
        "timezone_type": 3,
    })
}

fn reais(centavos: i64) -> Value {
    // The API writes amounts as numbers, whole ones without decimals.
    let text = format!("{}.{:02}", centavos / 100, centavos % 100);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    serde_json::from_str(text).expect("a number")
}

fn customer(order: &Order) -> Value {
    let phone = order.phone();
    let national = phone.trim_start_matches("+55");
    json!({"data": {
        "id": 40_100_001 + order.index, "name": order.buyer(), "generic_name": order.buyer(),
        "email": order.email(), "type": "f", "cpf": null, "cnpj": null,
        "phone": {"full_number": national, "area_code": &national[..2], "number": &national[2..]},
    }})
}

fn items(order: &Order) -> Value {
    json!({"data": [{
        "id": 50_200_001 + order.index, "item_sku": "CAM-B", "quantity": 1,
        "price": reais(order.centavos()), "product_id": 50_200_021, "sku_id": 50_200_011,
        "sku": {"data": {"title": "Camiseta Básica", "sku": "CAM-B"}},
    }]})
}

fn order(order: &Order) -> Value {
    let (alias, status_id, method) = match order.state {
        State::Pix => ("waiting_payment", 3, "pix"),
        State::Boleto => ("waiting_payment", 3, "billet"),
        State::Refused => ("waiting_payment", 3, "credit_card"),
        State::Paid | State::PartlyRefunded => ("paid", 4, "credit_card"),
        State::Refunded => ("refunded", 10, "credit_card"),
        State::Cancelled => ("cancelled", 8, "pix"),
    };
    let code = (order.state == State::Pix).then(|| {
        json!({
            "pix_qr_code": order.pix_code(),
            "pix_expiration_date": in_brazil(order.made + chrono::TimeDelta::hours(1), "%Y-%m-%d %H:%M:%S"),
        })
    });
    let code = code.unwrap_or_else(|| json!([]));
    json!({
        "id": order.id, "number": 739_383_970_000_000_u64 + order.index as u64,
        "merchant_id": 98_765, "status_id": status_id,
        "status": {"data": {"id": status_id, "alias": alias, "name": alias}},
        "value_total": reais(order.centavos()), "value_products": reais(order.centavos()),
        "authorized": order.state == State::Paid,
        "customer_id": 40_100_001 + order.index, "customer": customer(order), "items": items(order),
        "transactions": {"data": [{
            "id": 60_300_001 + order.index, "status": alias, "amount": reais(order.centavos()),
            "installments": 1, "authorized": true, "billet_barcode": null, "billet_url": null,
            "payment": {"data": {"alias": method, "name": method}},
            "metadata": {"data": code}, "created_at": moment(order.made),
        }]},
        "pix": {"data": code},
        "metadata": {"data": [{"key": "cart_id", "value": (order.id + 1_000_000_000).to_string()}]},
        "cart_token": order.token(),
        "public_url": format!("https://api.dooki.com.br/v2/public/orders/{}", order.token()),
        "reorder_url": format!("https://seguro.loja-exemplo.example.com/cart/items?skipToCheckout=1&o={}", order.id),
        "created_at": moment(order.made), "updated_at": moment(order.changed),
    })
}

fn cart(cart: &Order) -> Value {
    json!({
        "id": cart.id, "merchant_id": 98_765, "token": cart.token(),
        "simulate_url": format!("https://seguro.loja-exemplo.example.com/cart/items?cart={}", cart.id),
        "totalizers": {"total_items": 1, "subtotal": reais(cart.centavos()), "total": reais(cart.centavos())},
        "tracking_data": {"name": cart.buyer(), "email": cart.email()},
        "customer": customer(cart), "items": items(cart), "transactions": {"data": []},
        "metadata": {"data": []}, "last_transaction_status": "",
        "created_at": moment(cart.made), "updated_at": moment(cart.changed),
    })
}
