//! Standard Webhooks: three headers, one signature over id, time and body, secrets written `whsec_` and base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{TOLERANCE, check_time, holds, sole_header, tag};
use crate::Inbound;
use crate::custom::blueprint::MAX_WORD;
use crate::inbound::Single;
use crate::proof::{self, Refusal};
use crate::secret::Secret;
use crate::sign::Signed;

const ID_HEADER: &str = "webhook-id";
const TIMESTAMP_HEADER: &str = "webhook-timestamp";
const SIGNATURE_HEADER: &str = "webhook-signature";
/// Before the base64 of a Standard Webhooks secret.
const SECRET_PREFIX: &str = "whsec_";
/// Most signatures looked at in one request.
const MAX_SIGNATURES: usize = 16;

/// The headers that carry the proof.
pub(super) const HEADERS: [&str; 3] = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER];

/// Checks the headers of Standard Webhooks: of several signatures one has to hold, and all of them are tried.
pub(super) fn verify(
    inbound: &Inbound<'_>,
    secrets: &[Secret],
    now: DateTime<Utc>,
) -> Result<usize, Refusal> {
    let id = sole_header(inbound, ID_HEADER)?;
    let at = sole_header(inbound, TIMESTAMP_HEADER)?;
    let signatures: Vec<Vec<u8>> = sole_header(inbound, SIGNATURE_HEADER)?
        .split(' ')
        .take(MAX_SIGNATURES)
        .filter_map(|one| one.strip_prefix("v1,"))
        .filter_map(|one| STANDARD.decode(one).ok())
        .collect();
    if signatures.is_empty() || id.is_empty() || id.len() > MAX_WORD {
        return Err(Refusal::Malformed);
    }
    if at.len() > 10 {
        return Err(Refusal::Malformed);
    }
    check_time(at, TOLERANCE, now)?;
    let head = format!("{id}.{at}.");
    let message = [head.as_bytes(), inbound.body];
    proof::first_holding(secrets, |secret| {
        let key = key_of(secret);
        signatures.iter().fold(false, |held, told| {
            holds::<Sha256>(&key, &message, told) | held
        })
    })
}

/// Returns the sender's id of the delivery, which a repeat bears too.
pub(super) fn delivery_id(inbound: &Inbound<'_>) -> Option<String> {
    let Single::Once(id) = inbound.header(ID_HEADER) else {
        return None;
    };
    let id = std::str::from_utf8(id).ok()?;
    (!id.is_empty() && id.len() <= MAX_WORD).then(|| id.to_owned())
}

/// Signs a body as a sender would.
pub(super) fn sign(secret: &Secret, body: &[u8], now: DateTime<Utc>, nonce: &str) -> Signed {
    let at = now.timestamp().to_string();
    let id = format!("msg_{nonce}");
    let head = format!("{id}.{at}.");
    let tag = tag::<Sha256>(&key_of(secret), &[head.as_bytes(), body]);
    let signature = format!("v1,{}", STANDARD.encode(tag));
    let headers = [
        (ID_HEADER, id),
        (TIMESTAMP_HEADER, at),
        (SIGNATURE_HEADER, signature),
    ];
    Signed {
        query: String::new(),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
    }
}

/// Undoes the writing of a Standard Webhooks secret; one that is not written so is taken as it stands.
fn key_of(secret: &Secret) -> Zeroizing<Vec<u8>> {
    let text = secret.trimmed();
    let coded = text.strip_prefix(SECRET_PREFIX.as_bytes());
    let key = coded.and_then(|coded| STANDARD.decode(coded).ok());
    Zeroizing::new(key.unwrap_or_else(|| text.to_vec()))
}
