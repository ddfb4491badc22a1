//! The answer to "fill this template for this order": a text, or what is missing.

use std::collections::BTreeMap;

use serde::Serialize;
use ts_rs::TS;

use crate::template::{Template, TemplateError};
use crate::values::{Reason, Sources, Values};
use crate::variable::Variable;
use crate::words::{Locale, words};

/// Stands for the order itself in a list of what is missing.
const OPEN_SALE: &str = "order.open";

/// Answers the filling of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(
    tag = "result",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum Fill {
    /// Every value is there; the text can be sent as it is.
    Filled {
        /// The text.
        text: String,
        /// The subject when it goes by e-mail.
        subject: String,
        /// Where values stand.
        marks: Vec<Mark>,
    },
    /// Something is missing; nothing can be sent.
    Blocked {
        /// What is missing; never empty.
        missing: Vec<Missing>,
        /// The key of a template for this stage that would fill now.
        instead: Option<String>,
        /// The text with each missing value named in brackets, for the eye only.
        preview: String,
        /// Where values and brackets stand in the preview.
        marks: Vec<Mark>,
    },
}

/// Tells where a variable's value stands in a text, in UTF-16 code units from its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Mark {
    /// First unit.
    #[ts(type = "number")]
    pub start: usize,
    /// One past the last unit.
    #[ts(type = "number")]
    pub end: usize,
    /// The variable's dotted name.
    pub variable: String,
}

/// Names a value that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Missing {
    /// The variable's dotted name; `order.open` when the sale itself is over.
    pub variable: String,
    /// What people call it.
    pub label: String,
    /// Why it is missing.
    pub reason: Reason,
    /// The reason in words.
    pub reason_words: String,
    /// What would bring it, in words; `null` when nothing should.
    pub brought_by: Option<String>,
}

impl Missing {
    fn of(variable: Variable, reason: Reason, locale: Locale) -> Self {
        let told = words(locale).variable(variable);
        Self {
            variable: variable.name().to_owned(),
            label: told.label.clone(),
            reason,
            reason_words: words(locale).reason(reason).to_owned(),
            brought_by: (reason != Reason::Paid).then(|| told.brought_by.clone()),
        }
    }

    fn open_sale(locale: Locale) -> Self {
        Self {
            variable: OPEN_SALE.to_owned(),
            label: words(locale).open_sale.clone(),
            reason: Reason::Paid,
            reason_words: words(locale).reason(Reason::Paid).to_owned(),
            brought_by: None,
        }
    }

    /// Writes label and reason, as in `PIX copia e cola: expirado`.
    #[must_use]
    pub fn in_words(&self) -> String {
        format!("{}: {}", self.label, self.reason_words)
    }
}

impl Template {
    /// Lists what is missing to fill this text now; a text that asks for payment misses an open sale once it is paid.
    ///
    /// # Errors
    /// As [`Template::variables`].
    pub fn missing(
        &self,
        sources: &Sources<'_>,
        values: &Values,
    ) -> Result<Vec<Missing>, TemplateError> {
        let over = self.asks_for_payment() && sources.order.was_paid();
        let mut missing: Vec<Missing> = over
            .then(|| Missing::open_sale(self.locale))
            .into_iter()
            .collect();
        for variable in self.variables()? {
            if let Err(reason) = values.get(variable) {
                missing.push(Missing::of(variable, reason, self.locale));
            }
        }
        Ok(missing)
    }

    /// Fills this text. `instead` is asked only when something is missing.
    ///
    /// # Errors
    /// As [`Template::variables`].
    pub fn fill(
        &self,
        sources: &Sources<'_>,
        instead: impl FnOnce() -> Option<String>,
    ) -> Result<Fill, TemplateError> {
        let values = Values::of(sources);
        let missing = self.missing(sources, &values)?;
        let mut written = BTreeMap::new();
        for variable in self.variables()? {
            let value = values
                .get(variable)
                .map_or_else(|_| bracketed(variable, &missing), str::to_owned);
            written.insert(variable, value);
        }
        let (text, marks) = self.render(&written)?;
        if missing.is_empty() {
            return Ok(Fill::Filled {
                text,
                subject: self.subject.clone(),
                marks,
            });
        }
        Ok(Fill::Blocked {
            missing,
            instead: instead(),
            preview: text,
            marks,
        })
    }
}

fn bracketed(variable: Variable, missing: &[Missing]) -> String {
    let told = missing
        .iter()
        .find(|missing| missing.variable == variable.name());
    format!(
        "[{}]",
        told.map_or_else(|| variable.name().to_owned(), Missing::in_words)
    )
}
