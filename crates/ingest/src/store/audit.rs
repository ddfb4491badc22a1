//! Who did what to the sources and the team. A record says what was touched and never what it holds.

use chrono::{DateTime, Utc};
use contract::Actor;
use serde::Serialize;
use serde_json::{Map, Value};

/// The actions this version records; a reader may meet others.
pub mod action {
    /// An integration was made.
    pub const CREATED: &str = "integration.created";
    /// An integration was changed; the detail lists what.
    pub const CHANGED: &str = "integration.changed";
    /// An integration was deleted.
    pub const DELETED: &str = "integration.deleted";
    /// A platform told that its app was taken away; the integration was paused.
    pub const ACCESS_ENDED: &str = "integration.access_ended";
    /// A platform told that it suspended the shop; the integration was paused.
    pub const SUSPENDED: &str = "integration.suspended";
    /// A platform told that the shop goes on; the integration was taken up again.
    pub const RESUMED: &str = "integration.resumed";
    /// An integration got a new secret.
    pub const SECRET_ROTATED: &str = "integration.secret_rotated";
    /// The old secrets of an integration were ended.
    pub const SECRET_RETIRED: &str = "integration.secret_retired";
    /// An integration's webhook was registered with its platform.
    pub const REGISTERED: &str = "integration.registered";
    /// A span of an integration's past was asked for.
    pub const SYNC_STARTED: &str = "integration.sync_started";
    /// A job was cancelled.
    pub const JOB_CANCELLED: &str = "job.cancelled";
    /// A test event was sent through an integration.
    pub const TEST_EVENT: &str = "integration.test_event";
    /// The payload of a delivery was read.
    pub const DELIVERY_READ: &str = "delivery.read";
    /// A delivery was read anew.
    pub const REPROCESSED: &str = "delivery.reprocessed";
    /// An invite was made.
    pub const INVITED: &str = "invite.created";
    /// An open invite was taken back; the subject is the id it is listed by.
    pub const INVITE_REVOKED: &str = "invite.revoked";
    /// A member was given another role.
    pub const ROLE_SET: &str = "member.role_set";
    /// A person joined.
    pub const JOINED: &str = "member.joined";
    /// A member was removed.
    pub const REMOVED: &str = "member.removed";
    /// A member set a login and a password.
    pub const PASSWORD_SET: &str = "member.password_set";
    /// A member's password was taken away, and a code given out to sign in with.
    pub const PASSWORD_RESET: &str = "member.password_reset";
    /// A member signed in with a password.
    pub const SIGNED_IN: &str = "session.opened";
    /// A customer's data was given out.
    pub const SUBJECT_EXPORTED: &str = "subject.exported";
    /// A customer's data was erased; the subject is the first of the conversations.
    pub const SUBJECT_ERASED: &str = "subject.erased";
    /// All customers of an integration were erased, as its platform had asked.
    pub const SOURCE_ERASED: &str = "integration.customers_erased";
    /// A session was ended.
    pub const SIGNED_OUT: &str = "session.ended";
}

/// Describes a deed to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// Who did it; `None` where the service itself acted.
    pub actor: Option<Actor>,
    /// What was done; see [`action`].
    pub action: &'static str,
    /// The id of what it was done to.
    pub subject: String,
    /// What else is to be known: names, counts and codes.
    pub detail: Map<String, Value>,
}

impl Deed {
    /// Describes a deed without details.
    pub fn new(actor: Option<Actor>, action: &'static str, subject: impl ToString) -> Self {
        Self {
            actor,
            action,
            subject: subject.to_string(),
            detail: Map::new(),
        }
    }

    /// Adds a detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

/// Holds one record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// Counts up; unique in the store.
    pub id: i64,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// Who did it, by the name of that time; `None` where the service itself acted.
    pub actor: Option<Actor>,
    /// What was done.
    pub action: String,
    /// The id of what it was done to.
    pub subject: String,
    /// What else is known.
    pub detail: Map<String, Value>,
}

/// Holds records, newest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordPage {
    /// The records.
    pub records: Vec<Record>,
    /// What to ask as `before` for the next page; `None` at the end.
    pub next_before: Option<i64>,
}
