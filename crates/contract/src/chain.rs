//! The feed's chain: each entry's fingerprint covers all entries before it, so equal chains mean equal histories.
//!
//! An entry whose content was erased keeps its fingerprint, so the chain stays whole around it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ids::ConversationId;

/// Fingerprints a workspace's feed up to one entry: 128 bits, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, ts_rs::TS)]
#[ts(export, type = "string")]
pub struct Chain([u8; 16]);

impl Chain {
    /// The chain of an empty feed.
    pub const EMPTY: Self = Self([0; 16]);

    /// Returns the chain after one more entry; `body` is the entry's body exactly as it is stored and sent.
    #[must_use]
    pub fn next(
        self,
        seq: u64,
        at: DateTime<Utc>,
        conversation: Option<ConversationId>,
        kind: &str,
        body: &str,
    ) -> Self {
        let mut hash = blake3::Hasher::new();
        hash.update(&self.0);
        hash.update(&seq.to_be_bytes());
        hash.update(&at.timestamp_millis().to_be_bytes());
        hash.update(
            &conversation
                .map_or(0, ConversationId::as_u128)
                .to_be_bytes(),
        );
        hash.update(&u64::try_from(kind.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(kind.as_bytes());
        hash.update(body.as_bytes());
        let mut out = [0; 16];
        hash.finalize_xof().fill(&mut out);
        Self(out)
    }

    /// Takes the chain back from its 16 stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the 16 bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Tells that a text is not a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a chain has 32 hexadecimal digits")]
pub struct ChainError;

impl FromStr for Chain {
    type Err = ChainError;

    fn from_str(text: &str) -> Result<Self, ChainError> {
        let plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = plain
            .then(|| u128::from_str_radix(text, 16).ok())
            .flatten()
            .ok_or(ChainError)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl Serialize for Chain {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Chain {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(input)?
            .parse()
            .map_err(de::Error::custom)
    }
}
