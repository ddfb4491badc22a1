//! Hotmart's bodies, version 2.0.0: an envelope with the event's name, amounts in reais, times in milliseconds.

use contract::{Money, Stage};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{Means, Sale, code};

/// Writes the body of a stage.
pub(super) fn write(sale: &Sale, stage: Stage) -> Option<Value> {
    let (event, status) = match stage {
        Stage::CartAbandoned => ("PURCHASE_OUT_OF_SHOPPING_CART", ""),
        Stage::PixGenerated | Stage::BoletoGenerated => {
            ("PURCHASE_BILLET_PRINTED", "BILLET_PRINTED")
        }
        Stage::PaymentRefused => ("PURCHASE_CANCELED", "CANCELED"),
        Stage::PurchaseApproved => ("PURCHASE_APPROVED", "APPROVED"),
        Stage::PaymentExpired => ("PURCHASE_EXPIRED", "EXPIRED"),
        Stage::RefundRequested => ("PURCHASE_PROTEST", "DISPUTE"),
        Stage::Refunded => ("PURCHASE_REFUNDED", "REFUNDED"),
        Stage::Chargeback => ("PURCHASE_CHARGEBACK", "CHARGEBACK"),
        _ => return None,
    };
    let data = if stage == Stage::CartAbandoned {
        cart(sale)
    } else {
        purchase(sale, stage, status)
    };
    Some(json!({
        // Every request has an id of its own; a sale reaches a stage once, or is refused at another time.
        "id": format!("{}-{event}-{}", sale.id, sale.at.timestamp_millis()),
        "creation_date": sale.at.timestamp_millis(),
        "event": event,
        "version": "2.0.0",
        "data": data,
    }))
}

fn cart(sale: &Sale) -> Value {
    json!({
        "affiliate": false,
        "product": {"id": number(sale.product.id), "name": sale.product.name},
        "buyer": {"name": sale.buyer.name, "email": sale.buyer.email, "phone": format!("{}{}", sale.buyer.area_code, sale.buyer.number)},
        "offer": {"code": sale.product.checkout},
        "checkout_country": {"name": "Brasil", "iso": "BR"},
    })
}

fn purchase(sale: &Sale, stage: Stage, status: &str) -> Value {
    let price = json!({"value": reais(sale.amount), "currency_value": "BRL"});
    let paid = matches!(
        stage,
        Stage::PurchaseApproved | Stage::RefundRequested | Stage::Refunded | Stage::Chargeback
    );
    let mut purchase = json!({
        "full_price": price,
        "price": price,
        "checkout_country": {"name": "Brasil", "iso": "BR"},
        "order_date": sale.created_at.timestamp_millis(),
        "status": status,
        "transaction": format!("HP{}", code(sale)),
        "payment": payment(sale, stage),
        "offer": {"code": sale.product.checkout, "coupon_code": sale.coupon},
    });
    if let (Value::Object(map), true) = (&mut purchase, paid) {
        map.insert(
            "approved_date".to_owned(),
            json!(sale.at.timestamp_millis()),
        );
    }
    json!({
        "product": {"id": number(sale.product.id), "name": sale.product.name},
        "buyer": {
            "name": sale.buyer.name,
            "first_name": sale.buyer.first_name(),
            "last_name": sale.buyer.last_name(),
            "email": sale.buyer.email,
            "checkout_phone_code": sale.buyer.area_code,
            "checkout_phone": sale.buyer.number,
        },
        "purchase": purchase,
    })
}

fn payment(sale: &Sale, stage: Stage) -> Value {
    let mut map = Map::new();
    let kind = match sale.means {
        Means::Pix => "PIX",
        Means::Boleto => "BILLET",
        Means::Card => "CREDIT_CARD",
    };
    map.insert("type".to_owned(), json!(kind));
    let installments = if sale.means == Means::Card {
        sale.installments
    } else {
        1
    };
    map.insert("installments_number".to_owned(), json!(installments));
    if let (Means::Pix, Some((code, end))) = (sale.means, &sale.pix) {
        map.insert("pix_code".to_owned(), json!(code));
        map.insert(
            "pix_expiration_date".to_owned(),
            json!(end.timestamp_millis()),
        );
    }
    if let (Means::Boleto, Some((line, _))) = (sale.means, &sale.boleto) {
        map.insert("billet_barcode".to_owned(), json!(line));
        map.insert(
            "billet_url".to_owned(),
            json!("https://boleto.example.com/amostra"),
        );
    }
    if stage == Stage::PaymentRefused {
        map.insert("refusal_reason".to_owned(), json!("Transaction refused"));
    }
    Value::Object(map)
}

fn number(text: &str) -> Value {
    text.parse::<u64>()
        .map_or_else(|_| json!(text), Value::from)
}

/// Writes an amount as a JSON number.
fn reais(minor: i64) -> Value {
    let money = Money {
        minor,
        currency: contract::Currency::BRL,
    };
    // The text of the amount is a number; a number with two decimals survives a float on the way.
    RawValue::from_string(money.to_decimal())
        .ok()
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or(Value::Null)
}
