//! What somebody entered for an account's API.

use providers::pull::{Account, Credentials, Puller, puller};

use crate::store::{Integration, SecretText};

/// Gives out an integration's credentials.
pub(crate) struct Entered<'a>(pub(crate) &'a Integration);

impl Credentials for Entered<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.credentials.get(name).map(SecretText::expose)?;
        (!value.trim().is_empty()).then_some(value)
    }
}

impl Entered<'_> {
    /// Returns what a request needs.
    pub(crate) fn with<'b>(&'b self, token: Option<&'b str>) -> Account<'b> {
        Account {
            credentials: self,
            settings: &self.0.settings,
            token,
        }
    }
}

/// Names the required credentials and settings of the platform's API that are absent.
pub(crate) fn missing(puller: &dyn Puller, integration: &Integration) -> Vec<&'static str> {
    let credentials = puller
        .credentials()
        .iter()
        .filter(|field| field.required && Entered(integration).get(field.name).is_none());
    let settings = puller
        .settings()
        .iter()
        .filter(|field| field.required && !has_setting(integration, field.name));
    credentials
        .chain(settings)
        .map(|field| field.name)
        .collect()
}

/// Tells whether the platform has an API that is read and all it needs is there.
pub(crate) fn is_set_up(integration: &Integration) -> bool {
    puller(&integration.provider).is_some_and(|puller| missing(puller, integration).is_empty())
}

fn has_setting(integration: &Integration, name: &str) -> bool {
    match integration.settings.as_json().get(name) {
        None | Some(serde_json::Value::Null) => false,
        Some(serde_json::Value::String(text)) => !text.trim().is_empty(),
        Some(_) => true,
    }
}
