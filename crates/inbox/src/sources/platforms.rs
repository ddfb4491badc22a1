//! What the service can read, and how each platform is set up.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Describes a platform that a source can be added for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SourcePlatform {
    /// Its word on the wire.
    pub slug: String,
    /// Its name as people say it.
    pub name: String,
    /// It signs what it sends.
    pub signs: bool,
    /// What a secret is to it.
    #[serde(default)]
    pub secret: SecretUse,
    /// What its API asks for.
    #[serde(default)]
    pub credentials: Vec<SourceField>,
    /// What a seller may want to enter.
    #[serde(default)]
    pub settings: Vec<SourceField>,
    /// The kinds of records that can be read back: `orders`, `abandoned`, `sales`.
    #[serde(default)]
    pub pulls: Vec<String>,
    /// Its webhook can be registered by the service.
    #[serde(default)]
    pub registers: bool,
    /// A test event can be made for it.
    #[serde(default)]
    pub sample: bool,
    /// Whether its webhooks hold PIX codes; `None` where the service does not tell.
    #[serde(default)]
    pub pix: Option<Given>,
    /// Whether they hold boleto lines.
    #[serde(default)]
    pub boleto: Option<Given>,
    /// Whether they hold a link to pay or to return.
    #[serde(default)]
    pub link: Option<Given>,
    /// Where in its panel the address goes and the secret is found.
    #[serde(default)]
    pub steps: PanelSteps,
}

/// Lists what a secret can be to a platform.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SecretUse {
    /// Without one no webhook is taken.
    Required,
    /// With one it is demanded; without one only the address vouches.
    #[default]
    Optional,
    /// There is nothing to enter.
    None,
}

/// Lists whether webhooks hold something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Given {
    /// Wherever it applies.
    Yes,
    /// In some bodies only.
    Partly,
    /// Never.
    No,
}

/// Names something a seller enters for a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SourceField {
    /// Its key, as in `shopDomain`.
    pub name: String,
    /// Nothing works without it.
    #[serde(default)]
    pub required: bool,
    /// It is hidden once it was entered.
    #[serde(default)]
    pub secret: bool,
    /// How it is entered.
    #[serde(default)]
    pub form: FieldForm,
}

/// Lists how something can be entered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FieldForm {
    /// A whole number from 0.
    Number,
    /// A currency's code of three letters.
    Currency,
    /// An `https` link.
    Link,
    /// A table from the platform's words to the names of stages.
    Stages,
    /// A table from products to `https` links.
    Links,
    /// A line of text, and whatever a newer service has that this version cannot draw.
    #[default]
    #[serde(other)]
    Text,
}

/// Holds numbered steps in each language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PanelSteps {
    /// In Portuguese of Brazil.
    #[serde(rename = "pt-BR", default)]
    pub pt_br: Vec<String>,
    /// In English.
    #[serde(default)]
    pub en: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Listed {
    pub(super) platforms: Vec<SourcePlatform>,
}

#[cfg(test)]
mod tests {
    use super::{FieldForm, SourceField};

    #[test]
    fn a_form_that_is_not_known_here_is_a_text() {
        for (told, form) in [
            (r#""form":"stages","#, FieldForm::Stages),
            (r#""form":"text","#, FieldForm::Text),
            (r#""form":"colour","#, FieldForm::Text),
            ("", FieldForm::Text),
        ] {
            let field: SourceField = serde_json::from_str(&format!(r#"{{{told}"name":"x"}}"#))
                .expect("a platform of a newer service is a platform");
            assert_eq!(field.form, form, "{told}");
        }
    }
}
