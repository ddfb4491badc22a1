//! Reading of answers: status into fault, body with bounds on size and on silence.

use std::time::Duration;

use contract::Problem;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::Fault;

/// More than any page of entries; an answer beyond this is not ours.
const LARGEST: usize = 32 << 20;

/// What the service says no with.
const PROBLEM: &str = "application/problem+json";

/// The codes by which the service says that its history is another.
const OTHER_HISTORY: [&str; 3] = ["epoch_changed", "cursor_expired", "chain_mismatch"];

/// Sends and reads the whole answer as JSON; `wait` bounds each wait for bytes, not their sum, so that slow lines get through.
pub(super) async fn json<T: DeserializeOwned>(
    ask: RequestBuilder,
    wait: Duration,
) -> Result<T, Fault> {
    let answer = headers(ask, wait).await?;
    let body = body(answer, wait).await?;
    serde_json::from_slice(&body).map_err(|_| Fault::Incompatible)
}

/// Sends and waits for the head of a good answer.
pub(super) async fn headers(ask: RequestBuilder, wait: Duration) -> Result<Response, Fault> {
    let answer = match timeout(wait, ask.send()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) if error.is_connect() => return Err(Fault::Unreachable),
        Ok(Err(error)) if error.is_builder() => return Err(Fault::Incompatible),
        Ok(Err(_)) | Err(_) => return Err(Fault::Cut),
    };
    if answer.status().is_success() {
        return Ok(answer);
    }
    Err(refusal(answer, wait).await)
}

async fn body(mut answer: Response, wait: Duration) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    loop {
        match timeout(wait, answer.chunk()).await {
            Ok(Ok(Some(part))) => body.extend_from_slice(&part),
            Ok(Ok(None)) => return Ok(body),
            Ok(Err(_)) | Err(_) => return Err(Fault::Cut),
        }
        if body.len() > LARGEST {
            return Err(Fault::Incompatible);
        }
    }
}

async fn refusal(answer: Response, wait: Duration) -> Fault {
    let status = answer.status();
    let retry_after = answer
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let busy = status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT;
    if busy {
        return Fault::Busy {
            status: status.as_u16(),
            retry_after,
        };
    }
    // What stands between may answer in the service's place, as a proxy does while the service is changed. That is no word of
    // the service: nothing is refused by it, and nobody signed out.
    let Some(code) = word(answer, wait).await else {
        return Fault::Busy {
            status: status.as_u16(),
            retry_after,
        };
    };
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Fault::SignedOut,
        StatusCode::GONE => Fault::OtherHistory(code),
        StatusCode::CONFLICT if OTHER_HISTORY.contains(&code.as_str()) => Fault::OtherHistory(code),
        _ => Fault::Refused {
            status: status.as_u16(),
            code,
        },
    }
}

/// Reads the code of a refusal that is the service's own.
async fn word(answer: Response, wait: Duration) -> Option<String> {
    let kind = answer.headers().get(header::CONTENT_TYPE)?;
    if !kind.to_str().ok()?.starts_with(PROBLEM) {
        return None;
    }
    let body = body(answer, wait).await.ok()?;
    let problem: Problem = serde_json::from_slice(&body).ok()?;
    Some(problem.code).filter(|code| !code.is_empty())
}
