//! An order as iSET's API shows it.
//!
//! Two integrations tell how to ask for orders, none tells what is in one beyond `products`. So each fact is looked for under the
//! names that Brazilian shops use, and left out where it is under none of them. Amounts are taken for reais, as everywhere in
//! such shops. A status nobody has mapped leads to no event, and one that tells of goods on their way only where the order also
//! says that it is paid.

use contract::{Currency, Item, PaymentMethod, Stage, Status};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::SLUG;
use super::words::{self, Meaning};
use crate::person::Person;
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{self, Loose, Word};
use crate::{json, times};

const EVENT: &str = "order";

#[derive(Deserialize)]
struct Outer<'a> {
    #[serde(borrow, default)]
    order: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Order<'a> {
    id: Word<'a>,
    order_id: Loose<'a>,
    pedido_id: Loose<'a>,
    id_pedido: Loose<'a>,
    status: Option<&'a RawValue>,
    status_name: Option<&'a RawValue>,
    order_status: Option<&'a RawValue>,
    situacao: Option<&'a RawValue>,
    paid: Option<&'a RawValue>,
    payment: Option<&'a RawValue>,
    payment_method: Option<&'a RawValue>,
    forma_pagamento: Option<&'a RawValue>,
    total: Option<&'a RawValue>,
    total_price: Option<&'a RawValue>,
    total_amount: Option<&'a RawValue>,
    amount: Option<&'a RawValue>,
    valor_total: Option<&'a RawValue>,
    #[serde(deserialize_with = "json::lenient")]
    customer: Option<Buyer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    client: Option<Buyer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    cliente: Option<Buyer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    products: Option<Vec<Line<'a>>>,
    updated_at: Loose<'a>,
    modified_at: Loose<'a>,
    date_modified: Loose<'a>,
    created_at: Loose<'a>,
    date_added: Loose<'a>,
    date: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    name: Loose<'a>,
    nome: Loose<'a>,
    first_name: Loose<'a>,
    last_name: Loose<'a>,
    email: Loose<'a>,
    cellphone: Loose<'a>,
    celular: Loose<'a>,
    phone: Loose<'a>,
    telefone: Loose<'a>,
    document: Loose<'a>,
    cpf: Loose<'a>,
    cnpj: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Line<'a> {
    id: Loose<'a>,
    sku: Loose<'a>,
    name: Loose<'a>,
    nome: Loose<'a>,
    quantity: Loose<'a>,
    quantidade: Loose<'a>,
    price: Option<&'a RawValue>,
    preco: Option<&'a RawValue>,
}

/// What is told by a text, or by an object that has a name.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Named<'a> {
    name: Loose<'a>,
    nome: Loose<'a>,
    title: Loose<'a>,
    description: Loose<'a>,
    descricao: Loose<'a>,
    method: Loose<'a>,
}

/// Reads an order, alone or as the member `order`.
pub(super) fn read(body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    let outer: Outer<'_> = json::read(body)?;
    let inner = outer.order.filter(|raw| raw.get().starts_with('{'));
    let order: Order<'_> = match inner {
        Some(raw) => json::read(raw.get().as_bytes())?,
        None => json::read(body)?,
    };
    order.read(context)
}

impl Order<'_> {
    fn read(&self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let words = self.status_words();
        let known = words
            .iter()
            .find_map(|word| words::meaning(word, context.settings));
        let Some(stage) = known.and_then(|meaning| self.stage(meaning)) else {
            let told = words.first().map_or("none", String::as_str);
            return Ok(Reading::Unmapped {
                event: scalar::line(told).unwrap_or_default(),
                why: "the status is not known, or does not say whether the order is paid",
            });
        };
        let ids = [&self.order_id, &self.pedido_id, &self.id_pedido];
        let other = ids.into_iter().find_map(Loose::text);
        let id = reading::external_id(self.id.text().or(other), "id")?;
        let mut draft = Draft::of(context, SLUG, id, stage, EVENT);
        draft.shape_if(true, "api_order");
        let totals = [
            self.total,
            self.total_price,
            self.total_amount,
            self.amount,
            self.valor_total,
        ];
        draft.written(first(&totals), "total");
        draft.payment.method = self.method();
        self.tell_buyer(&mut draft);
        draft.items = self.items(draft.currency);
        if matches!(stage.status(), Status::Pending | Status::Failed) {
            draft.checkout_url = context.settings.checkout_url();
        }
        let told = self.changed().and_then(|text| {
            times::offset(text).or_else(|| times::on_some_clock(text, context.now))
        });
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn status_words(&self) -> Vec<String> {
        [
            self.status,
            self.status_name,
            self.order_status,
            self.situacao,
        ]
        .into_iter()
        .filter_map(named)
        .collect()
    }

    fn stage(&self, meaning: Meaning) -> Option<Stage> {
        let by_method = match self.method() {
            Some(PaymentMethod::Pix) => Some(Stage::PixGenerated),
            Some(PaymentMethod::Boleto) => Some(Stage::BoletoGenerated),
            _ => None,
        };
        match meaning {
            Meaning::Stage(stage) => Some(stage),
            Meaning::Waiting => by_method.or(Some(Stage::PaymentPending)),
            Meaning::Begun => by_method.or(Some(Stage::CheckoutStarted)),
            Meaning::Shipped => self.is_paid().then_some(Stage::Fulfilled),
        }
    }

    fn is_paid(&self) -> bool {
        let told = self.paid.map_or("", RawValue::get).trim_matches('"');
        matches!(told.to_lowercase().as_str(), "true" | "1" | "sim" | "s")
    }

    fn method(&self) -> Option<PaymentMethod> {
        let told = [self.payment_method, self.payment, self.forma_pagamento];
        let word = told.into_iter().find_map(named)?.to_lowercase();
        Some(match word.as_str() {
            word if word.contains("pix") => PaymentMethod::Pix,
            word if word.contains("boleto") => PaymentMethod::Boleto,
            word if word.contains("cart") || word.contains("card") => PaymentMethod::Card,
            _ => PaymentMethod::Other,
        })
    }

    fn tell_buyer(&self, draft: &mut Draft) {
        let buyers = [&self.customer, &self.client, &self.cliente];
        let Some(buyer) = buyers.into_iter().flatten().next() else {
            return;
        };
        let parts = [&buyer.first_name, &buyer.last_name];
        let parts: Vec<&str> = parts.into_iter().filter_map(Loose::text).collect();
        let joined = parts.join(" ");
        let phones = [
            &buyer.cellphone,
            &buyer.celular,
            &buyer.phone,
            &buyer.telefone,
        ];
        let documents = [&buyer.document, &buyer.cpf, &buyer.cnpj];
        draft.customer = Person {
            name: buyer.name.text().or(buyer.nome.text()).or(Some(&joined)),
            email: buyer.email.text(),
            phone: phones.into_iter().find_map(Loose::text),
            document: documents.into_iter().find_map(Loose::text),
            country: None,
        }
        .read();
    }

    fn items(&self, currency: Currency) -> Vec<Item> {
        self.products
            .iter()
            .flatten()
            .take(reading::MAX_ITEMS)
            .filter_map(|line| {
                let price = first(&[line.price, line.preco])
                    .and_then(|raw| reading::written(raw, currency).ok());
                let count = line.quantity.number().or_else(|| line.quantidade.number());
                Some(Item {
                    name: line.name.line().or_else(|| line.nome.line())?,
                    code: line.sku.line().or_else(|| line.id.line()),
                    quantity: count.unwrap_or(1),
                    unit_minor: price.map(|price| price.minor),
                })
            })
            .collect()
    }

    /// Returns the last change; where only the order's beginning is told, stages of the same time go by their rank.
    fn changed(&self) -> Option<&str> {
        [
            &self.updated_at,
            &self.modified_at,
            &self.date_modified,
            &self.created_at,
            &self.date_added,
            &self.date,
        ]
        .into_iter()
        .find_map(Loose::text)
    }
}

/// Returns the first value that is not null.
fn first<'a>(values: &[Option<&'a RawValue>]) -> Option<&'a RawValue> {
    let mut told = values.iter().flatten().copied();
    told.find(|raw| raw.get() != "null")
}

/// Reads a text or a number, or the name in an object.
fn named(raw: Option<&RawValue>) -> Option<String> {
    let source = raw?.get();
    let plain: Loose<'_> = serde_json::from_str(source).ok()?;
    if let Some(text) = plain.text() {
        return Some(text.to_owned());
    }
    let named: Named<'_> = serde_json::from_str(source).ok()?;
    let names = [
        &named.name,
        &named.nome,
        &named.title,
        &named.description,
        &named.descricao,
        &named.method,
    ];
    let name = names.into_iter().find_map(Loose::text)?;
    Some(name.to_owned())
}
