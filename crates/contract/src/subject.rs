//! People whose data is asked for or erased: how they are named, and what was done.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::ConversationId;

/// Names a customer by one thing; on the wire an object with exactly one field. Its `Debug` shows no contact data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Subject {
    /// One of their conversations; those that are merged with it belong to it.
    ConversationId(ConversationId),
    /// An e-mail address.
    Email(String),
    /// A phone, in any form that can be read as one; Brazil where no country is told.
    Phone(String),
    /// A CPF or CNPJ, with or without punctuation.
    Document(String),
}

impl fmt::Debug for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConversationId(id) => write!(out, "Subject({id})"),
            Self::Email(_) => out.write_str("Subject(email)"),
            Self::Phone(_) => out.write_str("Subject(phone)"),
            Self::Document(_) => out.write_str("Subject(document)"),
        }
    }
}

/// Tells what was erased: how much, and never what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Erasure {
    /// The conversations that are gone.
    pub conversation_ids: Vec<ConversationId>,
    /// Entries of the feed whose content is gone.
    #[ts(type = "number")]
    pub entries: u64,
    /// Deliveries whose body is gone.
    #[ts(type = "number")]
    pub deliveries: u64,
    /// Checkouts that are waited for no more.
    #[ts(type = "number")]
    pub checkouts: u64,
    /// Finished fetches of orders that are gone.
    #[ts(type = "number")]
    pub jobs: u64,
}

#[cfg(test)]
mod tests {
    use super::Subject;

    #[test]
    fn a_subject_is_named_by_exactly_one_thing() {
        for (text, reads) in [
            (r#"{"email":"rita@example.com"}"#, true),
            (r#"{"phone":"11 90000-0000"}"#, true),
            (r#"{"document":"529.982.247-25"}"#, true),
            (r#"{"email":"rita@example.com","phone":"1"}"#, false),
            (r#"{"name":"Rita"}"#, false),
            (r#"{"conversationId":"x"}"#, false),
            ("{}", false),
        ] {
            let read = serde_json::from_str::<Subject>(text);
            assert_eq!(read.is_ok(), reads, "{text}");
        }
    }

    #[test]
    fn debug_shows_no_contact_data() {
        let subject = Subject::Email("rita@example.com".to_owned());
        assert_eq!(format!("{subject:?}"), "Subject(email)");
    }
}
