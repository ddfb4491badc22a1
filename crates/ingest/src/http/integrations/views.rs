//! How integrations look in requests and answers, and what is acceptable in them.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use contract::IntegrationId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::Desk;
use super::super::answer::Refused;
use super::super::body::whole;
use crate::store::{Integration, SecretText, StoredSecret};

/// The longest secret or credential, in bytes.
const SECRET_BYTES: usize = 1_024;
/// From how many characters on the last four of a secret are shown.
const SHOWN_FROM: usize = 12;
/// The most credentials of one integration.
const CREDENTIALS_MOST: usize = 16;

/// Asks for an integration to be created, or updated by its slug.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Submitted {
    pub(super) slug: String,
    pub(super) provider: String,
    #[serde(flatten)]
    pub(super) change: Change,
}

/// Says what is to be different; what is absent stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    pub(super) name: Option<String>,
    pub(super) secrets: Option<Texts>,
    pub(super) credentials: Option<Credentials>,
    pub(super) settings: Option<Map<String, Value>>,
    pub(super) active: Option<bool>,
}

/// Holds secrets on their way in; without `Debug` that shows them.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Texts(pub(super) Vec<String>);

impl fmt::Debug for Texts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "[{} secrets]", self.0.len())
    }
}

/// Holds credentials on their way in: a text sets one, null removes it.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Credentials(BTreeMap<String, Option<String>>);

/// Asks for a new secret; without one the service makes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rotation {
    pub(super) secret: Option<String>,
    #[serde(default, deserialize_with = "whole")]
    pub(super) overlap_hours: Option<u32>,
}

/// Answers a rotation.
#[derive(Serialize)]
pub(crate) struct Rotated {
    #[serde(flatten)]
    pub(super) integration: View,
    /// The secret the service made, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<String>,
}

/// Lists integrations.
#[derive(Serialize)]
pub(crate) struct Listed {
    pub(super) integrations: Vec<View>,
}

/// Shows an integration without its secrets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct View {
    id: IntegrationId,
    slug: String,
    provider: String,
    provider_name: &'static str,
    name: String,
    /// The unguessable part of the address; admins only.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Where the platform sends to; admins only.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<String>,
    settings: Value,
    active: bool,
    /// Whether the platform signs; if not, its address alone vouches for what it sends.
    signs: bool,
    /// The secrets that hold, newest first.
    secrets: Vec<SecretView>,
    /// The credentials that are set.
    credentials: Vec<CredentialView>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// Shows a secret so that it can be told from another.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SecretView {
    last_four: String,
    /// When it ends; null for one without end.
    valid_until: Option<DateTime<Utc>>,
}

impl SecretView {
    fn of(secret: &StoredSecret) -> Self {
        Self {
            last_four: last_four(&secret.value),
            valid_until: secret.valid_until,
        }
    }
}

/// Shows a credential so that it can be told from another.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CredentialView {
    name: String,
    last_four: String,
}

impl CredentialView {
    fn of((name, value): (&String, &SecretText)) -> Self {
        Self {
            name: name.clone(),
            last_four: last_four(value),
        }
    }
}

/// Returns the end of a secret, or nothing of one so short that its end would tell too much.
fn last_four(secret: &SecretText) -> String {
    let text: Vec<char> = secret.expose().chars().collect();
    match text.last_chunk::<4>() {
        Some(end) if text.len() >= SHOWN_FROM => end.iter().collect(),
        _ => String::new(),
    }
}

impl View {
    /// Shows an integration, with its key only to those who may see it.
    pub(super) fn of(desk: &Desk, one: &Integration, with_key: bool, now: DateTime<Utc>) -> Self {
        let provider = providers::provider(&one.provider);
        let valid = one.secrets.iter().filter(|secret| secret.is_valid(now));
        Self {
            id: one.id,
            slug: one.slug.clone(),
            provider: one.provider.clone(),
            provider_name: provider.map_or("", |known| known.name()),
            name: one.name.clone(),
            key: with_key.then(|| one.key.expose().to_owned()),
            webhook_url: with_key.then(|| webhook_url(desk, one)),
            settings: one.settings.as_json().clone(),
            active: one.active,
            signs: provider.is_some_and(|known| known.signs_with(&one.settings)),
            secrets: valid.map(SecretView::of).collect(),
            credentials: one.credentials.iter().map(CredentialView::of).collect(),
            created_at: one.created_at,
            updated_at: one.updated_at,
        }
    }
}

/// Returns where the platform sends to.
pub(super) fn webhook_url(desk: &Desk, one: &Integration) -> String {
    one.webhook_url(&desk.base_url)
}

/// Accepts a slug: 1 to 64 small letters, digits and inner hyphens.
pub(super) fn check_slug(slug: &str) -> Result<(), Refused> {
    let good = (1..=64).contains(&slug.len())
        && slug
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && !slug.starts_with("int_");
    if good {
        return Ok(());
    }
    Err(Refused::invalid(
        "slug",
        "A slug has 1 to 64 small letters, digits and inner hyphens.",
    ))
}

pub(super) fn checked_name(name: &str) -> Result<String, Refused> {
    let name = name.trim();
    if (1..=120).contains(&name.chars().count()) {
        return Ok(name.to_owned());
    }
    Err(Refused::invalid("name", "A name has 1 to 120 characters."))
}

pub(super) fn checked_secret(path: &str, secret: String) -> Result<SecretText, Refused> {
    if secret.trim().is_empty() || secret.len() > SECRET_BYTES {
        return Err(Refused::invalid(
            path,
            "A secret has 1 to 1024 bytes and is not blank.",
        ));
    }
    Ok(SecretText::new(secret))
}

pub(super) fn checked_secrets(
    secrets: Vec<String>,
    most: usize,
) -> Result<Vec<StoredSecret>, Refused> {
    if secrets.len() > most {
        return Err(Refused::invalid(
            "secrets",
            "At most 2 secrets hold at once.",
        ));
    }
    let check = |(place, secret)| {
        let value = checked_secret(&format!("secrets[{place}]"), secret)?;
        Ok(StoredSecret {
            value,
            valid_until: None,
        })
    };
    secrets.into_iter().enumerate().map(check).collect()
}

/// Sets and removes credentials; what is not named stays.
pub(super) fn merge_credentials(
    credentials: &mut BTreeMap<String, SecretText>,
    Credentials(changes): Credentials,
) -> Result<(), Refused> {
    let is_name = |name: &str| (1..=64).contains(&name.len());
    for (name, value) in changes {
        match value {
            _ if !is_name(&name) => return Err(bad_credentials()),
            Some(value) => {
                let value = checked_secret("credentials", value)?;
                credentials.insert(name, value);
            }
            None => {
                credentials.remove(&name);
            }
        }
    }
    if credentials.len() > CREDENTIALS_MOST {
        return Err(bad_credentials());
    }
    Ok(())
}

fn bad_credentials() -> Refused {
    Refused::invalid(
        "credentials",
        "At most 16 credentials, with names of 1 to 64 bytes.",
    )
}

#[cfg(test)]
mod tests {
    use super::last_four;
    use crate::store::SecretText;

    #[test]
    fn only_long_secrets_show_their_end() {
        for (secret, shown) in [
            ("", ""),
            ("12345678901", ""),
            ("123456789012", "9012"),
            ("segredo-com-fim-é→ñç", "é→ñç"),
        ] {
            assert_eq!(last_four(&SecretText::new(secret)), shown, "{secret}");
        }
    }
}
