//! How a custom source proves where its requests come from, as its blueprint says; and the same the other way, for samples.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::digest::block_api::EagerHash;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::blueprint::{Checks, MAX_WORD};
use crate::Inbound;
use crate::inbound::Single;
use crate::proof::{self, Proof, Refusal};
use crate::secret::Secret;
use crate::sign::Signed;
use crate::unified;

mod standard;

/// How far the sender's clock and ours may differ where a blueprint does not say, and in Standard Webhooks.
const TOLERANCE: i64 = 300;
/// The tolerances a blueprint may name, in seconds.
const TOLERANCES: std::ops::RangeInclusive<i64> = 30..=86_400;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProofShape {
    scheme: Scheme,
    algorithm: Option<Algorithm>,
    encoding: Option<Encoding>,
    header: Option<String>,
    query: Option<String>,
    prefix: Option<String>,
    over: Option<String>,
    timestamp_header: Option<String>,
    tolerance_seconds: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scheme {
    Hmac,
    Token,
    StandardWebhooks,
    Unified,
    Address,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Encoding {
    Hex,
    Base64,
}

/// What is checked.
#[derive(Debug, Clone)]
pub(super) enum Plan {
    Hmac(Signature),
    Token(Place),
    StandardWebhooks,
    Unified,
    /// Only the key in the address vouches.
    Address,
}

/// Where a signature stands and what it covers.
#[derive(Debug, Clone)]
pub(super) struct Signature {
    algorithm: Algorithm,
    encoding: Encoding,
    place: Place,
    over: Vec<Part>,
    /// The header with the time, and by how many seconds it may differ.
    timestamp: Option<(String, i64)>,
}

/// Where a proof stands, and what stands before it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    name: String,
    in_query: bool,
    prefix: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Timestamp,
    Body,
}

impl Plan {
    /// Takes what the blueprint tells, or notes what is wrong with it.
    pub(super) fn of(shape: ProofShape, checks: &mut Checks) -> Option<Self> {
        let for_hmac = shape.algorithm.is_some()
            || shape.encoding.is_some()
            || shape.over.is_some()
            || shape.timestamp_header.is_some()
            || shape.tolerance_seconds.is_some();
        let for_place = shape.header.is_some() || shape.query.is_some() || shape.prefix.is_some();
        let detail = "this belongs to another scheme";
        match shape.scheme {
            Scheme::Hmac => {}
            Scheme::Token if for_hmac => checks.add("proof", "not_of_scheme", detail),
            Scheme::Token => {}
            _ if for_hmac || for_place => checks.add("proof", "not_of_scheme", detail),
            _ => {}
        }
        match shape.scheme {
            Scheme::Hmac => Signature::of(shape, checks).map(Self::Hmac),
            Scheme::Token => Place::of(&shape, checks).map(Self::Token),
            Scheme::StandardWebhooks => Some(Self::StandardWebhooks),
            Scheme::Unified => Some(Self::Unified),
            Scheme::Address => Some(Self::Address),
        }
    }

    /// Tells whether more than the address vouches for a request.
    pub(super) const fn signs(&self) -> bool {
        !matches!(self, Self::Address)
    }

    /// Lists the headers that carry the proof.
    pub(super) fn headers(&self) -> Vec<&str> {
        match self {
            Self::Hmac(signature) => {
                let timestamp = signature.timestamp.as_ref();
                let place = Some(&signature.place).filter(|place| !place.in_query);
                timestamp
                    .map(|(name, _)| name.as_str())
                    .into_iter()
                    .chain(place.map(|place| place.name.as_str()))
                    .collect()
            }
            Self::Token(place) if !place.in_query => vec![&place.name],
            Self::StandardWebhooks => standard::HEADERS.to_vec(),
            Self::Token(_) | Self::Unified | Self::Address => Vec::new(),
        }
    }

    /// Returns the parameter of the address that carries the proof.
    pub(super) fn parameter(&self) -> Option<&str> {
        match self {
            Self::Hmac(Signature { place, .. }) | Self::Token(place) if place.in_query => {
                Some(&place.name)
            }
            _ => None,
        }
    }

    /// Checks a request.
    pub(super) fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        now: DateTime<Utc>,
    ) -> Result<Proof, Refusal> {
        if matches!(self, Self::Address) {
            return Ok(Proof {
                scheme: "custom.address",
                secret_index: 0,
                signed: false,
                nonce: None,
            });
        }
        proof::ready(secrets)?;
        let (scheme, secret_index) = match self {
            Self::Hmac(signature) => ("custom.hmac", signature.verify(inbound, secrets, now)?),
            Self::Token(place) => {
                let token = place.find(inbound)?;
                let held = |secret: &Secret| proof::token_holds(secret.trimmed(), &token);
                ("custom.token", proof::first_holding(secrets, held)?)
            }
            Self::StandardWebhooks => (
                "custom.standard_webhooks",
                standard::verify(inbound, secrets, now)?,
            ),
            Self::Unified | Self::Address => {
                return unified::verify_unified(inbound, secrets, now);
            }
        };
        Ok(Proof {
            scheme,
            secret_index,
            signed: true,
            nonce: None,
        })
    }

    /// Returns the sender's own id of a delivery, where the scheme has one.
    pub(super) fn delivery_id(&self, inbound: &Inbound<'_>) -> Option<String> {
        match self {
            Self::StandardWebhooks => standard::delivery_id(inbound),
            _ => None,
        }
    }

    /// Signs a body as the source would.
    pub(super) fn sign(
        &self,
        secret: &Secret,
        body: &[u8],
        now: DateTime<Utc>,
        nonce: &str,
    ) -> Signed {
        let at = now.timestamp().to_string();
        match self {
            Self::Hmac(signature) => {
                let tag = signature.tag(secret, &at, body);
                let tag = match signature.encoding {
                    Encoding::Hex => hex::encode(tag),
                    Encoding::Base64 => STANDARD.encode(tag),
                };
                let mut signed = signature.place.put(&tag);
                let timestamp = signature.timestamp.as_ref();
                signed
                    .headers
                    .extend(timestamp.map(|(name, _)| (name.clone(), at)));
                signed
            }
            Self::Token(place) => place.put(&String::from_utf8_lossy(secret.trimmed())),
            Self::StandardWebhooks => standard::sign(secret, body, now, nonce),
            Self::Unified => crate::sign::unified(secret, body, now, nonce),
            Self::Address => Signed::default(),
        }
    }
}

impl Signature {
    fn of(shape: ProofShape, checks: &mut Checks) -> Option<Self> {
        let place = Place::of(&shape, checks);
        let over = parts(shape.over.as_deref().unwrap_or("body"));
        if !over.contains(&Part::Body) {
            let detail = "`body`, or a template with {body} in it, such as {timestamp}.{body}";
            checks.add("proof.over", "body_not_signed", detail);
        }
        if over.contains(&Part::Timestamp) && shape.timestamp_header.is_none() {
            checks.add(
                "proof.timestampHeader",
                "missing",
                "{timestamp} is taken from there",
            );
        }
        if shape.timestamp_header.is_some() && !over.contains(&Part::Timestamp) {
            let detail = "a time that is not signed proves nothing: put {timestamp} into it";
            checks.add("proof.over", "timestamp_not_signed", detail);
        }
        let tolerance = shape.tolerance_seconds.unwrap_or(TOLERANCE);
        if !TOLERANCES.contains(&tolerance) {
            checks.add(
                "proof.toleranceSeconds",
                "out_of_range",
                "30 to 86400 seconds",
            );
        }
        let timestamp = shape.timestamp_header.and_then(|name| {
            let name = header_name(&name, "proof.timestampHeader", checks)?;
            Some((name, tolerance))
        });
        if shape.algorithm.is_none() {
            checks.add("proof.algorithm", "missing", "sha256, sha512 or sha1");
        }
        if shape.encoding.is_none() {
            checks.add("proof.encoding", "missing", "hex or base64");
        }
        Some(Self {
            algorithm: shape.algorithm?,
            encoding: shape.encoding?,
            place: place?,
            over,
            timestamp,
        })
    }

    /// Form first, then time, then signature.
    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        now: DateTime<Utc>,
    ) -> Result<usize, Refusal> {
        let told = self.place.find(inbound)?;
        let told = match self.encoding {
            Encoding::Hex => hex::decode(&told).map_err(|_| Refusal::Malformed)?,
            Encoding::Base64 => STANDARD.decode(&told).map_err(|_| Refusal::Malformed)?,
        };
        let at = match &self.timestamp {
            Some((header, tolerance)) => {
                let at = sole_header(inbound, header)?;
                check_time(at, *tolerance, now)?;
                at
            }
            None => "",
        };
        proof::first_holding(secrets, |secret| {
            let message = self.message(at, inbound.body);
            match self.algorithm {
                Algorithm::Sha1 => holds::<Sha1>(secret.bytes(), &message, &told),
                Algorithm::Sha256 => holds::<Sha256>(secret.bytes(), &message, &told),
                Algorithm::Sha512 => holds::<Sha512>(secret.bytes(), &message, &told),
            }
        })
    }

    fn message<'a>(&'a self, at: &'a str, body: &'a [u8]) -> Vec<&'a [u8]> {
        let part = |part: &'a Part| match part {
            Part::Literal(text) => text.as_bytes(),
            Part::Timestamp => at.as_bytes(),
            Part::Body => body,
        };
        self.over.iter().map(part).collect()
    }

    fn tag(&self, secret: &Secret, at: &str, body: &[u8]) -> Vec<u8> {
        let message = self.message(at, body);
        match self.algorithm {
            Algorithm::Sha1 => tag::<Sha1>(secret.bytes(), &message),
            Algorithm::Sha256 => tag::<Sha256>(secret.bytes(), &message),
            Algorithm::Sha512 => tag::<Sha512>(secret.bytes(), &message),
        }
    }
}

impl Place {
    fn of(shape: &ProofShape, checks: &mut Checks) -> Option<Self> {
        let prefix = shape.prefix.clone().unwrap_or_default();
        if prefix.len() > MAX_WORD || !prefix.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            checks.add(
                "proof.prefix",
                "bad_word",
                "at most 200 printable characters",
            );
        }
        let (name, in_query) = match (&shape.header, &shape.query) {
            (Some(header), None) => (header_name(header, "proof.header", checks)?, false),
            (None, Some(query)) if !query.is_empty() && query.len() <= MAX_WORD => {
                (query.clone(), true)
            }
            (None, Some(_)) => {
                checks.add(
                    "proof.query",
                    "bad_word",
                    "a parameter's name has 1 to 200 bytes",
                );
                return None;
            }
            _ => {
                let detail = "either `header` or `query` says where the proof stands";
                checks.add("proof.header", "missing", detail);
                return None;
            }
        };
        Some(Self {
            name,
            in_query,
            prefix,
        })
    }

    /// Returns what stands there, without the prefix.
    fn find(&self, inbound: &Inbound<'_>) -> Result<Vec<u8>, Refusal> {
        let found = if self.in_query {
            match inbound.parameter(&self.name) {
                Single::Once(value) => value.into_owned().into_bytes(),
                Single::Absent => return Err(Refusal::Missing),
                Single::Repeated => return Err(Refusal::Malformed),
            }
        } else {
            sole_header(inbound, &self.name)?.as_bytes().to_vec()
        };
        found
            .strip_prefix(self.prefix.as_bytes())
            .map(|rest| rest.trim_ascii().to_vec())
            .ok_or(Refusal::Malformed)
    }

    fn put(&self, value: &str) -> Signed {
        let value = format!("{}{value}", self.prefix);
        if self.in_query {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair(&self.name, &value);
            return Signed {
                query: query.finish(),
                headers: Vec::new(),
            };
        }
        Signed {
            query: String::new(),
            headers: vec![(self.name.clone(), value)],
        }
    }
}

fn header_name(name: &str, path: &str, checks: &mut Checks) -> Option<String> {
    let sound = name.len() <= MAX_WORD && http::HeaderName::from_bytes(name.as_bytes()).is_ok();
    if !sound {
        checks.add(path, "bad_header", "a header's name, such as x-signature");
        return None;
    }
    Some(name.to_ascii_lowercase())
}

/// Cuts a template into its parts; the word `body` alone is the raw body.
fn parts(template: &str) -> Vec<Part> {
    if template == "body" {
        return vec![Part::Body];
    }
    let mut parts = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let (length, part) = [("{timestamp}", Part::Timestamp), ("{body}", Part::Body)]
            .into_iter()
            .find_map(|(mark, part)| rest.starts_with(mark).then_some((mark.len(), part)))
            .unwrap_or_else(|| {
                let next = rest.char_indices().skip(1).find(|(_, c)| *c == '{');
                let end = next.map_or(rest.len(), |(at, _)| at);
                let text = rest.get(..end).unwrap_or(rest).to_owned();
                (end, Part::Literal(text))
            });
        parts.push(part);
        rest = rest.get(length..).unwrap_or_default();
    }
    parts
}

fn sole_header<'a>(inbound: &Inbound<'a>, name: &str) -> Result<&'a str, Refusal> {
    match inbound.header(name) {
        Single::Absent => Err(Refusal::Missing),
        Single::Once(value) => std::str::from_utf8(value).map_err(|_| Refusal::Malformed),
        Single::Repeated => Err(Refusal::Malformed),
    }
}

/// Judges a time in Unix seconds, or milliseconds where it has thirteen digits.
fn check_time(text: &str, tolerance: i64, now: DateTime<Utc>) -> Result<(), Refusal> {
    let digits =
        matches!(text.len(), 1..=10 | 13) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: Option<i64> = digits.then(|| text.parse().ok()).flatten();
    let at = number.and_then(|number| match text.len() {
        13 => DateTime::from_timestamp_millis(number),
        _ => DateTime::from_timestamp(number, 0),
    });
    let at = at.ok_or(Refusal::Malformed)?;
    if now.signed_duration_since(at).abs() > TimeDelta::seconds(tolerance) {
        return Err(Refusal::Stale);
    }
    Ok(())
}

fn holds<D: EagerHash>(secret: &[u8], message: &[&[u8]], told: &[u8]) -> bool
where
    Hmac<D>: KeyInit + Mac,
{
    mac::<D>(secret, message).is_some_and(|mac| mac.verify_slice(told).is_ok())
}

fn tag<D: EagerHash>(secret: &[u8], message: &[&[u8]]) -> Vec<u8>
where
    Hmac<D>: KeyInit + Mac,
{
    mac::<D>(secret, message)
        .map(|mac| mac.finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

fn mac<D: EagerHash>(secret: &[u8], message: &[&[u8]]) -> Option<Hmac<D>>
where
    Hmac<D>: KeyInit + Mac,
{
    let mac = <Hmac<D> as KeyInit>::new_from_slice(secret).ok()?;
    Some(message.iter().fold(mac, |mac, part| mac.chain_update(part)))
}
