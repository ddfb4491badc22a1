//! Splits a text into words, with their places; variables and links are no words.

use contract::letters::plain;

use super::links;

/// Holds one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Small letters without accents.
    pub(super) folded: String,
    /// First UTF-16 code unit.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// Which clause of the text it is in.
    pub(super) clause: usize,
    /// All its letters are capitals, and it has no digits.
    pub(super) capitals: bool,
    /// How many letters it has.
    pub(super) letters: usize,
}

/// Counts UTF-16 code units.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Returns the words in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut word = String::new();
    let (mut at, mut clause) = (0_usize, 0_usize);
    for c in links::blanked(text).chars().chain(std::iter::once(' ')) {
        if c.is_alphanumeric() || is_accent(c) {
            word.push(c);
        } else {
            if !word.is_empty() {
                found.push(token(&std::mem::take(&mut word), at, clause));
            }
            if matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\n' | '(' | ')') {
                clause += 1;
            }
        }
        at += c.len_utf16();
    }
    found
}

fn token(word: &str, end: usize, clause: usize) -> Token {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let quiet = |c: char| c.is_lowercase() || c.is_numeric();
    Token {
        folded: plain(word),
        start: end.saturating_sub(units(word)),
        end,
        clause,
        capitals: letters > 0 && !word.chars().any(quiet),
        letters,
    }
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}
