//! What a seller set for one integration, read tolerantly: an unknown or wrong setting is as good as none.

use contract::Currency;
use serde_json::Value;

use crate::links;

/// Holds an integration's settings as they are stored.
#[derive(Debug, Clone, Default)]
pub struct Settings(Value);

impl Settings {
    /// Takes the settings' JSON object; anything else counts as no settings.
    #[must_use]
    pub const fn new(value: Value) -> Self {
        Self(value)
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
        let link = self.0.get("checkoutUrls")?.get(product)?.as_str()?;
        links::https(link)
    }

    /// Returns `checkoutUrl`: the checkout link for products without one of their own; `https` only.
    #[must_use]
    pub fn checkout_url(&self) -> Option<String> {
        self.text("checkoutUrl").and_then(links::https)
    }

    /// Returns a setting that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }
}
