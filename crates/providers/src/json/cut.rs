//! Cuts members out of a body byte for byte, wherever they stand and whether or not the body is sound.

use std::borrow::Cow;
use std::ops::Range;

use super::tokens::{Token, Tokens};
use super::{name_at, value_span};

/// Returns the body without any member of this name in any case, at every depth.
pub(crate) fn without_members<'a>(body: &'a [u8], name: &str) -> Cow<'a, [u8]> {
    left(body, cuts(body, name))
}

/// Returns the body without any member `name` that stands somewhere within a member `within`.
pub(crate) fn without_members_within<'a>(
    body: &'a [u8],
    within: &str,
    name: &str,
) -> Cow<'a, [u8]> {
    let mut tokens = Tokens::of(body).peekable();
    let mut found = Vec::new();
    while let Some((token, span)) = tokens.next() {
        let is_key = matches!(token, Token::Text | Token::Bare)
            && name_at(body, &span).is_some_and(|known| known.eq_ignore_ascii_case(within))
            && tokens.next_if(|(next, _)| *next == Token::Colon).is_some();
        if !is_key {
            continue;
        }
        let Some(value) = value_span(&mut tokens) else {
            break;
        };
        let inner = cuts(body.get(value.clone()).unwrap_or_default(), name);
        found.extend(inner.into_iter().map(|cut| {
            let moved = |at: usize| at.saturating_add(value.start);
            moved(cut.start)..moved(cut.end)
        }));
    }
    left(body, found)
}

/// Returns what is left of a body without these parts, which stand in order.
fn left(body: &[u8], cuts: Vec<Range<usize>>) -> Cow<'_, [u8]> {
    if cuts.is_empty() {
        return Cow::Borrowed(body);
    }
    let mut kept = Vec::with_capacity(body.len());
    let mut from = 0;
    for cut in cuts {
        kept.extend_from_slice(body.get(from..cut.start).unwrap_or_default());
        from = cut.end;
    }
    kept.extend_from_slice(body.get(from..).unwrap_or_default());
    Cow::Owned(kept)
}

/// Lists what to cut: the member, and one of the commas beside it.
fn cuts(body: &[u8], name: &str) -> Vec<Range<usize>> {
    let mut tokens = Tokens::of(body).peekable();
    let mut cuts: Vec<Range<usize>> = Vec::new();
    let mut comma_before = None;
    while let Some((token, span)) = tokens.next() {
        let is_key = matches!(token, Token::Text | Token::Bare)
            && name_at(body, &span).is_some_and(|known| known.eq_ignore_ascii_case(name))
            && tokens.next_if(|(next, _)| *next == Token::Colon).is_some();
        if !is_key {
            comma_before = (token == Token::Comma).then_some(span.start);
            continue;
        }
        let end = value_span(&mut tokens).map_or(body.len(), |value| value.end);
        let comma_after = tokens.next_if(|(next, _)| *next == Token::Comma);
        let cut = match (comma_after, comma_before) {
            (Some((_, comma)), _) => span.start..comma.end,
            (None, Some(comma)) => comma..end,
            (None, None) => span.start..end,
        };
        // The comma before a last member may also stand before members already cut.
        while cuts.pop_if(|last| last.start >= cut.start).is_some() {}
        cuts.push(cut);
    }
    cuts
}
