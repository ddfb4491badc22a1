//! Reading answers of any API: which trouble a status stands for, and the members of a page as they stand.
//!
//! Nothing that stood in an answer gets into a [`Trouble`].

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Kind, Pulled, Response, Trouble};

/// The longest wait believed; what is beyond it is a moment on a clock, or nonsense.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// The headers that say how long to wait, with the milliseconds one unit stands for.
const WAITS: [(&str, f64); 3] = [
    ("retry-after", 1000.0),
    ("ratelimit-reset", 1000.0),
    ("x-rate-limit-reset", 1.0),
];

/// Tells whether an API consented.
pub(crate) fn sound(response: &Response<'_>) -> Result<(), Trouble> {
    Err(match response.status {
        200..=299 => return Ok(()),
        401 => Trouble::Unauthorised,
        // 402 is an account that is closed for lack of payment: no trying again opens it.
        402 | 403 => Trouble::Forbidden,
        404 | 410 => Trouble::NotFound,
        429 => Trouble::TooFast(wait(response)),
        status @ (408 | 500..=599) => Trouble::Failed(status),
        status => Trouble::Refused(status),
    })
}

fn wait(response: &Response<'_>) -> Option<Duration> {
    WAITS.iter().find_map(|(name, unit)| {
        let text = std::str::from_utf8(response.headers.get(name)?).ok()?;
        let millis = text.trim().parse::<f64>().ok()? * unit;
        let wait = Duration::try_from_secs_f64(millis / 1000.0).ok()?;
        (wait <= LONGEST_WAIT).then_some(wait)
    })
}

/// Reads the body of an answer that consented.
pub(crate) fn read<'a, T: Deserialize<'a>>(response: &Response<'a>) -> Result<T, Trouble> {
    sound(response)?;
    json(response.body)
}

/// Reads JSON of any size; the members' own shapes are guarded where they are read.
pub(crate) fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Trouble> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        Trouble::Unreadable(place)
    })
}

/// Takes the members of a list.
pub(crate) fn all(kind: Kind, list: &[&RawValue]) -> Vec<Pulled> {
    list.iter().map(|body| one(kind, body)).collect()
}

/// Takes one body.
pub(crate) fn one(kind: Kind, body: &RawValue) -> Pulled {
    Pulled {
        kind,
        body: body.get().as_bytes().to_vec(),
    }
}

/// Returns the address behind `rel="next"` of a `Link` header.
pub(crate) fn next_link(response: &Response<'_>) -> Option<String> {
    let links = std::str::from_utf8(response.headers.get("link")?).ok()?;
    links.split(',').find_map(|link| {
        let (address, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
        let next = rest
            .split(';')
            .any(|part| matches!(part.trim(), "rel=\"next\"" | "rel=next"));
        next.then(|| address.to_owned())
    })
}

/// Returns a header that is a number.
pub(crate) fn number(response: &Response<'_>, name: &str) -> Option<u64> {
    let text = std::str::from_utf8(response.headers.get(name)?).ok()?;
    text.trim().parse().ok()
}
