//! A follow-up text with variables in it. Knows how to be read and filled, not where values come from.
//!
//! The language is a small part of Jinja: `{{ variable }}` and `{{ variable | filter }}`, and beside it `{{?prompt}}`, which whoever
//! sends the text answers. No conditions, since a text that leaves parts out on its own is a text nobody has read.

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
    /// A prompt whose name is empty, longer than 40 characters, or more than letters, digits, spaces, `_` and `-`.
    #[error("line {line}: not the name of a prompt")]
    Prompt {
        /// The line.
        line: usize,
    },
    /// A code does not stand alone on its line, or passes a filter, so it could not be copied verbatim.
    #[error("line {line}: {name} has to stand alone on its line")]
    CodeNotAlone {
        /// The line.
        line: usize,
        /// The variable.
        name: String,
    },
    /// A field other than the text is empty, too long or not of its form.
    #[error("the field {name} is not acceptable")]
    Field {
        /// The field as JSON names it.
        name: &'static str,
    },
}

/// Holds one follow-up text in one language, as it is written down before it has a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, rename = "TemplateDraft")]
pub struct Template {
    /// The same in every language.
    pub key: String,
    /// What agents call it.
    pub name: String,
    /// Its language.
    pub locale: Locale,
    /// The stage groups it is for.
    pub stages: Vec<StageGroup>,
    /// The platforms it is for, by slug; every platform where empty.
    #[serde(default)]
    pub platforms: Vec<String>,
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
    /// It advertises, so it has to say how to stop.
    #[serde(default)]
    pub marketing: bool,
    /// Where it stands among those of its stage; lower comes first.
    #[serde(default)]
    pub place: i32,
}

impl Template {
    /// Checks that the text can be filled, and returns what has to be filled in, in order of appearance.
    ///
    /// # Errors
    /// One [`TemplateError`], with the line.
    pub fn slots(&self) -> Result<Vec<Slot>, TemplateError> {
        if self.text.trim().is_empty() {
            return Err(TemplateError::Empty);
        }
        if self.text.chars().count() > LONGEST_TEXT {
            return Err(TemplateError::TooLong);
        }
        let slots = scan::slots(&self.text);
        let (plain, _) = scan::without_prompts(&self.text)?;
        parsed(&plain)?;
        slots
    }

    /// Returns the variables the text uses, in order of appearance.
    ///
    /// # Errors
    /// As [`Template::slots`].
    pub fn variables(&self) -> Result<Vec<Variable>, TemplateError> {
        let slots = self.slots()?.into_iter();
        Ok(slots
            .filter_map(|slot| match slot {
                Slot::Variable(variable) => Some(variable),
                Slot::Prompt(_) => None,
            })
            .collect())
    }

    /// Returns the prompts the text asks, in order of appearance.
    ///
    /// # Errors
    /// As [`Template::slots`].
    pub fn prompts(&self) -> Result<Vec<String>, TemplateError> {
        let slots = self.slots()?.into_iter();
        Ok(slots
            .filter_map(|slot| match slot {
                Slot::Variable(_) => None,
                Slot::Prompt(prompt) => Some(prompt),
            })
            .collect())
    }

    /// Tells whether it is for orders of this platform, by slug; `None` where that is not known.
    #[must_use]
    pub fn is_for(&self, platform: Option<&str>) -> bool {
        self.platforms.is_empty()
            || platform.is_some_and(|slug| self.platforms.iter().any(|known| known == slug))
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

    /// Fills the text with a value for each of its slots, and tells where each went.
    ///
    /// # Errors
    /// As [`Template::slots`]; [`TemplateError::Syntax`] also for a slot without a value.
    pub(crate) fn render(
        &self,
        values: &BTreeMap<Slot, String>,
    ) -> Result<(String, Vec<Mark>), TemplateError> {
        let slots: Vec<&Slot> = values.keys().collect();
        let (plain, prompts) = scan::without_prompts(&self.text)?;
        let environment = environment();
        let template = environment
            .template_from_str(&plain)
            .map_err(|error| syntax(&error))?;
        let bracketed = template
            .render(context(values, &prompts))
            .map_err(|error| syntax(&error))?;
        Ok(unbracketed(bracketed.trim(), &slots))
    }
}

/// Names a place in a text that a value goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A value of the sale.
    Variable(Variable),
    /// An answer of whoever sends the text, by the prompt's name.
    Prompt(String),
}

impl Slot {
    /// Writes the slot as marks do: a variable's dotted name, or a prompt's name after a question mark.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Variable(variable) => variable.name().to_owned(),
            Self::Prompt(prompt) => format!("?{prompt}"),
        }
    }
}

impl From<Variable> for Slot {
    fn from(variable: Variable) -> Self {
        Self::Variable(variable)
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
fn context(values: &BTreeMap<Slot, String>, prompts: &[String]) -> Value {
    let mut top: BTreeMap<&str, Value> = BTreeMap::new();
    let mut nested: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for (at, (slot, value)) in values.iter().enumerate() {
        let opening = opening(at).map(String::from).unwrap_or_default();
        let value = Value::from(format!("{opening}{value}{CLOSING}"));
        match slot {
            Slot::Variable(variable) => match variable.name().split_once('.') {
                Some((group, name)) => {
                    nested
                        .entry(group)
                        .or_default()
                        .insert(name.to_owned(), value);
                }
                None => {
                    top.insert(variable.name(), value);
                }
            },
            Slot::Prompt(prompt) => {
                if let Some(at) = prompts.iter().position(|known| known == prompt) {
                    nested
                        .entry(scan::ANSWERS)
                        .or_default()
                        .insert(scan::answer(at), value);
                }
            }
        }
    }
    top.extend(
        nested
            .into_iter()
            .map(|(group, values)| (group, Value::from_pairs(values))),
    );
    Value::from_pairs(top)
}

/// Returns the character that opens the value of the slot at this place.
fn opening(at: usize) -> Option<char> {
    let code = OPENING.checked_add(u32::try_from(at).ok()?)?;
    char::from_u32(code).filter(|c| *c < CLOSING)
}

/// Returns the slot that a character opens.
fn opened<'a>(c: char, slots: &[&'a Slot]) -> Option<&'a Slot> {
    let at = u32::from(c).checked_sub(OPENING)?;
    slots.get(usize::try_from(at).ok()?).copied()
}

/// Takes the brackets out again and notes where they stood, in UTF-16 code units.
fn unbracketed(text: &str, slots: &[&Slot]) -> (String, Vec<Mark>) {
    let mut plain = String::new();
    let mut marks = Vec::new();
    let mut units = 0_usize;
    let mut open: Option<(&Slot, usize)> = None;
    for c in text.chars() {
        match (opened(c, slots), open) {
            (Some(slot), _) => open = Some((slot, units)),
            (None, Some((slot, start))) if c == CLOSING => {
                marks.push(Mark {
                    start,
                    end: units,
                    variable: slot.name(),
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
