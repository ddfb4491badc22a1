//! Interleaved 2 of 5: the first digit of a pair in bars, the second in the spaces between them.

/// Wide places of each digit, as bits from the left.
const WIDE: [u8; 10] = [
    0b00110, 0b10001, 0b01001, 0b11000, 0b00101, 0b10100, 0b01100, 0b00011, 0b10010, 0b01010,
];

/// Returns the widths of bars and spaces in turn, start and stop included: 1 narrow, 3 wide.
///
/// `None` unless the text is an even number of digits; 44 of them give 227 widths.
#[must_use]
pub fn itf_widths(digits: &str) -> Option<Vec<u8>> {
    let places: Vec<u8> = digits
        .chars()
        .map(|c| WIDE.get(c.to_digit(10)? as usize).copied())
        .collect::<Option<_>>()?;
    let mut widths = vec![1, 1, 1, 1];
    for pair in places.chunks(2) {
        let &[bars, spaces] = pair else { return None };
        for bit in [0b10000, 0b01000, 0b00100, 0b00010, 0b00001] {
            widths.extend([bars, spaces].map(|places| if places & bit == 0 { 1 } else { 3 }));
        }
    }
    widths.extend([3, 1, 1]);
    Some(widths)
}
