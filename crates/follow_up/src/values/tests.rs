use chrono::{DateTime, TimeDelta, Utc};
use contract::boleto::BankSlip;
use contract::ids::{EventId, IntegrationId};
use contract::pix::{Charge, Destination};
use contract::{Boleto, Currency, Customer, Event, Item, Money, Order, Payment, Pix, Stage, Utms};

use super::{Reason, Sources, Values};
use crate::variable::Variable;
use crate::words::Locale;

/// A Saturday, 14:00 in São Paulo.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-21T17:00:00Z".parse().expect("a time")
}

pub(crate) fn pix_code() -> String {
    let charge = Charge {
        destination: Destination::Url("pix.example.com/qr/v2/142c8364".to_owned()),
        amount: Some(Money::brl(19_700)),
        receiver: "LOJA ACAUA".to_owned(),
        city: "RECIFE".to_owned(),
        txid: None,
    };
    charge.code().expect("fits")
}

pub(crate) fn boleto_line(due: &str) -> String {
    let slip = BankSlip {
        bank: "341".to_owned(),
        due_on: Some(due.parse().expect("a date")),
        amount: Some(Money::brl(19_700)),
        free: "1489876509498750933562273".to_owned(),
    };
    slip.line().expect("fits")
}

/// An event with everything told.
pub(crate) fn event(stage: Stage) -> Event {
    Event {
        id: EventId::new(1, [1; 10]),
        external_id: "PED-1042".to_owned(),
        order_number: Some("#1042".to_owned()),
        stage,
        event: stage.as_str().to_owned(),
        amount_minor: Some(19_700),
        currency: Currency::BRL,
        refunded_minor: None,
        occurred_at: now() - TimeDelta::minutes(30),
        provider: "kiwify".to_owned(),
        integration_id: IntegrationId::from_u128(1),
        order_key: "kiwify:PED-1042".to_owned(),
        carts: Vec::new(),
        bump_of: None,
        customer: Customer {
            name: Some("MARIA DE TESTE".to_owned()),
            ..Customer::default()
        },
        checkout_url: Some("https://pay.example.com/c/1042".to_owned()),
        order_url: Some("https://loja.example.com/o/1042".to_owned()),
        items: vec![item("Curso de Costura"), item("Apostila")],
        payment: Payment {
            pix: Some(Pix {
                code: Some(pix_code()),
                expires_at: Some(now() + TimeDelta::minutes(80)),
            }),
            boleto: Some(Boleto {
                line: Some(boleto_line("2026-11-25")),
                url: Some("https://loja.example.com/b/1042.pdf".to_owned()),
                due_on: None,
            }),
            ..Payment::default()
        },
        coupon: Some("VOLTA10".to_owned()),
        utms: Utms::default(),
        is_test: false,
        incomplete: false,
        raw: None,
    }
}

pub(crate) fn item(name: &str) -> Item {
    Item {
        name: name.to_owned(),
        quantity: 1,
        ..Item::default()
    }
}

pub(crate) fn sources<'a>(order: &'a Order, customer: &'a Customer) -> Sources<'a> {
    Sources {
        order,
        paid_elsewhere: false,
        customer,
        agent: Some("Bia"),
        store: Some("Loja Acauã"),
        platform: Some("Kiwify"),
        now: now(),
        locale: Locale::PtBr,
    }
}

fn value(event: &Event, variable: Variable) -> Result<String, Reason> {
    let (order, customer) = (Order::of([event]), Customer::default());
    Values::of(&sources(&order, &customer))
        .get(variable)
        .map(str::to_owned)
}

fn changed(stage: Stage, change: impl FnOnce(&mut Event)) -> Event {
    let mut event = event(stage);
    change(&mut event);
    event
}

#[test]
fn all_values_of_a_full_order() {
    let line = boleto_line("2026-11-25");
    let code = pix_code();
    for (variable, expected) in [
        (Variable::CustomerFirstName, "Maria"),
        (Variable::CustomerName, "Maria de Teste"),
        (Variable::Amount, "R$\u{a0}197,00"),
        (Variable::Product, "Curso de Costura e mais 1 item"),
        (Variable::PixCode, code.as_str()),
        (Variable::PixExpiresIn, "1 hora e 20 minutos"),
        (Variable::BoletoLine, line.as_str()),
        (Variable::BoletoDueOn, "25/11"),
        (Variable::BoletoUrl, "https://loja.example.com/b/1042.pdf"),
        (Variable::CheckoutUrl, "https://pay.example.com/c/1042"),
        (Variable::OrderUrl, "https://loja.example.com/o/1042"),
        (Variable::Coupon, "VOLTA10"),
        (Variable::Store, "Loja Acauã"),
        (Variable::AgentName, "Bia"),
        (Variable::Platform, "Kiwify"),
        (Variable::OrderRef, "#1042"),
    ] {
        assert_eq!(
            value(&event(Stage::PixGenerated), variable).as_deref(),
            Ok(expected),
            "{}",
            variable.name()
        );
    }
}

#[test]
fn a_paid_sale_gives_nothing_to_pay_with() {
    for stage in [
        Stage::PurchaseApproved,
        Stage::Refunded,
        Stage::Chargeback,
        Stage::Delivered,
    ] {
        for variable in Variable::ALL {
            let told = value(&event(stage), *variable);
            assert_eq!(
                told == Err(Reason::Paid),
                variable.serves_to_pay(),
                "{stage:?} {}",
                variable.name()
            );
        }
    }
}

#[test]
fn dead_codes_are_missing() {
    use Variable::{BoletoDueOn, BoletoLine, PixCode, PixExpiresIn};
    let pix = |change: fn(&mut Pix)| {
        changed(Stage::PixGenerated, |event| {
            change(event.payment.pix.as_mut().expect("a PIX"));
        })
    };
    let boleto = |due: &str| {
        changed(Stage::BoletoGenerated, |event| {
            event.payment.boleto.as_mut().expect("a boleto").line = Some(boleto_line(due));
        })
    };
    for (event, variable, expected) in [
        (
            pix(|pix| pix.expires_at = Some(now())),
            PixCode,
            Err(Reason::Expired),
        ),
        (
            pix(|pix| pix.expires_at = Some(now())),
            PixExpiresIn,
            Err(Reason::Expired),
        ),
        (
            pix(|pix| pix.expires_at = Some(now() + TimeDelta::seconds(59))),
            PixExpiresIn,
            Ok("menos de 1 minuto"),
        ),
        (
            pix(|pix| pix.expires_at = None),
            PixExpiresIn,
            Err(Reason::NotTold),
        ),
        (pix(|pix| pix.code = None), PixCode, Err(Reason::NotTold)),
        (
            pix(|pix| {
                pix.code = pix
                    .code
                    .as_ref()
                    .map(|code| code.replace("RECIFE", "OLINDA"));
            }),
            PixCode,
            Err(Reason::Broken),
        ),
        (event(Stage::PaymentExpired), PixCode, Err(Reason::Expired)),
        (event(Stage::Cancelled), BoletoLine, Err(Reason::Expired)),
        (event(Stage::PaymentRefused), PixCode, Err(Reason::NotTold)),
        (boleto("2026-11-20"), BoletoLine, Err(Reason::Expired)),
        (boleto("2026-11-20"), BoletoDueOn, Ok("20/11")),
        (boleto("2026-11-21"), BoletoDueOn, Ok("21/11")),
        (
            changed(Stage::BoletoGenerated, |event| {
                event.payment.boleto.as_mut().expect("a boleto").line = Some("1".repeat(47));
            }),
            BoletoLine,
            Err(Reason::Broken),
        ),
    ] {
        assert_eq!(
            value(&event, variable),
            expected.map(str::to_owned),
            "{}",
            variable.name()
        );
    }
    for due in ["2026-11-21", "2026-11-22"] {
        assert!(
            value(&boleto(due), BoletoLine).is_ok(),
            "due on a week-end, payable on Monday"
        );
    }
}

#[test]
fn placeholders_are_not_values() {
    use Variable::{Amount, CheckoutUrl, CustomerFirstName, Product};
    for (event, variable, reason) in [
        (
            changed(Stage::CartAbandoned, |event| {
                event.customer.name = Some("Cliente".to_owned());
            }),
            CustomerFirstName,
            Reason::Unusable,
        ),
        (
            changed(Stage::CartAbandoned, |event| event.customer.name = None),
            CustomerFirstName,
            Reason::NotTold,
        ),
        (
            changed(Stage::CartAbandoned, |event| {
                event.customer.name = Some("  ".to_owned());
            }),
            CustomerFirstName,
            Reason::NotTold,
        ),
        (
            changed(Stage::CartAbandoned, |event| event.amount_minor = Some(0)),
            Amount,
            Reason::Unusable,
        ),
        (
            changed(Stage::CartAbandoned, |event| event.amount_minor = None),
            Amount,
            Reason::NotTold,
        ),
        (
            changed(Stage::CartAbandoned, |event| {
                event.items = vec![item("undefined")];
            }),
            Product,
            Reason::Unusable,
        ),
        (
            changed(Stage::CartAbandoned, |event| event.items = vec![item("")]),
            Product,
            Reason::NotTold,
        ),
        (
            changed(Stage::CartAbandoned, |event| {
                event.checkout_url = Some("http://pay.example.com".to_owned());
            }),
            CheckoutUrl,
            Reason::Unusable,
        ),
        (
            changed(Stage::CartAbandoned, |event| {
                event.checkout_url = Some("https://pay example.com".to_owned());
            }),
            CheckoutUrl,
            Reason::Unusable,
        ),
        (
            changed(Stage::CartAbandoned, |event| {
                event.checkout_url = Some("https://localhost/x".to_owned());
            }),
            CheckoutUrl,
            Reason::Unusable,
        ),
    ] {
        assert_eq!(value(&event, variable), Err(reason), "{}", variable.name());
    }
}

#[test]
fn the_conversation_completes_the_name() {
    let nameless = changed(Stage::CartAbandoned, |event| {
        event.customer.name = Some("teste".to_owned());
    });
    let order = Order::of([&nameless]);
    let person = Customer {
        name: Some("rita souza".to_owned()),
        ..Customer::default()
    };
    assert_eq!(
        Values::of(&sources(&order, &person)).get(Variable::CustomerFirstName),
        Ok("Rita")
    );
}
