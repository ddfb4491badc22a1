//! The boleto: its line of 47 or 48 digits, the barcode of 44 behind it, and what both say.
//!
//! Bank slips follow Banco Central's Carta-Circular 2.926/2000, collections (utilities, taxes) FEBRABAN's layout. A due date is
//! written as a count of days that started again in 2025, so reading one needs a reference date; today is not known here.

use chrono::NaiveDate;
use serde::Serialize;
use thiserror::Error;
use ts_rs::TS;

use crate::money::Money;

pub use bars::itf_widths;
pub use build::BankSlip;
pub use due::Due;

mod bars;
mod build;
mod digits;
mod due;
#[cfg(test)]
mod tests;

use digits::{Method, general_digit, mod10, part};

/// Names why a text is no boleto; never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BoletoError {
    /// Nothing was there.
    #[error("empty")]
    Empty,
    /// Not 44, 47 or 48 digits, or 48 that do not start with 8.
    #[error("length")]
    Length,
    /// Something other than digits and the usual separators.
    #[error("not_digits")]
    NotDigits,
    /// Bank 000 or currency 0.
    #[error("bank_or_currency")]
    BankOrCurrency,
    /// The check digit of a bank slip's field 1 to 3.
    #[error("field_{0}_check_digit")]
    Field(u8),
    /// The check digit over the whole.
    #[error("general_check_digit")]
    General,
    /// The check digit of a collection's block 1 to 4.
    #[error("block_{0}_check_digit")]
    Block(u8),
    /// The third digit of a collection is not 6 to 9.
    #[error("value_id")]
    ValueId,
    /// A value does not fit its field when a line is built.
    #[error("does_not_fit")]
    DoesNotFit,
}

/// Tells the two families apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum BoletoKind {
    /// A bank slip: 47 digits.
    BankSlip,
    /// A bill of a utility, city or government: 48 digits.
    Collection,
}

/// Holds what a valid line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoletoLine {
    /// Which family.
    pub kind: BoletoKind,
    /// The 47 or 48 digits: what is copied.
    pub line: String,
    /// The 44 digits: what is drawn.
    pub barcode: String,
    /// The amount in reais; `None` when left open or when the field counts something else.
    pub amount: Option<Money>,
    /// When it is due.
    pub due: Due,
}

/// Says what a card shows of a boleto.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BoletoDetails {
    /// Which family.
    pub kind: BoletoKind,
    /// The digits without separators, for the clipboard.
    pub line: String,
    /// The digits as printed.
    pub printed: String,
    /// The bank's three digits; `null` for collections.
    pub bank: Option<String>,
    /// The bank's name, where it is a common one.
    pub bank_name: Option<String>,
    /// The amount.
    pub amount: Option<Money>,
    /// The due date; `null` where none is told or the count of days leaves two.
    #[ts(type = "string | null")]
    pub due_on: Option<NaiveDate>,
    /// Widths of the barcode's bars and spaces in turn: 1 narrow, 3 wide.
    pub bar_widths: Vec<u8>,
}

impl BoletoLine {
    /// Reads a line (47 or 48 digits) or a barcode (44); spaces, points and hyphens are cut.
    ///
    /// `reference` decides between the two dates a count of days may mean: the day the boleto was sent, else today.
    ///
    /// # Errors
    /// One [`BoletoError`], the first that applies: length, digits, bank, fields or blocks, the whole.
    pub fn parse(text: &str, reference: NaiveDate) -> Result<Self, BoletoError> {
        let digits: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'))
            .collect();
        let is_collection = digits.starts_with('8');
        match digits.chars().count() {
            0 => Err(BoletoError::Empty),
            44 | 47 | 48 if !digits.bytes().all(|b| b.is_ascii_digit()) => {
                Err(BoletoError::NotDigits)
            }
            44 if is_collection => collection(&digits),
            44 => bank_slip(&digits, reference),
            47 => bank_slip(&barcode_of_slip(&digits)?, reference),
            48 if is_collection => collection(&barcode_of_collection(&digits)?),
            _ => Err(BoletoError::Length),
        }
    }

    /// Returns the bank's three digits; collections have none.
    #[must_use]
    pub fn bank(&self) -> Option<&str> {
        match self.kind {
            BoletoKind::BankSlip => self.barcode.get(..3),
            BoletoKind::Collection => None,
        }
    }

    /// Returns the bank's name, where it is a common one.
    #[must_use]
    pub fn bank_name(&self) -> Option<&'static str> {
        self.bank().and_then(bank_name)
    }

    /// Writes the line as it is printed.
    #[must_use]
    pub fn printed(&self) -> String {
        let line = self.line.as_str();
        match self.kind {
            BoletoKind::BankSlip => format!(
                "{}.{} {}.{} {}.{} {} {}",
                part(line, 0, 5),
                part(line, 5, 10),
                part(line, 10, 15),
                part(line, 15, 21),
                part(line, 21, 26),
                part(line, 26, 32),
                part(line, 32, 33),
                part(line, 33, 47),
            ),
            BoletoKind::Collection => BLOCKS
                .map(|(_, from, to)| {
                    format!(
                        "{}-{}",
                        part(line, from, to),
                        part(line, to, to.saturating_add(1))
                    )
                })
                .join(" "),
        }
    }

    /// Returns what a card shows.
    #[must_use]
    pub fn details(&self) -> BoletoDetails {
        BoletoDetails {
            kind: self.kind,
            line: self.line.clone(),
            printed: self.printed(),
            bank: self.bank().map(str::to_owned),
            bank_name: self.bank_name().map(str::to_owned),
            amount: self.amount,
            due_on: self.due.on(),
            bar_widths: itf_widths(&self.barcode).unwrap_or_default(),
        }
    }
}

/// Blocks of a collection's line: number, first digit, check digit.
const BLOCKS: [(u8, usize, usize); 4] = [(1, 0, 11), (2, 12, 23), (3, 24, 35), (4, 36, 47)];

/// Fields of a bank slip's line: number, first digit, check digit.
const FIELDS: [(u8, usize, usize); 3] = [(1, 0, 9), (2, 10, 20), (3, 21, 31)];

/// Checks the fields of a bank slip's line and puts its digits in the barcode's order.
fn barcode_of_slip(line: &str) -> Result<String, BoletoError> {
    check_bank(line)?;
    for (number, from, to) in FIELDS {
        if part(line, to, to.saturating_add(1)) != mod10(part(line, from, to)) {
            return Err(BoletoError::Field(number));
        }
    }
    Ok([(0, 4), (32, 33), (33, 47), (4, 9), (10, 20), (21, 31)]
        .map(|(from, to)| part(line, from, to))
        .concat())
}

fn bank_slip(barcode: &str, reference: NaiveDate) -> Result<BoletoLine, BoletoError> {
    check_bank(barcode)?;
    let others = [part(barcode, 0, 4), part(barcode, 5, 44)].concat();
    if part(barcode, 4, 5) != general_digit(&others) {
        return Err(BoletoError::General);
    }
    Ok(BoletoLine {
        kind: BoletoKind::BankSlip,
        line: line_of_slip(barcode),
        barcode: barcode.to_owned(),
        amount: amount(part(barcode, 9, 19)),
        due: Due::of_factor(part(barcode, 5, 9), reference),
    })
}

fn line_of_slip(barcode: &str) -> String {
    let first = [part(barcode, 0, 4), part(barcode, 19, 24)].concat();
    let mut line = String::new();
    for field in [first.as_str(), part(barcode, 24, 34), part(barcode, 34, 44)] {
        line.push_str(field);
        line.push_str(&mod10(field));
    }
    line.push_str(part(barcode, 4, 19));
    line
}

fn check_bank(digits: &str) -> Result<(), BoletoError> {
    let missing = part(digits, 0, 3) == "000" || part(digits, 3, 4) == "0";
    if missing {
        Err(BoletoError::BankOrCurrency)
    } else {
        Ok(())
    }
}

/// Checks the blocks of a collection's line and drops their check digits.
fn barcode_of_collection(line: &str) -> Result<String, BoletoError> {
    let method = Method::of_value_id(part(line, 2, 3)).ok_or(BoletoError::ValueId)?;
    for (number, from, to) in BLOCKS {
        if part(line, to, to.saturating_add(1)) != method.digit(part(line, from, to)) {
            return Err(BoletoError::Block(number));
        }
    }
    Ok(BLOCKS.map(|(_, from, to)| part(line, from, to)).concat())
}

fn collection(barcode: &str) -> Result<BoletoLine, BoletoError> {
    let value_id = part(barcode, 2, 3);
    let method = Method::of_value_id(value_id).ok_or(BoletoError::ValueId)?;
    let others = [part(barcode, 0, 3), part(barcode, 4, 44)].concat();
    if part(barcode, 3, 4) != method.digit(&others) {
        return Err(BoletoError::General);
    }
    let mut line = String::new();
    for block in [(0, 11), (11, 22), (22, 33), (33, 44)].map(|(from, to)| part(barcode, from, to)) {
        line.push_str(block);
        line.push_str(&method.digit(block));
    }
    let is_money = matches!(value_id, "6" | "8");
    Ok(BoletoLine {
        kind: BoletoKind::Collection,
        line,
        barcode: barcode.to_owned(),
        amount: amount(part(barcode, 4, 15)).filter(|_| is_money),
        due: Due::Untold,
    })
}

/// Reads centavos; zeros leave the amount open.
fn amount(digits: &str) -> Option<Money> {
    let centavos = digits.parse().ok().filter(|centavos| *centavos > 0)?;
    Some(Money::brl(centavos))
}

/// Returns the name of a common bank by its three digits.
#[must_use]
pub fn bank_name(code: &str) -> Option<&'static str> {
    Some(match code {
        "001" => "Banco do Brasil",
        "033" => "Santander",
        "041" => "Banrisul",
        "077" => "Inter",
        "104" => "Caixa",
        "197" => "Stone",
        "208" => "BTG Pactual",
        "212" => "Banco Original",
        "237" => "Bradesco",
        "260" => "Nubank",
        "290" => "PagBank",
        "323" => "Mercado Pago",
        "336" => "C6 Bank",
        "341" => "Itaú",
        "380" => "PicPay",
        "403" => "Cora",
        "422" => "Safra",
        "461" => "Asaas",
        "655" => "Votorantim",
        "748" => "Sicredi",
        "756" => "Sicoob",
        _ => return None,
    })
}
