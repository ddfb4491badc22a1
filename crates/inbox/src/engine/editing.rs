//! Templates as leads edit them: what there is, what a draft is worth, saving, taking away, versions, files.

use chrono::{DateTime, Utc};
use contract::ConversationId;
use follow_up::lint::stops;
use follow_up::shared::{FileFault, exported, imported};
use follow_up::{
    Answers, LintFinding, Locale, SharedTemplate, Sources, Template, TemplateCard, TemplateCheck,
    TemplateImport, TemplatePreview, TemplateVersion, built_in,
};

use super::Inbox;
use super::seat::Seat;
use crate::cache::{ApplyError, KeptTemplate, Views};
use crate::card;
use crate::error::Refusal;
use crate::sources::SourceProblem;
use crate::templates;

/// Real orders that a draft is tried on.
const TRIED: u32 = 20;

impl Inbox {
    /// Lists every template, those that come with the program and the team's own, by key and language.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn template_list(&self) -> Result<Vec<TemplateCard>, Refusal> {
        let seat = self.seat()?;
        let kept = seat.read(|views, _| views.templates()).await?;
        Ok(cards(&kept))
    }

    /// Tells what a draft is worth: its variables and prompts, its fault, what a reader may stumble over, and what becomes of it
    /// for the newest real orders of its stages. `locale` is the language of the member's desk.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn template_check(
        &self,
        draft: Template,
        locale: Locale,
    ) -> Result<TemplateCheck, Refusal> {
        let seat = self.seat()?;
        let preview = if draft.check().is_ok() {
            tried(&seat, draft.clone(), self.moment()).await?
        } else {
            Vec::new()
        };
        Ok(draft.checked(locale, preview))
    }

    /// Saves a template for the team on top of the version it was made from, 0 for none.
    ///
    /// # Errors
    /// `TemplateStopped`, `VersionConflict`, `Forbidden`, `Invalid`, `Offline`, `SignedOut`.
    pub async fn template_save(
        &self,
        template: Template,
        version: u32,
    ) -> Result<TemplateCard, Refusal> {
        if template.check().is_err() {
            return Err(Refusal::Invalid("the template has a fault"));
        }
        let stops = stops(&template);
        if !stops.is_empty() {
            return Err(Refusal::TemplateStopped(
                stops.into_iter().map(named).collect(),
            ));
        }
        let (seat, line) = self.reach()?;
        let shared = SharedTemplate { template, version };
        let version = templates::save(&line, &shared).await?;
        let template = shared.template;
        Ok(TemplateCard {
            built_in: comes_with_the_program(&template.key, template.locale).is_some(),
            template,
            version,
            changed_by: Some(seat.session.me.member_name.clone()),
            changed_at: Some(self.core().now()),
        })
    }

    /// Takes a template of the team away; where one of the program lies under it, that is there again.
    ///
    /// # Errors
    /// `VersionConflict`, `Forbidden`, `NotFound`, `Offline`, `SignedOut`.
    pub async fn template_remove(
        &self,
        key: &str,
        locale: Locale,
        version: u32,
    ) -> Result<(), Refusal> {
        let (_, line) = self.reach()?;
        templates::remove(&line, key, locale, version).await
    }

    /// Lists what a template was, newest first. Leads and admins.
    ///
    /// # Errors
    /// `Forbidden`, `Offline`, `SignedOut`.
    pub async fn template_versions(
        &self,
        key: &str,
        locale: Locale,
    ) -> Result<Vec<TemplateVersion>, Refusal> {
        let (_, line) = self.reach()?;
        let history = templates::versions(&line, key, locale).await?;
        Ok(history.versions.into_iter().map(Into::into).collect())
    }

    /// Writes every template as one file.
    ///
    /// # Errors
    /// `SignedOut`.
    pub async fn template_export(&self) -> Result<String, Refusal> {
        let cards = self.template_list().await?;
        Ok(exported(cards.iter().map(|card| &card.template)))
    }

    /// Tells what a file of templates would bring in; nothing is saved.
    ///
    /// # Errors
    /// `Invalid` for a text that is no such file; `SignedOut`.
    pub async fn template_import(&self, text: &str) -> Result<TemplateImport, Refusal> {
        let cards = self.template_list().await?;
        let known = |key: &str, locale: Locale| {
            let card = cards
                .iter()
                .find(|card| card.template.key == key && card.template.locale == locale)?;
            Some((&card.template, card.version))
        };
        imported(text, known).map_err(|fault| {
            Refusal::Invalid(match fault {
                FileFault::Form => "the text is no file of templates",
                FileFault::Later => "the file comes from a later version",
                FileFault::TooMany => "the file holds too many templates",
            })
        })
    }
}

/// Names what keeps a template from being saved, as the service does.
fn named(finding: LintFinding) -> SourceProblem {
    SourceProblem {
        path: finding.part.name().to_owned(),
        code: finding.code.name().to_owned(),
        detail: String::new(),
    }
}

/// Reads the team's templates; one of a later version that cannot be read here is passed over.
pub(super) fn shared(
    kept: &[KeptTemplate],
) -> impl Iterator<Item = (SharedTemplate, &KeptTemplate)> {
    kept.iter().filter_map(|kept| {
        let read: Result<SharedTemplate, _> = serde_json::from_str(&kept.body);
        if read.is_err() {
            tracing::warn!("a template of the team cannot be read by this version");
        }
        Some((read.ok()?, kept))
    })
}

fn cards(kept: &[KeptTemplate]) -> Vec<TemplateCard> {
    let mut cards: Vec<TemplateCard> = shared(kept)
        .map(|(shared, kept)| TemplateCard {
            built_in: comes_with_the_program(&shared.template.key, shared.template.locale)
                .is_some(),
            template: shared.template,
            version: shared.version,
            changed_by: kept.by.as_ref().map(|by| by.name.clone()),
            changed_at: Some(kept.at),
        })
        .collect();
    for template in built_in::templates() {
        let is_there = |card: &TemplateCard| {
            card.template.key == template.key && card.template.locale == template.locale
        };
        if !cards.iter().any(is_there) {
            cards.push(TemplateCard {
                template: template.clone(),
                version: 0,
                built_in: true,
                changed_by: None,
                changed_at: None,
            });
        }
    }
    cards.sort_by(|one, other| {
        let order = |card: &TemplateCard| (card.template.key.clone(), card.template.locale.tag());
        order(one).cmp(&order(other))
    });
    cards
}

fn comes_with_the_program(key: &str, locale: Locale) -> Option<&'static Template> {
    let mut all = built_in::templates().iter();
    all.find(|template| template.key == key && template.locale == locale)
}

/// Fills a draft for the newest real orders of its stages.
async fn tried(
    seat: &Seat,
    draft: Template,
    now: DateTime<Utc>,
) -> Result<Vec<TemplatePreview>, Refusal> {
    let me = seat.session.me.clone();
    seat.read(move |views, _| {
        let orders = views.recent_orders(&draft.stages, &draft.platforms, TRIED)?;
        let tries = orders
            .into_iter()
            .map(|(id, order_key)| one_try(views, &draft, &me, now, (id, order_key)));
        let tried: Result<Vec<_>, _> = tries.collect();
        Ok(tried?.into_iter().flatten().collect())
    })
    .await
}

fn one_try(
    views: &Views,
    draft: &Template,
    me: &contract::Me,
    now: DateTime<Utc>,
    (conversation_id, order_key): (ConversationId, String),
) -> Result<Option<TemplatePreview>, ApplyError> {
    let Some((order, paid_by)) = views.order(conversation_id, &order_key)? else {
        return Ok(None);
    };
    let provider = order.source().map(|source| source.provider.as_str());
    if !draft.is_for(provider) {
        return Ok(None);
    }
    let platform = provider.map(card::platform);
    let customer = views.person(conversation_id)?.unwrap_or_default();
    let fill = draft.fill(
        &Sources {
            order: &order,
            paid_elsewhere: paid_by.is_some(),
            customer: &customer,
            agent: Some(&me.member_name),
            store: Some(&me.workspace_name),
            platform: platform.as_deref(),
            now,
            locale: draft.locale,
        },
        &Answers::new(),
        || None,
    );
    // A draft with a fault was not tried at all.
    Ok(fill.ok().map(|fill| TemplatePreview {
        conversation_id,
        name: customer.name.clone(),
        order_key,
        stage: order.stage(),
        fill,
    }))
}
