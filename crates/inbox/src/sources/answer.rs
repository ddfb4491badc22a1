//! Reading of answers: status into fault, body within bounds.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::{SourceFault, SourceProblem};

/// More than any list of the service; a delivery's body has at most 2 MiB.
const LARGEST: usize = 16 << 20;

/// A refusal as the service tells it; `problems` where more than one thing is wrong.
#[derive(Deserialize)]
struct Told {
    code: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    problems: Vec<SourceProblem>,
}

/// Sends and reads the whole answer as JSON.
pub(crate) async fn json<T: DeserializeOwned>(
    ask: RequestBuilder,
    wait: Duration,
) -> Result<T, SourceFault> {
    let body = bytes(ask, wait).await?;
    serde_json::from_slice(&body).map_err(|_| SourceFault::Incompatible)
}

/// Sends and reads the whole answer as it is.
pub(crate) async fn bytes(ask: RequestBuilder, wait: Duration) -> Result<Vec<u8>, SourceFault> {
    body(good(ask, wait).await?, wait).await
}

/// Sends and expects to be told that it was done.
pub(crate) async fn nothing(ask: RequestBuilder, wait: Duration) -> Result<(), SourceFault> {
    good(ask, wait).await.map(drop)
}

async fn good(ask: RequestBuilder, wait: Duration) -> Result<Response, SourceFault> {
    let answer = match timeout(wait, ask.send()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) if error.is_builder() => return Err(SourceFault::Incompatible),
        Ok(Err(_)) | Err(_) => return Err(SourceFault::Unreachable),
    };
    if answer.status().is_success() {
        return Ok(answer);
    }
    Err(refusal(answer, wait).await)
}

async fn body(mut answer: Response, wait: Duration) -> Result<Vec<u8>, SourceFault> {
    let mut body = Vec::new();
    loop {
        match timeout(wait, answer.chunk()).await {
            Ok(Ok(Some(part))) => body.extend_from_slice(&part),
            Ok(Ok(None)) => return Ok(body),
            Ok(Err(_)) | Err(_) => return Err(SourceFault::Unreachable),
        }
        if body.len() > LARGEST {
            return Err(SourceFault::Incompatible);
        }
    }
}

async fn refusal(answer: Response, wait: Duration) -> SourceFault {
    let status = answer.status();
    match status {
        StatusCode::UNAUTHORIZED => return SourceFault::SignedOut,
        StatusCode::FORBIDDEN => return SourceFault::Forbidden,
        StatusCode::TOO_MANY_REQUESTS => return SourceFault::Busy(status.as_u16()),
        _ => {}
    }
    let body = body(answer, wait).await.unwrap_or_default();
    let Ok(told) = serde_json::from_slice::<Told>(&body) else {
        return SourceFault::Busy(status.as_u16());
    };
    // A platform's trouble comes as 502 with a code of its own; the service's own trouble has nothing to tell.
    if status.is_server_error() && !told.code.starts_with("platform_") {
        return SourceFault::Busy(status.as_u16());
    }
    let alone = SourceProblem {
        path: told.path.unwrap_or_default(),
        code: told.code.clone(),
        detail: told.detail,
    };
    let problems = if told.problems.is_empty() {
        vec![alone]
    } else {
        told.problems
    };
    SourceFault::Refused {
        code: told.code,
        problems,
    }
}
