//! A feed's log, written as the service writes it.

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::{EventId, IntegrationId};
use contract::{
    Chain, ConversationId, Currency, Customer, Entry, Epoch, Event, Item, Page, Payment, Stage,
    Utms, kind,
};
use serde::Serialize;

/// When every story begins.
pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-21T17:00:00Z".parse().expect("a time")
}

pub(crate) fn person(number: u64) -> ConversationId {
    ConversationId::new(1_780_000_000_000 + number, [7; 10])
}

pub(crate) fn order_key(number: u64) -> String {
    format!("kiwify:{number}")
}

#[derive(Clone)]
pub(crate) struct Tape {
    pub(crate) epoch: Epoch,
    pub(crate) entries: Vec<Entry>,
    pub(crate) chain: Chain,
}

impl Tape {
    pub(crate) fn new(epoch: &str) -> Self {
        Self {
            epoch: Epoch(epoch.to_owned()),
            entries: Vec::new(),
            chain: Chain::EMPTY,
        }
    }

    pub(crate) fn head(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(crate) fn write<T: Serialize>(
        &mut self,
        who: Option<ConversationId>,
        kind: &str,
        body: &T,
    ) -> u64 {
        let seq = self.head() + 1;
        let at = start() + TimeDelta::milliseconds(i64::try_from(seq).expect("small"));
        let body = serde_json::value::to_raw_value(body).expect("serialises");
        self.chain = self.chain.next(seq, at, who, kind, body.get());
        self.entries.push(Entry {
            seq,
            at,
            conversation_id: who,
            kind: kind.to_owned(),
            body,
            chain: self.chain,
        });
        seq
    }

    /// Tells that the order of person `number` reached a stage.
    pub(crate) fn sale(&mut self, number: u64, stage: Stage) -> u64 {
        self.sale_with(number, stage, |_| ())
    }

    pub(crate) fn sale_with(
        &mut self,
        number: u64,
        stage: Stage,
        adjust: impl FnOnce(&mut Event),
    ) -> u64 {
        let seq = self.head() + 1;
        let mut event = Event {
            id: EventId::new(seq, [1; 10]),
            external_id: number.to_string(),
            order_number: None,
            stage,
            event: stage.as_str().to_owned(),
            amount_minor: Some(19_700),
            currency: Currency::BRL,
            refunded_minor: None,
            occurred_at: start() + TimeDelta::milliseconds(i64::try_from(seq).expect("small")),
            provider: "kiwify".to_owned(),
            integration_id: IntegrationId::from_u128(1),
            order_key: order_key(number),
            carts: Vec::new(),
            bump_of: None,
            customer: Customer {
                name: Some(format!("Pessoa {number} de Teste")),
                email: Some(format!("pessoa{number}@example.com")),
                phone: Some(format!("+5511900{:06}", number % 1_000_000)),
                phone_typed: None,
                document: None,
            },
            checkout_url: Some(format!("https://pay.example.com/c/{number}")),
            order_url: None,
            items: vec![Item {
                name: "Curso de Costura".to_owned(),
                quantity: 1,
                ..Item::default()
            }],
            payment: Payment::default(),
            coupon: None,
            utms: Utms::default(),
            is_test: false,
            incomplete: false,
            raw: None,
        };
        adjust(&mut event);
        self.write(Some(person(number)), kind::COMMERCE, &event)
    }

    /// Tells of `count` carts of as many people.
    pub(crate) fn carts(&mut self, count: u64) {
        let first = self.head() + 1;
        for number in first..first + count {
            self.sale(number, Stage::CartAbandoned);
        }
    }

    pub(crate) fn chain_at(&self, seq: u64) -> Option<Chain> {
        match seq {
            0 => Some(Chain::EMPTY),
            seq => self
                .entries
                .get(usize::try_from(seq).ok()? - 1)
                .map(|entry| entry.chain),
        }
    }

    pub(crate) fn after(&self, seq: u64, limit: usize) -> Page {
        let from = usize::try_from(seq).expect("small").min(self.entries.len());
        let to = (from + limit).min(self.entries.len());
        self.page(from, to)
    }

    pub(crate) fn before(&self, seq: u64, limit: usize) -> Page {
        let to = usize::try_from(seq.saturating_sub(1))
            .unwrap_or(usize::MAX)
            .min(self.entries.len());
        self.page(to.saturating_sub(limit), to)
    }

    fn page(&self, from: usize, to: usize) -> Page {
        let entries = self.entries.get(from..to).unwrap_or_default().to_vec();
        Page {
            epoch: self.epoch.clone(),
            head: self.head(),
            next_after: (to < self.entries.len()).then_some(to as u64),
            next_before: (from > 0).then_some(from as u64 + 1),
            chain_before: self.chain_at(from as u64).unwrap_or_default(),
            entries,
        }
    }
}
