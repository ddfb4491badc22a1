//! JSON as bytes: guards against hostile shapes, finds members without parsing, reads into types with a path in every error.
//!
//! Nothing that stood in a body ever gets into an error.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use crate::reading::Unreadable;

mod cut;
mod tokens;

pub(crate) use cut::{without_members, without_members_within};
pub(crate) use tokens::{Token, Tokens};

/// Largest body read: what the platform of the largest bodies sends. What a sender may send is bounded where it is received.
const MAX_BYTES: usize = 2 << 20;
/// Deepest nesting read; real bodies stay below ten.
const MAX_DEPTH: usize = 64;
/// Most values read.
const MAX_NODES: usize = 100_000;

/// Reads a whole body into a type.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Unreadable> {
    let text = text(body)?;
    guard(text.as_bytes())?;
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| unreadable(shown(error.path()), error.inner()))?;
    json.end()
        .map_err(|error| unreadable(".".to_owned(), &error))?;
    Ok(value)
}

/// Tells whether a body is JSON through and through.
pub(crate) fn is_sound(body: &[u8]) -> bool {
    read::<serde::de::IgnoredAny>(body).is_ok()
}

/// Takes a body as UTF-8 text of allowed size, without a byte order mark.
pub(crate) fn text(body: &[u8]) -> Result<&str, Unreadable> {
    if body.len() > MAX_BYTES {
        return Err(whole("too_large", "at most 2 MiB".to_owned()));
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        whole("not_utf8", format!("invalid byte after {at} bytes"))
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Refuses nesting and sizes no platform sends, before anything recursive sees the bytes.
fn guard(body: &[u8]) -> Result<(), Unreadable> {
    let mut depth = 0_usize;
    let mut nodes = 0_usize;
    for (token, _) in Tokens::of(body) {
        match token {
            Token::Open => depth = depth.saturating_add(1),
            Token::Close => depth = depth.saturating_sub(1),
            Token::Comma | Token::Colon => nodes = nodes.saturating_add(1),
            Token::Text | Token::Bare => {}
        }
        if depth > MAX_DEPTH {
            return Err(whole("too_deep", format!("at most {MAX_DEPTH} levels")));
        }
        if nodes > MAX_NODES {
            return Err(whole("too_many_values", format!("at most {MAX_NODES}")));
        }
    }
    Ok(())
}

fn whole(code: &'static str, detail: String) -> Unreadable {
    Unreadable {
        code,
        path: ".".to_owned(),
        detail,
    }
}

fn unreadable(path: String, error: &serde_json::Error) -> Unreadable {
    let code = match error.classify() {
        serde_json::error::Category::Data => "wrong_type",
        serde_json::error::Category::Eof => "truncated",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "bad_json",
    };
    Unreadable {
        code,
        path,
        detail: place(error),
    }
}

/// Writes the path of an error; a name that is no plain word may be anything, so it is not shown.
fn shown(path: &serde_path_to_error::Path) -> String {
    let mut text = String::new();
    for segment in path.iter() {
        let name = match segment {
            Segment::Seq { index } => {
                text.push_str(&format!("[{index}]"));
                continue;
            }
            Segment::Map { key } if is_plain(key) => key,
            Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => "?",
        };
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(name);
    }
    if text.is_empty() {
        text.push('.');
    }
    text
}

fn is_plain(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Says where an error is and what was expected there; what was found is left out.
fn place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let expected = message
        .starts_with("invalid ")
        .then(|| message.rsplit_once(", expected ").map(|(_, rest)| rest))
        .flatten();
    match expected {
        Some(rest) => format!("expected {rest}"),
        None => format!("line {} column {}", error.line(), error.column()),
    }
}

/// Reads a part that a sale can do without: what does not fit counts as absent.
pub(crate) fn lenient<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let raw = <&'de RawValue>::deserialize(input)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// Finds the value of a member of the root object by its bytes; every occurrence, in the very case a reader would ask for.
pub(crate) fn root_members<'a>(body: &'a [u8], name: &str) -> Vec<&'a [u8]> {
    let mut tokens = Tokens::of(body).peekable();
    let mut found = Vec::new();
    let mut depth = 0_usize;
    while let Some((token, span)) = tokens.next() {
        match token {
            Token::Open => depth = depth.saturating_add(1),
            Token::Close => depth = depth.saturating_sub(1),
            Token::Text
                if depth == 1
                    && name_at(body, &span).is_some_and(|known| known == name)
                    && tokens.next_if(|(next, _)| *next == Token::Colon).is_some() =>
            {
                found.extend(value_span(&mut tokens).and_then(|span| body.get(span)));
            }
            _ => {}
        }
    }
    found
}

/// Takes the tokens of one value and returns where it stands.
fn value_span(tokens: &mut impl Iterator<Item = (Token, Range<usize>)>) -> Option<Range<usize>> {
    let (first, span) = tokens.next()?;
    if first != Token::Open {
        return Some(span);
    }
    let mut depth = 1_usize;
    let mut end = span.end;
    while depth > 0 {
        let Some((token, span)) = tokens.next() else {
            break;
        };
        match token {
            Token::Open => depth = depth.saturating_add(1),
            Token::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        end = span.end;
    }
    Some(span.start..end)
}

/// Returns what the token at `span` spells, escapes undone.
fn name_at<'a>(body: &'a [u8], span: &Range<usize>) -> Option<Cow<'a, str>> {
    body.get(span.clone()).and_then(decoded)
}

/// Reads a text token, or a bare run of bytes as it stands.
pub(crate) fn decoded(token: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(token).ok()?;
    let Some(inner) = text.strip_prefix('"') else {
        return Some(Cow::Borrowed(text));
    };
    if inner.contains('\\') {
        return serde_json::from_str::<String>(text).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner.strip_suffix('"').unwrap_or(inner)))
}

/// Reads the bytes of a JSON text.
pub(crate) fn string(value: &[u8]) -> Option<String> {
    serde_json::from_slice(value).ok()
}

#[cfg(test)]
mod tests;
