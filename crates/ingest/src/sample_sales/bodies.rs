//! The bodies as each platform writes them. Only fields that stand in the platforms' own examples are used.

mod hotmart;
mod kiwify;

use chrono::{DateTime, SecondsFormat, Utc};
use contract::Stage;
use serde_json::{Value, json};

use super::stories::{Means, Sale};

/// Writes what the sale's platform sends at a stage; `None` where it has no word for it.
pub(super) fn write(sale: &Sale, stage: Stage) -> Option<Value> {
    match sale.provider {
        "kiwify" => kiwify::write(sale, stage),
        "hotmart" => hotmart::write(sale, stage),
        "cart_abandonment" => aprovei(sale, stage),
        _ => Some(unified(sale, stage)),
    }
}

fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Returns the sale's id as capital letters and digits.
fn code(sale: &Sale) -> String {
    sale.id
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(12)
        .collect::<String>()
        .to_uppercase()
}

fn means(sale: &Sale) -> &'static str {
    match sale.means {
        Means::Pix => "pix",
        Means::Boleto => "boleto",
        Means::Card => "card",
    }
}

fn aprovei(sale: &Sale, stage: Stage) -> Option<Value> {
    let status = match stage {
        Stage::CartAbandoned => return Some(aprovei_cart(sale)),
        Stage::PixGenerated => "pending",
        Stage::PurchaseApproved => "approved",
        Stage::PaymentRefused => "refused",
        Stage::Refunded => "refunded",
        Stage::Chargeback => "chargeback",
        _ => return None,
    };
    let approved = matches!(
        stage,
        Stage::PurchaseApproved | Stage::Refunded | Stage::Chargeback
    );
    let given_back = matches!(stage, Stage::Refunded | Stage::Chargeback);
    Some(json!({
        "transaction_token": format!("VCP{}", code(sale)),
        "transaction_amount": sale.amount,
        "payment_status": status,
        "payment_type": if sale.means == Means::Pix { "pix" } else { "credit_card" },
        "date_created": iso(sale.created_at),
        "date_approved": approved.then(|| iso(sale.at)),
        "date_refunded": given_back.then(|| iso(sale.at)),
        "customer": {"full_name": sale.buyer.name, "email": sale.buyer.email, "cellphone": sale.buyer.phone()},
        "products": [{"title": sale.product.name, "code": sale.product.id, "amount": sale.product.price, "quantity": sale.quantity}],
        "utms": {"src": "checkout_web", "utm_source": sale.campaign.map(|_| "facebook"), "utm_campaign": sale.campaign},
    }))
}

fn aprovei_cart(sale: &Sale) -> Value {
    let token = format!("CART_{}", code(sale));
    json!({
        "cart_token": token,
        "abandoned_at": iso(sale.at),
        "cart_amount": sale.amount,
        "recovery_url": format!("https://checkout.example.com/r/{token}"),
        "customer": {"name": sale.buyer.name, "email": sale.buyer.email, "phone": sale.buyer.phone()},
        "products": [{"name": sale.product.name, "code": sale.product.id, "price": sale.product.price, "quantity": sale.quantity, "image_url": null}],
        "utms": {"src": "checkout_web", "utm_source": sale.campaign.map(|_| "facebook"), "utm_campaign": sale.campaign},
    })
}

fn unified(sale: &Sale, stage: Stage) -> Value {
    json!({
        "externalId": format!("PED-{}", code(sale)),
        "status": stage.status().as_str(),
        "stage": stage.as_str(),
        "event": format!("order.{}", stage.as_str()),
        "isAbandoned": stage == Stage::CartAbandoned,
        "amount": format!("{}.{:02}", sale.amount / 100, sale.amount % 100),
        "currency": "BRL",
        "occurredAt": iso(sale.at),
        "customer": {"name": sale.buyer.name, "email": sale.buyer.email, "phone": sale.buyer.phone()},
        "checkoutUrl": format!("https://loja.example.com/checkout/{}", code(sale)),
        "orderUrl": format!("https://loja.example.com/pedido/{}", code(sale)),
        "items": [{"name": sale.product.name, "code": sale.product.id, "quantity": sale.quantity, "unitMinor": sale.product.price}],
        "payment": unified_payment(sale, stage),
        "coupon": sale.coupon,
        "utms": {"source": sale.campaign.map(|_| "instagram"), "medium": sale.campaign.map(|_| "cpc"), "campaign": sale.campaign},
    })
}

fn unified_payment(sale: &Sale, stage: Stage) -> Value {
    match stage {
        Stage::CartAbandoned => json!({}),
        Stage::PaymentRefused => {
            json!({"method": "card", "refusal": "insufficient_funds", "installments": sale.installments})
        }
        _ => json!({
            "method": means(sale),
            "pix": sale.pix.as_ref().map(|(code, end)| json!({"code": code, "expiresAt": iso(*end)})),
            "boleto": sale.boleto.as_ref().map(|(line, due)| {
                json!({"line": line, "url": "https://boleto.example.com/amostra.pdf", "dueOn": due.to_string()})
            }),
        }),
    }
}
