//! A pending PIX order as Yampi sends it, of an invented buyer, for trying an integration out.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::samples::{digits, pix_code};
use crate::{Sample, times};

/// What the sample costs, in centavos.
const CENTAVOS: i64 = 20_980;

pub(super) fn order_created(shop: Option<&str>, id: &str, now: DateTime<Utc>) -> Option<Sample> {
    let id: u64 = digits(id).parse().ok()?;
    let local = now.with_timezone(&times::brasilia()?);
    let ends = local.checked_add_signed(TimeDelta::hours(1))?;
    let charge = json!({
        "pix_qr_code": pix_code(CENTAVOS)?,
        "pix_expiration_date": written(ends),
    });
    let moment = moment(local);
    let body = json!({
        "event": "order.created",
        "time": written(local),
        "merchant": {"id": 98_765, "alias": shop.unwrap_or("loja-exemplo")},
        "resource": {
            "id": id,
            "number": id,
            "status_id": 3,
            "status": {"data": {"id": 3, "name": "Aguardando pagamento", "alias": "waiting_payment"}},
            "value_products": 189.9,
            "value_shipment": 19.9,
            "value_total": 209.8,
            "customer": {"data": {
                "name": "Patrícia Exemplo",
                "email": "patricia@example.com",
                "cpf": null,
                "phone": {"full_number": "11900000000", "area_code": "11", "number": "900000000"},
            }},
            "items": {"data": [{
                "item_sku": "VES-LI-M",
                "quantity": 1,
                "price": 189.9,
                "sku": {"data": {"title": "Vestido Linho", "sku": "VES-LI-M"}},
            }]},
            "pix": {"data": charge},
            "promocode": {"data": []},
            "transactions": {"data": [{
                "id": id,
                "status": "waiting_payment",
                "amount": 209.8,
                "installments": 1,
                "payment": {"data": {"alias": "pix", "name": "Pix", "is_pix": true}},
                "metadata": {"data": charge},
                "billet_barcode": null,
                "billet_url": null,
                "billet_date": null,
            }]},
            "metadata": {"data": []},
            "payments": [{"alias": "pix", "name": "Pix"}],
            "reorder_url": "https://loja.example.com/cart/items?redirectTo=checkout",
            "public_url": null,
            "created_at": moment,
            "updated_at": moment,
        },
    });
    Some(Sample {
        query: String::new(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: serde_json::to_vec(&body).ok()?,
    })
}

fn moment(at: DateTime<FixedOffset>) -> Value {
    json!({
        "date": format!("{}.000000", written(at)),
        "timezone": "America/Sao_Paulo",
        "timezone_type": 3,
    })
}

fn written(at: DateTime<FixedOffset>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}
