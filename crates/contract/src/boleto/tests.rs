use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::Value;

use super::{BankSlip, BoletoError, BoletoKind, BoletoLine, Due, itf_widths};
use crate::money::{Currency, Money};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../../fixtures/standards/boleto.json"))
        .expect("the vectors are JSON")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn reference(case: &Value) -> NaiveDate {
    day(case["reference_date"].as_str().unwrap_or("2026-11-21"))
}

#[test]
fn vectors_hold() {
    let vectors = vectors();
    let cases = vectors["cases"].as_array().expect("a list");
    assert_eq!(cases.len(), 40);
    for case in cases {
        let input = case["input"]
            .as_str()
            .or(case["linha_digitavel"].as_str())
            .expect("a text");
        let read = BoletoLine::parse(input, reference(case));
        match case["valid"].as_bool() {
            Some(true) => check_fields(case, &read.expect("a valid line")),
            _ => assert_eq!(
                read.expect_err("not valid").to_string(),
                case["error"],
                "{}",
                case["id"]
            ),
        }
    }
}

fn check_fields(case: &Value, read: &BoletoLine) {
    let id = &case["id"];
    let kind = match read.kind {
        BoletoKind::BankSlip => "cobranca",
        BoletoKind::Collection => "arrecadacao",
    };
    assert_eq!(case["kind"], kind, "{id}");
    assert_eq!(case["linha_digitavel"], read.line, "{id}");
    assert_eq!(case["barcode"], read.barcode, "{id}");
    assert_eq!(
        case["amount_minor"].as_i64(),
        read.amount.map(|amount| amount.minor),
        "{id}"
    );
    assert_eq!(case["due_date"].as_str().map(day), read.due.on(), "{id}");
    assert_eq!(case["bank"].as_str().or(read.bank()), read.bank(), "{id}");
    if let Some(printed) = case["formatted"].as_str() {
        assert_eq!(read.printed(), printed, "{id}");
    }
    for again in [&read.barcode, &read.printed()] {
        assert_eq!(
            BoletoLine::parse(again, reference(case)).as_ref(),
            Ok(read),
            "{id}"
        );
    }
}

#[test]
fn bars_match_the_vectors() {
    for case in vectors()["itf"]["cases"].as_array().expect("a list") {
        let widths = itf_widths(case["digits"].as_str().expect("digits")).expect("even");
        let text: String = widths.iter().map(ToString::to_string).collect();
        assert_eq!(case["widths"], text);
    }
    assert_eq!(itf_widths("123"), None);
    assert_eq!(itf_widths("1x"), None);
    assert_eq!(
        itf_widths(&"0".repeat(44)).map(|widths| widths.len()),
        Some(227)
    );
}

#[test]
fn the_reference_date_picks_the_count() {
    let (first, second) = (day("2000-07-03"), day("2025-02-22"));
    for (reference, due) in [
        ("2025-02-10", Due::On(second)),
        ("2026-11-21", Due::On(second)),
        ("2000-07-01", Due::On(first)),
        ("2008-09-19", Due::On(first)),
        ("2008-09-20", Due::OneOf(first, second)),
        ("2010-01-31", Due::OneOf(first, second)),
        ("2010-02-01", Due::On(second)),
        ("2045-01-01", Due::OneOf(first, second)),
    ] {
        assert_eq!(Due::of_factor("1000", day(reference)), due, "{reference}");
    }
    for untold in ["0000", "0999", ""] {
        assert_eq!(Due::of_factor(untold, day("2026-11-21")), Due::Untold);
    }
    assert_eq!(Due::of_factor("1646", NaiveDate::MAX).on(), None);
    assert_eq!(Due::of_factor("1646", NaiveDate::MIN).on(), None);
}

fn slip() -> BankSlip {
    BankSlip {
        bank: "341".to_owned(),
        due_on: Some(day("2026-11-30")),
        amount: Some(Money::brl(17_164_264)),
        free: "1489876509498750933562273".to_owned(),
    }
}

#[test]
fn built_lines_are_those_of_the_vectors() {
    let line = slip().line().expect("fits");
    assert_eq!(line, "34191489807650949875409335622735816460017164264");
    let details = BoletoLine::parse(&line, day("2026-11-21"))
        .expect("valid")
        .details();
    assert_eq!(details.bank_name.as_deref(), Some("Itaú"));
    assert_eq!(details.bar_widths.len(), 227);
    for (broken, error) in [
        (
            BankSlip {
                bank: "000".to_owned(),
                ..slip()
            },
            BoletoError::BankOrCurrency,
        ),
        (
            BankSlip {
                bank: "34é".to_owned(),
                ..slip()
            },
            BoletoError::DoesNotFit,
        ),
        (
            BankSlip {
                bank: "34".to_owned(),
                ..slip()
            },
            BoletoError::DoesNotFit,
        ),
        (
            BankSlip {
                free: "1".to_owned(),
                ..slip()
            },
            BoletoError::DoesNotFit,
        ),
        (
            BankSlip {
                due_on: Some(day("1999-01-01")),
                ..slip()
            },
            BoletoError::DoesNotFit,
        ),
        (
            BankSlip {
                amount: Some(Money::new(100, Currency::USD)),
                ..slip()
            },
            BoletoError::DoesNotFit,
        ),
        (
            BankSlip {
                amount: Some(Money::brl(10_000_000_000)),
                ..slip()
            },
            BoletoError::DoesNotFit,
        ),
    ] {
        assert_eq!(broken.line(), Err(error));
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>(), near in "8?[0-9O. -]{40,60}", digits in "8?[0-9]{44,48}") {
        for text in [text, near, digits] {
            let _ = BoletoLine::parse(&text, day("2026-11-21"));
            let _ = itf_widths(&text);
        }
    }

    #[test]
    fn built_lines_read_back(bank in 1_u16..800, days in 0_u64..3000, minor in 1_i64..9_999_999_999, free in "[0-9]{25}") {
        let due_on = day("2024-06-01").checked_add_days(chrono::Days::new(days));
        let slip = BankSlip { bank: format!("{bank:03}"), due_on, amount: Some(Money::brl(minor)), free };
        let read = BoletoLine::parse(&slip.line().expect("fits"), day("2026-11-21")).expect("valid");
        prop_assert_eq!((read.due.on(), read.amount, read.bank()), (slip.due_on, slip.amount, Some(slip.bank.as_str())));
    }

    #[test]
    fn one_changed_digit_of_the_fields_never_passes(at in 0_usize..33, by in 1_u8..10) {
        let mut digits = slip().line().expect("fits").into_bytes();
        digits[at] = (digits[at] - b'0' + by) % 10 + b'0';
        prop_assert!(BoletoLine::parse(&String::from_utf8(digits).expect("digits"), day("2026-11-21")).is_err());
    }
}
