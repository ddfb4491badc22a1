//! A feed made up on the spot: as many people and events as asked for, each link of its chain right.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    Chain, ConversationId, Currency, Customer, Entry, Epoch, Event, EventId, IntegrationId, Item,
    Page, Payment, PaymentMethod, Pix, Stage, Utms, kind,
};
use serde_json::value::to_raw_value;

use crate::torture::Dice;

const FIRST: &[&str] = &[
    "Mariana",
    "João Pedro",
    "Larissa",
    "Antônio Carlos",
    "Beatriz",
    "Rafael",
    "Íris",
    "Cláudio",
    "Fernanda",
    "Sueli",
    "Thiago",
    "Conceição",
    "Vinícius",
    "Letícia",
    "Ângela",
    "Otávio",
];
const LAST: &[&str] = &[
    "Souza Prado",
    "Albuquerque",
    "Nogueira",
    "de Oliveira Figueiredo",
    "Sampaio",
    "Tanaka",
    "Monteiro",
    "Reis",
    "Lima",
    "Ramos",
    "Gonçalves de Araújo",
    "Assunção",
    "Brandão",
    "Vasconcelos",
    "Teles",
    "Barreto",
];
const PRODUCTS: &[&str] = &[
    "Curso Confeitaria Lucrativa",
    "Kit Marmitas Fit 30 dias",
    "Mentoria Tráfego Direto",
    "Promoção Óleo de Lavanda",
    "Ebook Finanças em Casal",
    "Assinatura Anual Pro",
    "Vestido Midi Linho",
    "Curso Violão do Zero",
];
/// What happens to an order, in turn: five events each. The first three follow each other within minutes, the guarantee ends
/// and money goes back days later.
const STORY: &[Stage] = &[
    Stage::CartAbandoned,
    Stage::PixGenerated,
    Stage::PurchaseApproved,
    Stage::PurchaseCompleted,
    Stage::Refunded,
];

/// Makes entries one after another.
pub struct History {
    people: u64,
    seq: u64,
    chain: Chain,
    start: DateTime<Utc>,
    dice: Dice,
    /// What is to come: when (an entry's number), whose, which order, how far it is.
    to_come: BinaryHeap<Reverse<(u64, u64, u64, usize)>>,
}

impl History {
    /// Begins a feed about so many people.
    #[must_use]
    pub fn about(people: u64) -> Self {
        let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default();
        Self {
            people,
            seq: 0,
            chain: Chain::EMPTY,
            start,
            dice: Dice(7),
            to_come: BinaryHeap::new(),
        }
    }

    /// Returns the history's name.
    #[must_use]
    pub fn epoch() -> Epoch {
        Epoch("bench".to_owned())
    }

    /// Returns the time of the newest entry, in Unix milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.at().timestamp_millis()
    }

    /// Makes the next entries as a page, which ends at the head.
    ///
    /// # Panics
    /// When an event does not serialise, which plain data always does.
    pub fn page(&mut self, entries: usize) -> Page {
        let chain_before = self.chain;
        let entries: Vec<Entry> = (0..entries).map(|_| self.entry()).collect();
        Page {
            epoch: Self::epoch(),
            entries,
            head: self.seq,
            next_after: None,
            next_before: None,
            chain_before,
        }
    }

    /// Returns the id of a person's conversation.
    #[must_use]
    pub fn conversation(person: u64) -> ConversationId {
        ConversationId::new(1_790_000_000_000 + person, [9; 10])
    }

    fn at(&self) -> DateTime<Utc> {
        self.start + TimeDelta::milliseconds(i64::try_from(self.seq).unwrap_or(0) * 500)
    }

    fn entry(&mut self) -> Entry {
        self.seq += 1;
        let (person, order, reached) = self.happening();
        let (seq, at) = (self.seq, self.at());
        let body =
            to_raw_value(&self.event(person, order, reached)).expect("plain data serialises");
        let conversation = Self::conversation(person);
        self.chain = self
            .chain
            .next(seq, at, Some(conversation), kind::COMMERCE, body.get());
        let kind = kind::COMMERCE.to_owned();
        Entry {
            seq,
            at,
            conversation_id: Some(conversation),
            kind,
            body,
            chain: self.chain,
        }
    }

    /// Goes on with the order whose time has come, or begins another.
    fn happening(&mut self) -> (u64, u64, usize) {
        let due = self
            .to_come
            .peek()
            .is_some_and(|Reverse((at, ..))| *at <= self.seq);
        let (person, order, reached) = match self.to_come.pop() {
            Some(Reverse((_, person, order, reached))) if due => (person, order, reached),
            waiting => {
                self.to_come.extend(waiting);
                (self.dice.below(self.people), self.dice.below(5), 0)
            }
        };
        if reached + 1 < STORY.len() {
            let wait = if reached < 2 {
                20 + self.dice.below(400)
            } else {
                5_000 + self.dice.below(40_000)
            };
            self.to_come
                .push(Reverse((self.seq + wait, person, order, reached + 1)));
        }
        (person, order, reached)
    }

    fn event(&mut self, person: u64, order: u64, reached: usize) -> Event {
        let stage = STORY[reached];
        let minor = i64::try_from(4_700 + person % 300_000).unwrap_or(4_700);
        let order_key = format!("kiwify:{person}-{order}");
        let at = self.at();
        Event {
            id: EventId::new(
                u64::try_from(at.timestamp_millis()).unwrap_or(0),
                self.seq.to_be_bytes().repeat(2)[..10]
                    .try_into()
                    .expect("ten bytes"),
            ),
            external_id: format!("{person}-{order}"),
            order_number: None,
            stage,
            event: stage.as_str().to_owned(),
            amount_minor: Some(minor),
            currency: Currency::BRL,
            refunded_minor: None,
            occurred_at: at,
            provider: "kiwify".to_owned(),
            integration_id: IntegrationId::from_u128(1),
            order_key,
            carts: Vec::new(),
            bump_of: None,
            customer: buyer(person),
            checkout_url: Some(format!("https://pay.example.com/{person}-{order}")),
            order_url: None,
            items: vec![Item {
                name: pick(PRODUCTS, person + order).to_owned(),
                code: None,
                quantity: 1,
                unit_minor: Some(minor),
            }],
            payment: payment(stage, at),
            coupon: None,
            utms: Utms {
                source: Some("facebook".to_owned()),
                medium: Some("cpc".to_owned()),
                ..Utms::default()
            },
            is_test: false,
            incomplete: false,
            raw: None,
        }
    }
}

fn buyer(person: u64) -> Customer {
    Customer {
        name: Some(format!(
            "{} {}",
            pick(FIRST, person),
            pick(LAST, person / 16)
        )),
        email: Some(format!("pessoa{person}@example.com")),
        phone: Some(format!("+55119{person:08}")),
        phone_typed: None,
        document: None,
    }
}

fn payment(stage: Stage, at: DateTime<Utc>) -> Payment {
    let pix = (stage == Stage::PixGenerated).then(|| Pix {
        code: None,
        expires_at: Some(at + TimeDelta::minutes(30)),
    });
    Payment {
        method: Some(PaymentMethod::Pix),
        pix,
        ..Payment::default()
    }
}

fn pick<T: Copy>(list: &[T], number: u64) -> T {
    let index = usize::try_from(number).unwrap_or(0) % list.len();
    list[index]
}

#[cfg(test)]
mod tests {
    use contract::Chain;

    use super::History;

    #[test]
    fn every_link_of_the_chain_is_right() {
        let mut history = History::about(10);
        let mut chain = Chain::EMPTY;
        for page in [history.page(20), history.page(5)] {
            assert_eq!(page.chain_before, chain);
            for entry in &page.entries {
                assert!(entry.follows(chain));
                chain = entry.chain;
            }
        }
    }
}
