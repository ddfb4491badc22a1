//! Kiwify: a token for id and secret, sales by day, 100 requests a minute, webhooks whose token is set or made.

use std::time::Duration;

use axum::http::Method;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{
    Answer, Api, Asked, Meter,
    shop::{Order, Shop, Slice, State},
    wire::joined,
};

const BASE: &str = "/v1";
const SIGN_IN: &str = "/v1/oauth/token";
const CLIENT: &str = "cliente-de-teste";
const SECRET: &str = "segredo-de-teste-da-kiwify";
const ACCOUNT: &str = "conta-de-teste";

pub(super) struct Kiwify;

impl Api for Kiwify {
    fn slug(&self) -> &'static str {
        "kiwify"
    }

    fn meter(&self) -> Meter {
        Meter::window(100, Duration::from_secs(60))
    }

    fn credentials(&self) -> Value {
        json!({"clientId": CLIENT, "clientSecret": SECRET, "accountId": ACCOUNT})
    }

    fn settings(&self) -> Value {
        json!({})
    }

    fn is_sign_in(&self, asked: &Asked) -> bool {
        asked.path == SIGN_IN
    }

    fn answer(&self, asked: &Asked, shop: &mut Shop) -> Answer {
        if asked.path == SIGN_IN {
            return sign_in(asked, shop);
        }
        let opened = shop.knows(asked.bearer("authorization", "Bearer "));
        if !opened || asked.header("x-kiwify-account-id") != ACCOUNT {
            return Answer::json(401, &json!({"error": "unauthorized"}));
        }
        let Some(parts) = asked.below(BASE) else {
            return Answer::json(404, &json!({"error": "not_found"}));
        };
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["sales"]) => listing(asked, shop),
            ("GET", ["sales", id]) => match shop.fetch(id, "kiwify") {
                Some(found) => Answer::json(200, &sale(&found)),
                None => Answer::json(404, &json!({"error": "not_found"})),
            },
            (_, ["webhooks", rest @ ..]) => webhooks(asked, shop, rest),
            _ => Answer::json(404, &json!({"error": "not_found"})),
        }
    }

    fn too_fast(&self, _wait: Duration) -> Answer {
        Answer::json(429, &json!({"error": "too_many_requests"}))
    }
}

fn sign_in(asked: &Asked, shop: &mut Shop) -> Answer {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&asked.body)
        .into_owned()
        .collect();
    let told = |name: &str| form.iter().find(|(known, _)| known == name);
    let right = told("client_id").is_some_and(|(_, value)| value == CLIENT)
        && told("client_secret").is_some_and(|(_, value)| value == SECRET);
    if !right {
        return Answer::json(401, &json!({"error": "invalid_client"}));
    }
    let token = shop.open();
    // The documents show the time both as a number and as a text.
    Answer::json(
        200,
        &json!({"access_token": token, "token_type": "Bearer", "expires_in": "86400", "scope": "sales webhooks"}),
    )
}

/// Days are taken as beginning at midnight, the last one not included.
fn listing(asked: &Asked, shop: &Shop) -> Answer {
    let day = |name| asked.query(name).parse::<NaiveDate>().ok();
    let (Some(start), Some(end)) = (day("start_date"), day("end_date")) else {
        return Answer::json(
            400,
            &json!({"error": "start_date and end_date are required"}),
        );
    };
    if (end - start).num_days() > 90 {
        return Answer::json(400, &json!({"error": "at most 90 days"}));
    }
    let (from, to) = (day("updated_at_start_date"), day("updated_at_end_date"));
    let listed = shop.orders().filter(|sale| {
        let (made, changed) = (sale.made.date_naive(), sale.changed.date_naive());
        (start..end).contains(&made)
            && from.is_none_or(|from| changed >= from)
            && to.is_none_or(|to| changed < to)
    });
    let per_page = asked.number("page_size").unwrap_or(10).clamp(1, 100);
    let page = asked.number("page_number").unwrap_or(1).max(1);
    let slice = Slice::of(listed, page, per_page);
    let data: Vec<Value> = slice.orders.iter().map(sale).collect();
    let told = json!({"count": slice.total, "page_number": page, "page_size": per_page});
    Answer::json(200, &json!({"pagination": told, "data": data}))
}

fn webhooks(asked: &Asked, shop: &mut Shop, rest: &[&str]) -> Answer {
    let found = rest
        .first()
        .map(|id| shop.hooks.iter().position(|hook| hook["id"] == *id));
    let sent = asked.json();
    match (&asked.method, found) {
        (&Method::GET, None) => {
            let per_page = asked.number("page_size").unwrap_or(10).clamp(1, 100);
            let page = asked.number("page_number").unwrap_or(1).max(1);
            let shown = shop.hooks.iter().skip((page - 1) * per_page).take(per_page);
            let data: Vec<&Value> = shown.collect();
            let told =
                json!({"count": shop.hooks.len(), "page_number": page, "page_size": per_page});
            Answer::json(200, &json!({"pagination": told, "data": data}))
        }
        (&Method::POST, None) => {
            let number = shop.count();
            let made = json!(format!("feito{number:06}"));
            let token = if sent["token"].is_null() {
                &made
            } else {
                &sent["token"]
            };
            let hook = json!({
                "id": format!("gancho{number:04}"), "name": sent["name"], "url": sent["url"],
                "products": sent["products"], "triggers": sent["triggers"], "token": token,
                "created_at": "2026-08-03T13:15:22.000Z", "updated_at": "2026-08-03T13:15:22.000Z",
            });
            shop.hooks.push(hook.clone());
            Answer::json(200, &hook)
        }
        (&Method::PUT, Some(Some(at))) => {
            for name in ["name", "url", "products", "triggers", "token"] {
                if !sent[name].is_null() {
                    shop.hooks[at][name] = sent[name].clone();
                }
            }
            Answer::json(200, &shop.hooks[at])
        }
        (&Method::GET, Some(Some(at))) => Answer::json(200, &shop.hooks[at]),
        (&Method::DELETE, Some(Some(at))) => {
            shop.hooks.remove(at);
            Answer::json(200, &json!({}))
        }
        _ => Answer::json(404, &json!({"error": "not_found"})),
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn sale(sale: &Order) -> Value {
    let (status, method) = match sale.state {
        State::Pix => ("waiting_payment", "pix"),
        State::Boleto => ("waiting_payment", "boleto"),
        State::Paid | State::PartlyRefunded => ("paid", "credit_card"),
        State::Refunded => ("refunded", "credit_card"),
        State::Cancelled | State::Refused => ("refused", "credit_card"),
    };
    let paid = matches!(
        sale.state,
        State::Paid | State::PartlyRefunded | State::Refunded
    );
    let head = json!({
        "id": sale.id_of("kiwify"), "reference": format!("REF{:04}", sale.index),
        "type": "product", "status": status, "payment_method": method,
        "created_at": moment(sale.made), "updated_at": moment(sale.changed),
        "approved_date": paid.then(|| moment(sale.changed)), "refunded_at": null,
        "net_amount": sale.centavos() - 900, "currency": "BRL", "installments": 1,
    });
    let rest = json!({
        "customer": {
            "id": format!("cliente-{}", sale.index), "name": sale.buyer(), "email": sale.email(),
            "mobile": sale.phone(), "cpf": null, "country": "br",
        },
        "product": {"id": "a3f05283-3298-4ccd-961d-fdf97f47ef14", "name": "Curso de Confeitaria"},
        "payment": {
            "charge_amount": sale.centavos(), "charge_currency": "BRL",
            "product_base_price": sale.centavos(), "product_base_currency": "BRL",
            "net_amount": sale.centavos() - 900, "fee": 900,
        },
        "tracking": {"src": null, "sck": null, "utm_source": "instagram", "utm_medium": null, "utm_campaign": null},
        "boleto_url": null, "card_rejection_reason": null, "sale_type": "producer",
    });
    joined(head, rest)
}
