//! Templates at work: which lie under the keys for an order, and what one makes of it.

use contract::ConversationId;
use follow_up::{Answers, Fill, Locale, TemplateChip};

use super::Inbox;
use crate::error::Refusal;

impl Inbox {
    /// Lists the templates under the keys 1 to 9 for an order; among equals what the member uses most comes first.
    ///
    /// # Errors
    /// `SignedOut`, `NotFound`.
    pub async fn templates(
        &self,
        id: ConversationId,
        order_key: String,
        locale: Locale,
    ) -> Result<Vec<TemplateChip>, Refusal> {
        let library = self.library();
        let uses = self.core().user(|db| db.template_uses()).await?;
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
        let library = self.library();
        self.with_sources(id, order_key, locale, |sources| {
            library.fill(&template_key, sources, &answers)
        })
        .await?
        .ok_or(Refusal::NotFound("template"))
    }
}
