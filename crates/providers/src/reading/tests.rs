//! Amounts in the notations platforms use, by the decimals of their currency.

use contract::Currency;
use serde_json::value::RawValue;

use super::{dotted, written};

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).expect("JSON")
}

#[test]
fn reads_dotted_amounts_by_the_decimals_of_their_currency() {
    let (brl, clp, jpy) = (currency("BRL"), currency("CLP"), currency("JPY"));
    for (json, currency, minor) in [
        (r#""258.60""#, brl, Some(25_860)),
        (r#"" 258.6 ""#, brl, Some(25_860)),
        (r#""1.230""#, brl, Some(123)),
        ("59.9", brl, Some(5_990)),
        ("0.29", brl, Some(29)),
        ("1797.3", brl, Some(179_730)),
        ("1.5E+2", brl, Some(15_000)),
        ("15000", clp, Some(15_000)),
        (r#""15000.00""#, clp, Some(15_000)),
        (r#""15000.50""#, clp, None),
        (r#""1200""#, jpy, Some(1_200)),
        ("1.234", brl, None),
        (r#""-1.00""#, brl, None),
        (r#""1.234,56""#, brl, None),
        (r#""""#, brl, None),
        ("null", brl, None),
        ("true", brl, None),
        ("{}", brl, None),
    ] {
        let read = dotted(&raw(json), currency).ok().map(|money| money.minor);
        assert_eq!(read, minor, "{json} {currency}");
    }
}

#[test]
fn reads_written_amounts_and_refuses_two_meanings() {
    let brl = currency("BRL");
    for (json, minor) in [
        (r#""1.234,56""#, Some(123_456)),
        (r#""258.60""#, Some(25_860)),
        ("0.29", Some(29)),
        ("1797.3", Some(179_730)),
        ("59.9", Some(5_990)),
        (r#""1.234""#, None),
        ("null", None),
        ("[]", None),
    ] {
        let read = written(&raw(json), brl).ok().map(|money| money.minor);
        assert_eq!(read, minor, "{json}");
    }
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a code")
}
