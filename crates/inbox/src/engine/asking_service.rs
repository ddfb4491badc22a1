//! What only the service knows, asked for one conversation or order; out of reach is said at once and plainly.

use std::sync::Arc;

use contract::DeliveryId;

use super::Inbox;
use super::seat::Seat;
use crate::asking::Provenance;
use crate::error::Refusal;
use crate::feed::Line;
use crate::team;
use crate::view::FreshnessState;

impl Inbox {
    /// Tells which requests told of an order, and how they proved where they come from.
    ///
    /// # Errors
    /// `Offline`, `NotFound`, `SignedOut`.
    pub async fn provenance(&self, order_key: &str) -> Result<Provenance, Refusal> {
        let (_, line) = self.reach()?;
        team::provenance(&line, order_key).await
    }

    /// Reads what a platform sent, laid out for the eye. Leads and admins.
    ///
    /// # Errors
    /// `Offline`, `Forbidden`, `NotFound`, `SignedOut`.
    pub async fn raw_event(&self, id: DeliveryId) -> Result<String, Refusal> {
        self.reach()?;
        Ok(self.sources()?.delivery(id).await?.payload)
    }

    /// Returns the line, unless it is known to be down.
    pub(crate) fn reach(&self) -> Result<(Arc<Seat>, Line), Refusal> {
        let seat = self.seat()?;
        let line = seat.line().ok_or(Refusal::Offline)?;
        if self.freshness().state == FreshnessState::Offline {
            return Err(Refusal::Offline);
        }
        Ok((seat, line))
    }
}
