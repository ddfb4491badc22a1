//! The catalogue of short texts: labels, reasons, spans of time. One file a language, in `texts/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use contract::Money;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::values::Reason;
use crate::variable::Variable;

#[cfg(test)]
mod tests;

/// Lists the languages texts are written in.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS,
)]
#[ts(export)]
pub enum Locale {
    /// Portuguese of Brazil, the source language.
    #[default]
    #[serde(rename = "pt-BR")]
    PtBr,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::PtBr, Self::En];

    /// Returns the language's tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::PtBr => "pt-BR",
            Self::En => "en",
        }
    }

    /// Picks the language for a tag; all but English read Portuguese.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        let english = tag
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("en"));
        if english { Self::En } else { Self::PtBr }
    }

    /// Writes an amount as people of this language do.
    #[must_use]
    pub fn money(self, amount: Money) -> String {
        match self {
            Self::PtBr => amount.format_pt_br(),
            Self::En => amount.format_en(),
        }
    }

    /// Writes a day; the year only where it is not the one of `today`.
    #[must_use]
    pub fn day(self, day: NaiveDate, today: NaiveDate) -> String {
        let format = match (self, day.year() == today.year()) {
            (Self::PtBr, true) => "%d/%m",
            (Self::PtBr, false) => "%d/%m/%Y",
            (Self::En, true) => "%B %-d",
            (Self::En, false) => "%B %-d, %Y",
        };
        day.format(format).to_string()
    }
}

/// The short texts of one language.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Words {
    variables: BTreeMap<String, Told>,
    reasons: Reasons,
    /// Stands for the order in a list of what is missing.
    pub(crate) open_sale: String,
    /// Says what brings the answer to a prompt.
    pub(crate) answer: String,
    less_than_a_minute: String,
    minutes: Plural,
    hours: Plural,
    days: Plural,
    and: String,
    more_products: Plural,
}

/// What people call a variable, and what would bring it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Told {
    pub(crate) label: String,
    pub(crate) brought_by: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reasons {
    not_told: String,
    unusable: String,
    expired: String,
    broken: String,
    paid: String,
    unanswered: String,
}

/// A text with `{n}` for one and for more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plural {
    one: String,
    other: String,
}

impl Plural {
    fn of(&self, count: i64) -> String {
        let text = if count == 1 { &self.one } else { &self.other };
        text.replace("{n}", &count.to_string())
    }
}

impl Words {
    pub(crate) fn variable(&self, variable: Variable) -> &Told {
        self.variables
            .get(variable.name())
            .expect("a test holds the catalogue against the list of variables")
    }

    pub(crate) fn reason(&self, reason: Reason) -> &str {
        match reason {
            Reason::NotTold => &self.reasons.not_told,
            Reason::Unusable => &self.reasons.unusable,
            Reason::Expired => &self.reasons.expired,
            Reason::Broken => &self.reasons.broken,
            Reason::Paid => &self.reasons.paid,
            Reason::Unanswered => &self.reasons.unanswered,
        }
    }

    /// Writes a span of time in its one or two largest units.
    pub(crate) fn span(&self, minutes: i64) -> String {
        match (minutes / (24 * 60), minutes / 60, minutes % 60) {
            (0, 0, 0) => self.less_than_a_minute.clone(),
            (0, 0, minutes) => self.minutes.of(minutes),
            (0, hours @ 1..=2, minutes @ 1..) => {
                format!(
                    "{} {} {}",
                    self.hours.of(hours),
                    self.and,
                    self.minutes.of(minutes)
                )
            }
            (0, hours, _) => self.hours.of(hours),
            (days, _, _) => self.days.of(days),
        }
    }

    /// Writes a product and how many more there are.
    pub(crate) fn products(&self, first: &str, more: usize) -> String {
        match i64::try_from(more) {
            Ok(0) | Err(_) => first.to_owned(),
            Ok(more) => format!("{first} {} {}", self.and, self.more_products.of(more)),
        }
    }
}

/// Returns the short texts of a language.
pub(crate) fn words(locale: Locale) -> &'static Words {
    static PT_BR: LazyLock<Words> =
        LazyLock::new(|| read(include_str!("../texts/words.pt-BR.json")));
    static EN: LazyLock<Words> = LazyLock::new(|| read(include_str!("../texts/words.en.json")));
    match locale {
        Locale::PtBr => &PT_BR,
        Locale::En => &EN,
    }
}

fn read(text: &str) -> Words {
    serde_json::from_str(text).expect("the catalogue is compiled in and read by a test")
}
