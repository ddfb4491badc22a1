//! Luna Checkout's webhooks.
//!
//! Source: integrators' receivers that quote the platform's documentation, and one body from production; the documentation
//! itself could not be read. `event` decides: an abandoned cart's `status` says `pending`. Carts and sales share their ids.
//!
//! Not confirmed, and read with care:
//! - No signature is known: only the key in the address speaks for a request, unless the seller adds a token to that address.
//! - No body told a time, so the time of arrival stands in; the stage's rank decides what arrives at once.
//! - No field for a boleto's line is known. Four likely ones are looked at, and only digits that hold are taken.

use chrono::{DateTime, NaiveDate, Utc};
use contract::boleto::BoletoLine;
use contract::{Currency, Item, PaymentMethod, Stage};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::charge::BoletoSent;
use crate::person::Person;
use crate::proof::{self, AddressOrToken, Proof, Refusal};
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{self, Loose, Word};
use crate::secret::Secret;
use crate::{About, Inbound, Provider, Sample, SecretUse, Shown, json, links, samples};

const SLUG: &str = "luna";
const TOKEN_HEADER: &str = "x-webhook-token";
const TOKEN_PARAMETER: &str = "token";
const SCHEMES: AddressOrToken = AddressOrToken {
    address: "luna.url",
    token: "luna.token",
};

/// Reads Luna Checkout.
pub(crate) struct Luna;

impl Provider for Luna {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Luna Checkout"
    }

    fn about(&self) -> &'static About {
        &About {
            proof: "the key in the address; with a secret set, also that secret as ?token=",
            secret: SecretUse::Optional,
            events: &[
                ("sale_cart_abandoned", "cart_abandoned"),
                (
                    "sale_waiting_payment, sale_pending",
                    "pix_generated, boleto_generated or payment_pending",
                ),
                ("sale_approved", "purchase_approved"),
                ("sale_refused", "payment_refused"),
                ("sale_cancelled, sale_canceled", "cancelled"),
                ("sale_refunded", "refunded"),
                ("sale_chargeback", "chargeback"),
                (
                    "sale_cart_recovered",
                    "purchase_approved, or as sale_waiting_payment",
                ),
                ("sale_processed, sale_partially_processed", "ignored"),
                ("tracking_*", "ignored"),
            ],
            pix: Shown::Yes,
            boleto: Shown::Partly("where one of four likely fields holds a line"),
            link: Shown::Yes,
            settings: &[],
            unconfirmed: &[
                "whether requests are ever signed, or sent again when they fail",
                "the fields of a boleto, and any field that tells a time",
                "whether the amount holds the shipping",
            ],
        }
    }

    fn signs(&self) -> bool {
        false
    }

    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        _context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        proof::address_or_token(inbound, secrets, &SCHEMES, TOKEN_HEADER, TOKEN_PARAMETER)
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let sale: Sale<'_> = json::read(inbound.body)?;
        sale.read(context)
    }

    fn sample(&self, id: &str, _now: DateTime<Utc>) -> Option<Sample> {
        let amount = contract::Money::brl(9990);
        let body = json!({
            "event": "sale_waiting_payment",
            "id": id,
            "status": "waiting_payment",
            "method": "pix",
            "amount": amount.to_decimal(),
            "client": {
                "name": samples::NAME,
                "email": samples::EMAIL,
                "phone": format!("55{}", samples::PHONE),
                "doc": samples::DOCUMENT,
            },
            "items": [
                {"id": "1", "name": samples::PRODUCT, "price": amount.to_decimal(), "quantity": "1"},
            ],
            "checkout_url": format!("https://pay.example.com/c/{id}"),
            "payment": {"qrcode": samples::pix_code(amount.minor)?},
        });
        Some(samples::posted(&body))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Sale<'a> {
    event: Word<'a>,
    id: Word<'a>,
    status: Loose<'a>,
    method: Loose<'a>,
    amount: Option<&'a RawValue>,
    client: Option<Client<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    items: Option<Vec<Line<'a>>>,
    checkout_url: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    payment: Option<Means<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Client<'a> {
    name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    doc: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Line<'a> {
    id: Loose<'a>,
    name: Loose<'a>,
    price: Option<&'a RawValue>,
    quantity: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Means<'a> {
    /// The text to copy, not a picture.
    qrcode: Loose<'a>,
    digitable_line: Loose<'a>,
    line: Loose<'a>,
    barcode: Loose<'a>,
    bankslip_barcode: Loose<'a>,
}

impl Sale<'_> {
    fn read(&self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let word = self.event.text().unwrap_or("none").to_lowercase();
        // Older documentation put this before every name.
        let event = word.strip_prefix("event_").unwrap_or(&word);
        let unmapped = |why| Reading::Unmapped {
            event: scalar::line(event).unwrap_or_default(),
            why,
        };
        let stage = match self.meaning(event) {
            Meaning::Stage(stage) => stage,
            Meaning::Shipping => {
                return Ok(Reading::Ignored {
                    event: event.to_owned(),
                    why: "it tells of the shipping, not of the purchase",
                });
            }
            Meaning::UnknownStatus => return Ok(unmapped("the status is not known")),
            Meaning::Unknown => return Ok(unmapped("the event is not known")),
        };
        let id = reading::external_id(self.id.text(), "id")?;
        let mut draft = Draft::of(context, SLUG, id, stage, event);
        draft.shape_if(event == "sale_pending", "sale_pending");
        draft.written(self.amount, "amount");
        self.tell_client(&mut draft);
        self.tell_payment(&mut draft, context.now.date_naive());
        draft.items = self.items(draft.currency);
        draft.checkout_url = self.checkout_url.text().and_then(links::https);
        Ok(Reading::Events(vec![draft.sealed(context, None)]))
    }

    fn meaning(&self, event: &str) -> Meaning {
        Meaning::Stage(match event {
            "sale_waiting_payment" | "sale_pending" => self.pending(),
            "sale_approved" => Stage::PurchaseApproved,
            "sale_refused" => Stage::PaymentRefused,
            "sale_cancelled" | "sale_canceled" => Stage::Cancelled,
            "sale_refunded" => Stage::Refunded,
            "sale_chargeback" => Stage::Chargeback,
            "sale_cart_abandoned" => Stage::CartAbandoned,
            "sale_cart_recovered" => return self.recovered(),
            "sale_processed" | "sale_partially_processed" => return Meaning::Shipping,
            _ if event.starts_with("tracking_") => return Meaning::Shipping,
            _ => return Meaning::Unknown,
        })
    }

    /// A recovered cart is told with the sale's status; a word that says neither paid nor waiting is not guessed at.
    fn recovered(&self) -> Meaning {
        match self.status.text().map(str::to_lowercase).as_deref() {
            Some("paid" | "approved") => Meaning::Stage(Stage::PurchaseApproved),
            None | Some("pending" | "waiting_payment") => Meaning::Stage(self.pending()),
            Some(_) => Meaning::UnknownStatus,
        }
    }

    fn pending(&self) -> Stage {
        match self.method() {
            Some(PaymentMethod::Pix) => Stage::PixGenerated,
            Some(PaymentMethod::Boleto) => Stage::BoletoGenerated,
            _ => Stage::PaymentPending,
        }
    }

    fn method(&self) -> Option<PaymentMethod> {
        Some(match self.method.text()?.to_lowercase().as_str() {
            "pix" => PaymentMethod::Pix,
            "bankslip" | "boleto" | "billet" => PaymentMethod::Boleto,
            "card" | "credit_card" => PaymentMethod::Card,
            _ => PaymentMethod::Other,
        })
    }

    fn tell_client(&self, draft: &mut Draft) {
        let Some(client) = &self.client else { return };
        draft.customer = Person {
            name: client.name.text(),
            email: client.email.text(),
            phone: client.phone.text(),
            document: client.doc.text(),
            country: None,
        }
        .read();
    }

    fn tell_payment(&self, draft: &mut Draft, sent_on: NaiveDate) {
        draft.payment.method = self.method();
        let Some(means) = &self.payment else { return };
        draft.pix(means.qrcode.text(), None, "payment.qrcode");
        let boleto = BoletoSent {
            line: means.line(sent_on),
            ..BoletoSent::default()
        };
        draft.boleto(&boleto, sent_on, "payment.line");
        draft.shape_if(draft.payment.boleto.is_some(), "boleto_line");
    }

    fn items(&self, currency: Currency) -> Vec<Item> {
        self.items
            .iter()
            .flatten()
            .take(reading::MAX_ITEMS)
            .filter_map(|item| {
                let price = item
                    .price
                    .and_then(|raw| reading::written(raw, currency).ok());
                Some(Item {
                    name: item.name.line()?,
                    code: item.id.line(),
                    quantity: item.quantity.number().unwrap_or(1),
                    unit_minor: price.map(|price| price.minor),
                })
            })
            .collect()
    }
}

/// What an event's name stands for.
enum Meaning {
    Stage(Stage),
    Shipping,
    UnknownStatus,
    Unknown,
}

impl Means<'_> {
    /// Returns the first field that holds a boleto's line, else the first that holds anything.
    fn line(&self, sent_on: NaiveDate) -> Option<&str> {
        let told = [
            &self.digitable_line,
            &self.line,
            &self.barcode,
            &self.bankslip_barcode,
        ];
        let mut told = told.into_iter().filter_map(Loose::text);
        let holds = |text: &&str| BoletoLine::parse(text, sent_on).is_ok();
        told.clone().find(holds).or_else(|| told.next())
    }
}
