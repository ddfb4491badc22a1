//! Proofs of origin: what was shown, why it was refused, and the comparisons in constant time behind both.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::secret::Secret;

/// Tells how a request proved where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The scheme that held, as in `kiwify.body`.
    pub scheme: &'static str,
    /// Which of the secrets held, counted from 0.
    pub secret_index: usize,
    /// False when only the unguessable key in the URL speaks for the request.
    pub signed: bool,
    /// What may be used once only; to be burnt in the same transaction that stores the event.
    pub nonce: Option<Nonce>,
}

/// Holds a value that a provider may use once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce {
    /// The value as sent.
    pub value: String,
    /// When it may be forgotten, because its timestamp is refused by then anyway.
    pub expires_at: DateTime<Utc>,
}

/// Names why a proof was refused; for log and metrics, never for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No secret is set up, so nothing can be proved.
    #[error("not_ready")]
    NotReady,
    /// The request carries no proof.
    #[error("missing")]
    Missing,
    /// The proof is not in the form it must have, or stands twice.
    #[error("malformed")]
    Malformed,
    /// The proof belongs to another secret or another body.
    #[error("mismatch")]
    Mismatch,
    /// The proof's time is too far from ours.
    #[error("stale")]
    Stale,
}

impl Refusal {
    /// Returns the stable word for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotReady => "not_ready",
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Mismatch => "mismatch",
            Self::Stale => "stale",
        }
    }
}

/// Refuses a list of secrets that holds nothing, or something blank.
pub(crate) fn ready(secrets: &[Secret]) -> Result<(), Refusal> {
    if secrets.is_empty() || secrets.iter().any(Secret::is_blank) {
        return Err(Refusal::NotReady);
    }
    Ok(())
}

/// Returns the first secret that holds; all are tried, so that time does not tell which.
pub(crate) fn first_holding(
    secrets: &[Secret],
    holds: impl Fn(&Secret) -> bool,
) -> Result<usize, Refusal> {
    secrets
        .iter()
        .enumerate()
        .filter(|(_, secret)| holds(secret))
        .map(|(index, _)| index)
        .reduce(usize::min)
        .ok_or(Refusal::Mismatch)
}

/// Reads a digest of exactly `N` bytes from hex in either case.
pub(crate) fn hex_digest<const N: usize>(text: &[u8]) -> Result<[u8; N], Refusal> {
    let mut digest = [0; N];
    hex::decode_to_slice(text, &mut digest).map_err(|_| Refusal::Malformed)?;
    Ok(digest)
}

pub(crate) fn hmac_sha1_holds(secret: &[u8], message: &[u8], tag: &[u8; 20]) -> bool {
    Hmac::<Sha1>::new_from_slice(secret)
        .is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok())
}

pub(crate) fn hmac_sha256_holds(secret: &[u8], message: &[u8], tag: &[u8; 32]) -> bool {
    Hmac::<Sha256>::new_from_slice(secret)
        .is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok())
}

/// Compares a token with a secret by their digests, so that neither content nor length shows in the time taken.
pub(crate) fn token_holds(secret: &[u8], token: &[u8]) -> bool {
    Sha256::digest(secret).ct_eq(&Sha256::digest(token)).into()
}
