use chrono::{DateTime, TimeDelta, Utc};
use contract::boleto::BankSlip;
use contract::pix::{Charge, Destination};
use contract::{
    Boleto, Currency, Customer, Event, EventId, IntegrationId, Item, Money, Order, Payment,
    PaymentMethod, Pix, Stage, Utms,
};

use super::{card, masked_email, person, platform};
use crate::view::{OrderCard, PixState, Primary};

fn start() -> DateTime<Utc> {
    "2026-03-10T12:00:00Z".parse().expect("a time")
}

fn event(stage: Stage, payment: Payment) -> Event {
    Event {
        id: EventId::from_u128(1),
        external_id: "KW1".to_owned(),
        order_number: None,
        stage,
        event: "told".to_owned(),
        amount_minor: Some(19_700),
        currency: Currency::BRL,
        refunded_minor: None,
        occurred_at: start(),
        provider: "kiwify".to_owned(),
        integration_id: IntegrationId::from_u128(1),
        order_key: "kiwify:KW1".to_owned(),
        carts: Vec::new(),
        bump_of: None,
        customer: Customer::default(),
        checkout_url: Some("https://pay.example.com/KW1".to_owned()),
        order_url: None,
        items: vec![Item {
            name: "Curso".to_owned(),
            quantity: 2,
            unit_minor: Some(9_850),
            ..Item::default()
        }],
        payment,
        coupon: None,
        utms: Utms::default(),
        is_test: false,
        incomplete: false,
        raw: None,
    }
}

fn drawn(event: &Event, minutes: i64) -> OrderCard {
    let now = (start() + TimeDelta::minutes(minutes)).timestamp_millis();
    card("kiwify:KW1", &Order::of([event]), now, true).expect("a card")
}

fn code(amount: i64) -> String {
    let charge = Charge {
        destination: Destination::Url("qr.example.com/v2/1".to_owned()),
        amount: Some(Money::brl(amount)),
        receiver: "Loja Exemplo".to_owned(),
        city: "Joinville".to_owned(),
        txid: None,
    };
    charge.code().expect("a code")
}

fn pix(code: Option<String>) -> Payment {
    Payment {
        method: Some(PaymentMethod::Pix),
        pix: Some(Pix {
            code,
            expires_at: Some(start() + TimeDelta::minutes(30)),
        }),
        ..Payment::default()
    }
}

fn line(amount: i64) -> String {
    let slip = BankSlip {
        bank: "237".to_owned(),
        due_on: "2026-03-12".parse().ok(),
        amount: Some(Money::brl(amount)),
        free: "1".repeat(25),
    };
    slip.line().expect("a line")
}

fn boleto(line: Option<String>) -> Payment {
    Payment {
        boleto: Some(Boleto {
            line,
            url: Some("https://boleto.example.com/1.pdf".to_owned()),
            due_on: None,
        }),
        ..Payment::default()
    }
}

#[test]
fn a_whole_card_reads_as_drawn() {
    let mut event = event(Stage::PixGenerated, pix(Some(code(19_700))));
    event.order_url = Some("https://loja.example.com/pedido/1".to_owned());
    event.coupon = Some("VOLTA10".to_owned());
    let mut card = drawn(&event, 5);
    let rows = card
        .pix
        .as_mut()
        .map(|pix| std::mem::take(&mut pix.modules));
    assert_eq!(rows.map(|rows| rows.len()), Some(49));
    insta::assert_json_snapshot!(card);
}

#[test]
fn a_card_is_called_as_people_call_the_order() {
    let mut told = event(Stage::PixGenerated, Payment::default());
    let card = drawn(&told, 1);
    assert_eq!((card.reference.as_str(), card.platform_id), ("KW1", None));
    told.order_number = Some("AJuKvWn".to_owned());
    let card = drawn(&told, 1);
    assert_eq!(card.reference, "AJuKvWn");
    assert_eq!(card.platform_id.as_deref(), Some("KW1"));
}

#[test]
fn only_a_living_code_can_be_copied_or_drawn() {
    let broken = code(19_700).replace("JOINVILLE", "JOINVILLO");
    // (code, minutes, state, whether it can be copied, whether the amount differs)
    let cases = [
        (Some(code(19_700)), 29, PixState::Alive, true, false),
        (Some(code(19_700)), 30, PixState::Expired, false, false),
        (Some(code(19_000)), 5, PixState::Alive, true, true),
        (Some(broken), 5, PixState::Broken, false, false),
        (None, 5, PixState::Absent, false, false),
        (None, 31, PixState::Expired, false, false),
    ];
    for (code, minutes, state, copies, differs) in cases {
        let card = drawn(&event(Stage::PixGenerated, pix(code.clone())), minutes);
        let primary = if copies {
            Primary::CopyPix
        } else {
            Primary::CopyLink
        };
        let pix = card.pix.expect("a charge");
        let found = (
            pix.state,
            pix.code.is_some(),
            !pix.modules.is_empty(),
            pix.amount_differs,
        );
        assert_eq!(
            found,
            (state, copies, copies, differs),
            "{code:?} {minutes}"
        );
        assert_eq!(card.primary, primary, "{code:?} {minutes}");
    }
    let shown = drawn(&event(Stage::PixGenerated, pix(Some(code(19_700)))), 5);
    let modules = shown.pix.expect("a charge").modules;
    assert!(modules.len() >= 21 && modules.iter().all(|row| row.len() == modules.len()));
    // The corner every reader looks for.
    assert!(modules[0].starts_with("11111110") && modules[1].starts_with("10000010"));
}

#[test]
fn a_boleto_is_copied_only_when_its_digits_add_up() {
    let broken = line(19_700).replace("23791", "23792");
    // (line, minutes, whether it can be copied, overdue, differs, what the button does)
    let days = 24 * 60;
    let cases = [
        (
            Some(line(19_700)),
            0,
            true,
            false,
            false,
            Primary::CopyBoleto,
        ),
        (Some(line(9_700)), 0, true, false, true, Primary::CopyBoleto),
        (
            Some(line(19_700)),
            4 * days,
            true,
            true,
            false,
            Primary::CopyLink,
        ),
        (Some(broken), 0, false, false, false, Primary::CopyLink),
        (None, 0, false, false, false, Primary::CopyLink),
    ];
    for (line, minutes, copies, overdue, differs, primary) in cases {
        let card = drawn(
            &event(Stage::BoletoGenerated, boleto(line.clone())),
            minutes,
        );
        let part = card.boleto.expect("a boleto");
        let found = (part.line.is_some(), part.overdue, part.amount_differs);
        assert_eq!(found, (copies, overdue, differs), "{line:?}");
        assert_eq!(card.primary, primary, "{line:?}");
        assert_eq!(part.bars.len(), if copies { 227 } else { 0 });
    }
    let part = drawn(
        &event(Stage::BoletoGenerated, boleto(Some(line(19_700)))),
        0,
    );
    let part = part.boleto.expect("a boleto");
    assert_eq!(part.due_on.as_deref(), Some("2026-03-12"));
    assert_eq!(part.bank.as_deref(), Some("Bradesco"));
}

#[test]
fn the_button_fits_the_stage() {
    let cases = [
        (Stage::CartAbandoned, Primary::CopyLink),
        (Stage::PaymentRefused, Primary::CopyLink),
        (Stage::PaymentExpired, Primary::CopyLink),
        (Stage::Cancelled, Primary::Nothing),
        (Stage::PurchaseApproved, Primary::Nothing),
        (Stage::Refunded, Primary::Nothing),
        (Stage::Chargeback, Primary::Nothing),
    ];
    for (stage, expected) in cases {
        let card = drawn(&event(stage, Payment::default()), 0);
        assert_eq!(card.primary, expected, "{stage:?}");
    }
}

#[test]
fn only_plain_https_links_are_shown() {
    let cases = [
        ("https://pay.example.com/a?b=c", Some("pay.example.com")),
        ("http://pay.example.com", None),
        ("https://rita:senha@pay.example.com", None),
        ("javascript:alert(1)", None),
        ("pay.example.com", None),
        ("", None),
    ];
    for (address, host) in cases {
        let mut event = event(Stage::CartAbandoned, Payment::default());
        event.checkout_url = Some(address.to_owned());
        let card = drawn(&event, 0);
        assert_eq!(
            card.checkout.map(|link| link.host).as_deref(),
            host,
            "{address}"
        );
    }
}

#[test]
fn people_are_masked() {
    let customer = Customer {
        name: Some("Rita de Teste".to_owned()),
        email: Some("rita@example.com".to_owned()),
        phone: None,
        phone_typed: Some("liga pro meu filho".to_owned()),
        document: Some("52998224725".to_owned()),
    };
    let utms = |source: &str, medium: &str| Utms {
        source: Some(source.to_owned()),
        medium: Some(medium.to_owned()),
        ..Utms::default()
    };
    insta::assert_json_snapshot!(person(&customer, Some(&utms("instagram", " "))));
    let known = Customer {
        phone: Some("+5547999990000".to_owned()),
        ..Customer::default()
    };
    let shown = person(&known, None);
    assert_eq!(shown.phone.as_deref(), Some("+55 47 9••••-0000"));
    assert!(shown.whatsapp);
    assert_eq!(shown.hours_earlier, 0);
    let in_manaus = Customer {
        phone: Some("+5592999990000".to_owned()),
        ..Customer::default()
    };
    assert_eq!(person(&in_manaus, None).hours_earlier, 1);
    for (email, masked) in [
        ("rita@example.com", "r•••@example.com"),
        ("é@é.br", "é•••@é.br"),
        ("rita", "r•••"),
        ("", "•••"),
    ] {
        assert_eq!(masked_email(email), masked);
    }
}

#[test]
fn platforms_are_named_as_people_say_them() {
    for (slug, name) in [
        ("kiwify", "Kiwify"),
        ("iset", "iSET"),
        ("nova", "Nova"),
        ("", ""),
    ] {
        assert_eq!(platform(slug), name);
    }
}
