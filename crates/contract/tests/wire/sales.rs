//! What is told of sales: events, the card they fold into, money, and the codes to pay by.

use contract::boleto::{BoletoDetails, BoletoKind, BoletoLine};
use contract::order::Stamp;
use contract::phone::PhoneKind;
use contract::pix::{BrCode, PixDetails, PixKeyType, PixKind};
use contract::{
    Boleto, Currency, Customer, Event, EventId, IntegrationId, Item, Money, Order, Payment,
    PaymentMethod, Pix, RawBody, Stage, StageGroup, Status, Utms,
};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Kept, noon};

fn full_event() -> Event {
    Event {
        id: EventId::new(4, [4; 10]),
        external_id: "9f1c".to_owned(),
        order_number: Some("#1042".to_owned()),
        stage: Stage::PixGenerated,
        event: "pix_created".to_owned(),
        amount_minor: Some(19_700),
        currency: Currency::BRL,
        refunded_minor: Some(100),
        occurred_at: noon(),
        provider: "kiwify".to_owned(),
        integration_id: IntegrationId::new(5, [5; 10]),
        order_key: "kiwify:9f1c".to_owned(),
        carts: Vec::new(),
        bump_of: None,
        customer: Customer {
            name: Some("Rita de Teste".to_owned()),
            email: Some("rita@example.com".to_owned()),
            phone: Some("+5547900000111".to_owned()),
            phone_typed: Some("47 0000".to_owned()),
            document: Some("12345678909".to_owned()),
        },
        checkout_url: Some("https://pay.example.com/a".to_owned()),
        order_url: Some("https://pay.example.com/o".to_owned()),
        items: vec![Item {
            name: "Curso".to_owned(),
            code: Some("c1".to_owned()),
            quantity: 1,
            unit_minor: Some(19_700),
        }],
        payment: Payment {
            method: Some(PaymentMethod::Pix),
            pix: Some(Pix {
                code: Some("000201".to_owned()),
                expires_at: Some(noon()),
            }),
            boleto: Some(Boleto {
                line: Some("0".repeat(47)),
                url: Some("https://pay.example.com/b".to_owned()),
                due_on: Some(noon().date_naive()),
            }),
            refusal: Some("insufficient_funds".to_owned()),
            installments: Some(3),
        },
        coupon: Some("VOLTA10".to_owned()),
        utms: Utms {
            src: Some("a".to_owned()),
            source: Some("b".to_owned()),
            medium: Some("c".to_owned()),
            campaign: Some("d".to_owned()),
        },
        is_test: false,
        incomplete: false,
        raw: Some(RawBody(
            RawValue::from_string("{\"order_id\": \"9f1c\"}".to_owned()).expect("JSON"),
        )),
    }
}

fn bare_event() -> Event {
    Event {
        stage: Stage::CartAbandoned,
        amount_minor: None,
        refunded_minor: None,
        customer: Customer::default(),
        checkout_url: None,
        order_url: None,
        items: Vec::new(),
        payment: Payment::default(),
        coupon: None,
        utms: Utms::default(),
        incomplete: true,
        raw: None,
        ..full_event()
    }
}

fn bump_event() -> Event {
    Event {
        bump_of: Some("kiwify:9f1b".to_owned()),
        ..bare_event()
    }
}

pub(super) fn events(kept: &mut Kept) {
    kept.keep("event_full", &full_event());
    kept.keep("event_bare", &bare_event());
    kept.keep("event_bump", &bump_event());
    for event in [full_event(), bare_event(), bump_event()] {
        let text = serde_json::to_string(&event).expect("events serialise");
        assert_eq!(
            serde_json::from_str::<Event>(&text).expect("events read back"),
            event
        );
    }
    let text = serde_json::to_string(&full_event()).expect("events serialise");
    assert!(
        text.contains("\"amount\":197.00,"),
        "the decimal is written exactly: {text}"
    );
    let event = full_event();
    kept.keep("customer", &event.customer);
    kept.each("items", &event.items);
    kept.keep("payment", &event.payment);
    kept.each(
        "pix",
        &[event.payment.pix.expect("it is full"), Pix::default()],
    );
    let boleto = event.payment.boleto.expect("it is full");
    kept.each("boletos", &[boleto, Boleto::default()]);
    kept.keep("utms", &event.utms);
    kept.keep("raw_body", &event.raw.expect("it is full"));
    let methods = [
        PaymentMethod::Pix,
        PaymentMethod::Boleto,
        PaymentMethod::Card,
        PaymentMethod::Other,
    ];
    kept.each("payment_methods", &methods);
}

pub(super) fn the_fold_as_it_is_stored(kept: &mut Kept) {
    kept.keep("order", &Order::of(&[full_event()]));
    kept.keep("order_bump", &Order::of(&[bump_event()]));
    kept.keep("stamp", &Stamp::of(&full_event()));
    let order = Order::of(&[full_event()]);
    kept.keep("source", order.source().expect("an event tells it"));
}

pub(super) fn stages(kept: &mut Kept) {
    kept.each("stages", Stage::ALL);
    kept.each("stage_groups", StageGroup::ALL);
    let statuses = [
        Status::Abandoned,
        Status::Pending,
        Status::Failed,
        Status::Cancelled,
        Status::Approved,
        Status::Refunded,
    ];
    kept.each("statuses", &statuses);
    let phones = [
        PhoneKind::Mobile,
        PhoneKind::Landline,
        PhoneKind::Foreign,
        PhoneKind::Service,
        PhoneKind::Incomplete,
        PhoneKind::Invalid,
    ];
    kept.each("phone_kinds", &phones);
}

pub(super) fn money(kept: &mut Kept) {
    kept.keep("money", &Money::brl(19_700));
    kept.each("currencies", &[Currency::BRL, Currency::USD]);
}

fn vectors(text: &str) -> Vec<Value> {
    let vectors: Value = serde_json::from_str(text).expect("the vectors are JSON");
    vectors["cases"].as_array().expect("a list").clone()
}

/// Returns the first valid case of each kind.
fn of_each_kind(cases: &[Value], kind: &str) -> Vec<Value> {
    let mut seen = std::collections::BTreeSet::new();
    let valid = cases.iter().filter(|case| case["valid"] == true);
    let first = valid.filter(|case| {
        let kind = case.pointer(kind).and_then(Value::as_str);
        seen.insert(kind.expect("a kind").to_owned())
    });
    first.cloned().collect()
}

pub(super) fn codes_to_pay_by(kept: &mut Kept) {
    kept.each("pix_kinds", &[PixKind::Static, PixKind::Dynamic]);
    let keys = [
        PixKeyType::Evp,
        PixKeyType::Phone,
        PixKeyType::Cpf,
        PixKeyType::Cnpj,
        PixKeyType::Email,
        PixKeyType::Other,
    ];
    kept.each("pix_key_types", &keys);
    let cases = vectors(include_str!("../../../../fixtures/standards/pix.json"));
    let codes = of_each_kind(&cases, "/expect/kind")
        .into_iter()
        .map(|case| {
            let code = case["code"].as_str().expect("a code");
            BrCode::parse(code).expect("a valid code").details()
        });
    kept.each("pix_details", &codes.collect::<Vec<PixDetails>>());
    let cases = vectors(include_str!("../../../../fixtures/standards/boleto.json"));
    let lines = of_each_kind(&cases, "/kind").into_iter().map(|case| {
        let line = case["linha_digitavel"].as_str().expect("a line");
        let line = BoletoLine::parse(line, noon().date_naive());
        line.expect("a valid line").details()
    });
    kept.each("boleto_details", &lines.collect::<Vec<BoletoDetails>>());
    let kinds = [BoletoKind::BankSlip, BoletoKind::Collection];
    kept.each("boleto_kinds", &kinds);
}
