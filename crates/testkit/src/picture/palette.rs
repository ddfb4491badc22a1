//! A picture's colours, brought down to as many as one byte can name.
//!
//! A page is a few plain grounds and the soft edges of its letters. The colours most of it has are kept exactly, so that no
//! ground changes; the many others are put together with their neighbours, box by box, where nobody sees it. Quantizers made for
//! photographs sort colours into bins first, and put grounds together that a page tells apart by a shade.

use std::collections::{BTreeMap, HashMap};

type Colour = [u8; 3];
/// Colours that lie together, each with how many pixels have it.
type Group = Vec<(Colour, u64)>;

/// How many colours one byte names.
const ALL: usize = 256;
/// How many of the most frequent are kept as they are.
const EXACT: usize = 96;

/// Returns at most 256 colours, and for each pixel the place of the one that stands for it.
pub(super) fn reduced(rgb: &[u8]) -> (Vec<Colour>, Vec<u8>) {
    let mut counts: BTreeMap<Colour, u64> = BTreeMap::new();
    for pixel in pixels(rgb) {
        *counts.entry(pixel).or_default() += 1;
    }
    let palette = chosen(&counts);
    let places: HashMap<Colour, u8> = counts
        .keys()
        .map(|colour| (*colour, nearest(&palette, *colour)))
        .collect();
    let drawn = pixels(rgb).map(|pixel| places.get(&pixel).copied().unwrap_or_default());
    (palette, drawn.collect())
}

fn pixels(rgb: &[u8]) -> impl Iterator<Item = Colour> {
    rgb.as_chunks::<3>().0.iter().copied()
}

fn chosen(counts: &BTreeMap<Colour, u64>) -> Vec<Colour> {
    if counts.len() <= ALL {
        return counts.keys().copied().collect();
    }
    let mut left: Group = counts
        .iter()
        .map(|(colour, count)| (*colour, *count))
        .collect();
    left.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let others = left.split_off(EXACT);
    let mut boxes = vec![others];
    while boxes.len() < ALL - EXACT {
        // The box whose colours are farthest apart, for all of its pixels together.
        let Some(at) = (0..boxes.len()).max_by_key(|at| cost(&boxes[*at])) else {
            break;
        };
        let Some(halves) = halves(boxes.swap_remove(at)) else {
            break;
        };
        boxes.extend(halves);
    }
    let exact = left.iter().map(|(colour, _)| *colour);
    exact.chain(boxes.iter().map(|all| mean(all))).collect()
}

/// How much is lost when all of a box become one colour.
fn cost(all: &[(Colour, u64)]) -> u64 {
    let pixels: u64 = all.iter().map(|(_, count)| count).sum();
    let (_, range) = widest(all);
    // Few pixels far apart are seen as much as many that are close.
    u64::from(range).pow(2) * pixels.isqrt()
}

/// The channel in which a box is widest, and how wide.
fn widest(all: &[(Colour, u64)]) -> (usize, u8) {
    let range = |channel: usize| {
        let values = all.iter().map(|(colour, _)| colour[channel]);
        let (least, most) = values.fold((u8::MAX, 0), |(least, most), value| {
            (least.min(value), most.max(value))
        });
        (channel, most.saturating_sub(least))
    };
    (0..3)
        .map(range)
        .max_by_key(|(_, range)| *range)
        .unwrap_or((0, 0))
}

/// Parts a box in the middle of its widest channel; one of a single colour cannot be parted.
fn halves(mut all: Group) -> Option<[Group; 2]> {
    let (channel, range) = widest(&all);
    if range == 0 {
        return None;
    }
    all.sort_by_key(|(colour, _)| colour[channel]);
    let half = all.iter().map(|(_, count)| count).sum::<u64>() / 2;
    let mut seen = 0;
    let middle = all.iter().position(|(_, count)| {
        seen += count;
        seen > half
    });
    let other = all.split_off(middle.unwrap_or_default().clamp(1, all.len() - 1));
    Some([all, other])
}

fn mean(all: &[(Colour, u64)]) -> Colour {
    let pixels: u64 = all.iter().map(|(_, count)| count).sum();
    std::array::from_fn(|channel| {
        let sum: u64 = all
            .iter()
            .map(|(colour, count)| u64::from(colour[channel]) * count)
            .sum();
        u8::try_from(sum / pixels.max(1)).unwrap_or(u8::MAX)
    })
}

fn nearest(palette: &[Colour], colour: Colour) -> u8 {
    let apart = |other: &Colour| -> u32 {
        let channels = other.iter().zip(colour);
        channels
            .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
            .sum()
    };
    let found = palette
        .iter()
        .enumerate()
        .min_by_key(|(_, other)| apart(other));
    found.map_or(0, |(place, _)| u8::try_from(place).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rgb: &[u8]) -> Vec<Colour> {
        let (palette, places) = reduced(rgb);
        assert!(palette.len() <= ALL);
        places
            .iter()
            .map(|place| palette[usize::from(*place)])
            .collect()
    }

    #[test]
    fn few_colours_stay_what_they_are() {
        let rgb: Vec<u8> = (0..=254).flat_map(|shade| [shade, 0, 255]).collect();
        assert_eq!(drawn(&rgb).concat(), rgb);
    }

    #[test]
    fn of_many_the_frequent_stay_and_the_others_come_close() {
        let ground = [249, 250, 252];
        let edges =
            (0..64_u8).flat_map(|one| (0..64_u8).map(move |other| [one * 4, other * 4, 40]));
        let rgb: Vec<u8> = std::iter::repeat_n(ground, 5_000)
            .chain(edges)
            .flatten()
            .collect();
        let drawn = drawn(&rgb);
        assert_eq!(drawn[..5_000], [ground; 5_000]);
        let pairs = drawn.iter().zip(rgb.as_chunks::<3>().0);
        let farthest =
            pairs.flat_map(|(one, other)| one.iter().zip(other).map(|(a, b)| a.abs_diff(*b)));
        assert!(farthest.max().unwrap_or_default() <= 24);
    }
}
