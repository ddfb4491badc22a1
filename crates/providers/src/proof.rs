//! Proofs of origin: what was shown, why it was refused, and the comparisons in constant time behind both.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::inbound::{Inbound, Single};
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

/// Reads a digest of exactly `N` bytes from base64 with its padding.
pub(crate) fn base64_digest<const N: usize>(text: &[u8]) -> Result<[u8; N], Refusal> {
    let digest = STANDARD.decode(text).map_err(|_| Refusal::Malformed)?;
    digest.try_into().map_err(|_| Refusal::Malformed)
}

/// Checks a header that holds the HMAC-SHA256 of the raw body in base64.
pub(crate) fn hmac_sha256_base64(
    inbound: &Inbound<'_>,
    secrets: &[Secret],
    scheme: &'static str,
    header: &str,
) -> Result<Proof, Refusal> {
    hmac_sha256_of_body(inbound, secrets, scheme, header, base64_digest)
}

/// Checks a header that holds the HMAC-SHA256 of the raw body in hex.
pub(crate) fn hmac_sha256_hex(
    inbound: &Inbound<'_>,
    secrets: &[Secret],
    scheme: &'static str,
    header: &str,
) -> Result<Proof, Refusal> {
    hmac_sha256_of_body(inbound, secrets, scheme, header, hex_digest)
}

fn hmac_sha256_of_body(
    inbound: &Inbound<'_>,
    secrets: &[Secret],
    scheme: &'static str,
    header: &str,
    decode: fn(&[u8]) -> Result<[u8; 32], Refusal>,
) -> Result<Proof, Refusal> {
    ready(secrets)?;
    let tag = match inbound.header(header) {
        Single::Once(text) => decode(text.trim_ascii())?,
        Single::Absent => return Err(Refusal::Missing),
        Single::Repeated => return Err(Refusal::Malformed),
    };
    let secret_index = first_holding(secrets, |secret| {
        hmac_sha256_holds(secret.bytes(), inbound.body, &tag)
    })?;
    Ok(Proof {
        scheme,
        secret_index,
        signed: true,
        nonce: None,
    })
}

/// Names the two schemes of [`address_or_token`].
pub(crate) struct AddressOrToken {
    /// Where no secret is set.
    pub(crate) address: &'static str,
    /// Where one is.
    pub(crate) token: &'static str,
}

/// Takes the key in the address for enough while no secret is set; with one, demands it as a token in a header or a parameter.
///
/// For platforms that document no signature: sellers whose panel can send something of their own get more than the address.
pub(crate) fn address_or_token(
    inbound: &Inbound<'_>,
    secrets: &[Secret],
    schemes: &AddressOrToken,
    header: &str,
    parameter: &str,
) -> Result<Proof, Refusal> {
    if secrets.is_empty() {
        return Ok(Proof {
            scheme: schemes.address,
            secret_index: 0,
            signed: false,
            nonce: None,
        });
    }
    ready(secrets)?;
    let token = match (inbound.header(header), inbound.parameter(parameter)) {
        (Single::Once(token), Single::Absent) => token.to_vec(),
        (Single::Absent, Single::Once(token)) => token.as_bytes().to_vec(),
        (Single::Absent, Single::Absent) => return Err(Refusal::Missing),
        _ => return Err(Refusal::Malformed),
    };
    let secret_index = first_holding(secrets, |secret| token_holds(secret.trimmed(), &token))?;
    Ok(Proof {
        scheme: schemes.token,
        secret_index,
        signed: true,
        nonce: None,
    })
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
