//! Reading of amounts. Knows notations, not money: returns minor units.

use super::{Currency, MAX_MINOR, MoneyError};

/// Longest exponent taken in machine notation; more is no price.
const MAX_EXPONENT: i32 = 18;

/// Reads an amount as people write it.
pub(super) fn written(text: &str, currency: Currency) -> Result<i64, MoneyError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(MoneyError::Empty);
    }
    if text.contains(['-', '\u{2212}', '\u{2013}']) || text.starts_with('(') {
        return Err(if text.chars().any(|c| c.is_ascii_digit()) {
            MoneyError::Negative
        } else {
            MoneyError::Malformed
        });
    }
    let body = without_sign(text, currency)?;
    let amount = Runs::read(body)?.split(currency)?;
    assemble(
        &amount.whole,
        &amount.fraction,
        currency.exponent(),
        currency,
    )
}

/// Reads machine notation with `places` decimals: digits, a point, digits, an exponent.
pub(super) fn dotted(text: &str, places: u32, currency: Currency) -> Result<i64, MoneyError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(MoneyError::Empty);
    }
    let (unsigned, negative) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return Err(MoneyError::Malformed),
        None => (mantissa, ""),
    };
    if whole.is_empty()
        || !format!("{whole}{fraction}")
            .bytes()
            .all(|b| b.is_ascii_digit())
    {
        return Err(MoneyError::Malformed);
    }
    let (whole, fraction) = shift(whole, fraction, exponent);
    match assemble(&whole, &fraction, places, currency)? {
        0 => Ok(0),
        _ if negative => Err(MoneyError::Negative),
        minor => Ok(minor),
    }
}

fn read_exponent(text: &str) -> Result<i32, MoneyError> {
    let exponent: i32 = text.parse().map_err(|_| MoneyError::Malformed)?;
    if (-MAX_EXPONENT..=MAX_EXPONENT).contains(&exponent) {
        Ok(exponent)
    } else {
        Err(MoneyError::TooLarge)
    }
}

/// Moves the decimal point by `exponent` places.
fn shift(whole: &str, fraction: &str, exponent: i32) -> (String, String) {
    let places = exponent.unsigned_abs() as usize;
    if exponent >= 0 {
        let moved: String = fraction
            .chars()
            .chain(std::iter::repeat('0'))
            .take(places)
            .collect();
        let rest = fraction.chars().skip(places).collect();
        return (format!("{whole}{moved}"), rest);
    }
    let padded = format!("{}{whole}", "0".repeat(places));
    let (kept, moved) = padded.split_at(padded.len().saturating_sub(places));
    (kept.to_owned(), format!("{moved}{fraction}"))
}

/// Turns the digits before and after the decimal point into minor units.
fn assemble(
    whole: &str,
    fraction: &str,
    places: u32,
    currency: Currency,
) -> Result<i64, MoneyError> {
    let places = places as usize;
    if fraction.chars().skip(places).any(|digit| digit != '0') {
        return Err(MoneyError::TooPrecise(currency));
    }
    let minor_digits = fraction.chars().chain(std::iter::repeat('0')).take(places);
    let mut minor: i64 = 0;
    for digit in whole.chars().chain(minor_digits) {
        let digit = i64::from(digit.to_digit(10).ok_or(MoneyError::Malformed)?);
        minor = minor
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(digit))
            .filter(|minor| *minor <= MAX_MINOR)
            .ok_or(MoneyError::TooLarge)?;
    }
    Ok(minor)
}

/// Cuts a currency's sign or code from either end; a sign of another currency is an error.
fn without_sign(text: &str, currency: Currency) -> Result<&str, MoneyError> {
    let body = text.trim_matches(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    if body.is_empty() {
        return Err(MoneyError::Malformed);
    }
    let start = text.find(body).ok_or(MoneyError::Malformed)?;
    let (before, rest) = text.split_at_checked(start).ok_or(MoneyError::Malformed)?;
    let after = rest.strip_prefix(body).ok_or(MoneyError::Malformed)?;
    for sign in [before.trim(), after.trim()] {
        check_sign(sign, currency)?;
    }
    Ok(body)
}

fn check_sign(sign: &str, currency: Currency) -> Result<(), MoneyError> {
    let own = sign.is_empty()
        || sign.eq_ignore_ascii_case(currency.code())
        || currency
            .symbol()
            .is_some_and(|symbol| sign.eq_ignore_ascii_case(symbol))
        || (sign == "$" && currency != Currency::BRL && currency != Currency::EUR);
    if own {
        return Ok(());
    }
    let known = matches!(sign, "R$" | "r$" | "US$" | "$" | "€" | "£" | "¥")
        || Currency::parse(sign).is_ok();
    Err(if known {
        MoneyError::OtherCurrency(currency)
    } else {
        MoneyError::Malformed
    })
}

/// The amount's digits, before and after the decimal mark.
struct Digits {
    whole: String,
    fraction: String,
}

/// Runs of digits and the separators between them.
struct Runs {
    runs: Vec<String>,
    separators: Vec<char>,
}

impl Runs {
    fn read(text: &str) -> Result<Self, MoneyError> {
        let mut runs = Vec::new();
        let mut separators = Vec::new();
        let mut run = String::new();
        for c in text.chars() {
            match c {
                '0'..='9' => run.push(c),
                '.' | ',' | '\'' | '’' => {
                    separators.push(c);
                    runs.push(std::mem::take(&mut run));
                }
                space if space.is_whitespace() => {
                    separators.push(' ');
                    runs.push(std::mem::take(&mut run));
                }
                _ => return Err(MoneyError::Malformed),
            }
        }
        runs.push(run);
        if runs.iter().any(String::is_empty) {
            return Err(MoneyError::Malformed);
        }
        Ok(Self { runs, separators })
    }

    /// Decides which separator, if any, marks the decimals.
    fn split(self, currency: Currency) -> Result<Digits, MoneyError> {
        let Some(last) = self.separators.last().copied() else {
            return self.grouped();
        };
        let may_mark_decimals = matches!(last, '.' | ',');
        let same = self.separators.iter().all(|separator| *separator == last);
        match (may_mark_decimals, same, self.separators.len()) {
            (true, true, 1) => self.single(currency),
            (true, false, _) => self.with_fraction(last),
            (_, true, _) => self.grouped(),
            (false, false, _) => Err(MoneyError::Malformed),
        }
    }

    /// One point or comma: decimals, unless three digits after it could be thousands.
    fn single(self, currency: Currency) -> Result<Digits, MoneyError> {
        if !self.is_grouped() {
            return self.with_fraction('\0');
        }
        if currency.exponent() == 0 {
            return self.grouped();
        }
        Err(MoneyError::Ambiguous)
    }

    /// The last run holds the decimals; the runs before it are thousands, parted by one other separator.
    fn with_fraction(mut self, decimal: char) -> Result<Digits, MoneyError> {
        let fraction = self.runs.pop().ok_or(MoneyError::Malformed)?;
        self.separators.pop();
        if self.separators.contains(&decimal) {
            return Err(MoneyError::Malformed);
        }
        let Digits { whole, .. } = self.grouped()?;
        Ok(Digits { whole, fraction })
    }

    fn grouped(self) -> Result<Digits, MoneyError> {
        let mixed = self
            .separators
            .windows(2)
            .any(|pair| pair.first() != pair.last());
        if mixed || (self.runs.len() > 1 && !self.is_grouped()) {
            return Err(MoneyError::Malformed);
        }
        Ok(Digits {
            whole: self.runs.concat(),
            fraction: String::new(),
        })
    }

    /// Tells whether the runs look like thousands: one to three digits without a leading zero, then threes.
    fn is_grouped(&self) -> bool {
        let mut runs = self.runs.iter();
        let first = runs.next().map_or("", String::as_str);
        (1..=3).contains(&first.len()) && !first.starts_with('0') && runs.all(|run| run.len() == 3)
    }
}
