//! The templates at hand, ranked for an order: which ones lie under the keys 1 to 9.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Order, StageGroup};
use serde::Serialize;
use ts_rs::TS;

use crate::built_in;
use crate::fill::{Answers, Fill, Missing};
use crate::template::{Moment, Template, TemplateError};
use crate::values::{Reason, Sources, Values, last_day_to_pay, live_boleto, live_pix, today};
use crate::words::Locale;

#[cfg(test)]
mod tests;

/// How many templates lie under keys.
const KEYS: usize = 9;

/// A PIX code is near its end from so many minutes on.
const PIX_ENDING: TimeDelta = TimeDelta::minutes(20);

/// Holds how often a member used each template, by its key.
pub type Uses = BTreeMap<String, u64>;

/// Holds templates in the order in which they are offered.
#[derive(Debug, Clone, Default)]
pub struct Library {
    templates: Vec<Template>,
}

/// Shows one template, under its key where it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateChip {
    /// The key to press, 1 to 9; `None` for one that is found by its name only.
    #[ts(type = "number | null")]
    pub key: Option<u8>,
    /// The template.
    pub template_key: String,
    /// What agents call it.
    pub name: String,
    /// It can be filled now, once its prompts are answered.
    pub fills: bool,
    /// What the sale lacks, each in words; empty when it fills.
    pub missing: Vec<String>,
    /// What to ask before it is filled, in order of appearance.
    pub prompts: Vec<String>,
}

impl Library {
    /// Returns the templates that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            templates: built_in::templates().to_vec(),
        }
    }

    /// Adds a template, or puts it in the place of the one with its key and language.
    ///
    /// # Errors
    /// As [`Template::variables`]: a text that cannot be filled is not taken.
    pub fn put(&mut self, template: Template) -> Result<(), TemplateError> {
        template.slots()?;
        let same =
            |known: &&mut Template| known.key == template.key && known.locale == template.locale;
        match self.templates.iter_mut().find(same) {
            Some(known) => *known = template,
            None => self.templates.push(template),
        }
        Ok(())
    }

    /// Takes a template out and returns it.
    pub fn take(&mut self, key: &str, locale: Locale) -> Option<Template> {
        let at = self
            .templates
            .iter()
            .position(|template| template.key == key && template.locale == locale)?;
        Some(self.templates.remove(at))
    }

    /// Returns every template, in no order that means something.
    #[must_use]
    pub fn all(&self) -> &[Template] {
        &self.templates
    }

    /// Finds a template.
    #[must_use]
    pub fn get(&self, key: &str, locale: Locale) -> Option<&Template> {
        self.templates
            .iter()
            .find(|template| template.key == key && template.locale == locale)
    }

    /// Returns at most nine templates for an order, the first under key 1: those of the stage and moment first, among equals what
    /// the member uses most, then by place.
    ///
    /// Never by which values are there, so that a key keeps its meaning from order to order.
    #[must_use]
    pub fn ranked(
        &self,
        order: &Order,
        now: DateTime<Utc>,
        locale: Locale,
        uses: &Uses,
    ) -> Vec<&Template> {
        let Some(stage) = order.stage() else {
            return Vec::new();
        };
        let ranks = ranks(stage.group(), moment(order, now));
        let platform = order.source().map(|source| source.provider.as_str());
        let mut ranked: Vec<_> = self
            .templates
            .iter()
            .filter(|template| template.locale == locale && template.is_for(platform))
            .filter_map(|template| {
                let of_rank = |(group, moment): &(StageGroup, Moment)| {
                    template.moment == *moment && template.stages.contains(group)
                };
                let used = uses.get(&template.key).copied().unwrap_or_default();
                Some((ranks.iter().position(of_rank)?, Reverse(used), template))
            })
            .collect();
        ranked.sort_by_key(|(rank, used, template)| (*rank, *used, template.place));
        let first = ranked.into_iter().take(KEYS);
        first.map(|(_, _, template)| template).collect()
    }

    /// Returns what the row of keys shows, and after that every other template of the language and platform, those of the stage
    /// first: what lies under no key is found by its name.
    #[must_use]
    pub fn chips(&self, sources: &Sources<'_>, uses: &Uses) -> Vec<TemplateChip> {
        let values = Values::of(sources);
        let ranked = self.ranked(sources.order, sources.now, sources.locale, uses);
        let others = self.others(sources, &ranked);
        let keys = (1_u8..).map(Some).take(ranked.len());
        let keys = keys.chain(std::iter::repeat(None));
        let chips = keys.zip(ranked.into_iter().chain(others));
        let chips = chips.filter_map(|(key, template)| {
            let missing = template.missing(sources, &values).ok()?;
            Some(TemplateChip {
                key,
                template_key: template.key.clone(),
                name: template.name.clone(),
                fills: missing.is_empty(),
                missing: missing.iter().map(Missing::in_words).collect(),
                prompts: template.prompts().ok()?,
            })
        });
        chips.collect()
    }

    fn others(&self, sources: &Sources<'_>, ranked: &[&Template]) -> Vec<&Template> {
        let group = sources.order.stage().map(contract::Stage::group);
        let platform = sources.order.source();
        let platform = platform.map(|source| source.provider.as_str());
        let mut others: Vec<&Template> = self
            .templates
            .iter()
            .filter(|template| template.locale == sources.locale && template.is_for(platform))
            .filter(|template| !ranked.iter().any(|known| known.key == template.key))
            .collect();
        let is_of_stage =
            |template: &Template| group.is_some_and(|group| template.stages.contains(&group));
        others.sort_by_key(|template| (!is_of_stage(template), template.place));
        others
    }

    /// Fills a template in the language of the sources; `None` when there is no such template.
    #[must_use]
    pub fn fill(&self, key: &str, sources: &Sources<'_>, answers: &Answers) -> Option<Fill> {
        let template = self.get(key, sources.locale)?;
        template
            .fill(sources, answers, || self.first_that_fills(sources))
            .ok()
    }

    /// Lists what the sale lacks to fill a template now, whatever its prompts; `None` when there is no such template.
    #[must_use]
    pub fn lacking(&self, key: &str, sources: &Sources<'_>) -> Option<Vec<Missing>> {
        let template = self.get(key, sources.locale)?;
        template.missing(sources, &Values::of(sources)).ok()
    }

    /// Finds the first template that needs nothing more, not even an answer.
    fn first_that_fills(&self, sources: &Sources<'_>) -> Option<String> {
        let values = Values::of(sources);
        self.ranked(sources.order, sources.now, sources.locale, &Uses::new())
            .into_iter()
            .find(|template| {
                let asks_nothing = template.prompts().is_ok_and(|prompts| prompts.is_empty());
                let missing = template.missing(sources, &values);
                asks_nothing && missing.is_ok_and(|missing| missing.is_empty())
            })
            .map(|template| template.key.clone())
    }
}

/// Lists what to offer at a stage and moment, best first.
fn ranks(group: StageGroup, moment: Moment) -> Vec<(StageGroup, Moment)> {
    match moment {
        Moment::Any => vec![(group, Moment::Any)],
        Moment::Ending => vec![(group, Moment::Ending), (group, Moment::Any)],
        Moment::Over => vec![
            (group, Moment::Over),
            (StageGroup::Expired, Moment::Any),
            (group, Moment::Any),
        ],
    }
}

/// Tells how near the end of its PIX code or boleto an order is.
fn moment(order: &Order, now: DateTime<Utc>) -> Moment {
    match order.stage().map(contract::Stage::group) {
        Some(StageGroup::Pix) => pix_moment(order, now),
        Some(StageGroup::Boleto) => boleto_moment(order, now),
        _ => Moment::Any,
    }
}

fn pix_moment(order: &Order, now: DateTime<Utc>) -> Moment {
    let end = order.pix().and_then(|pix| pix.expires_at);
    match (live_pix(order, now), end) {
        (Err(Reason::Expired), _) => Moment::Over,
        (_, Some(end)) if end.signed_duration_since(now) <= PIX_ENDING => Moment::Ending,
        _ => Moment::Any,
    }
}

fn boleto_moment(order: &Order, now: DateTime<Utc>) -> Moment {
    let live = live_boleto(order, now);
    let told = order.boleto().and_then(|boleto| boleto.due_on);
    let due = told.or(live.as_ref().ok().and_then(|boleto| boleto.due.on()));
    match (live, due.map(last_day_to_pay)) {
        (Err(Reason::Expired), _) => Moment::Over,
        (_, Some(last)) if last <= today(now) => Moment::Ending,
        _ => Moment::Any,
    }
}
