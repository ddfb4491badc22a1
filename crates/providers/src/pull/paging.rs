//! What listings have in common: cursors as text, spans of days, pages by number.

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Trouble;

/// How often a listing that shrank while it was read is begun again.
const MOST_BEGINNINGS: u8 = 3;
/// Where Brazil's days begin, east of Greenwich.
const BRASILIA: TimeDelta = TimeDelta::hours(-3);

/// Writes a cursor.
pub(crate) fn write(cursor: &impl Serialize) -> String {
    serde_json::to_string(cursor).unwrap_or_default()
}

/// Reads a cursor that [`write`] wrote.
pub(crate) fn read<'a, T: Deserialize<'a>>(cursor: &'a str) -> Result<T, Trouble> {
    serde_json::from_str(cursor).map_err(|_| Trouble::Unreadable("cursor".to_owned()))
}

/// Tells that a platform does not list this.
pub(crate) fn no_such_kind() -> Trouble {
    Trouble::Unreadable("kind".to_owned())
}

/// Stands on a page of a listing by page numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The page, from 1 on.
    pub(crate) page: u32,
    /// How many entries there were on the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// How often the listing was begun again.
    #[serde(default, skip_serializing_if = "is_zero")]
    again: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_zero(count: &u8) -> bool {
    *count == 0
}

impl Place {
    /// The first page.
    pub(crate) const FIRST: Self = Self {
        page: 1,
        total: None,
        again: 0,
    };

    /// Returns where to go on. When entries went away while the pages were turned, those behind them moved to pages that were
    /// read already, so the listing is begun again, a few times at most.
    pub(crate) const fn turned(self, is_last: bool, total: Option<u64>) -> Option<Self> {
        if let (Some(before), Some(now)) = (self.total, total)
            && now < before
            && self.again < MOST_BEGINNINGS
        {
            return Some(Self {
                again: self.again.saturating_add(1),
                ..Self::FIRST
            });
        }
        if is_last {
            return None;
        }
        Some(Self {
            page: self.page.saturating_add(1),
            total,
            again: self.again,
        })
    }

    /// Tells whether this is the first page, read for the first time or again.
    pub(crate) const fn is_first(self) -> bool {
        self.page <= 1
    }

    /// Returns how many entries the pages up to this one hold.
    pub(crate) fn reach(self, per_page: u64) -> u64 {
        u64::from(self.page).saturating_mul(per_page)
    }
}

/// Writes a time as RFC 3339 in whole seconds.
pub(crate) fn seconds(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Returns the day in Brazil.
pub(crate) fn day(time: DateTime<Utc>) -> NaiveDate {
    time.checked_add_signed(BRASILIA)
        .unwrap_or(time)
        .date_naive()
}

/// Returns the time so much earlier.
pub(crate) fn before(time: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    time.checked_sub_signed(span).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::{Place, read, write};

    #[test]
    fn turns_pages_and_begins_again_when_entries_went_away() {
        for (place, is_last, total, next) in [
            ((1, None, 0), false, Some(300), Some((2, Some(300), 0))),
            ((2, Some(300), 0), false, Some(300), Some((3, Some(300), 0))),
            ((3, Some(300), 0), true, Some(300), None),
            ((2, Some(300), 0), false, Some(301), Some((3, Some(301), 0))),
            ((2, Some(300), 0), false, Some(299), Some((1, None, 1))),
            ((3, Some(300), 2), true, Some(299), Some((1, None, 3))),
            ((3, Some(300), 3), true, Some(299), None),
            ((1, None, 0), true, None, None),
            ((1, None, 0), false, None, Some((2, None, 0))),
        ] {
            let of = |(page, total, again)| Place { page, total, again };
            assert_eq!(of(place).turned(is_last, total), next.map(of), "{place:?}");
        }
    }

    #[test]
    fn cursors_survive_being_written() {
        let place = Place::FIRST.turned(false, Some(7)).expect("a second page");
        assert_eq!(read::<Place>(&write(&place)), Ok(place));
        assert_eq!(write(&Place::FIRST), r#"{"page":1}"#);
        for other in ["", "2", "{}", "page=2", r#"{"page":-1}"#, r#"{"page":"2"}"#] {
            assert!(read::<Place>(other).is_err(), "{other}");
        }
    }
}
