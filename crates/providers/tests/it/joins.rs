//! What belongs together finds together: a fetched body repeats the one that was sent, an order names the cart it grew from.

use providers::{Draft, Reading};

use crate::case::{self, Case};

/// A fetched body that tells nothing new is a repeat of the one that was sent.
#[test]
fn what_is_fetched_repeats_what_was_sent() {
    let cases = case::all();
    for (slug, sent, fetched) in [
        ("yampi", "cart_reminder", "pulled_cart"),
        (
            "yampi",
            "status_waiting_boleto",
            "pulled_order_boleto_changed",
        ),
        ("cartpanda", "abandoned_created", "pulled_cart"),
        ("cartpanda", "order_updated_pending", "pulled_order_boleto"),
        ("cartpanda", "order_updated_paid", "pulled_order_paid"),
    ] {
        let key = |name| {
            let case = find(&cases, slug, name);
            draft(case, case.body()).business_key
        };
        assert_eq!(key(sent), key(fetched), "{slug} {sent}");
    }
}

/// A cart's own card bears the key under which its order names it.
#[test]
fn orders_name_the_carts_they_grew_from() {
    let cases = case::all();
    for (slug, order, cart, from, to) in [
        (
            "yampi",
            "order_paid",
            "cart_reminder",
            "626595010",
            "626595001",
        ),
        (
            "yampi",
            "order_paid",
            "pulled_cart",
            "626595010",
            "626595001",
        ),
        (
            "yampi",
            "order_paid",
            "transaction_payment_refused",
            "626595009",
            "626595001",
        ),
        (
            "yampi",
            "last_attempt_not_refused_counts",
            "refused_without_cart",
            "",
            "",
        ),
        (
            "cartpanda",
            "order_paid",
            "abandoned_created",
            "d67a37555126ed3ef1a835587a37570e",
            "e822dd12f8ec22439f5c4325e6bd511b",
        ),
        (
            "cartpanda",
            "pulled_order_alone",
            "pulled_cart",
            "d67a37555126ed3ef1a835587a37570e",
            "e822dd12f8ec22439f5c4325e6bd511b",
        ),
    ] {
        let order = find(&cases, slug, order);
        let carts = draft(order, order.body()).carts;
        let case = find(&cases, slug, cart);
        let body = std::str::from_utf8(case.body()).expect("fixtures are text");
        let body = if from.is_empty() {
            body.to_owned()
        } else {
            body.replace(from, to)
        };
        let key = draft(case, body.as_bytes()).order_key;
        assert!(
            carts.contains(&key),
            "{slug} {cart}: {key} not in {carts:?}"
        );
    }
}

/// What was added at a sale's checkout names that sale; a test of the panel, which says so of all it sends, names none.
#[test]
fn a_bump_names_the_order_it_was_added_to() {
    let cases = case::all();
    let draft = |name| {
        let case = find(&cases, "hotmart", name);
        draft(case, case.body())
    };
    let order = draft("v2_purchase_approved_credit_card");
    let bump = draft("v2_purchase_approved_order_bump");
    assert_eq!(bump.bump_of, Some(order.order_key));
    assert_eq!(order.bump_of, None);
    let test = draft("v2_panel_test_event_billet_printed");
    assert!(test.is_test && test.bump_of.is_none());
}

fn find<'a>(cases: &'a [Case], slug: &str, name: &str) -> &'a Case {
    cases
        .iter()
        .find(|case| case.slug == slug && case.name == name)
        .unwrap_or_else(|| panic!("no fixture {slug}/{name}"))
}

fn draft(case: &Case, body: &[u8]) -> Draft {
    match case.normalise(body) {
        Ok(Reading::Events(drafts) | Reading::Notice { drafts, .. }) => {
            let [draft] = <[Draft; 1]>::try_from(drafts).expect("one event");
            draft
        }
        other => panic!("{}: {other:?}", case.label()),
    }
}
