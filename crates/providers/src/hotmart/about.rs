//! What sellers and developers need to know of Hotmart, and a sale to try an integration with.

use chrono::{DateTime, TimeDelta, Utc};
use contract::Money;
use serde_json::json;

use crate::about::{About, Field, SecretUse, Shown};
use crate::{Sample, samples};

pub(super) const ABOUT: About = About {
    proof: "the account's token (hottok) in X-HOTMART-HOTTOK, or in the body; the body is not signed",
    secret: SecretUse::Required,
    events: &[
        (
            "PURCHASE_BILLET_PRINTED",
            "pix_generated, boleto_generated or payment_pending",
        ),
        ("PURCHASE_APPROVED", "purchase_approved"),
        (
            "PURCHASE_COMPLETE, PURCHASE_COMPLETED",
            "purchase_completed",
        ),
        (
            "PURCHASE_CANCELED, PURCHASE_CANCELLED",
            "payment_refused where a reason is told, else cancelled",
        ),
        ("PURCHASE_EXPIRED", "payment_expired"),
        ("PURCHASE_DELAYED", "payment_overdue"),
        ("PURCHASE_PROTEST", "refund_requested"),
        ("PURCHASE_REFUNDED", "refunded"),
        ("PURCHASE_CHARGEBACK", "chargeback"),
        ("PURCHASE_OUT_OF_SHOPPING_CART", "cart_abandoned"),
        ("SUBSCRIPTION_CANCELLATION", "subscription_canceled"),
        (
            "SWITCH_PLAN, UPDATE_SUBSCRIPTION_CHARGE_DATE, CLUB_*, ORDER_FULFILLMENT",
            "ignored",
        ),
        ("version 1.0.0: status of form posts", "the same stages"),
    ],
    pix: Shown::Yes,
    boleto: Shown::Yes,
    link: Shown::Partly("from checkoutUrls or checkoutUrl in the settings; no body holds one"),
    settings: &[
        Field {
            name: "checkoutUrl",
            required: false,
            secret: false,
        },
        Field {
            name: "checkoutUrls",
            required: false,
            secret: false,
        },
    ],
    unconfirmed: &[
        "whether checkout_phone_code is always the area code: joined to the number only where that fits",
        "where the token stands in version 1.0.0's JSON bodies: the header, and the body's root, are looked at",
        "the meaning of 1.0.0's status blocked: cancelled",
        "how long Hotmart waits between its five attempts",
    ],
};

/// Makes a sale that waits for its PIX.
pub(super) fn sample(id: &str, now: DateTime<Utc>) -> Option<Sample> {
    let amount = Money::brl(9_990);
    let price = json!({"value": 99.9, "currency_value": "BRL"});
    let until = now.checked_add_signed(TimeDelta::hours(24))?;
    let body = json!({
        "id": format!("amostra-{id}"),
        "creation_date": now.timestamp_millis(),
        "event": "PURCHASE_BILLET_PRINTED",
        "version": "2.0.0",
        "data": {
            "product": {"id": 1_000_001, "name": samples::PRODUCT},
            "buyer": {
                "email": samples::EMAIL,
                "name": samples::NAME,
                "checkout_phone": samples::PHONE,
                "document": samples::DOCUMENT,
                "document_type": "CPF",
            },
            "purchase": {
                "transaction": id,
                "status": "BILLET_PRINTED",
                "order_date": now.timestamp_millis(),
                "full_price": price,
                "price": price,
                "checkout_country": {"name": "Brasil", "iso": "BR"},
                "payment": {
                    "type": "PIX",
                    "installments_number": 1,
                    "pix_code": samples::pix_code(amount.minor)?,
                    "pix_expiration_date": until.timestamp_millis(),
                },
            },
        },
    });
    Some(samples::posted(&body))
}
