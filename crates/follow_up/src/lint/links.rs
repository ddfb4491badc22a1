//! The links of a text: by variable, or typed by hand.

use crate::variable::{Variable, VariableKind};

use super::phrases::Phrases;
use super::tokens::units;

/// Endings of hosts by which an address without a scheme is known.
const ENDINGS: [&str; 9] = [
    ".com", ".br", ".net", ".org", ".me", ".ly", ".gl", ".ai", ".app",
];

/// Holds one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// What it is.
    pub(super) kind: Kind,
    /// Where it stands, in UTF-16 code units.
    pub(super) span: (usize, usize),
}

/// Lists what a link can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A variable.
    Variable,
    /// Typed, and plain about where it leads.
    Typed,
    /// Typed, and shortened or without `https`.
    Opaque,
}

/// Returns the links in order of appearance.
pub(super) fn of(text: &str, phrases: &Phrases) -> Vec<Link> {
    let mut found: Vec<Link> = slots(text)
        .into_iter()
        .filter(|(_, name)| {
            let variable = Variable::from_name(name);
            variable.is_some_and(|variable| variable.kind() == VariableKind::Link)
        })
        .map(|(span, _)| Link {
            kind: Kind::Variable,
            span,
        })
        .collect();
    found.extend(typed(text).into_iter().map(|(span, address)| Link {
        kind: kind(address, phrases),
        span,
    }));
    found.sort_by_key(|link| link.span);
    found
}

/// Returns the text with a blank for each code unit of a slot or a typed link.
pub(super) fn blanked(text: &str) -> String {
    let slots = slots(text).into_iter().map(|(span, _)| span);
    let spans: Vec<(usize, usize)> = slots
        .chain(typed(text).into_iter().map(|(span, _)| span))
        .collect();
    let mut at = 0;
    let mut blank = String::with_capacity(text.len());
    for c in text.chars() {
        let width = c.len_utf16();
        if spans
            .iter()
            .any(|(start, end)| (*start..*end).contains(&at))
        {
            blank.extend(std::iter::repeat_n(' ', width));
        } else {
            blank.push(c);
        }
        at += width;
    }
    blank
}

/// Finds what stands between double braces: its span, and the name inside.
fn slots(text: &str) -> Vec<((usize, usize), &str)> {
    let mut found = Vec::new();
    let (mut rest, mut at) = (text, 0);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, after)) = after.split_once("}}") else {
            break;
        };
        let start = at + units(before);
        at = start + units(inside) + 4;
        let name = inside.split('|').next().unwrap_or_default().trim();
        found.push(((start, at), name));
        rest = after;
    }
    found
}

/// Finds addresses typed into the text.
fn typed(text: &str) -> Vec<((usize, usize), &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let open = piece.trim_start_matches(['(', '"', '\'', '<', '[']);
        let start = at + units(piece) - units(open);
        let address = open
            .trim_end()
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '\'', '>', ']']);
        if is_address(address) {
            found.push(((start, start + units(address)), address));
        }
        at += units(piece);
    }
    found
}

fn is_address(text: &str) -> bool {
    let low = text.to_lowercase();
    if low.starts_with("http://") || low.starts_with("https://") || low.starts_with("www.") {
        return true;
    }
    let host = low.split('/').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let has_name = host
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphanumeric());
    has_name && host.chars().all(plain) && ENDINGS.iter().any(|ending| host.ends_with(ending))
}

fn kind(address: &str, phrases: &Phrases) -> Kind {
    let low = address.to_lowercase();
    let bare = low.strip_prefix("https://");
    let host = bare.unwrap_or(&low).split('/').next().unwrap_or_default();
    let host = host.trim_start_matches("www.");
    if low.starts_with("http://") || phrases.shortens(host) {
        Kind::Opaque
    } else {
        Kind::Typed
    }
}
