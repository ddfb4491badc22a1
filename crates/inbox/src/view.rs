//! What the page shows: plain shapes, already read for the eye, never holding a token or a secret.
//!
//! Times are Unix milliseconds, money is minor units with its currency, personal data is masked unless asked for by name.

mod card;
mod lists;
mod news;
mod outbox;
mod persons;
mod sequences;
mod talk;

pub use card::{
    BoletoPart, Bump, ItemLine, LinkPart, OrderCard, PaidBy, PixPart, PixState, Primary, Step,
};
pub use contract::PersonPart;
pub use lists::{
    Amount, Colleague, Counters, Deadline, DeadlineKind, DueStep, FilterValues, Named, NamedSource,
    Owner, PageAsked, Pressure, Row, RowPage, SavedCount, SavedView, SourceStanding, View,
    ViewCount,
};
pub use news::{Change, Desk, Freshness, FreshnessState, Trouble};
pub use outbox::{OutboxItem, OutboxState};
pub use persons::{MergeState, MergedPerson, Suggestion};
pub use sequences::{SequenceCheck, SequenceTrial};
pub use talk::{
    BackReason, ConversationView, Draft, DraftStop, Handling, Happening, Origin, Person,
    TimelineItem, TimelineOnly,
};
