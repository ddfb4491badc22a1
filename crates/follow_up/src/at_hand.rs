//! The values of a sale for who is writing: what can be put into a text now, and where those of a text that was filled earlier
//! stand. Pure; knows neither drafts nor who asks.

use serde::Serialize;
use ts_rs::TS;

use crate::fill::Mark;
use crate::library::Library;
use crate::values::{Sources, Values};
use crate::variable::Variable;
use crate::words::{Locale, words};

#[cfg(test)]
mod tests;

/// Fewest characters of a value that nobody is taken to have typed by hand.
const TELLING: usize = 8;

/// Tells what a variable is for a sale: its value, or why it has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SaleValue {
    /// The variable's dotted name.
    pub variable: String,
    /// The value as it would stand in a text.
    pub value: Option<String>,
    /// Why there is none, in words; `None` when there is one.
    pub missing: Option<String>,
}

/// Lists what every variable is for a sale, in the order variables are listed.
#[must_use]
pub fn sale_values(sources: &Sources<'_>) -> Vec<SaleValue> {
    let values = Values::of(sources);
    let told = |variable: &Variable| {
        let value = values.get(*variable);
        SaleValue {
            variable: variable.name().to_owned(),
            value: value.ok().map(str::to_owned),
            missing: value
                .err()
                .map(|reason| words(sources.locale).reason(reason).to_owned()),
        }
    };
    Variable::ALL.iter().map(told).collect()
}

/// Finds where the values of a sale stand in a text that was begun as a template, or none, and may have been edited since.
///
/// A value counts where it stands whole. The template's own are looked for in its order; others only where they are too long to
/// have been typed. A value that is another one by now, as a time that runs, is not found: the text does not hold it any more.
#[must_use]
pub fn marks_in(
    library: &Library,
    key: Option<&str>,
    sources: &Sources<'_>,
    text: &str,
) -> Vec<Mark> {
    // The text may have been filled in another language than the one of this moment.
    let found = Locale::ALL.map(|locale| {
        let sources = Sources { locale, ..*sources };
        found_in(&own(library, key, locale), &Values::of(&sources), text)
    });
    let most = found.into_iter().max_by_key(|found| {
        let covered: usize = found.iter().map(|one| one.end - one.start).sum();
        (covered, found.len())
    });
    let in_units = |at: usize| text.get(..at).unwrap_or(text).encode_utf16().count();
    most.unwrap_or_default()
        .into_iter()
        .map(|found| Mark {
            start: in_units(found.start),
            end: in_units(found.end),
            variable: found.variable.name().to_owned(),
        })
        .collect()
}

/// A stretch of a text in bytes.
struct Found {
    start: usize,
    end: usize,
    variable: Variable,
}

fn own(library: &Library, key: Option<&str>, locale: Locale) -> Vec<Variable> {
    key.and_then(|key| library.get(key, locale))
        .and_then(|template| template.variables().ok())
        .unwrap_or_default()
}

fn found_in(own: &[Variable], values: &Values, text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut from = 0;
    for variable in own {
        let Ok(value) = values.get(*variable) else {
            continue;
        };
        if let Some(one) = stands(text, value, *variable, from, &found) {
            from = one.end;
            found.push(one);
        }
    }
    for variable in Variable::ALL {
        let telling = values.get(*variable).ok();
        let telling = telling.filter(|value| value.chars().count() >= TELLING);
        if let Some(value) = telling
            && !found.iter().any(|one| one.variable == *variable)
            && let Some(one) = stands(text, value, *variable, 0, &found)
        {
            found.push(one);
        }
    }
    found.sort_by_key(|one| one.start);
    found
}

/// Finds the first place from a byte on where a value stands whole and nothing else was found.
fn stands(
    text: &str,
    value: &str,
    variable: Variable,
    from: usize,
    taken: &[Found],
) -> Option<Found> {
    let is_free =
        |start: usize, end: usize| taken.iter().all(|one| end <= one.start || one.end <= start);
    text.match_indices(value)
        .map(|(start, value)| (start, start + value.len()))
        .find(|&(start, end)| start >= from && is_whole(text, start, end) && is_free(start, end))
        .map(|(start, end)| Found {
            start,
            end,
            variable,
        })
}

/// Tells whether a stretch neither begins nor ends within a word or number.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let first = text.get(start..).and_then(|text| text.chars().next());
    let last = text.get(..end).and_then(|text| text.chars().next_back());
    let after = text.get(end..).and_then(|text| text.chars().next());
    let joined = |one: Option<char>, other: Option<char>| {
        one.is_some_and(char::is_alphanumeric) && other.is_some_and(char::is_alphanumeric)
    };
    !joined(before, first) && !joined(last, after)
}
