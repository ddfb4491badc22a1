//! Phones as checkouts send them, read into E.164.
//!
//! Brazilian numbers by Anatel's plan (country 55, area code, subscriber; the ninth digit of mobiles is compulsory since
//! November 2016), foreign ones only as far as a country code is written. Whether somebody answers is not known here, and the
//! text as typed is the caller's to keep.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod read;
#[cfg(test)]
mod tests;

/// Says what a text was read as.
#[derive(Clone, PartialEq, Eq)]
pub enum Phone {
    /// A Brazilian mobile.
    Mobile {
        /// `+55`, area code, nine digits.
        e164: String,
        /// The ninth digit was missing and put in front.
        ninth_digit_added: bool,
    },
    /// A Brazilian landline; it may still have WhatsApp.
    Landline {
        /// `+55`, area code, eight digits.
        e164: String,
    },
    /// A number of another country, as typed.
    Foreign {
        /// `+`, country code and number.
        e164: String,
    },
    /// A toll-free or shared-cost number (0800 and the like); it has no E.164 form.
    Service {
        /// The digits as typed.
        digits: String,
    },
    /// A number without its area code.
    Incomplete {
        /// The digits as typed.
        digits: String,
    },
    /// No number.
    Invalid(PhoneFault),
}

/// Names the kinds of phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PhoneKind {
    /// A Brazilian mobile.
    Mobile,
    /// A Brazilian landline.
    Landline,
    /// A number of another country.
    Foreign,
    /// A toll-free or shared-cost number.
    Service,
    /// A number without its area code.
    Incomplete,
    /// No number.
    Invalid,
}

/// Names why a text is no phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhoneFault {
    /// No digit in it.
    NoDigits,
    /// Words that do not label a phone.
    Words,
    /// Too few or too many digits.
    Length,
    /// The area code is not in use.
    AreaCode,
    /// The number behind the area code cannot be.
    Subscriber,
    /// A foreign number of impossible length or start.
    ForeignLength,
}

impl Phone {
    /// Reads a phone. `default_area` (two digits) completes numbers that come without an area code.
    #[must_use]
    pub fn parse(text: &str, default_area: Option<&str>) -> Self {
        read::phone(text, default_area).unwrap_or_else(Self::Invalid)
    }

    /// Returns what kind it is.
    #[must_use]
    pub const fn kind(&self) -> PhoneKind {
        match self {
            Self::Mobile { .. } => PhoneKind::Mobile,
            Self::Landline { .. } => PhoneKind::Landline,
            Self::Foreign { .. } => PhoneKind::Foreign,
            Self::Service { .. } => PhoneKind::Service,
            Self::Incomplete { .. } => PhoneKind::Incomplete,
            Self::Invalid(_) => PhoneKind::Invalid,
        }
    }

    /// Returns the number in E.164, or `None` when it has no such form.
    #[must_use]
    pub fn e164(&self) -> Option<&str> {
        match self {
            Self::Mobile { e164, .. } | Self::Landline { e164 } | Self::Foreign { e164 } => {
                Some(e164)
            }
            Self::Service { .. } | Self::Incomplete { .. } | Self::Invalid(_) => None,
        }
    }

    /// Returns the key under which equal phones meet: digits with country code, mobiles with their ninth digit.
    ///
    /// A Brazilian mobile gives the same key with and without its ninth digit, since reading puts it in front.
    #[must_use]
    pub fn match_key(&self) -> Option<&str> {
        self.e164()?.strip_prefix('+')
    }

    /// Returns the ids under which WhatsApp may know the number: old mobile accounts lack the ninth digit.
    #[must_use]
    pub fn whatsapp_candidates(&self) -> Vec<String> {
        let Some(digits) = self.match_key() else {
            return Vec::new();
        };
        let mut candidates = vec![digits.to_owned()];
        if matches!(self, Self::Mobile { .. }) {
            let without: Vec<char> = digits
                .chars()
                .take(4)
                .chain(digits.chars().skip(5))
                .collect();
            candidates.push(without.into_iter().collect());
        }
        candidates
    }

    /// Returns the digits of a `wa.me` address, or `None` when no message can go there.
    #[must_use]
    pub fn wa_digits(&self) -> Option<&str> {
        self.match_key()
    }

    /// Writes the number for people: `+55 11 98765-4321`; foreign ones stay in E.164.
    #[must_use]
    pub fn display(&self) -> Option<String> {
        self.filled_into("+__ __ _____-____", "+__ __ ____-____")
            .or_else(|| self.e164().map(str::to_owned))
    }

    /// Writes the number with most of it hidden: `+55 11 9••••-4321`, `+55 11 3•••-4455`, `+35••••••••78`.
    #[must_use]
    pub fn masked(&self) -> Option<String> {
        self.filled_into("+__ __ _••••-____", "+__ __ _•••-____")
            .or_else(|| self.e164().map(mask_foreign))
    }

    fn filled_into(&self, mobile: &str, landline: &str) -> Option<String> {
        let pattern = match self {
            Self::Mobile { .. } => mobile,
            Self::Landline { .. } => landline,
            _ => return None,
        };
        let mut digits = self.match_key()?.chars();
        let written = pattern.chars().filter_map(|place| match place {
            '_' => digits.next(),
            '•' => digits.next().map(|_| '•'),
            other => Some(other),
        });
        Some(written.collect())
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(fault) => write!(f, "Invalid({fault:?})"),
            other => write!(f, "{:?}(…)", other.kind()),
        }
    }
}

fn mask_foreign(e164: &str) -> String {
    let last = e164.chars().count().saturating_sub(2);
    e164.chars()
        .enumerate()
        .map(|(at, c)| if at < 3 || at >= last { c } else { '•' })
        .collect()
}
