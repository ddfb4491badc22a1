//! One HTTP request, as far as a platform's reader needs it. Knows nothing of the server that received it.

use std::borrow::Cow;

/// Looks up a request's headers without regard to case.
pub trait Headers {
    /// Returns the first value of a header.
    fn get(&self, name: &str) -> Option<&[u8]>;

    /// Returns how often a header stands in the request.
    fn count(&self, name: &str) -> usize;
}

impl Headers for http::HeaderMap {
    fn get(&self, name: &str) -> Option<&[u8]> {
        Self::get(self, name).map(http::HeaderValue::as_bytes)
    }

    fn count(&self, name: &str) -> usize {
        self.get_all(name).iter().count()
    }
}

impl Headers for [(String, String)] {
    fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_bytes())
    }

    fn count(&self, name: &str) -> usize {
        self.iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .count()
    }
}

impl Headers for Vec<(String, String)> {
    fn get(&self, name: &str) -> Option<&[u8]> {
        Headers::get(self.as_slice(), name)
    }

    fn count(&self, name: &str) -> usize {
        Headers::count(self.as_slice(), name)
    }
}

/// Holds a request as it came: the query without its question mark, the headers, the exact bytes of the body.
#[derive(Clone, Copy)]
pub struct Inbound<'a> {
    /// The URL's query, undecoded.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a dyn Headers,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// Tells whether a value is there once, and only once.
pub(crate) enum Single<T> {
    Absent,
    Once(T),
    Repeated,
}

impl<'a> Inbound<'a> {
    /// Returns a query parameter, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Single<Cow<'a, str>> {
        let mut found = url::form_urlencoded::parse(self.query.as_bytes())
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value);
        match (found.next(), found.next()) {
            (None, _) => Single::Absent,
            (Some(value), None) => Single::Once(value),
            (Some(_), Some(_)) => Single::Repeated,
        }
    }

    /// Returns a header's bytes.
    pub(crate) fn header(&self, name: &str) -> Single<&'a [u8]> {
        match (self.headers.count(name), self.headers.get(name)) {
            (0, _) | (_, None) => Single::Absent,
            (1, Some(value)) => Single::Once(value),
            _ => Single::Repeated,
        }
    }
}

impl std::fmt::Debug for Inbound<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Inbound({} bytes)", self.body.len())
    }
}
