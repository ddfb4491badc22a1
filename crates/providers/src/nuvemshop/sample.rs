//! A pending PIX order of an invented buyer, as the API shows one with its transactions.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::{Sample, samples};

/// A notice alone would send us to fetch an order that is not there.
pub(super) fn pending_order(store: Option<String>, id: &str, now: DateTime<Utc>) -> Sample {
    let number = samples::digits(id);
    let at = now.format("%Y-%m-%dT%H:%M:%S+0000").to_string();
    let tomorrow = now.checked_add_signed(TimeDelta::days(1)).unwrap_or(now);
    let address = json!({
        "name": "Marina Amostra", "phone": "+5511900000000", "city": "Curitiba", "province": "Paraná",
        "zipcode": "80010000", "country": "BR",
    });
    let attempt = json!({
        "id": format!("amostra-{number}"), "payment_method": {"type": "pix"}, "status": "pending",
        "refunded_amount": {"value": "0.00", "currency": "BRL"}, "failure_code": null,
        "created_at": now.format("%Y-%m-%d %H:%M:%S").to_string(),
        "info": {
            "external_resource_code": samples::pix_code(27_470),
            "external_resource_expires_at": tomorrow.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        },
    });
    let body = json!({
        "id": number.parse::<u64>().unwrap_or_default(), "store_id": store.unwrap_or_else(|| "1".to_owned()),
        "number": 101, "status": "open", "payment_status": "pending", "shipping_status": "unpacked",
        "created_at": at, "updated_at": at, "cancelled_at": null, "paid_at": null,
        "contact_name": "Marina Amostra", "contact_email": "marina.amostra@example.com",
        "contact_phone": "+5511900000000", "contact_identification": null,
        "currency": "BRL", "total": "274.70", "subtotal": "259.80", "discount": "0.00",
        "gateway": "nuvempago", "gateway_name": "Nuvem Pago",
        "payment_details": {"method": "pix", "credit_card_company": null, "installments": "1"},
        "coupon": [], "customer": null, "shipping_address": address,
        "products": [
            {"id": 1, "name": "Tênis Casual (Branco, 41)", "price": "199.90", "quantity": "1", "product_id": 11,
             "variant_id": "12", "sku": "TEN-BR-41"},
            {"id": 2, "name": "Kit Meias", "price": "29.95", "quantity": "2", "product_id": 13, "variant_id": "14",
             "sku": null},
        ],
        "transactions": [attempt],
    });
    Sample {
        query: String::new(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    }
}
