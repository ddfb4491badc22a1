//! Why the desk says no: one list for what the page asks, one for opening the data folder.
//!
//! No text here carries a token, an address with credentials or customer data.

use std::path::PathBuf;

use crate::sources::{SourceFault, SourceProblem};

/// Tells why something the page asked for was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The order was paid; chasing it would embarrass.
    #[error("the order is already paid")]
    AlreadyPaid,
    /// The PIX code's time is over.
    #[error("the PIX code has expired")]
    PixExpired,
    /// The boleto is not to be paid any more.
    #[error("the boleto is not to be paid any more")]
    BoletoExpired,
    /// The PIX code's check sum or structure is wrong.
    #[error("the PIX code is not valid")]
    PixBroken,
    /// The text still has a part to fill in, or the template cannot be filled now.
    #[error("the text is not complete")]
    HasHole,
    /// The person has no phone that can be written to.
    #[error("no usable phone is known")]
    NoPhone,
    /// The person has no e-mail address.
    #[error("no e-mail address is known")]
    NoEmail,
    /// The order has nothing of that kind.
    #[error("the order has nothing of that kind to copy")]
    NothingToCopy,
    /// The link is not one of the order's own `https` links.
    #[error("the order has no such link to open")]
    NoLink,
    /// The server address cannot be used.
    #[error("the server address cannot be used")]
    BadAddress,
    /// The service did not answer.
    #[error("the service did not answer")]
    Unreachable,
    /// The service does not take the invite.
    #[error("the invite is not valid")]
    BadInvite,
    /// The service does not take the name.
    #[error("the name is not acceptable")]
    BadName,
    /// Only the service can answer, and it is out of reach.
    #[error("the service is out of reach")]
    Offline,
    /// The service is there, but busy or broken for now.
    #[error("the service is busy")]
    ServiceBusy,
    /// The service's answer is not what this version understands.
    #[error("the service's answer is not understood")]
    Incompatible,
    /// Members of this role may not do this.
    #[error("members of this role may not do this")]
    Forbidden,
    /// Nobody could set things up afterwards.
    #[error("the last admin stays")]
    LastAdmin,
    /// Another member has the conversation.
    #[error("another member has the conversation")]
    AlreadyClaimed,
    /// No step of a sequence is due for the order.
    #[error("no step of a sequence is due")]
    NoStepDue,
    /// The step's text was handed over before; by whom and when.
    #[error("the step was done before")]
    StepDone(Vec<SourceProblem>),
    /// Another desk is about to do the step; whose and since when.
    #[error("another desk is doing the step")]
    StepElsewhere(Vec<SourceProblem>),
    /// Somebody saved another version meanwhile.
    #[error("somebody saved another version meanwhile")]
    VersionConflict,
    /// The template has something in it that nobody should be sent; each named by its part and code.
    #[error("the template has something in it that nobody should be sent")]
    TemplateStopped(Vec<SourceProblem>),
    /// Nobody has signed in at this desk.
    #[error("nobody is signed in")]
    SignedOut,
    /// There is no such conversation, order, template or action here.
    #[error("there is no such {0} here")]
    NotFound(&'static str),
    /// What was asked for is malformed.
    #[error("the request is not acceptable: {0}")]
    Invalid(&'static str),
    /// The disk is full; nothing was changed.
    #[error("the disk is full")]
    DiskFull,
    /// A local file could not be read or written.
    #[error("a local file failed: {0}")]
    Storage(String),
}

impl Refusal {
    /// Returns the stable name by which the page chooses its words.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyPaid => "already_paid",
            Self::PixExpired => "pix_expired",
            Self::BoletoExpired => "boleto_expired",
            Self::PixBroken => "pix_broken",
            Self::HasHole => "has_hole",
            Self::NoPhone => "no_phone",
            Self::NoEmail => "no_email",
            Self::NothingToCopy => "nothing_to_copy",
            Self::NoLink => "no_link",
            Self::BadAddress => "bad_address",
            Self::Unreachable => "unreachable",
            Self::BadInvite => "bad_invite",
            Self::BadName => "bad_name",
            Self::Offline => "offline",
            Self::ServiceBusy => "service_busy",
            Self::Incompatible => "incompatible",
            Self::Forbidden => "forbidden",
            Self::LastAdmin => "last_admin",
            Self::AlreadyClaimed => "already_claimed",
            Self::NoStepDue => "no_step_due",
            Self::StepDone(_) => "step_done",
            Self::StepElsewhere(_) => "step_elsewhere",
            Self::VersionConflict => "version_conflict",
            Self::TemplateStopped(_) => "template_stopped",
            Self::SignedOut => "signed_out",
            Self::NotFound(_) => "not_found",
            Self::Invalid(_) => "invalid",
            Self::DiskFull => "disk_full",
            Self::Storage(_) => "storage",
        }
    }
}

impl Refusal {
    /// Returns what is wrong in what was sent, where there may be several things.
    #[must_use]
    pub fn problems(&self) -> &[SourceProblem] {
        match self {
            Self::TemplateStopped(problems)
            | Self::StepDone(problems)
            | Self::StepElsewhere(problems) => problems,
            _ => &[],
        }
    }
}

impl From<SourceFault> for Refusal {
    fn from(fault: SourceFault) -> Self {
        match fault {
            SourceFault::SignedOut => Self::SignedOut,
            SourceFault::Forbidden => Self::Forbidden,
            SourceFault::Unreachable => Self::Offline,
            SourceFault::Busy(_) => Self::ServiceBusy,
            SourceFault::Incompatible => Self::Incompatible,
            SourceFault::Refused { code, problems } => match code.as_str() {
                "last_admin" => Self::LastAdmin,
                "version_conflict" => Self::VersionConflict,
                "template_stopped" => Self::TemplateStopped(problems),
                code if code == "not_found" || code.starts_with("unknown") => {
                    Self::NotFound("thing at the service")
                }
                _ => Self::Invalid("the service does not take it"),
            },
        }
    }
}

/// Tells why the data folder could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the folder open.
    #[error("the data folder {0} is in use by another process")]
    InUse(PathBuf),
    /// A newer version of the app wrote the file that holds drafts and the outbox.
    #[error(
        "{path} was written by a newer version of the app (format {found}, this one knows {known})"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format this version knows.
        known: i64,
    },
    /// The folder or a file in it cannot be used.
    #[error("{path}: {reason}")]
    Unusable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}
