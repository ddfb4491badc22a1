//! What is bought: `products` with a price each in one generation of body, `plans` of products without prices in the other.
//!
//! `amount` is a price in the first and a count in the second.

use contract::{Currency, Item};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json;
use crate::reading::{self, MAX_ITEMS};
use crate::scalar::Loose;

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Product<'a> {
    code: Loose<'a>,
    title: Loose<'a>,
    /// The price of one, in centavos.
    amount: Option<&'a RawValue>,
    quantity: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Plan<'a> {
    id: Loose<'a>,
    name: Loose<'a>,
    /// How many.
    amount: Loose<'a>,
    /// The price of one, in centavos.
    value: Option<&'a RawValue>,
    #[serde(deserialize_with = "json::lenient")]
    products: Option<Vec<Part<'a>>>,
}

/// A product within a plan.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Part<'a> {
    id: Loose<'a>,
    name: Loose<'a>,
    /// How many in one plan.
    amount: Loose<'a>,
}

/// Lists what is bought.
pub(super) fn items(
    plans: Option<&[Plan<'_>]>,
    products: Option<&[Product<'_>]>,
    currency: Currency,
) -> Vec<Item> {
    let plans = plans.unwrap_or_default().iter();
    let products = products.unwrap_or_default().iter();
    plans
        .flat_map(|plan| plan.items(currency))
        .chain(products.filter_map(|product| product.item(currency)))
        .take(MAX_ITEMS)
        .collect()
}

/// Adds up the prices; `None` where one is not told.
pub(super) fn sum(
    plans: Option<&[Plan<'_>]>,
    products: Option<&[Product<'_>]>,
    currency: Currency,
) -> Option<i64> {
    let plans = plans.unwrap_or_default().iter();
    let products = products.unwrap_or_default().iter();
    plans
        .map(|plan| (plan.value, count(&plan.amount)))
        .chain(products.map(|product| (product.amount, count(&product.quantity))))
        .try_fold(0_i64, |sum, (price, count)| {
            let price = cents(price, currency)?;
            sum.checked_add(price.checked_mul(i64::from(count))?)
        })
}

impl Product<'_> {
    fn item(&self, currency: Currency) -> Option<Item> {
        Some(Item {
            name: self.title.line()?,
            code: self.code.line(),
            quantity: count(&self.quantity),
            unit_minor: cents(self.amount, currency),
        })
    }
}

impl Plan<'_> {
    /// Names the plan's products, since a plan is often called no more than "main offer"; only a sole product has a price.
    fn items(&self, currency: Currency) -> Vec<Item> {
        let parts = self.products.as_deref().unwrap_or_default();
        let named: Vec<Item> = parts
            .iter()
            .take(MAX_ITEMS)
            .filter_map(|part| {
                let each = count(&part.amount);
                let is_sole = parts.len() == 1 && each == 1;
                Some(Item {
                    name: part.name.line()?,
                    code: part.id.line(),
                    quantity: count(&self.amount).saturating_mul(each),
                    unit_minor: cents(self.value, currency).filter(|_| is_sole),
                })
            })
            .collect();
        if !named.is_empty() {
            return named;
        }
        let whole = self.name.line().map(|name| Item {
            name,
            code: self.id.line(),
            quantity: count(&self.amount),
            unit_minor: cents(self.value, currency),
        });
        whole.into_iter().collect()
    }
}

fn count(told: &Loose<'_>) -> u32 {
    told.number().unwrap_or(1)
}

fn cents(raw: Option<&RawValue>, currency: Currency) -> Option<i64> {
    let money = reading::cents(raw?, currency).ok()?;
    Some(money.minor)
}
