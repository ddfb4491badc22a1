//! Where in each platform's panel the webhook's address is pasted and the secret is found: steps for people, in two languages.
//!
//! The texts lie in `panel/`, one catalogue a language; both have the same platforms, which a test holds.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The languages there are catalogues in.
pub const PANEL_LOCALES: [&str; 2] = ["pt-BR", "en"];

type Catalogue = BTreeMap<String, Vec<String>>;

static CATALOGUES: LazyLock<[Catalogue; 2]> = LazyLock::new(|| {
    [
        include_str!("panel/pt-BR.json"),
        include_str!("panel/en.json"),
    ]
    .map(|text| serde_json::from_str(text).expect("a test reads the embedded catalogues"))
});

/// Returns a platform's steps in a language, Portuguese for an unknown one; empty where none are written.
#[must_use]
pub fn panel_steps(slug: &str, locale: &str) -> &'static [String] {
    let [portuguese, english] = &*CATALOGUES;
    let catalogue = if locale.starts_with("en") {
        english
    } else {
        portuguese
    };
    catalogue.get(slug).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::CATALOGUES;

    #[test]
    fn both_catalogues_have_the_same_platforms_and_no_blank_step() {
        let [portuguese, english] = &*CATALOGUES;
        assert!(portuguese.keys().eq(english.keys()));
        for (slug, steps) in portuguese.iter().chain(english) {
            assert!(crate::provider(slug).is_some(), "{slug} is no platform");
            assert!(!steps.is_empty(), "{slug}");
            assert!(steps.iter().all(|step| !step.trim().is_empty()), "{slug}");
        }
    }
}
