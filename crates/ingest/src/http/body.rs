//! Reads what callers send: bodies within limits of size and time, JSON with the place of its fault, queries, path parts.

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Desk;
use super::answer::Refused;
use crate::config::Config;

/// Returns how long a body is, where its head tells.
pub(crate) fn told_length(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(header::CONTENT_LENGTH)?.to_str().ok()?;
    text.parse().ok()
}

/// Refuses what can be refused by the head alone: a length beyond the limit, or an encoding this service does not undo.
pub(crate) fn check_head(headers: &HeaderMap, limit: usize) -> Result<(), Refused> {
    if told_length(headers).is_some_and(|length| length > limit as u64) {
        return Err(Refused::too_large());
    }
    let encoded = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if encoded {
        let refused = Refused::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "encoding_unsupported",
            "Compressed bodies are not taken.",
        );
        return Err(refused
            .hint("Send the body without Content-Encoding.")
            .closing());
    }
    Ok(())
}

/// Reads a body whole, within limits of size, in bytes, and time.
pub(crate) async fn read(body: Body, limit: usize, config: &Config) -> Result<Bytes, Refused> {
    let limited = Limited::new(body, limit);
    match tokio::time::timeout(config.body_timeout, limited.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refused::too_large()),
        Ok(Err(_)) => {
            let refused = Refused::new(
                StatusCode::BAD_REQUEST,
                "body_broken",
                "The body ended before its time.",
            );
            Err(refused.closing())
        }
        Err(_) => {
            let refused = Refused::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_timeout",
                "The body took too long to arrive.",
            );
            Err(refused.closing())
        }
    }
}

/// Extracts a JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Desk> for Json<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Refused> {
        let limit = desk.config.body_limit_bytes;
        check_head(request.headers(), limit)?;
        let bytes = read(request.into_body(), limit, &desk.config).await?;
        parse(&bytes).map(Self)
    }
}

/// Reads JSON; an empty body reads as `{}`.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refused> {
    let bytes = if bytes.trim_ascii().is_empty() {
        b"{}"
    } else {
        bytes
    };
    let mut input = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut input).map_err(|error| fault(&error))?;
    input.end().map_err(|_| bad_json())?;
    Ok(value)
}

fn bad_json() -> Refused {
    Refused::new(StatusCode::BAD_REQUEST, "bad_json", "The body is not JSON.")
        .hint("Send UTF-8 JSON.")
}

fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Refused {
    if !error.inner().is_data() {
        return bad_json();
    }
    // Other messages of the parser repeat the value they complain of.
    let text = error.inner().to_string();
    let missing = text
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    let at = error.path().to_string();
    let path = match (at.as_str(), missing) {
        (".", Some(field)) => field.to_owned(),
        (_, Some(field)) => format!("{at}.{field}"),
        (_, None) => at,
    };
    let detail = match missing {
        Some(_) => "A field is missing.",
        None => "A field has a value that is not acceptable.",
    };
    Refused::invalid(&path, detail).hint("/openapi.json describes every body.")
}

/// Reads a whole number however JSON writes it: `24`, and `24.0` as well.
pub(crate) fn whole<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<u32>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(input)? else {
        return Ok(None);
    };
    let small = number.as_u64().and_then(|whole| u32::try_from(whole).ok());
    let written = || {
        let text = number.to_string();
        text.strip_suffix(".0")?.parse().ok()
    };
    let whole = small.or_else(written);
    whole
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom("expected a whole number"))
}

/// Extracts the query.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Desk> for Params<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Refused> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, desk).await;
        query.map(|Query(value)| Self(value)).map_err(|_| {
            Refused::new(
                StatusCode::BAD_REQUEST,
                "bad_query",
                "A parameter of the query is not acceptable.",
            )
            .hint("/openapi.json describes every parameter.")
        })
    }
}

/// Extracts the variable parts of the path; what cannot be read names nothing, so it is not found.
pub(crate) struct Parts1<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Desk> for Parts1<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Refused> {
        let path: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, desk).await;
        path.map(|Path(value)| Self(value))
            .map_err(|_| Refused::not_found())
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use contract::{CommandBatch, Problem, SignIn};
    use http_body_util::BodyExt;
    use serde::de::DeserializeOwned;

    use super::parse;

    async fn told<T: DeserializeOwned>(body: &str) -> (u16, String, Option<String>) {
        let refused = parse::<T>(body.as_bytes()).err().expect(body);
        let bytes = refused
            .into_response()
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes();
        assert!(
            !String::from_utf8_lossy(&bytes).contains("Rita"),
            "what was sent must not be repeated"
        );
        let problem: Problem = serde_json::from_slice(&bytes).unwrap();
        (problem.status, problem.code, problem.path)
    }

    #[tokio::test]
    async fn faults_name_their_place_and_repeat_nothing() {
        assert_eq!(told::<SignIn>("{").await, (400, "bad_json".into(), None));
        assert_eq!(told::<SignIn>("{} x").await.0, 422);
        assert_eq!(
            told::<SignIn>("").await,
            (422, "invalid".into(), Some("invite".into()))
        );
        assert_eq!(
            told::<SignIn>(r#"{"invite":["Rita"],"name":""}"#).await,
            (422, "invalid".into(), Some("invite".into()))
        );
        let batch = r#"{"commands":[{"id":"Rita"}]}"#;
        assert_eq!(
            told::<CommandBatch>(batch).await,
            (422, "invalid".into(), Some("commands[0].id".into()))
        );
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(told::<serde_json::Value>(&deep).await.1, "bad_json");
    }
}
