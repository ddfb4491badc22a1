//! Hotmart's webhooks, versions 2.0.0 (JSON) and 1.0.0 (form posts, and JSON for carts and subscriptions).
//!
//! Sources: developers.hotmart.com as summarised in public API catalogues, Hotmart's help centre, the panel's test events and
//! anonymised captures of real deliveries. The version is told by the body's shape, since a seller picks it in the panel.
//!
//! An order bump has a transaction, and so a card, of its own; it names the sale it was added to, and the two are one chase.
//!
//! Hotmart signs nothing: it sends one token per account, the hottok, in the header `X-HOTMART-HOTTOK` or in the body. Whoever
//! has it can forge events for every product of the account, so [`Provider::strip`] takes it out before a body is stored.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::about::About;
use crate::inbound::Single;
use crate::proof::{self, Proof, Refusal};
use crate::pull::Pulled;
use crate::reading::{Context, Reading, Unreadable};
use crate::secret::Secret;
use crate::{Inbound, Provider, Sample, json};

mod about;
mod current;
mod form;
mod legacy;
mod phone;
mod pulled;

const SLUG: &str = "hotmart";
const TOKEN: &str = "hottok";
const TOKEN_HEADER: &str = "x-hotmart-hottok";
/// The transaction that every test of the panel bears.
const TEST_TRANSACTION: &str = "HP16015479281022";

/// Reads Hotmart.
pub(crate) struct Hotmart;

impl Provider for Hotmart {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Hotmart"
    }

    fn about(&self) -> &'static About {
        &about::ABOUT
    }

    fn signs(&self) -> bool {
        true
    }

    /// The account's token in the header, or in the body; where it stands in both, both must hold.
    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        _context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        proof::ready(secrets)?;
        let header = match inbound.header(TOKEN_HEADER) {
            Single::Absent => None,
            Single::Once(value) => Some(value.to_vec()),
            Single::Repeated => return Err(Refusal::Malformed),
        };
        let scheme = if header.is_some() {
            "hotmart.header"
        } else {
            "hotmart.body"
        };
        let mut tokens = body_tokens(inbound.body)?;
        tokens.extend(header);
        if tokens.is_empty() {
            return Err(Refusal::Missing);
        }
        let secret_index = proof::first_holding(secrets, |secret| {
            // No short cut: every token is compared.
            tokens.iter().fold(true, |held, token| {
                proof::token_holds(secret.trimmed(), token) & held
            })
        })?;
        Ok(Proof {
            scheme,
            secret_index,
            signed: true,
            nonce: None,
        })
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        if !is_json(inbound.body) {
            return legacy::read_form(inbound.body, context);
        }
        let head: current::Head<'_> = json::read(inbound.body)?;
        match head.event.text() {
            Some(event) => current::read(event, inbound.body, context),
            None => legacy::read_json(inbound.body, context),
        }
    }

    fn read_pulled(&self, pulled: &Pulled, context: &Context<'_>) -> Result<Reading, Unreadable> {
        pulled::read(&pulled.body, context)
    }

    /// Cuts the token out. Where a body is so broken that it may still hold it, nothing of it is kept.
    fn strip<'a>(&self, inbound: &Inbound<'a>) -> Cow<'a, [u8]> {
        let body = inbound.body;
        let stripped = if is_json(body) {
            json::without_members(body, TOKEN)
        } else {
            form::without(body, TOKEN)
        };
        if mentions_token(&stripped) && !is_sound(&stripped) {
            return Cow::Owned(Vec::new());
        }
        stripped
    }

    /// The envelope's id; version 1.0.0 has none.
    fn delivery_key(&self, inbound: &Inbound<'_>) -> Option<String> {
        let head: current::Head<'_> = is_json(inbound.body)
            .then(|| json::read(inbound.body).ok())
            .flatten()?;
        head.event.text()?;
        head.id
            .text()
            .filter(|id| id.len() <= 100)
            .map(str::to_owned)
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        about::sample(id, now)
    }
}

fn is_json(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

fn mentions_token(body: &[u8]) -> bool {
    body.windows(TOKEN.len())
        .any(|bytes| bytes.eq_ignore_ascii_case(TOKEN.as_bytes()))
}

/// Tells whether a body is what it seems, so that cutting by its structure was enough.
fn is_sound(body: &[u8]) -> bool {
    if is_json(body) {
        return json::is_sound(body);
    }
    form::is_sound(body)
}

/// Lists the tokens at the body's root.
fn body_tokens(body: &[u8]) -> Result<Vec<Vec<u8>>, Refusal> {
    if !is_json(body) {
        return Ok(form::values(body, TOKEN));
    }
    json::root_members(body, TOKEN)
        .into_iter()
        .map(|value| {
            json::string(value)
                .map(String::into_bytes)
                .ok_or(Refusal::Malformed)
        })
        .collect()
}

/// Knows the panel's test events by what all of them carry.
fn is_panel_test(transaction: Option<&str>, email: Option<&str>) -> bool {
    transaction == Some(TEST_TRANSACTION)
        || email.is_some_and(|email| {
            email.starts_with("testeComprador") && email.ends_with("@example.com")
        })
}

#[cfg(test)]
mod tests;
