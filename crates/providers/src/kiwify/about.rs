//! What sellers and developers need to know of Kiwify, and a sale to try an integration with.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::json;

use crate::about::{About, Field, SecretUse, Shown};
use crate::{Sample, samples, times};

pub(super) const ABOUT: About = About {
    proof: "HMAC-SHA1 in hex as ?signature=, over the raw body (or over the wrapped member)",
    secret: SecretUse::Required,
    events: &[
        ("pix_created", "pix_generated"),
        ("billet_created", "boleto_generated"),
        ("order_rejected", "payment_refused"),
        ("order_approved", "purchase_approved"),
        ("order_refunded", "refunded"),
        ("chargeback", "chargeback"),
        ("subscription_renewed", "subscription_renewed"),
        ("subscription_late", "payment_overdue"),
        ("subscription_canceled", "subscription_canceled"),
        ("carrinho_abandonado (status abandoned)", "cart_abandoned"),
        (
            "paid, approved, authorized (order_status, beside an event nobody knows)",
            "purchase_approved",
        ),
        (
            "waiting_payment, pending, processing (likewise)",
            "payment_pending",
        ),
        ("refused (likewise)", "payment_refused"),
        ("refunded (likewise)", "refunded"),
        ("chargedback (likewise)", "chargeback"),
        (
            "pending_refund, refund_requested (likewise)",
            "refund_requested",
        ),
    ],
    pix: Shown::Yes,
    boleto: Shown::Yes,
    link: Shown::Partly("where checkout_link is told"),
    settings: &[Field {
        name: "currency",
        required: false,
        secret: false,
    }],
    unconfirmed: &[
        "the zone of the dates: Brazil's, or UTC where a date would lie in the future",
        "whether bodies come flat or wrapped in order or cart, and what the signature covers then: both are read",
        "when a cart counts as abandoned, and whether Kiwify sends again by itself",
        "whether Commissions.currency is that of the charge or of the settlement: the price's own comes first",
    ],
};

/// Makes a sale that waits for its PIX.
pub(super) fn sample(id: &str, now: DateTime<Utc>) -> Option<Sample> {
    let cents = 9_990;
    let clock = FixedOffset::east_opt(times::BRASILIA)?;
    let at = now
        .with_timezone(&clock)
        .format("%Y-%m-%d %H:%M")
        .to_string();
    let until = now.checked_add_signed(TimeDelta::hours(24))?;
    let until = until
        .with_timezone(&clock)
        .format("%Y-%m-%d %H:%M")
        .to_string();
    let body = json!({
        "order_id": id,
        "order_ref": "amostra",
        "order_status": "waiting_payment",
        "webhook_event_type": "pix_created",
        "payment_method": "pix",
        "installments": 1,
        "pix_code": samples::pix_code(cents)?,
        "pix_expiration": until,
        "created_at": at,
        "updated_at": at,
        "Product": {"product_id": "amostra-1", "product_name": samples::PRODUCT},
        "Customer": {
            "full_name": samples::NAME,
            "email": samples::EMAIL,
            "mobile": format!("+55{}", samples::PHONE),
            "CPF": samples::DOCUMENT,
        },
        "Commissions": {
            "charge_amount": cents,
            "product_base_price": cents,
            "product_base_price_currency": "BRL",
            "currency": "BRL",
        },
        "TrackingParameters": {"src": null, "utm_source": null},
    });
    Some(samples::posted(&body))
}
