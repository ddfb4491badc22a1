//! The contents of one file: what is promised, and what was written later.

use super::noise;
use crate::torture::Dice;

/// What a disk writes at once.
const SECTOR: u64 = 512;

#[derive(Debug, Clone)]
struct Change {
    number: u64,
    done: Option<u64>,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Bytes(u64, Vec<u8>),
    Length(u64),
    AtLeast(u64),
}

impl What {
    fn apply(&self, contents: &mut Vec<u8>) {
        match self {
            Self::Bytes(at, bytes) => put(contents, *at, bytes),
            Self::Length(length) => contents.resize(index(*length), 0),
            Self::AtLeast(length) => contents.resize(contents.len().max(index(*length)), 0),
        }
    }
}

/// One file.
#[derive(Debug, Clone, Default)]
pub(super) struct File {
    promised: Vec<u8>,
    /// In the order in which they were begun.
    later: Vec<Change>,
    length: u64,
}

impl File {
    /// Returns the length that programs see.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn write(&mut self, number: u64, at: u64, bytes: &[u8]) {
        self.length = self.length.max(at + bytes.len() as u64);
        self.change(number, What::Bytes(at, bytes.to_vec()));
    }

    pub(super) fn set_length(&mut self, number: u64, length: u64) {
        self.length = length;
        self.change(number, What::Length(length));
    }

    pub(super) fn grow(&mut self, number: u64, length: u64) {
        self.length = self.length.max(length);
        self.change(number, What::AtLeast(length));
    }

    fn change(&mut self, number: u64, what: What) {
        let done = None;
        self.later.push(Change { number, done, what });
    }

    /// Notes that the call which made a change has ended.
    pub(super) fn done(&mut self, number: u64, now: u64) {
        let change = self.later.iter_mut().rfind(|one| one.number == number);
        if let Some(change) = change {
            change.done = Some(now);
        }
    }

    /// Takes from the file itself what became of changes that nobody saw end.
    pub(super) fn settle(&mut self, now: u64, bytes: &[u8]) {
        self.length = bytes.len() as u64;
        for change in self.later.iter_mut().filter(|one| one.done.is_none()) {
            change.done = Some(now);
            change.what = match &change.what {
                What::Bytes(at, written) => {
                    let start = index(*at).min(bytes.len());
                    let end = (start + written.len()).min(bytes.len());
                    What::Bytes(
                        start as u64,
                        bytes.get(start..end).unwrap_or_default().to_vec(),
                    )
                }
                What::Length(_) | What::AtLeast(_) => What::Length(self.length),
            };
        }
    }

    /// Keeps every change that was done before a flush began.
    pub(super) fn flushed(&mut self, begun: u64) {
        let promised = &mut self.promised;
        self.later.retain(|change| {
            let covered = change.done.is_some_and(|done| done < begun);
            if covered {
                change.what.apply(promised);
            }
            !covered
        });
    }

    pub(super) fn everything(&self) -> Vec<u8> {
        let mut contents = self.promised.clone();
        for change in &self.later {
            change.what.apply(&mut contents);
        }
        contents
    }

    /// Returns what a power cut may leave.
    pub(super) fn after_cut(&self, dice: &mut Dice) -> Vec<u8> {
        let mut contents = self.promised.clone();
        for what in self.survivors(dice) {
            match what {
                Survivor::Kept(what) => what.apply(&mut contents),
                Survivor::Length(length) if contents.len() < index(length) => {
                    let missing = index(length) - contents.len();
                    let filled = match dice.below(2) {
                        0 => vec![0; missing],
                        _ => noise(dice, missing),
                    };
                    contents.extend(filled);
                }
                Survivor::Length(_) => {}
            }
        }
        contents
    }

    fn survivors(&self, dice: &mut Dice) -> Vec<Survivor> {
        // The disk worked in order, and stopped somewhere.
        if dice.below(4) == 0 {
            let kept = dice.index(self.later.len() + 1);
            let kept = self.later.iter().take(kept);
            return kept
                .map(|change| Survivor::Kept(change.what.clone()))
                .collect();
        }
        let (chance, torn) = (EIGHTHS[dice.index(EIGHTHS.len())], dice.below(2) == 0);
        let mut survivors = Vec::new();
        for change in &self.later {
            let pieces = match &change.what {
                What::Bytes(at, bytes) if torn => sectors(*at, bytes),
                whole => vec![whole.clone()],
            };
            for piece in pieces {
                if dice.below(8) < chance {
                    survivors.push(Survivor::Kept(piece));
                } else if let What::Bytes(at, bytes) = piece
                    && dice.below(4) == 0
                {
                    // Its room was noted, its contents never written.
                    survivors.push(Survivor::Length(at + bytes.len() as u64));
                }
            }
        }
        dice.shuffle(&mut survivors);
        survivors
    }
}

/// How many of eight writes survive: none, few, half, most, all.
const EIGHTHS: [u64; 5] = [0, 1, 4, 7, 8];

enum Survivor {
    Kept(What),
    /// The file is at least so long; what is there was not kept.
    Length(u64),
}

/// Cuts a write at the borders of the disk's sectors.
fn sectors(at: u64, bytes: &[u8]) -> Vec<What> {
    let (mut pieces, mut at, mut rest) = (Vec::new(), at, bytes);
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(index(SECTOR - at % SECTOR).min(rest.len()));
        pieces.push(What::Bytes(at, piece.to_vec()));
        at += piece.len() as u64;
        rest = later;
    }
    pieces
}

fn put(contents: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    let (start, end) = (index(at), index(at) + bytes.len());
    if contents.len() < end {
        contents.resize(end, 0);
    }
    if let Some(place) = contents.get_mut(start..end) {
        place.copy_from_slice(bytes);
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
