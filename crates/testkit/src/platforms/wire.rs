//! Requests and answers as a platform sees them.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

/// One request.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Vec<u8>,
}

impl Asked {
    /// Returns a header as text, empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// Returns a parameter of the query, empty where there is none.
    pub(super) fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Returns a parameter that is a number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.query(name).parse().ok()
    }

    /// Returns what stands behind `Bearer ` (or another word) in a header, empty where there is none.
    pub(super) fn bearer(&self, header: &str, word: &str) -> &str {
        self.header(header).strip_prefix(word).unwrap_or("")
    }

    /// Returns the body as JSON, null where it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Returns the path's parts behind `base`, none where it lies elsewhere.
    pub(super) fn below<'a>(&'a self, base: &str) -> Option<Vec<&'a str>> {
        let rest = self.path.strip_prefix(base)?.strip_prefix('/')?;
        Some(rest.split('/').collect())
    }
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let kind = HeaderValue::from_static("application/json; charset=utf-8");
        Self {
            status,
            headers: vec![(axum::http::header::CONTENT_TYPE, kind)],
            body: body.to_string().into_bytes(),
        }
    }

    pub(super) fn text(status: u16, text: &str) -> Self {
        Self::json(status, &json!({"message": text, "status_code": status}))
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        let value = HeaderValue::from_str(&value.to_string()).expect("a header's value");
        self.headers.push((HeaderName::from_static(name), value));
        self
    }
}

/// Puts two objects into one.
pub(super) fn joined(mut first: Value, second: Value) -> Value {
    if let (Some(first), Value::Object(second)) = (first.as_object_mut(), second) {
        first.extend(second);
    }
    first
}
