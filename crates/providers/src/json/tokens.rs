//! Cuts bytes into JSON's tokens. Never fails: what is no JSON comes out as bare runs.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// `{` or `[`.
    Open,
    /// `}` or `]`.
    Close,
    Colon,
    Comma,
    /// A text with its quotation marks; the last one may be missing.
    Text,
    /// Anything else up to the next mark or space.
    Bare,
}

pub(crate) struct Tokens<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) fn of(body: &'a [u8]) -> Self {
        Self { rest: body, at: 0 }
    }

    fn take(&mut self, length: usize) -> Range<usize> {
        let start = self.at;
        let length = length.clamp(1, self.rest.len().max(1));
        self.at = self.at.saturating_add(length);
        self.rest = self.rest.get(length..).unwrap_or_default();
        start..self.at
    }
}

impl Iterator for Tokens<'_> {
    type Item = (Token, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let blank = self.rest.iter().take_while(|byte| is_blank(**byte)).count();
        if blank > 0 {
            self.take(blank);
        }
        let token = match self.rest.first()? {
            b'{' | b'[' => Token::Open,
            b'}' | b']' => Token::Close,
            b':' => Token::Colon,
            b',' => Token::Comma,
            b'"' => {
                let length = text_length(self.rest);
                return Some((Token::Text, self.take(length)));
            }
            _ => {
                let length = self.rest.iter().take_while(|byte| is_bare(**byte)).count();
                return Some((Token::Bare, self.take(length)));
            }
        };
        Some((token, self.take(1)))
    }
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

const fn is_bare(byte: u8) -> bool {
    !is_blank(byte) && !matches!(byte, b'{' | b'}' | b'[' | b']' | b':' | b',' | b'"')
}

/// Counts the bytes of a text from its opening to its closing mark.
fn text_length(bytes: &[u8]) -> usize {
    let mut escaped = false;
    for (index, byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index.saturating_add(1),
            _ => {}
        }
    }
    bytes.len()
}
