//! Templates at work: which lie under the keys for an order, and what one makes of it.

use std::sync::{Arc, Mutex, PoisonError};

use contract::ConversationId;
use follow_up::{Answers, Fill, Library, Locale, SaleValue, TemplateChip, sale_values};

use super::Inbox;
use super::editing::shared;
use super::seat::Seat;
use crate::cache::KeptTemplate;
use crate::error::Refusal;

/// Holds the templates at hand together with what they were read from, so that they are read once and not for every key.
#[derive(Default)]
pub(crate) struct Stock(Mutex<Option<(Vec<KeptTemplate>, Arc<Library>)>>);

impl Seat {
    /// Returns the templates at hand: those of the program, with the team's beside and in the place of them.
    pub(super) async fn library(&self) -> Result<Arc<Library>, Refusal> {
        let kept = self.read(|views, _| views.templates()).await?;
        let mut stock = self.stock.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, library)) = stock.as_ref()
            && *of == kept
        {
            return Ok(Arc::clone(library));
        }
        let mut library = Library::built_in();
        for (shared, _) in shared(&kept) {
            if library.put(shared.template).is_err() {
                tracing::warn!("a template of the team cannot be filled by this version");
            }
        }
        let library = Arc::new(library);
        *stock = Some((kept, Arc::clone(&library)));
        Ok(library)
    }
}

impl Inbox {
    /// Lists the templates under the keys 1 to 9 for an order; among equals what the member used most up to the day before comes first.
    ///
    /// # Errors
    /// `SignedOut`, `NotFound`.
    pub async fn templates(
        &self,
        id: ConversationId,
        order_key: String,
        locale: Locale,
    ) -> Result<Vec<TemplateChip>, Refusal> {
        let library = self.seat()?.library().await?;
        let now = self.core().now();
        let uses = self.core().user(move |db| db.template_uses(now)).await?;
        self.with_sources(id, order_key, locale, |sources| {
            library.chips(sources, &uses)
        })
        .await
    }

    /// Fills a template for an order with the answers to its prompts, or tells what is missing.
    ///
    /// # Errors
    /// `SignedOut`, `NotFound`.
    pub async fn fill(
        &self,
        id: ConversationId,
        order_key: String,
        template_key: String,
        locale: Locale,
        answers: Answers,
    ) -> Result<Fill, Refusal> {
        let library = self.seat()?.library().await?;
        self.with_sources(id, order_key, locale, |sources| {
            library.fill(&template_key, sources, &answers)
        })
        .await?
        .ok_or(Refusal::NotFound("template"))
    }

    /// Lists what every variable of templates is for an order: its value, or why it has none.
    ///
    /// # Errors
    /// `SignedOut`, `NotFound`.
    pub async fn sale_values(
        &self,
        id: ConversationId,
        order_key: String,
        locale: Locale,
    ) -> Result<Vec<SaleValue>, Refusal> {
        self.with_sources(id, order_key, locale, sale_values).await
    }
}
