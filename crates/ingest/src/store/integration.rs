//! Integrations: one platform account each, with its webhook key and its secrets.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::{IntegrationId, WorkspaceId};

use super::SecretText;

/// Holds one integration with its secrets opened; kept in memory and shared.
#[derive(Debug, Clone)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Its name in requests, unique in the workspace.
    pub slug: String,
    /// The slug of the platform.
    pub provider: String,
    /// Its name for people.
    pub name: String,
    /// The unguessable part of its webhook address.
    pub key: SecretText,
    /// What signatures are checked with; newest first.
    pub secrets: Vec<StoredSecret>,
    /// What the platform's API asks for.
    pub credentials: BTreeMap<String, SecretText>,
    /// The platform's settings, not secret; made ready once for all its requests.
    pub settings: providers::Settings,
    /// False when its webhooks are refused.
    pub active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Integration {
    /// Returns where the platform sends to, below the address the service is reached at.
    #[must_use]
    pub fn webhook_url(&self, base_url: &str) -> String {
        let (provider, key) = (&self.provider, self.key.expose());
        format!("{base_url}/api/v1/webhooks/{provider}/{key}")
    }
}

/// Holds one signing secret; an old one ends by itself after a rotation's overlap.
#[derive(Debug, Clone)]
pub struct StoredSecret {
    /// The secret.
    pub value: SecretText,
    /// Until when it is taken; `None` means without end.
    pub valid_until: Option<DateTime<Utc>>,
}

impl StoredSecret {
    /// Tells whether the secret is taken at a time.
    #[must_use]
    pub fn is_valid(&self, at: DateTime<Utc>) -> bool {
        self.valid_until.is_none_or(|end| at < end)
    }
}

/// Describes an integration to create or to change, whole: what is absent here is absent afterwards.
#[derive(Debug, Clone)]
pub struct NewIntegration {
    /// Taken when the integration is new.
    pub id: IntegrationId,
    /// Finds the integration to change.
    pub slug: String,
    /// The slug of the platform; never changes.
    pub provider: String,
    /// Its name for people.
    pub name: String,
    /// Taken when the integration is new.
    pub key: SecretText,
    /// The signing secrets, newest first.
    pub secrets: Vec<StoredSecret>,
    /// What the platform's API asks for.
    pub credentials: BTreeMap<String, SecretText>,
    /// The platform's settings, not secret.
    pub settings: serde_json::Value,
    /// False to refuse its webhooks.
    pub active: bool,
}

/// Answers an upsert.
#[derive(Debug, Clone)]
pub struct Upserted {
    /// The integration as it is now.
    pub integration: std::sync::Arc<Integration>,
    /// True when it was new.
    pub created: bool,
}
