//! Stories: what happens to one purchase, step by step, in the order a platform would tell it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contract::boleto::BankSlip;
use contract::pix::{Charge, Destination};
use contract::{Currency, Money, Stage};

use super::bodies;
use super::buyers::Buyer;
use super::dice::Dice;
use super::products::{self, Product};

/// The platforms, each as often as it stands here.
pub(super) const PROVIDERS: &[&str] = &[
    "kiwify",
    "kiwify",
    "kiwify",
    "hotmart",
    "hotmart",
    "cart_abandonment",
    "unified",
    "unified",
];

/// What can happen, each as often as its number says.
const PLOTS: &[(u64, &[Stage])] = &[
    (12, &[Stage::CartAbandoned]),
    (5, &[Stage::CartAbandoned, Stage::PixGenerated]),
    (
        8,
        &[
            Stage::CartAbandoned,
            Stage::PixGenerated,
            Stage::PurchaseApproved,
        ],
    ),
    (14, &[Stage::PixGenerated]),
    (16, &[Stage::PixGenerated, Stage::PurchaseApproved]),
    (6, &[Stage::PixGenerated, Stage::PaymentExpired]),
    (7, &[Stage::BoletoGenerated]),
    (6, &[Stage::BoletoGenerated, Stage::PurchaseApproved]),
    (7, &[Stage::PaymentRefused]),
    (4, &[Stage::PaymentRefused, Stage::PaymentRefused]),
    (5, &[Stage::PaymentRefused, Stage::PurchaseApproved]),
    (
        4,
        &[
            Stage::PaymentRefused,
            Stage::PixGenerated,
            Stage::PurchaseApproved,
        ],
    ),
    (8, &[Stage::PurchaseApproved]),
    (
        3,
        &[
            Stage::PurchaseApproved,
            Stage::RefundRequested,
            Stage::Refunded,
        ],
    ),
    (2, &[Stage::PurchaseApproved, Stage::Refunded]),
    (2, &[Stage::PurchaseApproved, Stage::Chargeback]),
];

/// How many purchases are under way at most before one of them goes on.
const UNDER_WAY: usize = 60;
/// How many buyers are remembered to come back.
const REMEMBERED: usize = 200;

/// What one request tells.
pub(super) struct Happening {
    /// The platform that sends it.
    pub(super) provider: &'static str,
    /// What has happened.
    pub(super) stage: Stage,
    /// The request's body.
    pub(super) body: String,
}

/// How a purchase is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    Pix,
    Boleto,
    Card,
}

/// One purchase as far as it has come.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    pub(super) provider: &'static str,
    pub(super) buyer: Buyer,
    pub(super) product: &'static Product,
    pub(super) quantity: u32,
    /// In centavos.
    pub(super) amount: i64,
    /// Has the form of a UUID; every platform makes its own id of it.
    pub(super) id: String,
    pub(super) means: Means,
    pub(super) installments: u64,
    pub(super) created_at: DateTime<Utc>,
    /// When what is told now has happened.
    pub(super) at: DateTime<Utc>,
    pub(super) pix: Option<(String, DateTime<Utc>)>,
    pub(super) boleto: Option<(String, NaiveDate)>,
    pub(super) campaign: Option<&'static str>,
    pub(super) coupon: Option<&'static str>,
}

struct Story {
    sale: Sale,
    left: std::slice::Iter<'static, Stage>,
}

/// Tells many stories at once, a step at a time.
pub(super) struct Stories {
    dice: Dice,
    under_way: Vec<Story>,
    known: Vec<Buyer>,
    serial: u64,
}

impl Stories {
    pub(super) const fn new(dice: Dice) -> Self {
        Self {
            dice,
            under_way: Vec::new(),
            known: Vec::new(),
            serial: 0,
        }
    }

    /// Returns what happens next; a step that the platform has no word for is passed over.
    pub(super) fn next(&mut self, now: DateTime<Utc>) -> Happening {
        loop {
            let full = self.under_way.len() >= UNDER_WAY;
            if self.under_way.is_empty() || (!full && self.dice.chance(60)) {
                let story = self.begin(now);
                self.under_way.push(story);
            }
            let place = usize::try_from(self.dice.below(self.under_way.len() as u64)).unwrap_or(0);
            if let Some(happening) = self.go_on(place, now) {
                return happening;
            }
        }
    }

    fn begin(&mut self, now: DateTime<Utc>) -> Story {
        let dice = &mut self.dice;
        let provider = *dice.pick(PROVIDERS);
        let product = products::pick(dice, provider);
        let quantity = if matches!(provider, "kiwify" | "hotmart") || !dice.chance(20) {
            1
        } else {
            2
        };
        let campaign = dice
            .chance(60)
            .then(|| *dice.pick(&["verao", "volta-as-aulas", "remarketing", "lancamento"]));
        let coupon = dice
            .chance(15)
            .then(|| *dice.pick(&["PRIMEIRA10", "VOLTA5", "FRETEGRATIS"]));
        let installments = dice.between(1, 12);
        let id = dice.uuid();
        let plot = pick_plot(dice);
        let sale = Sale {
            provider,
            buyer: self.buyer(),
            product,
            quantity,
            amount: product.price * i64::from(quantity),
            id,
            means: Means::Card,
            installments,
            created_at: now,
            at: now,
            pix: None,
            boleto: None,
            campaign,
            coupon,
        };
        Story {
            sale,
            left: plot.iter(),
        }
    }

    fn buyer(&mut self) -> Buyer {
        if !self.known.is_empty() && self.dice.chance(15) {
            return self.dice.pick(&self.known).clone();
        }
        self.serial += 1;
        let buyer = Buyer::invent(&mut self.dice, self.serial);
        if self.known.len() < REMEMBERED {
            self.known.push(buyer.clone());
        }
        buyer
    }

    fn go_on(&mut self, place: usize, now: DateTime<Utc>) -> Option<Happening> {
        let story = self.under_way.get_mut(place)?;
        let Some(stage) = story.left.next().copied() else {
            self.under_way.swap_remove(place);
            return None;
        };
        let sale = &mut story.sale;
        sale.reach(stage, now, &mut self.dice);
        let body = bodies::write(sale, stage)?;
        Some(Happening {
            provider: sale.provider,
            stage,
            body: body.to_string(),
        })
    }
}

fn pick_plot(dice: &mut Dice) -> &'static [Stage] {
    let whole: u64 = PLOTS.iter().map(|(weight, _)| weight).sum();
    let mut roll = dice.below(whole);
    for (weight, plot) in PLOTS {
        if roll < *weight {
            return plot;
        }
        roll -= weight;
    }
    &[Stage::PixGenerated]
}

impl Sale {
    /// Takes the next step; carts and refusals lie some minutes back, so that what follows on them is later on any clock.
    fn reach(&mut self, stage: Stage, now: DateTime<Utc>, dice: &mut Dice) {
        let minutes = |count: u64| TimeDelta::minutes(i64::try_from(count).unwrap_or(0));
        self.at = match stage {
            Stage::CartAbandoned => now - minutes(dice.between(30, 45)),
            Stage::PaymentRefused => now - minutes(dice.between(2, 9)),
            _ => now,
        };
        self.created_at = self.created_at.min(self.at);
        match stage {
            Stage::PixGenerated => {
                self.means = Means::Pix;
                let expires_at = now + minutes(dice.between(5, 30));
                self.pix = self.pix_code(dice).map(|code| (code, expires_at));
            }
            Stage::BoletoGenerated => {
                self.means = Means::Boleto;
                let due_on = (now
                    + TimeDelta::days(i64::try_from(dice.between(1, 3)).unwrap_or(1)))
                .date_naive();
                self.boleto = self.boleto_line(dice, due_on).map(|line| (line, due_on));
            }
            Stage::PaymentRefused => self.means = Means::Card,
            _ => {}
        }
    }

    fn money(&self) -> Money {
        Money {
            minor: self.amount,
            currency: Currency::BRL,
        }
    }

    fn pix_code(&self, dice: &mut Dice) -> Option<String> {
        let charge = Charge {
            destination: Destination::Url(format!(
                "pix.example.com/qr/v2/{}",
                dice.text("0123456789ABCDEF", 32)
            )),
            amount: Some(self.money()),
            receiver: "Loja de Amostra".to_owned(),
            city: "Sao Paulo".to_owned(),
            txid: None,
        };
        charge.code().ok()
    }

    fn boleto_line(&self, dice: &mut Dice, due_on: NaiveDate) -> Option<String> {
        let slip = BankSlip {
            bank: (*dice.pick(&["001", "033", "104", "237", "341"])).to_owned(),
            due_on: Some(due_on),
            amount: Some(self.money()),
            free: dice.text("0123456789", 25),
        };
        slip.line().ok()
    }
}
