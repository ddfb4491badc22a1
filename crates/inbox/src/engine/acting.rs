//! What the page does: everything is written down first, then shown, then sent.

use contract::{Action, Channel, CommandId, ConversationId, Customer};
use follow_up::{Answers, Fill, Library, Locale, Sources, link};

use super::Inbox;
use super::checking::check;
use super::reading::{person, standing};
use super::seat::{Done, Seat};
use super::undoing::{is_held, opposites};
use crate::asking::{CopyWhat, DraftAsked, DraftKind, HandOverAsked, LinkWhat, Outside};
use crate::error::Refusal;
use crate::leaving;
use crate::view::Change;

impl Inbox {
    /// Has a text opened in its channel and writes down that it was; checks at this moment that the order is not paid, no code
    /// in the text is dead, and no part is missing.
    ///
    /// The channel is asked first: what was opened and not written down costs being opened again, what was written down and
    /// not opened would tell the team of words that no customer got. Until it is written down the draft stays.
    ///
    /// # Errors
    /// What `open` answers; `StepDone`, `StepElsewhere`, `NoStepDue`, `Offline` for a step; `AlreadyPaid`, `PixExpired`, `PixBroken`, `BoletoExpired`, `HasHole`, `NoPhone`, `NoEmail`,
    /// `NotFound`, `Invalid`, `SignedOut`.
    pub async fn hand_over<E: From<Refusal>, Opening: Future<Output = Result<(), E>>>(
        &self,
        asked: HandOverAsked,
        open: impl FnOnce(Outside) -> Opening,
    ) -> Result<CommandId, E> {
        let seat = self.seat()?;
        let person = person(&seat, asked.conversation_id).await?;
        let subject = self.checked(&asked).await?;
        self.step_asked(&asked).await?;
        open(outside(&person, asked.channel, &subject, &asked.text)?).await?;
        Ok(self.handed_over(&seat, asked).await?)
    }

    /// Writes down that a text was opened, and lets go of its draft.
    async fn handed_over(&self, seat: &Seat, asked: HandOverAsked) -> Result<CommandId, Refusal> {
        let id = asked.conversation_id;
        let action = Action::HandOver {
            channel: asked.channel,
            text: asked.text,
            template_key: asked.template_key,
            order_key: asked.order_key,
        };
        let used = match &action {
            Action::HandOver { template_key, .. } => template_key.clone(),
            _ => None,
        };
        let now = self.core().now();
        let command_id = self.keep_one(seat, id, action).await?;
        let is_there = self
            .core()
            .user(move |db| {
                db.drop_draft(id)?;
                used.map_or(Ok(()), |template| db.count_use(&template, now))?;
                db.is_drafted(id)
            })
            .await?;
        self.draft_noted(seat, id, is_there);
        Ok(command_id)
    }

    /// Returns until when an action can be taken back, in Unix milliseconds; `None` for as long as it is remembered.
    #[must_use]
    pub fn back_until(&self, id: CommandId) -> Option<i64> {
        self.seat().ok()?.back_until(id)
    }

    /// Checks a text and returns the subject that goes with it.
    async fn checked(&self, asked: &HandOverAsked) -> Result<String, Refusal> {
        let library = self.seat()?.library().await?;
        let template = asked.template_key.as_deref();
        let Some(order_key) = asked.order_key.clone() else {
            leaving::text(&asked.text, template, &library, None)?;
            return Ok(String::new());
        };
        // What a template needs is the same in every language that it has.
        let has = |locale: &Locale| template.is_some_and(|key| library.get(key, *locale).is_some());
        let locale = Locale::ALL.into_iter().find(has).unwrap_or(Locale::PtBr);
        self.with_sources(asked.conversation_id, order_key, locale, |sources| {
            leaving::text(&asked.text, template, &library, Some(sources))?;
            Ok(template.map_or_else(String::new, |key| {
                subject(&library, key, sources, &asked.text)
            }))
        })
        .await?
    }

    /// Writes an action down; it is shown at once as pending.
    ///
    /// # Errors
    /// `NotFound`, `Invalid`, `SignedOut`.
    pub async fn act(&self, id: ConversationId, action: Action) -> Result<CommandId, Refusal> {
        let seat = self.seat()?;
        check(&action, self.core().now())?;
        person(&seat, id).await?;
        let begun = match &action {
            Action::Note { text, .. } => Some((DraftKind::Note, text.clone())),
            Action::Receive { text, .. } => Some((DraftKind::Answer, text.clone())),
            _ => None,
        };
        let command_id = self.keep_one(&seat, id, action).await?;
        if let Some((kind, text)) = begun {
            self.let_go(&seat, id, kind, text).await?;
        }
        Ok(command_id)
    }

    /// Lets go of what was begun once it is written down, so that it is not found again after a power cut and written twice.
    async fn let_go(
        &self,
        seat: &Seat,
        id: ConversationId,
        kind: DraftKind,
        text: String,
    ) -> Result<(), Refusal> {
        let is_there = self
            .core()
            .user(move |db| {
                db.drop_begun(id, kind, &text)?;
                db.is_drafted(id)
            })
            .await?;
        self.draft_noted(seat, id, is_there);
        Ok(())
    }

    /// Writes one action down, and remembers how to turn it back.
    pub(super) async fn keep_one(
        &self,
        seat: &Seat,
        conversation: ConversationId,
        action: Action,
    ) -> Result<CommandId, Refusal> {
        let before = self.before(seat, conversation, &action).await?;
        let opposites = opposites(&action, &before, seat.session.me.member_id);
        let (held_until, back_until) = self.held(&action, &opposites);
        let kept = self
            .keep_held(seat, vec![(conversation, action.clone())], held_until)
            .await?;
        let id = kept.first().copied().ok_or(Refusal::NotFound("action"))?;
        seat.remember(
            id,
            Done {
                conversation,
                action,
                opposites,
                back_until,
            },
        );
        Ok(id)
    }

    /// Returns until when an action is held back, and until when it can be taken back.
    fn held(&self, action: &Action, opposites: &[Action]) -> (i64, Option<i64>) {
        let now = self.core().now();
        if !is_held(action) {
            return (0, opposites.is_empty().then_some(now));
        }
        let hold = self.core().pace.hold.as_millis();
        let until = now.saturating_add(i64::try_from(hold).unwrap_or(0));
        (until, Some(until))
    }

    /// Returns the text to put on the clipboard.
    ///
    /// # Errors
    /// `PixExpired`, `PixBroken`, `NothingToCopy`, `AlreadyPaid`, `NotFound`, `SignedOut`.
    pub async fn copy(
        &self,
        id: ConversationId,
        order_key: String,
        what: CopyWhat,
    ) -> Result<String, Refusal> {
        self.with_sources(id, order_key, Locale::PtBr, |sources| {
            leaving::copied(sources.order, what, sources.now)
        })
        .await?
    }

    /// Returns the order's own link to open; `https` only.
    ///
    /// # Errors
    /// `NoLink`, `NotFound`, `SignedOut`.
    pub async fn link(
        &self,
        id: ConversationId,
        order_key: String,
        what: LinkWhat,
    ) -> Result<String, Refusal> {
        self.with_sources(id, order_key, Locale::PtBr, |sources| {
            leaving::opened(sources.order, what)
        })
        .await?
    }

    /// Keeps what was typed, or forgets it when it is empty.
    ///
    /// # Errors
    /// `SignedOut`, or when it cannot be written down.
    pub async fn save_draft(&self, asked: DraftAsked) -> Result<(), Refusal> {
        let seat = self.seat()?;
        self.keep_draft(&seat, asked).await
    }

    /// Keeps a draft together with where its order stands when it is begun.
    pub(super) async fn keep_draft(&self, seat: &Seat, asked: DraftAsked) -> Result<(), Refusal> {
        let id = asked.conversation_id;
        let order = asked.order_key.clone().filter(|_| !asked.text.is_empty());
        let stage = match order {
            Some(order_key) => seat
                .read(move |views, _| views.order(id, &order_key))
                .await?
                .and_then(|(order, paid_by)| standing(&order, paid_by.as_ref())),
            None => None,
        };
        let now = self.core().now();
        let is_there = self
            .core()
            .user(move |db| {
                db.save_draft(&asked, stage, now)?;
                db.is_drafted(id)
            })
            .await?;
        self.draft_noted(seat, id, is_there);
        Ok(())
    }

    /// Has rows show that there is a draft, or none any more.
    fn draft_noted(&self, seat: &Seat, id: ConversationId, is_there: bool) {
        if seat.note_draft(id, is_there) {
            self.core().board.tell(&Change {
                conversations: vec![id],
                ..Change::default()
            });
        }
    }

    /// Remembers that the member has looked at a conversation now.
    ///
    /// # Errors
    /// `SignedOut`, or when it cannot be written down.
    pub async fn mark_read(&self, id: ConversationId) -> Result<(), Refusal> {
        let seat = self.seat()?;
        let marks = seat.keeper.write(move |cache| cache.mark_read(id)).await?;
        if marks.is_empty() {
            return Ok(());
        }
        self.core()
            .user(move |db| marks.into_iter().try_for_each(|mark| db.mark_read(mark)))
            .await?;
        self.core().board.tell(&Change {
            conversations: vec![id],
            ..Change::default()
        });
        Ok(())
    }

    /// Sends a refused or waiting action again at once; a refused one under a new id, since its old one is answered.
    ///
    /// # Errors
    /// `NotFound`, `SignedOut`.
    pub async fn outbox_retry(&self, id: CommandId) -> Result<(), Refusal> {
        let seat = self.seat()?;
        let core = self.core();
        let new = core.new_command_id()?;
        let renewed = core.user(move |db| db.renew(id, new)).await?;
        let here = core.user(|db| db.kept()).await?;
        if !renewed && !here.iter().any(|kept| kept.command.id == id) {
            return Err(Refusal::NotFound("action"));
        }
        seat.outbox_changed(core).await?;
        core.outbox_ready.notify_one();
        core.hurry();
        Ok(())
    }

    /// Forgets a refused or waiting action.
    ///
    /// # Errors
    /// `NotFound` when there is none or it is on its way; `SignedOut`.
    pub async fn outbox_discard(&self, id: CommandId) -> Result<(), Refusal> {
        let seat = self.seat()?;
        if !self.core().user(move |db| db.discard(id)).await? {
            return Err(Refusal::NotFound("action"));
        }
        seat.outbox_changed(self.core()).await?;
        // What stood behind it may leave now.
        self.core().outbox_ready.notify_one();
        Ok(())
    }
}

/// Returns the template's subject in the language that the text is written in.
fn subject(library: &Library, key: &str, sources: &Sources<'_>, text: &str) -> String {
    let filled: Vec<(String, String)> = Locale::ALL
        .into_iter()
        .filter_map(|locale| library.fill(key, &Sources { locale, ..*sources }, &Answers::new()))
        .filter_map(|fill| match fill {
            Fill::Filled { text, subject, .. } => Some((text, subject)),
            Fill::Blocked { .. } => None,
        })
        .collect();
    let same = filled.iter().find(|(filled, _)| filled == text);
    let chosen = same.or(filled.first());
    let as_written = || {
        library
            .get(key, sources.locale)
            .map(|template| template.subject.clone())
    };
    chosen
        .map(|(_, subject)| subject.clone())
        .or_else(as_written)
        .unwrap_or_default()
}

fn outside(
    person: &Customer,
    channel: Channel,
    subject: &str,
    text: &str,
) -> Result<Outside, Refusal> {
    match channel {
        Channel::Whatsapp => {
            let phone = person.phone.as_ref().or(person.phone_typed.as_ref());
            let address = phone.and_then(|phone| link::whatsapp(phone, text));
            address.map(Outside::Open).ok_or(Refusal::NoPhone)
        }
        Channel::Email => {
            let email = person.email.as_ref();
            let address = email.and_then(|email| link::mailto(email, subject, text));
            address.map(Outside::Open).ok_or(Refusal::NoEmail)
        }
        Channel::Clipboard => Ok(Outside::Copy(text.to_owned())),
    }
}
