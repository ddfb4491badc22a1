//! The words of the edge itself: notifications. Everything else is said by the page.

use std::{collections::BTreeMap, sync::LazyLock};

use contract::Stage;
use follow_up::Locale;
use serde::Deserialize;

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Texts {
    /// One sale.
    pub(crate) sale: String,
    /// How many.
    pub(crate) sales: Counted,
    /// What a click on several does.
    pub(crate) sales_body: String,
    /// How much happened that is no sale.
    pub(crate) events: Counted,
    /// The same beside sales.
    pub(crate) other_events: Counted,
    /// What a click on several does.
    pub(crate) events_body: String,
    /// All that came while the member was away.
    pub(crate) missed: String,
    /// A colleague, `{name}`, mentioned the member.
    pub(crate) mention: String,
    /// A colleague, `{name}`, gave the member a conversation.
    pub(crate) assignment: String,
    /// Whose conversation it is, `{name}`.
    pub(crate) about: String,
    /// How many of these.
    pub(crate) calls: Counted,
    /// What a click on several of these does.
    pub(crate) calls_body: String,
    /// The service inside the app has another address.
    pub(crate) moved_title: String,
    /// What to do about it.
    pub(crate) moved_body: String,
    /// What happened to an order, by where it stands now.
    pub(crate) stages: BTreeMap<Stage, String>,
}

/// What is said of a number of things.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counted {
    /// Of one.
    one: String,
    /// Of several, with `{count}`.
    other: String,
}

impl Counted {
    /// Says it of so many.
    pub(crate) fn of(&self, count: u32) -> String {
        match count {
            1 => self.one.clone(),
            _ => self.other.replace("{count}", &count.to_string()),
        }
    }
}

static PT_BR: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../texts/pt-BR.json")));
static EN: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../texts/en.json")));

/// Returns the words of a language.
pub(crate) fn texts(locale: Locale) -> &'static Texts {
    match locale {
        Locale::PtBr => &PT_BR,
        Locale::En => &EN,
    }
}

fn read(text: &str) -> Texts {
    serde_json::from_str(text).expect("the embedded texts are complete; a test reads them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_are_complete() {
        for locale in Locale::ALL {
            let words = texts(locale);
            for (text, hole) in [
                (&words.sales.other, "{count}"),
                (&words.events.other, "{count}"),
                (&words.other_events.other, "{count}"),
                (&words.calls.other, "{count}"),
                (&words.mention, "{name}"),
                (&words.assignment, "{name}"),
                (&words.about, "{name}"),
            ] {
                assert!(text.contains(hole), "{words:?}");
            }
            assert!(!words.moved_title.is_empty(), "{words:?}");
            let named: Vec<_> = words.stages.keys().copied().collect();
            assert_eq!(named, Stage::ALL, "{locale:?}");
        }
    }
}
