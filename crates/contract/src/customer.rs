//! The person who buys, as a platform names them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Holds what is known of a buyer; its `Debug` shows only which parts are there.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Customer {
    /// Full name, trimmed, inner runs of spaces folded.
    pub name: Option<String>,
    /// E-mail address, trimmed, as typed.
    pub email: Option<String>,
    /// Phone in E.164, mobile numbers with their ninth digit.
    pub phone: Option<String>,
    /// Phone as it was typed, when it cannot be read as E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub phone_typed: Option<String>,
    /// CPF (11 digits) or CNPJ (14 characters, upper case), without punctuation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub document: Option<String>,
}

impl Customer {
    /// Tells whether nothing here could lead to a person.
    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        self.phone.is_none() && self.email.is_none() && self.document.is_none()
    }

    /// Returns the first word of the name.
    #[must_use]
    pub fn first_name(&self) -> Option<&str> {
        self.name
            .as_deref()
            .and_then(|name| name.split_whitespace().next())
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |there: bool| if there { "[redacted]" } else { "none" };
        out.debug_struct("Customer")
            .field("name", &shown(self.name.is_some()))
            .field("email", &shown(self.email.is_some()))
            .field(
                "phone",
                &shown(self.phone.is_some() || self.phone_typed.is_some()),
            )
            .field("document", &shown(self.document.is_some()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Customer;

    #[test]
    fn debug_never_shows_the_person() {
        let customer = Customer {
            name: Some("Rita de Teste".to_owned()),
            email: Some("rita@example.com".to_owned()),
            phone: Some("+5547900000111".to_owned()),
            phone_typed: None,
            document: Some("12345678909".to_owned()),
        };
        let text = format!("{customer:?}");
        for secret in ["Rita", "rita", "4790", "1234"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert_eq!(customer.first_name(), Some("Rita"));
    }
}
