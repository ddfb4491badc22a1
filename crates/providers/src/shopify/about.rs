//! What people need to know about Shopify.

use crate::about::{About, Field, SecretUse, Shown};

pub(super) const ABOUT: About = About {
    proof: "HMAC-SHA256 of the raw body in base64, header X-Shopify-Hmac-Sha256; where shopDomain is set, X-Shopify-Shop-Domain must name it",
    secret: SecretUse::Required,
    events: &[
        (
            "orders/create",
            "by financial_status: payment_pending, pix_generated, boleto_generated, payment_authorized, partially_paid, purchase_approved",
        ),
        (
            "orders/updated",
            "by financial_status, cancelled_at and fulfillment_status",
        ),
        ("orders/paid", "purchase_approved"),
        (
            "orders/cancelled",
            "cancelled; payment_refused where declined; refunded where paid back",
        ),
        (
            "orders/fulfilled",
            "fulfilled where paid, else by financial_status",
        ),
        (
            "orders/partially_fulfilled",
            "fulfilled where paid, else by financial_status",
        ),
        ("orders/edited", "fetched"),
        ("orders/delete", "cancelled"),
        (
            "refunds/create",
            "refunded (refund_requested while pending), and fetched",
        ),
        (
            "order_transactions/create",
            "payment_refused where a payment failed, else ignored",
        ),
        (
            "checkouts/create",
            "checkout_started, cart_abandoned after abandonAfterMinutes",
        ),
        ("checkouts/update", "checkout_started or checkout_completed"),
        ("checkouts/delete", "cancelled"),
        ("disputes/create", "chargeback or dispute_inquiry"),
        (
            "disputes/update",
            "chargeback, chargeback_reversed or dispute_inquiry",
        ),
        ("app/uninstalled", "ignored"),
        ("customers/data_request", "ignored"),
        ("customers/redact", "ignored"),
        ("shop/redact", "ignored"),
    ],
    pix: Shown::Partly(
        "where a gateway's app writes the code into the order's note or its attributes",
    ),
    boleto: Shown::Partly(
        "where a gateway's app writes the line into the order's note or its attributes",
    ),
    link: Shown::Partly("checkouts have a link back; orders have the page of their status"),
    settings: &[
        Field {
            name: "shopDomain",
            required: false,
            secret: false,
        },
        Field {
            name: "abandonAfterMinutes",
            required: false,
            secret: false,
        },
    ],
    unconfirmed: &[
        "The names of Brazilian gateways in payment_gateway_names; only pix and boleto within them are looked for.",
        "That webhooks made by hand in the panel are signed with the key shown there; several secrets may be set.",
        "Where gateways' apps put PIX codes and boleto lines; only whole ones are taken.",
    ],
};
