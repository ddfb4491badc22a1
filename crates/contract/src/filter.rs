//! What narrows a list: conditions that all have to hold, each met by any of its values.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::entry::Actor;
use crate::ids::{IntegrationId, MemberId, ViewId};
use crate::stage::StageGroup;

/// Narrows a list of conversations. An empty condition holds always; of a conversation's orders, any one has to meet all that is
/// asked of orders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[ts(export)]
pub struct Filter {
    /// Stage groups.
    pub stages: Vec<StageGroup>,
    /// Platforms, by slug.
    pub platforms: Vec<String>,
    /// Sources.
    pub sources: Vec<IntegrationId>,
    /// Products, by name: equal but for case and accents.
    pub products: Vec<String>,
    /// At least so many minor units.
    #[ts(type = "number | null")]
    pub amount_from: Option<i64>,
    /// At most so many minor units.
    #[ts(type = "number | null")]
    pub amount_to: Option<i64>,
    /// Who has the conversation.
    pub owners: Vec<OwnerIs>,
    /// Labels.
    pub labels: Vec<String>,
    /// When the order's newest event happened.
    pub period: Option<Period>,
    /// Something ends within so many minutes from now, and has not ended.
    #[ts(type = "number | null")]
    pub ends_within: Option<u32>,
    /// Campaign sources (`utm_source`).
    pub utm_sources: Vec<String>,
    /// Campaign media (`utm_medium`).
    pub utm_mediums: Vec<String>,
    /// Campaigns (`utm_campaign`).
    pub utm_campaigns: Vec<String>,
}

impl Filter {
    /// Tells whether every conversation passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Lists who can have a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export)]
pub enum OwnerIs {
    /// The member who looks.
    Me,
    /// Nobody.
    Nobody,
    /// This member.
    Member {
        /// Who.
        id: MemberId,
    },
}

/// Bounds a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum Period {
    /// The last so many days of São Paulo; 1 is today.
    Days {
        /// How many, 1 to 366.
        #[ts(type = "number")]
        count: u16,
    },
    /// From a time on, up to another.
    Between {
        /// The first moment.
        #[ts(type = "string")]
        from: DateTime<Utc>,
        /// One past the last.
        #[ts(type = "string")]
        to: DateTime<Utc>,
    },
}

/// Holds a view that a lead saved for the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TeamView {
    /// The view.
    pub id: ViewId,
    /// What it is called, 1 to 60 characters.
    pub name: String,
    /// What it shows.
    pub filter: Filter,
    /// Who saved it last; set by the service.
    #[serde(default)]
    pub by: Option<Actor>,
}
