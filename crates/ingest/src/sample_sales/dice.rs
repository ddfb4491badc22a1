//! Chance that can be repeated: the same seed rolls the same numbers.

/// Rolls numbers by the `SplitMix64` rule. Good for stories, of no use for secrets.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next 64 bits.
    pub(super) const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`; 0 when there is none.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.roll() % end }
    }

    /// Returns a number from `low` to `high`.
    pub(super) const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Tells whether a chance in a hundred came up.
    pub(super) const fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Returns one of a list.
    ///
    /// # Panics
    /// When the list is empty, which none of the lists in this program is.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        list.get(place).expect("a list to pick from is not empty")
    }

    /// Returns so many characters of an alphabet.
    pub(super) fn text(&mut self, alphabet: &str, count: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| *self.pick(&letters)).collect()
    }

    /// Returns a text with the form of a random UUID.
    pub(super) fn uuid(&mut self) -> String {
        let hex = |dice: &mut Self, count| dice.text("0123456789abcdef", count);
        format!(
            "{}-{}-4{}-a{}-{}",
            hex(self, 8),
            hex(self, 4),
            hex(self, 3),
            hex(self, 3),
            hex(self, 12)
        )
    }
}
