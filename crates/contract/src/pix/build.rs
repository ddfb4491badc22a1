//! Writing of BR Codes, for sample data and tests.

use super::{ARRANGEMENT, PixError, crc16};
use crate::money::{Currency, Money};

/// Tells where a code's money goes.
#[derive(Clone, PartialEq, Eq)]
pub enum Destination {
    /// To a key: a static code.
    Key {
        /// E-mail, phone in E.164, CPF, CNPJ or random key.
        key: String,
        /// Free text for the payer.
        description: Option<String>,
    },
    /// To the charge behind an address, written without `https://`: a dynamic code.
    Url(String),
}

/// Holds what a code is built from.
#[derive(Clone, PartialEq, Eq)]
pub struct Charge {
    /// Where the money goes.
    pub destination: Destination,
    /// How much; in reais. Without it the payer types the amount.
    pub amount: Option<Money>,
    /// Who is paid; folded to upper-case ASCII and cut at 25 characters.
    pub receiver: String,
    /// City of who is paid; folded and cut at 15 characters.
    pub city: String,
    /// Up to 25 letters and digits.
    pub txid: Option<String>,
}

impl Charge {
    /// Writes the code.
    ///
    /// # Errors
    /// [`PixError::DoesNotFit`] when a value is empty, too long for its field or of a foreign alphabet;
    /// [`PixError::Currency`] when the amount is not in reais.
    pub fn code(&self) -> Result<String, PixError> {
        let mut code = field(0, "01")?;
        code += &field(26, &self.account()?)?;
        code += &field(52, "0000")?;
        code += &field(53, "986")?;
        if let Some(amount) = self.amount {
            if amount.currency != Currency::BRL {
                return Err(PixError::Currency);
            }
            code += &field(54, &amount.to_decimal())?;
        }
        code += &field(58, "BR")?;
        code += &field(59, &folded(&self.receiver, 25))?;
        code += &field(60, &folded(&self.city, 15))?;
        code += &field(62, &field(5, self.checked_txid()?)?)?;
        code += "6304";
        let crc = crc16(code.as_bytes());
        Ok(format!("{code}{crc:04X}"))
    }

    fn account(&self) -> Result<String, PixError> {
        let gui = field(0, ARRANGEMENT)?;
        match &self.destination {
            Destination::Url(url) if url.len() > 77 => Err(PixError::DoesNotFit),
            Destination::Url(url) => Ok(gui + &field(25, url)?),
            Destination::Key {
                key,
                description: None,
            } => Ok(gui + &field(1, key)?),
            Destination::Key {
                key,
                description: Some(text),
            } => Ok(gui + &field(1, key)? + &field(2, text)?),
        }
    }

    fn checked_txid(&self) -> Result<&str, PixError> {
        match self.txid.as_deref() {
            None => Ok("***"),
            Some(txid) if txid.len() <= 25 && txid.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Ok(txid)
            }
            Some(_) => Err(PixError::DoesNotFit),
        }
    }
}

fn field(id: u8, value: &str) -> Result<String, PixError> {
    let length = value.len();
    let printable = value.bytes().all(|b| (b' '..=b'~').contains(&b));
    if length == 0 || length > 99 || !printable {
        return Err(PixError::DoesNotFit);
    }
    Ok(format!("{id:02}{length:02}{value}"))
}

/// Folds a name to the letters every bank prints: upper-case ASCII without accents.
fn folded(text: &str, limit: usize) -> String {
    let folded: String = text
        .chars()
        .flat_map(char::to_uppercase)
        .filter_map(unaccented)
        .take(limit)
        .collect();
    folded.trim().to_owned()
}

fn unaccented(letter: char) -> Option<char> {
    match letter {
        'Á' | 'À' | 'Â' | 'Ã' | 'Ä' => Some('A'),
        'É' | 'È' | 'Ê' | 'Ë' => Some('E'),
        'Í' | 'Ì' | 'Î' | 'Ï' => Some('I'),
        'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ö' => Some('O'),
        'Ú' | 'Ù' | 'Û' | 'Ü' => Some('U'),
        'Ç' => Some('C'),
        'Ñ' => Some('N'),
        ' '..='~' => Some(letter),
        _ => None,
    }
}
