//! The words of the edge itself: notifications. Everything else is said by the page.

use std::sync::LazyLock;

use follow_up::Locale;
use serde::Deserialize;

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Texts {
    /// One sale.
    pub(crate) sale: String,
    /// Several, with `{count}`.
    pub(crate) sales: String,
    /// What a click on several does.
    pub(crate) sales_body: String,
    /// A colleague, `{name}`, mentioned the member.
    pub(crate) mention: String,
    /// A colleague, `{name}`, gave the member a conversation.
    pub(crate) assignment: String,
    /// Whose conversation it is, `{name}`.
    pub(crate) about: String,
    /// Several of these, with `{count}`.
    pub(crate) calls: String,
    /// What a click on several of these does.
    pub(crate) calls_body: String,
    /// The service inside the app has another address.
    pub(crate) moved_title: String,
    /// What to do about it.
    pub(crate) moved_body: String,
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
                (&words.sales, "{count}"),
                (&words.calls, "{count}"),
                (&words.mention, "{name}"),
                (&words.assignment, "{name}"),
                (&words.about, "{name}"),
            ] {
                assert!(text.contains(hole), "{words:?}");
            }
            assert!(!words.moved_title.is_empty(), "{words:?}");
        }
    }
}
