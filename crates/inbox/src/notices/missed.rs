//! What came while the member was away, and when they were.

use super::{Call, Notice, Sum, count, latest};
use crate::cache::Happening;

/// Not having heard the service for this long is an absence, in milliseconds: the machine slept, or the line was down.
const ABSENCE: i64 = 5 * 60 * 1_000;

/// Says what entries that are applied now are to the member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entries {
    /// None was applied yet.
    Unknown,
    /// History read for the first time, of which nobody needs to be told.
    History,
    /// What came while the member was away.
    Missed,
    /// What happens now.
    News,
}

impl Entries {
    /// Says what the entries of a new try to follow are: `is_known` tells whether the cache holds a history already, `silence`
    /// for how long the service was not heard, in milliseconds.
    pub(crate) const fn before(self, is_known: bool, silence: Option<i64>) -> Self {
        match self {
            Self::Unknown if is_known => Self::Missed,
            Self::Unknown => Self::History,
            Self::News => match silence {
                Some(silence) if silence < ABSENCE => Self::News,
                _ => Self::Missed,
            },
            Self::History | Self::Missed => self,
        }
    }
}

/// Gathers what was missed, to be told once.
#[derive(Default)]
pub(crate) struct Missed {
    happenings: Vec<Happening>,
    calls: Vec<Call>,
    due: Option<i64>,
}

impl Missed {
    /// Takes in what happened to orders.
    pub(crate) fn take(&mut self, happenings: impl IntoIterator<Item = Happening>) {
        self.happenings.extend(happenings);
    }

    /// Takes in calls.
    pub(crate) fn take_calls(&mut self, calls: Vec<Call>) {
        self.calls.extend(calls);
    }

    /// Says that it is complete, and is told at `due` (milliseconds of any steady clock).
    pub(crate) fn complete(&mut self, due: i64) {
        if !self.happenings.is_empty() || !self.calls.is_empty() {
            self.due = Some(due);
        }
    }

    /// Returns when it is told; `None` while there is nothing, or more may come.
    pub(crate) const fn due(&self) -> Option<i64> {
        self.due
    }

    /// Returns the one notice of all, once it is due.
    pub(crate) fn release(&mut self, now: i64) -> Option<Notice> {
        self.due.filter(|due| *due <= now)?;
        let Self {
            happenings, calls, ..
        } = std::mem::take(self);
        let happenings = latest(happenings);
        let called = calls.last().map(|call| call.conversation_id);
        let happened = happenings.last().map(|last| last.conversation_id);
        Some(Notice::Missed {
            orders: Sum::of(&happenings, happened.or(called)?),
            calls: count(calls.len()),
        })
    }
}

#[cfg(test)]
mod tests {
    use contract::{ConversationId, Stage};

    use super::{ABSENCE, Entries, Missed};
    use crate::cache::Happening;
    use crate::notices::tests::{call, happening};
    use crate::notices::{Notice, Sum};

    #[test]
    fn an_absence_is_a_start_or_a_long_silence() {
        use Entries::{History, Missed, News, Unknown};
        for (entries, is_known, silence, expected) in [
            (Unknown, false, None, History),
            (Unknown, true, None, Missed),
            (Unknown, true, Some(0), Missed),
            (History, true, None, History),
            (Missed, true, Some(0), Missed),
            (News, true, Some(ABSENCE - 1), News),
            (News, true, Some(ABSENCE), Missed),
            (News, true, None, Missed),
        ] {
            let before = entries.before(is_known, silence);
            assert_eq!(before, expected, "{entries:?} {is_known} {silence:?}");
        }
    }

    #[test]
    fn all_that_was_missed_is_one_notice_when_it_is_complete() {
        let mut missed = Missed::default();
        missed.complete(10);
        assert_eq!(missed.due(), None, "nothing was missed");
        let pix = |number| Happening {
            stage: Stage::PixGenerated,
            ..happening(number)
        };
        // The second order was paid meanwhile, so its PIX is no news.
        missed.take([happening(1), pix(2), pix(3)]);
        missed.take([happening(2)]);
        missed.take_calls(vec![call(9)]);
        assert!(missed.due().is_none() && missed.release(1_000).is_none());
        missed.complete(1_000);
        assert!(missed.release(999).is_none());
        let told = missed.release(1_000);
        let Some(Notice::Missed { orders, calls: 1 }) = told else {
            panic!("one notice of all")
        };
        assert_eq!(orders.total.map(|total| total.minor), Some(200));
        let newest = ConversationId::from_u128(2);
        assert_eq!((orders.sales, orders.others, orders.newest), (2, 1, newest));
        assert!(missed.due().is_none() && missed.release(2_000).is_none());
    }

    #[test]
    fn calls_alone_lead_to_the_newest_of_them() {
        let mut missed = Missed::default();
        missed.take_calls(vec![call(1), call(2)]);
        missed.complete(0);
        let expected = Notice::Missed {
            orders: Sum {
                sales: 0,
                total: None,
                others: 0,
                newest: ConversationId::from_u128(2),
            },
            calls: 2,
        };
        assert!(missed.release(0) == Some(expected));
    }
}
