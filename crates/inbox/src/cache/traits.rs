//! What orders are narrowed by, in narrow columns beside the orders, and the words there are for it, each with its count.
//!
//! A list that is narrowed just now reads these columns for all orders, so they hold numbers only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::{IntegrationId, Order, StageGroup};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::facts::{self, Facts, MAX_ITEMS};
use super::judge::Bought;
use super::narrow::plain;

/// Lists what a word can be: the kinds of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Platform = 0,
    Source = 1,
    Product = 2,
    UtmSource = 3,
    UtmMedium = 4,
    UtmCampaign = 5,
}

pub(super) const VALUES: &str = "SELECT value, text, count FROM term WHERE kind = ?1 AND count > 0";

/// What one order is narrowed by: terms, each as they are compared and as they are shown.
pub(super) type Terms = BTreeMap<(Kind, String), String>;

/// Changed counts of terms, with how they are shown.
pub(super) type Tally = BTreeMap<(Kind, String), (String, i64)>;

/// What of an order its terms are read from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Origin {
    provider: String,
    source: Option<IntegrationId>,
    utms: [Option<String>; 3],
    products: Vec<String>,
}

impl Origin {
    /// Reads an order.
    pub(super) fn of(order: &Order) -> Self {
        let source = order.source();
        let items = order.items().iter().take(MAX_ITEMS);
        Self {
            provider: source.map_or_else(String::new, |source| source.provider.clone()),
            source: source.map(|source| source.integration_id),
            utms: facts::utms(order),
            products: items.map(|item| item.name.clone()).collect(),
        }
    }

    fn terms(&self) -> Terms {
        let [source, medium, campaign] = self.utms.clone();
        let told = [
            (
                Kind::Platform,
                Some(self.provider.clone()).filter(|slug| !slug.is_empty()),
            ),
            (Kind::UtmSource, source),
            (Kind::UtmMedium, medium),
            (Kind::UtmCampaign, campaign),
        ];
        // A source is named after its platform.
        let from = self
            .source
            .map(|source| ((Kind::Source, source.to_string()), self.provider.clone()));
        let told = told
            .into_iter()
            .filter_map(|(kind, value)| value.map(|value| ((kind, value.clone()), value)))
            .chain(from);
        let products = self
            .products
            .iter()
            .map(|name| ((Kind::Product, plain(name)), name.clone()));
        told.chain(products).collect()
    }
}

/// Counts an order's terms: those it had no longer, those it has.
pub(super) fn count(tally: &mut Tally, before: &Origin, after: &Origin) {
    if before == after {
        return;
    }
    let (before, after) = (before.terms(), after.terms());
    for (key, text) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
        tally.entry(key.clone()).or_insert((text.clone(), 0)).1 -= 1;
    }
    for (key, text) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        tally.entry(key.clone()).or_insert((text.clone(), 0)).1 += 1;
    }
}

/// Writes changed counts of terms.
pub(super) fn add(db: &Connection, tally: Tally) -> rusqlite::Result<()> {
    // Of the ways a product is written one is shown: the least, so that any order of arrival gives the same.
    let mut write = db.prepare_cached(
        "INSERT INTO term (kind, value, text, count) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (kind, value) DO UPDATE SET count = count + excluded.count, text = min(text, excluded.text)",
    )?;
    for ((kind, value), (text, delta)) in tally {
        write.execute((kind as i64, value, text, delta))?;
    }
    Ok(())
}

/// Remembers the numbers of terms for the length of a batch.
#[derive(Debug, Default)]
pub(super) struct Numbers([HashMap<String, i64>; 6]);

impl Numbers {
    /// Returns a term's number; 0 for none. Its count has to be written before.
    fn of(&mut self, db: &Connection, kind: Kind, value: Option<&str>) -> rusqlite::Result<i64> {
        let (Some(value), Some(numbers)) = (value, self.0.get_mut(kind as usize)) else {
            return Ok(0);
        };
        if let Some(number) = numbers.get(value) {
            return Ok(*number);
        }
        let number = known(db, kind, value)?.unwrap_or(0);
        numbers.insert(value.to_owned(), number);
        Ok(number)
    }
}

/// Writes the columns of an order.
pub(super) fn write(
    db: &Connection,
    numbers: &mut Numbers,
    purchase: i64,
    conversation: i64,
    facts: &Facts,
) -> rusqlite::Result<()> {
    let mut one = |kind, value: Option<&str>| numbers.of(db, kind, value);
    let mut products = BTreeSet::new();
    for name in &facts.items {
        products.insert(one(Kind::Product, Some(&plain(name)))?);
    }
    let source = facts.source.map(|source| source.to_string());
    db.prepare_cached(
        "INSERT INTO trait (purchase, conversation, stages, platform, source, product, products, amount, at, ends,
            utm_source, utm_medium, utm_campaign)
        VALUES (:purchase, :conversation, :stages, :platform, :source, :product, :products, :amount, :at, :ends,
            :utm_source, :utm_medium, :utm_campaign)
        ON CONFLICT (purchase) DO UPDATE SET conversation = excluded.conversation, stages = excluded.stages,
            platform = excluded.platform, source = excluded.source, product = excluded.product,
            products = excluded.products, amount = excluded.amount, at = excluded.at, ends = excluded.ends,
            utm_source = excluded.utm_source, utm_medium = excluded.utm_medium,
            utm_campaign = excluded.utm_campaign",
    )?
    .execute(named_params! {
        ":purchase": purchase,
        ":conversation": conversation,
        ":stages": stages(facts.stage.group()),
        ":platform": one(Kind::Platform, Some(&facts.provider))?,
        ":source": one(Kind::Source, source.as_deref())?,
        ":product": products.first().copied().unwrap_or(0),
        ":products": more(&products),
        ":amount": facts.amount.map(|amount| amount.minor),
        ":at": facts.last_at,
        ":ends": facts.deadline.map_or(0, |ends| ends.at),
        ":utm_source": one(Kind::UtmSource, facts.utm_source.as_deref())?,
        ":utm_medium": one(Kind::UtmMedium, facts.utm_medium.as_deref())?,
        ":utm_campaign": one(Kind::UtmCampaign, facts.utm_campaign.as_deref())?,
    })?;
    Ok(())
}

/// Writes when orders end, where an answer of the customer's moved it.
pub(super) fn hear(db: &Connection, orders: &[Bought]) -> rusqlite::Result<()> {
    let mut write =
        db.prepare_cached("UPDATE trait SET ends = ?2 WHERE purchase = ?1 AND ends <> ?2")?;
    for bought in orders {
        write.execute((bought.row, bought.facts.deadline.map_or(0, |ends| ends.at)))?;
    }
    Ok(())
}

/// Returns a stage group's number in the columns.
pub(super) fn stages(group: StageGroup) -> i64 {
    let place = StageGroup::ALL.iter().position(|known| *known == group);
    place
        .and_then(|place| i64::try_from(place).ok())
        .unwrap_or(-1)
}

/// Returns a term's number, if it was ever told.
pub(super) fn known(db: &Connection, kind: Kind, value: &str) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM term WHERE kind = ?1 AND value = ?2")?
        .query_row((kind as i64, value), |row| row.get(0))
        .optional()
}

/// Lists the terms of a kind, the most frequent first: as compared, as shown.
pub(super) fn frequent(
    db: &Connection,
    kind: Kind,
    most: usize,
) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = db.prepare_cached(VALUES)?;
    let rows = statement.query_map([kind as i64], |row| {
        Ok((
            std::cmp::Reverse(row.get::<_, i64>(2)?),
            row.get::<_, String>(1)?,
            row.get::<_, String>(0)?,
        ))
    })?;
    let mut terms: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    terms.sort_unstable();
    terms.truncate(most);
    Ok(terms
        .into_iter()
        .map(|(_, text, value)| (value, text))
        .collect())
}

/// Writes the products of an order that has several, for a search by parts of the text.
fn more(products: &BTreeSet<i64>) -> String {
    if products.len() < 2 {
        return String::new();
    }
    let all = products.iter().map(|product| format!(",{product}"));
    all.chain([",".to_owned()]).collect()
}
