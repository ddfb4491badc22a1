//! What a failed command tells the page.
//!
//! A code exists only when the page acts on it; its words are in the page's text catalogue. `message` is for the
//! person who reads a report of trouble, and never carries a token or customer data.

use std::borrow::Cow;

use inbox::{
    OpenError, Refusal,
    sources::{SourceFault, SourceProblem},
};
use serde::Serialize;

/// Describes why a command failed, as `{code, message, hint?, problems?}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    code: Cow<'static, str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    /// What is wrong in what was sent, and where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<SourceProblem>,
}

/// Names the failures that only the edge knows; those of the desk bring their own names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The clipboard did not take the text.
    ClipboardUnavailable,
    /// The link leads somewhere the app does not open.
    LinkRefused,
    /// The system found no program for the link.
    LinkNotOpened,
    /// Another process has the data folder open.
    FolderInUse,
    /// A newer version of the app wrote the data folder.
    FolderNewer,
    /// The data folder cannot be read or written.
    FolderUnusable,
    /// The service inside the app did not start or did not take the request.
    ServiceFailed,
    /// A name is empty or too long.
    BadName,
    /// A file that somebody asked for could not be written.
    FileNotSaved,
}

impl Code {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ClipboardUnavailable => "clipboard_unavailable",
            Self::LinkRefused => "link_refused",
            Self::LinkNotOpened => "link_not_opened",
            Self::FolderInUse => "folder_in_use",
            Self::FolderNewer => "folder_newer",
            Self::FolderUnusable => "folder_unusable",
            Self::ServiceFailed => "service_failed",
            Self::BadName => "bad_name",
            Self::FileNotSaved => "file_not_saved",
        }
    }

    /// What a person can do about it, for the reader of a report.
    const fn hint(self) -> Option<&'static str> {
        match self {
            Self::FolderInUse => Some("close the other window of the app"),
            Self::FolderNewer => Some("install the newest version"),
            Self::FolderUnusable => Some("check the folder's permissions and the room on the disk"),
            Self::LinkNotOpened => Some("choose a default browser and mail program"),
            _ => None,
        }
    }
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code: code.as_str().into(),
            message: message.into(),
            hint: code.hint(),
            problems: Vec::new(),
        }
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code().into(),
            message: refusal.to_string(),
            hint: None,
            problems: refusal.problems().to_vec(),
        }
    }
}

impl From<SourceFault> for Failure {
    fn from(fault: SourceFault) -> Self {
        Self {
            code: fault.code().to_owned().into(),
            message: fault.to_string(),
            hint: None,
            problems: fault.problems().to_vec(),
        }
    }
}

impl From<&OpenError> for Failure {
    fn from(error: &OpenError) -> Self {
        let code = match error {
            OpenError::InUse(_) => Code::FolderInUse,
            OpenError::Newer { .. } => Code::FolderNewer,
            OpenError::Unusable { .. } => Code::FolderUnusable,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_gets_code_message_and_a_hint_where_there_is_one() {
        let refused = serde_json::to_value(Failure::from(Refusal::PixExpired)).unwrap();
        assert_eq!(
            refused,
            serde_json::json!({"code": "pix_expired", "message": "the PIX code has expired"})
        );
        let open = Failure::from(&OpenError::InUse("/somewhere".into()));
        assert_eq!(open.code(), "folder_in_use");
        assert!(serde_json::to_value(open).unwrap()["hint"].is_string());
    }

    #[test]
    fn a_refusal_of_the_service_says_where() {
        let problem = SourceProblem {
            path: "blueprint.event".to_owned(),
            code: "bad_expression".to_owned(),
            detail: "It does not end.".to_owned(),
        };
        let fault = SourceFault::Refused {
            code: "invalid".to_owned(),
            problems: vec![problem],
        };
        let told = serde_json::to_value(Failure::from(fault)).unwrap();
        assert_eq!(told["code"], "invalid");
        assert_eq!(told["problems"][0]["path"], "blueprint.event");
        let unreachable = serde_json::to_value(Failure::from(SourceFault::Unreachable)).unwrap();
        assert_eq!(
            unreachable,
            serde_json::json!({"code": "unreachable", "message": "the service did not answer"})
        );
    }
}
