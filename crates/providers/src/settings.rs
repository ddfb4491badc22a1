//! What a seller set for one integration, read tolerantly: an unknown or wrong setting is as good as none.

use std::fmt;
use std::sync::{Arc, OnceLock};

use contract::{Currency, Stage};
use serde_json::Value;

use crate::custom::Blueprint;
use crate::links;

pub(crate) mod forms;

pub use forms::Form;

/// Holds an integration's settings as they are stored; a clone shares them.
#[derive(Clone, Default)]
pub struct Settings(Arc<Told>);

#[derive(Default)]
struct Told {
    json: Value,
    /// Compiled when it is first asked for.
    blueprint: OnceLock<Result<Blueprint, Vec<Problem>>>,
}

/// Names what is wrong with a setting; repeats nothing of a body or a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the settings, as in `blueprint.fields.amount`.
    pub path: String,
    /// The stable word for it, as in `bad_expression`.
    pub code: &'static str,
    /// What is wrong or expected, in an English sentence.
    pub detail: String,
}

impl Settings {
    /// Takes the settings' JSON object; anything else counts as no settings.
    #[must_use]
    pub fn new(value: Value) -> Self {
        Self(Arc::new(Told {
            json: value,
            blueprint: OnceLock::new(),
        }))
    }

    /// Returns the settings as they were entered.
    #[must_use]
    pub fn as_json(&self) -> &Value {
        &self.0.json
    }

    /// Returns `blueprint`, compiled: how a custom source is read.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn blueprint(&self) -> Result<&Blueprint, &[Problem]> {
        let compiled = &self.0.blueprint;
        compiled
            .get_or_init(|| Blueprint::compile(self.0.json.get("blueprint")))
            .as_ref()
            .map_err(Vec::as_slice)
    }

    /// Returns `currency`: what amounts are in where the platform does not tell; the real by default.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.text("currency")
            .and_then(|code| Currency::parse(code).ok())
            .unwrap_or(Currency::BRL)
    }

    /// Returns `checkoutUrls.<product>`: the checkout link the seller set for a product; `https` only.
    #[must_use]
    pub fn product_url(&self, product: &str) -> Option<String> {
        let link = self.0.json.get("checkoutUrls")?.get(product)?.as_str()?;
        links::https(link)
    }

    /// Returns `checkoutUrl`: the checkout link for products without one of their own; `https` only.
    #[must_use]
    pub fn checkout_url(&self) -> Option<String> {
        self.text("checkoutUrl").and_then(links::https)
    }

    /// Returns `stages.<word>`: the stage the seller gave a status of their shop's own making.
    #[must_use]
    pub fn stage_of(&self, word: &str) -> Option<Stage> {
        Stage::from_name(self.0.json.get("stages")?.get(word)?.as_str()?)
    }

    /// Returns a whole number, sent as a number or as a text of digits.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        let value = self.0.json.get(name)?;
        match value.as_u64() {
            Some(number) => u32::try_from(number).ok(),
            None => value.as_str()?.trim().parse().ok(),
        }
    }

    /// Returns an id, sent as a text or as a number; blank counts as none.
    pub(crate) fn id(&self, name: &str) -> Option<String> {
        let value = self.0.json.get(name)?;
        let id = match value {
            Value::Number(number) => number.to_string(),
            _ => value.as_str()?.trim().to_owned(),
        };
        (!id.is_empty()).then_some(id)
    }

    /// Returns a setting that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.json.get(name).and_then(Value::as_str)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Settings({})", self.0.json)
    }
}
