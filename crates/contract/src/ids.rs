//! Identifiers: a prefix that tells what is named, then 26 characters that sort by time of making.
//!
//! The number inside is laid out as UUID version 7 lays it out (48 bits of Unix milliseconds, then randomness), and is written
//! in Crockford's base 32. Whoever makes an id brings the clock and the randomness; this module has neither.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TEXT_LEN: u32 = 26;

/// Tells why a text is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text does not begin with the prefix of this kind.
    #[error("an id of this kind begins with `{0}`")]
    Prefix(&'static str),
    /// What follows the prefix is not 26 base-32 characters of a 128-bit number.
    #[error("an id has 26 characters of lower-case base 32 after its prefix")]
    Body,
}

/// Packs Unix milliseconds and 80 bits of randomness into one sortable number.
#[must_use]
pub fn pack(unix_millis: u64, random: [u8; 10]) -> u128 {
    let time = u128::from(unix_millis & 0xffff_ffff_ffff) << 80;
    let tail = random
        .iter()
        .fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
    let version = 0x7_u128 << 76;
    let variant = 0x2_u128 << 62;
    let mask = (0xf_u128 << 76) | (0x3_u128 << 62);
    time | (tail & !mask) | version | variant
}

fn write_base32(number: u128, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [b'0'; TEXT_LEN as usize];
    for (place, slot) in (0..TEXT_LEN).rev().zip(&mut text) {
        let digit = (number >> place.saturating_mul(5)) & 0x1f;
        let byte = usize::try_from(digit)
            .ok()
            .and_then(|index| ALPHABET.get(index));
        *slot = *byte.unwrap_or(&b'0');
    }
    out.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

fn read_base32(text: &str) -> Option<u128> {
    if text.len() != TEXT_LEN as usize {
        return None;
    }
    let mut number = 0_u128;
    for (place, byte) in text.bytes().enumerate() {
        let digit = digit_of(byte)?;
        if place == 0 && digit > 7 {
            return None;
        }
        number = (number << 5) | u128::from(digit);
    }
    Some(number)
}

/// Reads one character of the alphabet, in which `i`, `l`, `o` and `u` are left out.
const fn digit_of(byte: u8) -> Option<u8> {
    let skipped = match byte {
        b'0'..=b'9' => return Some(byte.wrapping_sub(b'0')),
        b'a'..=b'h' => 0,
        b'j' | b'k' => 1,
        b'm' | b'n' => 2,
        b'p'..=b't' => 3,
        b'v'..=b'z' => 4,
        _ => return None,
    };
    Some(
        byte.wrapping_sub(b'a')
            .wrapping_add(10)
            .wrapping_sub(skipped),
    )
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ts_rs::TS)]
        #[ts(export, type = "string")]
        pub struct $name(u128);

        impl $name {
            /// The text every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from a time in Unix milliseconds and 80 random bits.
            #[must_use]
            pub fn new(unix_millis: u64, random: [u8; 10]) -> Self {
                Self(pack(unix_millis, random))
            }

            /// Makes an id from a number that is already laid out as one.
            #[must_use]
            pub const fn from_u128(number: u128) -> Self {
                Self(number)
            }

            /// Returns the number inside, for compact storage.
            #[must_use]
            pub const fn as_u128(self) -> u128 {
                self.0
            }

            /// Returns when the id was made, in Unix milliseconds.
            #[must_use]
            pub fn unix_millis(self) -> u64 {
                u64::try_from(self.0 >> 80).unwrap_or(u64::MAX)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str($prefix)?;
                write_base32(self.0, out)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let body = text.strip_prefix($prefix).ok_or(IdError::Prefix($prefix))?;
                read_base32(body).map(Self).ok_or(IdError::Body)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(input)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// Names one team's data.
    WorkspaceId = "ws_";
    /// Names one platform account that sends webhooks.
    IntegrationId = "int_";
    /// Names one HTTP request a platform made.
    DeliveryId = "dlv_";
    /// Names one normalised event.
    EventId = "evt_";
    /// Names one person's conversation.
    ConversationId = "cnv_";
    /// Names one person of the team.
    MemberId = "mem_";
    /// Names one action of an agent; made by the desktop, and the action's idempotency key.
    CommandId = "cmd_";
    /// Names one signed-in device.
    SessionId = "ses_";
    /// Names one piece of background work.
    JobId = "job_";
    /// Names one saved view; made by the desktop.
    ViewId = "view_";
}

#[cfg(test)]
mod tests {
    use super::{EventId, IdError, MemberId};

    #[test]
    fn text_form_round_trips_and_sorts_by_time() {
        let early = EventId::new(1_000, [0xff; 10]);
        let late = EventId::new(1_001, [0; 10]);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(early.unix_millis(), 1_000);
        assert_eq!(early.to_string().len(), 30);
    }

    #[test]
    fn foreign_texts_are_refused() {
        let text = EventId::new(1, [7; 10]).to_string();
        assert_eq!(text.parse::<MemberId>(), Err(IdError::Prefix("mem_")));
        for bad in [
            "evt_",
            "evt_ZZZZ",
            "evt_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "evt_0000000000000000000000000u",
        ] {
            assert_eq!(bad.parse::<EventId>(), Err(IdError::Body), "{bad}");
        }
    }
}
