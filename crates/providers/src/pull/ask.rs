//! Writing requests to any API: where it lies, what the seller entered, and the parts of an address that come from others.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use url::Url;

use super::{Account, Method, Request, Token, Trouble};
use crate::Field;

/// Where the API lies when the seller says so.
const ELSEWHERE: &str = "apiBaseUrl";
/// Longest name or id put into an address.
const LONGEST_PART: usize = 128;

/// Holds an API's address up to where its paths begin.
pub(crate) struct Base(Url);

/// Declares a credential.
pub(crate) const fn credential(name: &'static str) -> Field {
    Field {
        name,
        required: true,
        secret: true,
    }
}

/// Declares a setting that is needed.
pub(crate) const fn setting(name: &'static str) -> Field {
    Field {
        name,
        required: true,
        secret: false,
    }
}

/// Declares a setting that may be left out.
pub(crate) const fn option(name: &'static str) -> Field {
    Field {
        name,
        required: false,
        secret: false,
    }
}

/// Returns a credential.
pub(crate) fn entered<'a>(account: &Account<'a>, name: &'static str) -> Result<&'a str, Trouble> {
    account
        .credentials
        .get(name)
        .map(str::trim)
        .filter(|value| is_header(value))
        .ok_or(Trouble::NotSetUp(name))
}

/// Returns the token of the sign-in; without one the API would refuse.
pub(crate) fn token<'a>(account: &Account<'a>) -> Result<&'a str, Trouble> {
    account.token.ok_or(Trouble::Unauthorised)
}

/// Returns a setting that becomes part of an address: letters, digits, `-`, `_` and `.` only.
pub(crate) fn word(account: &Account<'_>, name: &'static str) -> Result<String, Trouble> {
    account
        .settings
        .id(name)
        .filter(|text| is_word(text))
        .ok_or(Trouble::NotSetUp(name))
}

/// Takes an id that becomes part of an address.
pub(crate) fn id(id: &str) -> Result<&str, Trouble> {
    if is_word(id) {
        return Ok(id);
    }
    Err(Trouble::Unreadable("id".to_owned()))
}

/// Nothing that leads to another path, and no path of dots alone.
pub(crate) fn is_word(text: &str) -> bool {
    (1..=LONGEST_PART).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && !text.starts_with('.')
        && !text.contains("..")
}

fn is_header(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
}

/// Finds the API: at `origin` and `path`, or where `apiBaseUrl` says.
///
/// An address without a path of its own, or with the beginning of `path`, stands for another host; any other stands for all of
/// the base.
pub(crate) fn base(
    account: &Account<'_>,
    origin: impl FnOnce() -> Result<String, Trouble>,
    path: impl FnOnce() -> Result<String, Trouble>,
) -> Result<Base, Trouble> {
    let Some(elsewhere) = account.settings.text(ELSEWHERE) else {
        let usual = format!("{}{}", origin()?, path()?);
        return Url::parse(&usual)
            .map(Base)
            .map_err(|_| Trouble::NotSetUp(ELSEWHERE));
    };
    let mut url = Url::parse(elsewhere.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or(Trouble::NotSetUp(ELSEWHERE))?;
    url.set_query(None);
    url.set_fragment(None);
    let told = url.path().trim_end_matches('/').to_owned();
    match path() {
        Ok(path) if path.starts_with(&told) => url.set_path(&path),
        Err(trouble) if told.is_empty() => return Err(trouble),
        _ => url.set_path(&told),
    }
    Ok(Base(url))
}

impl Base {
    /// Returns the address of a path below the base.
    pub(crate) fn at(&self, path: &str, query: &[(&str, &str)]) -> String {
        let mut url = self.0.clone();
        let below = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&below);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url.into()
    }
}

/// Makes a request that asks.
pub(crate) fn get(url: String, headers: Vec<(&'static str, String)>) -> Request {
    Request {
        method: Method::Get,
        url,
        headers,
        body: None,
    }
}

/// Makes a request that tells something in JSON.
pub(crate) fn json(
    method: Method,
    url: String,
    mut headers: Vec<(&'static str, String)>,
    body: &impl Serialize,
) -> Request {
    headers.push(("Content-Type", "application/json".to_owned()));
    Request {
        method,
        url,
        headers,
        body: Some(serde_json::to_vec(body).unwrap_or_default()),
    }
}

/// Makes the header most APIs take a token in.
pub(crate) fn bearer(token: &str) -> Vec<(&'static str, String)> {
    vec![("Authorization", format!("Bearer {token}"))]
}

/// Takes the token of a sign-in that says for how many seconds it lives; a day where it does not say.
pub(crate) fn opened(
    token: Option<&str>,
    seconds: Option<i64>,
    now: DateTime<Utc>,
) -> Result<Token, Trouble> {
    let value = token
        .filter(|value| is_header(value))
        .ok_or_else(|| Trouble::Unreadable("token".to_owned()))?;
    let left = TimeDelta::try_seconds(seconds.unwrap_or(86_400).max(0)).unwrap_or_default();
    Ok(Token {
        value: value.to_owned(),
        expires_at: now.checked_add_signed(left).unwrap_or(now),
    })
}
