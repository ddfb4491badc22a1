//! Reading answers of any API: which trouble a status stands for.
//!
//! Nothing that stood in an answer gets into a [`Trouble`].

use std::time::Duration;

use super::{Response, Trouble};

/// The longest wait believed; what is beyond it is a moment on a clock, or nonsense.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// The headers that say how long to wait, with the milliseconds one unit stands for.
const WAITS: [(&str, f64); 3] = [
    ("retry-after", 1000.0),
    ("ratelimit-reset", 1000.0),
    ("x-rate-limit-reset", 1.0),
];

/// Tells whether an API consented.
pub(super) fn sound(response: &Response<'_>) -> Result<(), Trouble> {
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
