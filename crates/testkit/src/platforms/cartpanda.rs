//! CartPanda: a bearer token and pages by number; no limit is documented, so none is kept.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    Answer, Api, Asked, Meter,
    shop::{Order, Shop, Slice, State, within},
    wire::joined,
};

const BASE: &str = "/api/v3/loja-exemplo";
const TOKEN: &str = "token-de-teste-do-panda";

pub(super) struct Cartpanda;

impl Api for Cartpanda {
    fn slug(&self) -> &'static str {
        "cartpanda"
    }

    fn meter(&self) -> Meter {
        Meter::none()
    }

    fn credentials(&self) -> Value {
        json!({"accessToken": TOKEN})
    }

    fn settings(&self) -> Value {
        json!({"shopSlug": "loja-exemplo"})
    }

    fn answer(&self, asked: &Asked, shop: &mut Shop) -> Answer {
        if asked.bearer("authorization", "Bearer ") != TOKEN {
            return Answer::text(401, "Unauthenticated.");
        }
        let Some(parts) = asked.below(BASE) else {
            return Answer::text(404, "Not Found");
        };
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["orders"]) => listing(asked, shop.orders(), "orders", order),
            ("GET", ["abandoned"]) => listing(asked, shop.carts(), "abandoned", cart),
            ("GET", ["orders", id]) => match shop.fetch(id, "cartpanda") {
                Some(found) => Answer::json(200, &json!({"order": order(&found)})),
                None => Answer::text(404, "Not Found"),
            },
            _ => Answer::text(404, "Not Found"),
        }
    }

    fn too_fast(&self, wait: Duration) -> Answer {
        Answer::text(429, "Too Many Attempts.").with("retry-after", wait.as_secs().max(1))
    }
}

fn listing(
    asked: &Asked,
    listed: impl Iterator<Item = Order>,
    name: &'static str,
    body: fn(&Order) -> Value,
) -> Answer {
    let per_page = asked.number("limit").unwrap_or(50).clamp(1, 200);
    let page = asked.number("page").unwrap_or(1).max(1);
    let min = asked.query("updated_at_min");
    let listed = listed.filter(|order| within(order.changed, min, ""));
    let slice = Slice::of(listed, page, per_page);
    let list: Vec<Value> = slice.orders.iter().map(body).collect();
    let meta = json!({
        "total": slice.total, "count": list.len(), "per_page": per_page, "current_page": page,
        "last_page": slice.pages.max(1),
        "path": format!("https://accounts.cartpanda.com{BASE}/{name}"),
    });
    Answer::json(200, &json!({name: list, "meta": meta}))
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Amounts of orders come as people write them, `197,00`.
fn written(order: &Order) -> String {
    order.decimal().replace('.', ",")
}

fn customer(order: &Order) -> Value {
    let buyer = order.buyer();
    let (first, last) = buyer.split_once(' ').unwrap_or((&buyer, ""));
    json!({
        "id": 800_001 + order.index, "first_name": first, "last_name": last, "full_name": buyer,
        "email": order.email(), "phone": order.phone(), "cpf": null, "cnpj": null,
    })
}

fn order(order: &Order) -> Value {
    let (status, kind) = match order.state {
        State::Pix => (1, "pix"),
        State::Boleto => (1, "boleto"),
        State::Refused => (1, "cc"),
        State::Paid | State::PartlyRefunded | State::Refunded => (3, "cc"),
        State::Cancelled => (4, "pix"),
    };
    let word = match order.state {
        State::Refunded => "Refunded",
        State::Cancelled => "Cancelled",
        _ => "New",
    };
    let code = (order.state == State::Pix).then(|| order.pix_code());
    let payment = json!({
        "id": 600_001 + order.index, "type": kind, "payment_type": kind, "status_id": status,
        "amount": order.centavos() as f64 / 100.0, "currency": "BRL", "boleto_code": null,
        "boleto_link": null, "boleto_limit_date": null, "pix_code": code, "pix_qr": null,
        "pix_limit_date": moment(order.made + chrono::TimeDelta::hours(1)),
    });
    let head = json!({
        "id": order.id, "shop_id": 900_001, "name": format!("#{}", 2801 + order.index),
        "number": 2801 + order.index, "order_number": (2801 + order.index).to_string(),
        "email": order.email(), "phone": order.phone(), "test": 0, "is_cartx_test": 0,
        "currency": "BRL", "total_price": written(order), "subtotal_price": written(order),
        "unformatted_total_price": order.centavos(), "status_id": word,
        "financial_status": (status == 3).then_some(3), "payment_status": status,
        "chargeback_received": 0, "payment_type": kind, "payment_gateway": "cartpanda_pay",
    });
    let rest = json!({
        "cancelled_at": (order.state == State::Cancelled).then(|| moment(order.changed)),
        "created_at": moment(order.made), "updated_at": moment(order.changed),
        "processed_at": moment(order.made), "cart_token": order.token(),
        "checkout_link": format!("https://checkout.loja-exemplo.example.com/checkout/{}:1", order.id),
        "thank_you_page": format!("https://checkout.loja-exemplo.example.com/thankyou/{}", order.id),
        "customer": customer(order), "refunds": [], "payment": payment,
        "line_items": [{
            "id": order.id + 1, "sku": "VITC-3", "name": "Kit Vitamina C", "title": "Kit Vitamina C",
            "price": order.centavos() as f64 / 100.0, "quantity": 1, "product_id": 9_500_006,
            "is_refunded": 0, "refunded_quantity": 0,
        }],
    });
    joined(head, rest)
}

fn cart(cart: &Order) -> Value {
    json!({
        "id": cart.id, "cart_token": cart.token(), "email": cart.email(), "phone": cart.phone(),
        "checkout_link": format!("https://checkout.loja-exemplo.example.com/checkout?cart_token={}", cart.token()),
        "customer": customer(cart),
        "cart_line_items": [{
            "id": cart.id + 1, "quantity": 1, "price": cart.decimal(),
            "variant": {"id": 440_002, "title": "Default", "product": {"id": 440_003, "title": "Kit Vitamina C"}},
        }],
        "total_line_items_price": cart.decimal(), "subtotal_price": cart.decimal(),
        "total_price": cart.decimal(),
        "created_at": moment(cart.made), "updated_at": moment(cart.changed),
    })
}
