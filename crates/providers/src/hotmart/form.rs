//! Bodies of `name=value` pairs, read and cut byte for byte.

use std::borrow::Cow;

use url::form_urlencoded::parse;

/// Holds a form's fields.
pub(super) struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    pub(super) fn of(body: &'a str) -> Self {
        Self(parse(body.as_bytes()).collect())
    }

    /// Returns a field's text; empty means absent, as in every form Hotmart posts.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }
}

/// Returns every value of a field, decoded.
pub(super) fn values(body: &[u8], name: &str) -> Vec<Vec<u8>> {
    parse(body)
        .filter(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned().into_bytes())
        .collect()
}

/// Returns the body without any pair of this name, in any case or spelling of it.
pub(super) fn without<'a>(body: &'a [u8], name: &str) -> Cow<'a, [u8]> {
    let is_named = |pair: &[u8]| {
        parse(pair)
            .next()
            .is_some_and(|(known, _)| known.trim().eq_ignore_ascii_case(name))
    };
    let pairs = || body.split(|byte| *byte == b'&');
    if !pairs().any(is_named) {
        return Cow::Borrowed(body);
    }
    let kept: Vec<&[u8]> = pairs().filter(|pair| !is_named(pair)).collect();
    Cow::Owned(kept.join(&b'&'))
}

/// Tells whether a body is pairs and nothing else: plain characters, one equals sign in each pair.
pub(super) fn is_sound(body: &[u8]) -> bool {
    body.split(|byte| *byte == b'&').all(|pair| {
        pair.iter().filter(|byte| **byte == b'=').count() == 1
            && pair
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"=-._*+%~".contains(byte))
    })
}
