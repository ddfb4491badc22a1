//! Signs bodies as the platforms do, for senders of samples and for tests. Never used on the way in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::digest::block_api::EagerHash;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::secret::Secret;
use crate::{Settings, custom};

/// Holds what a platform adds to a request to prove where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signed {
    /// The URL's query, without its question mark.
    pub query: String,
    /// The headers, `Content-Type` not among them.
    pub headers: Vec<(String, String)>,
}

/// Signs a body as the platform of this slug would; `None` for an unknown slug.
///
/// `nonce` serves the unified contract only: 8 to 128 characters of `[A-Za-z0-9_-]`, new for every request.
#[must_use]
pub fn sign(
    slug: &str,
    secret: &Secret,
    body: &[u8],
    now: DateTime<Utc>,
    nonce: &str,
) -> Option<Signed> {
    match slug {
        "kiwify" => Some(Signed {
            query: format!("signature={}", tag::<Sha1>(secret.bytes(), body)),
            headers: Vec::new(),
        }),
        "hotmart" => Some(header("x-hotmart-hottok", secret.trimmed())),
        "shopify" => {
            let tag = STANDARD.encode(tag_bytes::<Sha256>(secret.bytes(), body));
            Some(header("x-shopify-hmac-sha256", tag.as_bytes()))
        }
        "nuvemshop" => {
            let tag = tag::<Sha256>(secret.bytes(), body);
            Some(header("x-linkedstore-hmac-sha256", tag.as_bytes()))
        }
        "yampi" => {
            let signature = STANDARD.encode(tag_bytes::<Sha256>(secret.bytes(), body));
            Some(header("x-yampi-hmac-sha256", signature.as_bytes()))
        }
        "cartpanda" if secret.is_blank() => Some(Signed::default()),
        "cartpanda" => Some(parameter("secret", secret.trimmed())),
        "vega" | "luna" | "iset" if secret.is_blank() => Some(Signed::default()),
        "vega" | "luna" | "iset" => Some(parameter("token", secret.trimmed())),
        "zedy" => Some(header(
            "authorization",
            &[b"Bearer ", secret.trimmed()].concat(),
        )),
        "adorei" => Some(header("x-adoorei-hash", secret.trimmed())),
        "cart_abandonment" if secret.is_blank() => Some(Signed::default()),
        "cart_abandonment" => Some(header("x-webhook-token", secret.trimmed())),
        "unified" => Some(unified(secret, body, now, nonce)),
        _ => None,
    }
}

/// Signs a body as the platform of this slug would for an integration with these settings.
#[must_use]
pub fn sign_with(
    slug: &str,
    settings: &Settings,
    secret: &Secret,
    body: &[u8],
    now: DateTime<Utc>,
    nonce: &str,
) -> Option<Signed> {
    if slug == custom::SLUG {
        let blueprint = settings.blueprint().ok()?;
        return Some(blueprint.sign(secret, body, now, nonce));
    }
    sign(slug, secret, body, now, nonce)
}

fn header(name: &str, value: &[u8]) -> Signed {
    let value = String::from_utf8_lossy(value).into_owned();
    Signed {
        query: String::new(),
        headers: vec![(name.to_owned(), value)],
    }
}

fn parameter(name: &str, value: &[u8]) -> Signed {
    let value = String::from_utf8_lossy(value);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, &value);
    Signed {
        query: query.finish(),
        headers: Vec::new(),
    }
}

pub(crate) fn unified(secret: &Secret, body: &[u8], now: DateTime<Utc>, nonce: &str) -> Signed {
    let timestamp = now.timestamp();
    let message = format!("{timestamp}.{nonce}.{}", hex::encode(Sha256::digest(body)));
    let signature = tag::<Sha256>(secret.bytes(), message.as_bytes());
    let headers = [
        ("x-rekuplead-signature", signature),
        ("x-rekuplead-timestamp", timestamp.to_string()),
        ("x-rekuplead-nonce", nonce.to_owned()),
    ];
    Signed {
        query: String::new(),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
    }
}

fn tag<D: EagerHash>(secret: &[u8], message: &[u8]) -> String
where
    Hmac<D>: KeyInit + Mac,
{
    hex::encode(tag_bytes::<D>(secret, message))
}

fn tag_bytes<D: EagerHash>(secret: &[u8], message: &[u8]) -> Vec<u8>
where
    Hmac<D>: KeyInit + Mac,
{
    <Hmac<D> as KeyInit>::new_from_slice(secret)
        .map(|mac| mac.chain_update(message).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}
