//! A source as the service keeps it, and how it is made and changed.

use std::collections::BTreeMap;
use std::fmt;

use contract::IntegrationId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use ts_rs::TS;

use super::At;
use super::platforms::PanelSteps;

/// Shows one source, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Source {
    /// Its id.
    pub id: IntegrationId,
    /// Its name on the wire.
    pub slug: String,
    /// The platform.
    pub provider: String,
    /// The platform's name as people say it.
    pub provider_name: String,
    /// What people call it.
    pub name: String,
    /// Where the platform sends to; admins only, for whoever has it can send.
    #[serde(default)]
    pub webhook_url: Option<String>,
    /// What was entered, apart from credentials.
    #[serde(default)]
    #[ts(type = "Record<string, unknown>")]
    pub settings: Map<String, Value>,
    /// Webhooks are taken.
    pub active: bool,
    /// The platform signs what it sends.
    pub signs: bool,
    /// The secrets that hold, the newest first.
    #[serde(default)]
    pub secrets: Vec<SourceSecret>,
    /// The credentials that are set.
    #[serde(default)]
    pub credentials: Vec<SourceCredential>,
    /// When it was added.
    pub created_at: At,
}

/// Shows what is left of a secret for the eye.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SourceSecret {
    /// Its last four characters; empty for a short one.
    #[serde(default)]
    pub last_four: String,
    /// When it ends; `None` for the one in use.
    #[serde(default)]
    pub valid_until: Option<At>,
}

/// Shows that a credential is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SourceCredential {
    /// Its key, as in `clientSecret`.
    pub name: String,
    /// Its last four characters; empty for a short one.
    #[serde(default)]
    pub last_four: String,
}

#[derive(Deserialize)]
pub(super) struct Listed {
    pub(super) integrations: Vec<Source>,
}

/// Holds a text that is shown to nobody, not even to a reader of logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Hidden([redacted])")
    }
}

/// Describes a source to add.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, optional_fields)]
pub struct NewSource {
    /// The platform.
    pub provider: String,
    /// What people will call it.
    pub name: String,
    /// The platform's secret, where it is known already.
    pub secret: Option<Hidden>,
    /// Settings, where some are known already.
    #[ts(optional, type = "Record<string, unknown>")]
    pub settings: Option<Map<String, Value>>,
}

impl NewSource {
    pub(super) fn submitted(&self, slug: &str) -> Value {
        let mut body = json!({
            "slug": slug, "provider": self.provider, "name": self.name.trim(), "active": true,
        });
        put(&mut body, "secrets", secrets(self.secret.as_ref()));
        put(
            &mut body,
            "settings",
            self.settings.clone().map(Value::Object),
        );
        body
    }
}

/// Says what is to be different about a source; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export, optional_fields)]
pub struct SourceChange {
    /// What people call it.
    pub name: Option<String>,
    /// The only secret from now on; for a change without a gap a secret is rotated.
    pub secret: Option<Hidden>,
    /// Credentials by name; `null` removes one.
    #[ts(optional, type = "Record<string, string | null>")]
    pub credentials: Option<BTreeMap<String, Option<Hidden>>>,
    /// All settings.
    #[ts(optional, type = "Record<string, unknown>")]
    pub settings: Option<Map<String, Value>>,
    /// Webhooks are taken.
    pub active: Option<bool>,
}

impl SourceChange {
    pub(super) fn submitted(&self) -> Value {
        let mut body = json!({});
        put(
            &mut body,
            "name",
            self.name.as_deref().map(|name| json!(name.trim())),
        );
        put(&mut body, "secrets", secrets(self.secret.as_ref()));
        put(
            &mut body,
            "credentials",
            self.credentials.as_ref().map(|all| json!(all)),
        );
        put(
            &mut body,
            "settings",
            self.settings.clone().map(Value::Object),
        );
        put(&mut body, "active", self.active.map(Value::Bool));
        body
    }
}

/// A secret as people paste it: without the blanks around it; none when nothing is left.
fn secrets(secret: Option<&Hidden>) -> Option<Value> {
    let text = secret?.0.trim();
    (!text.is_empty()).then(|| json!([text]))
}

fn put(body: &mut Value, key: &str, value: Option<Value>) {
    if let (Some(fields), Some(value)) = (body.as_object_mut(), value) {
        fields.insert(key.to_owned(), value);
    }
}

/// Asks for a new secret.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, optional_fields)]
pub struct RotateAsked {
    /// The platform's new secret; without one the service makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Hidden>,
    /// How long the old one holds beside it, in hours, at most 168.
    pub overlap_hours: u32,
}

/// Answers a rotation.
#[derive(Debug, Clone, Deserialize)]
pub struct Rotated {
    /// The source as it stands now.
    #[serde(flatten)]
    pub source: Source,
    /// The secret that the service made: for the clipboard, never for the page.
    #[serde(default)]
    pub secret: Option<Hidden>,
}

/// Answers the wish to register a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
#[derive(Default)]
pub struct Registered {
    /// It is registered.
    pub registered: bool,
    /// The platform's events that are sent from now on.
    pub events: Vec<String>,
    /// The platform made a secret, and the service keeps it.
    pub secret_stored: bool,
    /// Why it is not registered, by code.
    pub reason: Option<String>,
    /// What to do by hand then.
    pub steps: PanelSteps,
}

/// Names a source after its platform: `kiwify`, then `kiwify-2`.
pub(super) fn free_slug(provider: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let plain: String = provider
        .chars()
        .map(|letter| if letter == '_' { '-' } else { letter })
        .collect();
    let numbered = (2_u32..).map(|number| format!("{plain}-{number}"));
    let mut names = std::iter::once(plain.clone()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_one_platform_are_numbered() {
        let taken = ["kiwify", "kiwify-2", "cart-abandonment"];
        let free = |provider| free_slug(provider, |slug| taken.contains(&slug));
        assert_eq!(free("kiwify"), "kiwify-3");
        assert_eq!(free("hotmart"), "hotmart");
        assert_eq!(free("cart_abandonment"), "cart-abandonment-2");
    }

    #[test]
    fn only_what_changes_is_sent() {
        for (change, sent) in [
            (json!({}), json!({})),
            (json!({"name": " Loja "}), json!({"name": "Loja"})),
            (json!({"secret": " abc\n"}), json!({"secrets": ["abc"]})),
            (json!({"secret": "  "}), json!({})),
            (json!({"active": false}), json!({"active": false})),
            (
                json!({"credentials": {"clientId": "a", "clientSecret": null}}),
                json!({"credentials": {"clientId": "a", "clientSecret": null}}),
            ),
        ] {
            let read: SourceChange = serde_json::from_value(change).unwrap();
            assert_eq!(read.submitted(), sent);
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let change: SourceChange =
            serde_json::from_value(json!({"secret": "planted", "credentials": {"a": "planted"}}))
                .unwrap();
        assert!(!format!("{change:?}").contains("planted"));
    }
}
