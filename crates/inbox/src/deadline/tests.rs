use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contract::{
    Boleto, Currency, Customer, Event, EventId, IntegrationId, Money, Order, Payment, Pix, Stage,
    StageGroup, Utms,
};

use super::{day_of, end_of_day, leaves_stage, of_order, rank};
use crate::view::{Deadline, DeadlineKind};

fn start() -> DateTime<Utc> {
    "2026-03-10T12:00:00Z".parse().expect("a time")
}

fn told(stage: Stage, payment: Payment) -> Order {
    Order::of(&[Event {
        id: EventId::from_u128(1),
        external_id: "1".to_owned(),
        order_number: None,
        stage,
        event: "told".to_owned(),
        amount_minor: Some(19_700),
        currency: Currency::BRL,
        refunded_minor: None,
        occurred_at: start(),
        provider: "kiwify".to_owned(),
        integration_id: IntegrationId::from_u128(1),
        order_key: "kiwify:1".to_owned(),
        carts: Vec::new(),
        bump_of: None,
        customer: Customer::default(),
        checkout_url: None,
        order_url: None,
        items: Vec::new(),
        payment,
        coupon: None,
        utms: Utms::default(),
        is_test: false,
        incomplete: false,
        raw: None,
    }])
}

fn pix(minutes: Option<i64>) -> Payment {
    Payment {
        pix: Some(Pix {
            code: None,
            expires_at: minutes.map(|minutes| start() + TimeDelta::minutes(minutes)),
        }),
        ..Payment::default()
    }
}

fn boleto(due_on: Option<&str>) -> Payment {
    Payment {
        boleto: Some(Boleto {
            due_on: due_on.map(|day| day.parse().expect("a day")),
            ..Boleto::default()
        }),
        ..Payment::default()
    }
}

#[test]
fn each_stage_has_the_deadline_agents_expect() {
    use DeadlineKind as Kind;
    type Case = (Stage, Payment, Option<(DeadlineKind, &'static str)>);
    let cases: &[Case] = &[
        (
            Stage::PixGenerated,
            pix(Some(30)),
            Some((Kind::Pix, "2026-03-10T12:30:00Z")),
        ),
        (
            Stage::PixGenerated,
            pix(None),
            Some((Kind::Recovery, "2026-03-11T12:00:00Z")),
        ),
        (
            Stage::PixGenerated,
            Payment::default(),
            Some((Kind::Recovery, "2026-03-11T12:00:00Z")),
        ),
        (
            Stage::BoletoGenerated,
            boleto(Some("2026-03-12")),
            Some((Kind::Boleto, "2026-03-13T03:00:00Z")),
        ),
        (
            Stage::BoletoGenerated,
            boleto(None),
            Some((Kind::Recovery, "2026-03-11T12:00:00Z")),
        ),
        (
            Stage::PaymentPending,
            pix(Some(30)),
            Some((Kind::Pix, "2026-03-10T12:30:00Z")),
        ),
        (Stage::PaymentPending, Payment::default(), None),
        (
            Stage::CartAbandoned,
            Payment::default(),
            Some((Kind::Recovery, "2026-03-11T12:00:00Z")),
        ),
        (
            Stage::PaymentRefused,
            Payment::default(),
            Some((Kind::Recovery, "2026-03-11T12:00:00Z")),
        ),
        (
            Stage::Chargeback,
            Payment::default(),
            Some((Kind::Dispute, "2026-03-17T12:00:00Z")),
        ),
        (
            Stage::DisputeInquiry,
            Payment::default(),
            Some((Kind::Dispute, "2026-03-17T12:00:00Z")),
        ),
        (Stage::PurchaseApproved, pix(Some(30)), None),
        (Stage::PaymentExpired, pix(Some(30)), None),
        (Stage::Refunded, Payment::default(), None),
    ];
    for (stage, payment, expected) in cases {
        let found = of_order(&told(*stage, payment.clone())).map(|ends| (ends.kind, ends.at));
        let expected = expected.map(|(kind, at)| {
            (
                kind,
                at.parse::<DateTime<Utc>>()
                    .expect("a time")
                    .timestamp_millis(),
            )
        });
        assert_eq!(found, expected, "{stage:?}");
    }
    assert_eq!(of_order(&Order::default()), None);
}

#[test]
fn a_day_ends_at_midnight_in_sao_paulo() {
    let day: NaiveDate = "2026-12-31".parse().expect("a day");
    let end = end_of_day(day).expect("a time");
    assert_eq!(
        DateTime::<Utc>::from_timestamp_millis(end)
            .expect("a time")
            .to_rfc3339(),
        "2027-01-01T03:00:00+00:00"
    );
    assert_eq!((day_of(end - 1), day_of(end)), (Some(day), day.succ_opt()));
    assert_eq!(end_of_day(NaiveDate::MAX), None);
}

/// What amounts count, as the invented desk of the page is held to as well: minor units, and milliseconds.
const COUNTS: &str = include_str!("../../../../fixtures/pressure.json");

#[test]
fn an_amount_counts_twenty_minutes_a_doubling() {
    let counts: Vec<(i64, i64)> = serde_json::from_str(COUNTS).expect("pairs");
    let ends = Deadline {
        kind: DeadlineKind::Pix,
        from: 0,
        at: 0,
    };
    for (minor, ahead) in counts {
        assert_eq!(rank(ends, Some(Money::brl(minor))), -ahead, "{minor}");
    }
}

#[test]
fn money_and_time_left_make_the_rank() {
    let ends = |minutes: i64| Deadline {
        kind: DeadlineKind::Pix,
        from: 0,
        at: minutes * 60_000,
    };
    let reais = |whole: i64| Some(Money::brl(whole * 100));
    // (more pressing, less pressing)
    let cases = [
        ((30, reais(97)), (31, reais(97))),
        ((30, reais(997)), (30, reais(97))),
        ((60, reais(1_997)), (40, reais(47))),
        ((10, reais(47)), (24 * 60, reais(50_000))),
        ((10, None), (11, reais(0))),
    ];
    for ((soon, much), (late, little)) in cases {
        assert!(
            rank(ends(soon), much) < rank(ends(late), little),
            "{soon} {much:?} {late} {little:?}"
        );
    }
    let mut before = rank(ends(0), None);
    for minor in (0..400_000).step_by(100).map(Money::brl) {
        let now = rank(ends(0), Some(minor));
        assert!(now <= before, "{minor:?}");
        before = now;
    }
    let most = Some(Money::brl(contract::money::MAX_MINOR));
    assert!(rank(ends(0), most) < 0 && rank(ends(0), Some(Money::brl(-5))) == 0);
}

#[test]
fn only_charges_leave_their_stage_by_themselves() {
    let ends = Some(Deadline {
        kind: DeadlineKind::Pix,
        from: 0,
        at: 10,
    });
    assert_eq!(
        leaves_stage(StageGroup::Pix, ends),
        Some(10 + super::RUN_OUT_MILLIS)
    );
    assert_eq!(
        leaves_stage(StageGroup::Boleto, ends),
        Some(10 + super::RUN_OUT_MILLIS)
    );
    assert_eq!(leaves_stage(StageGroup::Cart, ends), None);
}
