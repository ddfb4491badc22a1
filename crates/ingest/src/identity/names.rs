//! The names a conversation was told by, so that contact data many people share is not taken for one person's.

use contract::letters;

/// The most different names that one person's conversation has; more are several people's, a family's or a reseller's.
pub const MOST_NAMES: usize = 5;

/// Folds a name to its first and last word, without accents, case and signs, so that one person's ways of writing it agree.
///
/// A single word counts as both. `None` where no letter or digit is left.
#[must_use]
pub(super) fn folded(name: &str) -> Option<String> {
    let mut words = name
        .split_whitespace()
        .map(plain)
        .filter(|word| !word.is_empty());
    let first = words.next()?;
    Some(match words.next_back() {
        Some(last) => format!("{first} {last}"),
        None => first,
    })
}

/// Signs are left out.
fn plain(word: &str) -> String {
    let mut word = letters::plain(word);
    word.retain(char::is_alphanumeric);
    word
}

/// Stands for a folded name.
pub type NameHash = u64;

/// Holds up to one name more than a person has; what comes after that is not noted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Names {
    hashes: [NameHash; MOST_NAMES + 1],
    count: usize,
}

impl Names {
    /// Takes the stored bytes back, 8 for each name.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let (hashes, _) = bytes.as_chunks::<8>();
        hashes.iter().fold(Self::default(), |names, hash| {
            names.with(NameHash::from_be_bytes(*hash))
        })
    }

    /// Returns the bytes to store.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        self.iter().flat_map(NameHash::to_be_bytes).collect()
    }

    /// Adds a name, unless it is there or there are too many already.
    #[must_use]
    pub fn with(mut self, name: NameHash) -> Self {
        if !self.has(name)
            && let Some(free) = self.hashes.get_mut(self.count)
        {
            *free = name;
            self.count += 1;
        }
        self
    }

    /// Returns the names of both, as far as they are noted.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        other.iter().fold(self, Self::with)
    }

    /// Tells whether a name is there.
    #[must_use]
    pub fn has(self, name: NameHash) -> bool {
        self.iter().any(|known| known == name)
    }

    /// Tells whether these are the names of several people.
    #[must_use]
    pub const fn are_shared(self) -> bool {
        self.count > MOST_NAMES
    }

    /// Returns how many there are.
    #[must_use]
    pub const fn count(self) -> usize {
        self.count
    }

    fn iter(self) -> impl Iterator<Item = NameHash> {
        self.hashes.into_iter().take(self.count)
    }
}
