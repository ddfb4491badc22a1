//! What a platform tells of one order folds into the same card in whatever order it comes, pushed or fetched, once or twice.

use contract::{Event, EventId, Order, Stage};
use providers::{Draft, Reading};

use crate::case::{self, Case};

/// The fixtures of one order, and the card they make: stage, amount, sum given back.
type Story = (
    &'static str,
    &'static [&'static str],
    Stage,
    Option<i64>,
    Option<i64>,
);

const STORIES: &[Story] = &[
    (
        "shopify",
        &[
            "orders_create",
            "orders_paid",
            "pulled_order_pending",
            "gateway_pix",
        ],
        Stage::PurchaseApproved,
        Some(25_860),
        None,
    ),
    (
        "shopify",
        &[
            "orders_create",
            "orders_paid",
            "refunds_create",
            "orders_updated_partially_refunded",
            "pulled_order_partially_refunded",
        ],
        Stage::PartiallyRefunded,
        Some(25_860),
        Some(5_990),
    ),
    (
        "shopify",
        &[
            "orders_create",
            "orders_paid",
            "orders_updated_partially_refunded",
            "refunds_create",
            "disputes_create",
        ],
        Stage::Chargeback,
        Some(25_860),
        Some(5_990),
    ),
    (
        "shopify",
        &["orders_create", "orders_cancelled", "payment_failed"],
        Stage::Cancelled,
        Some(25_860),
        None,
    ),
    (
        "shopify",
        &[
            "checkouts_create",
            "checkouts_update_completed",
            "checkout_half_filled",
        ],
        Stage::CheckoutCompleted,
        Some(25_860),
        None,
    ),
    (
        "shopify",
        &["checkouts_create", "pulled_checkout_abandoned"],
        Stage::CartAbandoned,
        Some(25_860),
        None,
    ),
    (
        "nuvemshop",
        &[
            "pulled_with_pix",
            "pulled_card_refused",
            "pulled_second_attempt_by_pix",
        ],
        Stage::PixGenerated,
        Some(27_470),
        None,
    ),
    (
        "nuvemshop",
        &[
            "pulled_order_get_pix_pending",
            "pulled_with_pix",
            "pulled_order_get_paid",
            "whole_order_of_a_test_event",
        ],
        Stage::PurchaseApproved,
        Some(27_470),
        None,
    ),
    (
        "nuvemshop",
        &[
            "pulled_order_get_pix_pending",
            "pulled_order_get_paid",
            "pulled_order_get_refunded",
        ],
        Stage::Refunded,
        Some(27_470),
        Some(27_470),
    ),
    (
        "yampi",
        &[
            "order_created_pix",
            "order_paid",
            "order_updated_unconfirmed",
            "pulled_order_pix",
            "pulled_order_wrapped",
        ],
        Stage::PurchaseApproved,
        Some(20_980),
        None,
    ),
    (
        "yampi",
        &[
            "order_created_boleto",
            "order_status_updated",
            "pulled_order_boleto",
        ],
        Stage::Cancelled,
        Some(13_629),
        None,
    ),
    (
        "yampi",
        &["order_created_boleto", "status_paid", "status_delivered"],
        Stage::Delivered,
        Some(13_629),
        None,
    ),
    (
        "yampi",
        &["cart_reminder", "pulled_cart", "cart_without_customer"],
        Stage::CartAbandoned,
        Some(9_980),
        None,
    ),
    (
        "cartpanda",
        &[
            "order_created_pix",
            "order_paid",
            "order_fulfilled",
            "order_refunded",
            "order_chargeback",
            "pulled_order_alone",
        ],
        Stage::Chargeback,
        Some(14_750),
        Some(14_750),
    ),
    (
        "cartpanda",
        &["order_created_pix", "pulled_order_paid", "refund_partial"],
        Stage::PartiallyRefunded,
        Some(14_750),
        Some(4_750),
    ),
    (
        "cartpanda",
        &[
            "order_created_boleto",
            "order_cancelled",
            "pulled_order_boleto",
        ],
        Stage::Cancelled,
        Some(14_750),
        None,
    ),
    (
        "cartpanda",
        &["abandoned_created", "pulled_cart"],
        Stage::CartAbandoned,
        Some(19_700),
        None,
    ),
    (
        "kiwify",
        &[
            "pix_created",
            "pulled_waiting_pix",
            "order_approved_pix",
            "pulled_paid",
        ],
        Stage::PurchaseApproved,
        Some(9_790),
        None,
    ),
    (
        "hotmart",
        &[
            "v2_purchase_billet_printed_pix",
            "pulled_waiting_pix",
            "v2_purchase_approved_pix",
            "pulled_approved_pix",
        ],
        Stage::PurchaseApproved,
        Some(179_730),
        None,
    ),
    (
        "hotmart",
        &[
            "v2_purchase_approved_credit_card",
            "pulled_approved",
            "pulled_complete",
        ],
        Stage::PurchaseCompleted,
        Some(262_656),
        None,
    ),
    (
        "hotmart",
        &["v2_purchase_canceled_refused_card", "pulled_cancelled_card"],
        Stage::PaymentRefused,
        Some(166_872),
        None,
    ),
    (
        "vega",
        &["v2_pix_pending", "v2_approved", "v2_refunded"],
        Stage::Refunded,
        Some(14_790),
        None,
    ),
    (
        "vega",
        &[
            "status_expired_unconfirmed",
            "v2_pix_pending",
            "v2_approved",
            "status_paid",
        ],
        Stage::PurchaseApproved,
        Some(14_790),
        None,
    ),
    (
        "kiwify",
        &[
            "pix_created",
            "pulled_refused",
            "order_approved_pix",
            "pulled_refunded_without_update_time",
        ],
        Stage::Refunded,
        Some(9_790),
        None,
    ),
    (
        "unified",
        &["pending_pix", "approved_after_pix", "refunded_after_pix"],
        Stage::Refunded,
        Some(123_456),
        None,
    ),
    (
        "custom",
        &["address_alone", "boleto_pending", "approved_shows_no_code"],
        Stage::PurchaseApproved,
        Some(179_730),
        None,
    ),
    (
        "cart_abandonment",
        &[
            "sale_pending",
            "sale_recusado_word_unconfirmed",
            "sale_approved_word_unconfirmed",
            "sale_estornado_word_unconfirmed",
        ],
        Stage::Refunded,
        Some(12_000),
        None,
    ),
    (
        "cart_abandonment",
        &["cart_abandoned", "cart_without_name_and_phone"],
        Stage::CartAbandoned,
        Some(15_000),
        None,
    ),
    (
        "luna",
        &["sale_pending_card", "sale_refused"],
        Stage::PaymentRefused,
        Some(8_990),
        None,
    ),
    (
        "luna",
        &[
            "sale_waiting_payment_pix",
            "sale_approved",
            "sale_refunded",
            "cart_recovered_paid",
        ],
        Stage::Refunded,
        Some(9_990),
        None,
    ),
    (
        "zedy",
        &["order_created", "pix_created", "order_paid", "refunded"],
        Stage::Refunded,
        Some(9_700),
        None,
    ),
    (
        "zedy",
        &[
            "order_created_with_code",
            "order_created",
            "status_outranks_event",
        ],
        Stage::PurchaseApproved,
        Some(9_700),
        None,
    ),
    (
        "zedy",
        &["order_refused", "pix_after_refusal"],
        Stage::PixGenerated,
        Some(18_980),
        None,
    ),
    (
        "adorei",
        &[
            "order_created_pix_pending",
            "pending_card",
            "order_status_approved",
        ],
        Stage::PurchaseApproved,
        Some(11_000),
        None,
    ),
    (
        "adorei",
        &["order_status_updated_in_analysis", "order_status_refused"],
        Stage::PaymentRefused,
        Some(34_990),
        None,
    ),
    (
        "iset",
        &[
            "pulled_begun",
            "pulled_waiting_pix",
            "pulled_wrapped",
            "pulled_shipped_and_paid",
        ],
        Stage::Fulfilled,
        Some(18_990),
        None,
    ),
    (
        "iset",
        &["pulled_waiting_pix", "pulled_wrapped", "pulled_refunded"],
        Stage::Refunded,
        Some(18_990),
        None,
    ),
];

#[test]
fn every_platform_has_its_stories() {
    for provider in providers::all() {
        let stories = STORIES.iter().filter(|story| story.0 == provider.slug());
        assert!(stories.count() >= 1, "{} has no story", provider.slug());
    }
}

#[test]
fn stories_fold_alike_in_every_order() {
    let cases = case::all();
    for (slug, names, stage, amount, refunded) in STORIES {
        let drafts: Vec<Draft> = names
            .iter()
            .map(|name| drafted(find(&cases, slug, name)))
            .collect();
        let keys: Vec<&str> = drafts
            .iter()
            .map(|draft| draft.order_key.as_str())
            .collect();
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]), "{keys:?}");
        for arrival in permutations(drafts.len()) {
            let mut order = Order::default();
            for index in arrival.iter().chain(arrival.first()) {
                order.absorb(&event(&drafts, *index));
            }
            let label = format!("{slug} {names:?} arriving as {arrival:?}");
            assert_eq!(order.stage(), Some(*stage), "{label}");
            let shown = order.amount().map(|money| money.minor);
            assert_eq!(
                (shown, order.refunded_minor()),
                (*amount, *refunded),
                "{label}"
            );
        }
    }
}

#[test]
fn what_is_sent_again_later_bears_the_same_key() {
    for mut case in case::all() {
        let told = |case: &Case| match case.normalise(case.body()) {
            Ok(Reading::Events(drafts) | Reading::Notice { drafts, .. }) => drafts,
            _ => Vec::new(),
        };
        let first = told(&case);
        case.now += chrono::TimeDelta::minutes(3);
        let again = told(&case);
        for (first, again) in first.iter().zip(&again) {
            // A stage that waits for the clock may be another by then; nothing else may.
            assert!(
                first.business_key == again.business_key || first.stage != again.stage,
                "{}",
                case.label()
            );
        }
    }
}

fn find<'a>(cases: &'a [Case], slug: &str, name: &str) -> &'a Case {
    cases
        .iter()
        .find(|case| case.slug == slug && case.name == name)
        .unwrap_or_else(|| panic!("no fixture {slug}/{name}"))
}

fn drafted(case: &Case) -> Draft {
    match case.normalise(case.body()) {
        Ok(Reading::Events(drafts) | Reading::Notice { drafts, .. }) => {
            drafts.into_iter().next().expect("a draft")
        }
        other => panic!("{}: {other:?}", case.label()),
    }
}

fn event(drafts: &[Draft], index: usize) -> Event {
    let draft = drafts.get(index).expect("an index of the list").clone();
    draft.into_event(EventId::from_u128(
        u128::try_from(index).unwrap_or_default() + 1,
    ))
}

/// Lists all orders of the first `count` numbers.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for next in 0..count {
        all = all
            .into_iter()
            .flat_map(|shorter| {
                (0..=shorter.len()).map(move |at| {
                    let mut longer = shorter.clone();
                    longer.insert(at, next);
                    longer
                })
            })
            .collect();
    }
    all
}
