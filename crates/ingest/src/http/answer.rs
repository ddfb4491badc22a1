//! How the service says no: one type, made into `application/problem+json` in one place.
//!
//! A refusal's words are fixed in the program; nothing a caller sent and nothing a store or library said is repeated in them.

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::Problem;
use serde::Serialize;
use serde_json::Value;

use super::integrations::Shown;
use crate::store::{Refusal, StoreError};

/// How long a caller should wait after a 503, in seconds.
const RETRY_AFTER: u64 = 2;

/// Refuses a request; small, since every handler's result carries room for it.
#[derive(Debug, Clone)]
pub(crate) struct Refused(Box<Words>);

#[derive(Debug, Clone)]
struct Words {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
    path: Option<String>,
    problems: Vec<Shown>,
    current: Option<Value>,
    header: Option<(HeaderName, HeaderValue)>,
}

/// A problem, with every fault of settings where there may be several.
#[derive(Serialize)]
struct Written {
    #[serde(flatten)]
    problem: Problem,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<Value>,
}

impl Refused {
    /// Makes a refusal of a status, a stable code and a sentence.
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Words {
            status,
            code,
            detail: detail.into(),
            hint: None,
            path: None,
            problems: Vec::new(),
            current: None,
            header: None,
        }))
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds where in the body the fault lies.
    pub(crate) fn path(mut self, path: String) -> Self {
        self.0.path = Some(path);
        self
    }

    /// Adds every single fault.
    pub(crate) fn problems(mut self, problems: Vec<Shown>) -> Self {
        self.0.problems = problems;
        self
    }

    /// Adds what is there instead of what the caller took to be there.
    pub(crate) fn current(mut self, current: Value) -> Self {
        self.0.current = Some(current);
        self
    }

    /// Adds a header to the answer.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.header = Some((name, value));
        self
    }

    /// Adds after which time to ask again, rounded up to a second.
    pub(crate) fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait
            .as_secs()
            .saturating_add(u64::from(wait.subsec_nanos() > 0))
            .max(1);
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Returns the stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.0.code
    }

    /// The body is larger than allowed.
    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "The body is larger than this service takes.",
        )
        .hint("Send at most 1 MiB (CartPanda: 2 MiB), or what `body_limit_bytes` is set to.")
        .closing()
    }

    /// The connection ends with this answer, since the rest of the request will not be read.
    pub(crate) fn closing(self) -> Self {
        self.header(header::CONNECTION, HeaderValue::from_static("close"))
    }

    /// Something in the body or query is not acceptable.
    pub(crate) fn invalid(path: &str, detail: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).path(path.to_owned())
    }

    /// There is no such thing, or not in the caller's workspace.
    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is no such thing here.",
        )
        .hint("Check the address; /openapi.json lists every route.")
    }

    /// The caller asks more often than they may.
    pub(crate) fn rate_limited(detail: &'static str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
            .hint("Send again after the time in Retry-After.")
    }

    /// The thing is not in a state that allows it.
    pub(crate) fn conflict(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// The store cannot take it now.
    pub(crate) fn busy(code: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, "The service cannot store this now; nothing was acknowledged.")
            .hint("Send the same request again after the time in Retry-After; a repeat makes no second event.")
            .retry_after(Duration::from_secs(RETRY_AFTER))
    }

    /// The caller has shown no valid token.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "A valid token is needed.")
            .hint("Send `Authorization: Bearer TOKEN`; POST /api/v1/sessions turns an invite into a token.")
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// The caller's role does not allow it.
    pub(crate) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Your role does not allow this.",
        )
        .hint("Ask an admin of the workspace.")
    }

    /// A webhook's proof is bad or missing; the body is the same whatever the reason.
    pub(crate) fn bad_proof() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "bad_proof",
            "The proof of origin is missing or does not hold.",
        )
        .hint("Check that the platform and the integration hold the same secret.")
    }

    /// Something broke inside.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong inside the service.",
        )
        .hint("The service's log tells more.")
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let words = *self.0;
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: words
                .status
                .canonical_reason()
                .unwrap_or_default()
                .to_owned(),
            status: words.status.as_u16(),
            code: words.code.to_owned(),
            detail: words.detail.into_owned(),
            hint: words.hint.map(Cow::into_owned),
            path: words.path,
        };
        let written = Written {
            problem,
            problems: words.problems,
            current: words.current,
        };
        let mut response = (words.status, Json(written)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some((name, value)) = words.header {
            headers.insert(name, value);
        }
        response
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Overloaded => Self::busy("overloaded"),
            StoreError::Unavailable(fault) => {
                tracing::error!(fault = fault.code(), "the store is unavailable: {fault}");
                Self::busy("unavailable")
            }
            StoreError::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let (status, detail, hint) = match refusal {
            Refusal::NonceReused => return Self::bad_proof(),
            Refusal::InviteUnknown => (
                StatusCode::NOT_FOUND,
                "There is no such invite.",
                "Check the code, or ask for a new invite.",
            ),
            Refusal::InviteUsed => (
                StatusCode::CONFLICT,
                "The invite was used before.",
                "Ask for a new invite.",
            ),
            Refusal::InviteExpired => (
                StatusCode::GONE,
                "The invite's time is over.",
                "Ask for a new invite.",
            ),
            Refusal::CursorExpired => return cursor_expired(),
            Refusal::CursorAhead => return epoch_changed(),
            Refusal::ProviderFixed => (
                StatusCode::CONFLICT,
                "The integration of this slug belongs to another platform.",
                "Choose another slug; an integration keeps its platform.",
            ),
            Refusal::LoginTaken => (
                StatusCode::CONFLICT,
                "Another member signs in with this login.",
                "Choose another login.",
            ),
            Refusal::LastAdmin => (
                StatusCode::CONFLICT,
                "This is the workspace's last admin.",
                "Invite another admin first.",
            ),
            Refusal::KeyTaken => (
                StatusCode::CONFLICT,
                "The webhook key is in use.",
                "Send the request again.",
            ),
            Refusal::JobOver => (
                StatusCode::CONFLICT,
                "The job has ended.",
                "Ask for a new one with POST /api/v1/integrations/sync.",
            ),
            Refusal::VersionConflict => (
                StatusCode::CONFLICT,
                "Another version is there by now.",
                "Look at `current`, and save on top of its version.",
            ),
            Refusal::TooMany => (
                StatusCode::CONFLICT,
                "The team has as many as it may.",
                "Remove one that is no longer needed.",
            ),
        };
        Self::new(status, refusal.code(), detail).hint(hint)
    }
}

/// The log does not reach back to the reader's position.
pub(crate) fn cursor_expired() -> Refused {
    Refused::new(
        StatusCode::GONE,
        "cursor_expired",
        "The log no longer reaches back to this position.",
    )
    .hint("Start again from the newest page of /api/v1/feed/entries.")
}

/// The reader's position belongs to another history.
pub(crate) fn epoch_changed() -> Refused {
    Refused::new(StatusCode::CONFLICT, "epoch_changed", "The position belongs to another history of this feed.")
        .hint("Drop what came from the old epoch and start again from the newest page of /api/v1/feed/entries.")
}

/// The reader's history differs from ours.
pub(crate) fn chain_mismatch() -> Refused {
    Refused::new(StatusCode::CONFLICT, "chain_mismatch", "The chain shown is not ours at this position.")
        .hint("Something was lost, doubled or changed on the way; start again from the newest page of /api/v1/feed/entries.")
}
