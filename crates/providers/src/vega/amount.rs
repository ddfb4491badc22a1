//! `total_price`: which unit it is in, and what the rest of the body says to that.

use chrono::NaiveDate;
use contract::boleto::BoletoLine;
use contract::money::MoneyError;
use contract::pix::BrCode;
use contract::{Currency, Money};
use serde_json::value::RawValue;

/// Reads the amount from the source's own digits: digits alone are minor units, a decimal mark makes major ones.
///
/// # Errors
/// [`MoneyError::Ambiguous`] for one mark before three digits; others as their names say.
pub(super) fn total(raw: &RawValue, currency: Currency) -> Result<Money, MoneyError> {
    let source = raw.get().trim();
    let decoded: Option<String> = source
        .starts_with('"')
        .then(|| serde_json::from_str(source).ok())
        .flatten();
    let text = decoded.as_deref().unwrap_or(source).trim();
    match text {
        "" | "null" => Err(MoneyError::Empty),
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Money::from_cents_text(text, currency)
        }
        _ if decoded.is_some() => Money::parse_decimal(text, currency),
        _ if text.contains(['e', 'E']) => Err(MoneyError::Malformed),
        _ => Money::parse_dotted(text, currency),
    }
}

/// Returns the amount that a boleto's line holds, in centavos.
pub(super) fn of_boleto(line: Option<&str>, sent_on: NaiveDate) -> Option<i64> {
    let line = BoletoLine::parse(line?, sent_on).ok()?;
    line.amount.map(|money| money.minor)
}

/// Returns the amount that a PIX code holds, in centavos.
pub(super) fn of_pix(code: Option<&str>) -> Option<i64> {
    let code = BrCode::parse(code?).ok()?;
    code.amount.map(|money| money.minor)
}

/// Returns what the amount must be, where no witness agrees with it and one differs by exactly a hundred times.
pub(super) fn corrected(total: i64, witnesses: &[Option<i64>]) -> Option<i64> {
    let mut told = witnesses.iter().flatten().copied();
    if told.clone().any(|witness| witness == total) {
        return None;
    }
    told.find(|witness| {
        *witness > 0
            && (witness.checked_mul(100) == Some(total) || total.checked_mul(100) == Some(*witness))
    })
}
