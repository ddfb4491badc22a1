//! What orders, transactions and carts have in common: the buyer, the lines, the charges, and times.

use chrono::{DateTime, NaiveDate, Utc};
use contract::{Currency, Item, Payment, PaymentMethod, Utms};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::relation;
use crate::person::Person;
use crate::reading;
use crate::scalar::Loose;
use crate::{json, times};

/// The clock of times that name no other.
const HOME: &str = "America/Sao_Paulo";

/// A person who may be known in part: the customer of a shop, or what a cart or a row of the shop's sheet tells.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Buyer<'a> {
    name: Loose<'a>,
    generic_name: Loose<'a>,
    first_name: Loose<'a>,
    razao_social: Loose<'a>,
    email: Loose<'a>,
    cpf: Loose<'a>,
    cnpj: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    phone: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Phone<'a> {
    full_number: Loose<'a>,
    area_code: Loose<'a>,
    number: Loose<'a>,
}

impl Buyer<'_> {
    pub(super) fn name(&self) -> Option<&str> {
        [
            &self.name,
            &self.generic_name,
            &self.first_name,
            &self.razao_social,
        ]
        .into_iter()
        .find_map(Loose::text)
    }

    pub(super) fn email(&self) -> Option<&str> {
        self.email.text()
    }

    pub(super) fn document(&self) -> Option<&str> {
        self.cpf.text().or(self.cnpj.text())
    }

    /// Returns the number without a country: a text, or an object of its parts.
    pub(super) fn phone(&self) -> Option<String> {
        let raw = self.phone?.get();
        if !raw.starts_with('{') {
            let number: Loose<'_> = serde_json::from_str(raw).ok()?;
            return number.text().map(str::to_owned);
        }
        let parts: Phone<'_> = serde_json::from_str(raw).ok()?;
        let joined = || {
            Some(format!(
                "{}{}",
                parts.area_code.text()?,
                parts.number.text()?
            ))
        };
        let whole = parts.full_number.text().map(str::to_owned);
        whole.or_else(joined)
    }
}

/// A row of the shop's sheet of orders, and of carts; repeats what other parts should tell.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    pub(super) customer: Loose<'a>,
    pub(super) customer_email: Loose<'a>,
    pub(super) customer_phone: Loose<'a>,
    pub(super) customer_document: Loose<'a>,
    pub(super) billet_barcode: Loose<'a>,
    pub(super) purchase_url: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Address<'a> {
    pub(super) receiver: Loose<'a>,
    country: Loose<'a>,
}

impl Address<'_> {
    /// Returns the country where it is told by its two letters.
    pub(super) fn country(&self) -> Option<&str> {
        self.country
            .text()
            .filter(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()))
    }
}

/// Reads a buyer from the customer, then from whom the parcel goes to, then from the sheet.
pub(super) fn customer(
    buyers: &[Option<&Buyer<'_>>],
    address: Option<&Address<'_>>,
    row: Option<&Row<'_>>,
) -> contract::Customer {
    let buyers = || buyers.iter().copied().flatten();
    let phone = buyers().find_map(Buyer::phone);
    Person {
        name: buyers()
            .find_map(Buyer::name)
            .or_else(|| address?.receiver.text())
            .or_else(|| row?.customer.text()),
        email: buyers()
            .find_map(Buyer::email)
            .or_else(|| row?.customer_email.text()),
        phone: phone.as_deref().or_else(|| row?.customer_phone.text()),
        document: buyers()
            .find_map(Buyer::document)
            .or_else(|| row?.customer_document.text()),
        country: address.and_then(Address::country),
    }
    .read()
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Line<'a> {
    item_sku: Loose<'a>,
    sku_id: Loose<'a>,
    quantity: Loose<'a>,
    price: Option<&'a RawValue>,
    #[serde(deserialize_with = "relation::one")]
    sku: Option<Sku<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Sku<'a> {
    title: Loose<'a>,
    sku: Loose<'a>,
}

/// Reads the lines that have a name.
pub(super) fn items(lines: &[Line<'_>], currency: Currency) -> Vec<Item> {
    lines
        .iter()
        .take(reading::MAX_ITEMS)
        .filter_map(|line| {
            let sku = line.sku.as_ref();
            let code = line.item_sku.line().or_else(|| sku?.sku.line());
            Some(Item {
                name: sku
                    .and_then(|sku| sku.title.line())
                    .or_else(|| line.item_sku.line())?,
                code: code.or_else(|| line.sku_id.line()),
                quantity: line.quantity.number().unwrap_or(1),
                unit_minor: line
                    .price
                    .and_then(|raw| reading::rounded(raw, currency).ok())
                    .map(|price| price.minor),
            })
        })
        .collect()
}

/// One attempt to pay.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Transaction<'a> {
    pub(super) id: Loose<'a>,
    pub(super) status: Loose<'a>,
    pub(super) amount: Option<&'a RawValue>,
    installments: Loose<'a>,
    error_message: Loose<'a>,
    error_code: Loose<'a>,
    pub(super) billet_barcode: Loose<'a>,
    pub(super) billet_url: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    pub(super) billet_date: Option<Moment<'a>>,
    #[serde(deserialize_with = "relation::one")]
    payment: Option<Means<'a>>,
    #[serde(deserialize_with = "relation::many")]
    pub(super) metadata: Vec<Entry<'a>>,
}

impl Transaction<'_> {
    pub(super) fn is_refused(&self) -> bool {
        self.status.text() == Some("refused")
    }

    pub(super) fn method(&self) -> Option<PaymentMethod> {
        self.payment.as_ref().and_then(Means::method)
    }

    /// Tells how was paid, charges not included.
    pub(super) fn payment(&self) -> Payment {
        Payment {
            method: self.method(),
            refusal: self
                .is_refused()
                .then(|| self.error_message.line().or_else(|| self.error_code.line()))
                .flatten(),
            installments: self.installments.number(),
            ..Payment::default()
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Means<'a> {
    alias: Loose<'a>,
}

impl Means<'_> {
    pub(super) fn method(&self) -> Option<PaymentMethod> {
        self.alias.text().map(super::method)
    }
}

/// An entry of metadata: a key with its value, or the PIX charge by name.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Entry<'a> {
    key: Loose<'a>,
    value: Loose<'a>,
    pix_qr_code: Loose<'a>,
    pix_expiration_date: Loose<'a>,
}

impl Entry<'_> {
    pub(super) fn named(&self, key: &str) -> Option<&str> {
        let direct = match key {
            PIX_CODE => self.pix_qr_code.text(),
            PIX_EXPIRY => self.pix_expiration_date.text(),
            _ => None,
        };
        direct.or_else(|| {
            self.value
                .text()
                .filter(|_| self.key.text().is_some_and(|known| known == key))
        })
    }
}

pub(super) const PIX_CODE: &str = "pix_qr_code";
pub(super) const PIX_EXPIRY: &str = "pix_expiration_date";

/// Finds a value among metadata.
pub(super) fn find<'a>(entries: &'a [Entry<'_>], key: &str) -> Option<&'a str> {
    entries.iter().find_map(|entry| entry.named(key))
}

/// A time with the zone it was written in.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Moment<'a> {
    date: Loose<'a>,
    timezone: Loose<'a>,
}

impl Moment<'_> {
    pub(super) fn read(&self) -> Option<DateTime<Utc>> {
        let written = self.date.text()?;
        match self.timezone.text().unwrap_or(HOME) {
            HOME | "-03:00" => at_home(written),
            "UTC" | "Z" | "+00:00" => {
                times::zoneless(whole_seconds(written)).map(|time| time.and_utc())
            }
            _ => None,
        }
    }

    pub(super) fn day(&self) -> Option<NaiveDate> {
        self.date.text().and_then(times::day)
    }
}

/// Reads a time on São Paulo's clock.
pub(super) fn at_home(text: &str) -> Option<DateTime<Utc>> {
    times::zoneless(whole_seconds(text)).and_then(times::on_brasilia_clock)
}

/// Cuts the microseconds, which are always zero.
fn whole_seconds(text: &str) -> &str {
    text.split_once('.').map_or(text, |(whole, _)| whole)
}

/// Tells where the buyer came from.
pub(super) fn utms(source: &Loose<'_>, medium: &Loose<'_>, campaign: &Loose<'_>) -> Utms {
    Utms {
        src: None,
        source: source.line(),
        medium: medium.line(),
        campaign: campaign.line(),
    }
}
