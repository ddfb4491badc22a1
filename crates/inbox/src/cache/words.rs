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

/// Orders of one person that are found by their words, the newest; nobody but a test has more.
const MAX_ORDERS: usize = 1_000;

/// The longest text taken over from one field.
const MAX_FIELD: usize = 200;

/// Returns all words of a conversation, whose orders come newest first: names, e-mails, phones in every form people type, tax numbers, orders, products.
pub(super) fn of(orders: &[Bought]) -> String {
    let mut words = BTreeSet::new();
    for bought in orders.iter().take(MAX_ORDERS) {
        let facts = &bought.facts;
        let told = [&facts.name, &facts.email, &facts.document];
        words.extend(told.into_iter().flatten().map(|text| clipped(text)));
        if let Some(phone) = facts.phone.as_deref() {
            words.extend(phone_forms(phone));
        }
        words.insert(clipped(&facts.reference));
        words.insert(clipped(&bought.key));
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

/// Returns the query for what was typed, or `None` when there is nothing in it to look for.
///
/// Each word has to be there, as itself or as the beginning of a longer one. What reads as one number is looked for with
/// and without its punctuation, so `(47) 90000-0111`, `529.982.247-25` and `#1043` find what they name.
pub(super) fn query(typed: &str) -> Option<String> {
    let number: String = typed.chars().filter(char::is_ascii_digit).collect();
    let is_number = number.len() >= 3
        && typed
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-()./#".contains(c));
    let terms: Vec<String> = typed
        .split_whitespace()
        .filter(|term| term.chars().any(char::is_alphanumeric))
        .take(MAX_TERMS)
        .map(prefix)
        .collect();
    if terms.is_empty() {
        return None;
    }
    let words = terms.join(" ");
    if !is_number {
        return Some(words);
    }
    let bare = Some(number.trim_start_matches('0'))
        .filter(|bare| bare.len() >= 3 && bare.len() < number.len())
        .map(|bare| format!(" OR {}", prefix(bare)))
        .unwrap_or_default();
    Some(format!("({words}) OR {}{bare}", prefix(&number)))
}

fn prefix(term: &str) -> String {
    format!("\"{}\"*", term.replace('"', "\"\"").replace('\0', ""))
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

fn clipped(text: &str) -> String {
    text.chars().take(MAX_FIELD).collect()
}
