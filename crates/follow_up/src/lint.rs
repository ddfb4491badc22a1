//! Reads a template as a customer would, and points at what presses, shouts or threatens.
//!
//! It knows phrases and shapes, not meanings: findings are advice with a place in the text, and only what breaks trust or law for
//! good stops a template. A deadline told by a variable is no urgency of its own making.

use contract::Channel;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::template::Template;
use crate::words::Locale;

mod links;
mod phrases;
#[cfg(test)]
mod tests;
mod tokens;

use phrases::phrases;
use tokens::{Token, tokens, units};

/// Shortest word that shouts when it stands alone in capitals, in letters.
const SHOUTED: usize = 4;

/// How many words before a phrase may turn it around.
const REACH: usize = 2;

/// Words that turn a phrase around, accents folded.
const NEGATIONS: [&str; 9] = [
    "nao", "sem", "nem", "nunca", "not", "no", "never", "without", "nenhuma",
];

/// Points at something in a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LintFinding {
    /// What it is.
    pub code: LintCode,
    /// How much it weighs.
    pub severity: LintSeverity,
    /// Which part of the template it is in.
    pub part: LintPart,
    /// First UTF-16 code unit of the place in that part.
    #[ts(type = "number")]
    pub start: usize,
    /// One past the last; the same as `start` for something that is not there.
    #[ts(type = "number")]
    pub end: usize,
}

/// Lists what can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LintCode {
    /// A threat: debt registers, lawyers, blocking.
    Threat,
    /// Urgency that no deadline of the sale bears out.
    FalseUrgency,
    /// Words in capitals.
    AllCaps,
    /// More than one link.
    ManyLinks,
    /// An advertisement that does not say how to stop.
    NoOptOut,
    /// More than one exclamation mark.
    Exclamations,
    /// A link typed by hand instead of a variable.
    TypedLink,
    /// A shortened link, or one without `https`.
    OpaqueLink,
    /// Words that blame the customer.
    Blame,
}

impl LintCode {
    /// Returns its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Threat => "threat",
            Self::FalseUrgency => "false_urgency",
            Self::AllCaps => "all_caps",
            Self::ManyLinks => "many_links",
            Self::NoOptOut => "no_opt_out",
            Self::Exclamations => "exclamations",
            Self::TypedLink => "typed_link",
            Self::OpaqueLink => "opaque_link",
            Self::Blame => "blame",
        }
    }

    /// Tells how much it weighs.
    #[must_use]
    pub const fn severity(self) -> LintSeverity {
        match self {
            Self::Threat | Self::NoOptOut => LintSeverity::Stop,
            Self::FalseUrgency
            | Self::AllCaps
            | Self::ManyLinks
            | Self::Exclamations
            | Self::TypedLink
            | Self::OpaqueLink
            | Self::Blame => LintSeverity::Warn,
        }
    }
}

/// Weighs a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LintSeverity {
    /// Worth another look.
    Warn,
    /// Not to be sent to anybody.
    Stop,
}

/// Lists the parts of a template that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LintPart {
    /// The subject.
    Subject,
    /// The text.
    Text,
}

impl LintPart {
    /// Returns its name on the wire: that of the template's field.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Text => "text",
        }
    }
}

/// Reads a template and returns only what keeps it from being sent to anybody.
#[must_use]
pub fn stops(template: &Template) -> Vec<LintFinding> {
    let mut found = lint(template);
    found.retain(|finding| finding.severity == LintSeverity::Stop);
    found
}

/// Reads a template and returns what was found, by part and place.
#[must_use]
pub fn lint(template: &Template) -> Vec<LintFinding> {
    let read = |part, text| part_of(part, text, template.locale);
    // A subject is seen in mail only.
    let subject = match template.channel {
        Some(Channel::Whatsapp) => Vec::new(),
        Some(Channel::Email | Channel::Clipboard) | None => {
            read(LintPart::Subject, &template.subject)
        }
    };
    let mut found = subject;
    found.extend(read(LintPart::Text, &template.text));
    if template.marketing && !says_how_to_stop(template) {
        let end = units(&template.text);
        found.push(finding(LintCode::NoOptOut, LintPart::Text, end, end));
    }
    found.sort_by_key(|finding| (finding.part, finding.start, finding.end, finding.code));
    found
}

fn part_of(part: LintPart, text: &str, locale: Locale) -> Vec<LintFinding> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for code in [LintCode::Threat, LintCode::FalseUrgency, LintCode::Blame] {
        let spans = phrases(locale).spans(code, &tokens);
        let pressing = spans
            .into_iter()
            .filter(|(first, _)| !turned_around(&tokens, *first));
        found.extend(pressing.filter_map(|(first, last)| {
            let (first, last) = (tokens.get(first)?, tokens.get(last)?);
            Some(finding(code, part, first.start, last.end))
        }));
    }
    let mut add = |code, spans: Vec<(usize, usize)>| {
        let spans = spans.into_iter();
        found.extend(spans.map(|(start, end)| finding(code, part, start, end)));
    };
    add(LintCode::AllCaps, shouted(&tokens, locale));
    add(LintCode::Exclamations, exclamations(text));
    let links = links::of(text, phrases(locale));
    add(
        LintCode::ManyLinks,
        links.iter().skip(1).map(|link| link.span).collect(),
    );
    for link in &links {
        match link.kind {
            links::Kind::Variable => {}
            links::Kind::Typed => add(LintCode::TypedLink, vec![link.span]),
            links::Kind::Opaque => add(LintCode::OpaqueLink, vec![link.span]),
        }
    }
    found
}

fn finding(code: LintCode, part: LintPart, start: usize, end: usize) -> LintFinding {
    LintFinding {
        code,
        severity: code.severity(),
        part,
        start,
        end,
    }
}

fn says_how_to_stop(template: &Template) -> bool {
    phrases(template.locale).says_how_to_stop(&tokens(&template.text))
}

/// Tells whether a negation stands just before, within the same clause, as in "sem multa".
fn turned_around(tokens: &[Token], first: usize) -> bool {
    let from = first.saturating_sub(REACH);
    let Some(clause) = tokens.get(first).map(|token| token.clause) else {
        return false;
    };
    let before = tokens.get(from..first).unwrap_or_default();
    before
        .iter()
        .any(|token| token.clause == clause && NEGATIONS.contains(&token.folded.as_str()))
}

/// Finds words in capitals: long ones alone, short ones beside another.
fn shouted(tokens: &[Token], locale: Locale) -> Vec<(usize, usize)> {
    let loud = |token: &&Token| token.capitals && !phrases(locale).is_acronym(&token.folded);
    let runs = tokens.chunk_by(|a, b| loud(&a) == loud(&b));
    runs.filter(|run| run.iter().any(|token| loud(&token)))
        .filter(|run| {
            let longest = run
                .iter()
                .map(|token| token.letters)
                .max()
                .unwrap_or_default();
            let words = run.iter().filter(|token| token.letters > 1).count();
            longest >= SHOUTED || (words > 1 && longest + 1 >= SHOUTED)
        })
        .filter_map(|run| Some((run.first()?.start, run.last()?.end)))
        .collect()
}

/// Finds every exclamation mark after the first.
fn exclamations(text: &str) -> Vec<(usize, usize)> {
    let mut at = 0_usize;
    let mut found = Vec::new();
    for c in text.chars() {
        if c == '!' {
            found.push((at, at + 1));
        }
        at += c.len_utf16();
    }
    found.into_iter().skip(1).collect()
}
