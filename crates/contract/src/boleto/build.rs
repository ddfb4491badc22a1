//! Writing of bank slips' lines, for sample data and tests.

use chrono::NaiveDate;

use super::{BoletoError, check_bank, due, general_digit, line_of_slip};
use crate::money::{Currency, Money};

/// Holds what a bank slip is built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankSlip {
    /// The bank's three digits.
    pub bank: String,
    /// When it is due, from 2000-07-03 to 2049-10-13.
    pub due_on: Option<NaiveDate>,
    /// The amount in reais; `None` leaves it open.
    pub amount: Option<Money>,
    /// The bank's own 25 digits.
    pub free: String,
}

impl BankSlip {
    /// Writes the line of 47 digits.
    ///
    /// # Errors
    /// [`BoletoError::DoesNotFit`] or [`BoletoError::BankOrCurrency`] when a value is not of its field's form.
    pub fn line(&self) -> Result<String, BoletoError> {
        let factor = due::factor(self.due_on).ok_or(BoletoError::DoesNotFit)?;
        let amount = self.amount.map_or(Ok(0), centavos)?;
        let head = format!("{}9", self.bank);
        let tail = format!("{factor}{amount:010}{}", self.free);
        let others = format!("{head}{tail}");
        if head.len() != 4 || tail.len() != 39 || !others.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BoletoError::DoesNotFit);
        }
        check_bank(&head)?;
        let barcode = format!("{head}{}{tail}", general_digit(&others));
        Ok(line_of_slip(&barcode))
    }
}

fn centavos(amount: Money) -> Result<i64, BoletoError> {
    let fits = amount.currency == Currency::BRL && (1..=9_999_999_999).contains(&amount.minor);
    if fits {
        Ok(amount.minor)
    } else {
        Err(BoletoError::DoesNotFit)
    }
}
