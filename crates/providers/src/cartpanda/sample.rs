//! A pending PIX order as CartPanda sends it, of an invented buyer, for trying an integration out.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::Sample;
use crate::samples::{digits, pix_code};

/// What the sample costs, in centavos.
const CENTAVOS: i64 = 14_750;

pub(super) fn order_created(id: &str, now: DateTime<Utc>) -> Option<Sample> {
    let id: u64 = digits(id).parse().ok()?;
    let written = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
    let (at, ends) = (now, now.checked_add_signed(TimeDelta::hours(1))?);
    let body = json!({
        "event": "order.created",
        "order": {
            "id": id,
            "shop_id": 900_001,
            "name": format!("#{id}"),
            "email": "sonia@example.com",
            "phone": "+5511900000000",
            "test": 1,
            "currency": "BRL",
            "total_price": "147,50",
            "unformatted_total_price": CENTAVOS,
            "status_id": "New",
            "financial_status": null,
            "payment_status": 1,
            "chargeback_received": 0,
            "cancelled_at": null,
            "created_at": written(at),
            "updated_at": written(at),
            "payment_type": "pix",
            "no_of_installments": 1,
            "checkout_link": "https://loja.example.com/checkout/amostra",
            "thank_you_page": null,
            "customer": {
                "full_name": "Sônia Exemplo",
                "email": "sonia@example.com",
                "phone": "+5511900000000",
                "cpf": null,
            },
            "line_items": [
                {"sku": "VITC-3", "title": "Kit Vitamina C", "price": 147.5, "quantity": 1},
            ],
            "payment": {
                "type": "pix",
                "status_id": 1,
                "amount": 147.5,
                "currency": "BRL",
                "pix_code": pix_code(CENTAVOS)?,
                "pix_limit_date": written(ends),
            },
            "refunds": [],
        },
    });
    Some(Sample {
        query: String::new(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: serde_json::to_vec(&body).ok()?,
    })
}
