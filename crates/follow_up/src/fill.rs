//! The answer to "fill this template for this order": a text, or what is missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::name::usable;
use crate::template::{Slot, Template, TemplateError};
use crate::values::{Reason, Sources, Values};
use crate::variable::Variable;
use crate::words::{Locale, words};

/// Stands for the order itself in a list of what is missing.
const OPEN_SALE: &str = "order.open";

/// Longest answer to a prompt, in characters.
pub const LONGEST_ANSWER: usize = 300;

/// Holds the answers to a text's prompts, by the prompt's name.
pub type Answers = BTreeMap<String, String>;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Mark {
    /// First unit.
    #[ts(type = "number")]
    pub start: usize,
    /// One past the last unit.
    #[ts(type = "number")]
    pub end: usize,
    /// The variable's dotted name; for a prompt its name after a question mark, as in `?motivo`.
    pub variable: String,
}

/// Lists what can be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MissingKind {
    /// A value of the sale.
    Variable,
    /// The sale itself: it is over.
    Sale,
    /// An answer of whoever sends the text.
    Prompt,
}

/// Names a value that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Missing {
    /// What it is.
    pub kind: MissingKind,
    /// The variable's dotted name; `order.open` when the sale itself is over; for a prompt its name after a question mark.
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
            kind: MissingKind::Variable,
            variable: variable.name().to_owned(),
            label: told.label.clone(),
            reason,
            reason_words: words(locale).reason(reason).to_owned(),
            brought_by: (reason != Reason::Paid).then(|| told.brought_by.clone()),
        }
    }

    fn open_sale(locale: Locale) -> Self {
        Self {
            kind: MissingKind::Sale,
            variable: OPEN_SALE.to_owned(),
            label: words(locale).open_sale.clone(),
            reason: Reason::Paid,
            reason_words: words(locale).reason(Reason::Paid).to_owned(),
            brought_by: None,
        }
    }

    fn answer(prompt: &str, reason: Reason, locale: Locale) -> Self {
        Self {
            kind: MissingKind::Prompt,
            variable: format!("?{prompt}"),
            label: prompt.to_owned(),
            reason,
            reason_words: words(locale).reason(reason).to_owned(),
            brought_by: Some(words(locale).answer.clone()),
        }
    }

    /// Writes label and reason, as in `PIX copia e cola: expirado`.
    #[must_use]
    pub fn in_words(&self) -> String {
        format!("{}: {}", self.label, self.reason_words)
    }
}

impl Template {
    /// Lists what the sale lacks to fill this text now; a text that asks for payment misses an open sale once it is paid.
    ///
    /// # Errors
    /// As [`Template::slots`].
    pub fn missing(
        &self,
        sources: &Sources<'_>,
        values: &Values,
    ) -> Result<Vec<Missing>, TemplateError> {
        let over = self.asks_for_payment() && sources.is_paid();
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

    /// Fills this text. `instead` is asked only when the sale lacks something, not for a prompt alone.
    ///
    /// # Errors
    /// As [`Template::slots`].
    pub fn fill(
        &self,
        sources: &Sources<'_>,
        answers: &Answers,
        instead: impl FnOnce() -> Option<String>,
    ) -> Result<Fill, TemplateError> {
        let values = Values::of(sources);
        let mut missing = self.missing(sources, &values)?;
        let lacks = !missing.is_empty();
        let mut written = BTreeMap::new();
        for slot in self.slots()? {
            let value = match &slot {
                Slot::Variable(variable) => values
                    .get(*variable)
                    .map_or_else(|_| bracketed(&slot, &missing), str::to_owned),
                Slot::Prompt(prompt) => answer(answers, prompt).unwrap_or_else(|reason| {
                    missing.push(Missing::answer(prompt, reason, self.locale));
                    bracketed(&slot, &missing)
                }),
            };
            written.insert(slot, value);
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
            instead: lacks.then(instead).flatten(),
            preview: text,
            marks,
        })
    }
}

/// Reads the answer to a prompt as one line; braces in it stay braces, but what reads as a template is no answer.
fn answer(answers: &Answers, prompt: &str) -> Result<String, Reason> {
    let told = answers
        .get(prompt)
        .filter(|answer| !answer.trim().is_empty())
        .ok_or(Reason::Unanswered)?;
    usable(told)
        .filter(|answer| answer.chars().count() <= LONGEST_ANSWER)
        .ok_or(Reason::Unusable)
}

fn bracketed(slot: &Slot, missing: &[Missing]) -> String {
    let name = slot.name();
    let told = missing.iter().find(|missing| missing.variable == name);
    format!("[{}]", told.map_or(name, Missing::in_words))
}
