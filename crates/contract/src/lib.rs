//! The vocabulary everything else speaks: events, stages, money, people, ids, feed entries, commands.
//!
//! No I/O and no clock: a time that matters is passed in.
#![warn(missing_docs)]
#![cfg_attr(
    not(test),
    warn(
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects
    )
)]

pub mod boleto;
pub mod chain;
pub mod command;
pub mod customer;
pub mod document;
pub mod entry;
pub mod event;
pub mod filter;
pub mod handling;
pub mod ids;
pub mod letters;
pub mod money;
pub mod order;
pub mod phone;
pub mod pix;
pub mod problem;
pub mod session;
pub mod silence;
pub mod stage;
pub mod step;
pub mod subject;

pub use chain::Chain;
pub use command::{
    Action, Channel, Command, CommandAnswer, CommandAnswers, CommandBatch, Outcome, RefusalCode,
};
pub use customer::Customer;
pub use entry::{Actor, Entry, Epoch, Page, Position, kind};
pub use event::{Boleto, Event, Item, Payment, PaymentMethod, Pix, RawBody, Utms};
pub use filter::{Filter, OwnerIs, Period, TeamView};
pub use handling::{PersonPart, Present, PresentMember, SnoozeUntil};
pub use ids::{
    CommandId, ConversationId, DeliveryId, EventId, IntegrationId, JobId, MemberId, SessionId,
    ViewId, WorkspaceId,
};
pub use money::{Currency, Money};
pub use order::Order;
pub use problem::Problem;
pub use session::{Invite, Me, NewInvite, Role, SignIn, SignedIn};
pub use stage::{Stage, StageGroup, Status};
pub use step::{StepAnswer, StepAsked};
pub use subject::{Erasure, Subject};
