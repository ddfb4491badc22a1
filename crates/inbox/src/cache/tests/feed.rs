//! A feed for tests: entries with numbers and a chain, told one by one or made up from a seed.

use chrono::{DateTime, TimeDelta, Utc};
use contract::entry::{ByMember, HandedOver, Noted};
use contract::{
    Actor, Boleto, Chain, Channel, CommandId, ConversationId, Currency, Customer, Entry, Epoch,
    Event, EventId, IntegrationId, Item, MemberId, Page, Payment, PaymentMethod, Pix, Stage, Utms,
    kind,
};
use serde::Serialize;

pub(crate) mod desk;
mod people;

use people::Families;

/// A log of one workspace, written as the service writes it.
pub(crate) struct Feed {
    pub(crate) entries: Vec<Entry>,
    pub(crate) epoch: Epoch,
    at: DateTime<Utc>,
    chain: Chain,
    ids: u64,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            epoch: Epoch("k1".to_owned()),
            at: start(),
            chain: Chain::EMPTY,
            ids: 0,
        }
    }
}

/// When every test's story begins: a Tuesday at noon in Lisbon, nine in São Paulo.
pub(crate) fn start() -> DateTime<Utc> {
    "2026-03-10T12:00:00Z".parse().expect("a time")
}

/// The same in Unix milliseconds, some minutes later.
pub(crate) fn minute(minutes: i64) -> i64 {
    (start() + TimeDelta::minutes(minutes)).timestamp_millis()
}

pub(crate) fn conversation(number: u64) -> ConversationId {
    ConversationId::new(1_773_000_000_000 + number, [7; 10])
}

pub(crate) fn member(number: u8) -> Actor {
    Actor {
        id: MemberId::new(1, [number; 10]),
        name: ["Ana", "Bia", "Caio"]
            .get(usize::from(number))
            .copied()
            .unwrap_or("Davi")
            .to_owned(),
    }
}

impl Feed {
    /// Takes entries as they are; nothing is added to them.
    pub(crate) fn of(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            ..Self::default()
        }
    }

    /// Sets the service's clock.
    pub(crate) fn at(&mut self, minutes: i64) -> &mut Self {
        self.at = start() + TimeDelta::minutes(minutes);
        self
    }

    /// Tells of an event that happened now.
    pub(crate) fn sale(
        &mut self,
        conversation: ConversationId,
        key: &str,
        stage: Stage,
        adjust: impl FnOnce(&mut Event),
    ) -> &mut Self {
        self.ids += 1;
        let mut event = Event {
            id: EventId::new(self.ids, [3; 10]),
            external_id: key.to_owned(),
            order_number: None,
            stage,
            event: stage.as_str().to_owned(),
            amount_minor: Some(19_700),
            currency: Currency::BRL,
            refunded_minor: None,
            occurred_at: self.at,
            provider: "kiwify".to_owned(),
            integration_id: IntegrationId::from_u128(1),
            order_key: format!("kiwify:{key}"),
            carts: Vec::new(),
            bump_of: None,
            customer: Customer::default(),
            checkout_url: Some(format!("https://pay.example.com/{key}")),
            order_url: None,
            items: vec![Item {
                name: "Curso de Violão".to_owned(),
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
        self.entry(Some(conversation), kind::COMMERCE, &event)
    }

    pub(crate) fn claim(&mut self, conversation: ConversationId, by: &Actor) -> &mut Self {
        let body = self.by(by);
        self.entry(Some(conversation), kind::CLAIMED, &body)
    }

    pub(crate) fn release(&mut self, conversation: ConversationId, by: &Actor) -> &mut Self {
        let body = self.by(by);
        self.entry(Some(conversation), kind::RELEASED, &body)
    }

    pub(crate) fn note(
        &mut self,
        conversation: ConversationId,
        by: &Actor,
        text: &str,
    ) -> &mut Self {
        let ByMember { command_id, by } = self.by(by);
        let body = Noted {
            command_id,
            by,
            text: text.to_owned(),
            mentions: Vec::new(),
        };
        self.entry(Some(conversation), kind::NOTED, &body)
    }

    pub(crate) fn handed_over(&mut self, conversation: ConversationId, by: &Actor) -> &mut Self {
        let ByMember { command_id, by } = self.by(by);
        let body = HandedOver {
            command_id,
            by,
            channel: Channel::Whatsapp,
            text: "Oi, posso ajudar?".to_owned(),
            template_key: Some("pix.help".to_owned()),
            order_key: Some("kiwify:1".to_owned()),
        };
        self.entry(Some(conversation), kind::HANDED_OVER, &body)
    }

    /// Writes any entry.
    pub(crate) fn entry(
        &mut self,
        conversation_id: Option<ConversationId>,
        kind: &str,
        body: &impl Serialize,
    ) -> &mut Self {
        let body = serde_json::value::to_raw_value(body).expect("bodies serialise");
        let seq = self.head() + 1;
        self.chain = self
            .chain
            .next(seq, self.at, conversation_id, kind, body.get());
        self.entries.push(Entry {
            seq,
            at: self.at,
            conversation_id,
            kind: kind.to_owned(),
            body,
            chain: self.chain,
        });
        self
    }

    pub(crate) fn head(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Returns the entries `first..=last` as the service's page.
    pub(crate) fn page(&self, first: u64, last: u64) -> Page {
        let place = |seq: u64| usize::try_from(seq).expect("small");
        let (first, last) = (first.max(1), last.min(self.head()));
        let entries = self.entries.get(place(first - 1)..place(last));
        Page {
            epoch: self.epoch.clone(),
            entries: entries.unwrap_or_default().to_vec(),
            head: self.head(),
            next_after: (last < self.head()).then_some(last),
            next_before: (first > 1).then_some(first),
            chain_before: place(first)
                .checked_sub(2)
                .and_then(|before| self.entries.get(before))
                .map_or(Chain::EMPTY, |entry| entry.chain),
        }
    }

    fn by(&mut self, by: &Actor) -> ByMember {
        self.ids += 1;
        ByMember {
            command_id: CommandId::new(self.ids, [5; 10]),
            by: by.clone(),
        }
    }
}

/// A small generator, so that a seed is a story and a failing one can be told again.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit.max(1)
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("small")].clone()
    }
}

const FIRST: [&str; 12] = [
    "Maria Eduarda",
    "João Pedro",
    "Antônia",
    "José Carlos",
    "Ana Beatriz",
    "Luís Fernando",
    "Conceição",
    "Francisco",
    "Larissa",
    "Gabriel",
    "Rosângela",
    "Thiago",
];
const LAST: [&str; 10] = [
    "Silva",
    "dos Santos",
    "Oliveira",
    "Gonçalves",
    "Araújo",
    "de Souza",
    "Pereira",
    "Guimarães",
    "Conceição Lima",
    "Assunção",
];
const PRODUCTS: [&str; 6] = [
    "Curso de Violão do Zero",
    "Mentoria Lançamento em 7 Dias",
    "Planilha de Finanças",
    "Método Sono Tranquilo",
    "Confeitaria Lucrativa",
    "Comunidade Tráfego Pago (mensal)",
];

/// Makes up a story with every kind of entry, over `people` conversations: dense with repeats, merges, their undoing, and holds.
///
/// What platforms tell names a conversation itself, merged or not; what agents do names the one that stands for it.
pub(crate) fn story(seed: u64, length: u64, people: u64) -> Feed {
    let mut dice = Dice::new(seed);
    let mut feed = Feed::default();
    let mut families = Families::default();
    for _ in 0..length {
        let minutes =
            (feed.at - start()).num_minutes() + i64::try_from(dice.below(45)).expect("small");
        feed.at(minutes);
        let (who, other) = (dice.below(people), dice.below(people));
        let cnv = conversation(families.root(who));
        let by = member(u8::try_from(dice.below(3)).expect("small"));
        match dice.below(36) {
            0 => feed.claim(cnv, &by),
            1 => feed.release(cnv, &by),
            2 => feed.note(cnv, &by, "ligar à tarde"),
            3 => feed.handed_over(cnv, &by),
            4 => feed.entry(Some(cnv), "conversation.sung_to", &"la"),
            5 | 6 => match families.merge(who, other) {
                Some((into, from)) if dice.below(2) == 0 => feed.merge(into, from),
                Some((into, from)) => feed.merge_by(into, from, &by),
                None => told(&mut feed, &mut dice, who, conversation(who)),
            },
            7 | 8 => match families.unmerge(who) {
                Some((into, from)) => feed.unmerge(into, from, &by),
                None => told(&mut feed, &mut dice, who, conversation(who)),
            },
            9 => feed.suggest(conversation(who), conversation(other), "email"),
            10 => feed.keep_apart(cnv, conversation(families.root(other)), &by),
            24.. => desk::handled(&mut feed, &mut dice, cnv, &by, who),
            11 => feed.share(conversation(who), u32::try_from(6 + other).expect("small")),
            _ => told(&mut feed, &mut dice, who, conversation(who)),
        };
    }
    feed
}

fn told<'a>(feed: &'a mut Feed, dice: &mut Dice, who: u64, cnv: ConversationId) -> &'a mut Feed {
    // Now and then an order is told of where it was not before.
    let whose = if dice.below(10) == 0 { 0 } else { who };
    let number = dice.below(3);
    let stage = dice.pick(Stage::ALL);
    let late = i64::try_from(dice.below(90)).expect("small");
    let valid = i64::try_from(dice.below(240)).expect("small");
    let is_test = dice.below(12) == 0;
    let amount = dice.pick(&[None, Some(4_700), Some(19_700), Some(199_700)]);
    let product = dice.pick(&PRODUCTS);
    let due = dice.below(4);
    feed.sale(cnv, &format!("{whose}-{number}"), stage, |event| {
        event.occurred_at -= TimeDelta::minutes(late);
        event.amount_minor = amount;
        event.is_test = is_test;
        event.customer = person(who);
        event.items[0].name = product.to_owned();
        // The third order of each is told, now and then, to have been added to the first.
        event.bump_of = (number == 2 && late % 2 == 0).then(|| format!("kiwify:{whose}-0"));
        event.payment.pix = (stage == Stage::PixGenerated).then(|| Pix {
            code: None,
            expires_at: Some(event.occurred_at + TimeDelta::minutes(valid)),
        });
        event.payment.boleto = (stage == Stage::BoletoGenerated).then(|| Boleto {
            due_on: (due > 0).then(|| event.occurred_at.date_naive() + TimeDelta::days(3)),
            ..Boleto::default()
        });
    })
}

/// Returns a made-up buyer.
pub(crate) fn person(number: u64) -> Customer {
    let mut dice = Dice::new(number + 1);
    let name = format!("{} {}", dice.pick(&FIRST), dice.pick(&LAST));
    Customer {
        email: Some(format!("pessoa{number}@example.com")),
        phone: Some(format!(
            "+55{}9{:08}",
            11 + number % 9,
            10_000_000 + number * 37 % 89_999_999
        )),
        name: Some(name),
        phone_typed: None,
        document: None,
    }
}

/// Makes up what shops send: about three events an order, told within the hour, several orders at a time.
pub(crate) fn trade(length: usize, seed: u64) -> Feed {
    let mut dice = Dice::new(seed);
    let mut feed = Feed::default();
    let mut waiting: Vec<(u64, u64, Stage)> = Vec::new();
    let mut order = 0;
    let mut seconds = 0;
    while feed.entries.len() < length {
        seconds += i64::try_from(dice.below(40)).expect("small");
        feed.at = start() + TimeDelta::seconds(seconds);
        let (number, who, stage) = if waiting.len() < 40 || dice.below(3) == 0 {
            order += 1;
            let who = if dice.below(4) == 0 {
                dice.below(order)
            } else {
                order
            };
            (
                order,
                who,
                dice.pick(&[
                    Stage::CheckoutStarted,
                    Stage::CartAbandoned,
                    Stage::PixGenerated,
                ]),
            )
        } else {
            let at = usize::try_from(dice.below(waiting.len() as u64)).expect("small");
            waiting.swap_remove(at)
        };
        let next = match stage {
            Stage::CheckoutStarted | Stage::CartAbandoned => Some(dice.pick(&[
                Stage::PixGenerated,
                Stage::BoletoGenerated,
                Stage::PaymentRefused,
                Stage::PurchaseApproved,
            ])),
            Stage::PurchaseApproved => (dice.below(12) == 0).then_some(Stage::Refunded),
            Stage::Refunded => None,
            _ => (dice.below(3) > 0).then_some(Stage::PurchaseApproved),
        };
        waiting.extend(next.map(|next| (number, who, next)));
        bought(&mut feed, &mut dice, number, who, stage);
    }
    feed
}

fn bought(feed: &mut Feed, dice: &mut Dice, number: u64, who: u64, stage: Stage) {
    let amount = dice.pick(&[4_700, 9_700, 19_700, 49_700, 199_700]);
    let product = PRODUCTS[usize::try_from(number % 6).expect("small")];
    feed.sale(conversation(who), &format!("KW{number:08}"), stage, |event| {
        event.amount_minor = Some(amount);
        event.customer = person(who);
        event.items[0].name = product.to_owned();
        event.items[0].unit_minor = Some(amount);
        event.utms.source = Some("instagram".to_owned());
        event.utms.medium = Some("stories".to_owned());
        if stage == Stage::PixGenerated {
            event.payment.method = Some(PaymentMethod::Pix);
            event.payment.pix = Some(Pix {
                code: Some(format!(
                    "00020101021226900014br.gov.bcb.pix2568qr.example.com/v2/cobv/{number:036}520400005303986540\
                     6197.005802BR5913Loja Exemplo6009Sao Paulo62070503***6304ABCD"
                )),
                expires_at: Some(event.occurred_at + TimeDelta::minutes(30)),
            });
        }
    });
}
