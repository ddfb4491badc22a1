//! The buyer of an order or a checkout, pieced together from the places Shopify may or may not fill.

use contract::Customer as Known;
use serde::Deserialize;

use crate::person::Person;
use crate::scalar::Loose;

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Customer<'a> {
    email: Loose<'a>,
    first_name: Loose<'a>,
    last_name: Loose<'a>,
    phone: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Address<'a> {
    name: Loose<'a>,
    first_name: Loose<'a>,
    last_name: Loose<'a>,
    phone: Loose<'a>,
    country_code: Loose<'a>,
}

/// Holds where a buyer may be told of.
pub(super) struct Buyer<'s, 'a> {
    /// The resource's own addresses, best first.
    pub(super) emails: [&'s Loose<'a>; 2],
    /// The resource's own phones, best first.
    pub(super) phones: [&'s Loose<'a>; 2],
    pub(super) customer: Option<&'s Customer<'a>>,
    pub(super) billing: Option<&'s Address<'a>>,
    pub(super) shipping: Option<&'s Address<'a>>,
}

impl Buyer<'_, '_> {
    pub(super) fn read(&self) -> Known {
        let name = self.name();
        let own = self.phones.iter().find_map(|phone| phone.text());
        let customer = || self.customer?.phone.text();
        let addresses = [self.shipping, self.billing];
        let of_address = || addresses.iter().find_map(|place| (*place)?.phone.text());
        let country = addresses
            .iter()
            .find_map(|place| (*place)?.country_code.text());
        let email = self.emails.iter().find_map(|email| email.text());
        Person {
            name: name.as_deref(),
            email: email.or_else(|| self.customer?.email.text()),
            phone: own.or_else(customer).or_else(of_address),
            document: None,
            country,
        }
        .read()
    }

    fn name(&self) -> Option<String> {
        let customer = self
            .customer
            .and_then(|customer| joined(&customer.first_name, &customer.last_name));
        customer.or_else(|| {
            [self.billing, self.shipping].iter().find_map(|place| {
                let place = (*place)?;
                let whole = place.name.text().map(str::to_owned);
                whole.or_else(|| joined(&place.first_name, &place.last_name))
            })
        })
    }
}

fn joined(first: &Loose<'_>, last: &Loose<'_>) -> Option<String> {
    match (first.text(), last.text()) {
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}
