//! The BR Code: the text behind a PIX QR code, also pasted by hand ("copia e cola").
//!
//! A code is an EMV merchant-presented text with Brazil's rules on top (Banco Central do Brasil, Manual de Padrões para
//! Iniciação do Pix and Manual do BR Code). It is read strictly, because a customer's bank will: lengths to the very end, then
//! the CRC, then the fields. Nothing here fetches the address of a dynamic code, so expiry is not known here.

use serde::Serialize;
use thiserror::Error;
use ts_rs::TS;

use crate::document::Document;
use crate::money::{Currency, Money};
use crate::phone::Phone;

pub use build::{Charge, Destination};

mod build;
#[cfg(test)]
mod tests;
mod tlv;

/// Longest code read, in characters.
pub const MAX_LENGTH: usize = 512;

/// The globally unique identifier of the PIX arrangement; compared without case.
const ARRANGEMENT: &str = "br.gov.bcb.pix";

/// Names why a text is not a usable PIX code; never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PixError {
    /// Nothing was there.
    #[error("empty")]
    Empty,
    /// More than [`MAX_LENGTH`] characters.
    #[error("too_long")]
    TooLong,
    /// The text ends within a field.
    #[error("truncated")]
    Truncated,
    /// The text is not a row of fields.
    #[error("malformed_tlv")]
    Malformed,
    /// The last field is not the checksum.
    #[error("crc_missing")]
    CrcMissing,
    /// The checksum is of another text: something was changed on the way.
    #[error("crc_mismatch")]
    CrcMismatch,
    /// A field that may stand once stands twice.
    #[error("repeated_field_{0:02}")]
    Repeated(u8),
    /// A compulsory field is not there or is empty.
    #[error("missing_field_{0:02}")]
    Missing(u8),
    /// Field 01 is neither `11` nor `12`.
    #[error("point_of_initiation")]
    PointOfInitiation,
    /// No account field belongs to PIX.
    #[error("not_pix")]
    NotPix,
    /// Both a key and an address of a charge.
    #[error("key_and_url")]
    KeyAndUrl,
    /// Neither a key nor an address of a charge.
    #[error("no_key_or_url")]
    NoKeyOrUrl,
    /// The currency is not the real (986).
    #[error("currency")]
    Currency,
    /// The country is not Brazil.
    #[error("country")]
    Country,
    /// Field 54 is not digits with at most two decimals after a point.
    #[error("amount_format")]
    AmountFormat,
    /// A value does not fit its field when a code is built.
    #[error("does_not_fit")]
    DoesNotFit,
}

/// Tells the two kinds of codes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PixKind {
    /// Pays to a key; can be paid any number of times.
    Static,
    /// Pays a charge behind an address; the amount there is the one that counts.
    Dynamic,
}

/// Tells what a PIX key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PixKeyType {
    /// A random key (UUID).
    Evp,
    /// A phone in E.164.
    Phone,
    /// A person's tax number.
    Cpf,
    /// A company's tax number.
    Cnpj,
    /// An e-mail address.
    Email,
    /// Nothing known.
    Other,
}

/// Holds what a valid code says.
#[derive(Clone, PartialEq, Eq)]
pub struct BrCode {
    /// The code without outer white space, otherwise verbatim: what is copied and drawn.
    pub code: String,
    /// Where the money goes.
    pub destination: Destination,
    /// Field 54. Of a dynamic code only a hint: the amount behind the address counts.
    pub amount: Option<Money>,
    /// Who is paid (field 59).
    pub receiver: String,
    /// City of who is paid (field 60).
    pub city: String,
    /// Postal code (field 61).
    pub postal_code: Option<String>,
    /// The charge's id (62-05); `***` reads as none.
    pub txid: Option<String>,
    /// Field 01: `11` reusable, `12` single use. Advisory; many issuers leave it out.
    pub point_of_initiation: Option<String>,
    /// The checksum, upper case.
    pub crc: String,
}

impl std::fmt::Debug for BrCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BrCode")
            .field("kind", &self.kind())
            .field("crc", &self.crc)
            .finish_non_exhaustive()
    }
}

/// Says what a card shows of a code; the key is masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PixDetails {
    /// Static or dynamic.
    pub kind: PixKind,
    /// The amount in the code; a hint where the code is dynamic.
    pub amount: Option<Money>,
    /// Who is paid.
    pub receiver: String,
    /// City of who is paid.
    pub city: String,
    /// The charge's id.
    pub txid: Option<String>,
    /// What the key of a static code is.
    pub key_type: Option<PixKeyType>,
    /// The key of a static code, masked.
    pub masked_key: Option<String>,
}

impl BrCode {
    /// Reads a code: outer white space is cut, inner white space belongs to values.
    ///
    /// # Errors
    /// One [`PixError`]: structure first, then the CRC, then the fields.
    pub fn parse(text: &str) -> Result<Self, PixError> {
        let code = text.trim();
        let fields = tlv::walk(code)?;
        let crc = verified_crc(code, &fields)?;
        for id in [0, 1, 52, 53, 54, 58, 59, 60, 61, 62, 63] {
            fields.refuse_repeated(id)?;
        }
        check_constants(&fields)?;
        Ok(Self {
            code: code.to_owned(),
            destination: read_destination(&fields)?,
            amount: fields.get(54).map_or(Ok(None), read_amount)?,
            receiver: fields.required(59)?.to_owned(),
            city: fields.required(60)?.to_owned(),
            postal_code: fields.get(61).map(str::to_owned),
            txid: read_txid(&fields)?,
            point_of_initiation: fields.get(1).map(str::to_owned),
            crc,
        })
    }

    /// Returns whether the code is static or dynamic.
    #[must_use]
    pub fn kind(&self) -> PixKind {
        match self.destination {
            Destination::Key { .. } => PixKind::Static,
            Destination::Url(_) => PixKind::Dynamic,
        }
    }

    /// Returns what a card shows.
    #[must_use]
    pub fn details(&self) -> PixDetails {
        let key = match &self.destination {
            Destination::Key { key, .. } => Some(key),
            Destination::Url(_) => None,
        };
        PixDetails {
            kind: self.kind(),
            amount: self.amount,
            receiver: self.receiver.clone(),
            city: self.city.clone(),
            txid: self.txid.clone(),
            key_type: key.map(|key| PixKeyType::of(key)),
            masked_key: key.map(|key| mask_key(key)),
        }
    }
}

impl PixKeyType {
    /// Tells the type of a key from its form.
    #[must_use]
    pub fn of(key: &str) -> Self {
        let digits = key.bytes().all(|b| b.is_ascii_digit());
        let alphanumeric = key.bytes().all(|b| b.is_ascii_alphanumeric());
        match key.len() {
            _ if key.contains('@') => Self::Email,
            _ if key.starts_with("+55") => Self::Phone,
            36 if is_uuid(key) => Self::Evp,
            11 if digits => Self::Cpf,
            14 if alphanumeric => Self::Cnpj,
            _ => Self::Other,
        }
    }
}

/// Computes CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, no reflection, no final xor.
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 {
                shifted
            } else {
                shifted ^ 0x1021
            }
        })
    })
}

/// Checks that the last field is a checksum of all before it, and returns it in upper case.
fn verified_crc(code: &str, fields: &tlv::Fields<'_>) -> Result<String, PixError> {
    let Some((63, crc)) = fields.last() else {
        return Err(PixError::CrcMissing);
    };
    let covered = code.strip_suffix(crc).ok_or(PixError::CrcMissing)?;
    if crc.len() != 4 || !crc.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(PixError::CrcMissing);
    }
    let expected = format!("{:04X}", crc16(covered.as_bytes()));
    if crc.eq_ignore_ascii_case(&expected) {
        Ok(expected)
    } else {
        Err(PixError::CrcMismatch)
    }
}

fn check_constants(fields: &tlv::Fields<'_>) -> Result<(), PixError> {
    if fields.first() != Some((0, "01")) {
        return Err(PixError::Malformed);
    }
    if !matches!(fields.get(1), None | Some("11" | "12")) {
        return Err(PixError::PointOfInitiation);
    }
    fields.required(52)?;
    if fields.required(53)? != "986" {
        return Err(PixError::Currency);
    }
    if fields.required(58)? != "BR" {
        return Err(PixError::Country);
    }
    Ok(())
}

/// Finds the account field that belongs to PIX, wherever among 26–51 it stands.
fn read_destination(fields: &tlv::Fields<'_>) -> Result<Destination, PixError> {
    for value in fields.between(26, 51) {
        let Ok(inner) = tlv::walk(value) else {
            if value.to_ascii_lowercase().contains(ARRANGEMENT) {
                return Err(PixError::Malformed);
            }
            continue;
        };
        if inner
            .get(0)
            .is_some_and(|gui| gui.eq_ignore_ascii_case(ARRANGEMENT))
        {
            return match (filled(inner.get(1)), filled(inner.get(25))) {
                (Some(_), Some(_)) => Err(PixError::KeyAndUrl),
                (None, None) => Err(PixError::NoKeyOrUrl),
                (None, Some(url)) => Ok(Destination::Url(url.to_owned())),
                (Some(key), None) => Ok(Destination::Key {
                    key: key.to_owned(),
                    description: filled(inner.get(2)).map(str::to_owned),
                }),
            };
        }
    }
    Err(PixError::NotPix)
}

/// Reads field 54; zero means that the payer types the amount.
fn read_amount(text: &str) -> Result<Option<Money>, PixError> {
    let decimals = text.split_once('.').map(|(_, decimals)| decimals.len());
    let shape = text.len() <= 13
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && matches!(decimals, None | Some(1 | 2));
    if !shape {
        return Err(PixError::AmountFormat);
    }
    let amount = Money::parse_dotted(text, Currency::BRL).map_err(|_| PixError::AmountFormat)?;
    Ok((amount.minor > 0).then_some(amount))
}

fn read_txid(fields: &tlv::Fields<'_>) -> Result<Option<String>, PixError> {
    let Some(additional) = fields.get(62) else {
        return Ok(None);
    };
    let txid = tlv::walk(additional)?.get(5).map(str::to_owned);
    Ok(txid.filter(|txid| txid != "***" && !txid.is_empty()))
}

fn filled(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.trim().is_empty())
}

fn is_uuid(key: &str) -> bool {
    key.chars().enumerate().all(|(at, c)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    })
}

/// Hides the middle of a key, so that a card shows whose it may be and no more.
fn mask_key(key: &str) -> String {
    match PixKeyType::of(key) {
        PixKeyType::Cpf | PixKeyType::Cnpj => {
            Document::parse(key).map_or_else(|_| hidden(key), |document| document.masked())
        }
        PixKeyType::Phone => Phone::parse(key, None)
            .masked()
            .unwrap_or_else(|| hidden(key)),
        PixKeyType::Email => match key.split_once('@') {
            Some((name, host)) => format!("{}@{host}", hidden(name)),
            None => hidden(key),
        },
        PixKeyType::Evp | PixKeyType::Other => hidden(key),
    }
}

fn hidden(text: &str) -> String {
    let shown: String = text.chars().take(4.min(text.chars().count() / 2)).collect();
    format!("{shown}••••")
}
