//! The words of an order's status, which every shop may change: what is told by a part of them, and what is not guessed.
//!
//! None is confirmed by iSET; a seller's own table comes first.

use contract::Stage;
use serde_json::Value;

use crate::Settings;

/// What a status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Stage(Stage),
    /// Payment is awaited, by whatever means the order tells.
    Waiting,
    /// The checkout was begun; payment is awaited only where the order tells a means.
    Begun,
    /// The goods are on their way, which tells nothing of the money.
    Shipped,
}

/// Parts of words, the first that is found decides: what says "not" stands before what it denies.
const PARTS: &[(&str, Meaning)] = &[
    ("chargeback", Meaning::Stage(Stage::Chargeback)),
    ("contestad", Meaning::Stage(Stage::Chargeback)),
    ("disputa", Meaning::Stage(Stage::Chargeback)),
    ("estornad", Meaning::Stage(Stage::Refunded)),
    ("reembolsad", Meaning::Stage(Stage::Refunded)),
    ("devolvid", Meaning::Stage(Stage::Refunded)),
    ("cancelad", Meaning::Stage(Stage::Cancelled)),
    ("recusad", Meaning::Stage(Stage::PaymentRefused)),
    ("negad", Meaning::Stage(Stage::PaymentRefused)),
    ("nao autorizad", Meaning::Stage(Stage::PaymentRefused)),
    ("nao aprovad", Meaning::Stage(Stage::PaymentRefused)),
    ("reprovad", Meaning::Stage(Stage::PaymentRefused)),
    ("expirad", Meaning::Stage(Stage::PaymentExpired)),
    ("vencid", Meaning::Stage(Stage::PaymentExpired)),
    ("analise", Meaning::Stage(Stage::InAnalysis)),
    ("nao pago", Meaning::Waiting),
    ("na entrega", Meaning::Waiting),
    ("aguardando", Meaning::Waiting),
    ("pendente", Meaning::Waiting),
    ("aberto", Meaning::Waiting),
    ("iniciado", Meaning::Begun),
];

/// Parts that say the money is there; believed only where nothing before them takes it back.
const PAID: &[&str] = &["pago", "aprovad", "pagamento confirmad"];

/// Words that may stand beside those that say paid and leave their meaning as it is. Beside any other, nobody knows what was meant.
const BESIDE_PAID: &[&str] = &[
    "a",
    "boleto",
    "cartao",
    "com",
    "compra",
    "credito",
    "de",
    "debito",
    "e",
    "em",
    "no",
    "o",
    "pagamento",
    "pedido",
    "pix",
    "por",
    "total",
    "totalmente",
    "venda",
    "via",
];
/// Beginnings of the words that say paid.
const PAID_WORDS: &[&str] = &["pago", "paga", "aprovad", "confirmad"];

/// Parts that say the goods are on their way.
const SHIPPED: &[&str] = &["separa", "fatur", "enviad", "transporte", "entreg"];

/// Words beside which nothing is believed paid or sent.
const DENIALS: &[&str] = &["nao", "sem", "nunca", "parcial", "parcialmente", "pre"];

/// Reads a status; `None` where nobody has mapped it.
pub(super) fn meaning(status: &str, settings: &Settings) -> Option<Meaning> {
    let folded = fold(status);
    if let Some(stage) = told_by_seller(&folded, settings) {
        return Some(Meaning::Stage(stage));
    }
    let part = PARTS.iter().find(|(part, _)| folded.contains(part));
    if let Some((_, meaning)) = part {
        return Some(*meaning);
    }
    let denied = folded.split(' ').any(|word| DENIALS.contains(&word));
    let begins = |parts: &[&str]| parts.iter().any(|part| begins_word(&folded, part));
    match (begins(PAID), begins(SHIPPED)) {
        _ if denied => None,
        (true, _) if says_nothing_else(&folded) => Some(Meaning::Stage(Stage::PurchaseApproved)),
        (true, _) => None,
        (false, true) => Some(Meaning::Shipped),
        (false, false) => None,
    }
}

/// Tells whether every word of a status that says paid is a known one: `falta pago` is no payment, nor is a broken `n?o pago`.
fn says_nothing_else(folded: &str) -> bool {
    folded.split(' ').all(|word| {
        let begins = |parts: &[&str]| parts.iter().any(|part| word.starts_with(part));
        BESIDE_PAID.contains(&word) || begins(PAID_WORDS) || begins(SHIPPED)
    })
}

/// Looks the word up in `statusWords`: the shop's word, and the name of our stage.
fn told_by_seller(folded: &str, settings: &Settings) -> Option<Stage> {
    let table = settings.as_json().get("statusWords")?.as_object()?;
    let (_, stage) = table.iter().find(|(word, _)| fold(word) == folded)?;
    stage
        .as_str()
        .or_else(|| name(stage))
        .and_then(Stage::from_name)
}

/// A table's row may be an object with the stage in it.
fn name(row: &Value) -> Option<&str> {
    row.get("stage")?.as_str()
}

/// Tells whether a part begins the text or a word of it: `pago` does not stand in `impago`.
fn begins_word(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, _)| {
        text.get(..at)
            .is_some_and(|before| before.is_empty() || before.ends_with(' '))
    })
}

/// Folds case, accents and everything between words, so that words compare as people mean them.
fn fold(text: &str) -> String {
    let letters: String = text
        .to_lowercase()
        .chars()
        .map(|letter| match letter {
            'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            letter if letter.is_alphanumeric() => letter,
            _ => ' ',
        })
        .collect();
    let words: Vec<&str> = letters.split_whitespace().collect();
    words.join(" ")
}
