//! Brazilian tax numbers: CPF of persons, CNPJ of companies.
//!
//! Numbers stay text, since leading zeros count and a CNPJ may hold letters (Instrução Normativa RFB 2.229/2024). Nothing here
//! knows whether a number was ever issued, only whether it adds up.

use std::fmt;

use thiserror::Error;

#[cfg(test)]
mod tests;

/// Names why a text is no tax number; never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Neither 11 nor 14 characters.
    #[error("length")]
    Length,
    /// A CPF holds something other than digits.
    #[error("not_digits")]
    NotDigits,
    /// A CNPJ holds something other than letters and digits.
    #[error("character")]
    Character,
    /// The last two characters of a CNPJ are not digits.
    #[error("check_digits_must_be_digits")]
    CheckDigitsMustBeDigits,
    /// One character all through; such texts pass the arithmetic.
    #[error("repeated_digit")]
    RepeatedDigit,
    /// The check digits belong to another number.
    #[error("check_digit")]
    CheckDigit,
}

/// A valid tax number, without punctuation.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Document {
    /// A person's number, 11 digits.
    Cpf(String),
    /// A company's number, 14 digits or capital letters.
    Cnpj(String),
}

impl Document {
    /// Reads a CPF or CNPJ by its length, with or without punctuation, letters in either case.
    ///
    /// # Errors
    /// One [`DocumentError`], the first that applies.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let bare = bare(text);
        match bare.chars().count() {
            11 => Self::cpf(&bare),
            14 => Self::cnpj(&bare),
            _ => Err(DocumentError::Length),
        }
    }

    /// Reads a CPF. A number whose leading zeros were lost is not padded.
    ///
    /// # Errors
    /// One [`DocumentError`].
    pub fn cpf(text: &str) -> Result<Self, DocumentError> {
        let bare = bare(text);
        if bare.chars().any(|c| !c.is_ascii_digit()) {
            return Err(DocumentError::NotDigits);
        }
        if bare.len() != 11 {
            return Err(DocumentError::Length);
        }
        checked(&bare, 11)?;
        Ok(Self::Cpf(bare))
    }

    /// Reads a CNPJ, numeric or with letters.
    ///
    /// # Errors
    /// One [`DocumentError`].
    pub fn cnpj(text: &str) -> Result<Self, DocumentError> {
        let bare = bare(text);
        if bare.chars().any(|c| !c.is_ascii_alphanumeric()) {
            return Err(DocumentError::Character);
        }
        if bare.len() != 14 {
            return Err(DocumentError::Length);
        }
        if bare.chars().skip(12).any(|c| !c.is_ascii_digit()) {
            return Err(DocumentError::CheckDigitsMustBeDigits);
        }
        checked(&bare, 9)?;
        Ok(Self::Cnpj(bare))
    }

    /// Returns the number without punctuation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Cpf(text) | Self::Cnpj(text) => text,
        }
    }

    /// Writes the number with its punctuation: `529.982.247-25`, `12.ABC.345/01DE-35`.
    #[must_use]
    pub fn formatted(&self) -> String {
        self.filled_into(match self {
            Self::Cpf(_) => "___.___.___-__",
            Self::Cnpj(_) => "__.___.___/____-__",
        })
    }

    /// Writes the number with most of it hidden: `•••.982.247-••`, `12.•••.•••/01DE-35`.
    #[must_use]
    pub fn masked(&self) -> String {
        self.filled_into(match self {
            Self::Cpf(_) => "•••.___.___-••",
            Self::Cnpj(_) => "__.•••.•••/____-__",
        })
    }

    /// Puts the characters in the places of a pattern: `_` shows one, `•` hides one, the rest is punctuation.
    fn filled_into(&self, pattern: &str) -> String {
        let mut characters = self.as_str().chars();
        pattern
            .chars()
            .filter_map(|place| match place {
                '_' => characters.next(),
                '•' => characters.next().map(|_| '•'),
                other => Some(other),
            })
            .collect()
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpf(_) => "Cpf(…)",
            Self::Cnpj(_) => "Cnpj(…)",
        })
    }
}

fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '.' | '/' | '-') && !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Checks the last two characters; weights run up from 2 at the right and start again after `top`.
fn checked(bare: &str, top: u32) -> Result<(), DocumentError> {
    let values: Vec<u32> = bare
        .bytes()
        .map(|b| u32::from(b.saturating_sub(b'0')))
        .collect();
    if values.windows(2).all(|pair| pair.first() == pair.last()) {
        return Err(DocumentError::RepeatedDigit);
    }
    for skipped in [1, 0] {
        let mut from_right = values.iter().rev().skip(skipped);
        let digit = from_right.next().copied();
        if digit != Some(check_digit(from_right.copied(), top)) {
            return Err(DocumentError::CheckDigit);
        }
    }
    Ok(())
}

/// Sums weighted values from the right; a value is the character's ASCII code less 48, so `A` counts 17.
fn check_digit(from_right: impl Iterator<Item = u32>, top: u32) -> u32 {
    let sum: u32 = from_right
        .zip((2..=top).cycle())
        .map(|(value, weight)| value.saturating_mul(weight))
        .fold(0, u32::saturating_add);
    match sum % 11 {
        0 | 1 => 0,
        rest => 11_u32.saturating_sub(rest),
    }
}
