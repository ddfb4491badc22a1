//! Check digits. Knows sums and weights, not what the digits mean.

/// Returns a part of a text of digits; empty where it does not reach.
pub(super) fn part(digits: &str, from: usize, to: usize) -> &str {
    digits.get(from..to).unwrap_or_default()
}

/// Which check digit a collection uses.
#[derive(Clone, Copy)]
pub(super) enum Method {
    Mod10,
    Mod11,
}

impl Method {
    /// Tells the method by a collection's third digit.
    pub(super) fn of_value_id(id: &str) -> Option<Self> {
        match id {
            "6" | "7" => Some(Self::Mod10),
            "8" | "9" => Some(Self::Mod11),
            _ => None,
        }
    }

    pub(super) fn digit(self, digits: &str) -> String {
        match self {
            Self::Mod10 => mod10(digits),
            Self::Mod11 => match weighted(digits) % 11 {
                0 | 1 => "0".to_owned(),
                rest => 11_u32.saturating_sub(rest).to_string(),
            },
        }
    }
}

/// Weights 2 and 1 from the right, the digits of each product summed.
pub(super) fn mod10(digits: &str) -> String {
    let sum: u32 = from_right(digits)
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, weight)| digit.saturating_mul(weight))
        .map(|product| {
            if product > 9 {
                product.saturating_sub(9)
            } else {
                product
            }
        })
        .sum();
    (10_u32.saturating_sub(sum % 10) % 10).to_string()
}

/// The check digit over a bank slip's other 43 digits; never 0.
pub(super) fn general_digit(digits: &str) -> String {
    match 11_u32.saturating_sub(weighted(digits) % 11) {
        0 | 10 | 11 => "1".to_owned(),
        digit => digit.to_string(),
    }
}

/// Weights 2 to 9 from the right, over and over.
fn weighted(digits: &str) -> u32 {
    from_right(digits)
        .zip((2..=9).cycle())
        .map(|(digit, weight)| digit.saturating_mul(weight))
        .sum()
}

fn from_right(digits: &str) -> impl Iterator<Item = u32> {
    digits
        .bytes()
        .rev()
        .map(|b| u32::from(b.saturating_sub(b'0')))
}
