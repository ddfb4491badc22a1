//! What platforms tell of one order in several requests ends in one card, in whatever order and however often they come.

use contract::{Event, EventId, Order, Stage};
use providers::{Draft, Reading};

use crate::case::{self, Case};

/// All that is told of one order or cart, and the card it must end in.
struct Story {
    slug: &'static str,
    told: &'static [&'static str],
    stage: Stage,
    amount: i64,
}

const STORIES: &[Story] = &[
    Story {
        slug: "yampi",
        told: &[
            "order_created_pix",
            "order_paid",
            "order_updated_unconfirmed",
            "pulled_order_pix",
            "pulled_order_wrapped",
        ],
        stage: Stage::PurchaseApproved,
        amount: 20_980,
    },
    Story {
        slug: "yampi",
        told: &[
            "order_created_boleto",
            "order_status_updated",
            "pulled_order_boleto",
        ],
        stage: Stage::Cancelled,
        amount: 13_629,
    },
    Story {
        slug: "yampi",
        told: &["order_created_boleto", "status_paid", "status_delivered"],
        stage: Stage::Delivered,
        amount: 13_629,
    },
    Story {
        slug: "yampi",
        told: &["cart_reminder", "pulled_cart", "cart_without_customer"],
        stage: Stage::CartAbandoned,
        amount: 9_980,
    },
    Story {
        slug: "cartpanda",
        told: &[
            "order_created_pix",
            "order_paid",
            "order_fulfilled",
            "order_refunded",
            "order_chargeback",
            "pulled_order_alone",
        ],
        stage: Stage::Chargeback,
        amount: 14_750,
    },
    Story {
        slug: "cartpanda",
        told: &["order_created_pix", "pulled_order_paid", "refund_partial"],
        stage: Stage::PartiallyRefunded,
        amount: 14_750,
    },
    Story {
        slug: "cartpanda",
        told: &[
            "order_created_boleto",
            "order_cancelled",
            "pulled_order_boleto",
        ],
        stage: Stage::Cancelled,
        amount: 14_750,
    },
    Story {
        slug: "cartpanda",
        told: &["abandoned_created", "pulled_cart"],
        stage: Stage::CartAbandoned,
        amount: 19_700,
    },
];

#[test]
fn the_order_of_arrival_changes_no_card() {
    let cases = case::all();
    for Story {
        slug,
        told,
        stage,
        amount,
    } in STORIES
    {
        let events: Vec<Event> = (1_u128..)
            .zip(*told)
            .map(|(id, name)| {
                let case = find(&cases, slug, name);
                draft(case, case.body()).into_event(EventId::from_u128(id))
            })
            .collect();
        let card = Order::of(&events);
        assert_eq!(card.stage(), Some(*stage), "{slug} {told:?}");
        let minor = card.amount().map(|money| money.minor);
        assert_eq!(minor, Some(*amount), "{slug} {told:?}");
        let keys: Vec<&str> = events
            .iter()
            .map(|event| event.order_key.as_str())
            .collect();
        assert!(
            keys.windows(2).all(|pair| pair.first() == pair.last()),
            "{keys:?}"
        );
        for arrival in permutations(&events) {
            assert_eq!(Order::of(arrival.iter().copied()), card, "{slug} {told:?}");
            let twice = arrival.iter().chain(arrival.iter().rev()).copied();
            assert_eq!(Order::of(twice), card, "{slug} {told:?}");
        }
    }
}

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

fn permutations<T>(all: &[T]) -> Vec<Vec<&T>> {
    let Some((first, rest)) = all.split_first() else {
        return vec![Vec::new()];
    };
    permutations(rest)
        .into_iter()
        .flat_map(|order| {
            (0..=order.len()).map(move |at| {
                let mut longer = order.clone();
                longer.insert(at, first);
                longer
            })
        })
        .collect()
}
