//! What the page reads.

use chrono::{DateTime, Utc};
use contract::document::Document;
use contract::phone::Phone;
use contract::{Action, ConversationId, Customer, Order, Stage, Status};
use follow_up::{Locale, Sources, marks_in};

use super::Inbox;
use super::seat::Seat;
use crate::asking::{Found, RowsAsked, SearchAsked, TimelineAsked, TimelinePage};
use crate::card;
use crate::error::Refusal;
use crate::user::{KeptDraft, KeptState};
use crate::view::{
    ConversationView, Counters, Draft, DraftStop, OutboxItem, OutboxState, PageAsked, PaidBy,
    PersonPart, Row, RowPage,
};

/// The most rows of a page.
const MOST_ROWS: u32 = 200;

/// The most conversations read again at once.
const MOST_IDS: usize = 1_000;

impl Inbox {
    /// Reads one page of a view.
    ///
    /// # Errors
    /// `SignedOut`; `Invalid` for a bad limit.
    pub async fn list_page(&self, asked: PageAsked) -> Result<RowPage, Refusal> {
        if !(1..=MOST_ROWS).contains(&asked.limit) {
            return Err(Refusal::Invalid("a page has 1 to 200 rows"));
        }
        let seat = self.seat()?;
        let page = seat
            .read(move |views, overlay| views.list_page(&asked, overlay))
            .await?;
        let rows = seat.mark_drafts(page.rows);
        Ok(RowPage { rows, ..page })
    }

    /// Reads again those of the given rows that are still in the view.
    ///
    /// # Errors
    /// `SignedOut`; `Invalid` for more than 1,000 ids.
    pub async fn rows(&self, asked: RowsAsked) -> Result<Vec<Row>, Refusal> {
        let RowsAsked {
            view,
            saved,
            filter,
            ids,
            until,
        } = asked;
        if ids.len() > MOST_IDS {
            return Err(Refusal::Invalid(
                "at most 1,000 rows are read again at once",
            ));
        }
        let seat = self.seat()?;
        let rows = seat
            .read(move |views, overlay| {
                let mut rows = Vec::with_capacity(ids.len());
                for step in ids.chunks(MOST_ROWS as usize) {
                    let of = (view, saved, &filter);
                    rows.extend(views.rows_of(of, step, until.as_deref(), overlay)?);
                }
                Ok(rows)
            })
            .await?;
        Ok(seat.mark_drafts(rows))
    }

    /// Counts the rows of every view.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn counters(&self) -> Result<Counters, Refusal> {
        let seat = self.seat()?;
        seat.read(|views, overlay| views.counters(overlay)).await
    }

    /// Reads one conversation.
    ///
    /// # Errors
    /// `SignedOut`, `NotFound`.
    pub async fn conversation(&self, id: ConversationId) -> Result<ConversationView, Refusal> {
        let seat = self.seat()?;
        let now = self.core().now();
        let read = seat
            .read(move |views, overlay| views.conversation(id, now, overlay))
            .await?;
        let mut view = read.ok_or(Refusal::NotFound("conversation"))?;
        if let Some(kept) = self.core().user(move |db| db.draft(id)).await? {
            view.draft = Some(self.marked(id, stopped(&seat, id, kept).await?).await?);
        }
        let begun = self.core().user(move |db| db.begun(id)).await?;
        (view.begun_note, view.begun_answer) = (begun.note, begun.answer);
        Ok(view)
    }

    /// Reads a part of a timeline.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn timeline(&self, asked: TimelineAsked) -> Result<TimelinePage, Refusal> {
        let seat = self.seat()?;
        seat.read(move |views, overlay| views.timeline(&asked, overlay))
            .await
    }

    /// Returns one part of a person in full, and writes down, here and for the team, that it was shown (never what).
    ///
    /// # Errors
    /// `SignedOut`; `NotFound` when it is not known.
    pub async fn reveal(&self, id: ConversationId, part: PersonPart) -> Result<String, Refusal> {
        let seat = self.seat()?;
        let person = person(&seat, id).await?;
        let shown = in_full(&person, part).ok_or(Refusal::NotFound("part of the person"))?;
        let now = self.core().now();
        self.core()
            .user(move |db| db.log_reveal(id, part, now))
            .await?;
        self.keep_one(&seat, id, Action::Reveal { part }).await?;
        Ok(shown)
    }

    /// Finds conversations, newest first.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn search(&self, asked: SearchAsked) -> Result<Found, Refusal> {
        let seat = self.seat()?;
        let found = seat
            .read(move |views, overlay| views.search(&asked, overlay))
            .await?;
        let rows = seat.mark_drafts(found.rows);
        Ok(Found { rows, ..found })
    }

    /// Reads what templates are filled from, and asks something of it.
    pub(super) async fn with_sources<T>(
        &self,
        id: ConversationId,
        order_key: String,
        locale: Locale,
        ask: impl FnOnce(&Sources<'_>) -> T,
    ) -> Result<T, Refusal> {
        let seat = self.seat()?;
        let (order, person) = seat
            .read(move |views, _| Ok((views.order(id, &order_key)?, views.person(id)?)))
            .await?;
        let (order, paid_by) = order.ok_or(Refusal::NotFound("order"))?;
        let platform = order
            .source()
            .map(|source| card::platform(&source.provider));
        let me = &seat.session.me;
        Ok(ask(&Sources {
            order: &order,
            paid_elsewhere: paid_by.is_some(),
            customer: &person.unwrap_or_default(),
            agent: Some(&me.member_name),
            store: Some(&me.workspace_name),
            platform: platform.as_deref(),
            now: self.moment(),
            locale,
        }))
    }

    /// Finds where values of the sale stand in a draft; the file keeps its text alone.
    async fn marked(&self, id: ConversationId, draft: Draft) -> Result<Draft, Refusal> {
        let Some(order_key) = draft.order_key.clone() else {
            return Ok(draft);
        };
        let library = self.seat()?.library().await?;
        let key = draft.template_key.as_deref();
        let found = self
            .with_sources(id, order_key, Locale::default(), |sources| {
                marks_in(&library, key, sources, &draft.text)
            })
            .await;
        match found {
            Ok(marks) => Ok(Draft { marks, ..draft }),
            // A draft about an order that is not here any more is a draft all the same.
            Err(Refusal::NotFound(_)) => Ok(draft),
            Err(refusal) => Err(refusal),
        }
    }

    /// Lists the actions that the service has not confirmed, or has refused, oldest first.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn outbox(&self) -> Result<Vec<OutboxItem>, Refusal> {
        let seat = self.seat()?;
        let kept = self.core().user(|db| db.kept()).await?;
        let ids: Vec<ConversationId> = kept
            .iter()
            .map(|kept| kept.command.conversation_id)
            .collect();
        let names = seat
            .read(move |views, _| {
                let name = |id| Ok(views.person(id)?.and_then(|person| person.name));
                ids.into_iter().map(name).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let items = kept.into_iter().zip(names).map(|(kept, name)| OutboxItem {
            id: kept.command.id,
            conversation_id: kept.command.conversation_id,
            name,
            kind: kept.command.action.kind().to_owned(),
            state: state(kept.state),
            made_at: kept.made_at,
            tries: kept.tries,
        });
        Ok(items.collect())
    }

    /// Returns this moment by the desk's clock.
    pub(super) fn moment(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.core().now()).unwrap_or_default()
    }
}

/// Tells whether a draft's order was paid or closed since the draft was begun, or the same thing was paid by another.
async fn stopped(seat: &Seat, id: ConversationId, kept: KeptDraft) -> Result<Draft, Refusal> {
    let (Some(order_key), Some(begun)) = (kept.draft.order_key.clone(), kept.begun) else {
        return Ok(kept.draft);
    };
    let order = seat
        .read(move |views, _| views.order(id, &order_key))
        .await?;
    let stop = order
        .and_then(|(order, paid_by)| over(&order, paid_by.as_ref()))
        .filter(|_| !is_over(begun));
    Ok(Draft { stop, ..kept.draft })
}

/// Tells how an order came to be over: by itself, or because the same thing was paid by another.
fn over(order: &Order, paid_by: Option<&PaidBy>) -> Option<DraftStop> {
    let deciding = order.deciding().filter(|now| is_over(now.stage));
    let itself = deciding.map(|now| DraftStop {
        stage: now.stage,
        at: now.at.timestamp_millis(),
        paid_by: None,
    });
    itself.or_else(|| {
        paid_by.map(|by| DraftStop {
            stage: by.stage,
            at: by.at,
            paid_by: Some(by.reference.clone()),
        })
    })
}

/// Returns what a draft that is begun now has to be remembered by: where its order stands, or the one that paid the same thing.
pub(super) fn standing(order: &Order, paid_by: Option<&PaidBy>) -> Option<Stage> {
    over(order, paid_by)
        .map(|over| over.stage)
        .or_else(|| order.stage())
}

/// Tells whether nothing is left to be won back: the money came, went back, or the order was called off.
const fn is_over(stage: Stage) -> bool {
    matches!(stage, Stage::Cancelled | Stage::SubscriptionCanceled)
        || matches!(stage.status(), Status::Approved | Status::Refunded)
}

/// Reads the person of a conversation in full.
pub(super) async fn person(seat: &Seat, id: ConversationId) -> Result<Customer, Refusal> {
    seat.read(move |views, _| views.person(id))
        .await?
        .ok_or(Refusal::NotFound("conversation"))
}

fn in_full(person: &Customer, part: PersonPart) -> Option<String> {
    match part {
        PersonPart::Email => person.email.clone(),
        PersonPart::Phone => {
            let told = person.phone.as_ref().or(person.phone_typed.as_ref())?;
            Some(Phone::parse(told, None).display().unwrap_or(told.clone()))
        }
        PersonPart::Document => {
            let told = person.document.as_ref()?;
            let read = Document::parse(told).map(|document| document.formatted());
            Some(read.unwrap_or(told.clone()))
        }
    }
}

fn state(kept: KeptState) -> OutboxState {
    match kept {
        KeptState::Waiting => OutboxState::Waiting,
        KeptState::Sending => OutboxState::Sending,
        KeptState::Answered(_) => OutboxState::Answered,
        KeptState::Refused(code, by) => OutboxState::Refused {
            code,
            by: by.map(|actor| actor.name),
        },
    }
}
