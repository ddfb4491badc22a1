//! Amounts in the notations platforms use, by the decimals of their currency.

use contract::Currency;
use serde_json::value::RawValue;

use super::{dotted, rounded, written};

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

#[test]
fn rounds_the_noise_of_floats_and_nothing_else() {
    for (json, code, minor) in [
        ("1049.9000000000001", "BRL", Some(104_990)),
        ("1049.8999999999999", "BRL", Some(104_990)),
        ("0.29", "BRL", Some(29)),
        ("209.8", "BRL", Some(20_980)),
        ("99.995", "BRL", Some(10_000)),
        ("99.994999", "BRL", Some(9_999)),
        ("38", "BRL", Some(3_800)),
        (r#""1.234,56""#, "BRL", Some(123_456)),
        ("1199.6", "JPY", Some(1_200)),
        ("-0.001", "BRL", Some(0)),
        ("-1.001", "BRL", None),
        ("1.0499e1", "BRL", None),
        (r#""10.999.1""#, "BRL", None),
        ("99999999999999999.999", "BRL", None),
        ("true", "BRL", None),
    ] {
        let read = rounded(&raw(json), currency(code)).ok();
        assert_eq!(read.map(|money| money.minor), minor, "{json} {code}");
    }
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a code")
}
