use proptest::prelude::*;
use serde_json::json;

use super::{Currency, MAX_MINOR, Money, MoneyError};

const BRL: Currency = Currency::BRL;

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("test codes are valid")
}

#[test]
fn amounts_as_people_write_them() {
    for (text, code, minor) in [
        ("1.234,56", "BRL", 123_456),
        ("1,234.56", "BRL", 123_456),
        ("1797.3", "BRL", 179_730),
        ("1797,3", "BRL", 179_730),
        ("R$ 1.234,56", "BRL", 123_456),
        ("R$\u{a0}1.234,56", "BRL", 123_456),
        ("R$197", "BRL", 19_700),
        ("197", "BRL", 19_700),
        ("0", "BRL", 0),
        ("0.05", "BRL", 5),
        ("0.500", "BRL", 50),
        ("1234.500", "BRL", 123_450),
        ("1.234.567", "BRL", 123_456_700),
        ("1.234.567,8", "BRL", 123_456_780),
        ("1 234,56", "BRL", 123_456),
        ("1'234.56", "BRL", 123_456),
        (" 49,90 BRL ", "BRL", 4_990),
        ("US$ 10.00", "USD", 1_000),
        ("$10.00", "USD", 1_000),
        ("12,50 €", "EUR", 1_250),
        ("1.234", "CLP", 1_234),
        ("$1.234.567", "CLP", 1_234_567),
        ("1797.00", "CLP", 1_797),
        ("1797", "JPY", 1_797),
        ("0,5", "KWD", 500),
        ("1,234.567", "KWD", 1_234_567),
    ] {
        let read = Money::parse_decimal(text, currency(code));
        assert_eq!(read, Ok(Money::new(minor, currency(code))), "{text} {code}");
    }
}

#[test]
fn what_is_not_one_amount_is_refused_by_name() {
    for (text, code, error) in [
        ("1.234", "BRL", MoneyError::Ambiguous),
        ("1,234", "BRL", MoneyError::Ambiguous),
        ("1.000", "BRL", MoneyError::Ambiguous),
        ("1.234", "KWD", MoneyError::Ambiguous),
        ("", "BRL", MoneyError::Empty),
        ("  ", "BRL", MoneyError::Empty),
        ("-1,00", "BRL", MoneyError::Negative),
        ("R$ -1,00", "BRL", MoneyError::Negative),
        ("(1,00)", "BRL", MoneyError::Negative),
        ("1797.30", "CLP", MoneyError::TooPrecise(currency("CLP"))),
        ("0.123", "BRL", MoneyError::TooPrecise(BRL)),
        ("1.2345", "BRL", MoneyError::TooPrecise(BRL)),
        ("US$ 5", "BRL", MoneyError::OtherCurrency(BRL)),
        ("R$ 5", "USD", MoneyError::OtherCurrency(Currency::USD)),
        ("5 USD", "BRL", MoneyError::OtherCurrency(BRL)),
        ("90071992547409,92", "BRL", MoneyError::TooLarge),
        ("99999999999999999999", "BRL", MoneyError::TooLarge),
        ("grátis", "BRL", MoneyError::Malformed),
        ("R$", "BRL", MoneyError::Malformed),
        ("-", "BRL", MoneyError::Malformed),
        ("12,34,56", "BRL", MoneyError::Malformed),
        ("1.23.456", "BRL", MoneyError::Malformed),
        ("1.234,56.7", "BRL", MoneyError::Malformed),
        ("1,234,567.890,1", "BRL", MoneyError::Malformed),
        (",50", "BRL", MoneyError::Malformed),
        ("50.", "BRL", MoneyError::Malformed),
        ("1e3", "BRL", MoneyError::Malformed),
        ("10x 5,00", "BRL", MoneyError::Malformed),
    ] {
        assert_eq!(
            Money::parse_decimal(text, currency(code)),
            Err(error),
            "{text} {code}"
        );
    }
}

#[test]
fn json_numbers_keep_every_digit() {
    for (text, code, expected) in [
        ("1797.3", "BRL", Ok(179_730)),
        ("1.234", "KWD", Ok(1_234)),
        ("1.1", "BRL", Ok(110)),
        ("0.29", "BRL", Ok(29)),
        ("19.99", "BRL", Ok(1_999)),
        ("197", "BRL", Ok(19_700)),
        ("197.0", "BRL", Ok(19_700)),
        ("1.5E+2", "BRL", Ok(15_000)),
        ("12.5e-1", "BRL", Ok(125)),
        ("-0.0", "BRL", Ok(0)),
        ("-1.5", "BRL", Err(MoneyError::Negative)),
        ("1.234", "BRL", Err(MoneyError::TooPrecise(BRL))),
        ("1e300", "BRL", Err(MoneyError::TooLarge)),
        ("\"1.234,56\"", "BRL", Ok(123_456)),
        ("\"1797.30\"", "BRL", Ok(179_730)),
        ("null", "BRL", Err(MoneyError::Empty)),
        ("[]", "BRL", Err(MoneyError::Malformed)),
        ("true", "BRL", Err(MoneyError::Malformed)),
    ] {
        let raw = serde_json::value::RawValue::from_string(text.to_owned()).expect("valid JSON");
        let value = serde_json::from_str(text).expect("valid JSON");
        let read = Money::parse_raw(&raw, currency(code)).map(|money| money.minor);
        assert_eq!(read, expected, "raw {text}");
        let read = Money::parse_json(&value, currency(code)).map(|money| money.minor);
        assert_eq!(read, expected, "value {text}");
    }
}

#[test]
fn minor_units_are_whole() {
    for (value, expected) in [
        (json!("15000"), Ok(15_000)),
        (json!(15_000), Ok(15_000)),
        (json!(15_000.0), Ok(15_000)),
        (json!(150.5), Err(MoneyError::TooPrecise(BRL))),
        (json!("1.234"), Err(MoneyError::TooPrecise(BRL))),
        (json!("R$ 15"), Err(MoneyError::Malformed)),
        (json!(-1), Err(MoneyError::Negative)),
        (json!(null), Err(MoneyError::Empty)),
    ] {
        let read = Money::from_cents_json(&value, BRL).map(|money| money.minor);
        assert_eq!(read, expected, "{value}");
    }
}

#[test]
fn amounts_are_written_for_both_languages() {
    for (minor, code, pt, en) in [
        (123_456, "BRL", "R$\u{a0}1.234,56", "R$1,234.56"),
        (5, "BRL", "R$\u{a0}0,05", "R$0.05"),
        (
            123_456_789,
            "USD",
            "US$\u{a0}1.234.567,89",
            "US$1,234,567.89",
        ),
        (100_000, "CLP", "CLP\u{a0}100.000", "CLP\u{a0}100,000"),
        (1_234_567, "KWD", "KWD\u{a0}1.234,567", "KWD\u{a0}1,234.567"),
        (-4_990, "BRL", "-R$\u{a0}49,90", "-R$49.90"),
    ] {
        let money = Money::new(minor, currency(code));
        assert_eq!(
            (money.format_pt_br().as_str(), money.format_en().as_str()),
            (pt, en)
        );
    }
    assert_eq!(Money::brl(123_456).to_decimal(), "1234.56");
}

#[test]
fn wire_form() {
    let money = Money::brl(19_700);
    let text = json!({"minor": 19_700, "currency": "BRL"});
    assert_eq!(serde_json::to_value(money).expect("serialises"), text);
    assert_eq!(
        serde_json::from_value::<Money>(text).expect("reads back"),
        money
    );
    assert!(serde_json::from_value::<Money>(json!({"minor": 1, "currency": "reais"})).is_err());
    assert!(serde_json::from_value::<Money>(json!({"minor": 1.5, "currency": "BRL"})).is_err());
    assert_eq!(
        Currency::parse(" usd ").expect("either case"),
        Currency::USD
    );
}

#[test]
fn errors_tell_the_path_and_hide_the_text() {
    let error = Money::parse_decimal("1.234", BRL)
        .map_err(|error| error.at("items.0.price").at("order"))
        .expect_err("ambiguous");
    assert_eq!(error.kind(), &MoneyError::Ambiguous);
    assert_eq!(
        error.to_string(),
        "order.items.0.price: the separator may mark thousands or decimals"
    );
}

#[test]
fn sums_stay_in_one_currency() {
    assert_eq!(
        Money::brl(1).checked_add(Money::brl(2)),
        Some(Money::brl(3))
    );
    assert_eq!(
        Money::brl(1).checked_add(Money::new(2, Currency::USD)),
        None
    );
    assert_eq!(Money::brl(i64::MAX).checked_add(Money::brl(1)), None);
}

proptest! {
    #[test]
    fn what_is_written_reads_back(minor in 0..=MAX_MINOR, code in prop::sample::select(vec!["BRL", "USD", "EUR", "CLP", "GBP"])) {
        let money = Money::new(minor, currency(code));
        prop_assert_eq!(Money::parse_decimal(&money.format_pt_br(), money.currency), Ok(money));
        prop_assert_eq!(Money::parse_decimal(&money.format_en(), money.currency), Ok(money));
        prop_assert_eq!(Money::parse_dotted(&money.to_decimal(), money.currency), Ok(money));
        prop_assert_eq!(Money::from_cents_text(&minor.to_string(), money.currency), Ok(money));
    }

    #[test]
    fn floats_of_centavos_read_exactly(minor in 0_i64..100_000_000) {
        #[expect(clippy::cast_precision_loss, reason = "the float is the input under test")]
        let number = serde_json::Number::from_f64(minor as f64 / 100.0).expect("finite");
        prop_assert_eq!(Money::parse_number(&number, BRL), Ok(Money::brl(minor)));
    }

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>(), near in "[-R$BUL€ .,'0-9eE+()]{0,24}") {
        for text in [text, near] {
            for code in ["BRL", "CLP", "KWD"] {
                for read in [
                    Money::parse_decimal(&text, currency(code)),
                    Money::parse_dotted(&text, currency(code)),
                    Money::from_cents_text(&text, currency(code)),
                ].into_iter().flatten() {
                    prop_assert!((0..=MAX_MINOR).contains(&read.minor));
                }
            }
        }
    }
}
