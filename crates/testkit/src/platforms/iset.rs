//! iSET: one token at a time, lists by day told in a body, answers of 200 whose body tells how it went.
//!
//! Neither the fields of an order nor any limit is documented; the fields here are invented after the words of its panel.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    Answer, Api, Asked, Meter,
    shop::{Order, Shop, State, day_in_brazil, in_brazil},
};

const BASE: &str = "/ws/v1";
const SIGN_IN: &str = "/ws/v1/oauth";
const USER: &str = "4321";
const KEY: &str = "chave-de-teste-da-iset";

pub(super) struct Iset;

impl Api for Iset {
    fn slug(&self) -> &'static str {
        "iset"
    }

    fn meter(&self) -> Meter {
        Meter::none()
    }

    fn credentials(&self) -> Value {
        json!({"userId": USER, "apiKey": KEY})
    }

    fn settings(&self) -> Value {
        json!({"shopDomain": "www.lojaiset.example.com"})
    }

    fn is_sign_in(&self, asked: &Asked) -> bool {
        asked.path == SIGN_IN
    }

    fn answer(&self, asked: &Asked, shop: &mut Shop) -> Answer {
        if asked.path == SIGN_IN {
            return sign_in(asked, shop);
        }
        if !shop.knows(asked.header("access-token")) {
            return forbidden("Access token is missing or invalid.");
        }
        let parts = asked.below(BASE).unwrap_or_default();
        match (asked.method.as_str(), parts.as_slice()) {
            ("POST", ["order", "list"]) => listing(asked, shop),
            ("GET", ["order", id]) => match shop.fetch(id, "iset") {
                Some(found) => Answer::json(200, &json!({"status": 200, "order": order(&found)})),
                None => Answer::json(404, &json!({"status": 404, "reason": "Not Found"})),
            },
            _ => Answer::json(404, &json!({"status": 404, "reason": "Not Found"})),
        }
    }

    fn too_fast(&self, wait: Duration) -> Answer {
        Answer::text(429, "Too Many Requests").with("retry-after", wait.as_secs().max(1))
    }
}

fn forbidden(message: &str) -> Answer {
    let body = json!({"status": 403, "reason": "Forbidden", "message": message});
    Answer::json(403, &body)
}

fn sign_in(asked: &Asked, shop: &mut Shop) -> Answer {
    let both = format!("Basic {}", STANDARD.encode(format!("{USER}:{KEY}")));
    if asked.header("authorization") != both {
        return Answer::json(401, &json!({"status": 401, "reason": "Unauthorized"}));
    }
    if !shop.tokens.is_empty() {
        return forbidden("Access token already been created to this authentication.");
    }
    let token = shop.open();
    let ends = (Utc::now() + TimeDelta::hours(1)).timestamp();
    Answer::json(
        200,
        &json!({"status": 200, "token": token, "expires_in": ends}),
    )
}

fn listing(asked: &Asked, shop: &Shop) -> Answer {
    let sent = asked.json();
    let day = |name: &str| sent["date"][name].as_str()?.parse::<NaiveDate>().ok();
    let (Some(from), Some(to), Some(paid)) = (day("from"), day("to"), sent["paid"].as_bool())
    else {
        // The status line of a bad request says that all is well.
        return Answer::json(200, &json!({"status": 400, "reason": "Bad Request"}));
    };
    let listed = shop.orders().filter(|order| {
        let is_paid = matches!(
            order.state,
            State::Paid | State::PartlyRefunded | State::Refunded
        );
        (from..=to).contains(&day_in_brazil(order.made)) && is_paid == paid
    });
    let orders: Vec<Value> = listed.map(|found| order(&found)).collect();
    Answer::json(200, &json!({"status": 200, "orders": orders}))
}

fn order(order: &Order) -> Value {
    let (status, method) = match order.state {
        State::Pix => ("Aguardando pagamento", "Pix"),
        State::Boleto => ("Aguardando pagamento", "Boleto"),
        State::Refused => ("Aguardando pagamento", "Cartão de crédito"),
        State::Paid | State::PartlyRefunded => ("Pago", "Cartão de crédito"),
        State::Refunded => ("Estornado", "Cartão de crédito"),
        State::Cancelled => ("Cancelado", "Pix"),
    };
    json!({
        "id": order.id, "status": status, "payment_method": method, "total": order.decimal(),
        "date": in_brazil(order.made, "%Y-%m-%d %H:%M:%S"),
        "updated_at": in_brazil(order.changed, "%Y-%m-%d %H:%M:%S"),
        "customer": {"name": order.buyer(), "email": order.email(), "phone": order.phone()},
        "products": [{"id": 77, "name": "Caneca Esmaltada", "quantity": 1, "price": order.decimal()}],
    })
}
