//! What the card shows, read from the fold. It changes nothing.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Latest, Order, Source, Stamp};
use crate::customer::Customer;
use crate::event::{Boleto, Item, PaymentMethod, Pix, Utms};
use crate::money::{Currency, Money};
use crate::stage::{Stage, Status};

impl Order {
    /// Returns the stamp that decides the stage, or `None` for an empty order.
    ///
    /// Once money has moved, only what can follow a payment counts: a late PIX, refusal or expiry never un-pays an order,
    /// whatever its clock says.
    #[must_use]
    pub fn deciding(&self) -> Option<Stamp> {
        if self.paid { self.settled } else { self.open }
    }

    /// Returns where the purchase stands, or `None` for an empty order.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        self.deciding().map(|stamp| stamp.stage)
    }

    /// Tells whether the buyer can still pay this order.
    #[must_use]
    pub fn is_payable(&self) -> bool {
        self.stage().is_some_and(|stage| {
            matches!(
                stage.status(),
                Status::Pending | Status::Abandoned | Status::Failed
            )
        })
    }

    /// Tells whether an approval was ever seen, whatever followed.
    #[must_use]
    pub const fn was_paid(&self) -> bool {
        self.paid
    }

    /// Tells whether all events were test events.
    #[must_use]
    pub const fn is_test(&self) -> bool {
        !self.real
    }

    /// Tells whether money was given back or asked back, apart from the stage shown.
    #[must_use]
    pub fn has_refund(&self) -> bool {
        [
            Stage::Refunded,
            Stage::PartiallyRefunded,
            Stage::RefundRequested,
        ]
        .iter()
        .any(|stage| self.reached.contains_key(stage))
    }

    /// Tells whether the sale was disputed, apart from the stage shown.
    #[must_use]
    pub fn has_dispute(&self) -> bool {
        [Stage::Chargeback, Stage::DisputeInquiry]
            .iter()
            .any(|stage| self.reached.contains_key(stage))
    }

    /// Returns the whole amount.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        self.amount.as_ref().map(|told| told.value)
    }

    /// Returns the sum given back so far, in minor units of the order's currency.
    #[must_use]
    pub fn refunded_minor(&self) -> Option<i64> {
        self.refunded_minor.as_ref().map(|told| told.value)
    }

    /// Returns the order's currency; the real where none was told.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.amount().map_or(Currency::BRL, |money| money.currency)
    }

    /// Returns what is bought.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        self.items
            .as_ref()
            .map_or(&[], |told| told.value.as_slice())
    }

    /// Returns the PIX charge, only while the order awaits it.
    #[must_use]
    pub fn pix(&self) -> Option<&Pix> {
        self.told_pix().filter(|_| self.awaits_payment())
    }

    /// Returns the boleto, only while the order awaits it.
    #[must_use]
    pub fn boleto(&self) -> Option<&Boleto> {
        self.told_boleto().filter(|_| self.awaits_payment())
    }

    /// Returns the last PIX charge told, awaited or not: to reckon with, never to hand to a customer.
    #[must_use]
    pub fn told_pix(&self) -> Option<&Pix> {
        self.pix.as_ref().map(|told| &told.value)
    }

    /// Returns the last boleto told, awaited or not: to reckon with, never to hand to a customer.
    #[must_use]
    pub fn told_boleto(&self) -> Option<&Boleto> {
        self.boleto.as_ref().map(|told| &told.value)
    }

    /// Returns the means of payment.
    #[must_use]
    pub fn method(&self) -> Option<PaymentMethod> {
        self.method.as_ref().map(|told| told.value)
    }

    /// Returns why a card was refused, in the platform's word.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        text(&self.refusal)
    }

    /// Returns the number of instalments.
    #[must_use]
    pub fn installments(&self) -> Option<u32> {
        self.installments.as_ref().map(|told| told.value)
    }

    /// Returns the coupon.
    #[must_use]
    pub fn coupon(&self) -> Option<&str> {
        text(&self.coupon)
    }

    /// Returns what people call the order: the number that buyer and seller know it under, else the platform's id.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        text(&self.number).or(self.source().map(|source| source.external_id.as_str()))
    }

    /// Returns where the buyer can finish paying.
    #[must_use]
    pub fn checkout_url(&self) -> Option<&str> {
        text(&self.checkout_url)
    }

    /// Returns where the buyer can see the order.
    #[must_use]
    pub fn order_url(&self) -> Option<&str> {
        text(&self.order_url)
    }

    /// Returns where the buyer came from.
    #[must_use]
    pub fn utms(&self) -> Option<&Utms> {
        self.utms.as_ref().map(|told| &told.value)
    }

    /// Returns the platform's side of the order.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref().map(|told| &told.value)
    }

    /// Returns the buyer, each part from the newest event that told it.
    #[must_use]
    pub fn customer(&self) -> Customer {
        Customer {
            name: text(&self.name).map(str::to_owned),
            email: text(&self.email).map(str::to_owned),
            phone: text(&self.phone).map(str::to_owned),
            phone_typed: text(&self.phone_typed).map(str::to_owned),
            document: text(&self.document).map(str::to_owned),
        }
    }

    /// Returns the order keys of the carts and checkouts this order grew from.
    #[must_use]
    pub const fn carts(&self) -> &BTreeSet<String> {
        &self.carts
    }

    /// Returns the order key of the order at whose checkout this one was added.
    #[must_use]
    pub fn bump_of(&self) -> Option<&str> {
        text(&self.bump_of)
    }

    /// Returns when the order's first event happened.
    #[must_use]
    pub const fn first_at(&self) -> Option<DateTime<Utc>> {
        self.first_at
    }

    /// Returns when the order's last event happened.
    #[must_use]
    pub const fn last_at(&self) -> Option<DateTime<Utc>> {
        self.last_at
    }

    fn awaits_payment(&self) -> bool {
        self.stage()
            .is_some_and(|stage| stage.status() == Status::Pending)
    }
}

fn text(register: &Option<Latest<String>>) -> Option<&str> {
    register.as_ref().map(|told| told.value.as_str())
}
