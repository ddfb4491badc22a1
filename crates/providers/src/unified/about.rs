//! What developers need to know of the unified contract, and a sale to try an integration with.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::json;

use crate::about::{About, Field, SecretUse, Shown};
use crate::{Sample, samples};

pub(super) const ABOUT: About = About {
    proof: "HMAC-SHA256 in hex over {timestamp}.{nonce}.{SHA-256 of the body}, in x-rekuplead-signature, -timestamp and -nonce",
    secret: SecretUse::Required,
    events: &[
        ("abandoned, or isAbandoned", "cart_abandoned"),
        ("pending", "payment_pending, or the stage told"),
        ("failed", "payment_refused"),
        ("cancelled, canceled", "cancelled, or the stage told"),
        ("approved", "purchase_approved, or the stage told"),
        ("refunded", "refunded, or the stage told"),
    ],
    pix: Shown::Partly("where payment.pix is sent"),
    boleto: Shown::Partly("where payment.boleto is sent"),
    link: Shown::Partly("where checkoutUrl is sent"),
    settings: &[Field {
        name: "currency",
        required: false,
        secret: false,
    }],
    unconfirmed: &[
        "hex, seconds and the window of 300 seconds are choices made here; the contract names headers and pattern",
    ],
};

/// Makes a sale that waits for its PIX.
pub(super) fn sample(id: &str, now: DateTime<Utc>) -> Option<Sample> {
    let cents = 9_990;
    let written = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let until = now.checked_add_signed(TimeDelta::hours(24))?;
    let body = json!({
        "externalId": id,
        "status": "pending",
        "event": "pix_generated",
        "amountMinor": cents,
        "currency": "BRL",
        "occurredAt": written(now),
        "customer": {
            "name": samples::NAME,
            "email": samples::EMAIL,
            "phone": format!("+55{}", samples::PHONE),
            "document": samples::DOCUMENT,
        },
        "checkoutUrl": format!("https://pay.example.com/c/{id}"),
        "items": [{"name": samples::PRODUCT, "quantity": 1, "unitMinor": cents}],
        "payment": {
            "method": "pix",
            "pix": {"code": samples::pix_code(cents)?, "expiresAt": written(until)},
        },
    });
    Some(samples::posted(&body))
}
