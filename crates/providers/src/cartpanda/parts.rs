//! What stands within an order or a cart: people, lines, payment, refunds, the shop.

use contract::{Currency, Item, Money, Utms};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{amount, state};
use crate::json;
use crate::reading;
use crate::scalar::Loose;

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Buyer<'a> {
    full_name: Loose<'a>,
    first_name: Loose<'a>,
    last_name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    cpf: Loose<'a>,
    cnpj: Loose<'a>,
}

impl Buyer<'_> {
    pub(super) fn name(&self) -> Option<String> {
        let joined = || match (self.first_name.text(), self.last_name.text()) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (first, last) => first.or(last).map(str::to_owned),
        };
        self.full_name.text().map(str::to_owned).or_else(joined)
    }

    pub(super) fn email(&self) -> Option<&str> {
        self.email.text()
    }

    pub(super) fn phone(&self) -> Option<&str> {
        self.phone.text()
    }

    pub(super) fn document(&self) -> Option<&str> {
        self.cpf.text().or(self.cnpj.text())
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Address<'a> {
    name: Loose<'a>,
    phone: Loose<'a>,
    country_code: Loose<'a>,
}

impl Address<'_> {
    pub(super) fn name(&self) -> Option<&str> {
        self.name.text()
    }

    pub(super) fn phone(&self) -> Option<&str> {
        self.phone.text()
    }

    pub(super) fn country(&self) -> Option<&str> {
        self.country_code.text()
    }
}

/// A line of an order, or of a cart, which names its product further down.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Line<'a> {
    sku: Loose<'a>,
    name: Loose<'a>,
    title: Loose<'a>,
    product_id: Loose<'a>,
    quantity: Loose<'a>,
    price: Option<&'a RawValue>,
    is_refunded: Loose<'a>,
    refunded_quantity: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    variant: Option<Variant<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Variant<'a> {
    sku: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    product: Option<Product<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Product<'a> {
    id: Loose<'a>,
    title: Loose<'a>,
}

impl Line<'_> {
    /// Tells whether all of it was given back.
    pub(super) fn is_given_back(&self) -> bool {
        let bought: u32 = self.quantity.number().unwrap_or(1);
        let back: u32 = self.refunded_quantity.number().unwrap_or(0);
        match back {
            0 => state::is_set(&self.is_refunded),
            back => back >= bought,
        }
    }

    /// Tells whether any of it was given back.
    pub(super) fn is_touched(&self) -> bool {
        let back: u32 = self.refunded_quantity.number().unwrap_or(0);
        back > 0 || state::is_set(&self.is_refunded)
    }

    fn item(&self, currency: Currency) -> Option<Item> {
        let variant = self.variant.as_ref();
        let product = variant.and_then(|variant| variant.product.as_ref());
        let name = self.title.line().or_else(|| self.name.line());
        let code = self.sku.line().or_else(|| variant?.sku.line());
        Some(Item {
            name: name.or_else(|| product?.title.line())?,
            code: code
                .or_else(|| self.product_id.line())
                .or_else(|| product?.id.line()),
            quantity: self.quantity.number().unwrap_or(1),
            unit_minor: self
                .price
                .and_then(|raw| amount::read(raw, currency).ok())
                .map(|price| price.minor),
        })
    }
}

/// Reads the lines that have a name.
pub(super) fn items<'a>(
    lines: impl Iterator<Item = &'a Line<'a>>,
    currency: Currency,
) -> Vec<Item> {
    lines
        .take(reading::MAX_ITEMS)
        .filter_map(|line| line.item(currency))
        .collect()
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Means<'a> {
    #[serde(rename = "type")]
    kind: Loose<'a>,
    payment_type: Loose<'a>,
    currency: Loose<'a>,
    pub(super) boleto_code: Loose<'a>,
    pub(super) boleto_link: Loose<'a>,
    pub(super) boleto_limit_date: Loose<'a>,
    pub(super) pix_code: Loose<'a>,
    pub(super) pix_limit_date: Loose<'a>,
}

impl Means<'_> {
    pub(super) fn kind(&self) -> Option<&str> {
        self.kind.text().or(self.payment_type.text())
    }

    pub(super) fn currency(&self) -> Option<&str> {
        self.currency.text()
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Refund<'a> {
    total_amount: Option<&'a RawValue>,
}

impl Refund<'_> {
    pub(super) fn sum(&self, currency: Currency) -> Option<Money> {
        amount::read(self.total_amount?, currency).ok()
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Coupon<'a> {
    code: Loose<'a>,
}

impl Coupon<'_> {
    pub(super) fn code(&self) -> Option<String> {
        self.code.line()
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Tags<'a> {
    src: Loose<'a>,
    utm_source: Loose<'a>,
    utm_medium: Loose<'a>,
    utm_campaign: Loose<'a>,
}

impl Tags<'_> {
    pub(super) fn read(&self) -> Option<Utms> {
        let utms = Utms {
            src: self.src.line(),
            source: self.utm_source.line(),
            medium: self.utm_medium.line(),
            campaign: self.utm_campaign.line(),
        };
        (utms != Utms::default()).then_some(utms)
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Shop<'a> {
    slug: Loose<'a>,
}

impl Shop<'_> {
    pub(super) fn slug(&self) -> Option<&str> {
        self.slug.text()
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct ShopInfo<'a> {
    #[serde(deserialize_with = "json::lenient")]
    settings_general: Option<General<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct General<'a> {
    base_currency: Loose<'a>,
}

impl ShopInfo<'_> {
    pub(super) fn currency(&self) -> Option<&str> {
        self.settings_general.as_ref()?.base_currency.text()
    }
}
