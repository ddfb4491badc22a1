//! A follow-up text with variables in it. Knows how to be read and filled, not where values come from.
//!
//! The language is a small part of Jinja: `{{ variable }}` and `{{ variable | filter }}`, nothing else. No conditions, since a
//! text that leaves parts out on its own is a text nobody has read.

use std::collections::BTreeMap;

use contract::{Channel, StageGroup};
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use crate::fill::Mark;
use crate::variable::Variable;
use crate::words::Locale;

mod scan;
#[cfg(test)]
mod tests;

/// Longest text of a template, in characters: what a WhatsApp link carries safely, with room for values.
pub const LONGEST_TEXT: usize = 1_000;

/// Filters a variable may pass through.
const FILTERS: [&str; 2] = ["upper", "lower"];

/// First of the private-use characters that bracket values while a text is filled; values never hold any.
const OPENING: u32 = 0xe000;

/// Closes a bracketed value.
const CLOSING: char = '\u{f8ff}';

/// Tells when within its stages a template is in place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Moment {
    /// At any time.
    #[default]
    Any,
    /// Shortly before the PIX code or boleto ends.
    Ending,
    /// After the PIX code or boleto has ended.
    Over,
}

/// Names why a text is no template, with the line of the fault, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// Nothing but white space.
    #[error("the text is empty")]
    Empty,
    /// Longer than [`LONGEST_TEXT`].
    #[error("the text is longer than {LONGEST_TEXT} characters")]
    TooLong,
    /// Braces that do not close, or the like.
    #[error("line {line}: {detail}")]
    Syntax {
        /// The line.
        line: usize,
        /// What the reader expected.
        detail: String,
    },
    /// `{% … %}` or `{# … #}`: only variables are allowed.
    #[error("line {line}: only variables are allowed")]
    Block {
        /// The line.
        line: usize,
    },
    /// Something other than a variable's name between the braces.
    #[error("line {line}: not the name of a variable")]
    Expression {
        /// The line.
        line: usize,
    },
    /// No variable has this name.
    #[error("line {line}: no variable is called {name}")]
    UnknownVariable {
        /// The line.
        line: usize,
        /// The name as written.
        name: String,
    },
    /// No filter has this name.
    #[error("line {line}: no filter is called {name}")]
    UnknownFilter {
        /// The line.
        line: usize,
        /// The name as written.
        name: String,
    },
    /// A code does not stand alone on its line, or passes a filter, so it could not be copied verbatim.
    #[error("line {line}: {name} has to stand alone on its line")]
    CodeNotAlone {
        /// The line.
        line: usize,
        /// The variable.
        name: String,
    },
}

/// Holds one follow-up text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Template {
    /// The same in every language.
    pub key: String,
    /// What agents call it.
    pub name: String,
    /// Its language.
    pub locale: Locale,
    /// The stage groups it is for.
    pub stages: Vec<StageGroup>,
    /// When within them.
    #[serde(default)]
    pub moment: Moment,
    /// Where it reads best; any channel where `None`.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// The subject when it goes by e-mail; plain text.
    pub subject: String,
    /// The text with its variables.
    pub text: String,
}

impl Template {
    /// Checks that the text can be filled, and returns the variables it uses, in order of appearance.
    ///
    /// # Errors
    /// One [`TemplateError`], with the line.
    pub fn variables(&self) -> Result<Vec<Variable>, TemplateError> {
        if self.text.trim().is_empty() {
            return Err(TemplateError::Empty);
        }
        if self.text.chars().count() > LONGEST_TEXT {
            return Err(TemplateError::TooLong);
        }
        parsed(&self.text)?;
        scan::variables(&self.text)
    }

    /// Tells whether the text asks for a payment: all its stages are before one.
    #[must_use]
    pub fn asks_for_payment(&self) -> bool {
        use StageGroup as Group;
        self.stages.iter().all(|group| match group {
            Group::Cart
            | Group::Pix
            | Group::Boleto
            | Group::Analysis
            | Group::Overdue
            | Group::Refused
            | Group::Expired => true,
            Group::Approved | Group::Refund | Group::Chargeback => false,
        })
    }

    /// Fills the text with values for all its variables, and tells where each went.
    ///
    /// # Errors
    /// As [`Template::variables`]; [`TemplateError::Syntax`] also for a variable without a value.
    pub(crate) fn render(
        &self,
        values: &BTreeMap<Variable, String>,
    ) -> Result<(String, Vec<Mark>), TemplateError> {
        let environment = environment();
        let template = environment
            .template_from_str(&self.text)
            .map_err(|error| syntax(&error))?;
        let bracketed = template
            .render(context(values))
            .map_err(|error| syntax(&error))?;
        Ok(unbracketed(bracketed.trim()))
    }
}

fn parsed(text: &str) -> Result<(), TemplateError> {
    environment()
        .template_from_str(text)
        .map(|_| ())
        .map_err(|error| syntax(&error))
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("upper", |text: String| text.to_uppercase());
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment
}

/// Names the fault without its surroundings, which could hold a customer's words.
fn syntax(error: &minijinja::Error) -> TemplateError {
    TemplateError::Syntax {
        line: error.line().unwrap_or(1),
        detail: error.detail().unwrap_or("cannot be read").to_owned(),
    }
}

/// Nests the values by the dots of their names, each between its brackets.
fn context(values: &BTreeMap<Variable, String>) -> Value {
    let mut top: BTreeMap<&str, Value> = BTreeMap::new();
    let mut nested: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for (variable, value) in values {
        let opening = opening(*variable).map(String::from).unwrap_or_default();
        let value = Value::from(format!("{opening}{value}{CLOSING}"));
        match variable.name().split_once('.') {
            Some((group, name)) => drop(nested.entry(group).or_default().insert(name, value)),
            None => drop(top.insert(variable.name(), value)),
        }
    }
    top.extend(
        nested
            .into_iter()
            .map(|(group, values)| (group, Value::from_pairs(values))),
    );
    Value::from_pairs(top)
}

fn opening(variable: Variable) -> Option<char> {
    let at = Variable::ALL.iter().position(|known| *known == variable)?;
    char::from_u32(OPENING.checked_add(u32::try_from(at).ok()?)?)
}

/// Takes the brackets out again and notes where they stood, in UTF-16 code units.
fn unbracketed(text: &str) -> (String, Vec<Mark>) {
    let mut plain = String::new();
    let mut marks = Vec::new();
    let mut units = 0_usize;
    let mut open: Option<(Variable, usize)> = None;
    for c in text.chars() {
        let opened = Variable::ALL
            .iter()
            .copied()
            .find(|variable| opening(*variable) == Some(c));
        match (opened, open) {
            (Some(variable), _) => open = Some((variable, units)),
            (None, Some((variable, start))) if c == CLOSING => {
                marks.push(Mark {
                    start,
                    end: units,
                    variable: variable.name().to_owned(),
                });
                open = None;
            }
            _ => {
                plain.push(c);
                units = units.saturating_add(c.len_utf16());
            }
        }
    }
    (plain, marks)
}
