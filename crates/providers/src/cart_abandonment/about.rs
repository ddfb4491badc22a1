//! What sellers and developers need to know of Aprovei Checkout, and a sale to try an integration with.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use crate::about::{About, SecretUse, Shown};
use crate::{Sample, samples};

pub(super) const ABOUT: About = About {
    proof: "the key in the address; with a secret set, also that secret in x-webhook-token or as ?token=",
    secret: SecretUse::Optional,
    events: &[
        ("Carrinho Abandonado (cart_token)", "cart_abandoned"),
        (
            "Nova Venda, pending, pendente",
            "pix_generated or payment_pending",
        ),
        ("approved, paid, aprovado, pago", "purchase_approved"),
        ("refused, declined, rejected, recusado", "payment_refused"),
        ("refunded, estornado", "refunded"),
        ("chargeback, charged_back", "chargeback"),
        ("canceled, cancelled, cancelado", "cancelled"),
        ("expired, expirado", "payment_expired"),
        (
            "any other, by the sale's dates",
            "refunded, purchase_approved or pending",
        ),
    ],
    pix: Shown::No,
    boleto: Shown::No,
    link: Shown::Partly("the cart's link to return; sales hold none"),
    settings: &[],
    unconfirmed: &[
        "whether requests are signed: no signature is documented where the pages could be read",
        "every word of payment_status but pending; unknown ones are settled by the sale's dates",
        "currencies other than the real, which no field tells",
        "whether and when requests are sent again",
    ],
};

/// Makes a sale that waits for its PIX, whose code this platform does not send.
pub(super) fn sample(id: &str, now: DateTime<Utc>) -> Sample {
    let at = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let body = json!({
        "transaction_token": id,
        "transaction_amount": 9_990,
        "payment_status": "pending",
        "payment_type": "pix",
        "date_created": at,
        "date_approved": null,
        "date_refunded": null,
        "customer": {
            "full_name": samples::NAME,
            "email": samples::EMAIL,
            "cellphone": format!("+55{}", samples::PHONE),
            "identification_number": samples::DOCUMENT,
        },
        "customer_address": {"country": "BR"},
        "products": [{"title": samples::PRODUCT, "code": "AMOSTRA-1", "amount": 9_990, "quantity": 1}],
    });
    samples::posted(&body)
}
