//! Kiwify's bodies: amounts in centavos, times without a zone on Brasília's clock, carts without an event's name.

use chrono::{DateTime, FixedOffset, Utc};
use contract::Stage;
use serde_json::{Value, json};

use super::{Means, Sale, iso};

/// Brasília's distance from UTC, in seconds.
const BRASILIA: i32 = -3 * 3600;

/// Writes the body of a stage.
pub(super) fn write(sale: &Sale, stage: Stage) -> Option<Value> {
    let (event, status) = match stage {
        Stage::CartAbandoned => return Some(cart(sale)),
        Stage::PixGenerated => ("pix_created", "waiting_payment"),
        Stage::BoletoGenerated => ("billet_created", "waiting_payment"),
        Stage::PaymentRefused => ("order_rejected", "refused"),
        Stage::PurchaseApproved => ("order_approved", "paid"),
        Stage::Refunded => ("order_refunded", "refunded"),
        Stage::Chargeback => ("chargeback", "chargedback"),
        _ => return None,
    };
    let paid = matches!(
        stage,
        Stage::PurchaseApproved | Stage::Refunded | Stage::Chargeback
    );
    let boleto = sale.boleto.as_ref().filter(|_| sale.means == Means::Boleto);
    let pix = sale.pix.as_ref().filter(|_| sale.means == Means::Pix);
    Some(json!({
        "order_id": sale.id,
        "order_ref": sale.id.chars().take(7).collect::<String>(),
        "order_status": status,
        "product_type": "membership",
        "payment_method": match sale.means { Means::Pix => "pix", Means::Boleto => "boleto", Means::Card => "credit_card" },
        "installments": (sale.means == Means::Card).then_some(sale.installments),
        "card_rejection_reason": (stage == Stage::PaymentRefused).then_some("insufficient_funds"),
        "boleto_URL": boleto.map(|_| "https://boleto.example.com/amostra.pdf"),
        "boleto_barcode": boleto.map(|(line, _)| line),
        "boleto_expiry_date": boleto.map(|(_, due)| due.format("%d/%m/%Y").to_string()),
        "pix_code": pix.map(|(code, _)| code),
        "pix_expiration": pix.map(|(_, end)| local(*end, "%d/%m/%Y %H:%M")),
        "created_at": local(sale.created_at, "%Y-%m-%d %H:%M"),
        "updated_at": local(sale.at, "%Y-%m-%d %H:%M"),
        "approved_date": paid.then(|| local(sale.at, "%Y-%m-%d %H:%M")),
        "refunded_at": (stage == Stage::Refunded).then(|| local(sale.at, "%Y-%m-%d %H:%M")),
        "webhook_event_type": event,
        "Product": {"product_id": sale.product.id, "product_name": sale.product.name},
        "Customer": {
            "full_name": sale.buyer.name,
            "first_name": sale.buyer.first_name(),
            "email": sale.buyer.email,
            "mobile": sale.buyer.phone(),
        },
        "Commissions": {"charge_amount": sale.amount, "product_base_price": sale.amount, "currency": "BRL"},
        "TrackingParameters": {"src": null, "utm_source": sale.campaign.map(|_| "facebook"), "utm_medium": null, "utm_campaign": sale.campaign},
        "checkout_link": sale.product.checkout,
    }))
}

fn cart(sale: &Sale) -> Value {
    json!({
        "id": sale.id.replace('-', "").chars().take(18).collect::<String>(),
        "status": "abandoned",
        "checkout_link": sale.product.checkout,
        "country": "br",
        "name": sale.buyer.name,
        "email": sale.buyer.email,
        "phone": format!("({}) {}", sale.buyer.area_code, sale.buyer.number),
        "product_id": sale.product.id,
        "product_name": sale.product.name,
        "subscription_plan": null,
        "created_at": iso(sale.at),
    })
}

fn local(at: DateTime<Utc>, form: &str) -> String {
    let zone = FixedOffset::east_opt(BRASILIA).expect("three hours are a zone");
    at.with_timezone(&zone).format(form).to_string()
}
