//! What a conversation is found by, and how typed text becomes a query that can never be a syntax error.

use std::collections::BTreeSet;

use contract::phone::Phone;

use super::judge::Bought;

/// The bits of an index row that name the conversation; those above hold a time in seconds.
pub(super) const CONVERSATION_BITS: i64 = 0x7fff_ffff;

/// Returns the index's row for a conversation: its newest order's second, then its own row, so that rows rise with time.
pub(super) fn index_row(conversation: i64, newest_at: i64, text: &str) -> i64 {
    if text.is_empty() {
        return 0;
    }
    let seconds = (newest_at / 1_000).clamp(1, 0xffff_ffff);
    (seconds << 31) | (conversation & CONVERSATION_BITS)
}

/// Terms of a query that are looked at; more say nothing more.
const MAX_TERMS: usize = 8;

/// Lengths of beginnings that have an index of their own, as `schema.sql` says.
const INDEXED_BEGINNINGS: std::ops::RangeInclusive<usize> = 2..=3;

/// Digits from which on a text reads as a number.
const SHORTEST_NUMBER: usize = 3;

/// Orders of one person that are found by their words, the newest; nobody but a test has more.
const MAX_ORDERS: usize = 1_000;

/// The longest text taken over from one field.
const MAX_FIELD: usize = 200;

/// The longest text taken over from one note or message.
const MAX_SAID: usize = 1_000;

/// Characters of an end from which on it is looked for.
const SHORTEST_END: usize = 4;

/// What stands before a text that is written backwards, so that its end is a beginning; no word begins so.
const BACKWARDS: &str = "zzq";

/// Returns all words of a conversation, whose orders come newest first: names, e-mails, phones in every form people type, tax numbers, orders with their
/// ends, products, labels, and what was said.
pub(super) fn of(orders: &[Bought], labels: &[String], said: &[String]) -> String {
    let mut words: BTreeSet<String> = labels.iter().cloned().collect();
    words.extend(
        said.iter()
            .map(|text| text.chars().take(MAX_SAID).collect()),
    );
    for bought in orders.iter().take(MAX_ORDERS) {
        let facts = &bought.facts;
        let told = [&facts.name, &facts.email, &facts.document];
        words.extend(told.into_iter().flatten().map(|text| clipped(text)));
        if let Some(phone) = facts.phone.as_deref() {
            words.extend(phone_forms(phone));
        }
        words.insert(clipped(&facts.reference));
        words.insert(clipped(&bought.key));
        words.extend(backwards(&facts.reference));
        words.extend(facts.ends.iter().filter_map(|end| backwards(end)));
        words.extend(facts.items.iter().map(|name| clipped(name)));
    }
    words.into_iter().collect::<Vec<_>>().join("\n")
}

/// Fingerprints words (FNV-1a), to see whether they changed; none give 0.
pub(super) fn hash(words: &str) -> i64 {
    if words.is_empty() {
        return 0;
    }
    let hash = words.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    i64::from_ne_bytes(hash.to_ne_bytes())
}

/// Returns the queries for what was typed, in the order to try them: each finds all that the one before does and more.
///
/// Each word has to be there, as itself or as the beginning of a longer one. What reads as one number is looked for with
/// and without its punctuation, so `(47) 90000-0111`, `529.982.247-25` and `#1043` find what they name.
///
/// Beginnings beyond the index's own have to be gathered from all words they fit, which takes long where they are common;
/// so whole words are tried first, and where they are common they are enough.
///
/// A letter that stands alone at the end is a word just begun as a rule, so the last attempts leave it out.
pub(super) fn queries(typed: &str) -> Vec<String> {
    let terms: Vec<&str> = typed
        .split_whitespace()
        .filter(|term| term.chars().any(char::is_alphanumeric))
        .take(MAX_TERMS)
        .collect();
    if terms.is_empty() {
        return Vec::new();
    }
    let mut queries = of_terms(typed, &terms);
    if let [rest @ .., last] = terms.as_slice()
        && !rest.is_empty()
        && last.chars().count() == 1
        && number(typed).is_none()
    {
        queries.extend(of_terms(&rest.join(" "), rest));
    }
    queries
}

/// Returns the queries for words that were all typed to their end.
fn of_terms(typed: &str, terms: &[&str]) -> Vec<String> {
    let all = |how: fn(&str) -> String| {
        let terms: Vec<String> = terms.iter().map(|term| how(term)).collect();
        terms.join(" ")
    };
    let end = match terms {
        [term] if reads_as_end(term) => backwards(term),
        _ => number(typed).as_deref().and_then(backwards),
    };
    let end = end
        .map(|end| format!(" OR {}", beginning(&end)))
        .unwrap_or_default();
    match number(typed) {
        None if end.is_empty() => vec![all(whole), all(beginning)],
        None => vec![format!("({}){end}", all(beginning))],
        Some(number) => {
            let bare = Some(number.trim_start_matches('0'))
                .filter(|bare| bare.len() >= SHORTEST_NUMBER && bare.len() < number.len())
                .map(|bare| format!(" OR {}", beginning(bare)))
                .unwrap_or_default();
            let words = all(beginning);
            vec![format!("({words}) OR {}{bare}{end}", beginning(&number))]
        }
    }
}

/// Returns the digits of what is one number with its punctuation.
fn number(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let is_number = digits.len() >= SHORTEST_NUMBER
        && typed
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-()./#".contains(c));
    is_number.then_some(digits)
}

/// Asks for a word itself, or for its beginning where the index knows beginnings of that length.
fn whole(term: &str) -> String {
    if INDEXED_BEGINNINGS.contains(&term.chars().count()) {
        beginning(term)
    } else {
        quoted(term)
    }
}

/// Asks for a word by its beginning; one letter stands only for itself, since nearly everything begins with it.
fn beginning(term: &str) -> String {
    let star = if term.chars().count() > 1 { "*" } else { "" };
    format!("{}{star}", quoted(term))
}

fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\"").replace('\0', ""))
}

/// Returns the digits people may type for a phone: whole, without the country, without the area, each with and without the
/// ninth digit, and the last four.
fn phone_forms(typed: &str) -> Vec<String> {
    let phone = Phone::parse(typed, None);
    let mut forms = BTreeSet::new();
    for digits in phone.whatsapp_candidates() {
        if let Some(national) = digits.strip_prefix("55") {
            forms.extend(national.get(2..).map(str::to_owned));
            forms.insert(national.to_owned());
        }
        forms.insert(digits);
    }
    if forms.is_empty() {
        forms.insert(typed.chars().filter(char::is_ascii_digit).collect());
    }
    let last = forms
        .iter()
        .filter_map(|digits| digits.get(digits.len().checked_sub(4)?..))
        .map(str::to_owned)
        .next();
    forms.extend(last);
    forms.into_iter().collect()
}

/// Tells whether a word can be the end of a code or an order's number, rather than of a name.
fn reads_as_end(term: &str) -> bool {
    let is_hex = |letter: char| letter.is_ascii_hexdigit();
    term.chars().any(|letter| letter.is_ascii_digit()) || term.chars().all(is_hex)
}

/// Writes the letters and digits of a text from its end on, or returns `None` where they are too few to be looked for.
fn backwards(text: &str) -> Option<String> {
    let mut letters: Vec<char> = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    letters.reverse();
    let is_long = letters.len() >= SHORTEST_END;
    is_long.then(|| {
        BACKWARDS
            .chars()
            .chain(letters.into_iter().take(MAX_FIELD))
            .collect()
    })
}

fn clipped(text: &str) -> String {
    text.chars().take(MAX_FIELD).collect()
}
