//! Hotmart: a token for id and secret, sales by state and day of creation, pages by token, 500 requests a minute.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    Answer, Api, Asked, Meter,
    shop::{Order, Shop, Slice, State},
};

const CLIENT: &str = "cliente-de-teste";
const SECRET: &str = "segredo-de-teste-da-hotmart";
const SIGN_IN: &str = "/security/oauth/token";
const SALES: &str = "/payments/api/v1/sales/history";
/// The longest span, about a year.
const LONGEST: i64 = 366 * 24 * 3600 * 1000;

pub(super) struct Hotmart;

impl Api for Hotmart {
    fn slug(&self) -> &'static str {
        "hotmart"
    }

    fn meter(&self) -> Meter {
        Meter::window(500, Duration::from_secs(60))
    }

    fn credentials(&self) -> Value {
        json!({"clientId": CLIENT, "clientSecret": SECRET})
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
        if !shop.knows(asked.bearer("authorization", "Bearer ")) {
            return Answer::json(401, &json!({"error": "invalid_token"}));
        }
        if asked.path != SALES {
            return Answer::json(404, &json!({"error": "not_found"}));
        }
        if asked.query.contains_key("transaction") {
            let found = shop.fetch(asked.query("transaction"), "hotmart");
            let items: Vec<Value> = found.iter().map(sale).collect();
            return Answer::json(200, &json!({"items": items, "page_info": {}}));
        }
        listing(asked, shop)
    }

    fn too_fast(&self, wait: Duration) -> Answer {
        Answer::json(429, &json!({"error": "too_many_requests"}))
            .with("ratelimit-limit", 500)
            .with("ratelimit-remaining", 0)
            .with("ratelimit-reset", wait.as_secs().max(1))
    }
}

fn sign_in(asked: &Asked, shop: &mut Shop) -> Answer {
    let both = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    let told = (asked.query("client_id"), asked.query("client_secret"));
    if asked.header("authorization") != both || told != (CLIENT, SECRET) {
        return Answer::json(401, &json!({"error": "invalid_client"}));
    }
    let token = shop.open();
    Answer::json(
        200,
        &json!({"access_token": token, "token_type": "bearer", "expires_in": 86_399}),
    )
}

fn word(state: State) -> &'static str {
    match state {
        State::Pix | State::Refused => "WAITING_PAYMENT",
        State::Boleto => "PRINTED_BILLET",
        State::Paid => "APPROVED",
        State::PartlyRefunded => "PARTIALLY_REFUNDED",
        State::Refunded => "REFUNDED",
        State::Cancelled => "CANCELLED",
    }
}

fn listing(asked: &Asked, shop: &Shop) -> Answer {
    let millis = |name| asked.query(name).parse::<i64>().ok();
    let (start, end) = (millis("start_date"), millis("end_date"));
    if let (Some(start), Some(end)) = (start, end)
        && (end < start || end - start > LONGEST)
    {
        return Answer::json(400, &json!({"error": "invalid_parameter"}));
    }
    let state = asked.query("transaction_status");
    let page: usize = match asked.query("page_token") {
        "" => 1,
        token => match token
            .strip_prefix("page-")
            .and_then(|page| page.parse().ok())
        {
            Some(page) => page,
            None => return Answer::json(400, &json!({"error": "invalid_page_token"})),
        },
    };
    // Without a state only what was paid is shown.
    let state = if state.is_empty() { "APPROVED" } else { state };
    let listed = shop.orders().filter(|sale| {
        let made = sale.made.timestamp_millis();
        word(sale.state) == state
            && start.is_none_or(|start| made >= start)
            && end.is_none_or(|end| made <= end)
    });
    let per_page = asked.number("max_results").unwrap_or(50).clamp(1, 500);
    let slice = Slice::of(listed, page, per_page);
    let items: Vec<Value> = slice.orders.iter().map(sale).collect();
    let mut info = json!({"total_results": slice.total, "results_per_page": items.len()});
    if page < slice.pages {
        info["next_page_token"] = json!(format!("page-{}", page + 1));
    }
    Answer::json(200, &json!({"items": items, "page_info": info}))
}

fn sale(sale: &Order) -> Value {
    let kind = match sale.state {
        State::Pix | State::Cancelled => "PIX",
        State::Boleto => "BILLET",
        State::Paid | State::Refused | State::PartlyRefunded | State::Refunded => "CREDIT_CARD",
    };
    let paid = matches!(
        sale.state,
        State::Paid | State::PartlyRefunded | State::Refunded
    );
    let price: Value = serde_json::from_str(&sale.decimal()).expect("a number");
    json!({
        "product": {"id": 2_125_812, "name": "Curso de Confeitaria"},
        "buyer": {"name": sale.buyer(), "ucode": format!("{:032x}", sale.index), "email": sale.email()},
        "producer": {"name": "Escola Exemplo", "ucode": "00000000-0000-4000-8000-000000000001"},
        "purchase": {
            "transaction": sale.id_of("hotmart"),
            "order_date": sale.made.timestamp_millis(),
            "approved_date": paid.then(|| sale.changed.timestamp_millis()),
            "status": word(sale.state), "recurrency_number": 1, "is_subscription": false,
            "commission_as": "PRODUCER",
            "price": {"value": price, "currency_code": "BRL"},
            "payment": {"method": kind, "installments_number": 1, "type": kind},
            "tracking": {"source_sck": "", "source": "instagram", "external_code": ""},
            "offer": {"payment_mode": "INVOICE", "code": "oferta01"},
        },
    })
}
