//! The fold as it is stored: each stamp once, and what was told as the number of its stamp with the value.
//!
//! Most parts of a card were told by the same two or three events, so naming the events once makes it less than half as long.

use std::collections::{BTreeMap, BTreeSet};

use chrono::serde::{ts_milliseconds, ts_milliseconds_option};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Latest, Order, Source, Span, Stamp};
use crate::event::{Boleto, Item, PaymentMethod, Pix, Utms};
use crate::money::Money;
use crate::stage::Stage;

/// The first and last time of a stage; like all times of a fold exact to the millisecond.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct KeptSpan(
    #[serde(with = "ts_milliseconds")] DateTime<Utc>,
    #[serde(with = "ts_milliseconds")] DateTime<Utc>,
);

/// What was told, after the number of the stamp that told it.
type Told<T> = Option<(usize, T)>;

macro_rules! kept {
    ($($register:ident: $kind:ty,)*) => {
        /// An [`Order`] as it is stored.
        #[derive(Clone, Default, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub(super) struct Kept {
            stamps: Vec<Stamp>,
            reached: BTreeMap<Stage, KeptSpan>,
            #[serde(skip_serializing_if = "Option::is_none")]
            open: Option<usize>,
            #[serde(skip_serializing_if = "Option::is_none")]
            settled: Option<usize>,
            paid: bool,
            real: bool,
            #[serde(skip_serializing_if = "BTreeSet::is_empty")]
            carts: BTreeSet<String>,
            #[serde(with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
            first_at: Option<DateTime<Utc>>,
            #[serde(with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
            last_at: Option<DateTime<Utc>>,
            $(#[serde(skip_serializing_if = "Option::is_none")] $register: Told<$kind>,)*
        }

        impl From<Order> for Kept {
            fn from(order: Order) -> Self {
                let mut stamps = Stamps::default();
                Self {
                    open: order.open.map(|stamp| stamps.number(stamp)),
                    settled: order.settled.map(|stamp| stamps.number(stamp)),
                    $($register: order
                        .$register
                        .map(|told| (stamps.number(told.stamp), told.value)),)*
                    reached: order
                        .reached
                        .into_iter()
                        .map(|(stage, span)| (stage, KeptSpan(span.first, span.last)))
                        .collect(),
                    paid: order.paid,
                    real: order.real,
                    carts: order.carts,
                    first_at: order.first_at,
                    last_at: order.last_at,
                    stamps: stamps.0,
                }
            }
        }

        impl From<Kept> for Order {
            fn from(kept: Kept) -> Self {
                let stamps = kept.stamps;
                Self {
                    open: kept.open.and_then(|number| stamps.get(number).copied()),
                    settled: kept.settled.and_then(|number| stamps.get(number).copied()),
                    $($register: latest(&stamps, kept.$register),)*
                    reached: kept
                        .reached
                        .into_iter()
                        .map(|(stage, KeptSpan(first, last))| (stage, Span { first, last }))
                        .collect(),
                    paid: kept.paid,
                    real: kept.real,
                    carts: kept.carts,
                    first_at: kept.first_at,
                    last_at: kept.last_at,
                }
            }
        }
    };
}

kept! {
    name: String,
    email: String,
    phone: String,
    phone_typed: String,
    document: String,
    amount: Money,
    refunded_minor: i64,
    items: Vec<Item>,
    method: PaymentMethod,
    pix: Pix,
    boleto: Boleto,
    refusal: String,
    installments: u32,
    coupon: String,
    number: String,
    bump_of: String,
    checkout_url: String,
    order_url: String,
    utms: Utms,
    source: Source,
}

/// Numbers stamps; there are as many as events that told something last, which is few.
#[derive(Default)]
struct Stamps(Vec<Stamp>);

impl Stamps {
    fn number(&mut self, stamp: Stamp) -> usize {
        let known = self.0.iter().position(|known| *known == stamp);
        known.unwrap_or_else(|| {
            self.0.push(stamp);
            self.0.len().saturating_sub(1)
        })
    }
}

fn latest<T>(stamps: &[Stamp], told: Told<T>) -> Option<Latest<T>> {
    let (number, value) = told?;
    let stamp = *stamps.get(number)?;
    Some(Latest { stamp, value })
}
