//! What an admin tells of a source in its settings: where its proof, its words and its fields are. Compiled once, checked whole.

use std::collections::BTreeMap;

use chrono::FixedOffset;
use contract::{PaymentMethod, Stage};
use serde::Deserialize;
use serde_json::Value;

use super::expression::Expression;
use super::proof::{Plan, ProofShape};
use crate::settings::Problem;

/// Most words a blueprint knows.
const MAX_WORDS: usize = 200;
/// Longest word or name in a blueprint, in bytes.
pub(super) const MAX_WORD: usize = 200;
/// Brazil's time since it gave up summer time in 2019.
const BRASILIA: &str = "-03:00";

/// What can be read of a sale. Those of an item are looked for in each element of `items`.
pub(super) const FIELDS: [&str; 32] = [
    "amount",
    "boletoDueOn",
    "boletoLine",
    "boletoUrl",
    "cartId",
    "checkoutUrl",
    "country",
    "coupon",
    "currency",
    "document",
    "email",
    "externalId",
    "installments",
    "itemAmount",
    "itemCode",
    "itemName",
    "itemQuantity",
    "items",
    "name",
    "occurredAt",
    "orderNumber",
    "orderUrl",
    "paymentMethod",
    "phone",
    "pixCode",
    "pixExpiresAt",
    "refundedAmount",
    "refusal",
    "src",
    "utmCampaign",
    "utmMedium",
    "utmSource",
];
/// The fields that hold amounts, which need to be told a unit.
const AMOUNTS: [&str; 3] = ["amount", "itemAmount", "refundedAmount"];

/// A blueprint that can be read with.
#[derive(Debug, Clone)]
pub(crate) struct Blueprint {
    pub(super) plan: Plan,
    pub(super) event: Expression,
    pub(super) stage_from: Option<Expression>,
    pub(super) delivery_id: Option<Expression>,
    pub(super) when: Option<Expression>,
    pub(super) is_test: Option<Expression>,
    pub(super) fields: BTreeMap<&'static str, Expression>,
    /// By the source's word, in small letters.
    pub(super) words: BTreeMap<String, Meaning>,
    pub(super) methods: BTreeMap<String, PaymentMethod>,
    pub(super) unit: Unit,
    pub(super) decimal: Option<Decimal>,
    /// Where the clock stands that writes times without a zone.
    pub(super) zone: FixedOffset,
}

/// What a word of the source's means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Stage(Stage),
    Ignored,
}

/// Whether amounts are told in cents or in whole units with decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    Minor,
    Major,
}

/// What marks the decimals in amounts that are written as texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Decimal {
    Point,
    Comma,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Shape {
    proof: ProofShape,
    event: String,
    delivery_id: Option<String>,
    is_test: Option<String>,
    when: Option<String>,
    fields: BTreeMap<String, String>,
    stages: BTreeMap<String, String>,
    stage_from: Option<String>,
    #[serde(default)]
    ignored: Vec<String>,
    #[serde(default)]
    payment_methods: BTreeMap<String, String>,
    amount_unit: Option<Unit>,
    decimal: Option<Decimal>,
    zone: Option<String>,
}

impl Blueprint {
    /// Compiles a blueprint, or names everything that is wrong with it.
    pub(crate) fn compile(told: Option<&Value>) -> Result<Self, Vec<Problem>> {
        let Some(told) = told else {
            let detail = "a custom source needs a blueprint of what it sends";
            return Err(vec![problem("blueprint", "missing", detail)]);
        };
        let shape: Shape =
            serde_path_to_error::deserialize(told).map_err(|error| vec![misshapen(&error)])?;
        let mut checks = Checks::default();
        let blueprint = checks.blueprint(shape);
        match blueprint {
            Some(blueprint) if checks.0.is_empty() => Ok(blueprint),
            _ => Err(checks.0),
        }
    }

    /// Lists all expressions.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let others = [
            &self.stage_from,
            &self.delivery_id,
            &self.when,
            &self.is_test,
        ];
        let others = others.into_iter().flatten();
        others.chain([&self.event]).chain(self.fields.values())
    }
}

/// Says where a blueprint has not the shape it needs; shows names of the blueprint, never what stands there.
fn misshapen(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let message = error.inner().to_string();
    let at = error.path().to_string();
    let at = match at.as_str() {
        "." => "blueprint".to_owned(),
        at => format!("blueprint.{at}"),
    };
    let named = message.split('`').nth(1).unwrap_or_default();
    match message.split(' ').next() {
        Some("missing") => problem(format!("{at}.{named}"), "missing", "it is needed"),
        Some("unknown") => {
            let known = message
                .rsplit_once("expected ")
                .map_or("", |(_, known)| known);
            problem(at, "unknown_name", format!("known are {known}"))
        }
        _ => {
            let expected = message
                .rsplit_once("expected ")
                .map_or("another type", |(_, rest)| rest);
            problem(at, "wrong_type", format!("expected {expected}"))
        }
    }
}

pub(super) fn problem(
    path: impl Into<String>,
    code: &'static str,
    detail: impl Into<String>,
) -> Problem {
    Problem {
        path: path.into(),
        code,
        detail: detail.into(),
    }
}

/// Collects problems, so that all are told at once.
#[derive(Default)]
pub(super) struct Checks(Vec<Problem>);

impl Checks {
    pub(super) fn add(&mut self, path: &str, code: &'static str, detail: impl Into<String>) {
        self.0
            .push(problem(format!("blueprint.{path}"), code, detail));
    }

    fn blueprint(&mut self, shape: Shape) -> Option<Blueprint> {
        let plan = Plan::of(shape.proof, self);
        let event = self.expression("event", &shape.event);
        let mut optional =
            |path: &str, text: Option<String>| text.and_then(|text| self.expression(path, &text));
        let stage_from = optional("stageFrom", shape.stage_from);
        let delivery_id = optional("deliveryId", shape.delivery_id);
        let when = optional("when", shape.when);
        let is_test = optional("isTest", shape.is_test);
        let fields = self.fields(&shape.fields);
        let amounts = AMOUNTS.iter().any(|name| fields.contains_key(name));
        if amounts && shape.amount_unit.is_none() {
            self.add(
                "amountUnit",
                "missing",
                "`minor` for cents, `major` for whole units",
            );
        }
        let words = self.words(&shape.stages, &shape.ignored);
        let methods = self.methods(&shape.payment_methods);
        let zone = self.zone(shape.zone.as_deref().unwrap_or(BRASILIA));
        Some(Blueprint {
            plan: plan?,
            event: event?,
            stage_from,
            delivery_id,
            when,
            is_test,
            fields,
            words,
            methods,
            unit: shape.amount_unit.unwrap_or(Unit::Minor),
            decimal: shape.decimal,
            zone: zone?,
        })
    }

    fn expression(&mut self, path: &str, text: &str) -> Option<Expression> {
        Expression::compile(text)
            .map_err(|unfit| self.add(path, unfit.code, unfit.detail))
            .ok()
    }

    fn fields(&mut self, told: &BTreeMap<String, String>) -> BTreeMap<&'static str, Expression> {
        let mut fields = BTreeMap::new();
        for (name, text) in told {
            let path = format!("fields.{name}");
            let known = FIELDS.iter().find(|known| *known == name);
            match known {
                Some(known) => fields.extend(self.expression(&path, text).map(|one| (*known, one))),
                None => self.add(
                    "fields",
                    "unknown_name",
                    format!("known are {}", FIELDS.join(", ")),
                ),
            }
        }
        if !told.contains_key("externalId") {
            let detail = "without the order's id nothing can be stored";
            self.add("fields.externalId", "missing", detail);
        }
        let of_items = told
            .keys()
            .any(|name| name.starts_with("item") && name != "items");
        if of_items && !told.contains_key("items") {
            self.add(
                "fields.items",
                "missing",
                "it says where the items are listed",
            );
        }
        fields
    }

    fn words(
        &mut self,
        stages: &BTreeMap<String, String>,
        ignored: &[String],
    ) -> BTreeMap<String, Meaning> {
        let mut words = BTreeMap::new();
        if stages.is_empty() {
            self.add("stages", "missing", "at least one word has to mean a stage");
        }
        if stages.len().saturating_add(ignored.len()) > MAX_WORDS {
            self.add("stages", "too_many", format!("at most {MAX_WORDS} words"));
        }
        for (word, name) in stages {
            match Stage::from_name(name) {
                Some(stage) => self.word(&mut words, "stages", word, Meaning::Stage(stage)),
                None => {
                    let known: Vec<&str> = Stage::ALL.iter().map(|one| one.as_str()).collect();
                    let detail = format!("known are {}", known.join(", "));
                    self.add(&format!("stages.{}", shown(word)), "unknown_stage", detail);
                }
            }
        }
        for word in ignored {
            self.word(&mut words, "ignored", word, Meaning::Ignored);
        }
        words
    }

    fn word(
        &mut self,
        words: &mut BTreeMap<String, Meaning>,
        path: &str,
        word: &str,
        meaning: Meaning,
    ) {
        let folded = folded(word);
        if folded.is_empty() || folded.len() > MAX_WORD {
            self.add(
                path,
                "bad_word",
                format!("a word has 1 to {MAX_WORD} bytes"),
            );
        } else if words
            .insert(folded, meaning)
            .is_some_and(|other| other != meaning)
        {
            let path = format!("{path}.{}", shown(word));
            self.add(
                &path,
                "contradiction",
                "the same word means something else beside it",
            );
        }
    }

    fn methods(&mut self, told: &BTreeMap<String, String>) -> BTreeMap<String, PaymentMethod> {
        let mut methods = BTreeMap::new();
        for (word, name) in told {
            let method = match name.as_str() {
                "pix" => PaymentMethod::Pix,
                "boleto" => PaymentMethod::Boleto,
                "card" => PaymentMethod::Card,
                "other" => PaymentMethod::Other,
                _ => {
                    let path = format!("paymentMethods.{}", shown(word));
                    self.add(
                        &path,
                        "unknown_method",
                        "known are pix, boleto, card, other",
                    );
                    continue;
                }
            };
            methods.insert(folded(word), method);
        }
        methods
    }

    fn zone(&mut self, text: &str) -> Option<FixedOffset> {
        let zone = text.parse();
        zone.map_err(|_| self.add("zone", "bad_zone", "an offset such as -03:00"))
            .ok()
    }
}

/// Folds a word so that case and outer white space make no difference.
pub(super) fn folded(word: &str) -> String {
    word.trim().to_lowercase()
}

/// Cuts a name short for a path.
fn shown(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).take(40).collect()
}
