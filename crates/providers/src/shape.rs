//! What is read although no document of the platform confirms it, by name: a reader says which of these it met, so that whoever
//! runs the service sees what really comes.
//!
//! A name is a label of a metric: it is one of these, never a word that somebody sent.

/// Names a shape of a body and says what it is.
pub type Shape = (&'static str, &'static str);

/// Returns the unconfirmed shapes that the reader of a platform tells of; none for a platform nobody reads.
#[must_use]
pub fn shapes(slug: &str) -> &'static [Shape] {
    match slug {
        "cart_abandonment" => &[
            (
                "status_word",
                "a word of payment_status beside pending, which is the only one documented",
            ),
            (
                "status_by_dates",
                "a word of payment_status nobody knows: the sale's dates decided",
            ),
        ],
        "cartpanda" => &[
            (
                "cart",
                "an abandoned cart, whose whole form is not documented",
            ),
            (
                "currency_of_order",
                "order.currency, as nothing else told it",
            ),
            ("pix_generated_event", "the event payment.pix_generated"),
            ("zoneless_time", "a time without a zone, read as UTC"),
        ],
        "hotmart" => &[
            (
                "phone_code_joined",
                "an area code in checkout_phone_code, joined to the number",
            ),
            (
                "v1_blocked",
                "the status blocked of version 1.0.0, read as cancelled",
            ),
        ],
        "iset" => &[(
            "api_order",
            "an order of the API, whose fields are not documented",
        )],
        "kiwify" => &[
            ("wrapped_cart", "a cart wrapped in cart"),
            ("wrapped_order", "an order wrapped in order"),
        ],
        "luna" => &[
            (
                "boleto_line",
                "a boleto's line in one of four likely fields",
            ),
            (
                "sale_pending",
                "the event sale_pending beside sale_waiting_payment",
            ),
        ],
        "nuvemshop" => &[
            (
                "payment_status_word",
                "partially_refunded, partially_paid or rejected in an order's payment_status",
            ),
            (
                "pix_in_transaction",
                "a PIX code in a transaction's external_resource_code",
            ),
        ],
        "shopify" => &[(
            "code_in_notes",
            "a PIX code or boleto line that a gateway's app wrote into note_attributes",
        )],
        "vega" => &[
            ("sale_code", "sale_code in the place of transaction_token"),
            ("status_expired", "the status expired"),
            (
                "utc_time",
                "a date that lies in the future on Brazil's clock, read as UTC",
            ),
        ],
        "yampi" => &[
            ("order_updated", "the event order.updated"),
            (
                "refused_names_cart",
                "a refused transaction that names its cart by id",
            ),
            (
                "refused_names_no_cart",
                "a refused transaction that names no cart",
            ),
            (
                "status_word",
                "a status word that was seen in others' code only",
            ),
        ],
        "zedy" => &[("refunded", "the status refunded, with whichever event")],
        _ => &[],
    }
}
