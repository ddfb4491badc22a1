//! The rows of `id`, `length`, `value` a BR Code is made of. Knows nothing of what the values mean.

use super::{MAX_LENGTH, PixError};

/// The fields of one level, in their order.
pub(super) struct Fields<'a>(Vec<(u8, &'a str)>);

/// Walks a text to its very end; lengths count characters, as issuers of accented names do.
pub(super) fn walk(text: &str) -> Result<Fields<'_>, PixError> {
    if text.is_empty() {
        return Err(PixError::Empty);
    }
    if text.chars().count() > MAX_LENGTH {
        return Err(PixError::TooLong);
    }
    let mut fields = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (id, after) = two_digits(rest, text)?;
        let (length, after) = two_digits(after, text)?;
        if length == 0 {
            return Err(PixError::Malformed);
        }
        let (value, after) = take(after, length.into()).ok_or_else(|| overrun(text))?;
        fields.push((id, value));
        rest = after;
    }
    Ok(Fields(fields))
}

fn two_digits<'a>(rest: &'a str, whole: &str) -> Result<(u8, &'a str), PixError> {
    let (pair, after) = take(rest, 2).ok_or_else(|| overrun(whole))?;
    if !pair.bytes().all(|b| b.is_ascii_digit()) {
        return Err(PixError::Malformed);
    }
    let number = pair.parse().map_err(|_| PixError::Malformed)?;
    Ok((number, after))
}

fn take(text: &str, count: usize) -> Option<(&str, &str)> {
    let end = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .nth(count)?;
    text.split_at_checked(end)
}

/// A text that still ends in a checksum was not cut off: one of its lengths lies.
fn overrun(text: &str) -> PixError {
    let mut tail = text.chars().rev().skip(4);
    if tail.by_ref().take(4).eq("4036".chars()) {
        PixError::Malformed
    } else {
        PixError::Truncated
    }
}

impl<'a> Fields<'a> {
    pub(super) fn get(&self, id: u8) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(found, _)| *found == id)
            .map(|(_, value)| *value)
    }

    pub(super) fn required(&self, id: u8) -> Result<&'a str, PixError> {
        self.get(id)
            .filter(|value| !value.trim().is_empty())
            .ok_or(PixError::Missing(id))
    }

    pub(super) fn between(&self, first: u8, last: u8) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(id, _)| (first..=last).contains(id))
            .map(|(_, value)| *value)
    }

    pub(super) fn first(&self) -> Option<(u8, &'a str)> {
        self.0.first().copied()
    }

    pub(super) fn last(&self) -> Option<(u8, &'a str)> {
        self.0.last().copied()
    }

    pub(super) fn refuse_repeated(&self, id: u8) -> Result<(), PixError> {
        match self.between(id, id).nth(1) {
            Some(_) => Err(PixError::Repeated(id)),
            None => Ok(()),
        }
    }
}
