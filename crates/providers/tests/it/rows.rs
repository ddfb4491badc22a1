//! What the page of platforms says becomes of each event, held against what the code does with it: every fixture meets a row that
//! names its stage, and every word the code knows has a row.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use providers::{Inbound, Provider, Reading, Unreadable};
use serde_json::Value;

use crate::case::{self, Case};

/// Rows in people's words, which no word of a body meets: `(platform, row, what such a body never holds)`.
const PROSE: &[(&str, &str, Option<&str>)] = &[
    (
        "hotmart",
        "version 1.0.0: status of form posts",
        Some("2.0.0"),
    ),
    ("nuvemshop", "abandoned carts, listed", None),
    ("adorei", "the panel's test of the address", None),
    ("iset", "a body of the unified contract", None),
    ("cart_abandonment", "any other, by the sale's dates", None),
    ("custom", "as the blueprint says", None),
];

/// Platforms that read an event nobody knows by something else in its body.
const READS_ANY: [&str; 5] = ["kiwify", "cart_abandonment", "custom", "iset", "unified"];

/// Platforms that take bodies of the unified contract.
const OF_THE_CONTRACT: [&str; 2] = ["iset", "unified"];

/// A word that no platform and no code knows.
const NOBODYS: &str = "palavra_que_ninguem_conhece";

/// Platforms whose row in people's words holds beside the others: the address names an event, and the body says more.
const BESIDE: [&str; 1] = ["iset"];

/// What a row says that leaves the stage to more than the event.
const OPEN: [&str; 7] = [
    "by the ",
    "by financial_status",
    "as it says",
    "as sale_waiting_payment",
    "as the blueprint says",
    "the stage",
    "the same stages",
];

type Row = (&'static str, &'static str);

#[test]
fn every_fixture_meets_a_row_that_names_its_stage() {
    let mut failures = Vec::new();
    for case in case::all().iter().filter(|case| case.pulled.is_none()) {
        let sent = Sent::of(case);
        let Some((event, stages)) = told(&sent.read(case)) else {
            continue;
        };
        let words = sent.words(&event);
        let rows = rows(case.provider(), &words);
        if rows.is_empty() {
            failures.push(format!("{}: no row for {event}", case.label()));
        }
        for stage in stages {
            if !names(&rows, &stage) {
                failures.push(format!(
                    "{}: {event} becomes {stage}: {rows:?}",
                    case.label()
                ));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_row_is_met_by_a_fixture() {
    let all = case::all();
    let mut failures = Vec::new();
    for provider in providers::all() {
        let slug = provider.slug();
        let mut met: BTreeSet<&str> = BTreeSet::new();
        for case in all.iter().filter(|case| case.slug == slug) {
            let sent = Sent::of(case);
            if let Some((event, _)) = told(&sent.read(case)) {
                let rows = rows(*provider, &sent.words(&event));
                met.extend(rows.iter().map(|(key, _)| key));
            }
        }
        let prose = |key: &str| {
            PROSE
                .iter()
                .any(|(of, known, _)| *of == slug && *known == key)
        };
        let unmet = provider.about().events.iter().map(|(key, _)| *key);
        let unmet: Vec<&str> = unmet
            .filter(|key| !met.contains(key) && !prose(key))
            .collect();
        if !unmet.is_empty() {
            failures.push(format!("{slug} has no fixture of {unmet:?}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_word_the_code_knows_has_a_row() {
    let mut failures = BTreeSet::new();
    for provider in providers::all() {
        let slug = provider.slug();
        if READS_ANY.contains(&slug) {
            continue;
        }
        let literals = literals(slug);
        assert!(literals.len() > 10, "{slug}: {literals:?}");
        let mut tried_in = BTreeSet::new();
        for case in case::of(slug).iter().filter(|case| case.pulled.is_none()) {
            let sent = Sent::of(case);
            let Some((event, _)) = told(&sent.read(case)) else {
                continue;
            };
            let mut own = sent.words(&event);
            own.retain(|word| *word == event || is_part_of_a_row(*provider, word));
            own.sort();
            own.dedup();
            // One fixture a combination of words is enough.
            if !tried_in.insert(own.clone()) {
                continue;
            }
            for (word, other) in own
                .iter()
                .flat_map(|word| literals.iter().map(move |other| (word, other)))
            {
                let tried = sent.saying(other, word);
                if let Some((event, _)) = told(&tried.read(case))
                    && rows(*provider, &tried.words(&event)).is_empty()
                {
                    failures.insert(format!("{slug} knows {other}, which has no row"));
                }
            }
        }
    }
    let failures: Vec<String> = failures.into_iter().collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Where an event that nobody knows is read by something else, a word is known when the code reads it otherwise than such a one.
/// It has a row of its own then, which names what comes of it.
#[test]
fn every_word_that_makes_a_difference_has_a_row() {
    let mut failures = BTreeSet::new();
    let mut made = BTreeSet::new();
    // A custom source's words are its settings' own.
    for slug in READS_ANY.into_iter().filter(|slug| *slug != "custom") {
        let literals = literals(slug);
        for case in case::of(slug).iter().filter(|case| case.pulled.is_none()) {
            let sent = Sent::of(case);
            let Some((event, _)) = told(&sent.read(case)) else {
                continue;
            };
            let mut own = sent.words(&event);
            own.retain(|word| *word == event || is_part_of_a_row(case.provider(), word));
            for word in own.iter().collect::<BTreeSet<_>>() {
                let unknown = told(&sent.saying(NOBODYS, word).read(case));
                let unknown = unknown.map(|(_, stages)| stages);
                for other in &literals {
                    let Some((_, stages)) = told(&sent.saying(other, word).read(case)) else {
                        continue;
                    };
                    if stages.is_empty() || unknown.as_ref() == Some(&stages) {
                        continue;
                    }
                    made.insert(slug);
                    let rows = own_rows(case.provider(), other);
                    // The contract takes our stages by their own names, which its rows say of all at once.
                    let is_own_name = OF_THE_CONTRACT.contains(&slug) && stages == [other.as_str()];
                    if !is_own_name && !stages.iter().all(|stage| names(&rows, stage)) {
                        failures.insert(format!("{slug} makes {stages:?} of {other}: {rows:?}"));
                    }
                }
            }
        }
    }
    let failures: Vec<String> = failures.into_iter().collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    let told = ["cart_abandonment", "iset", "kiwify", "unified"];
    assert!(
        told.iter().all(|slug| made.contains(slug)),
        "no word makes a difference in all but {made:?}"
    );
}

/// What a custom source makes of words is told by its own settings, and by nothing else.
#[test]
fn every_word_of_a_blueprint_becomes_what_it_says() {
    let mut seen = 0;
    for case in case::of("custom") {
        let stages = case.settings().as_json().pointer("/blueprint/stages");
        let Some(stages) = stages.and_then(Value::as_object) else {
            continue;
        };
        let sent = Sent::of(&case);
        let Some((event, now)) = told(&sent.read(&case)).filter(|(_, now)| !now.is_empty()) else {
            continue;
        };
        let own = sent.words(&event).into_iter();
        let own = own.filter(|word| stages.get(word).and_then(Value::as_str) == Some(&now[0]));
        for word in own.collect::<BTreeSet<_>>() {
            for (other, becomes) in stages {
                let (_, stages) = told(&sent.saying(other, &word).read(&case)).unwrap_or_default();
                assert_eq!(
                    stages,
                    [becomes.as_str().unwrap_or_default()],
                    "{}: {other}",
                    case.label()
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 10, "{seen}");
}

/// Returns the rows that name a word; those of the unified contract, too, where its bodies are taken as they are.
fn own_rows(provider: &dyn Provider, word: &str) -> Vec<Row> {
    let contract = providers::provider("unified").filter(|_| provider.slug() == "iset");
    let others = contract.map_or(&[][..], |contract| contract.about().events);
    let rows = provider.about().events.iter().chain(others);
    let of_word = |(key, _): &&Row| {
        let mut parts = key.split(" + ");
        parts.any(|part| is_met(part, &[folded(word)]))
    };
    rows.filter(of_word).copied().collect()
}

/// Tells whether one of some rows names a stage, or leaves it to more than the event.
fn names(rows: &[Row], stage: &str) -> bool {
    rows.iter().any(|(_, becomes)| {
        becomes.contains(stage) || OPEN.iter().any(|open| becomes.contains(open))
    })
}

/// A request that may say other words than its fixture.
struct Sent {
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Sent {
    fn of(case: &Case) -> Self {
        Self {
            query: case.request.query.clone(),
            headers: case.headers(),
            body: String::from_utf8_lossy(case.body()).into_owned(),
        }
    }

    /// Says one word in another's place, wherever it stands by itself.
    fn saying(&self, other: &str, word: &str) -> Self {
        let whole = |value: &String| {
            if value == word {
                other.to_owned()
            } else {
                value.clone()
            }
        };
        let query = self
            .query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) if value == word => format!("{name}={other}"),
                _ => pair.to_owned(),
            });
        Self {
            query: query.collect::<Vec<_>>().join("&"),
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), whole(value)))
                .collect(),
            body: self
                .body
                .replace(&format!("\"{word}\""), &format!("\"{other}\""))
                .replace(&format!("={word}&"), &format!("={other}&")),
        }
    }

    fn read(&self, case: &Case) -> Result<Reading, Unreadable> {
        let inbound = Inbound {
            query: &self.query,
            headers: &self.headers,
            body: self.body.as_bytes(),
        };
        case.provider().normalise(&inbound, &case.context())
    }

    /// Lists what stands in it that may name an event: values of the query, of headers, and of the body's first levels.
    fn words(&self, event: &str) -> Vec<String> {
        let mut words = vec![event.to_owned()];
        words.extend(self.headers.iter().map(|(_, value)| value.clone()));
        let pairs = |text: &str| -> Vec<String> {
            let pairs = url::form_urlencoded::parse(text.as_bytes());
            pairs.map(|(_, value)| value.into_owned()).collect()
        };
        words.extend(pairs(&self.query));
        match serde_json::from_str::<Value>(&self.body) {
            Ok(body) => texts(&body, 3, &mut words),
            Err(_) => words.extend(pairs(&self.body)),
        }
        words
    }
}

fn texts(value: &Value, depth: u8, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.push(text.clone()),
        Value::Object(members) if depth > 0 => {
            for member in members.values() {
                texts(member, depth - 1, words);
            }
        }
        _ => {}
    }
}

/// Returns what a reading calls the event and which stages it tells; `None` where nobody has mapped it, or it cannot be read.
fn told(reading: &Result<Reading, Unreadable>) -> Option<(String, Vec<String>)> {
    match reading {
        Ok(Reading::Events(drafts)) => {
            let first = drafts.first()?;
            let stages = drafts.iter().map(|draft| draft.stage.as_str().to_owned());
            Some((first.event.clone(), stages.collect()))
        }
        Ok(Reading::Notice { event, drafts, .. }) => {
            let stages = drafts.iter().map(|draft| draft.stage.as_str().to_owned());
            Some((event.clone(), stages.collect()))
        }
        Ok(Reading::Ignored { event, .. }) => Some((event.clone(), Vec::new())),
        Ok(Reading::Unmapped { .. }) | Err(_) => None,
    }
}

/// Returns the rows these words meet; where none is, the platform's row in people's words.
fn rows(provider: &dyn Provider, words: &[String]) -> Vec<Row> {
    let words: Vec<String> = words.iter().map(|word| folded(word)).collect();
    let all = provider.about().events;
    let mut met: Vec<Row> = all
        .iter()
        .filter(|(key, _)| key.split(" + ").all(|part| is_met(part, &words)))
        .copied()
        .collect();
    if !met.is_empty() && !BESIDE.contains(&provider.slug()) {
        return met;
    }
    let prose = PROSE.iter().filter(|(slug, _, never)| {
        *slug == provider.slug() && never.is_none_or(|never| !words.iter().any(|one| one == never))
    });
    met.extend(prose.filter_map(|(_, key, _)| all.iter().find(|(known, _)| known == key).copied()));
    met
}

/// Tells whether a word by itself is a part of a row, as a status is that counts beside an event.
fn is_part_of_a_row(provider: &dyn Provider, word: &str) -> bool {
    let rows = provider.about().events.iter();
    let mut parts = rows.flat_map(|(key, _)| key.split(" + "));
    parts.any(|part| is_met(part, &[folded(word)]))
}

fn is_met(part: &str, words: &[String]) -> bool {
    let bare = part.split(" (").next().unwrap_or(part);
    bare.split(", ").any(|alternative| {
        let alternative = folded(alternative);
        words
            .iter()
            .any(|word| match alternative.strip_suffix('*') {
                Some(beginning) => word.starts_with(beginning),
                None => *word == alternative,
            })
    })
}

/// Words compare whatever their case and whatever joins their parts.
fn folded(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Lists the texts in a platform's source that could be words of an event.
fn literals(slug: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![root.join(format!("{slug}.rs"))];
    if let Ok(folder) = std::fs::read_dir(root.join(slug)) {
        files.extend(folder.map(|file| file.expect("the folder can be listed").path()));
    }
    files.iter().flat_map(literals_of).collect()
}

fn literals_of(file: &PathBuf) -> Vec<String> {
    let source = std::fs::read_to_string(file).expect("a source can be read");
    let is_word = |text: &&str| {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_./-".contains(letter);
        let is_named = text.starts_with(|letter: char| letter.is_ascii_alphabetic());
        text.len() > 2 && is_named && text.chars().all(fits)
    };
    let lines = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let texts = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    texts.filter(is_word).map(str::to_owned).collect()
}
