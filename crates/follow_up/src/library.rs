//! The templates at hand, ranked for an order: which ones lie under the keys 1 to 9.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Order, StageGroup};
use serde::Serialize;
use ts_rs::TS;

use crate::built_in;
use crate::fill::{Fill, Missing};
use crate::template::{Moment, Template, TemplateError};
use crate::values::{Reason, Sources, Values, last_day_to_pay, live_boleto, live_pix, today};
use crate::words::Locale;

#[cfg(test)]
mod tests;

/// How many templates lie under keys.
const KEYS: usize = 9;

/// A PIX code is near its end from so many minutes on.
const PIX_ENDING: TimeDelta = TimeDelta::minutes(20);

/// Holds templates in the order in which they are offered.
#[derive(Debug, Clone, Default)]
pub struct Library {
    templates: Vec<Template>,
}

/// Shows one template under its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TemplateChip {
    /// The key to press, 1 to 9.
    #[ts(type = "number")]
    pub key: u8,
    /// The template.
    pub template_key: String,
    /// What agents call it.
    pub name: String,
    /// It can be filled now.
    pub fills: bool,
    /// What is missing, each in words; empty when it fills.
    pub missing: Vec<String>,
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
        template.variables()?;
        let same =
            |known: &&mut Template| known.key == template.key && known.locale == template.locale;
        match self.templates.iter_mut().find(same) {
            Some(known) => *known = template,
            None => self.templates.push(template),
        }
        Ok(())
    }

    /// Finds a template.
    #[must_use]
    pub fn get(&self, key: &str, locale: Locale) -> Option<&Template> {
        self.templates
            .iter()
            .find(|template| template.key == key && template.locale == locale)
    }

    /// Returns at most nine templates for an order, the first under key 1.
    ///
    /// The order depends on stage and moment only, never on which values are there, so that a key keeps its meaning.
    #[must_use]
    pub fn ranked(&self, order: &Order, now: DateTime<Utc>, locale: Locale) -> Vec<&Template> {
        let Some(stage) = order.stage() else {
            return Vec::new();
        };
        let (group, moment) = (stage.group(), moment(order, now));
        let mut ranks = vec![(group, moment)];
        match moment {
            Moment::Any => {}
            Moment::Ending => ranks.push((group, Moment::Any)),
            Moment::Over => {
                ranks.extend([(StageGroup::Expired, Moment::Any), (group, Moment::Any)]);
            }
        }
        let of_rank = |(group, moment): &(StageGroup, Moment)| {
            let (group, moment) = (*group, *moment);
            self.templates.iter().filter(move |template| {
                template.locale == locale
                    && template.moment == moment
                    && template.stages.contains(&group)
            })
        };
        ranks.iter().flat_map(of_rank).take(KEYS).collect()
    }

    /// Returns what the row of keys shows.
    #[must_use]
    pub fn chips(&self, sources: &Sources<'_>) -> Vec<TemplateChip> {
        let values = Values::of(sources);
        let ranked = self.ranked(sources.order, sources.now, sources.locale);
        let chips = (1_u8..).zip(ranked).filter_map(|(key, template)| {
            let missing = template.missing(sources, &values).ok()?;
            Some(TemplateChip {
                key,
                template_key: template.key.clone(),
                name: template.name.clone(),
                fills: missing.is_empty(),
                missing: missing.iter().map(Missing::in_words).collect(),
            })
        });
        chips.collect()
    }

    /// Fills a template in the language of the sources; `None` when there is no such template.
    #[must_use]
    pub fn fill(&self, key: &str, sources: &Sources<'_>) -> Option<Fill> {
        let template = self.get(key, sources.locale)?;
        template
            .fill(sources, || self.first_that_fills(sources))
            .ok()
    }

    fn first_that_fills(&self, sources: &Sources<'_>) -> Option<String> {
        let values = Values::of(sources);
        self.ranked(sources.order, sources.now, sources.locale)
            .into_iter()
            .find(|template| {
                template
                    .missing(sources, &values)
                    .is_ok_and(|missing| missing.is_empty())
            })
            .map(|template| template.key.clone())
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
