//! Invented buyers. Their mail leads to `example.com`, and no phone company gives out numbers that begin with 90000.

use contract::letters;

use super::dice::Dice;

const FIRST: &[&str] = &[
    "Ana",
    "Antônio",
    "Aparecida",
    "Bárbara",
    "Beatriz",
    "Benedita",
    "Caio",
    "Camila",
    "Cássia",
    "Cícero",
    "Clarice",
    "Conceição",
    "Davi",
    "Débora",
    "Denílson",
    "Édson",
    "Elis",
    "Estêvão",
    "Fabiana",
    "Felícia",
    "Francisco",
    "Gláucia",
    "Heitor",
    "Helena",
    "Iara",
    "Inês",
    "Ítalo",
    "Joana",
    "João",
    "Jucélia",
    "Kauã",
    "Laís",
    "Lázaro",
    "Luísa",
    "Marcos",
    "Maria",
    "Márcia",
    "Mônica",
    "Nair",
    "Otávio",
    "Patrícia",
    "Quitéria",
    "Raimundo",
    "Rita",
    "Rosângela",
    "Sebastião",
    "Sônia",
    "Thaís",
    "Úrsula",
    "Valdir",
    "Vitória",
    "Wesley",
    "Yasmin",
    "Zélia",
];
const MIDDLE: &[&str] = &[
    "Aparecida",
    "da Conceição",
    "das Graças",
    "de Fátima",
    "de Lourdes",
    "do Carmo",
    "dos Anjos",
    "Eduardo",
    "Henrique",
    "José",
    "Luiz",
    "Pedro",
];
const LAST: &[&str] = &[
    "Abranches",
    "Albuquerque",
    "Alcântara",
    "Barreto",
    "Bittencourt",
    "Brandão",
    "Cavalcanti",
    "Coutinho",
    "da Silva",
    "de Assis",
    "de Souza",
    "dos Santos",
    "Evangelista",
    "Falcão",
    "Figueiredo",
    "Galvão",
    "Guimarães",
    "Holanda",
    "Junqueira",
    "Lacerda",
    "Magalhães",
    "Meireles",
    "Monteiro",
    "Nóbrega",
    "Pacheco",
    "Peixoto",
    "Quaresma",
    "Rezende",
    "Sampaio",
    "Teixeira",
    "Vasconcelos",
    "Xavier",
];
const COMPANIES: &[&str] = &[
    "Mercearia Boa Vista ME",
    "Ateliê Flor de Cacto Ltda",
    "Oficina do Seu Exemplo",
];
const AREA_CODES: &[&str] = &[
    "11", "19", "21", "27", "31", "34", "41", "47", "48", "51", "54", "61", "62", "65", "67", "71",
    "75", "81", "83", "85", "86", "91", "92", "98",
];

/// Names one invented person.
#[derive(Debug, Clone)]
pub(super) struct Buyer {
    pub(super) name: String,
    pub(super) email: String,
    /// Two digits.
    pub(super) area_code: &'static str,
    /// Nine digits, `90000` first.
    pub(super) number: String,
}

impl Buyer {
    /// Invents somebody; `serial` keeps mails apart.
    pub(super) fn invent(dice: &mut Dice, serial: u64) -> Self {
        let name = invented_name(dice);
        let first = plain(name.split(' ').next().unwrap_or("cliente"));
        let last = plain(name.rsplit(' ').next().unwrap_or("exemplo"));
        Self {
            email: format!("{first}.{last}.{serial}@example.com"),
            area_code: *dice.pick(AREA_CODES),
            number: format!("90000{:04}", dice.below(1_000)),
            name,
        }
    }

    /// Returns the phone in E.164.
    pub(super) fn phone(&self) -> String {
        format!("+55{}{}", self.area_code, self.number)
    }

    pub(super) fn first_name(&self) -> &str {
        self.name.split(' ').next().unwrap_or_default()
    }

    pub(super) fn last_name(&self) -> &str {
        self.name.split_once(' ').map_or("", |(_, rest)| rest)
    }
}

fn invented_name(dice: &mut Dice) -> String {
    if dice.chance(3) {
        return (*dice.pick(COMPANIES)).to_owned();
    }
    let (middles, lasts) = match dice.below(20) {
        0 => (2, 3),
        1..=5 => (1, 2),
        6..=10 => (0, 2),
        _ => (0, 1),
    };
    let mut words = vec![*dice.pick(FIRST)];
    words.extend((0..middles).map(|_| *dice.pick(MIDDLE)));
    words.extend((0..lasts).map(|_| *dice.pick(LAST)));
    let name = words.join(" ");
    match dice.below(25) {
        0 => name.to_uppercase(),
        1 => name.to_lowercase(),
        _ => name,
    }
}

/// Writes a word as a mail address would: small letters without accents.
fn plain(word: &str) -> String {
    let mut word = letters::plain(word);
    word.retain(|letter| letter.is_ascii_lowercase());
    word
}
