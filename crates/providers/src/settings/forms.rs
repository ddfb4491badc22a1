//! The form each shared setting has to have: told when settings are entered, so that nothing is stored that would afterwards be
//! read as if it were not there.
//!
//! Judges how a setting is written. What only one platform knows of a setting is its own to judge.

use contract::{Currency, Stage};
use serde_json::{Map, Value};

use super::Problem;
use crate::Provider;
use crate::links;
use crate::pull;

/// Most rows of one table, and the longest word a row begins with, in bytes.
const ROWS_MOST: usize = 500;
const WORD_LENGTH: usize = 200;

/// Lists the forms that settings have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text; an id may be a number too.
    Text,
    /// A whole number from 0, as a number or as a text of digits.
    Number,
    /// A currency's code of three letters.
    Currency,
    /// An `https` link fit for a buyer.
    Link,
    /// A table from the platform's words to the names of our stages.
    Stages,
    /// A table from products to `https` links fit for a buyer.
    Links,
}

impl Form {
    /// Returns the form of a setting that platforms share, by its name; any other is a text.
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name {
            "abandonAfterMinutes" | "reconcileMinutes" => Self::Number,
            "currency" => Self::Currency,
            "checkoutUrl" => Self::Link,
            "stages" | "statusWords" => Self::Stages,
            "checkoutUrls" => Self::Links,
            _ => Self::Text,
        }
    }

    /// Returns the form's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Currency => "currency",
            Self::Link => "link",
            Self::Stages => "stages",
            Self::Links => "links",
        }
    }

    /// Names what is wrong with a value; null and a blank text are as good as none.
    fn problems(self, path: &str, value: &Value) -> Vec<Problem> {
        let text = value.as_str().map(str::trim);
        if value.is_null() || text == Some("") {
            return Vec::new();
        }
        let fault = match self {
            Self::Text if text.is_some() || value.is_number() => None,
            Self::Text => Some(("wrong_type", "expected a text")),
            Self::Number if whole(value).is_some() => None,
            Self::Number => Some(("bad_number", "expected a whole number from 0")),
            Self::Currency if text.is_some_and(|code| Currency::parse(code).is_ok()) => None,
            Self::Currency => Some((
                "bad_currency",
                "expected a code of three letters, as in BRL",
            )),
            Self::Link => link_fault(value),
            Self::Stages => return table(path, value, stage_fault),
            Self::Links => return table(path, value, link_fault),
        };
        fault
            .map(|fault| problem(path, fault))
            .into_iter()
            .collect()
    }
}

/// Names what is wrong with the form of an integration's settings: those its platform lists, and those that all share.
pub(crate) fn problems(provider: &dyn Provider, settings: &Value) -> Vec<Problem> {
    let Some(settings) = settings.as_object() else {
        return Vec::new();
    };
    let of_api = pull::puller(provider.slug()).map_or(&[][..], |puller| puller.settings());
    let listed = |name: &str| {
        let mut fields = provider.about().settings.iter().chain(of_api);
        fields.any(|field| field.name == name)
    };
    let judged = |(name, _): &(&String, &Value)| Form::of(name) != Form::Text || listed(name);
    settings
        .iter()
        .filter(judged)
        .flat_map(|(name, value)| Form::of(name).problems(name, value))
        .collect()
}

/// What is wrong with a value: a stable word and a sentence.
type Fault = (&'static str, &'static str);

fn problem(path: &str, (code, detail): Fault) -> Problem {
    Problem {
        path: path.to_owned(),
        code,
        detail: detail.to_owned(),
    }
}

fn whole(value: &Value) -> Option<u32> {
    match value.as_u64() {
        Some(number) => u32::try_from(number).ok(),
        None => value.as_str()?.trim().parse().ok(),
    }
}

fn link_fault(value: &Value) -> Option<Fault> {
    let link = value.as_str().and_then(links::https);
    link.is_none()
        .then_some(("bad_link", "expected an https link that a buyer can open"))
}

/// A row may be the stage's name, or an object with it in `stage`.
fn stage_fault(value: &Value) -> Option<Fault> {
    let told = value.get("stage").unwrap_or(value);
    let stage = told.as_str().and_then(Stage::from_name);
    stage.is_none().then_some((
        "unknown_stage",
        "expected the name of a stage, as in fulfilled",
    ))
}

fn table(path: &str, value: &Value, fault_of: fn(&Value) -> Option<Fault>) -> Vec<Problem> {
    let Some(rows) = value.as_object() else {
        return vec![problem(
            path,
            ("bad_table", "expected a table, as a JSON object"),
        )];
    };
    if rows.len() > ROWS_MOST {
        return vec![problem(path, ("too_many", "expected at most 500 rows"))];
    }
    row_problems(path, rows, fault_of).collect()
}

fn row_problems<'a>(
    path: &'a str,
    rows: &'a Map<String, Value>,
    fault_of: fn(&Value) -> Option<Fault>,
) -> impl Iterator<Item = Problem> + 'a {
    rows.iter().filter_map(move |(word, value)| {
        let named = !word.trim().is_empty() && word.len() <= WORD_LENGTH;
        let blank = ("bad_word", "expected 1 to 200 bytes before each value");
        let fault = if named { fault_of(value) } else { Some(blank) };
        fault.map(|fault| problem(&format!("{path}.{word}"), fault))
    })
}

#[cfg(test)]
mod tests;
