//! Amounts as a blueprint describes them, read from the digits that were sent.

use contract::money::MoneyError;
use contract::{Currency, Money};

use super::blueprint::{Decimal, Unit};
use super::value::Value;

/// Reads an amount of a unit; `decimal` settles what a mark in a text means.
pub(super) fn read(
    value: &Value<'_>,
    unit: Unit,
    decimal: Option<Decimal>,
    currency: Currency,
) -> Result<Money, MoneyError> {
    match (value, unit) {
        (Value::Null, _) => Err(MoneyError::Empty),
        (Value::Number(number), Unit::Minor) => cents(number, currency),
        (Value::Text(text), Unit::Minor) => cents(text.trim(), currency),
        (Value::Number(number), Unit::Major) => Money::parse_dotted(number, currency),
        (Value::Text(text), Unit::Major) => match decimal {
            _ if text.trim().is_empty() => Err(MoneyError::Empty),
            None => Money::parse_decimal(text, currency),
            Some(mark) => marked(text.trim(), mark, currency),
        },
        _ => Err(MoneyError::Malformed),
    }
}

/// Reads cents; what has a decimal mark or an exponent is no number of cents.
fn cents(text: &str, currency: Currency) -> Result<Money, MoneyError> {
    match text {
        "" => Err(MoneyError::Empty),
        _ if text.contains(['.', ',', 'e', 'E']) => Err(MoneyError::Malformed),
        _ => Money::from_cents_text(text, currency),
    }
}

/// Reads a text whose decimal mark is known; the other mark may group thousands, and nothing else.
fn marked(text: &str, mark: Decimal, currency: Currency) -> Result<Money, MoneyError> {
    let (mark, other) = match mark {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let is_digit = |c: char| c.is_ascii_digit();
    let first = text.find(is_digit).ok_or(MoneyError::Malformed)?;
    let end = text.rfind(is_digit).and_then(|last| last.checked_add(1));
    let cut =
        end.and_then(|end| Some((text.get(..first)?, text.get(first..end)?, text.get(end..)?)));
    let (before, body, after) = cut.ok_or(MoneyError::Malformed)?;
    // A sign, and whether it belongs to the currency, is judged where all others are.
    Money::parse_decimal(&format!("{before}1{after}"), currency)?;
    let (whole, fraction) = body.split_once(mark).unwrap_or((body, ""));
    let mut groups = whole.split([other, ' ', '\u{a0}', '\'']);
    let mut digits = groups.next().unwrap_or_default().to_owned();
    for group in groups {
        if digits.is_empty() || group.len() != 3 {
            return Err(MoneyError::Malformed);
        }
        digits.push_str(group);
    }
    match fraction {
        "" => Money::parse_dotted(&digits, currency),
        _ => Money::parse_dotted(&format!("{digits}.{fraction}"), currency),
    }
}

#[cfg(test)]
mod tests {
    use contract::Currency;

    use super::{Decimal, Unit, read};
    use crate::custom::value::Value;

    #[test]
    fn reads_the_digits_that_were_sent() {
        use Decimal::{Comma, Point};
        use Unit::{Major, Minor};
        let clp = Currency::parse("CLP").expect("a code");
        let brl = Currency::BRL;
        for (sent, unit, decimal, currency, minor) in [
            ("0.29", Major, None, brl, Some(29)),
            ("1797.3", Major, None, brl, Some(179_730)),
            ("15000", Major, None, brl, Some(1_500_000)),
            ("15000", Minor, None, brl, Some(15_000)),
            ("\"15000\"", Minor, None, brl, Some(15_000)),
            ("15000.0", Minor, None, brl, None),
            ("1.5e4", Minor, None, brl, None),
            (
                "90071992547409.91",
                Major,
                None,
                brl,
                Some(9_007_199_254_740_991),
            ),
            ("4503599627370.497", Major, None, brl, None),
            (
                "0.1000000000000000055511151231257827",
                Major,
                None,
                brl,
                None,
            ),
            ("\"1.234,56\"", Major, None, brl, Some(123_456)),
            ("\"1,234.56\"", Major, None, brl, Some(123_456)),
            ("\"1.234\"", Major, None, brl, None),
            ("\"1.234\"", Major, Some(Comma), brl, Some(123_400)),
            ("\"1.234\"", Major, Some(Point), brl, None),
            ("\"1.230\"", Major, Some(Point), brl, Some(123)),
            ("\"12.50\"", Major, Some(Comma), brl, None),
            ("\"12,50\"", Major, Some(Comma), brl, Some(1_250)),
            ("\"R$ 1.234,56\"", Major, Some(Comma), brl, Some(123_456)),
            ("\"US$ 1.234,56\"", Major, Some(Comma), brl, None),
            ("\"-12,50\"", Major, Some(Comma), brl, None),
            ("\"12,50,1\"", Major, Some(Comma), brl, None),
            ("\"1.23.456\"", Major, Some(Comma), brl, None),
            ("-1", Major, None, brl, None),
            ("5990", Major, None, clp, Some(5_990)),
            ("\"5.990\"", Major, None, clp, Some(5_990)),
            ("1e400", Major, None, brl, None),
            ("true", Minor, None, brl, None),
            ("[1]", Major, None, brl, None),
        ] {
            let value = Value::of_json(sent.as_bytes()).expect("JSON");
            let money = read(&value, unit, decimal, currency);
            assert_eq!(
                money.ok().map(|money| money.minor),
                minor,
                "{sent} {unit:?} {decimal:?}"
            );
        }
    }
}
