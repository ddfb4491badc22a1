use contract::Currency;
use serde_json::value::RawValue;

use super::amount::{corrected, total};

#[test]
fn tells_centavos_from_reais_by_the_digits() {
    for (json, expected) in [
        ("\"23600\"", Ok(23600)),
        ("8990", Ok(8990)),
        ("\" 8990 \"", Ok(8990)),
        ("\"\\u0038990\"", Ok(8990)),
        ("\"48.90\"", Ok(4890)),
        ("\"48,9\"", Ok(4890)),
        ("\"1.234,56\"", Ok(123_456)),
        ("\"R$ 48,90\"", Ok(4890)),
        ("48.9", Ok(4890)),
        ("15.0", Ok(1500)),
        ("0.29", Ok(29)),
        ("1797.3", Ok(179_730)),
        ("0", Ok(0)),
        (
            "\"1.234\"",
            Err("the separator may mark thousands or decimals"),
        ),
        ("-500", Err("the amount is negative")),
        ("48.905", Err("more decimals than BRL has")),
        ("1e3", Err("the text is not an amount")),
        ("true", Err("the text is not an amount")),
        ("[1]", Err("the text is not an amount")),
        ("\"\"", Err("the amount is empty")),
        ("null", Err("the amount is empty")),
    ] {
        let raw = RawValue::from_string(json.to_owned()).expect("JSON");
        let read = total(&raw, Currency::BRL)
            .map(|money| money.minor)
            .map_err(|error| error.to_string());
        assert_eq!(read, expected.map_err(str::to_owned), "{json}");
    }
}

#[test]
fn believes_witnesses_only_of_a_hundred_times() {
    for (total, witnesses, expected) in [
        (4890, vec![None, None, None], None),
        (4890, vec![None, None, Some(4890)], None),
        (489_000, vec![None, None, Some(4890)], Some(4890)),
        (4890, vec![None, Some(489_000), None], Some(489_000)),
        // The boleto agrees, so the sum of the products is what is wrong.
        (4890, vec![Some(4890), None, Some(489_000)], None),
        // Shipping explains the gap.
        (5890, vec![None, None, Some(4890)], None),
        (0, vec![None, None, Some(0)], None),
        (i64::MAX, vec![Some(1)], None),
    ] {
        assert_eq!(
            corrected(total, &witnesses),
            expected,
            "{total} {witnesses:?}"
        );
    }
}
