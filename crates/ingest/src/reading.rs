//! From a body to what the store keeps: the same way for what a platform sends, for what was fetched from its API, and for a
//! stored delivery that is read anew. Knows no HTTP and no platform's details.

use chrono::{DateTime, Utc};
use contract::{Event, EventId, Stage, Status};
use providers::pull::{Kind, Pulled};
use providers::{Context, Doubt, Draft, Inbound, Provider, Reading, Unreadable};

use crate::identity::Traces;
use crate::outgoing::account;
use crate::store::{
    CheckoutNews, CheckoutStep, DeliveryDetail, HeldBack, Integration, NewEvent, NewReading,
    TRIAL_HEADER, World, why,
};

/// Shows that the sender uses the unified contract's proof, whatever platform the body comes from.
pub(crate) const UNIFIED_PROOF_HEADER: &str = "x-rekuplead-signature";

/// Names what a fetched body is, beside it in the store.
pub(crate) const PULLED_HEADER: &str = "x-balcao-pulled";

/// Reads the bodies of one account.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    provider: &'static dyn Provider,
    integration: &'a Integration,
    world: &'a dyn World,
    now: DateTime<Utc>,
    is_trial: bool,
    /// Whether the sender's word is taken also where it says that money moved and the platform's API can be asked.
    is_signed: bool,
}

/// What a body was read into.
pub(crate) struct Read {
    /// What the store takes.
    pub(crate) reading: NewReading,
    /// What the sender is told when it could not be read.
    pub(crate) rejected: Option<Unreadable>,
    /// Fields that were there and could not be used.
    pub(crate) doubts: Vec<Doubt>,
    /// The unconfirmed shapes that were met.
    pub(crate) shapes: Vec<&'static str>,
}

/// What drafts say beside the events they become.
#[derive(Default)]
struct Asides {
    doubts: Vec<Doubt>,
    shapes: Vec<&'static str>,
}

impl Asides {
    fn take(&mut self, draft: &Draft) {
        self.doubts.extend(&draft.doubts);
        self.shapes.extend(&draft.shapes);
    }
}

impl<'a> Reader<'a> {
    /// Makes the reader of an account's bodies that came at a time; `None` where no platform has its slug.
    pub(crate) fn new(
        integration: &'a Integration,
        world: &'a dyn World,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        Some(Self {
            provider: providers::provider(&integration.provider)?,
            integration,
            world,
            now,
            is_trial: false,
            is_signed: false,
        })
    }

    /// Says whether the service sent the body to itself: what it tells then is a test, whatever it says.
    pub(crate) const fn trial(self, is_trial: bool) -> Self {
        Self { is_trial, ..self }
    }

    /// Says whether something vouches for the body beyond the address it came to. Without it, what says that money moved is held
    /// back until the platform's API has confirmed it, where that can be asked.
    pub(crate) const fn signed(self, is_signed: bool) -> Self {
        Self { is_signed, ..self }
    }

    /// Reads what the platform sent, after its proof held.
    ///
    /// # Errors
    /// When an event cannot be written as JSON, which none that was read can cause.
    pub(crate) fn sent(&self, inbound: &Inbound<'_>) -> Result<Read, serde_json::Error> {
        self.read(providers::normalise(
            self.provider,
            inbound,
            &self.context(),
        ))
    }

    /// Reads what was fetched from the platform's API. What it says last outranks what a notice told by itself of that time.
    ///
    /// # Errors
    /// As [`Reader::sent`].
    pub(crate) fn fetched(
        &self,
        pulled: &Pulled,
        told_at: Option<DateTime<Utc>>,
    ) -> Result<Read, serde_json::Error> {
        let reading = self.provider.read_pulled(pulled, &self.context());
        let reading = reading.map(|reading| match reading {
            // What was fetched is not fetched again.
            Reading::Notice { drafts, .. } | Reading::Events(drafts) => {
                Reading::Events(outranking(drafts, told_at))
            }
            other => other,
        });
        self.read(reading)
    }

    /// Names the statuses that what was fetched shows; none where it cannot be read.
    pub(crate) fn shown(&self, pulled: &Pulled) -> Vec<Status> {
        let drafts = self.drafts(pulled);
        drafts.iter().map(|draft| draft.stage.status()).collect()
    }

    /// Returns the latest time that what was fetched tells of; `None` where it cannot be read.
    pub(crate) fn told_at(&self, pulled: &Pulled) -> Option<DateTime<Utc>> {
        self.drafts(pulled)
            .iter()
            .map(|draft| draft.occurred_at)
            .max()
    }

    /// Reads what was held back of a stored delivery as it was told: the API cannot say whether it is so.
    ///
    /// # Errors
    /// As [`Reader::sent`].
    pub(crate) fn as_told(&self, detail: &DeliveryDetail) -> Result<NewReading, serde_json::Error> {
        let read = self.signed(true).kept(detail)?;
        Ok(match read.reading {
            NewReading::Notice { events, .. } => NewReading::Events(events),
            other => other,
        })
    }

    /// Reads a stored delivery anew.
    ///
    /// # Errors
    /// As [`Reader::sent`].
    pub(crate) fn stored(&self, detail: &DeliveryDetail) -> Result<Read, serde_json::Error> {
        self.signed(detail.proof.signed).kept(detail)
    }

    fn kept(&self, detail: &DeliveryDetail) -> Result<Read, serde_json::Error> {
        let mut headers = detail.headers.clone();
        let header = |wanted| headers.iter().find(|(name, _)| name == wanted);
        let kind = header(PULLED_HEADER).and_then(|(_, word)| Kind::parse(word));
        let reader = self.trial(header(TRIAL_HEADER).is_some());
        if let Some(kind) = kind.filter(|_| detail.proof.is_pulled()) {
            let body = detail.body.clone();
            return reader.fetched(&Pulled { kind, body }, None);
        }
        // The proof itself was not kept; that it was the unified contract's decides in which form the body is read.
        if detail.proof.scheme.starts_with("unified.") {
            headers.push((UNIFIED_PROOF_HEADER.to_owned(), String::new()));
        }
        reader.sent(&Inbound {
            query: &detail.query,
            headers: &headers,
            body: &detail.body,
        })
    }

    fn drafts(&self, pulled: &Pulled) -> Vec<Draft> {
        match self.provider.read_pulled(pulled, &self.context()) {
            Ok(Reading::Notice { drafts, .. } | Reading::Events(drafts)) => drafts,
            Ok(Reading::Ignored { .. } | Reading::Unmapped { .. }) | Err(_) => Vec::new(),
        }
    }

    fn context(&self) -> Context<'a> {
        Context {
            now: self.now,
            integration: self.integration.id,
            settings: &self.integration.settings,
        }
    }

    fn read(&self, outcome: Result<Reading, Unreadable>) -> Result<Read, serde_json::Error> {
        let mut asides = Asides::default();
        let mut rejected = None;
        let reading = match outcome {
            Ok(Reading::Events(drafts)) => NewReading::Events(self.events(drafts, &mut asides)?),
            Ok(Reading::Notice {
                event,
                order,
                drafts,
            }) => self.notice(event, order, drafts, &mut asides)?,
            Ok(Reading::Ignored { event, why }) => NewReading::Ignored {
                event,
                why: why.to_owned(),
            },
            Ok(Reading::Unmapped { event, why }) => NewReading::Unmapped {
                event,
                why: why.to_owned(),
            },
            Err(unreadable) => {
                let reading = NewReading::Rejected {
                    code: unreadable.code.to_owned(),
                    path: unreadable.path.clone(),
                };
                rejected = Some(unreadable);
                reading
            }
        };
        Ok(Read {
            reading,
            rejected,
            doubts: asides.doubts,
            shapes: asides.shapes,
        })
    }

    /// Without what its API asks for an order cannot be fetched; what is certain is told all the same.
    fn notice(
        &self,
        event: String,
        order: String,
        drafts: Vec<Draft>,
        asides: &mut Asides,
    ) -> Result<NewReading, serde_json::Error> {
        if account::is_set_up(self.integration) {
            let (held, told): (Vec<_>, Vec<_>) =
                drafts.into_iter().partition(|draft| self.holds(draft));
            held.iter().for_each(|draft| asides.take(draft));
            return Ok(NewReading::Notice {
                event,
                why: why::BEING_FETCHED.to_owned(),
                order,
                held: held.into_iter().next_back().map(held_back).map(Box::new),
                told_at: told.iter().map(|draft| draft.occurred_at).max(),
                events: self.events(told, asides)?,
            });
        }
        let events = self.events(drafts, asides)?;
        if events.is_empty() {
            let why = why::NO_CREDENTIALS.to_owned();
            return Ok(NewReading::Unmapped { event, why });
        }
        Ok(NewReading::Events(events))
    }

    /// Tells whether a draft waits for the API's word. What the service sends to itself is a test and moves nothing.
    fn holds(&self, draft: &Draft) -> bool {
        let moved = matches!(draft.stage.status(), Status::Approved | Status::Refunded);
        moved && !self.is_signed && !self.is_trial
    }

    fn events(
        &self,
        drafts: Vec<Draft>,
        asides: &mut Asides,
    ) -> Result<Vec<NewEvent>, serde_json::Error> {
        let make = |draft: Draft| {
            asides.take(&draft);
            let (millis, random) = self.world.id_parts();
            let business_key = draft.business_key.clone();
            let mut event = draft.into_event(EventId::new(millis, random));
            event.is_test |= self.is_trial;
            let mut new = NewEvent::new(&event, &business_key)?;
            new.checkout = self.checkout(&event)?;
            Ok(new)
        };
        drafts.into_iter().map(make).collect()
    }

    /// Says what an event means for checkouts, where the platform leaves it to us to tell that one was abandoned.
    fn checkout(&self, event: &Event) -> Result<Option<CheckoutNews>, serde_json::Error> {
        let Some(after) = self.provider.abandons_after(&self.integration.settings) else {
            return Ok(None);
        };
        let due_at = event.occurred_at.checked_add_signed(after);
        let step = match (event.stage, due_at) {
            (Stage::CheckoutStarted, Some(due_at)) => CheckoutStep::Begun {
                due_at,
                abandoned: Box::new(self.abandoned(event, due_at)?),
            },
            (Stage::CheckoutStarted | Stage::CartAbandoned, _) => CheckoutStep::Abandoned,
            _ => CheckoutStep::Over,
        };
        Ok(Some(CheckoutNews {
            order_key: event.order_key.clone(),
            carts: event.carts.clone(),
            at: event.occurred_at,
            step,
        }))
    }

    /// Makes the event that tells of a checkout's abandonment: what was known of it, at the time it counts as abandoned.
    fn abandoned(
        &self,
        begun: &Event,
        due_at: DateTime<Utc>,
    ) -> Result<NewEvent, serde_json::Error> {
        let (millis, random) = self.world.id_parts();
        let event = Event {
            id: EventId::new(millis, random),
            stage: Stage::CartAbandoned,
            event: Stage::CartAbandoned.as_str().to_owned(),
            occurred_at: due_at,
            ..begun.clone()
        };
        let key = providers::abandonment_key(&event.order_key, begun.occurred_at);
        NewEvent::new(&event, &key)
    }
}

fn held_back(draft: Draft) -> HeldBack {
    // The event itself is not kept, so its id is nobody's.
    let event = draft.into_event(EventId::from_u128(0));
    HeldBack {
        status: event.status(),
        traces: Traces::of(&event),
    }
}

/// Moves the newest drafts behind a time, where they are not behind it by themselves.
fn outranking(mut drafts: Vec<Draft>, told_at: Option<DateTime<Utc>>) -> Vec<Draft> {
    let newest = drafts.iter().map(|draft| draft.occurred_at).max();
    if let (Some(newest), Some(told_at)) = (newest, told_at)
        && newest <= told_at
    {
        let last = drafts
            .iter_mut()
            .filter(|draft| draft.occurred_at == newest);
        for draft in last {
            draft.occurred_at = told_at + chrono::TimeDelta::milliseconds(1);
        }
    }
    drafts
}

#[cfg(test)]
mod tests;
