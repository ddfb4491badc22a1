//! The phrases that are looked for, one file a language in `texts/`.
//!
//! A file has sections, each begun by `== name`; a line is a phrase in small letters without accents. A word that ends in `*`
//! stands for every word that begins so.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::words::Locale;

use super::LintCode;
use super::tokens::Token;

/// Holds the phrases of one language.
pub(super) struct Phrases {
    sections: BTreeMap<&'static str, Vec<Vec<&'static str>>>,
}

/// Returns the phrases of a language.
pub(super) fn phrases(locale: Locale) -> &'static Phrases {
    static PT_BR: LazyLock<Phrases> =
        LazyLock::new(|| read(include_str!("../../texts/lint.pt-BR.txt")));
    static EN: LazyLock<Phrases> = LazyLock::new(|| read(include_str!("../../texts/lint.en.txt")));
    match locale {
        Locale::PtBr => &PT_BR,
        Locale::En => &EN,
    }
}

impl Phrases {
    /// Finds the phrases of a kind; each as its first and last word. Where several overlap, the longest counts.
    pub(super) fn spans(&self, code: LintCode, tokens: &[Token]) -> Vec<(usize, usize)> {
        let name = match code {
            LintCode::Threat => "threat",
            LintCode::FalseUrgency => "false_urgency",
            LintCode::Blame => "blame",
            _ => return Vec::new(),
        };
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let longest = self.longest_at(name, tokens, at);
            if let Some(last) = longest.checked_sub(1) {
                found.push((at, at + last));
            }
            at += longest.max(1);
        }
        found
    }

    /// Tells whether a text says how to receive no more.
    pub(super) fn says_how_to_stop(&self, tokens: &[Token]) -> bool {
        (0..tokens.len()).any(|at| self.longest_at("opt_out", tokens, at) > 0)
    }

    /// Tells whether a word is usually written in capitals, as one to answer with is.
    pub(super) fn is_acronym(&self, folded: &str) -> bool {
        self.section("acronym")
            .iter()
            .any(|words| *words == [folded])
    }

    /// Tells whether a host hides where a link leads.
    pub(super) fn shortens(&self, host: &str) -> bool {
        self.section("shortener")
            .iter()
            .any(|words| *words == [host])
    }

    fn section(&self, name: &str) -> &[Vec<&'static str>] {
        self.sections.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns how many words the longest phrase beginning here has; 0 when none does.
    fn longest_at(&self, section: &str, tokens: &[Token], at: usize) -> usize {
        let begins = |phrase: &&Vec<&str>| {
            let words = tokens.get(at..at + phrase.len());
            words.is_some_and(|words| {
                phrase
                    .iter()
                    .zip(words)
                    .all(|(word, token)| is(word, token))
            })
        };
        let found = self.section(section).iter().filter(begins);
        found.map(Vec::len).max().unwrap_or_default()
    }
}

fn is(word: &str, token: &Token) -> bool {
    match word.strip_suffix('*') {
        Some(start) => token.folded.starts_with(start),
        None => token.folded == word,
    }
}

fn read(text: &'static str) -> Phrases {
    let mut sections: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    let mut name = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.strip_prefix("== ") {
            Some(section) => name = section,
            None => sections
                .entry(name)
                .or_default()
                .push(line.split(' ').collect()),
        }
    }
    Phrases { sections }
}
