//! Sequences at work: what the team follows, and taking up the step that is due.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contract::{Action, CommandId, ConversationId, StepAsked};
use follow_up::{SequenceState, SharedSequences, StageSequence};
use tokio::time::timeout;

use super::Inbox;
use super::seat::Seat;
use crate::asking::HandOverAsked;
use crate::error::Refusal;
use crate::sequences;
use crate::user::KeptState;
use crate::view::{ConversationView, SequenceCheck};

/// Real orders that a sequence is tried on.
const TRIED: u32 = 3;

/// How long the service may take to say whose a conversation is.
const CLAIMING: Duration = Duration::from_secs(5);

impl Inbox {
    /// Returns what orders are followed up by: the team's sequences, or those that come with the program.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn sequences(&self) -> Result<SharedSequences, Refusal> {
        self.seat()?.read(|views, _| views.sequences()).await
    }

    /// Tells what a stage's sequence is worth before it is saved: its fault, as the service would name it, and when its steps come
    /// for the newest real orders of the stage.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn sequence_check(
        &self,
        stage: StageSequence,
        rest_days: bool,
    ) -> Result<SequenceCheck, Refusal> {
        let fault = stage.check().err().map(|fault| fault.0.to_owned());
        let now = self.core().now();
        let seat = self.seat()?;
        let orders = seat
            .read(move |views, overlay| {
                views.sequence_trials(stage, rest_days, TRIED, now, overlay)
            })
            .await?;
        Ok(SequenceCheck { fault, orders })
    }

    /// Saves the team's sequences on top of the version they were made from; returns them with the version that makes.
    ///
    /// # Errors
    /// `VersionConflict`, `Forbidden`, `Invalid`, `Offline`, `SignedOut`.
    pub async fn sequences_save(
        &self,
        shared: SharedSequences,
    ) -> Result<SharedSequences, Refusal> {
        if shared.sequences.check().is_err() {
            return Err(Refusal::Invalid("the sequences have a fault"));
        }
        let (_, line) = self.reach()?;
        let version = sequences::save(&line, &shared).await?;
        Ok(SharedSequences { version, ..shared })
    }

    /// Takes up the step that is due for an order and returns the key of its template.
    ///
    /// A step is one member's: a conversation that nobody has is claimed first, and the service's word is waited for, so that of
    /// two desks one gets the step. Out of reach of the service nobody does.
    ///
    /// # Errors
    /// `NoStepDue` when there is none, or none any more; `AlreadyClaimed` by another; `Offline`; `NotFound`, `SignedOut`.
    pub async fn step_take(
        &self,
        id: ConversationId,
        order_key: String,
    ) -> Result<String, Refusal> {
        let seat = self.seat()?;
        let view = self.conversation(id).await?;
        let template = due(&view, &order_key)?;
        if is_mine(&view) {
            return Ok(template);
        }
        if view.owner.is_none() {
            let command = self.keep_one(&seat, id, Action::Claim {}).await?;
            self.told(&seat, id, command).await?;
        } else {
            timeout(CLAIMING, self.owned(id))
                .await
                .map_err(|_| Refusal::Offline)??;
        }
        due(&self.conversation(id).await?, &order_key)
    }

    /// Asks the service for the step that a text is, right before it leaves. Of all desks one gets it, so out of reach of the
    /// service none does; a text that was chosen without being prepared as the step is asked for only where it can be.
    ///
    /// # Errors
    /// `NoStepDue`, `StepDone`, `StepElsewhere`, `Offline`.
    pub(super) async fn step_asked(&self, asked: &HandOverAsked) -> Result<(), Refusal> {
        let (Some(order_key), Some(template)) = (&asked.order_key, &asked.template_key) else {
            return Ok(());
        };
        let view = self.conversation(asked.conversation_id).await?;
        let Some(since) = due_since(&view, order_key, template) else {
            return if asked.step {
                Err(Refusal::NoStepDue)
            } else {
                Ok(())
            };
        };
        let told = match self.reach() {
            Ok((_, line)) => {
                let step = StepAsked {
                    order_key: order_key.clone(),
                    template: template.clone(),
                    since,
                };
                sequences::take(&line, &step).await
            }
            Err(away) => Err(away),
        };
        match told {
            Err(Refusal::StepDone(_) | Refusal::StepElsewhere(_)) => told,
            Err(_) if !asked.step => Ok(()),
            told => told,
        }
    }

    /// Waits for the service's word on a claim; one that did not come in time is taken back where it has not left.
    async fn told(
        &self,
        seat: &Seat,
        id: ConversationId,
        command: CommandId,
    ) -> Result<(), Refusal> {
        let told = timeout(CLAIMING, async {
            let mut changes = self.core().board.listen(Duration::ZERO);
            loop {
                let kept = self.core().user(|db| db.kept()).await?;
                let state = kept.into_iter().find(|kept| kept.command.id == command);
                match state.map(|kept| kept.state) {
                    Some(KeptState::Refused(..)) => return Err(Refusal::AlreadyClaimed),
                    Some(KeptState::Answered(_)) | None => return Ok(()),
                    Some(KeptState::Waiting | KeptState::Sending) => {}
                }
                changes.next().await.ok_or(Refusal::SignedOut)?;
            }
        });
        if let Ok(told) = told.await {
            return told;
        }
        tracing::debug!(conversation = %id, "the service did not answer a claim in time");
        if self.core().user(move |db| db.discard(command)).await? {
            seat.outbox_changed(self.core()).await?;
        }
        Err(Refusal::Offline)
    }

    /// Waits until a claim that was made before is the service's word too.
    async fn owned(&self, id: ConversationId) -> Result<(), Refusal> {
        let mut changes = self.core().board.listen(Duration::ZERO);
        loop {
            let view = self.conversation(id).await?;
            match &view.owner {
                Some(owner) if !owner.is_me => return Err(Refusal::AlreadyClaimed),
                Some(owner) if owner.pending => {}
                _ => return Ok(()),
            }
            changes.next().await.ok_or(Refusal::SignedOut)?;
        }
    }
}

fn is_mine(view: &ConversationView) -> bool {
    let owner = view.owner.as_ref();
    owner.is_some_and(|owner| owner.is_me && !owner.pending)
}

/// Returns since when the step with a template is due for an order.
fn due_since(view: &ConversationView, order_key: &str, due: &str) -> Option<DateTime<Utc>> {
    let mut orders = view.orders.iter();
    let order = orders.find(|order| order.order_key == order_key)?;
    match order.sequence.as_ref()? {
        SequenceState::Due {
            template, since, ..
        } if template == due => DateTime::from_timestamp_millis(*since),
        _ => None,
    }
}

/// Returns the template of the step that is due for an order.
fn due(view: &ConversationView, order_key: &str) -> Result<String, Refusal> {
    let order = view
        .orders
        .iter()
        .find(|order| order.order_key == order_key);
    match order.ok_or(Refusal::NotFound("order"))?.sequence.as_ref() {
        Some(SequenceState::Due { template, .. }) => Ok(template.clone()),
        Some(SequenceState::Stopped { by: Some(_), .. }) => Err(Refusal::AlreadyClaimed),
        _ => Err(Refusal::NoStepDue),
    }
}
