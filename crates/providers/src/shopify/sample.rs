//! A pending order of an invented buyer, as `orders/create` carries one.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use super::{DELIVERY, SHOP, TOPIC, TRIGGERED_AT};
use crate::{Sample, samples};

const SHOP_OF_SAMPLES: &str = "loja-exemplo.myshopify.com";

pub(super) fn pending_order(shop: Option<String>, id: &str, now: DateTime<Utc>) -> Sample {
    let shop = shop.unwrap_or_else(|| SHOP_OF_SAMPLES.to_owned());
    let at = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let number = samples::digits(id);
    let address = json!({
        "name": "Marina Amostra", "first_name": "Marina", "last_name": "Amostra", "phone": "+5511900000000",
        "city": "São Paulo", "zip": "01310-100", "province": "São Paulo", "country": "Brazil", "country_code": "BR",
    });
    let body = json!({
        "id": number.parse::<u64>().unwrap_or_default(),
        "name": "#1001", "order_number": 1001,
        "created_at": at, "updated_at": at, "processed_at": at, "cancelled_at": null, "cancel_reason": null,
        "financial_status": "pending", "fulfillment_status": null, "test": false,
        "currency": "BRL", "presentment_currency": "BRL",
        "total_price": "258.60", "subtotal_price": "239.70", "total_discounts": "0.00",
        "payment_gateway_names": ["Pix"],
        "email": "marina.amostra@example.com", "contact_email": "marina.amostra@example.com", "phone": "+5511900000000",
        "customer": {
            "id": 1001, "email": "marina.amostra@example.com", "first_name": "Marina", "last_name": "Amostra",
            "phone": "+5511900000000",
        },
        "billing_address": address, "shipping_address": address,
        "line_items": [
            {"id": 1, "title": "Camiseta Algodão", "name": "Camiseta Algodão - Preta / M", "variant_title": "Preta / M",
             "sku": "CAM-PR-M", "quantity": 2, "price": "89.90", "product_id": 11},
            {"id": 2, "title": "Boné Aba Curva", "name": "Boné Aba Curva", "variant_title": null,
             "sku": "BON-01", "quantity": 1, "price": "59.90", "product_id": 12},
        ],
        "discount_codes": [], "note": null, "note_attributes": [], "refunds": [],
        "order_status_url": format!("https://{shop}/60000000001/orders/{number}/authenticate?key=amostra"),
    });
    let headers = [
        ("content-type", "application/json".to_owned()),
        (TOPIC, "orders/create".to_owned()),
        (SHOP, shop),
        (
            DELIVERY,
            format!("amostra-{number}-{}", now.timestamp_millis()),
        ),
        (
            TRIGGERED_AT,
            now.to_rfc3339_opts(SecondsFormat::Nanos, true),
        ),
    ];
    Sample {
        query: String::new(),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
        body: body.to_string().into_bytes(),
    }
}
