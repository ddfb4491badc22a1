use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::{EventId, IntegrationId};
use contract::pix::{Charge, Destination};
use contract::{Boleto, Currency, Customer, Event, Item, Money, Order, Payment, Pix, Stage, Utms};
use follow_up::{Library, Locale, Sources};

use super::{copied, opened, text};
use crate::asking::{CopyWhat, LinkWhat};
use crate::error::Refusal;

const LINE: &str = "34191487687650949875809337505622700000000000000";

const PAGE: &str = "https://user@pay.example.com/b";

fn now() -> DateTime<Utc> {
    "2026-11-21T17:00:00Z".parse().expect("a time")
}

fn code(key: &str) -> String {
    let charge = Charge {
        destination: Destination::Key {
            key: key.to_owned(),
            description: None,
        },
        amount: Some(Money::brl(19_700)),
        receiver: "LOJA ACAUA".to_owned(),
        city: "RECIFE".to_owned(),
        txid: None,
    };
    charge.code().expect("fits")
}

fn order(stage: Stage, pix_code: &str, minutes_left: i64) -> Order {
    let boleto = Boleto {
        line: Some(LINE.to_owned()),
        url: Some(PAGE.to_owned()),
        due_on: None,
    };
    order_with(stage, pix_code, minutes_left, boleto)
}

fn order_with(stage: Stage, pix_code: &str, minutes_left: i64, boleto: Boleto) -> Order {
    let event = Event {
        id: EventId::new(1, [1; 10]),
        external_id: "1042".to_owned(),
        order_number: None,
        stage,
        event: stage.as_str().to_owned(),
        amount_minor: Some(19_700),
        currency: Currency::BRL,
        refunded_minor: None,
        occurred_at: now() - TimeDelta::minutes(30),
        provider: "kiwify".to_owned(),
        integration_id: IntegrationId::from_u128(1),
        order_key: "kiwify:1042".to_owned(),
        carts: Vec::new(),
        bump_of: None,
        customer: Customer {
            name: Some("Rita de Teste".to_owned()),
            ..Customer::default()
        },
        checkout_url: Some("https://pay.example.com/c/1042".to_owned()),
        order_url: Some("javascript:alert(1)".to_owned()),
        items: vec![Item {
            name: "Curso de Costura".to_owned(),
            quantity: 1,
            ..Item::default()
        }],
        payment: Payment {
            pix: Some(Pix {
                code: Some(pix_code.to_owned()),
                expires_at: Some(now() + TimeDelta::minutes(minutes_left)),
            }),
            boleto: Some(boleto),
            ..Payment::default()
        },
        coupon: None,
        utms: Utms::default(),
        is_test: false,
        incomplete: false,
        raw: None,
    };
    Order::of([&event])
}

#[test]
fn only_what_is_alive_is_copied() {
    let good = code("loja@example.com");
    let broken = format!(
        "{}0",
        good.strip_suffix(char::is_alphanumeric).expect("a code")
    );
    let link = "https://pay.example.com/c/1042";
    for (stage, pix, minutes, what, expected) in [
        (
            Stage::PixGenerated,
            &good,
            5,
            CopyWhat::Pix,
            Ok(good.as_str()),
        ),
        (
            Stage::PixGenerated,
            &good,
            0,
            CopyWhat::Pix,
            Err(Refusal::PixExpired),
        ),
        (
            Stage::PaymentExpired,
            &good,
            5,
            CopyWhat::Pix,
            Err(Refusal::PixExpired),
        ),
        (
            Stage::PixGenerated,
            &broken,
            5,
            CopyWhat::Pix,
            Err(Refusal::PixBroken),
        ),
        (
            Stage::PurchaseApproved,
            &good,
            5,
            CopyWhat::Pix,
            Err(Refusal::AlreadyPaid),
        ),
        (
            Stage::PurchaseApproved,
            &good,
            5,
            CopyWhat::Link,
            Err(Refusal::AlreadyPaid),
        ),
        (Stage::PixGenerated, &good, 0, CopyWhat::Link, Ok(link)),
        (Stage::CartAbandoned, &good, 5, CopyWhat::Link, Ok(link)),
        (
            Stage::BoletoGenerated,
            &good,
            5,
            CopyWhat::Boleto,
            Err(Refusal::NothingToCopy),
        ),
        (
            Stage::BoletoGenerated,
            &good,
            5,
            CopyWhat::Page,
            Err(Refusal::NothingToCopy),
        ),
    ] {
        let answer = copied(&order(stage, pix, minutes), what, now());
        assert_eq!(
            answer,
            expected.map(str::to_owned),
            "{stage:?} {minutes} {what:?}"
        );
    }
}

#[test]
fn only_plain_https_links_are_opened() {
    let order = order(Stage::BoletoGenerated, "", 5);
    for (what, expected) in [
        (
            LinkWhat::Checkout,
            Ok("https://pay.example.com/c/1042".to_owned()),
        ),
        (LinkWhat::Order, Err(Refusal::NoLink)),
        (LinkWhat::Boleto, Err(Refusal::NoLink)),
    ] {
        assert_eq!(opened(&order, what), expected, "{what:?}");
    }
}

#[test]
fn a_boleto_leaves_only_while_it_can_be_paid() {
    const GOOD: &str = "33698933042515968841235371695434510000009315918";
    const GROUPED: &str = "33698.93304 25159.688412 35371.695434 5 10000009315918";
    let dead = Err(Refusal::BoletoExpired);
    let paid = Err(Refusal::AlreadyPaid);
    for (stage, line, due_on, paid_elsewhere, said, expected) in [
        (
            Stage::BoletoGenerated,
            Some(GOOD),
            "2026-11-23",
            false,
            GROUPED,
            Ok(()),
        ),
        (
            Stage::BoletoGenerated,
            Some(GOOD),
            "2026-11-18",
            false,
            GROUPED,
            dead.clone(),
        ),
        (
            Stage::BoletoGenerated,
            Some(GOOD),
            "2026-11-18",
            false,
            GOOD,
            dead.clone(),
        ),
        (
            Stage::BoletoGenerated,
            None,
            "2026-11-23",
            false,
            PAGE,
            Ok(()),
        ),
        (
            Stage::BoletoGenerated,
            None,
            "2026-11-18",
            false,
            PAGE,
            dead.clone(),
        ),
        (
            Stage::Cancelled,
            Some(GOOD),
            "2026-11-23",
            false,
            GROUPED,
            dead,
        ),
        (
            Stage::PurchaseApproved,
            Some(GOOD),
            "2026-11-23",
            false,
            GROUPED,
            paid.clone(),
        ),
        (
            Stage::BoletoGenerated,
            Some(GOOD),
            "2026-11-23",
            true,
            GROUPED,
            paid,
        ),
        (
            Stage::BoletoGenerated,
            Some(GOOD),
            "2026-11-23",
            true,
            "Obrigada!",
            Ok(()),
        ),
    ] {
        let boleto = Boleto {
            line: line.map(str::to_owned),
            url: Some(PAGE.to_owned()),
            due_on: due_on.parse().ok(),
        };
        let order = order_with(stage, "", 5, boleto);
        let customer = order.customer();
        let sources = Sources {
            order: &order,
            paid_elsewhere,
            customer: &customer,
            agent: None,
            store: None,
            platform: None,
            now: now(),
            locale: Locale::PtBr,
        };
        let said = format!("Segue: {said} qualquer coisa me chama");
        let answer = text(&said, None, &Library::built_in(), Some(&sources));
        assert_eq!(answer, expected, "{stage:?} {line:?} {due_on} {said}");
    }
}

#[test]
fn texts_are_checked_at_the_last_moment() {
    let good = code("loja@example.com");
    let other = code("outra@example.com");
    let invalid = Refusal::Invalid("a text has 1 to 4,000 characters");
    let with = |code: &str| format!("Oi!\n{code}\nQualquer coisa me chama.");
    let link = "Segue: https://pay.example.com/c/1042".to_owned();
    for (stage, minutes, template, said, expected) in [
        (Stage::PixGenerated, 5, None, with(&good), Ok(())),
        (
            Stage::PixGenerated,
            0,
            None,
            with(&good),
            Err(Refusal::PixExpired),
        ),
        (
            Stage::PixGenerated,
            5,
            None,
            with(&other),
            Err(Refusal::PixExpired),
        ),
        (
            Stage::PaymentExpired,
            5,
            None,
            with(&good),
            Err(Refusal::PixExpired),
        ),
        (
            Stage::CartAbandoned,
            5,
            None,
            with(&good),
            Err(Refusal::PixExpired),
        ),
        (
            Stage::PurchaseApproved,
            5,
            None,
            with(&good),
            Err(Refusal::AlreadyPaid),
        ),
        (
            Stage::PurchaseApproved,
            5,
            None,
            link.clone(),
            Err(Refusal::AlreadyPaid),
        ),
        (
            Stage::PurchaseApproved,
            5,
            None,
            "Obrigada pela compra!".to_owned(),
            Ok(()),
        ),
        (
            Stage::PurchaseApproved,
            5,
            None,
            format!("Segue o boleto: {LINE}"),
            Err(Refusal::AlreadyPaid),
        ),
        (
            Stage::PurchaseApproved,
            5,
            None,
            "34191.48768 76509.498758 09337.505622 7 00000000000000".to_owned(),
            Err(Refusal::AlreadyPaid),
        ),
        (
            Stage::PurchaseApproved,
            5,
            None,
            format!("Veja em {PAGE}"),
            Err(Refusal::AlreadyPaid),
        ),
        (
            Stage::Cancelled,
            5,
            None,
            format!("Segue o boleto: {LINE}"),
            Err(Refusal::BoletoExpired),
        ),
        (
            Stage::PaymentExpired,
            5,
            None,
            format!("Veja em {PAGE}"),
            Err(Refusal::BoletoExpired),
        ),
        (Stage::CartAbandoned, 5, None, link, Ok(())),
        (
            Stage::CartAbandoned,
            5,
            None,
            "Oi, {{ customer.name }}".to_owned(),
            Err(Refusal::HasHole),
        ),
        (
            Stage::CartAbandoned,
            5,
            None,
            "  \n".to_owned(),
            Err(invalid.clone()),
        ),
        (
            Stage::CartAbandoned,
            5,
            None,
            "a".repeat(4_001),
            Err(invalid),
        ),
        (
            Stage::CartAbandoned,
            5,
            Some("cart.first"),
            "Oi, Rita!".to_owned(),
            Ok(()),
        ),
        (
            Stage::CartAbandoned,
            5,
            Some("cart.coupon"),
            "Oi, Rita!".to_owned(),
            Err(Refusal::HasHole),
        ),
        (
            Stage::PurchaseApproved,
            5,
            Some("cart.link"),
            "Oi, Rita!".to_owned(),
            Err(Refusal::AlreadyPaid),
        ),
        (
            Stage::CartAbandoned,
            5,
            Some("no.such"),
            "Oi!".to_owned(),
            Err(Refusal::NotFound("template")),
        ),
    ] {
        let order = order(stage, &good, minutes);
        let customer = order.customer();
        let sources = Sources {
            order: &order,
            paid_elsewhere: false,
            customer: &customer,
            agent: Some("Ana"),
            store: Some("Loja"),
            platform: Some("Kiwify"),
            now: now(),
            locale: Locale::PtBr,
        };
        let answer = text(&said, template, &Library::built_in(), Some(&sources));
        assert_eq!(answer, expected, "{stage:?} {minutes} {template:?} {said}");
    }
}
