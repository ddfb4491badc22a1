//! What people need to know about Nuvemshop.

use crate::about::{About, Field, SecretUse, Shown};

pub(super) const ABOUT: About = About {
    proof: "HMAC-SHA256 of the raw body in hex by the app's secret, header x-linkedstore-hmac-sha256; where storeId is set, the body must name that store",
    secret: SecretUse::Required,
    events: &[
        ("order/created", "fetched"),
        ("order/pending", "fetched"),
        ("order/paid", "fetched"),
        ("order/voided", "fetched"),
        ("order/cancelled", "fetched"),
        (
            "order/updated",
            "fetched; the panel's test, which holds the whole order, by the order's status",
        ),
        ("order/edited", "fetched"),
        ("order/custom_fields_updated", "fetched"),
        ("order/packed", "fetched"),
        ("order/unpacked", "fetched"),
        ("order/fulfilled", "fetched"),
        ("abandoned carts, listed", "cart_abandoned"),
        ("app/uninstalled", "ignored"),
        ("app/suspended", "ignored"),
        ("app/resumed", "ignored"),
        ("store/redact", "ignored"),
        ("customers/redact", "ignored"),
        ("customers/data_request", "ignored"),
        ("customer/*", "ignored"),
        ("product/*", "ignored"),
        ("fulfillment_order/*", "ignored"),
        ("subscription/*", "ignored"),
    ],
    pix: Shown::Partly("from the order's transactions, where the app may read payments"),
    boleto: Shown::Partly("from the order's transactions, where the app may read payments"),
    link: Shown::Partly("abandoned carts have a link back; orders have none"),
    settings: &[Field {
        name: "storeId",
        required: false,
        secret: false,
    }],
    unconfirmed: &[
        "That PIX codes stand in a transaction's external_resource_code; only whole ones are taken.",
        "partially_refunded, partially_paid and rejected as words of an order's payment_status.",
        "Undocumented events of carts (cart/*, checkout/*) are kept and counted as unmapped.",
    ],
};
