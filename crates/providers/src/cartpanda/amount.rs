//! Amounts in the notations CartPanda sends: numbers, Brazilian text, American text.

use contract::money::MoneyError;
use contract::{Currency, Money};
use serde_json::value::RawValue;

use crate::reading;

/// Reads an amount of major units; a lone mark before three last digits groups thousands, and numbers may bear a float's noise.
pub(super) fn read(raw: &RawValue, currency: Currency) -> Result<Money, MoneyError> {
    match reading::rounded(raw, currency) {
        Err(error) if matches!(error.kind(), MoneyError::Ambiguous) => {
            let text: String =
                serde_json::from_str(raw.get()).map_err(|_| MoneyError::Malformed)?;
            Money::parse_decimal(&text.replace(['.', ','], ""), currency)
        }
        read => read,
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use contract::Currency;
    use serde_json::value::RawValue;

    #[test]
    fn reads_all_notations() {
        for (json, minor) in [
            ("38", Some(3_800)),
            ("1115.07", Some(111_507)),
            ("147.5", Some(14_750)),
            ("1049.9000000000001", Some(104_990)),
            (r#""7,50""#, Some(750)),
            (r#""7,5""#, Some(750)),
            (r#""1.234,56""#, Some(123_456)),
            (r#""1,707.31""#, Some(170_731)),
            (r#""98.50""#, Some(9_850)),
            (r#""1.234""#, Some(123_400)),
            (r#""1,234""#, Some(123_400)),
            (r#""12.345.678""#, Some(1_234_567_800)),
            (r#""R$ 1.234""#, Some(123_400)),
            (r#""US$ 10.00""#, None),
            (r#""-7,50""#, None),
            (r#""""#, None),
            ("null", None),
            ("[38]", None),
        ] {
            let raw = RawValue::from_string(json.to_owned()).expect("JSON");
            let read = read(&raw, Currency::BRL).ok().map(|money| money.minor);
            assert_eq!(read, minor, "{json}");
        }
    }
}
