//! The feed as the store hands it out: entries already written as JSON, so that a hundred readers cost one formatting.

use std::fmt;
use std::sync::Arc;

use contract::{Chain, Entry, Epoch};

/// Holds one entry as `contract::Entry` JSON.
#[derive(Clone)]
pub struct FeedEntry {
    /// Its number.
    pub seq: u64,
    /// The chain up to and including it.
    pub chain: Chain,
    /// The JSON, shared among readers.
    pub json: Arc<str>,
}

impl FeedEntry {
    /// Reads the entry back.
    ///
    /// # Errors
    /// When the stored body is no JSON, which only damage can cause.
    pub fn entry(&self) -> Result<Entry, serde_json::Error> {
        serde_json::from_str(&self.json)
    }
}

impl fmt::Debug for FeedEntry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FeedEntry({}, {} bytes)", self.seq, self.json.len())
    }
}

/// Bounds a page; one entry is always given if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageBounds {
    /// How many entries, 1 at least.
    pub entries: usize,
    /// How many bytes of JSON.
    pub bytes: usize,
}

impl Default for PageBounds {
    fn default() -> Self {
        Self {
            entries: 1_000,
            bytes: 1 << 20,
        }
    }
}

/// Tells where a workspace's feed stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The current history.
    pub epoch: Epoch,
    /// The newest entry's number; 0 when there is none.
    pub seq: u64,
    /// Its chain.
    pub chain: Chain,
}

/// Holds consecutive entries, lowest number first; `contract::Page` before it becomes JSON.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// The current history.
    pub epoch: Epoch,
    /// The entries.
    pub entries: Vec<FeedEntry>,
    /// The newest entry's number.
    pub head: u64,
    /// What to ask as `after` for the next newer page; `None` at the head.
    pub next_after: Option<u64>,
    /// What to ask as `before` for the next older page; `None` at the start of the log.
    pub next_before: Option<u64>,
    /// The chain of the position just before the first entry.
    pub chain_before: Chain,
}

impl FeedPage {
    /// Writes the page as `contract::Page` JSON, without reading any body.
    #[must_use]
    pub fn to_json(&self) -> String {
        let number =
            |seq: Option<u64>| seq.map_or_else(|| "null".to_owned(), |seq| seq.to_string());
        let bytes: usize = self.entries.iter().map(|entry| entry.json.len() + 1).sum();
        let mut out = String::with_capacity(bytes + 200);
        // An epoch has only digits and small letters, a chain only hexadecimal digits: nothing here needs escaping.
        out.push_str(&format!(
            r#"{{"epoch":"{}","head":{},"nextAfter":{},"nextBefore":{},"chainBefore":"{}","entries":["#,
            self.epoch,
            self.head,
            number(self.next_after),
            number(self.next_before),
            self.chain_before,
        ));
        for (place, entry) in self.entries.iter().enumerate() {
            if place > 0 {
                out.push(',');
            }
            out.push_str(&entry.json);
        }
        out.push_str("]}");
        out
    }
}
