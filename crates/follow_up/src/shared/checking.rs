//! What a shared template has to look like beside its text.

use std::collections::BTreeSet;

use crate::lint::lint;
use crate::template::{Template, TemplateError};
use crate::words::Locale;

use super::{TemplateCheck, TemplatePreview};

/// Longest key, in characters.
const LONGEST_KEY: usize = 60;

/// Longest name, in characters: what a chip holds.
const LONGEST_NAME: usize = 60;

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 150;

/// Most platforms one template is for.
const MOST_PLATFORMS: usize = 40;

/// Highest and lowest place.
const PLACES: std::ops::RangeInclusive<i32> = -1_000_000..=1_000_000;

impl Template {
    /// Checks everything about the template: text, key, name, subject, stages, platforms, place.
    ///
    /// # Errors
    /// The first fault; [`TemplateError::Field`] for all but the text.
    pub fn check(&self) -> Result<(), TemplateError> {
        for (name, sound) in [
            ("key", is_key(&self.key)),
            ("name", is_line(&self.name, LONGEST_NAME)),
            ("subject", is_line(&self.subject, LONGEST_SUBJECT)),
            ("stages", !self.stages.is_empty() && is_set(&self.stages)),
            (
                "platforms",
                self.platforms.len() <= MOST_PLATFORMS
                    && is_set(&self.platforms)
                    && self.platforms.iter().all(|slug| is_key(slug)),
            ),
            ("place", PLACES.contains(&self.place)),
        ] {
            if !sound {
                return Err(TemplateError::Field { name });
            }
        }
        self.slots().map(|_| ())
    }

    /// Tells what the draft is worth, with what became of it for real orders.
    #[must_use]
    pub fn checked(&self, locale: Locale, preview: Vec<TemplatePreview>) -> TemplateCheck {
        let variables = self.variables().unwrap_or_default().into_iter();
        TemplateCheck {
            variables: variables.map(|variable| variable.info(locale)).collect(),
            prompts: self.prompts().unwrap_or_default(),
            error: self.check().err().as_ref().map(Into::into),
            findings: lint(self),
            preview,
        }
    }
}

/// Tells whether a text is small letters, digits, `.`, `_` and `-`, beginning with a letter or digit.
fn is_key(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= LONGEST_KEY
        && text.starts_with(plain)
        && text
            .chars()
            .all(|c| plain(c) || matches!(c, '.' | '_' | '-'))
}

/// Tells whether a text is one line that says something and holds no variables.
fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= longest
        && !text.chars().any(char::is_control)
        && !["{{", "}}", "{%", "{#"]
            .iter()
            .any(|mark| text.contains(mark))
}

fn is_set<T: Ord>(values: &[T]) -> bool {
    values.iter().collect::<BTreeSet<_>>().len() == values.len()
}
