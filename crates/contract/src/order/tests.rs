//! The fold is a join, and the card it shows is the one agents expect.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::Order;
use crate::ids::{EventId, IntegrationId};
use crate::{Currency, Customer, Event, Item, Payment, Pix, Stage, Utms};

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn event(number: u8, minutes: i64, stage: Stage) -> Event {
    Event {
        id: EventId::new(u64::from(number), [number; 10]),
        external_id: "order-1".to_owned(),
        order_number: None,
        stage,
        event: stage.as_str().to_owned(),
        amount_minor: None,
        currency: Currency::BRL,
        refunded_minor: None,
        occurred_at: at(minutes),
        provider: "kiwify".to_owned(),
        integration_id: IntegrationId::from_u128(1),
        order_key: "kiwify:order-1".to_owned(),
        carts: Vec::new(),
        bump_of: None,
        customer: Customer::default(),
        checkout_url: None,
        order_url: None,
        items: Vec::new(),
        payment: Payment::default(),
        coupon: None,
        utms: Utms::default(),
        is_test: false,
        incomplete: false,
        raw: None,
    }
}

prop_compose! {
    fn any_event()(
        number in 0_u8..=255,
        minutes in 0_i64..6,
        stage in prop::sample::select(Stage::ALL),
        amount in prop::option::of(0_i64..1_000),
        name in prop::option::of("[a-c]{1,2}"),
        pix in prop::option::of("[x-z]"),
        known_as in prop::option::of("[1-3]"),
        is_test in any::<bool>(),
    ) -> Event {
        let mut event = event(number, minutes, stage);
        // One id is one event: what it tells follows from the id alone.
        event.occurred_at = at(minutes);
        event.amount_minor = amount;
        event.customer.name = name;
        event.order_number = known_as;
        event.payment.pix = pix.map(|code| Pix { code: Some(code), expires_at: None });
        event.items = amount.map(|minor| Item { name: format!("item {minor}"), ..Item::default() }).into_iter().collect();
        event.is_test = is_test;
        event
    }
}

#[test]
fn an_order_is_called_by_the_number_people_know_and_else_by_its_id() {
    let bare = event(1, 0, Stage::PixGenerated);
    let numbered = Event {
        order_number: Some("#1042".to_owned()),
        ..event(2, 1, Stage::PurchaseApproved)
    };
    let later = event(3, 2, Stage::PurchaseCompleted);
    assert_eq!(Order::of([&bare]).reference(), Some("order-1"));
    for events in [[&bare, &numbered, &later], [&later, &numbered, &bare]] {
        assert_eq!(Order::of(events).reference(), Some("#1042"));
    }
    assert_eq!(Order::default().reference(), None);
}

fn distinct(events: Vec<Event>) -> Vec<Event> {
    let mut seen = std::collections::BTreeSet::new();
    events
        .into_iter()
        .filter(|event| seen.insert(event.id))
        .collect()
}

proptest! {
    #[test]
    fn order_repeats_and_batches_never_change_the_card(
        events in prop::collection::vec(any_event(), 0..12).prop_map(distinct),
        shuffle in any::<prop::sample::Selector>(),
        cut in 0_usize..12,
        repeats in prop::collection::vec(0_usize..12, 0..6),
    ) {
        let expected = Order::of(&events);
        let mut rest: Vec<usize> = (0..events.len()).collect();
        let mut shuffled = Vec::new();
        while !rest.is_empty() {
            let chosen = *shuffle.select(&rest);
            rest.retain(|index| *index != chosen);
            shuffled.push(chosen);
        }
        shuffled.extend(repeats.into_iter().filter(|index| *index < events.len()));
        let cut = cut.min(shuffled.len());
        let (head, tail) = shuffled.split_at(cut);
        let mut left = Order::of(head.iter().map(|index| &events[*index]));
        let right = Order::of(tail.iter().map(|index| &events[*index]));
        let mut mirrored = right.clone();
        mirrored.merge(&left);
        left.merge(&right);
        prop_assert_eq!(&left, &expected);
        prop_assert_eq!(&mirrored, &expected);
        let again = serde_json::to_string(&left).expect("orders serialise");
        prop_assert_eq!(serde_json::from_str::<Order>(&again).expect("orders read back"), expected);
    }

    #[test]
    fn a_paid_order_is_never_unpaid(events in prop::collection::vec(any_event(), 0..12).prop_map(distinct)) {
        let mut order = Order::of(&events);
        order.absorb(&event(255, 3, Stage::PurchaseApproved));
        prop_assert!(!order.is_payable());
        prop_assert!(order.pix().is_none() && order.boleto().is_none());
    }
}

#[test]
fn a_refund_in_part_does_not_lower_the_amount() {
    let told = |number, minutes, stage, amount| {
        let mut event = event(number, minutes, stage);
        event.amount_minor = Some(amount);
        event
    };
    let paid = told(1, 1, Stage::PurchaseApproved, 25_860);
    let refund = told(2, 2, Stage::Refunded, 5_990);
    let dispute = told(3, 3, Stage::Chargeback, 7_000);
    let amount = |events: &[&Event]| Order::of(events.iter().copied()).amount();
    assert_eq!(amount(&[&paid, &refund, &dispute]), paid.amount());
    assert_eq!(amount(&[&dispute, &refund, &paid]), paid.amount());
    assert_eq!(amount(&[&refund]), refund.amount());
    let edited = told(4, 4, Stage::PartiallyRefunded, 20_000);
    assert_eq!(amount(&[&edited, &refund, &paid]), edited.amount());
}

/// What happens, what arrives (minute, stage), and the stage the card ends with.
type Story = (&'static str, &'static [(i64, Stage)], Stage);

const STORIES: &[Story] = &[
    (
        "a late PIX notice changes nothing",
        &[(5, Stage::PurchaseApproved), (2, Stage::PixGenerated)],
        Stage::PurchaseApproved,
    ),
    (
        "nor does one with a wrong clock",
        &[(5, Stage::PurchaseApproved), (9, Stage::PixGenerated)],
        Stage::PurchaseApproved,
    ),
    (
        "same minute: rank decides",
        &[(5, Stage::PurchaseApproved), (5, Stage::PixGenerated)],
        Stage::PurchaseApproved,
    ),
    (
        "a refused card may be followed by PIX",
        &[(1, Stage::PaymentRefused), (2, Stage::PixGenerated)],
        Stage::PixGenerated,
    ),
    (
        "a cart is followed by an order",
        &[(3, Stage::PixGenerated), (1, Stage::CartAbandoned)],
        Stage::PixGenerated,
    ),
    (
        "a sale may be cancelled by hand",
        &[(3, Stage::PurchaseApproved), (4, Stage::Cancelled)],
        Stage::Cancelled,
    ),
    (
        "approved after a cancellation stands",
        &[(5, Stage::PurchaseApproved), (4, Stage::Cancelled)],
        Stage::PurchaseApproved,
    ),
    (
        "the expiry of an old code does not",
        &[(3, Stage::PurchaseApproved), (4, Stage::PaymentExpired)],
        Stage::PurchaseApproved,
    ),
    (
        "a refund follows a sale",
        &[(9, Stage::Refunded), (3, Stage::PurchaseApproved)],
        Stage::Refunded,
    ),
    (
        "the end of the guarantee is no refund",
        &[(3, Stage::PurchaseApproved), (8, Stage::PurchaseCompleted)],
        Stage::PurchaseCompleted,
    ),
];

#[test]
fn stories_end_where_agents_expect() {
    for (why, told, expected) in STORIES {
        let events: Vec<Event> = told
            .iter()
            .zip(1_u8..)
            .map(|((minutes, stage), number)| event(number, *minutes, *stage))
            .collect();
        assert_eq!(Order::of(&events).stage(), Some(*expected), "{why}");
        assert_eq!(
            Order::of(events.iter().rev()).stage(),
            Some(*expected),
            "{why}, reversed"
        );
    }
}

#[test]
fn refund_and_dispute_both_show() {
    let events = [
        event(1, 1, Stage::PurchaseApproved),
        event(2, 2, Stage::Refunded),
        event(3, 3, Stage::Chargeback),
    ];
    let order = Order::of(&events);
    assert_eq!(order.stage(), Some(Stage::Chargeback));
    assert!(order.has_refund() && order.has_dispute() && order.was_paid());
}

#[test]
fn one_real_event_makes_a_real_order() {
    let mut test = event(1, 1, Stage::PurchaseApproved);
    test.is_test = true;
    assert!(Order::of([&test]).is_test());
    assert!(!Order::of([&test, &event(2, 2, Stage::Refunded)]).is_test());
}
