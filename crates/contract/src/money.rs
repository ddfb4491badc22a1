//! Amounts of money: an integer of minor units with its currency, read from text without a float in between.
//!
//! Refuses to guess. A text that could mean two amounts (`"1.234"` in reais) is an error with a name, never a coin toss, and
//! nothing here knows which platform writes amounts in which way.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Number, Value};
use thiserror::Error;
use ts_rs::TS;

mod parse;
#[cfg(test)]
mod tests;

/// Largest amount accepted, in minor units: the last integer a JavaScript number holds exactly.
pub const MAX_MINOR: i64 = 9_007_199_254_740_991;

const NO_BREAK_SPACE: char = '\u{a0}';

/// Names why a text or number is not an amount of money; never repeats the text itself.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Nothing was there.
    #[error("the amount is empty")]
    Empty,
    /// The text is not an amount in any accepted notation.
    #[error("the text is not an amount")]
    Malformed,
    /// The text means two different amounts, depending on who wrote it (`1.234`).
    #[error("the separator may mark thousands or decimals")]
    Ambiguous,
    /// The amount is below zero.
    #[error("the amount is negative")]
    Negative,
    /// The amount has more decimals than its currency has.
    #[error("more decimals than {0} has")]
    TooPrecise(Currency),
    /// The amount is above [`MAX_MINOR`].
    #[error("the amount is too large")]
    TooLarge,
    /// The text names another currency than the one given.
    #[error("the text names a currency other than {0}")]
    OtherCurrency(Currency),
    /// A currency code is not three letters.
    #[error("a currency code has three letters")]
    CurrencyCode,
    /// One of the above, with the path of the field that held it.
    #[error("{path}: {source}")]
    At {
        /// Path of the field, as in `order.total_price`.
        path: String,
        /// What was wrong there.
        source: Box<MoneyError>,
    },
}

impl MoneyError {
    /// Puts the path of the field before the error; paths of nested calls join with a dot.
    #[must_use]
    pub fn at(self, path: impl Into<String>) -> Self {
        let outer = path.into();
        match self {
            Self::At { path, source } => Self::At {
                path: format!("{outer}.{path}"),
                source,
            },
            bare => Self::At {
                path: outer,
                source: Box::new(bare),
            },
        }
    }

    /// Returns the error without its path.
    #[must_use]
    pub fn kind(&self) -> &Self {
        match self {
            Self::At { source, .. } => source.kind(),
            bare => bare,
        }
    }
}

/// A currency by its ISO 4217 code, three upper-case letters.
///
/// Any three letters are accepted, so that a new currency does not stop a sale; what is not in the table has two decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
#[ts(export, type = "string")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Brazilian real.
    pub const BRL: Self = Self(*b"BRL");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// Reads a code in either case.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyCode`] when the trimmed text is not three ASCII letters.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let bytes: [u8; 3] = code
            .trim()
            .as_bytes()
            .try_into()
            .map_err(|_| MoneyError::CurrencyCode)?;
        if !bytes.iter().all(u8::is_ascii_alphabetic) {
            return Err(MoneyError::CurrencyCode);
        }
        Ok(Self(bytes.map(|byte| byte.to_ascii_uppercase())))
    }

    /// Returns the code, as in `"BRL"`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Returns how many decimals the currency has (ISO 4217, table A.1).
    #[must_use]
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }

    /// Returns the sign people write before the amount, or `None` where the code is used.
    #[must_use]
    pub fn symbol(self) -> Option<&'static str> {
        match &self.0 {
            b"BRL" => Some("R$"),
            b"USD" => Some("US$"),
            b"EUR" => Some("€"),
            b"GBP" => Some("£"),
            _ => None,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::parse(code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).map_err(serde::de::Error::custom)
    }
}

/// An amount of money: an integer of minor units (centavos) and its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Money {
    /// The amount in minor units: 19700 is R$ 197,00.
    #[ts(type = "number")]
    pub minor: i64,
    /// What the amount is in.
    pub currency: Currency,
}

impl Money {
    /// Builds an amount from minor units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Builds an amount of reais from centavos.
    #[must_use]
    pub const fn brl(centavos: i64) -> Self {
        Self::new(centavos, Currency::BRL)
    }

    /// Reads an amount that a person or a platform wrote: `"1.234,56"`, `"1,234.56"`, `"1797.3"`, `"R$ 1.234,56"`, `"197"`.
    ///
    /// Space, apostrophe, point and comma may group thousands. Decimals beyond those of the currency must be zeros.
    ///
    /// # Errors
    /// [`MoneyError::Ambiguous`] for one separator before exactly three digits (`"1.234"`) unless the currency has no decimals;
    /// [`MoneyError::Negative`], [`MoneyError::OtherCurrency`], [`MoneyError::TooPrecise`], [`MoneyError::TooLarge`],
    /// [`MoneyError::Empty`] and [`MoneyError::Malformed`] as their names say.
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        parse::written(text, currency).map(|minor| Self::new(minor, currency))
    }

    /// Reads an amount in machine notation, where a point always marks decimals: `"1.234"` is one and a bit.
    ///
    /// The notation of JSON numbers, exponents included (`"1.5E+2"`). For sources known to write so.
    ///
    /// # Errors
    /// As [`Money::parse_decimal`], never `Ambiguous` nor `OtherCurrency`.
    pub fn parse_dotted(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        parse::dotted(text, currency.exponent(), currency).map(|minor| Self::new(minor, currency))
    }

    /// Reads a JSON number of major units by its text form: `1797.3` is exactly 179730.
    ///
    /// # Errors
    /// As [`Money::parse_dotted`].
    pub fn parse_number(number: &Number, currency: Currency) -> Result<Self, MoneyError> {
        Self::parse_dotted(&number.to_string(), currency)
    }

    /// Reads a JSON value of major units: a number in machine notation, or a text as people write it.
    ///
    /// # Errors
    /// [`MoneyError::Empty`] for null, [`MoneyError::Malformed`] for other types, else as [`Money::parse_decimal`].
    pub fn parse_json(value: &Value, currency: Currency) -> Result<Self, MoneyError> {
        match value {
            Value::Number(number) => Self::parse_number(number, currency),
            Value::String(text) => Self::parse_decimal(text, currency),
            Value::Null => Err(MoneyError::Empty),
            _ => Err(MoneyError::Malformed),
        }
    }

    /// Reads a JSON value of major units from its source text, exact to the last digit.
    ///
    /// # Errors
    /// As [`Money::parse_json`].
    pub fn parse_raw(raw: &RawValue, currency: Currency) -> Result<Self, MoneyError> {
        let text = raw.get().trim();
        match text.chars().next() {
            Some('0'..='9' | '-') => Self::parse_dotted(text, currency),
            _ => {
                let value = serde_json::from_str(text).map_err(|_| MoneyError::Malformed)?;
                Self::parse_json(&value, currency)
            }
        }
    }

    /// Reads an integer of minor units from text: `"15000"` is R$ 150,00. A fraction must be zeros.
    ///
    /// # Errors
    /// As [`Money::parse_dotted`].
    pub fn from_cents_text(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        parse::dotted(text, 0, currency).map(|minor| Self::new(minor, currency))
    }

    /// Reads an integer of minor units from a JSON number or a text of digits.
    ///
    /// # Errors
    /// As [`Money::parse_json`].
    pub fn from_cents_json(value: &Value, currency: Currency) -> Result<Self, MoneyError> {
        match value {
            Value::Number(number) => Self::from_cents_text(&number.to_string(), currency),
            Value::String(text) => Self::from_cents_text(text, currency),
            Value::Null => Err(MoneyError::Empty),
            _ => Err(MoneyError::Malformed),
        }
    }

    /// Adds an amount of the same currency; `None` when the currencies differ or the sum overflows.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let minor = self.minor.checked_add(other.minor)?;
        (self.currency == other.currency).then_some(Self::new(minor, self.currency))
    }

    /// Writes the amount as in Brazil: `R$ 1.234,56`, with a no-break space after the sign.
    #[must_use]
    pub fn format_pt_br(self) -> String {
        let sign = self.currency.symbol().unwrap_or(self.currency.code());
        format!(
            "{}{sign}{NO_BREAK_SPACE}{}",
            self.minus(),
            self.digits('.', ',')
        )
    }

    /// Writes the amount as in English: `R$1,234.56`; a code instead of a sign keeps a no-break space.
    #[must_use]
    pub fn format_en(self) -> String {
        let digits = self.digits(',', '.');
        match self.currency.symbol() {
            Some(sign) => format!("{}{sign}{digits}", self.minus()),
            None => format!("{}{}{NO_BREAK_SPACE}{digits}", self.minus(), self.currency),
        }
    }

    /// Writes the amount in machine notation, as in `1234.56`.
    #[must_use]
    pub fn to_decimal(self) -> String {
        format!("{}{}", self.minus(), self.digits_with(None, '.'))
    }

    fn minus(self) -> &'static str {
        if self.minor < 0 { "-" } else { "" }
    }

    fn digits(self, thousands: char, decimal: char) -> String {
        self.digits_with(Some(thousands), decimal)
    }

    fn digits_with(self, thousands: Option<char>, decimal: char) -> String {
        let places = self.currency.exponent() as usize;
        let width = places.saturating_add(1);
        let digits = format!("{:0width$}", self.minor.unsigned_abs());
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
        let mut text = group(whole, thousands);
        if places > 0 {
            text.push(decimal);
            text.push_str(fraction);
        }
        text
    }
}

fn group(whole: &str, thousands: Option<char>) -> String {
    let Some(separator) = thousands else {
        return whole.to_owned();
    };
    let mut text = String::new();
    for (left, digit) in (0..whole.len()).rev().zip(whole.chars()) {
        text.push(digit);
        if left > 0 && left.is_multiple_of(3) {
            text.push(separator);
        }
    }
    text
}
